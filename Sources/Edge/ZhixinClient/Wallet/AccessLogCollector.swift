import Credentials
package import LedgerModel
package import Primitives
package import ZhixinVerify

/// Gathers a subject's access log from several nodes, the wallet's own memory and, if asked to, the whole chain, and has it
/// checked for completeness.
package struct AccessLogCollector: Sendable {
    /// A node that was asked, and the department it speaks for.
    package struct Source: Sendable {
        package let department: DepartmentID
        package let client: NodeClient

        package init(department: DepartmentID, client: NodeClient) {
            self.department = department
            self.client = client
        }
    }

    package let keys: WalletKeys
    package let catalogue: LedgerCatalogue
    /// What this wallet remembers.
    package let uses: [WalletUse]

    private var proofs: [Digest: RecordProof] = [:]
    /// Whose nodes said that the ledger has no such head.
    private var denials: [Digest: Set<DepartmentID>] = [:]
    private var entries: [Digest: [Digest: AccessEntry]] = [:]
    private var openings: [Digest: [UInt64: [CommitmentOpening]]] = [:]
    /// Uses for which the relying department's own node gave the opening, by head.
    private var keptByNodes: [Digest: Set<UInt64>] = [:]
    /// Departments whose node said what it keeps.
    private var answered: Set<DepartmentID> = []

    package init(keys: WalletKeys, catalogue: LedgerCatalogue, uses: [WalletUse]) {
        self.keys = keys
        self.catalogue = catalogue
        self.uses = uses
        for use in uses {
            remember(use.entry, head: use.head)
            let opening = CommitmentOpening(salt: use.submission.openingSalt, content: use.submission.opening)
            openings[use.head, default: [:]][use.entry.count, default: []].append(opening)
        }
    }

    /// The heads that can be in use, with their departments: those of every set up to the present one.
    package func heads() throws -> [(head: Digest, department: DepartmentID)] {
        var heads: [(Digest, DepartmentID)] = []
        for set in 0...keys.headSet {
            for department in catalogue.departments {
                guard let index = WalletKeys.headIndex(for: department.id, in: catalogue) else { continue }
                heads.append((try keys.head(index, set: set), department.id))
            }
        }
        return heads
    }

    /// Asks the sources for every head's record and for the openings they keep.
    ///
    /// A department's own node is asked for its head first, the others only where it says that there is none: no node need
    /// learn which heads belong together.
    /// - Returns: The departments whose node could not be asked, with what went wrong.
    package mutating func collect(from sources: [Source]) async throws -> [(DepartmentID, ClientError)] {
        var failures: [DepartmentID: ClientError] = [:]
        for (head, department) in try heads() {
            let ordered =
                sources.filter { $0.department == department } + sources.filter { $0.department != department }
            for source in ordered where proofs[head] == nil {
                do throws(ClientError) {
                    proofs[head] = try await source.client.accessHeadProof(head)
                    if proofs[head] == nil { denials[head, default: []].insert(source.department) }
                } catch {
                    failures[source.department] = error
                }
            }
        }
        for source in sources where failures[source.department] == nil {
            do throws(ClientError) {
                try await collectOpenings(from: source)
            } catch {
                failures[source.department] = error
            }
        }
        return failures.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private mutating func collectOpenings(from source: Source) async throws(ClientError) {
        let signer = RequestSigner(
            caller: .subject(did: keys.subject.description),
            gateway: source.department,
            signer: keys.subjectKey
        )
        let response = try await source.client.accesses(of: keys.subject, signer: signer)
        answered.insert(source.department)
        for kept in response.accesses {
            let opening = CommitmentOpening(salt: kept.salt, content: kept.opening)
            openings[kept.head, default: [:]][kept.count, default: []].append(opening)
            if source.department == department(of: kept.head) {
                keptByNodes[kept.head, default: []].insert(kept.count)
            }
        }
    }

    /// Reads the whole chain and takes every entry on one of the subject's heads from it: what a wallet that lost its memory
    /// needs.
    ///
    /// - Returns: The height up to which the chain was read.
    package mutating func scan(_ client: NodeClient) async throws -> Height {
        let own = Set(try heads().map(\.head))
        var found: [(AccessEntry, Digest)] = []
        var reader = ChainReader(client: client)
        try await reader.readAll { _, transactions in
            for sealed in transactions {
                let body = sealed.transaction.body
                guard case .recordAccess(let record) = body.payload, case .department(let department) = body.author
                else { continue }
                let head = AccessHeads.identifier(of: record.headKey, digestFunction: keys.suite.digestFunction)
                guard own.contains(head) else { continue }
                found.append((record.entry(network: body.network, department: department, transaction: body.id), head))
            }
        }
        try reader.finish()
        for (entry, head) in found { remember(entry, head: head) }
        return reader.height
    }

    private mutating func remember(_ entry: AccessEntry, head: Digest) {
        entries[head, default: [:]][keys.suite.digest(of: entry, domain: .accessEntry)] = entry
    }

    private func department(of head: Digest) -> DepartmentID? {
        guard case .accessHead(let record)? = proofs[head]?.record else { return nil }
        return record.department
    }

    /// The checked log.
    package func overview(
        ledger: LedgerVerifier,
        freshness: FreshnessPolicy,
        now: Timestamp
    ) throws -> AccessLogOverview {
        let heads = try heads()
        var answers: [AccessHeadAnswer] = []
        for (head, _) in heads {
            guard let proof = proofs[head] else { continue }
            answers.append(AccessHeadAnswer(proof: proof, entries: chain(of: head, proof: proof)))
        }
        let report = AccessLogVerifier(ledger: ledger, freshness: freshness)
            .verify(heads: heads.map(\.head), answers: answers, now: now)
        let unshown = uses.filter {
            $0.state == .decided && proofs[$0.head] == nil && denials[$0.head] != nil
        }
        let notKept = report.accesses.filter {
            answered.contains($0.entry.department) && keptByNodes[$0.head]?.contains($0.entry.count) != true
        }
        // The department whose head it is may have something to hide: another one has to say that there is none.
        let unanswered = heads.filter { head, department in
            proofs[head] == nil && denials[head, default: []].subtracting([department]).isEmpty
        }
        return AccessLogOverview(
            report: report,
            hiddenUses: unshown,
            notKeptByDepartment: notKept,
            unanswered: Set(unanswered.map(\.department)).sorted()
        )
    }

    /// The entries that the head's chain leads to; an entry of this wallet's that never became final is none of them.
    private func chain(of head: Digest, proof: RecordProof) -> [AccessLogEntry] {
        guard case .accessHead(let record) = proof.record else { return [] }
        var chain: [AccessLogEntry] = []
        var next = record.newestEntry
        while let entry = entries[head]?[next], chain.count < AccessHeadAnswer.entriesMax {
            chain.append(AccessLogEntry(entry: entry, opening: opening(of: entry, head: head)))
            next = entry.previousEntry
        }
        return chain
    }

    /// An opening that fits, or one that does not where there is no better one.
    private func opening(of entry: AccessEntry, head: Digest) -> CommitmentOpening? {
        let candidates = openings[head]?[entry.count] ?? []
        return candidates.first { opening in
            Commitments.access(
                salt: opening.salt,
                opening: opening.content,
                digestFunction: keys.suite.digestFunction
            ) == entry.commitment
        } ?? candidates.first
    }
}

/// A subject's access log, checked.
package struct AccessLogOverview: Sendable {
    /// Every use that the ledger vouches for, and everything that is wrong.
    package let report: AccessLogReport
    /// Uses that were decided and whose head no node shows.
    package let hiddenUses: [WalletUse]
    /// Uses whose opening the relying department's own node, which was asked, did not serve.
    package let notKeptByDepartment: [VerifiedAccess]

    /// Departments whose head no node answered for: neither with its record nor, other
    /// than the department's own, by saying that there is none.
    package let unanswered: [DepartmentID]

    /// What all of it comes to.
    package var verdict: AccessLogVerdict {
        guard report.isComplete, hiddenUses.isEmpty else { return .incomplete }
        return unanswered.isEmpty ? .complete : .undetermined
    }
}

/// Whether a subject's access log shows every use. The raw value is the word in the command line's answer.
package enum AccessLogVerdict: String, Sendable {
    /// Every head was answered for, nothing is missing and nothing contradicts the ledger.
    case complete
    /// Something is missing, or contradicts the ledger.
    case incomplete
    /// Nothing is known to be missing, and not every head was answered for: ask again, or ask other nodes.
    case undetermined
}
