import Credentials
import LedgerModel
import Logging
import Ports
import Primitives
import Synchronization

/// Why a case does not go on.
private enum CaseStop: Error {
    /// It never will.
    case failed(CaseProblem)
    /// The outside did not answer; it can be tried again.
    case transient(ServiceError)
    /// Nothing can be done until the ledger is past the access record's time, with it or without.
    case overdue
}

extension CaseService {
    /// Takes one case as far as it goes. What the outside is to blame for is tried again, with longer pauses each time.
    func work(on id: Digest) async {
        guard atWork.withLock({ $0.insert(id).inserted }) else { return }
        var isOverdue = false
        defer {
            // In this order: whoever finds it set aside must be able to take it up.
            atWork.withLock { _ = $0.remove(id) }
            if isOverdue { setAside.withLock { _ = $0.insert(id) } }
        }
        var attempt = 0
        while !Task.isCancelled {
            do throws(ServiceError) {
                guard var file = try department.vault.caseFile(id), !file.isFinished else { return }
                do throws(CaseStop) {
                    try await advance(&file)
                    attempt = 0
                } catch {
                    switch error {
                    case .failed(let problem): try fail(&file, problem)
                    case .transient(let reason):
                        attempt += 1
                        guard attempt < department.limits.vaultAttemptsMax || file.isUpToTheLedger else {
                            try fail(&file, CaseProblem(reason))
                            continue
                        }
                        try? await Task.sleep(for: .milliseconds(pause(attempt)))
                    case .overdue:
                        // Others go on meanwhile.
                        isOverdue = true
                        return
                    }
                }
            } catch {
                // The vault itself: the case is taken up again at the next start.
                department.logger.error("a case cannot go on", metadata: ["case": "\(id)", "code": "\(error.code)"])
                return
            }
        }
    }

    private func pause(_ attempt: Int) -> UInt64 {
        department.limits.vaultPauseMilliseconds << UInt64(min(attempt - 1, 4))
    }

    private func fail(_ file: inout CaseFile, _ problem: CaseProblem) throws(ServiceError) {
        file.stage = .failed(file.submission, StoredProblem(problem))
        try finish(file)
    }

    func finish(_ file: CaseFile) throws(ServiceError) {
        try department.vault.keep(file)
        openCases.remove(file.id)
        waiters.finished(file.id)
        department.logger.info(
            "case finished",
            metadata: [
                "case": "\(file.id)", "matter": "\(file.request.content.matter)", "state": "\(file.state.rawValue)",
            ]
        )
    }

    /// Takes the case one stage further and keeps it there.
    private func advance(_ file: inout CaseFile) async throws(CaseStop) {
        switch file.stage {
        case .recording(let submission): try await record(submission, &file)
        case .collecting(let submission, let height): try await collect(submission, at: height, &file)
        case .concluding(let submission, let conclusion): try await conclude(submission, conclusion, &file)
        case .awaitingAuthorisation, .decided, .failed: return
        }
    }

    // MARK: Stages

    /// Brings the access record to the ledger. Nothing is asked of any vault before it is final.
    private func record(_ submission: CaseSubmission, _ file: inout CaseFile) async throws(CaseStop) {
        let sealed: SealedTransaction
        do throws(DecodeError) {
            sealed = try SealedTransaction(
                bytes: submission.transaction,
                digestFunction: department.suite.digestFunction
            )
        } catch {
            throw .transient(.vaultFailed)
        }
        let vault = department.vault
        let opening = submission.storedOpening(department.suite.digestFunction)
        let subject = submission.authorisation.content.subject
        do throws(ServiceError) {
            // Kept before anything is sent: an access on the ledger can always be opened. One with the same id that is
            // there already is another case's, and the ledger says below which of the two it took.
            let kept = try vault.opening(opening.accessRecord, of: subject)
            if kept == nil { try vault.keep(opening, of: subject) }
            do throws(ServiceError) {
                let final = try await department.finalise(sealed)
                if let kept, kept != opening { try vault.keep(opening, of: subject) }
                file.stage = .collecting(submission, final.height)
                try vault.keep(file)
            } catch .ledgerRefused(let verdict) {
                if kept == nil || kept == opening { try vault.forgetOpening(opening.accessRecord, of: subject) }
                try fail(&file, verdict.accessRefusal?.problem ?? CaseProblem(.ledgerRefused(verdict)))
            }
        } catch {
            throw department.clock() > sealed.transaction.body.expiry ? .overdue : .transient(error)
        }
    }

    /// Asks the vaults, decides, and keeps the decision.
    private func collect(
        _ submission: CaseSubmission,
        at height: Height,
        _ file: inout CaseFile
    ) async throws(CaseStop) {
        let (evidence, refusals) = try await askVaults(submission, file: file, height: height)
        let conclusion = try decide(evidence, refusals, submission)
        file.stage = .concluding(submission, conclusion)
        do throws(ServiceError) {
            try department.vault.keep(file)
        } catch {
            throw .transient(error)
        }
    }

    private func decide(
        _ collected: [CollectedEvidence],
        _ refusals: [ItemRefusal],
        _ submission: CaseSubmission
    ) throws(CaseStop) -> Conclusion {
        let authorisation = submission.authorisation.content
        guard let matter = Code(authorisation.matter).flatMap({ department.catalogue.matters[$0] }) else {
            throw .failed(CaseProblem(.matterUnknown))
        }
        let order = matter.definition.evidence.map(\.id)
        let sorted = collected.sorted {
            (order.firstIndex(of: $0.evidence.item) ?? 0) < (order.firstIndex(of: $1.evidence.item) ?? 0)
        }
        // Another department's clock may be a little ahead, and a statement of the future is none.
        let time = sorted.map(\.time).reduce(department.clock(), max)
        let decision = DecisionFunction.decide(
            matter: matter.definition,
            evidence: sorted.map(\.evidence),
            accessRecord: authorisation.accessRecord,
            at: time
        )
        let digestFunction = department.suite.digestFunction
        let receipt = DecisionReceipt(
            network: department.network,
            department: department.id.rawValue,
            matter: authorisation.matter,
            matterVersion: authorisation.matterVersion,
            definition: matter.digest,
            authorisation: authorisation.digest(digestFunction),
            accessRecord: authorisation.accessRecord,
            evidence: sorted.map {
                ReceiptEvidence(
                    item: $0.evidence.item,
                    evidence: $0.evidence.digest(digestFunction),
                    release: $0.release,
                    height: $0.evidence.height
                )
            },
            decision: decision,
            time: time
        )
        return Conclusion(
            receipt: receipt,
            receiptSalt: department.randomBytes(Commitments.saltByteCount),
            evidence: sorted.map(\.evidence),
            refusals: refusals
        )
    }

    /// Carries the decision out and commits to its receipt on the ledger.
    private func conclude(
        _ submission: CaseSubmission,
        _ conclusion: Conclusion,
        _ file: inout CaseFile
    ) async throws(CaseStop) {
        do throws(ServiceError) {
            // The ledger's word on the case comes first: what it refuses must not have issued anything.
            let height = try await commit(conclusion, of: file)
            let issued = try await issue(conclusion, for: file)
            file.stage = .decided(submission, conclusion, issued: issued, height)
            try finish(file)
        } catch {
            switch error {
            case .requestRejected(let problem): throw .failed(problem)
            case .ledgerRefused, .certificateTypeUnknown, .certificateTypeNotIssuedHere:
                throw .failed(CaseProblem(error))
            default: throw .transient(error)
            }
        }
    }

    /// Issues the certificate that the decision asks for, once however often it is asked for.
    private func issue(_ conclusion: Conclusion, for file: CaseFile) async throws(ServiceError) -> Digest? {
        guard case .zeroSubmission(.issueCertificate(let type, let claims)) = conclusion.receipt.decision else {
            return nil
        }
        let name = Array(file.id.bytes.prefix(16))
        return try await issuer.issue(claims: claims.object, typeCode: type, for: name).commitment
    }

    private func commit(_ conclusion: Conclusion, of file: CaseFile) async throws(ServiceError) -> Height {
        let receipt = conclusion.receipt
        let commitment = Commitments.receipt(
            salt: conclusion.receiptSalt,
            receipt: receipt.canonicalBytes,
            digestFunction: department.suite.digestFunction
        )
        if let height = try committedHeight(file.id, commitment) { return height }
        guard let matter = Code(receipt.matter) else { throw .matterUnknown }
        let decision = CaseDecision(
            id: file.id,
            matter: matter,
            matterVersion: receipt.matterVersion,
            receiptCommitment: commitment
        )
        do throws(ServiceError) {
            let sealed = try department.seal(.recordCase(decision), id: department.freshTransactionID())
            return try await department.finalise(sealed).height
        } catch .ledgerRefused(.caseExists) {
            // An earlier attempt got through.
            guard let height = try committedHeight(file.id, commitment) else { throw .ledgerRefused(.caseExists) }
            return height
        } catch .ledgerRefused(.expired) {
            throw .notFinalInTime
        }
    }

    private func committedHeight(_ id: Digest, _ commitment: Digest) throws(ServiceError) -> Height? {
        try department.reading { view throws(StoreError) in
            guard case .serviceCase(let record)? = try view.record(.serviceCase(id))?.record,
                record.receiptCommitment == commitment
            else { return nil }
            return record.changedAt
        }
    }

    // MARK: Vaults

    /// Asks every vault that has to be asked, at the same time, and verifies what they give.
    private func askVaults(
        _ submission: CaseSubmission,
        file: CaseFile,
        height: Height
    ) async throws(CaseStop) -> ([CollectedEvidence], [ItemRefusal]) {
        let authorisation = submission.authorisation.content
        var byVault: [DepartmentID: [RequestedItem]] = [:]
        for item in authorisation.items { byVault[DepartmentID(item.issuer), default: []].append(item) }
        typealias Answer = Result<([CollectedEvidence], [ItemRefusal]), CaseStop>
        let answers = await withTaskGroup(of: Answer.self) { group in
            for (vault, items) in byVault {
                group.addTask {
                    do throws(CaseStop) {
                        return .success(try await self.ask(vault, for: items, submission, file, height))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var answers: [Answer] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        var evidence: [CollectedEvidence] = []
        var refusals: [ItemRefusal] = []
        var pending: CaseStop?
        for answer in answers {
            switch answer {
            case .success(let (found, refused)):
                evidence += found
                refusals += refused
            case .failure(.failed(let problem)): throw .failed(problem)
            case .failure(let stop): pending = stop
            }
        }
        if let pending { throw pending }
        return (evidence, refusals)
    }

    private func ask(
        _ vault: DepartmentID,
        for items: [RequestedItem],
        _ submission: CaseSubmission,
        _ file: CaseFile,
        _ height: Height
    ) async throws(CaseStop) -> ([CollectedEvidence], [ItemRefusal]) {
        let response = try await response(of: vault, for: items, submission, file, height)
        let check = EvidenceCheck(
            department: department,
            accessRecord: submission.authorisation.content.accessRecord
        )
        var evidence: [CollectedEvidence] = []
        var refusals: [ItemRefusal] = []
        for item in items {
            guard let answer = response.items.first(where: { $0.item == item.id }) else {
                throw .failed(EvidenceFault.otherStatement.problem)
            }
            guard let sealed = answer.sealed else {
                let problem = answer.refusal ?? EvidenceFault.unreadable.problem
                refusals.append(ItemRefusal(item: item.id, problem: StoredProblem(problem)))
                continue
            }
            do throws(EvidenceFault) {
                evidence.append(try await check.check(sealed, for: item))
            } catch {
                department.logger.warning(
                    "a vault gave something that does not verify",
                    metadata: ["department": "\(vault)", "item": "\(item.id)", "fault": "\(error.rawValue)"]
                )
                throw .failed(error.problem)
            }
        }
        return (evidence, refusals)
    }

    private func response(
        of vault: DepartmentID,
        for items: [RequestedItem],
        _ submission: CaseSubmission,
        _ file: CaseFile,
        _ height: Height
    ) async throws(CaseStop) -> ReleaseResponse {
        guard let identifier = submission.sealedIdentifiers.first(where: { $0.department == vault }) else {
            throw .failed(CaseRefusal.identifierMissing.problem)
        }
        let request = ReleaseRequest(
            caseID: file.id,
            request: file.request.canonicalBytes,
            authorisation: submission.authorisation.canonicalBytes,
            accessRecord: submission.accessRecord.canonicalBytes,
            transaction: department.suite.digestFunction.digest(
                Domain.transactionLeaf.frame(raw: submission.transaction)
            ),
            height: height,
            opening: submission.opening,
            openingSalt: submission.openingSalt,
            sealedIdentifier: identifier.sealed,
            items: items.map(\.id)
        )
        do throws(ServiceError) {
            return vault == department.id
                ? try await releases.release(request, to: department.id)
                : try await peers.release(request, from: vault)
        } catch {
            switch error {
            case .releaseRejected(let problem) where problem.code == ReleaseRefusal.accessRecordNotFinal.rawValue:
                // The other node is a little behind.
                throw .transient(error)
            case .releaseRejected(let problem): throw .failed(problem)
            case .ledgerBusy, .notFinalInTime, .vaultUnreachable, .vaultFailed: throw .transient(error)
            default: throw .failed(CaseProblem(error))
            }
        }
    }
}

extension CaseFile {
    /// Whether the next step is in the ledger's hands alone: an access that may yet be recorded, or a decision that is
    /// made. It is then never given up for want of an answer.
    fileprivate var isUpToTheLedger: Bool {
        switch stage {
        case .recording, .concluding: true
        case .awaitingAuthorisation, .collecting, .decided, .failed: false
        }
    }
}

extension CaseProblem {
    /// What ended a case, as its callers are told.
    init(_ error: ServiceError) {
        let text = error.text
        self.init(code: error.code, chinese: text.chinese, english: text.english)
    }
}
