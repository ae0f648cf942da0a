package import Credentials
package import LedgerModel
package import Primitives
package import ZhixinVerify

/// A record that the ledger holds, proven as of a recent header.
package struct ProvenRecord<Content: Hashable & Sendable>: Hashable, Sendable {
    package let record: Content
    package let position: Position
    package let asOf: VerifiedHeader
}

// What the ledger says, and what is handed to it.
extension NodeClient {
    /// A certificate's record, or nil when the node knows none.
    ///
    /// That there is none is the node's word alone: ask another one where it matters.
    package func certificate(_ commitment: Digest) async throws(ClientError) -> ProvenRecord<CertificateRecord>? {
        let target = "/v1/certificates/\(commitment)"
        guard let proven = try await record(.certificate(commitment), target: target) else { return nil }
        guard case .certificate(let record) = proven.record else {
            throw .answerMalformed(target: target, reason: "kind")
        }
        return ProvenRecord(record: record, position: proven.position, asOf: proven.asOf)
    }

    /// A subject's record, or nil when the node knows none.
    package func subject(_ id: SubjectID) async throws(ClientError) -> ProvenRecord<SubjectRecord>? {
        let target = "/v1/subjects/\(id)"
        guard let proven = try await record(.subject(id), target: target) else { return nil }
        guard case .subject(let record) = proven.record else { throw .answerMalformed(target: target, reason: "kind") }
        return ProvenRecord(record: record, position: proven.position, asOf: proven.asOf)
    }

    /// An access head's record, or nil when the node knows none: it was never used, or the node hides it.
    package func accessHead(_ id: Digest) async throws(ClientError) -> ProvenRecord<AccessHeadRecord>? {
        guard let proof = try await accessHeadProof(id) else { return nil }
        let proven = try verify(proof, for: .accessHead(id))
        guard case .accessHead(let record) = proven.record else {
            throw .answerMalformed(target: "/v1/heads", reason: "kind")
        }
        return ProvenRecord(record: record, position: proven.position, asOf: proven.asOf)
    }

    /// An access head's record with its proof, which is not checked here; for `AccessLogVerifier`.
    package func accessHeadProof(_ id: Digest) async throws(ClientError) -> RecordProof? {
        try await proof("/v1/heads/\(id)")
    }

    private func record(_ key: RecordKey, target: String) async throws(ClientError) -> VerifiedRecord? {
        guard let proof = try await proof(target) else { return nil }
        return try verify(proof, for: key)
    }

    private func proof(_ target: String) async throws(ClientError) -> RecordProof? {
        let answer: NodeAnswer
        do throws(ClientError) {
            answer = try await getBytes(target, answerBytesMax: NodeClient.proofBytesMax)
        } catch {
            if case .problem(let document) = error, document.status == 404 { return nil }
            throw error
        }
        return try NodeClient.decode(answer.body, target: target)
    }

    private func verify(_ proof: RecordProof, for key: RecordKey) throws(ClientError) -> VerifiedRecord {
        let verified: VerifiedRecord
        do throws(RecordProofError) {
            verified = try ledger.verify(proof, for: key)
        } catch {
            throw .proof(error)
        }
        do throws(FreshnessError) {
            try freshness.check(proof.header.timestamp, now: now)
        } catch {
            throw .notFresh(error)
        }
        return verified
    }

    /// How the node stands, in its own words. The network is checked, the rest is not.
    package func status() async throws(ClientError) -> NodeReport {
        let report: NodeReport = try await get("/v1/status")
        guard report.network == network else { throw .otherNetwork(found: report.network, expected: network) }
        return report
    }

    /// The newest checkpoint, in the node's words.
    package func checkpoint() async throws(ClientError) -> CheckpointReport {
        try await get("/v1/checkpoint")
    }

    /// Hands in a transaction. The same bytes again have the same outcome.
    ///
    /// - Parameter waitsForFinality: whether to answer only when it is final, or the node's patience is over.
    package func submit(
        _ transaction: [UInt8],
        waitsForFinality: Bool
    ) async throws(ClientError) -> TransactionReport {
        let target = "/v1/transactions" + (waitsForFinality ? "?wait=finalized" : "")
        let request = NodeRequest(
            method: "POST",
            target: target,
            headers: [
                NodeRequest.Header("content-type", "application/octet-stream"),
                NodeRequest.Header("accept", "application/json"),
            ],
            body: transaction,
            answerBytesMax: NodeClient.jsonBytesMax,
            timeoutMilliseconds: NodeClient.timeoutMilliseconds
        )
        return try NodeClient.decode(try await send(request), target: target)
    }

    /// How far a transaction has come, in the node's words.
    package func transaction(_ digest: Digest) async throws(ClientError) -> TransactionReport {
        try await get("/v1/transactions/\(digest)")
    }

    /// Consecutive final blocks from `height` on, as many as the node gives at once; none above its newest.
    ///
    /// They are decoded and not verified: `ChainReader` does that.
    package func blocks(from height: Height) async throws(ClientError) -> [FinalisedBlock] {
        let target = "/v1/blocks?from=\(height)"
        let answer = try await getBytes(target, answerBytesMax: NodeClient.blocksBytesMax)
        guard answer.status != 204 else { return [] }
        var blocks: [FinalisedBlock] = []
        var rest = answer.body[...]
        while !rest.isEmpty {
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4, length > 0, length <= rest.count - 4 else {
                throw .answerMalformed(
                    target: target,
                    reason: "a block of \(length) bytes where \(rest.count) are left"
                )
            }
            blocks.append(try NodeClient.decode(Array(rest.dropFirst(4).prefix(length)), target: target))
            rest = rest.dropFirst(4 + length)
        }
        return blocks
    }

    /// One block as JSON, in the node's words.
    package func block(_ height: Height) async throws(ClientError) -> BlockReport {
        try await get("/v1/blocks/\(height)")
    }

    /// Asks the node to check a bundle. Whoever can checks it with `BundleVerifier` instead.
    package func verification(of bundle: [UInt8]) async throws(ClientError) -> VerificationReport {
        try await post("/v1/verifications", VerificationRequest(bundle: bundle).json)
    }
}
