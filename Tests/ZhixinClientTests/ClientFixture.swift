import Consensus
import Credentials
import Cryptography
import Execution
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinClient
import ZhixinVerify

/// A small network with real keys: three departments, an identity card, an insurance record and one matter that needs both.
struct ClientFixture {
    static let police = DepartmentID(1)
    static let insurance = DepartmentID(4)
    static let housing = DepartmentID(9)
    static let start = Timestamp(seconds: 1_760_000_000)
    /// Stands for a citizen id.
    static let citizen = "110101199003070011"

    let suite = Suites.international
    let genesis: Genesis
    let catalogue: LedgerCatalogue
    let ledger: LedgerVerifier
    let validators: [SigningKey]
    let credentialKeys: [DepartmentID: SigningKey]
    let transactionKeys: [DepartmentID: SigningKey]
    let sealingKeys: [DepartmentID: AgreementKey]

    var network: Digest { ledger.network }

    init() throws {
        var validators: [SigningKey] = []
        for number in 1...4 { validators.append(try Self.key(.ed25519, UInt8(number))) }
        var credentialKeys: [DepartmentID: SigningKey] = [:]
        var transactionKeys: [DepartmentID: SigningKey] = [:]
        var sealingKeys: [DepartmentID: AgreementKey] = [:]
        var records: [Record] = []
        let names = [(Self.police, "police"), (Self.insurance, "insurance"), (Self.housing, "housing")]
        for (id, code) in names {
            let number = UInt8(id.rawValue)
            let credential = try Self.key(.p256, 40 + number)
            let transaction = try Self.key(.ed25519, 80 + number)
            let sealing = try AgreementKey(secretBytes: [UInt8](repeating: 120 + number, count: 32))
            credentialKeys[id] = credential
            transactionKeys[id] = transaction
            sealingKeys[id] = sealing
            records.append(
                .department(
                    DepartmentRecord(
                        id: id,
                        code: Self.code(code),
                        name: "\(code)局",
                        englishName: code,
                        transactionKey: transaction.publicKey,
                        credentialKey: credential.publicKey,
                        sealingKey: sealing.publicKey
                    )
                )
            )
        }
        records.append(
            .serviceSystem(
                ServiceSystemRecord(
                    id: ServiceSystemID(7),
                    code: Self.code("kiosk"),
                    name: "市民之窗",
                    englishName: "kiosk",
                    department: Self.insurance,
                    key: try Self.key(.ed25519, 30).publicKey,
                    matters: [Self.code("allowance")]
                )
            )
        )
        let set = try #require(ValidatorSet(epoch: .zero, keys: validators.map(\.publicKey)))
        let departments = [Self.police, Self.insurance, Self.housing, Self.police]
        records.append(.validatorSet(ValidatorSetRecord(set: set, departments: departments)))
        records.append(
            .parameters(ParametersRecord(transactionLifetimeMilliseconds: 600_000, consensus: .initial))
        )
        records += try Definitions.records()
        genesis = Genesis(name: "client", suite: .international, timestamp: Self.start, records: records)
        catalogue = LedgerCatalogue(genesis)
        ledger = try LedgerVerifier(genesis: genesis, suite: suite)
        self.validators = validators
        self.credentialKeys = credentialKeys
        self.transactionKeys = transactionKeys
        self.sealingKeys = sealingKeys
    }

    static func key(_ algorithm: SignatureAlgorithm, _ number: UInt8) throws -> SigningKey {
        try SigningKey(algorithm: algorithm, secretBytes: [UInt8](repeating: number, count: 32))
    }

    static func code(_ text: String) -> Code {
        guard let code = Code(text) else { preconditionFailure("\(text) is no code") }
        return code
    }

    func wallet(seed: UInt8 = 1) throws -> WalletKeys {
        try WalletKeys(
            subjectKey: try Self.key(.p256, 200 + seed),
            seed: [UInt8](repeating: seed, count: 32),
            network: network,
            suite: suite
        )
    }

    static let salt = [UInt8](repeating: 5, count: 16)

    func composer(_ keys: WalletKeys, identifier: String = citizen) -> AuthorisationComposer {
        AuthorisationComposer(keys: keys, catalogue: catalogue, identifier: identifier, identifierSalt: Self.salt)
    }

    // MARK: Requests

    /// What the insurance department asks for the matter.
    func request(caseNumber: UInt8 = 1, expiry: Timestamp = start.adding(milliseconds: 300_000)) -> AuthorisationRequest
    {
        AuthorisationRequest(
            network: network,
            department: Self.insurance.rawValue,
            service: 7,
            clientID: "insurance/kiosk",
            nonce: Nonce(unchecked: [UInt8](repeating: caseNumber, count: 16)),
            matter: "allowance",
            matterVersion: 2,
            items: [
                RequestedItem(id: "card", issuer: Self.police.rawValue, type: 1, content: .fields(["name", "number"])),
                RequestedItem(id: "insured", issuer: Self.insurance.rawValue, type: 2, content: .noEntry),
            ],
            purpose: Definitions.purpose,
            expiry: expiry,
            responseAddress: "http://127.0.0.1:7202/v1/requests/\(Self.caseID(caseNumber))/authorisation"
        )
    }

    static func caseID(_ number: UInt8) -> Digest {
        guard let digest = Digest([UInt8](repeating: number, count: 32)) else { preconditionFailure("32 bytes") }
        return digest
    }

    func signed(
        _ request: AuthorisationRequest,
        by department: DepartmentID = insurance
    ) throws -> Signed<AuthorisationRequest> {
        let key = try #require(credentialKeys[department])
        return try Signed(signing: request, with: key)
    }

    func review(_ request: AuthorisationRequest, now: Timestamp = start) throws -> RequestReview {
        try RequestReview(try signed(request), catalogue: catalogue, network: network, suite: suite, now: now)
    }
}

/// The fixture's certificate types and its matter.
enum Definitions {
    static let purpose = LocalizedText(chinese: "核发津贴", english: "to grant the allowance")

    static func records() throws -> [Record] {
        let card = try CertificateTypeDefinition(
            json: Array(
                """
                {"code":"id-card","id":1,"version":1,"name":{"zh":"身份证","en":"identity card"},"issuers":["police"],
                "subject":"natural","validity":{"end":"open"},"numberField":"number","holderIdentifierField":"citizen",
                "holderNameField":"name","fields":[
                {"name":"number","header":"证号","kind":"text","required":true},
                {"name":"citizen","header":"身份证号","kind":"citizen-identifier","required":true},
                {"name":"name","header":"姓名","kind":"text","required":true}]}
                """.utf8
            )
        )
        let insured = try CertificateTypeDefinition(
            json: Array(
                """
                {"code":"insured","id":2,"version":1,"name":{"zh":"参保记录","en":"insurance record"},
                "issuers":["insurance"],"subject":"natural","validity":{"end":"open"},"numberField":"number",
                "holderIdentifierField":"citizen","holderNameField":"name","fields":[
                {"name":"number","header":"编号","kind":"text","required":true},
                {"name":"citizen","header":"身份证号","kind":"citizen-identifier","required":true},
                {"name":"name","header":"姓名","kind":"text","required":true}]}
                """.utf8
            )
        )
        let matter = try MatterDefinition(
            json: Array(
                """
                {"code":"allowance","department":"insurance","version":2,"name":{"zh":"津贴","en":"allowance"},
                "subject":"natural","purpose":{"zh":"核发津贴","en":"to grant the allowance"},"evidence":[
                {"id":"card","type":"id-card","kind":"certificate","fields":["number","name"],
                "label":{"zh":"身份证","en":"card"},"obtainFrom":{"zh":"公安","en":"police"}},
                {"id":"insured","type":"insured","kind":"no-entry","label":{"zh":"未参保","en":"not insured"},
                "obtainFrom":{"zh":"社保","en":"insurance"},"unmet":{"zh":"已参保","en":"insured already"}}],
                "outcome":{"kind":"payment-order","payment":{"amountCents":1000,"period":"once",
                "label":{"zh":"津贴","en":"allowance"}}}}
                """.utf8
            )
        )
        return [
            .certificateType(type(card, issuer: ClientFixture.police)),
            .certificateType(type(insured, issuer: ClientFixture.insurance)),
            .matter(
                MatterRecord(
                    code: ClientFixture.code("allowance"),
                    version: 2,
                    department: ClientFixture.insurance,
                    definition: matter.canonicalJSON
                )
            ),
        ]
    }

    private static func type(_ definition: CertificateTypeDefinition, issuer: DepartmentID) -> CertificateTypeRecord {
        CertificateTypeRecord(
            id: CertificateTypeID(definition.id),
            code: ClientFixture.code(definition.code),
            version: definition.version,
            issuers: [issuer],
            definition: definition.canonicalJSON
        )
    }
}
