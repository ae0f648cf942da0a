import Consensus
import LedgerModel
import Merkle
import Primitives
import TestKit

/// Random values of every type of the ledger, well-formed and decided by a seed.
struct Samples {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func digest() -> Digest { Digest(words: (random.next(), random.next(), random.next(), random.next())) }
    mutating func number() -> UInt64 {
        random.chance(1, in: 8) ? [0, 1, .max].randomElement(using: &random)! : random.next()
    }
    mutating func department() -> DepartmentID { DepartmentID(UInt16.random(in: 0...UInt16.max, using: &random)) }
    mutating func transactionID() -> TransactionID { TransactionID(from: &random) }
    mutating func signature() -> Signature { Signature(random.bytes(count: 64))! }
    mutating func bytes(upTo count: Int) -> [UInt8] { random.bytes(count: Int.random(in: 0...count, using: &random)) }

    mutating func key() -> PublicKey {
        let algorithm = SignatureAlgorithm.allCases.randomElement(using: &random)!
        return PublicKey(algorithm: algorithm, bytes: random.bytes(count: algorithm.publicKeyByteCount))!
    }

    mutating func name() -> String {
        ["", "a", "公安局", "Department of Health", "🙂 e\u{301}"].randomElement(using: &random)!
    }

    mutating func code() -> Code {
        Code(["a", "open-shop", "0-9-z", "abcdefghijklmnopqrstuvwxyz012345"].randomElement(using: &random)!)!
    }

    mutating func list<Element>(upTo count: Int, _ make: (inout Samples) -> Element) -> [Element] {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in make(&self) }
    }

    // MARK: Records

    mutating func validatorSet() -> ValidatorSetRecord {
        let count = Int.random(in: 4...31, using: &random)
        let set = ValidatorSet(
            epoch: Epoch(UInt64.random(in: 0...5, using: &random)),
            keys: (0..<count).map { _ in key() }
        )!
        return ValidatorSetRecord(set: set, departments: (0..<count).map { _ in department() })
    }

    mutating func parameters() -> ParametersRecord {
        ParametersRecord(
            transactionLifetimeMilliseconds: UInt64.random(in: 1000...3_600_000, using: &random),
            consensus: .initial
        )
    }

    mutating func certificate() -> CertificateRecord {
        CertificateRecord(
            commitment: digest(),
            type: CertificateTypeID(3),
            issuer: department(),
            validFromSeconds: number(),
            validUntilSeconds: number(),
            status: CertificateStatus.allCases.randomElement(using: &random)!,
            changedAt: Height(number())
        )
    }

    mutating func subject() -> SubjectRecord {
        SubjectRecord(
            id: SubjectID(digest()),
            key: key(),
            attester: department(),
            assurance: AssuranceLevel.allCases.randomElement(using: &random)!,
            identifierCommitment: digest(),
            accessHeadSet: digest(),
            status: SubjectStatus.allCases.randomElement(using: &random)!,
            changedAt: Height(number())
        )
    }

    mutating func departmentRecord() -> DepartmentRecord {
        DepartmentRecord(
            id: department(),
            code: code(),
            name: name(),
            englishName: name(),
            transactionKey: key(),
            credentialKey: key(),
            sealingKey: random.bytes(count: 32)
        )
    }

    mutating func serviceSystem() -> ServiceSystemRecord {
        ServiceSystemRecord(
            id: ServiceSystemID(9),
            code: code(),
            name: name(),
            englishName: name(),
            department: department(),
            key: key(),
            matters: list(upTo: 4) { $0.code() }
        )
    }

    mutating func record(_ kind: RecordKind) -> Record {
        switch kind {
        case .network: .network(NetworkRecord(genesis: digest(), name: name()))
        case .department: .department(departmentRecord())
        case .serviceSystem: .serviceSystem(serviceSystem())
        case .validatorSet: .validatorSet(validatorSet())
        case .parameters: .parameters(parameters())
        case .certificateType:
            .certificateType(
                CertificateTypeRecord(
                    id: CertificateTypeID(4),
                    code: code(),
                    version: 2,
                    issuers: list(upTo: 5) { $0.department() },
                    definition: bytes(upTo: 100)
                )
            )
        case .matter:
            .matter(MatterRecord(code: code(), version: 7, department: department(), definition: bytes(upTo: 100)))
        case .subject: .subject(subject())
        case .accessHead:
            .accessHead(
                AccessHeadRecord(
                    id: digest(),
                    department: department(),
                    count: number(),
                    newestEntry: digest(),
                    changedAt: Height(number())
                )
            )
        case .certificate: .certificate(certificate())
        case .serviceCase:
            .serviceCase(
                CaseRecord(
                    id: digest(),
                    department: department(),
                    matter: code(),
                    matterVersion: 3,
                    receiptCommitment: digest(),
                    changedAt: Height(number())
                )
            )
        case .proposal: .proposal(proposal())
        case .equivocation:
            .equivocation(
                EquivocationRecord(
                    epoch: Epoch(number()),
                    validator: ReplicaIndex(2),
                    key: key(),
                    department: department(),
                    view: View(number()),
                    evidence: digest(),
                    reporter: department(),
                    changedAt: Height(number())
                )
            )
        }
    }

    private mutating func proposal() -> ProposalRecord {
        ProposalRecord(
            id: digest(),
            proposer: department(),
            changes: (0..<8).map { change($0) },
            closesAt: Timestamp(number()),
            approvals: list(upTo: 5) { $0.department() },
            status: ProposalStatus.allCases.randomElement(using: &random)!,
            changedAt: Height(number())
        )
    }

    /// A change with this tag.
    mutating func change(_ tag: Int) -> GovernanceChange {
        switch (tag, record(.certificateType), record(.matter)) {
        case (0, _, _): .setDepartment(departmentRecord())
        case (1, _, _): .setServiceSystem(serviceSystem())
        case (2, .certificateType(let record), _): .setCertificateType(record)
        case (3, _, .matter(let record)): .setMatter(record)
        case (4, _, _): .setParameters(parameters())
        case (5, _, _): .addValidator(department: department(), key: key())
        case (6, _, _): .removeValidator(department: department())
        default: .replaceValidatorKey(department: department(), key: key())
        }
    }

    private mutating func evidence() -> Evidence {
        let ballots = [digest(), digest()].map {
            Ballot.notarise(epoch: .zero, view: View(4), parentView: View(3), payload: $0)
        }
        let votes = ballots.map { Vote(ballot: $0, signer: ReplicaIndex(1), signature: signature()) }
        guard let evidence = Evidence(votes[0], votes[1]) else { preconditionFailure("two payloads in one view") }
        return evidence
    }

    // MARK: Transactions

    mutating func payload(_ tag: Int) -> Payload {
        switch tag {
        case 0:
            .registerSubject(
                SubjectRegistration(
                    key: key(),
                    assurance: .document,
                    identifierCommitment: digest(),
                    accessHeadSet: digest(),
                    proof: signature()
                )
            )
        case 1: .rotateSubjectKey(SubjectKeyRotation(key: key(), accessHeadSet: digest(), proof: signature()))
        case 2: .setSubjectStatus(SubjectStatusChange(subject: SubjectID(digest()), status: .suspended))
        case 3:
            .issueCertificates(
                CertificateBatch(type: CertificateTypeID(1), certificates: list(upTo: 5) { $0.issued() })
            )
        case 4:
            .changeStatus(
                StatusChangeBatch(changes: list(upTo: 5) { StatusChange(commitment: $0.digest(), status: .revoked) })
            )
        case 5:
            .recordAccess(
                AccessRecord(
                    headKey: key(),
                    count: number(),
                    previousEntry: digest(),
                    commitment: digest(),
                    signature: signature()
                )
            )
        case 7: .propose(GovernanceProposal(changes: (0..<8).map { change($0) }, closesAt: Timestamp(number())))
        case 8: .decideProposal(GovernanceVote(proposal: digest(), word: .withdraw))
        case 9: .reportEquivocation(evidence())
        default:
            .recordCase(CaseDecision(id: digest(), matter: code(), matterVersion: 1, receiptCommitment: digest()))
        }
    }

    private mutating func issued() -> IssuedCertificate {
        IssuedCertificate(
            commitment: digest(),
            validFromSeconds: number(),
            validUntilSeconds: number(),
            replaces: random.chance(1, in: 2) ? digest() : nil
        )
    }

    mutating func transaction(tag: Int) -> Transaction {
        let author: Author = random.chance(1, in: 2) ? .department(department()) : .subject(SubjectID(digest()))
        let body = TransactionBody(
            network: digest(),
            author: author,
            id: transactionID(),
            expiry: Timestamp(number()),
            payload: payload(tag)
        )
        return Transaction(body: body, signature: signature())
    }

    // MARK: Blocks

    mutating func header() -> Header {
        Header(
            network: digest(),
            protocolVersion: 1,
            epoch: Epoch(number()),
            height: Height(number()),
            view: View(number()),
            parent: digest(),
            timestamp: Timestamp(number()),
            proposer: ReplicaIndex(3),
            transactionsRoot: digest(),
            registerRoot: digest(),
            registerSize: number(),
            historyRoot: digest(),
            validatorSet: digest(),
            childValidatorSet: digest()
        )
    }

    mutating func outline() -> BlockOutline {
        BlockOutline(header: header(), transactions: list(upTo: 5) { $0.digest() }, verdictsDigest: digest())
    }

    mutating func block() -> Block {
        Block(header: header(), transactions: list(upTo: 4) { $0.bytes(upTo: 50) }, verdictsDigest: digest())
    }

    mutating func finalisedBlock() -> FinalisedBlock {
        guard random.chance(1, in: 2) else { return FinalisedBlock(block: block(), certificate: nil) }
        var signers = SignerBitmap(validatorCount: 4)
        for index in 0..<3 { signers.insert(ReplicaIndex(UInt16(index))) }
        let certificate = QuorumCertificate(
            ballot: .finalise(epoch: .zero, view: View(9), parentView: View(8), payload: digest()),
            signers: signers,
            signatures: (0..<3).map { _ in signature() }
        )
        return FinalisedBlock(block: block(), certificate: certificate)
    }

    mutating func genesis() -> Genesis {
        Genesis(
            name: name(),
            suite: SuiteCode.allCases.randomElement(using: &random)!,
            timestamp: Timestamp(number()),
            records: RecordKind.allCases.map { record($0) }
        )
    }
}
