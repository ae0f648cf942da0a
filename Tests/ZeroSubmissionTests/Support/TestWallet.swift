import Credentials
import Execution
import LedgerModel
import Merkle
import Ports
import Primitives
import TestKit
import ZeroSubmission

/// A citizen's wallet: one key, sixty-four heads, and answers that a test can bend.
struct TestWallet: Sendable {
    let city: City
    let number: UInt64
    let identifier: String
    let salt: [UInt8]

    init(_ city: City, citizen: SyntheticCitizen) {
        self.city = city
        number = citizen.index
        identifier = citizen.identifier.text
        var random = SeededRandom(seed: citizen.index &+ 77)
        salt = random.bytes(count: 16)
    }

    private var signatures: FakeSignatures { city.setup.signatures }
    private var digestFunction: any DigestFunction { city.setup.suite.digestFunction }
    private var hasher: MerkleHasher { MerkleHasher(digestFunction) }
    var signer: FakeSigner { signatures.signer(1_000_000 + number) }
    func head(_ index: Int) -> FakeSigner { signatures.signer(2_000_000 + number * 64 + UInt64(index)) }

    var subject: SubjectID {
        SubjectID(key: signer.publicKey, network: city.setup.network, digestFunction: digestFunction)
    }

    var heads: AccessHeadSet {
        let ids = (0..<64).map { AccessHeads.identifier(of: head($0).publicKey, digestFunction: digestFunction) }
        guard let set = AccessHeadSet(ids) else { preconditionFailure("sixty-four heads") }
        return set
    }

    func registration(transaction: TransactionID = TransactionID(high: 9, low: 9)) -> SubjectRegistrationRequest {
        let statement = SubjectKeyProof(
            network: city.setup.network,
            key: signer.publicKey,
            transaction: transaction
        )
        return SubjectRegistrationRequest(
            key: signer.publicKey.canonicalBytes,
            transaction: transaction.bytes,
            proof: signer.sign(statement.signingBytes).bytes,
            accessHeadSet: heads.root(hasher),
            salt: salt,
            identifier: identifier,
            identifierKind: .citizen,
            assurance: .inPerson
        )
    }

    /// Registers with public security.
    @discardableResult
    func register() async throws -> SubjectRegistrationResponse {
        var random = SystemRandomNumberGenerator()
        return try await city["public-security"].registerSubject(
            registration(transaction: TransactionID(from: &random)),
            by: "counter-1"
        )
    }

    /// How an answer departs from an honest one.
    struct Bend: Sendable {
        var authorisation: @Sendable (Authorisation) -> Authorisation = { $0 }
        /// Who signs the authorisation instead.
        var signer: FakeSigner?
        var opening: @Sendable (AccessOpening) -> AccessOpening = { $0 }
        /// The salt that is shown instead of the one that was committed to.
        var shownSalt: [UInt8]?
        var headIndex = 0
        /// The head's key instead of the one that belongs to the index.
        var head: FakeSigner?
        /// Who signs the access record instead.
        var headSigner: FakeSigner?
        var count: UInt64?
        var previousEntry: Digest?
        /// The department that the access record is signed for.
        var department: DepartmentID?
        var identifier: @Sendable (IdentifierOpening) -> IdentifierOpening = { $0 }
        /// The authorisation that the sealed identifiers belong to.
        var sealedFor: Digest?
        /// A vault for which no identifier is sealed.
        var leftOut: DepartmentID?
        var accessRecord: AccessRecordID?
    }

    /// The answer to a case's request.
    func answer(_ view: CaseOpeningResponse, bend: Bend = Bend()) throws -> AuthorisationSubmission {
        let request = try Signed<AuthorisationRequest>(canonicalBytes: view.request).content
        var random = SystemRandomNumberGenerator()
        let authorisation = bend.authorisation(
            Authorisation(
                granting: request,
                subject: subject.digest,
                expiry: request.expiry,
                accessRecord: bend.accessRecord ?? AccessRecordID(random: &random),
                digestFunction: digestFunction
            )
        )
        let opening = bend.opening(
            AccessOpening(of: authorisation, request: request, caseID: view.caseID, digestFunction: digestFunction)
        )
        let openingSalt = Nonce(random: &random).bytes
        let headKey = bend.head ?? head(bend.headIndex)
        let accessRecord = try record(
            for: bend.department ?? DepartmentID(request.department),
            transaction: authorisation.accessRecord,
            commitment: Commitments.access(
                salt: openingSalt,
                opening: opening.canonicalBytes,
                digestFunction: digestFunction
            ),
            key: headKey,
            bend: bend
        )
        let membership = heads.membership(of: heads.heads[bend.headIndex], hasher: hasher)
        let identity = bend.identifier(
            IdentifierOpening(
                subject: subject.digest,
                identifier: identifier,
                salt: salt,
                headKey: headKey.publicKey,
                membership: membership?.canonicalBytes ?? []
            )
        )
        return AuthorisationSubmission(
            authorisation: try Signed(signing: authorisation, with: bend.signer ?? signer).canonicalBytes,
            accessRecord: accessRecord.canonicalBytes,
            opening: opening.canonicalBytes,
            openingSalt: bend.shownSalt ?? openingSalt,
            sealedIdentifiers: seal(identity, for: authorisation, bend: bend)
        )
    }

    private func record(
        for department: DepartmentID,
        transaction: AccessRecordID,
        commitment: Digest,
        key: FakeSigner,
        bend: Bend
    ) throws -> AccessRecord {
        let id = AccessHeads.identifier(of: key.publicKey, digestFunction: digestFunction)
        var count: UInt64 = 1
        var previous = Digest.zero
        if case .accessHead(let head)? = try city.gate.store.view().record(.accessHead(id))?.record {
            count = head.count + 1
            previous = head.newestEntry
        }
        let entry = AccessEntry(
            network: city.setup.network,
            department: department,
            transaction: TransactionID(hexadecimal: transaction.description) ?? TransactionID(high: 0, low: 0),
            count: bend.count ?? count,
            previousEntry: bend.previousEntry ?? previous,
            commitment: commitment
        )
        return AccessRecord(
            headKey: key.publicKey,
            count: entry.count,
            previousEntry: entry.previousEntry,
            commitment: commitment,
            signature: (bend.headSigner ?? key).sign(entry.signingBytes)
        )
    }

    private func seal(
        _ identity: IdentifierOpening,
        for authorisation: Authorisation,
        bend: Bend
    ) -> [SealedIdentifier] {
        let purpose = SealedPurpose.identifier(
            authorisation: bend.sealedFor ?? authorisation.digest(digestFunction)
        )
        return Set(authorisation.items.map(\.issuer)).sorted().filter { DepartmentID($0) != bend.leftOut }.map {
            vault in
            SealedIdentifier(
                department: vault,
                sealed: city.setup.sealing(DepartmentID(vault)).seal(
                    identity.canonicalBytes,
                    to: city.setup.sealing(DepartmentID(vault)).publicKey,
                    info: purpose.info,
                    associatedData: purpose.associatedData
                )
            )
        }
    }
}
