import Consensus
import Execution
import LedgerModel
import Primitives
import TestKit
import Testing

/// What the departments decide together. docs/protocol.md [GOV-PROPOSE] [GOV-DECIDE] [GOV-CHANGE] [EQUIVOCATION]
@Suite struct GovernanceTests {
    private let bench = Bench()

    @Test func moreThanTwoThirdsCarryAProposalOut() throws {
        let type = bench.type(LedgerFixture.licenceType, version: 2, issuers: [LedgerFixture.housing])
        let proposal = try bench.propose([.setCertificateType(type)])
        #expect(try bench.proposal(proposal)?.approvals == [LedgerFixture.police])
        #expect(try bench.approve(proposal, by: LedgerFixture.housing) == .accepted)
        #expect(try bench.proposal(proposal)?.status == .open)
        #expect(try bench.state.record(.certificateType(type.id)) != .certificateType(type))
        #expect(try bench.approve(proposal, by: LedgerFixture.market) == .accepted)

        #expect(try bench.state.record(.certificateType(type.id)) == .certificateType(type))
        let record = try #require(try bench.proposal(proposal))
        #expect(record.status == .carriedOut && record.changedAt == bench.ledger.newestBlock.header.height)
        #expect(record.approvals == [LedgerFixture.police, LedgerFixture.market, LedgerFixture.housing])
        #expect(try bench.approve(proposal, by: LedgerFixture.health) == .proposalClosed)
        #expect(!bench.ledger.newestBlock.header.endsEpoch)
        // From the next block on, the new issuers alone may issue.
        let issue = bench.fixture.issue(type.id, [bench.fixture.digest(1)])
        #expect(try bench.verdict(bench.department(LedgerFixture.market, issue)) == .issuerNotAuthorised)
        #expect(try bench.verdict(bench.department(LedgerFixture.housing, issue)) == .accepted)
    }

    @Test func aNewValidatorSetEndsTheEpoch() throws {
        let before = bench.ledger.newestBlock.header
        let key = bench.fixture.signatures.signer(77).publicKey
        try bench.carryOut([.replaceValidatorKey(department: LedgerFixture.market, key: key)])
        let last = bench.ledger.newestBlock.header
        let set = try bench.state.validatorSet()
        #expect(set.set.epoch == Epoch(1) && set.set.keys[1] == key && set.departments == LedgerFixture.departments)
        #expect(last.endsEpoch && last.epoch == .zero && last.validatorSet == before.validatorSet)
        #expect(last.childValidatorSet == set.set.digest(using: bench.fixture.suite.digestFunction))

        try bench.commit([])
        let first = bench.ledger.newestBlock.header
        #expect(!first.endsEpoch && first.epoch == Epoch(1) && first.validatorSet == last.childValidatorSet)
        try bench.commit([])
        #expect(bench.ledger.newestBlock.header.epoch == Epoch(1))
    }

    @Test func twoChangesInOneBlockMakeOneEpoch() throws {
        let keys = [77, 78].map { bench.fixture.signatures.signer($0).publicKey }
        let changes: [GovernanceChange] = [
            .replaceValidatorKey(department: LedgerFixture.market, key: keys[0]),
            .replaceValidatorKey(department: LedgerFixture.health, key: keys[1]),
        ]
        var proposals: [Digest] = []
        for change in changes {
            let proposal = try bench.propose([change])
            try bench.approve(proposal, by: LedgerFixture.market)
            proposals.append(proposal)
        }
        let last = proposals.map {
            bench.department(LedgerFixture.health, .decideProposal(GovernanceVote(proposal: $0, word: .approve)))
        }
        #expect(try bench.commit(last) == [.accepted, .accepted])
        let set = try bench.state.validatorSet().set
        #expect(set.epoch == Epoch(1) && set.keys[1] == keys[0] && set.keys[2] == keys[1])
    }

    @Test func otherParametersEndTheEpochWithTheSameValidators() throws {
        let parameters = ParametersRecord(
            transactionLifetimeMilliseconds: 60_000,
            consensus: ConsensusParameters(deltaMilliseconds: 50)
        )
        let keys = try bench.state.validatorSet().set.keys
        try bench.carryOut([.setParameters(parameters)])
        #expect(try bench.state.parameters() == parameters)
        #expect(try bench.state.validatorSet().set.keys == keys)
        #expect(bench.ledger.newestBlock.header.endsEpoch)
    }

    @Test func anApprovalCountsWhileTheDepartmentHasAValidator() throws {
        let newcomer = try bench.admit(5)
        // Five departments: more than two thirds are four.
        let proposal = try bench.propose([.setMatter(bench.matter(version: 4))])
        try bench.approve(proposal, by: newcomer)
        try bench.approve(proposal, by: LedgerFixture.market)
        #expect(try bench.proposal(proposal)?.status == .open)
        try bench.carryOut([.removeValidator(department: newcomer)], approvals: [newcomer, LedgerFixture.health])
        #expect(try bench.approve(proposal, by: newcomer) == .departmentNotVoting)
        // Four again: three would do, and two of the three that approved have a say.
        #expect(try bench.proposal(proposal)?.status == .open)
        try bench.approve(proposal, by: LedgerFixture.health)
        #expect(try bench.proposal(proposal)?.status == .carriedOut)
    }

    @Test(arguments: [false, true])
    func aProposalIsOpenUntilItsTime(isLate: Bool) throws {
        let closesAt = bench.now.adding(milliseconds: 30_000)
        let proposal = try bench.propose([.setMatter(bench.matter(version: 4))], closesAt: closesAt)
        let vote = bench.department(
            LedgerFixture.market,
            .decideProposal(GovernanceVote(proposal: proposal, word: .approve))
        )
        let verdict = try bench.verdict(vote, at: isLate ? closesAt.adding(milliseconds: 1) : closesAt)
        #expect(verdict == (isLate ? .proposalClosed : .accepted))
    }

    @Test func onlyTheProposerTakesAProposalBack() throws {
        let proposal = try bench.propose([.setMatter(bench.matter(version: 4))])
        let withdrawal = Payload.decideProposal(GovernanceVote(proposal: proposal, word: .withdraw))
        #expect(try bench.verdict(bench.department(LedgerFixture.market, withdrawal)) == .proposalOfOtherDepartment)
        #expect(try bench.verdict(bench.department(LedgerFixture.police, withdrawal)) == .accepted)
        #expect(try bench.proposal(proposal)?.status == .withdrawn)
        #expect(try bench.approve(proposal, by: LedgerFixture.market) == .proposalClosed)
    }

    /// A change and whether it can be made on the fixture's ledger.
    private func changes() -> [(GovernanceChange, Bool)] {
        let key = bench.fixture.signatures.signer(77).publicKey
        let taken = bench.fixture.validators.keys[2]
        let unknown = DepartmentID(9)
        return [
            (.setDepartment(bench.departmentRecord(5)), true),
            (.setDepartment(bench.departmentRecord(1, code: "police")), true),
            (.setDepartment(bench.departmentRecord(1, code: "other")), false),
            (.setServiceSystem(bench.service(1, code: "shop-window", LedgerFixture.market)), true),
            (.setServiceSystem(bench.service(1, code: "other", LedgerFixture.market)), false),
            (.setServiceSystem(bench.service(1, code: "shop-window", LedgerFixture.health)), false),
            (.setServiceSystem(bench.service(2, code: "new", LedgerFixture.health)), true),
            (.setServiceSystem(bench.service(2, code: "new", unknown)), false),
            (.setServiceSystem(bench.service(2, code: "new", LedgerFixture.health, matters: ["no-such"])), false),
            (.setCertificateType(bench.type(LedgerFixture.licenceType, version: 1, issuers: [unknown])), false),
            (.setCertificateType(bench.type(LedgerFixture.licenceType, version: 1)), false),
            (.setCertificateType(bench.type(LedgerFixture.licenceType, version: 2)), true),
            (.setCertificateType(bench.type(LedgerFixture.licenceType, version: 2, code: "other")), false),
            (.setCertificateType(bench.type(CertificateTypeID(9), version: 1, code: "new")), true),
            (.setCertificateType(bench.type(CertificateTypeID(9), version: 1, issuers: [unknown], code: "new")), false),
            (.setCertificateType(bench.type(CertificateTypeID(9), version: 1, issuers: [], code: "new")), false),
            (.setMatter(bench.matter(version: 3)), false),
            (.setMatter(bench.matter(version: 4)), true),
            (.setMatter(bench.matter(version: 4, department: unknown)), false),
            (.addValidator(department: unknown, key: key), false),
            (.addValidator(department: LedgerFixture.market, key: key), false),
            (.removeValidator(department: unknown), false),
            // Four are the fewest.
            (.removeValidator(department: LedgerFixture.market), false),
            (.replaceValidatorKey(department: LedgerFixture.market, key: key), true),
            (.replaceValidatorKey(department: LedgerFixture.market, key: taken), false),
            (.replaceValidatorKey(department: unknown, key: key), false),
        ]
    }

    @Test func onlyChangesThatCanBeMadeAreProposed() throws {
        for (change, isApplicable) in changes() {
            let proposal = GovernanceProposal(changes: [change], closesAt: bench.now.adding(milliseconds: 60_000))
            let block = try bench.execute([bench.department(LedgerFixture.police, .propose(proposal))])
            #expect(block.verdicts == [isApplicable ? .accepted : .changeNotApplicable], "\(change)")
        }
    }

    @Test func aValidatorSetHasAtMostThirtyOne() throws {
        for id in 5...31 as ClosedRange<UInt16> { try bench.admit(id) }
        #expect(try bench.state.validatorSet().set.count == 31)
        try bench.carryOut([.setDepartment(bench.departmentRecord(32))], approvals: (2...31).map { DepartmentID($0) })
        let key = bench.fixture.signatures.signer(1032).publicKey
        let proposal = GovernanceProposal(
            changes: [.addValidator(department: DepartmentID(32), key: key)],
            closesAt: bench.now.adding(milliseconds: 60_000)
        )
        let verdict = try bench.verdict(bench.department(LedgerFixture.police, .propose(proposal)))
        #expect(verdict == .changeNotApplicable)
    }

    @Test func whatWasPossibleWhenProposedMayNotBeWhenApproved() throws {
        let first = try bench.propose([.setMatter(bench.matter(version: 4))])
        try bench.carryOut([.setMatter(bench.matter(version: 5))])
        try bench.approve(first, by: LedgerFixture.market)
        #expect(try bench.approve(first, by: LedgerFixture.health) == .changeNotApplicable)
        #expect(try bench.proposal(first)?.approvals == [LedgerFixture.police, LedgerFixture.market])
        #expect(try bench.state.record(.matter(LedgerFixture.openShop)) == .matter(bench.matter(version: 5)))
    }

    @Test func changesAreMadeTogetherOrNotAtAll() throws {
        let department = bench.departmentRecord(5)
        let key = bench.fixture.signatures.signer(77).publicKey
        let good: [GovernanceChange] = [.setDepartment(department), .addValidator(department: department.id, key: key)]
        for changes in [good, good.reversed()] {
            let proposal = GovernanceProposal(changes: changes, closesAt: bench.now.adding(milliseconds: 60_000))
            let block = try bench.execute([bench.department(LedgerFixture.police, .propose(proposal))])
            #expect(block.verdicts == [changes == good ? .accepted : .changeNotApplicable])
        }
        try bench.carryOut(good)
        #expect(try bench.state.validatorSet().set.count == 5)
    }

    @Test func contradictingVotesAreKeptOnceForAValidatorAndEpoch() throws {
        let evidence = bench.evidence(view: 7, signer: 2)
        #expect(try bench.verdict(bench.department(LedgerFixture.police, .reportEquivocation(evidence))) == .accepted)
        let suite = bench.fixture.suite
        let name = RecordKey.equivocation(epoch: .zero, validator: ReplicaIndex(2))
        guard case .equivocation(let record) = try bench.state.record(name) else {
            Issue.record("no record of the contradiction")
            return
        }
        #expect(record.department == LedgerFixture.health && record.key == bench.fixture.validators.keys[2])
        #expect(record.view == View(7) && record.reporter == LedgerFixture.police)
        #expect(record.evidence == suite.digest(of: evidence, domain: .equivocation))
        let other = bench.evidence(view: 8, signer: 2)
        #expect(try bench.verdict(bench.department(LedgerFixture.market, .reportEquivocation(other))) == .evidenceKnown)
    }
}

extension VerdictCase {
    static let governance: [VerdictCase] = [
        VerdictCase(.accepted, "a proposal") { $0.proposing([.setMatter($0.matter(version: 4))]) },
        VerdictCase(.contentMalformed, "a proposal of nothing") { $0.proposing([]) },
        VerdictCase(.contentMalformed, "a proposal that is closed already") {
            $0.proposing([.setMatter($0.matter(version: 4))], closesAt: $0.now)
        },
        VerdictCase(.contentMalformed, "a proposal that stays open too long") {
            let latest = $0.now.adding(milliseconds: GovernanceProposal.openMillisecondsMax)
            return $0.proposing([.setMatter($0.matter(version: 4))], closesAt: latest.adding(milliseconds: 1))
        },
        VerdictCase(.contentMalformed, "a proposal that is too large") { bench in
            let changes = (4...6).map { version in
                GovernanceChange.setMatter(bench.matter(version: version, definitionBytes: 22_000))
            }
            return bench.proposing(changes)
        },
        VerdictCase(.departmentNotVoting, "a proposal of a department without a validator") { bench in
            try bench.carryOut([.setDepartment(bench.departmentRecord(5))])
            return bench.proposing([.setMatter(bench.matter(version: 4))], by: DepartmentID(5))
        },
        VerdictCase(.changeNotApplicable, "a proposal that cannot be carried out") {
            $0.proposing([.setMatter($0.matter(version: 3))])
        },
        VerdictCase(.proposalUnknown, "an approval of nothing known") {
            $0.department(
                LedgerFixture.market,
                .decideProposal(GovernanceVote(proposal: $0.fixture.digest(1), word: .approve))
            )
        },
        VerdictCase(.proposalClosed, "an approval of what was carried out") { bench in
            let proposal = try bench.carryOut([.setMatter(bench.matter(version: 4))])
            return bench.deciding(proposal, .approve, by: LedgerFixture.housing)
        },
        VerdictCase(.proposalOfOtherDepartment, "somebody else's withdrawal") { bench in
            let proposal = try bench.propose([.setMatter(bench.matter(version: 4))])
            return bench.deciding(proposal, .withdraw, by: LedgerFixture.market)
        },
        VerdictCase(.alreadyApproved, "the proposer's approval") { bench in
            let proposal = try bench.propose([.setMatter(bench.matter(version: 4))])
            return bench.deciding(proposal, .approve, by: LedgerFixture.police)
        },
        VerdictCase(.evidenceOfOtherEpoch, "evidence from another epoch") {
            $0.department(LedgerFixture.police, .reportEquivocation($0.evidence(view: 3, signer: 1, epoch: 1)))
        },
        VerdictCase(.evidenceInvalid, "evidence that somebody else signed") {
            $0.department(
                LedgerFixture.police,
                .reportEquivocation($0.evidence(view: 3, signer: 1, signedBy: 2))
            )
        },
        VerdictCase(.evidenceInvalid, "evidence against nobody") {
            $0.department(LedgerFixture.police, .reportEquivocation($0.evidence(view: 3, signer: 4)))
        },
        VerdictCase(.evidenceKnown, "evidence again") { bench in
            let evidence = bench.evidence(view: 3, signer: 1)
            try bench.commit([bench.department(LedgerFixture.health, .reportEquivocation(evidence))])
            return bench.department(LedgerFixture.police, .reportEquivocation(evidence))
        },
    ]
}
