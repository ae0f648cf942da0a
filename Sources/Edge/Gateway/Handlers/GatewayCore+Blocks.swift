import Consensus
import Credentials
import HTTPTypes
import Hummingbird
import LedgerModel
import Logging
import Merkle
import NIOCore
import Ports
import Primitives

extension GatewayCore {
    /// Bytes of one bulk answer, unless its first block alone has more.
    private static let bulkBytesMax = 4 * 1024 * 1024
    /// Bytes that are handed to a connection at once.
    private static let pieceBytes = 64 * 1024
    private static let listCountDefault: UInt64 = 20

    /// Blocks in bulk from a height on, or a list of the newest.
    func blocks(_ call: Call) throws(Refusal) -> Response {
        if let from = try call.number("from", in: 0...UInt64.max) {
            guard call.query.count == 1 else { throw .queryMalformed(name: "from") }
            return try bulk(from: from)
        }
        let view = archive.view()
        let newest = view.header.height.rawValue
        let limit = try call.number("limit", in: 1...100) ?? Self.listCountDefault
        let before = min(try call.number("before", in: 0...UInt64.max) ?? .max, newest + 1)
        let lowest = before - min(before, limit)
        var summaries: [BlockSummary] = []
        for height in (lowest..<before).reversed() {
            // A node that began from a snapshot has no blocks below it.
            if let summary = try summary(of: Height(height), in: view) { summaries.append(summary) }
        }
        return Answer.json(BlockList(blocks: summaries, newest: Height(newest)))
    }

    private func summary(of height: Height, in view: any LedgerView) throws(Refusal) -> BlockSummary? {
        guard let block = try read({ () throws(StoreError) in try view.block(at: height) }) else { return nil }
        return BlockSummary(
            height: height,
            digest: block.header.digest(suite.digestFunction),
            timestamp: block.header.timestamp,
            proposer: block.header.proposer.rawValue,
            transactionCount: block.transactions.count,
            registerSize: block.header.registerSize
        )
    }

    /// Blocks one after the other, each with its length before it.
    private func bulk(from: UInt64) throws(Refusal) -> Response {
        guard bulkAnswers.take() else { throw .overloaded }
        let place = HeldPlace(in: bulkAnswers)
        let view = archive.view()
        guard from <= view.header.height.rawValue else { return Response(status: .noContent) }
        var buffer = ByteBuffer()
        var height = Height(from)
        while height <= view.header.height {
            guard let block = try read({ () throws(StoreError) in try view.finalisedBlock(at: height) }) else {
                throw .blockUnknown
            }
            let bytes = block.canonicalBytes
            guard buffer.readableBytes == 0 || buffer.readableBytes + bytes.count + 4 <= Self.bulkBytesMax else {
                break
            }
            buffer.writeInteger(UInt32(bytes.count), endianness: .little)
            buffer.writeBytes(bytes)
            height = height.next
        }
        let content = buffer
        let body = ResponseBody(contentLength: content.readableBytes) { writer in
            // Piece by piece: a reader that takes its time holds one place of few, not the connection's whole queue.
            var rest = content
            while let piece = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes)), piece.readableBytes > 0
            {
                try await writer.write(piece)
            }
            try await writer.finish(nil)
            withExtendedLifetime(place) {}
        }
        return Response(status: .ok, headers: Answer.binaryHeaders, body: body)
    }

    /// One block, as JSON or in BCS.
    func block(_ call: Call) throws(Refusal) -> Response {
        let view = archive.view()
        let height: Height
        if call.parameters[0] == "latest" {
            height = view.header.height
        } else {
            guard let number = UInt64(call.parameters[0]), String(number) == call.parameters[0] else {
                throw .parameterMalformed(name: "height")
            }
            height = Height(number)
        }
        guard let finalised = try read({ () throws(StoreError) in try view.finalisedBlock(at: height) }) else {
            throw .blockUnknown
        }
        if call.wantsBinary { return Answer.binary(finalised.canonicalBytes) }
        let verdicts = try read { () throws(StoreError) in try view.verdicts(at: height) } ?? []
        return Answer.json(try report(finalised, verdicts: verdicts))
    }

    private func report(_ finalised: FinalisedBlock, verdicts: [Verdict]) throws(Refusal) -> BlockReport {
        let header = finalised.block.header
        var transactions: [BlockTransactionReport] = []
        for (index, bytes) in finalised.block.transactions.enumerated() {
            let sealed: SealedTransaction
            do throws(DecodeError) {
                sealed = try SealedTransaction(bytes: bytes, digestFunction: suite.digestFunction)
            } catch {
                logger.error("a final transaction cannot be decoded", metadata: ["reason": "\(error)"])
                throw .storeFailed
            }
            let body = sealed.transaction.body
            transactions.append(
                BlockTransactionReport(
                    digest: sealed.digest,
                    kind: body.payload.kindName,
                    author: body.author.callerName,
                    certificateCount: body.payload.certificateCount,
                    verdict: index < verdicts.count ? "\(verdicts[index])" : "unknown"
                )
            )
        }
        return BlockReport(
            height: header.height,
            digest: header.digest(suite.digestFunction),
            parent: header.parent,
            timestamp: header.timestamp,
            epoch: header.epoch.rawValue,
            view: header.view.rawValue,
            proposer: header.proposer.rawValue,
            transactionsRoot: header.transactionsRoot,
            registerRoot: header.registerRoot,
            registerSize: header.registerSize,
            historyRoot: header.historyRoot,
            validatorSet: header.validatorSet,
            signers: finalised.certificate?.signers.indices.map(\.rawValue) ?? [],
            transactions: transactions
        )
    }

    /// The newest certified state of the history.
    func checkpoint() throws(Refusal) -> Response {
        let view = try certifiedView()
        return Answer.json(
            CheckpointReport(
                size: view.header.height.rawValue + 1,
                root: view.history.root(hasher: MerkleHasher(suite.digestFunction)),
                height: view.header.height,
                timestamp: view.header.timestamp
            )
        )
    }
}

/// A place that was taken, given back when nobody holds it any more: also when an answer is never written.
private final class HeldPlace: Sendable {
    private let allowance: Allowance

    init(in allowance: Allowance) { self.allowance = allowance }

    deinit { allowance.give() }
}

extension Payload {
    /// The payload's name in JSON.
    var kindName: String {
        switch self {
        case .registerSubject: "registerSubject"
        case .rotateSubjectKey: "rotateSubjectKey"
        case .setSubjectStatus: "setSubjectStatus"
        case .issueCertificates: "issueCertificates"
        case .changeStatus: "changeStatus"
        case .recordAccess: "recordAccess"
        case .recordCase: "recordCase"
        case .propose: "propose"
        case .decideProposal: "decideProposal"
        case .reportEquivocation: "reportEquivocation"
        }
    }

    /// How many certificates it is about, where it is about certificates.
    var certificateCount: UInt32? {
        switch self {
        case .issueCertificates(let batch): UInt32(batch.certificates.count)
        case .changeStatus(let batch): UInt32(batch.changes.count)
        default: nil
        }
    }
}

extension Author {
    /// The author as callers are named.
    var callerName: String {
        switch self {
        case .department(let id): "department:\(id)"
        case .subject(let id): id.description
        }
    }
}
