package import Credentials
package import LedgerModel
package import Primitives

/// What a bundle proves. Only `BundleVerifier` makes one.
///
/// Always show `asOf`: the certificate was active *then*, and nothing later is known.
package struct VerifiedBundle: Hashable, Sendable {
    /// The claims that the token shows openly or that were disclosed, without digests.
    package let claims: JSONObject
    /// The names of top-level claims that the holder chose to disclose.
    package let disclosedNames: [String]
    /// The issuing department's record in genesis.
    package let issuer: DepartmentRecord
    /// The certificate type's record in genesis.
    package let type: CertificateTypeRecord
    /// Commitment, status and dates. The status is `active`.
    package let record: CertificateRecord
    package let position: Position
    /// Height, time and signers of the header under which the record was proved.
    package let asOf: VerifiedHeader
    /// The payload of the key binding; nil for a bearer paper, which anyone may show who holds it.
    package let keyBinding: JSONObject?

    init(
        credential: VerifiedSDJWT,
        issuer: DepartmentRecord,
        type: CertificateTypeRecord,
        record: CertificateRecord,
        position: Position,
        asOf: VerifiedHeader
    ) {
        claims = credential.claims
        disclosedNames = credential.disclosedNames
        self.issuer = issuer
        self.type = type
        self.record = record
        self.position = position
        self.asOf = asOf
        keyBinding = credential.keyBinding
    }
}

/// Verifies offline bundles against a pinned genesis file: no network, no clock of its own.
///
/// It follows one epoch, as `LedgerVerifier` does.
package struct BundleVerifier: Sendable {
    package let ledger: LedgerVerifier
    package let freshness: FreshnessPolicy

    package init(ledger: LedgerVerifier, freshness: FreshnessPolicy = FreshnessPolicy()) {
        self.ledger = ledger
        self.freshness = freshness
    }

    /// - Throws: `PinnedGenesisError`.
    package init(
        genesis: Genesis,
        suite: Suite,
        maximumAgeMilliseconds: UInt64 = FreshnessPolicy.maximumAgeMillisecondsDefault
    ) throws(PinnedGenesisError) {
        self.init(
            ledger: try LedgerVerifier(genesis: genesis, suite: suite),
            freshness: FreshnessPolicy(maximumAgeMilliseconds: maximumAgeMilliseconds)
        )
    }

    /// Decodes and verifies bytes of unknown origin.
    ///
    /// - Throws: `BundleError`.
    package func verify(
        bytes: [UInt8],
        now: Timestamp,
        keyBinding: KeyBindingPolicy = .notExpected
    ) throws(BundleError) -> VerifiedBundle {
        let bundle: OfflineBundle
        do throws(DecodeError) {
            guard bytes.count <= OfflineBundle.byteCountMax else {
                throw .lengthOverLimit(found: UInt64(bytes.count), limit: OfflineBundle.byteCountMax)
            }
            bundle = try OfflineBundle(canonicalBytes: bytes)
        } catch {
            throw .malformed(error)
        }
        return try verify(bundle, now: now, keyBinding: keyBinding)
    }

    /// Everything that `bundle` proves at `now`.
    ///
    /// - Throws: `BundleError`, for the first check that fails.
    package func verify(
        _ bundle: OfflineBundle,
        now: Timestamp,
        keyBinding: KeyBindingPolicy = .notExpected
    ) throws(BundleError) -> VerifiedBundle {
        let proven = try verifyRecord(of: bundle)
        let record = bundle.record
        let token: SDJWT
        do throws(SelectiveDisclosureError) {
            token = try SDJWT(parsing: bundle.presentation)
        } catch {
            throw .presentation(error)
        }
        let commitment = Commitments.certificate(
            salt: bundle.salt,
            issuerSignedJWT: Array(token.issuerSigned.text.utf8),
            digestFunction: ledger.suite.digestFunction
        )
        guard commitment == record.commitment else {
            throw .otherCertificate(found: commitment, expected: record.commitment)
        }
        guard let issuer = ledger.department(record.issuer) else { throw .issuerUnknown(record.issuer) }
        guard let type = ledger.certificateType(record.type) else { throw .certificateTypeUnknown(record.type) }
        try check(record, now: now)
        do throws(FreshnessError) {
            try freshness.check(bundle.header.timestamp, now: now)
        } catch {
            throw .freshness(error)
        }
        let credential: VerifiedSDJWT
        do throws(SelectiveDisclosureError) {
            credential = try credentialVerifier.verifyCredential(
                token,
                issuerKey: issuer.credentialKey,
                vct: [type.credentialType],
                at: now,
                keyBinding: keyBinding
            )
        } catch {
            throw .credential(error)
        }
        return VerifiedBundle(
            credential: credential,
            issuer: issuer,
            type: type,
            record: record,
            position: proven.position,
            asOf: proven.asOf
        )
    }

    private func verifyRecord(of bundle: OfflineBundle) throws(BundleError) -> VerifiedRecord {
        guard bundle.network == ledger.network else {
            throw .otherNetwork(found: bundle.network, expected: ledger.network)
        }
        let certified: VerifiedHeader
        do throws(HeaderError) {
            certified = try ledger.verify(bundle.header, certificate: bundle.certificate)
        } catch {
            throw .header(error)
        }
        do throws(RecordProofError) {
            return try ledger.verify(.certificate(bundle.record), inclusion: bundle.inclusion, under: certified)
        } catch {
            throw .record(error)
        }
    }

    /// Checks what the register says of the certificate: status, then dates.
    private func check(_ record: CertificateRecord, now: Timestamp) throws(BundleError) {
        switch record.status {
        case .active: break
        case .suspended: throw .suspended(since: record.changedAt)
        case .revoked: throw .revoked(since: record.changedAt)
        case .superseded: throw .superseded(since: record.changedAt)
        }
        guard record.validFromSeconds <= now.seconds else {
            throw .notYetValid(fromSeconds: record.validFromSeconds, now: now)
        }
        guard now.seconds < record.validUntilSeconds else {
            throw .expired(untilSeconds: record.validUntilSeconds, now: now)
        }
    }

    private var credentialVerifier: SDJWTVerifier {
        let digestName =
            switch ledger.genesis.suite {
            case .international: "sha-256"
            case .guomi: "sm3"
            }
        return SDJWTVerifier(
            verifier: ledger.suite.verifier,
            digestFunctions: [digestName: ledger.suite.digestFunction],
            toleranceSeconds: freshness.clockToleranceMilliseconds / 1000
        )
    }
}

extension CertificateTypeRecord {
    /// The `vct` of the type's certificates, as `CertificateTypeDefinition.credentialType` says it; here without
    /// decoding the definition.
    package var credentialType: String { "urn:zhixin:certificate-type:\(code):\(version)" }
}
