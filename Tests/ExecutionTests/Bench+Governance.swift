import Consensus
import Execution
import LedgerModel
import Primitives
import TestKit
import Testing

/// Proposals, and what they propose.
extension Bench {
    func proposing(
        _ changes: [GovernanceChange],
        by department: DepartmentID = LedgerFixture.police,
        id: UInt64? = nil,
        closesAt: Timestamp? = nil
    ) -> SealedTransaction {
        let proposal = GovernanceProposal(changes: changes, closesAt: closesAt ?? now.adding(milliseconds: 86_400_000))
        return self.department(department, id: id, .propose(proposal))
    }

    func deciding(_ proposal: Digest, _ word: GovernanceWord, by department: DepartmentID) -> SealedTransaction {
        self.department(department, .decideProposal(GovernanceVote(proposal: proposal, word: word)))
    }

    /// Makes a proposal of the police and gives its name.
    @discardableResult
    func propose(_ changes: [GovernanceChange], closesAt: Timestamp? = nil) throws -> Digest {
        let id = self.id()
        #expect(try verdict(proposing(changes, id: id, closesAt: closesAt)) == .accepted)
        return GovernanceProposal.identifier(
            author: LedgerFixture.police,
            id: LedgerFixture.transactionID(id),
            suite: fixture.suite
        )
    }

    @discardableResult
    func approve(_ proposal: Digest, by department: DepartmentID) throws -> Verdict {
        try verdict(deciding(proposal, .approve, by: department))
    }

    /// Makes a proposal and approves it until it is carried out.
    @discardableResult
    func carryOut(
        _ changes: [GovernanceChange],
        approvals: [DepartmentID] = [LedgerFixture.market, LedgerFixture.health]
    ) throws -> Digest {
        let proposal = try propose(changes)
        for department in [LedgerFixture.market, LedgerFixture.health] + approvals {
            guard try self.proposal(proposal)?.status == .open else { break }
            try approve(proposal, by: department)
        }
        #expect(try self.proposal(proposal)?.status == .carriedOut)
        return proposal
    }

    /// A further department with a validator of its own, decided by all that have one.
    @discardableResult
    func admit(_ number: UInt16) throws -> DepartmentID {
        let department = departmentRecord(number)
        let key = fixture.signatures.signer(1000 + UInt64(number)).publicKey
        let voting = try state.validatorSet().departments
        try carryOut(
            [.setDepartment(department), .addValidator(department: department.id, key: key)],
            approvals: voting.filter { $0 != LedgerFixture.police }
        )
        return department.id
    }

    func proposal(_ id: Digest) throws -> ProposalRecord? {
        guard case .proposal(let record) = try state.record(.proposal(id)) else { return nil }
        return record
    }

    // MARK: Records

    func departmentRecord(_ number: UInt16, code: String? = nil) -> DepartmentRecord {
        DepartmentRecord(
            id: DepartmentID(number),
            code: LedgerFixture.code(code ?? "department-\(number)"),
            name: "部门\(number)",
            englishName: "department \(number)",
            transactionKey: fixture.departmentSigner(DepartmentID(number)).publicKey,
            credentialKey: fixture.signatures.signer(200 + UInt64(number)).publicKey,
            sealingKey: [UInt8](repeating: 7, count: 32)
        )
    }

    func service(
        _ number: UInt16,
        code: String,
        _ department: DepartmentID,
        matters: [String] = ["open-shop"]
    ) -> ServiceSystemRecord {
        ServiceSystemRecord(
            id: ServiceSystemID(number),
            code: LedgerFixture.code(code),
            name: "窗口",
            englishName: "window",
            department: department,
            key: fixture.signatures.signer(301).publicKey,
            matters: matters.map { LedgerFixture.code($0) }
        )
    }

    func type(
        _ id: CertificateTypeID,
        version: UInt32,
        issuers: [DepartmentID] = [LedgerFixture.market],
        code: String = "licence"
    ) -> CertificateTypeRecord {
        CertificateTypeRecord(
            id: id,
            code: LedgerFixture.code(code),
            version: version,
            issuers: issuers,
            definition: Array("{}".utf8)
        )
    }

    func matter(
        version: UInt32,
        department: DepartmentID = LedgerFixture.market,
        definitionBytes: Int = 2
    ) -> MatterRecord {
        MatterRecord(
            code: LedgerFixture.openShop,
            version: version,
            department: department,
            definition: [UInt8](repeating: 32, count: definitionBytes)
        )
    }

    /// Two notarise votes of one view for two blocks.
    func evidence(view: UInt64, signer: UInt16, signedBy: UInt16? = nil, epoch: UInt64 = 0) -> Evidence {
        let votes = ([1, 2] as [UInt64]).map { number in
            let ballot = Ballot.notarise(
                epoch: Epoch(epoch),
                view: View(view),
                parentView: .zero,
                payload: fixture.digest(number)
            )
            let key = fixture.validatorSigner(Int(signedBy ?? signer))
            return Vote(
                ballot: ballot,
                signer: ReplicaIndex(signer),
                signature: key.sign(ballot.signedBytes(networkDigest: fixture.network))
            )
        }
        guard let evidence = Evidence(votes[0], votes[1]) else { preconditionFailure("two payloads in one view") }
        return evidence
    }
}
