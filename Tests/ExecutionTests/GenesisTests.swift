import Consensus
import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@Suite struct GenesisTests {
    private let fixture = LedgerFixture(seed: 2)

    private func error(of records: [Record]) -> GenesisError? {
        let genesis = Genesis(name: "g", suite: .international, timestamp: Timestamp(1), records: records)
        do throws(GenesisError) {
            _ = try Executor.genesisBlock(genesis, suite: fixture.suite)
            return nil
        } catch {
            return error
        }
    }

    private var records: [Record] { fixture.genesis.records }

    private func without(_ kind: RecordKind) -> [Record] { records.filter { $0.key.kind != kind } }

    @Test func theFixtureIsAGoodFile() { #expect(error(of: records) == nil) }

    @Test func whatEveryLedgerNeedsMustBeThere() {
        #expect(error(of: without(.validatorSet)) == .validatorSetMissing)
        #expect(error(of: without(.parameters)) == .parametersMissing)
        #expect(error(of: []) == .parametersMissing)
    }

    @Test(arguments: [RecordKind.department, .serviceSystem, .validatorSet, .parameters, .certificateType, .matter])
    func noKeyStandsTwice(kind: RecordKind) throws {
        let record = try #require(records.first { $0.key.kind == kind })
        #expect(error(of: records + [record]) == .repeatedRecord(kind: kind))
    }

    @Test(arguments: [RecordKind.network, .subject, .accessHead, .certificate, .serviceCase])
    func recordsOfTransactionsDoNotBeginALedger(kind: RecordKind) {
        let record: Record =
            switch kind {
            case .network: .network(NetworkRecord(genesis: .zero, name: "n"))
            case .subject:
                .subject(
                    SubjectRecord(
                        id: fixture.subjectID(1),
                        key: fixture.subjectSigner(1).publicKey,
                        attester: LedgerFixture.police,
                        assurance: .inPerson,
                        identifierCommitment: .zero,
                        accessHeadSet: .zero,
                        status: .active,
                        changedAt: .genesis
                    )
                )
            case .accessHead:
                .accessHead(
                    AccessHeadRecord(
                        id: .zero,
                        department: LedgerFixture.police,
                        count: 0,
                        newestEntry: .zero,
                        changedAt: .genesis
                    )
                )
            case .certificate:
                .certificate(
                    CertificateRecord(
                        commitment: .zero,
                        type: LedgerFixture.identityType,
                        issuer: LedgerFixture.police,
                        validFromSeconds: 0,
                        validUntilSeconds: 1,
                        status: .active,
                        changedAt: .genesis
                    )
                )
            default:
                .serviceCase(
                    CaseRecord(
                        id: .zero,
                        department: LedgerFixture.police,
                        matter: LedgerFixture.openShop,
                        matterVersion: 1,
                        receiptCommitment: .zero,
                        changedAt: .genesis
                    )
                )
            }
        #expect(record.key.kind == kind)
        #expect(error(of: records + [record]) == .recordNotAllowed(kind: kind))
    }

    @Test func theFirstEpochIsZero() throws {
        let set = try #require(ValidatorSet(epoch: Epoch(1), keys: fixture.validators.keys))
        let record = ValidatorSetRecord(set: set, departments: Array(repeating: LedgerFixture.police, count: 4))
        #expect(error(of: without(.validatorSet) + [.validatorSet(record)]) == .epochNotZero)
    }

    @Test func everyDepartmentNamedIsThere() {
        let nobody = DepartmentID(9)
        let validators = ValidatorSetRecord(
            set: fixture.validators,
            departments: [LedgerFixture.police, LedgerFixture.police, LedgerFixture.police, nobody]
        )
        let type = CertificateTypeRecord(
            id: CertificateTypeID(9),
            code: LedgerFixture.code("t"),
            version: 1,
            issuers: [LedgerFixture.police, nobody],
            definition: []
        )
        let matter = MatterRecord(code: LedgerFixture.code("m"), version: 1, department: nobody, definition: [])
        #expect(error(of: without(.validatorSet) + [.validatorSet(validators)]) == .departmentUnknown(nobody))
        #expect(error(of: records + [.certificateType(type)]) == .departmentUnknown(nobody))
        #expect(error(of: records + [.matter(matter)]) == .departmentUnknown(nobody))
        #expect(error(of: records + [.serviceSystem(service(of: nobody, matters: []))]) == .departmentUnknown(nobody))
    }

    @Test func everyMatterPermittedIsThere() {
        let unknown = LedgerFixture.code("unknown")
        let system = service(of: LedgerFixture.police, matters: [LedgerFixture.openShop, unknown])
        #expect(error(of: records + [.serviceSystem(system)]) == .matterUnknown(unknown))
        let good = service(of: LedgerFixture.police, matters: [LedgerFixture.openShop])
        #expect(error(of: records + [.serviceSystem(good)]) == nil)
    }

    private func service(of department: DepartmentID, matters: [Code]) -> ServiceSystemRecord {
        ServiceSystemRecord(
            id: ServiceSystemID(77),
            code: LedgerFixture.code("s"),
            name: "",
            englishName: "",
            department: department,
            key: fixture.subjectSigner(1).publicKey,
            matters: matters
        )
    }

    // MARK: The block

    @Test func theGenesisBlockHoldsTheNetworkAndThenTheFilesRecords() throws {
        let block = fixture.genesisBlock
        let network = fixture.genesis.digest(fixture.suite.digestFunction)
        let ledger = fixture.makeLedger()
        #expect(ledger.allRecords == [.network(NetworkRecord(genesis: network, name: "fixture 2"))] + records)
        #expect(block.header.network == network)
        #expect(block.header.height == .genesis && block.header.view == .zero && block.header.parent == .zero)
        #expect(block.header.timestamp == LedgerFixture.start)
        #expect(block.header.registerSize == UInt64(records.count + 1))
        let root = RegisterChecker.root(of: ledger.allRecords, digestFunction: fixture.suite.digestFunction)
        #expect(block.header.registerRoot == root)
        #expect(block.header.validatorSet == fixture.validators.digest(using: FastDigest()))
        #expect(block.header.historyRoot == fixture.suite.digestFunction.digest([]))
        for record in ledger.allRecords { #expect(try ledger.record(record.key) == record) }
    }

    @Test func differentFilesAreDifferentNetworks() throws {
        let other = Genesis(
            name: fixture.genesis.name,
            suite: .international,
            timestamp: Timestamp(fixture.genesis.timestamp.rawValue + 1),
            records: records
        )
        let block = try Executor.genesisBlock(other, suite: fixture.suite)
        #expect(block.header.network != fixture.network)
        #expect(block.digest != fixture.genesisBlock.digest)
    }

    @Test func stateKnowsKeysParametersAndValidators() throws {
        let state = fixture.makeLedger().state
        let key = fixture.departmentSigner(LedgerFixture.health).publicKey
        #expect(try state.authorKey(.department(LedgerFixture.health)) == key)
        #expect(try state.authorKey(.department(DepartmentID(9))) == nil)
        #expect(try state.authorKey(.subject(fixture.subjectID(1))) == nil)
        #expect(try state.parameters() == fixture.parameters)
        #expect(try state.validatorSet().set == fixture.validators)
    }
}
