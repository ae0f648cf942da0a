package import Consensus
package import Execution
package import LedgerModel
package import Primitives

/// A small ledger to test with: a department for each validator, four by name, three certificate types, two matters, one service system, and whoever
/// signs for them.
///
/// Everything follows from the seed. Keys are `FakeSignatures`; the digest function is the caller's choice.
package struct LedgerFixture: Sendable {
    /// Issues identities.
    package static let police = DepartmentID(1)
    /// Issues licences.
    package static let market = DepartmentID(2)
    /// Issues licences too.
    package static let health = DepartmentID(3)
    /// Issues nothing.
    package static let housing = DepartmentID(4)
    package static let departments = [police, market, health, housing]

    /// Issued by the police only.
    package static let identityType = CertificateTypeID(1)
    /// Issued by market and health.
    package static let licenceType = CertificateTypeID(2)

    /// Issued by health only.
    package static let permitType = CertificateTypeID(3)

    /// A matter of `market`, in version 3.
    package static let openShop = code("open-shop")
    /// A matter of `housing`, in version 1.
    package static let rentHome = code("rent-home")

    /// The time of the genesis block.
    package static let start = Timestamp(seconds: 1_760_000_000)

    package let signatures: FakeSignatures
    package let suite: Suite
    package let genesis: Genesis
    package let validators: ValidatorSet
    package let parameters: ParametersRecord
    package let genesisBlock: ExecutedBlock
    package let executor: Executor
    package var network: Digest { executor.network }

    package init(
        seed: UInt64 = 1,
        validatorCount: Int = 4,
        departmentCount: Int = 4,
        parameters: ParametersRecord = ParametersRecord(
            transactionLifetimeMilliseconds: 600_000,
            consensus: .initial
        ),
        digestFunction: any DigestFunction = FastDigest()
    ) {
        let signatures = FakeSignatures(seed: seed)
        let keys = (0..<UInt64(validatorCount)).map { signatures.signer($0).publicKey }
        guard let validators = ValidatorSet(epoch: .zero, keys: keys) else {
            preconditionFailure("a fixture has 4 to 31 validators")
        }
        self.signatures = signatures
        self.validators = validators
        self.parameters = parameters
        suite = Suite(digestFunction: digestFunction, verifier: signatures)
        genesis = Genesis(
            name: "fixture \(seed)",
            suite: .international,
            timestamp: LedgerFixture.start,
            records: LedgerFixture.records(
                signatures,
                validators: validators,
                departmentCount: max(4, departmentCount, validatorCount),
                parameters: parameters
            )
        )
        do {
            genesisBlock = try Executor.genesisBlock(genesis, suite: suite)
        } catch {
            preconditionFailure("the fixture's genesis is well-formed: \(error)")
        }
        executor = Executor(network: genesisBlock.header.network, suite: suite)
    }

    /// A fresh store that holds the genesis block.
    package func makeLedger() -> InMemoryLedger { InMemoryLedger(genesis: genesisBlock) }

    /// A code that is known to be well-formed.
    package static func code(_ text: String) -> Code {
        guard let code = Code(text) else { preconditionFailure("\(text) is no code") }
        return code
    }

    // MARK: Signers

    package func validatorSigner(_ index: Int) -> FakeSigner { signatures.signer(UInt64(index)) }
    package func departmentSigner(_ id: DepartmentID) -> FakeSigner { signatures.signer(100 + UInt64(id.rawValue)) }
    package func subjectSigner(_ number: UInt64) -> FakeSigner { signatures.signer(1_000_000 + number) }
    package func headSigner(_ number: UInt64) -> FakeSigner { signatures.signer(2_000_000 + number) }

    package func subjectID(_ number: UInt64) -> SubjectID {
        SubjectID(
            key: subjectSigner(number).publicKey,
            network: network,
            digestFunction: suite.digestFunction
        )
    }

    /// A digest that stands for `number` and nothing else.
    package func digest(_ number: UInt64) -> Digest { suite.digestFunction.digest(number.canonicalBytes) }

    // MARK: Genesis

    private static func records(
        _ signatures: FakeSignatures,
        validators: ValidatorSet,
        departmentCount: Int,
        parameters: ParametersRecord
    ) -> [Record] {
        let named = [("police", "公安局"), ("market", "市场监督管理局"), ("health", "卫生健康局"), ("housing", "住房局")]
        let names = named + (4..<departmentCount).map { ("department-\($0 + 1)", "部门\($0 + 1)") }
        let departments = names.enumerated().map { place, name in
            let id = DepartmentID(UInt16(place + 1))
            return Record.department(
                DepartmentRecord(
                    id: id,
                    code: code(name.0),
                    name: name.1,
                    englishName: name.0,
                    transactionKey: signatures.signer(100 + UInt64(id.rawValue)).publicKey,
                    credentialKey: signatures.signer(200 + UInt64(id.rawValue)).publicKey,
                    sealingKey: [UInt8](repeating: UInt8(id.rawValue), count: 32)
                )
            )
        }
        let service = ServiceSystemRecord(
            id: ServiceSystemID(1),
            code: code("shop-window"),
            name: "开店窗口",
            englishName: "shop window",
            department: market,
            key: signatures.signer(300).publicKey,
            matters: [openShop]
        )
        let set = ValidatorSetRecord(
            set: validators,
            departments: (1...UInt16(validators.count)).map { DepartmentID($0) }
        )
        return departments + [.serviceSystem(service), .validatorSet(set), .parameters(parameters)] + rules
    }

    private static let rules: [Record] = [
        .certificateType(
            CertificateTypeRecord(
                id: identityType,
                code: code("identity"),
                version: 1,
                issuers: [police],
                definition: []
            )
        ),
        .certificateType(
            CertificateTypeRecord(
                id: licenceType,
                code: code("licence"),
                version: 1,
                issuers: [market, health],
                definition: Array("{}".utf8)
            )
        ),
        .certificateType(
            CertificateTypeRecord(id: permitType, code: code("permit"), version: 1, issuers: [health], definition: [])
        ),
        .matter(MatterRecord(code: openShop, version: 3, department: market, definition: Array("{}".utf8))),
        .matter(MatterRecord(code: rentHome, version: 1, department: housing, definition: [])),
    ]
}

// MARK: Transactions

extension LedgerFixture {
    /// A transaction of a department, signed with its key.
    package func transaction(
        by department: DepartmentID,
        id: UInt64,
        expiry: Timestamp,
        _ payload: Payload
    ) -> SealedTransaction {
        sealed(body(.department(department), id: id, expiry: expiry, payload), signer: departmentSigner(department))
    }

    package func body(_ author: Author, id: UInt64, expiry: Timestamp, _ payload: Payload) -> TransactionBody {
        TransactionBody(
            network: network,
            author: author,
            id: LedgerFixture.transactionID(id),
            expiry: expiry,
            payload: payload
        )
    }

    package static func transactionID(_ number: UInt64) -> TransactionID { TransactionID(high: 7, low: number) }

    package func sealed(_ body: TransactionBody, signer: FakeSigner) -> SealedTransaction {
        let transaction = Transaction(body: body, signature: signer.sign(body.signingBytes))
        return SealedTransaction(transaction, digestFunction: suite.digestFunction)
    }

    /// The registration of a subject's first key in the transaction with this id.
    package func registration(subject number: UInt64, id: UInt64) -> Payload {
        let signer = subjectSigner(number)
        return .registerSubject(
            SubjectRegistration(
                key: signer.publicKey,
                assurance: .inPerson,
                identifierCommitment: digest(number ^ 0xaaaa),
                accessHeadSet: digest(number ^ 0xbbbb),
                proof: keyProof(of: signer, id: id)
            )
        )
    }

    /// The change of a subject's key to that of `signer` in the transaction with this id.
    package func rotation(to signer: FakeSigner, id: UInt64) -> Payload {
        .rotateSubjectKey(
            SubjectKeyRotation(
                key: signer.publicKey,
                accessHeadSet: digest(id ^ 0xcccc),
                proof: keyProof(of: signer, id: id)
            )
        )
    }

    private func keyProof(of signer: FakeSigner, id: UInt64) -> Signature {
        let statement = SubjectKeyProof(
            network: network,
            key: signer.publicKey,
            transaction: LedgerFixture.transactionID(id)
        )
        return signer.sign(statement.signingBytes)
    }

    package func issue(
        _ type: CertificateTypeID,
        _ commitments: [Digest],
        replacing replaced: [Digest?] = []
    ) -> Payload {
        let certificates = commitments.enumerated().map { index, commitment in
            IssuedCertificate(
                commitment: commitment,
                validFromSeconds: LedgerFixture.start.seconds,
                validUntilSeconds: .max,
                replaces: index < replaced.count ? replaced[index] : nil
            )
        }
        return .issueCertificates(CertificateBatch(type: type, certificates: certificates))
    }

    package func change(_ commitments: [Digest], to status: CertificateStatus) -> Payload {
        .changeStatus(StatusChangeBatch(changes: commitments.map { StatusChange(commitment: $0, status: status) }))
    }

    /// Entry number `count` on a head, for the transaction with this id.
    package func access(
        head number: UInt64,
        department: DepartmentID,
        id: UInt64,
        count: UInt64,
        previous: Digest
    ) -> AccessRecord {
        let signer = headSigner(number)
        let entry = AccessEntry(
            network: network,
            department: department,
            transaction: LedgerFixture.transactionID(id),
            count: count,
            previousEntry: previous,
            commitment: digest(id ^ 0xdddd)
        )
        return AccessRecord(
            headKey: signer.publicKey,
            count: count,
            previousEntry: previous,
            commitment: entry.commitment,
            signature: signer.sign(entry.signingBytes)
        )
    }

    /// The digest by which the next entry on the head names this one.
    package func entryDigest(_ access: AccessRecord, department: DepartmentID, id: UInt64) -> Digest {
        let entry = access.entry(
            network: network,
            department: department,
            transaction: LedgerFixture.transactionID(id)
        )
        return suite.digest(of: entry, domain: .accessEntry)
    }

    package func decision(case number: UInt64, matter: Code = openShop, version: UInt32 = 3) -> Payload {
        .recordCase(
            CaseDecision(
                id: digest(number ^ 0xeeee),
                matter: matter,
                matterVersion: version,
                receiptCommitment: digest(number ^ 0xffff)
            )
        )
    }

    /// The transactions by which three of four departments carry changes out: the police's proposal and two approvals, with
    /// ids from `id` on.
    package func agreement(on changes: [GovernanceChange], id: UInt64, expiry: Timestamp) -> [SealedTransaction] {
        let name = GovernanceProposal.identifier(
            author: LedgerFixture.police,
            id: LedgerFixture.transactionID(id),
            suite: suite
        )
        let proposal = Payload.propose(GovernanceProposal(changes: changes, closesAt: expiry))
        let vote = Payload.decideProposal(GovernanceVote(proposal: name, word: .approve))
        return [
            transaction(by: LedgerFixture.police, id: id, expiry: expiry, proposal),
            transaction(by: LedgerFixture.market, id: id + 1, expiry: expiry, vote),
            transaction(by: LedgerFixture.health, id: id + 2, expiry: expiry, vote),
        ]
    }
}
