import Consensus
import LedgerModel
import Primitives

/// What the departments decide together, docs/protocol.md [GOV-PROPOSE] to [GOV-CHANGE], and [EQUIVOCATION].
///
/// A department has a say if it runs a validator; more than two thirds of those carry a proposal out.
extension Judge {
    func propose(
        _ payload: GovernanceProposal,
        body: TransactionBody,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        let byteCount = payload.changes.reduce(0) { $0 + $1.canonicalBytes.count }
        let latest = scope.timestamp.adding(milliseconds: GovernanceProposal.openMillisecondsMax)
        guard !payload.changes.isEmpty, byteCount <= GovernanceProposal.changesBytesMax,
            payload.closesAt > scope.timestamp, payload.closesAt <= latest
        else { return .contentMalformed }
        let voting = try votingDepartments(in: &scope)
        guard voting.contains(author) else { return .departmentNotVoting }
        let id = GovernanceProposal.identifier(author: author, id: body.id, suite: suite)
        // The same name again, after the first transaction's time.
        guard try scope.position(of: .proposal(id)) == nil else { return .contentMalformed }
        var trial = scope
        guard try carryOut(payload.changes, in: &trial) else { return .changeNotApplicable }
        scope.create(
            .proposal(
                ProposalRecord(
                    id: id,
                    proposer: author,
                    changes: payload.changes,
                    closesAt: payload.closesAt,
                    approvals: [author],
                    status: .open,
                    changedAt: scope.height
                )
            )
        )
        return .accepted
    }

    func decide(
        _ payload: GovernanceVote,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        let voting = try votingDepartments(in: &scope)
        guard voting.contains(author) else { return .departmentNotVoting }
        guard case .proposal(var record) = try scope.record(.proposal(payload.proposal)) else {
            return .proposalUnknown
        }
        guard record.status == .open, scope.timestamp <= record.closesAt else { return .proposalClosed }
        record.changedAt = scope.height
        switch payload.word {
        case .withdraw:
            guard record.proposer == author else { return .proposalOfOtherDepartment }
            record.status = .withdrawn
        case .approve:
            guard !record.approvals.contains(author) else { return .alreadyApproved }
            record.approvals = (record.approvals + [author]).sorted()
            // Only those count that have a say now: a department may have lost its validator since it approved.
            if 3 * record.approvals.filter(voting.contains).count > 2 * voting.count {
                var trial = scope
                guard try carryOut(record.changes, in: &trial) else { return .changeNotApplicable }
                scope = trial
                record.status = .carriedOut
            }
        }
        try scope.rewrite(.proposal(record))
        return .accepted
    }

    func report(
        _ evidence: Evidence,
        by author: DepartmentID,
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Verdict {
        let validators = try validatorSet(in: &scope)
        guard evidence.epoch == scope.epoch, validators.set.epoch == scope.epoch else { return .evidenceOfOtherEpoch }
        guard let key = validators.set.key(of: evidence.signer),
            evidence.isValid(validators: validators.set, networkDigest: network, verifier: suite.verifier)
        else { return .evidenceInvalid }
        let name = RecordKey.equivocation(epoch: evidence.epoch, validator: evidence.signer)
        guard try scope.position(of: name) == nil else { return .evidenceKnown }
        scope.create(
            .equivocation(
                EquivocationRecord(
                    epoch: evidence.epoch,
                    validator: evidence.signer,
                    key: key,
                    department: validators.departments[Int(evidence.signer.rawValue)],
                    view: evidence.view,
                    evidence: suite.digest(of: evidence, domain: .equivocation),
                    reporter: author,
                    changedAt: scope.height
                )
            )
        )
        return .accepted
    }

    // MARK: Changes

    private func validatorSet(in scope: inout BlockScope) throws(LedgerReadError) -> ValidatorSetRecord {
        guard case .validatorSet(let record) = try scope.institution(.validatorSet) else {
            throw LedgerReadError(reason: "the register holds no validator set")
        }
        return record
    }

    private func votingDepartments(in scope: inout BlockScope) throws(LedgerReadError) -> Set<DepartmentID> {
        Set(try validatorSet(in: &scope).departments)
    }

    /// Makes the changes one after the other; false when one of them cannot be made, and then `scope` is of no use.
    private func carryOut(
        _ changes: [GovernanceChange],
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Bool {
        for change in changes {
            guard try carryOut(change, in: &scope) else { return false }
        }
        return true
    }

    private func carryOut(_ change: GovernanceChange, in scope: inout BlockScope) throws(LedgerReadError) -> Bool {
        switch change {
        case .setDepartment(let record):
            if case .department(let old) = try scope.record(.department(record.id)), old.code != record.code {
                return false
            }
            try scope.put(.department(record))
            return true
        case .setServiceSystem(let record):
            if case .serviceSystem(let old) = try scope.record(.serviceSystem(record.id)),
                old.code != record.code || old.department != record.department
            {
                return false
            }
            for matter in record.matters where try scope.position(of: .matter(matter)) == nil { return false }
            return try putIfKnown(.serviceSystem(record), of: [record.department], in: &scope)
        case .setCertificateType(let record):
            if case .certificateType(let old) = try scope.record(.certificateType(record.id)),
                old.code != record.code || old.version >= record.version
            {
                return false
            }
            return try putIfKnown(.certificateType(record), of: record.issuers, in: &scope)
        case .setMatter(let record):
            if case .matter(let old) = try scope.record(.matter(record.code)), old.version >= record.version {
                return false
            }
            return try putIfKnown(.matter(record), of: [record.department], in: &scope)
        case .setParameters(let record):
            try scope.put(.parameters(record))
            return try changeValidators(in: &scope) { _, _ in true }
        case .addValidator(let department, let key):
            guard try scope.position(of: .department(department)) != nil else { return false }
            return try changeValidators(in: &scope) { keys, departments in
                guard !departments.contains(department) else { return false }
                keys.append(key)
                departments.append(department)
                return true
            }
        case .removeValidator(let department):
            return try changeValidators(in: &scope) { keys, departments in
                guard let place = departments.firstIndex(of: department) else { return false }
                keys.remove(at: place)
                departments.remove(at: place)
                return true
            }
        case .replaceValidatorKey(let department, let key):
            return try changeValidators(in: &scope) { keys, departments in
                guard let place = departments.firstIndex(of: department) else { return false }
                keys[place] = key
                return true
            }
        }
    }

    /// Puts a record that names these departments, of which there must be at least one, if the ledger knows them all.
    private func putIfKnown(
        _ record: Record,
        of departments: [DepartmentID],
        in scope: inout BlockScope
    ) throws(LedgerReadError) -> Bool {
        guard !departments.isEmpty else { return false }
        for department in departments where try scope.position(of: .department(department)) == nil { return false }
        try scope.put(record)
        return true
    }

    /// Makes the set of the next epoch; false when the change says no, or leaves too few, too many or repeated keys.
    private func changeValidators(
        in scope: inout BlockScope,
        _ change: (inout [PublicKey], inout [DepartmentID]) -> Bool
    ) throws(LedgerReadError) -> Bool {
        let old = try validatorSet(in: &scope)
        var (keys, departments) = (old.set.keys, old.departments)
        let epoch = Epoch(scope.epoch.rawValue + 1)
        guard change(&keys, &departments),
            let set = ValidatorSet(epoch: epoch, keys: keys)
        else { return false }
        try scope.put(.validatorSet(ValidatorSetRecord(set: set, departments: departments)))
        return true
    }
}
