import LedgerModel
package import Primitives

/// Checks a subject's access log for completeness: every head counts and chains its entries, so a missing one shows.
package struct AccessLogVerifier: Sendable {
    package let ledger: LedgerVerifier
    package let freshness: FreshnessPolicy

    package init(ledger: LedgerVerifier, freshness: FreshnessPolicy = FreshnessPolicy()) {
        self.ledger = ledger
        self.freshness = freshness
    }

    /// Checks answers about the subject's heads.
    ///
    /// - Parameter heads: The ids of all of the subject's heads, older sets included, which only the subject knows.
    package func verify(heads: [Digest], answers: [AccessHeadAnswer], now: Timestamp) -> AccessLogReport {
        var examination = Examination(ledger: ledger, freshness: freshness, now: now, heads: Set(heads))
        for answer in answers { examination.sort(answer) }
        var headsWithoutRecord: [Digest] = []
        for head in heads {
            if let answer = examination.answers[head] {
                examination.examine(answer, head: head)
            } else {
                headsWithoutRecord.append(head)
            }
        }
        return AccessLogReport(
            accesses: examination.accesses,
            faults: examination.faults,
            headsWithoutRecord: headsWithoutRecord,
            asOf: examination.asOf
        )
    }
}

/// One run of `AccessLogVerifier`.
private struct Examination {
    let ledger: LedgerVerifier
    let freshness: FreshnessPolicy
    let now: Timestamp
    let heads: Set<Digest>
    var answers: [Digest: AccessHeadAnswer] = [:]
    var accesses: [VerifiedAccess] = []
    var faults: [AccessLogFault] = []
    var asOf: VerifiedHeader?
    /// The last proof and what it led to: answers given together share their header.
    private var last: (proof: RecordProof, certified: VerifiedHeader)?

    init(ledger: LedgerVerifier, freshness: FreshnessPolicy, now: Timestamp, heads: Set<Digest>) {
        self.ledger = ledger
        self.freshness = freshness
        self.now = now
        self.heads = heads
    }

    mutating func sort(_ answer: AccessHeadAnswer) {
        guard case .accessHead(let record) = answer.proof.record, heads.contains(record.id) else {
            return faults.append(.foreignRecord(answer.proof.record.key))
        }
        guard answers.updateValue(answer, forKey: record.id) == nil else {
            return faults.append(.repeatedHead(record.id))
        }
    }

    mutating func examine(_ answer: AccessHeadAnswer, head: Digest) {
        guard case .accessHead(let record) = answer.proof.record else { return }
        do throws(RecordProofError) {
            try prove(answer.proof)
        } catch {
            return faults.append(.headNotProven(head: head, error))
        }
        do throws(FreshnessError) {
            try freshness.check(answer.proof.header.timestamp, now: now)
        } catch {
            faults.append(.headNotFresh(head: head, error))
        }
        walk(record, entries: answer.entries)
    }

    private mutating func prove(_ proof: RecordProof) throws(RecordProofError) {
        let certified: VerifiedHeader
        if let last, last.proof.header == proof.header, last.proof.certificate == proof.certificate {
            certified = last.certified
            _ = try ledger.verify(proof.record, inclusion: proof.inclusion, under: certified)
        } else {
            certified = try ledger.verify(proof, for: proof.record.key).asOf
            last = (proof, certified)
        }
        if let oldest = asOf, oldest.header.height <= certified.header.height { return }
        asOf = certified
    }

    /// Follows the head's chain from its newest entry back to the first.
    private mutating func walk(_ record: AccessHeadRecord, entries: [AccessLogEntry]) {
        var byDigest: [Digest: AccessLogEntry] = [:]
        for entry in entries {
            let digest = ledger.suite.digest(of: entry.entry, domain: .accessEntry)
            // Of two copies of one entry, the one that says more.
            if byDigest[digest]?.opening == nil { byDigest[digest] = entry }
        }
        var found: [VerifiedAccess] = []
        var expected = record.newestEntry
        var count = record.count
        while count > 0 {
            guard let shown = byDigest.removeValue(forKey: expected) else {
                faults.append(.entriesMissing(head: record.id, counts: 1...count))
                break
            }
            let entry = shown.entry
            guard entry.network == ledger.network, entry.department == record.department, entry.count == count,
                (entry.previousEntry == .zero) == (count == 1)
            else {
                faults.append(.entryContradictsHead(head: record.id, count: count))
                break
            }
            found.append(VerifiedAccess(head: record.id, entry: entry, opening: open(shown, head: record.id)))
            expected = entry.previousEntry
            count -= 1
        }
        accesses += found.reversed()
        for stray in byDigest.values.map(\.entry.count).sorted() {
            faults.append(.entryNotOnHead(head: record.id, count: stray))
        }
    }

    private mutating func open(_ shown: AccessLogEntry, head: Digest) -> [UInt8]? {
        guard let opening = shown.opening else {
            faults.append(.openingMissing(head: head, count: shown.entry.count))
            return nil
        }
        let commitment = Commitments.access(
            salt: opening.salt,
            opening: opening.content,
            digestFunction: ledger.suite.digestFunction
        )
        guard commitment == shown.entry.commitment else {
            faults.append(.openingWrong(head: head, count: shown.entry.count))
            return nil
        }
        return opening.content
    }
}
