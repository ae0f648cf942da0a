import Credentials
import HTTPTypes
import Hummingbird
import LedgerModel
import Ports
import Primitives

extension GatewayCore {
    /// Offers a transaction to the network and, if asked, waits until it is final.
    func submitTransaction(_ call: Call) async throws(Refusal) -> Response {
        let waits = try call.waits(for: "finalized")
        let digest: Digest
        switch await gate.submit(call.body) {
        case .accepted(let accepted): digest = accepted
        case .refused(let verdict): throw .transactionRefused(verdict)
        case .malformed(let error): throw .transactionMalformed(error)
        case .busy: throw .ledgerBusy
        }
        let progress: TransactionProgress
        if waits, let milliseconds = takeWait() {
            defer { waiters.give() }
            progress = await gate.outcome(of: digest, waitMilliseconds: milliseconds)
        } else {
            progress = await gate.outcome(of: digest, waitMilliseconds: 0)
        }
        return Self.report(digest, progress)
    }

    /// How far a transaction has come.
    func transaction(_ call: Call) async throws(Refusal) -> Response {
        let digest = try call.digestParameter()
        let progress = await gate.outcome(of: digest, waitMilliseconds: 0)
        if case .final = progress { return Self.report(digest, progress) }
        let view = archive.view()
        guard let location = try read({ () throws(StoreError) in try view.location(of: digest) }) else {
            throw .transactionUnknown
        }
        return Self.report(digest, .final(height: location.height, verdict: location.verdict))
    }

    private static func report(_ digest: Digest, _ progress: TransactionProgress) -> Response {
        switch progress {
        case .pending:
            Answer.json(TransactionReport(transaction: digest, state: .pending), status: .accepted)
        case .final(let height, let verdict):
            Answer.json(
                TransactionReport(
                    transaction: digest,
                    state: .final,
                    height: height,
                    verdict: "\(verdict)",
                    verdictCode: verdict.rawValue
                )
            )
        }
    }
}
