import Consensus
import Credentials
import LedgerModel
import Merkle
import Primitives
import TestKit
import ZhixinVerify

/// A ledger on which `market` issued one licence among others, and everything a bundle of it is made from.
struct BundleWorld {
    static let salt = [UInt8](repeating: 0x5a, count: Commitments.saltByteCount)
    /// An hour after the ledger's first block; the licence holds from then on, for a day.
    static let validFromSeconds = LedgerFixture.start.seconds + 3600
    static let validUntilSeconds = validFromSeconds + 86_400
    /// When the bundles are shown: a minute into that day.
    static let now = Timestamp(seconds: validFromSeconds + 60)

    var chain: CertifiedChain
    let token: SDJWT
    let commitment: Digest
    let verifier: BundleVerifier

    var fixture: LedgerFixture { chain.fixture }

    init(
        fixture: LedgerFixture = LedgerFixture(),
        signerNumber: UInt64 = 202,
        credentialType: String = "urn:zhixin:certificate-type:licence:1",
        expirySeconds: UInt64 = BundleWorld.validUntilSeconds
    ) throws {
        chain = CertifiedChain(fixture: fixture)
        token = try BundleWorld.token(fixture, signerNumber, credentialType, expirySeconds)
        commitment = Commitments.certificate(
            salt: BundleWorld.salt,
            issuerSignedJWT: Array(token.issuerSigned.text.utf8),
            digestFunction: fixture.suite.digestFunction
        )
        verifier = try BundleVerifier(genesis: fixture.genesis, suite: fixture.suite)
        // Thirty neighbours, so that the proof has a path worth tampering with.
        try chain.append([issue((0..<20).map(fixture.digest), id: 1)])
        try chain.append([issue([commitment], id: 2)], isCertified: false)
        try chain.append([issue((20..<30).map(fixture.digest), id: 3)])
    }

    private static func token(
        _ fixture: LedgerFixture,
        _ signerNumber: UInt64,
        _ credentialType: String,
        _ expirySeconds: UInt64
    ) throws -> SDJWT {
        var random = SeededRandom(seed: 3)
        let fields = (0..<10).map { IssuableMember("field_\($0)", .string("值 \($0)"), isDisclosable: true) }
        return try SDJWTIssuer(digestFunction: fixture.suite.digestFunction).issue(
            header: ["typ": "dc+sd-jwt"],
            claims: [
                IssuableMember("iss", "did:zhixin:market", isDisclosable: false),
                IssuableMember("vct", .string(credentialType), isDisclosable: false),
                IssuableMember("exp", .integer(Int64(expirySeconds)), isDisclosable: false),
            ] + fields,
            signer: fixture.signatures.signer(signerNumber),
            random: &random
        )
    }

    func issue(
        _ commitments: [Digest],
        id: UInt64,
        type: CertificateTypeID = LedgerFixture.licenceType
    )
        -> SealedTransaction
    {
        let certificates = commitments.map {
            IssuedCertificate(
                commitment: $0,
                validFromSeconds: BundleWorld.validFromSeconds,
                validUntilSeconds: BundleWorld.validUntilSeconds,
                replaces: nil
            )
        }
        return fixture.transaction(
            by: LedgerFixture.market,
            id: id,
            expiry: chain.expiry,
            .issueCertificates(CertificateBatch(type: type, certificates: certificates))
        )
    }

    mutating func change(to status: CertificateStatus, id: UInt64) throws {
        let change = fixture.transaction(
            by: LedgerFixture.market,
            id: id,
            expiry: chain.expiry,
            fixture.change([commitment], to: status)
        )
        try chain.append([change])
    }

    /// A bundle under the newest header that discloses half of the fields.
    func bundle() throws -> OfflineBundle {
        let paths = (0..<5).map { ClaimPath([.name("field_\($0)")]) }
        let shown = try token.presenting(paths, digestFunction: fixture.suite.digestFunction)
        guard case (.certificate(let record), let proof)? = try chain.inclusion(of: .certificate(commitment)) else {
            throw NotIssued()
        }
        return OfflineBundle(
            presentation: shown.text,
            salt: BundleWorld.salt,
            record: record,
            inclusion: proof,
            header: chain.newest,
            certificate: chain.newestCertificate
        )
    }

    struct NotIssued: Error {}

    /// What the verifier says of `bundle`: its error, or nil for none.
    func refusal(of bundle: OfflineBundle, now: Timestamp = BundleWorld.now) -> BundleError? {
        do throws(BundleError) {
            _ = try verifier.verify(bundle, now: now)
            return nil
        } catch {
            return error
        }
    }
}

extension OfflineBundle {
    /// The same bundle with some parts replaced.
    func replacing(
        presentation: String? = nil,
        salt: [UInt8]? = nil,
        record: CertificateRecord? = nil,
        inclusion: InclusionProof? = nil,
        header: Header? = nil,
        certificate: QuorumCertificate? = nil
    ) -> OfflineBundle {
        OfflineBundle(
            presentation: presentation ?? self.presentation,
            salt: salt ?? self.salt,
            record: record ?? self.record,
            inclusion: inclusion ?? self.inclusion,
            header: header ?? self.header,
            certificate: certificate ?? self.certificate
        )
    }
}
