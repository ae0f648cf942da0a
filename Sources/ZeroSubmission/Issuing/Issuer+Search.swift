package import Credentials
import LedgerModel
import Logging
package import Ports
package import Primitives
import ZhixinVerify

extension Issuer {
    /// Certificates of one answer.
    private static let hitsMax = 1_000

    /// Looks for the certificates of a holder or number in this department's vault, newest first.
    ///
    /// - Throws: `requestRejected` with `search-too-wide` when neither is given, `certificateTypeUnknown`.
    package func search(_ request: VaultSearchRequest) async throws(ServiceError) -> VaultSearchResponse {
        guard request.number != nil || request.holder != nil else {
            throw .requestRejected(
                CaseProblem(
                    "search-too-wide",
                    chinese: "请给出证照编号或持证人证件号码",
                    english: "a search needs the certificate's number or the holder's identifier"
                )
            )
        }
        let types = try searchedTypes(request)
        var found: [VaultEntry] = []
        let vault = department.vault
        if let holder = request.holder {
            for type in types {
                found += try vault.attempt { () throws(VaultError) in
                    try vault.store.entries(type: type, holderIdentifier: holder, countMax: Self.hitsMax + 1)
                }
            }
            if let number = request.number { found.removeAll { $0.certificateNumber != number } }
        } else if let number = request.number {
            // Earlier certificates of the number belong to the same holder or to one who had it before.
            for type in types {
                let newest = try vault.attempt { () throws(VaultError) in
                    try vault.store.newestEntry(type: type, certificateNumber: number)
                }
                guard let newest else { continue }
                found += try vault.attempt { () throws(VaultError) in
                    try vault.store.entries(
                        type: type,
                        holderIdentifier: newest.holderIdentifier,
                        countMax: Self.hitsMax + 1
                    )
                }.filter { $0.certificateNumber == number }
            }
        }
        let listed = found.prefix(Self.hitsMax)
        var hits: [VaultSearchHit] = []
        for entry in listed { if let hit = try hit(entry) { hits.append(hit) } }
        return VaultSearchResponse(certificates: hits, more: found.count > listed.count)
    }

    private func searchedTypes(_ request: VaultSearchRequest) throws(ServiceError) -> [CertificateTypeID] {
        if let code = request.type {
            guard let type = department.catalogue.type(code: code) else { throw .certificateTypeUnknown }
            return [type.record.id]
        }
        return department.catalogue.types.values.filter { $0.record.issuers.contains(department.id) }
            .map(\.record.id).sorted()
    }

    /// The entry as a clerk sees it; nil for a draft, of which the ledger does not know.
    private func hit(_ entry: VaultEntry) throws(ServiceError) -> VaultSearchHit? {
        guard entry.status == .final, let record = try department.certificateRecord(entry.commitment),
            let type = department.catalogue.types[entry.type]
        else { return nil }
        let stored = try department.vault.stored(entry)
        return VaultSearchHit(
            certificate: entry.commitment,
            type: type.record.code.text,
            number: entry.certificateNumber,
            status: CertificateCondition(record, at: department.clock()),
            validFrom: Timestamp(clampingSeconds: record.validFromSeconds),
            validUntil: record.validUntilSeconds == .max ? nil : Timestamp(clampingSeconds: record.validUntilSeconds),
            batch: stored.body.batch
        )
    }

    /// The BCS of an `OfflineBundle` that discloses the fields asked for.
    ///
    /// - Throws: `certificateUnknown`; `fieldUnknown` for a field that the certificate does not have; `notFinalInTime` while no
    ///   certified block holds it.
    package func makeBundle(of commitment: Digest, fields: [String]) async throws(ServiceError) -> [UInt8] {
        guard let stored = try department.vault.certificate(commitment), stored.entry.status == .final,
            let type = department.catalogue.types[stored.entry.type]
        else { throw .certificateUnknown }
        let presentation = try presentation(of: stored, type: type, fields: fields)
        guard let view = department.archive.certifiedView(), let certificate = view.certificate else {
            throw .notFinalInTime
        }
        let proven: ProvenRecord?
        do throws(StoreError) {
            proven = try view.provenRecord(.certificate(commitment))
        } catch {
            throw .vaultFailed
        }
        guard let proven, case .certificate(let record) = proven.record else { throw .notFinalInTime }
        return OfflineBundle(
            presentation: presentation,
            salt: stored.entry.salt,
            record: record,
            inclusion: proven.proof,
            header: view.header,
            certificate: certificate
        ).canonicalBytes
    }

    /// The token with only these fields disclosed. Fields that cannot be withheld are shown in any case.
    func presentation(
        of stored: StoredCertificate,
        type: CatalogueType,
        fields: [String]
    ) throws(ServiceError) -> String {
        for name in fields where type.definition.field(name) == nil { throw .fieldUnknown(name) }
        do throws(SelectiveDisclosureError) {
            let token = try SDJWT(parsing: stored.body.token)
            return try token.presenting(
                fields.map { ClaimPath($0) },
                digestFunction: department.suite.digestFunction
            ).text
        } catch {
            if case .noSuchClaim(let path) = error { throw .fieldUnknown(path) }
            department.logger.error("the vault holds a token that cannot be read")
            throw .vaultFailed
        }
    }
}

extension CertificateCondition {
    /// What the record says at `time`, dates included.
    init(_ record: CertificateRecord, at time: Timestamp) {
        switch record.status {
        case .suspended: self = .suspended
        case .revoked: self = .revoked
        case .superseded: self = .superseded
        case .active:
            if time.seconds < record.validFromSeconds {
                self = .notYetValid
            } else {
                self = time.seconds >= record.validUntilSeconds ? .expired : .active
            }
        }
    }
}

extension Timestamp {
    /// The time that many seconds after 1970, or the latest there is.
    init(clampingSeconds seconds: UInt64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.init(overflow ? .max : product)
    }
}
