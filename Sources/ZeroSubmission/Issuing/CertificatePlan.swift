import Credentials
import LedgerModel
import Logging
import Ports
import Primitives

/// One certificate to issue.
struct CertificatePlan: Sendable {
    let claims: JSONObject
    let number: String
    let holder: String
    /// The digest of what the row says.
    let content: Digest
    let period: ValidityPeriod
    /// The certificate that it supersedes.
    let replaces: Digest?
}

/// A certificate that was signed and is not yet on the ledger.
struct SignedCertificate: Sendable {
    let entry: VaultEntry
    let issued: IssuedCertificate
    /// The SD-JWT.
    let token: String
}

/// Signs certificates of one type.
struct CertificateMaker: Sendable {
    let department: Department
    let type: CatalogueType
    /// The transaction that will issue them.
    let run: TransactionID
    /// The batch as its clerk named it: 16 bytes.
    let batch: [UInt8]

    /// Signs `plans` on several cores, in their order.
    ///
    /// - Throws: `ServiceError.vaultFailed` when the credential key does not sign.
    func sign(_ plans: [CertificatePlan]) async throws(ServiceError) -> [SignedCertificate] {
        let share = max(16, (plans.count + department.limits.signingTasks - 1) / department.limits.signingTasks)
        guard plans.count > share else { return try signShare(plans[...]) }
        let starts = Array(stride(from: 0, to: plans.count, by: share))
        let shares = await withTaskGroup(of: (Int, Result<[SignedCertificate], ServiceError>).self) { group in
            for (index, start) in starts.enumerated() {
                group.addTask {
                    do throws(ServiceError) {
                        return (index, .success(try signShare(plans[start..<min(start + share, plans.count)])))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var shares = [Result<[SignedCertificate], ServiceError>?](repeating: nil, count: starts.count)
            for await (index, result) in group { shares[index] = result }
            return shares
        }
        var certificates: [SignedCertificate] = []
        certificates.reserveCapacity(plans.count)
        for share in shares {
            guard let share else { preconditionFailure("every share is signed or failed") }
            certificates += try share.get()
        }
        return certificates
    }

    private func signShare(_ plans: ArraySlice<CertificatePlan>) throws(ServiceError) -> [SignedCertificate] {
        var entropy = BufferedEntropy(department.entropy())
        var certificates: [SignedCertificate] = []
        certificates.reserveCapacity(plans.count)
        for plan in plans { certificates.append(try sign(plan, entropy: &entropy)) }
        return certificates
    }

    private func sign(
        _ plan: CertificatePlan,
        entropy: inout BufferedEntropy
    ) throws(ServiceError) -> SignedCertificate {
        let token: SDJWT
        do {
            token = try CertificateCredential.issue(
                type: type.definition,
                claims: plan.claims,
                issuer: department.issuerName,
                period: plan.period,
                digestName: department.tokenDigestName,
                digestFunction: department.suite.digestFunction,
                signer: department.keys.credential,
                random: &entropy
            )
        } catch {
            department.logger.error("a certificate cannot be signed", metadata: ["type": "\(type.record.code)"])
            throw .vaultFailed
        }
        let salt = entropy.randomBytes(Commitments.saltByteCount)
        let commitment = Commitments.certificate(
            salt: salt,
            issuerSignedJWT: Array(token.issuerSigned.text.utf8),
            digestFunction: department.suite.digestFunction
        )
        let text = token.text
        let body = CertificateBody(
            token: text,
            validFromSeconds: plan.period.fromSeconds,
            validUntilSeconds: plan.period.untilSeconds,
            batch: batch,
            replaces: plan.replaces
        )
        let entry = VaultEntry(
            commitment: commitment,
            type: type.record.id,
            certificateNumber: plan.number,
            holderIdentifier: plan.holder,
            contentDigest: plan.content,
            salt: salt,
            body: body.canonicalBytes,
            batch: run,
            status: .draft
        )
        let issued = IssuedCertificate(
            commitment: commitment,
            validFromSeconds: plan.period.fromSeconds,
            validUntilSeconds: plan.period.untilSeconds,
            replaces: plan.replaces
        )
        return SignedCertificate(entry: entry, issued: issued, token: text)
    }
}

/// A generator behind a protocol, drawn from in blocks: the detour to it is then rare.
struct BufferedEntropy: RandomNumberGenerator {
    private static let wordCount = 64
    private var source: any RandomNumberGenerator
    private var words: [UInt64] = []

    init(_ source: any RandomNumberGenerator) { self.source = source }

    mutating func next() -> UInt64 {
        if words.isEmpty { words = (0..<Self.wordCount).map { _ in source.next() } }
        return words.removeLast()
    }
}
