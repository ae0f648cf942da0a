package import Credentials
package import LedgerModel
import Logging
package import Ports
import Primitives

/// Gives evidence from this department's vault to other departments' gateways, and to its own.
///
/// It believes nobody: every claim of the request is checked against this node's own copy of the ledger, in the order of
/// `ReleaseRefusal`. Questions are answered from the vault's own body at the moment of release. What was given once for an
/// item of an access record is given again byte for byte, and never anew.
package struct ReleaseService: Sendable {
    /// How long a certificate made for one department holds at most, in seconds.
    private static let derivedSecondsMax: UInt64 = 86_400
    /// How far the asking department's clock may be behind.
    private static let toleranceSeconds: UInt64 = 60

    private let department: Department
    private let reservations = NumberReservations()

    package init(_ department: Department) { self.department = department }

    /// Evidence for each item asked for, sealed to the asking department, or why there is none.
    ///
    /// - Throws: `ServiceError.releaseRejected` with the first `ReleaseRefusal` that applies to the request as a whole, and the
    ///   errors of ledger and vault.
    package func release(
        _ request: ReleaseRequest,
        to asking: DepartmentID
    ) async throws(ServiceError) -> ReleaseResponse {
        let checked = try await ReleaseCheck(department: department).check(request, from: asking)
        guard let asker = department.catalogue.departments[asking] else { throw ReleaseRefusal.otherGateway.error }
        let key: Set<NumberReservations.Key> = [.batch(checked.authorisation.accessRecord.bytes)]
        return try await reservations.holding(key) { () async throws(ServiceError) in
            var items: [ReleasedItem] = []
            for item in checked.items { items.append(try await self.release(item, checked, to: asker)) }
            return ReleaseResponse(items: items)
        }
    }

    private func release(
        _ item: RequestedItem,
        _ checked: CheckedRelease,
        to asker: DepartmentRecord
    ) async throws(ServiceError) -> ReleasedItem {
        let accessRecord = checked.authorisation.accessRecord
        if let kept = try department.vault.release(accessRecord, item: item.id) {
            return ReleasedItem(item: item.id, sealed: kept)
        }
        guard let type = department.catalogue.types[CertificateTypeID(item.type)],
            type.record.issuers.contains(department.id)
        else { throw ReleaseRefusal.itemNotHeldHere.error }
        let time = department.clock()
        let released: Released
        switch try await answer(item, of: type, for: checked.identifier, at: time) {
        case .refused(let refusal): return ReleasedItem(item: item.id, refusal: refusal.problem)
        case .released(let found): released = found
        }
        let statement = ReleaseStatement(
            network: department.network,
            issuer: department.id.rawValue,
            department: asker.id.rawValue,
            accessRecord: accessRecord,
            item: item.id,
            type: item.type,
            content: released.content,
            height: released.height,
            time: time
        )
        let sealed = try seal(statement, salt: released.salt, to: asker)
        try department.vault.keepRelease(
            sealed,
            accessRecord: accessRecord,
            item: item.id,
            opening: checked.opening,
            of: checked.authorisation.subject
        )
        department.logger.info(
            "released",
            metadata: ["item": "\(item.id)", "type": "\(type.record.code)", "to": "\(asker.code)"]
        )
        return ReleasedItem(item: item.id, sealed: sealed)
    }

    private func seal(
        _ statement: ReleaseStatement,
        salt: [UInt8]?,
        to asker: DepartmentRecord
    ) throws(ServiceError) -> [UInt8] {
        let purpose = SealedPurpose.evidence(accessRecord: statement.accessRecord, item: statement.item)
        do {
            let signed = try Signed(signing: statement, with: department.keys.credential)
            return try department.keys.sealing.seal(
                ReleasedEvidence(statement: signed, salt: salt).canonicalBytes,
                to: asker.sealingKey,
                info: purpose.info,
                associatedData: purpose.associatedData
            )
        } catch {
            department.logger.error("a release cannot be signed or sealed")
            throw .vaultFailed
        }
    }

    // MARK: Answers

    private struct Released {
        let content: ReleaseContent
        /// The salt of the certificate's commitment, where one is shown.
        var salt: [UInt8]?
        /// The ledger's height at which it holds.
        let height: Height
    }

    private enum Answer {
        case released(Released)
        case refused(ReleaseRefusal)
    }

    private func answer(
        _ item: RequestedItem,
        of type: CatalogueType,
        for identifier: String,
        at time: Timestamp
    ) async throws(ServiceError) -> Answer {
        let found = try look(for: identifier, type: type, at: time)
        switch item.content {
        case .noEntry:
            return .released(Released(content: .noEntry(holds: !found.hasEntry), height: found.height))
        case .predicate(let expression):
            guard let certificate = found.valid else { return found.answerWithoutValid }
            let claims = try claims(of: certificate, type: type)
            let holds: Bool?
            do throws(JSONShapeError) {
                let predicate = try Predicate(.object(expression.object), path: "predicate")
                holds = predicate.evaluate(claims, on: CalendarDate(time))
            } catch {
                throw ReleaseRefusal.malformed.error
            }
            guard let holds else { return .refused(.undecidable) }
            return .released(Released(content: .predicate(expression: expression, holds: holds), height: found.height))
        case .fields(let fields):
            guard let certificate = found.valid else { return found.answerWithoutValid }
            let claims = try claims(of: certificate, type: type)
            let shown = fields.filter { claims[$0] != nil }
            return type.definition.isUnlinkable
                ? try await derive(from: certificate, claims: claims, showing: shown, type: type, at: time)
                : .released(
                    Released(
                        content: .presentation(try present(certificate.body.token, shown)),
                        salt: certificate.entry.salt,
                        height: department.archive.view().header.height
                    )
                )
        }
    }

    private struct Found {
        /// The ledger's height that was looked at.
        let height: Height
        /// The newest certificate that is active and within its dates.
        var valid: StoredCertificate?
        /// Whether the register has an entry for the person: a certificate that is active or suspended and not over.
        var hasEntry = false
        /// Why the newest certificate does not do.
        var refusal: ReleaseRefusal?

        var answerWithoutValid: Answer {
            refusal.map { .refused($0) } ?? .released(Released(content: .nothingFound, height: height))
        }
    }

    /// Looks the person up in the vault, and each certificate on the ledger, which alone says whether it exists: the
    /// vault's mark of a draft may be late. One that is valid ends the search.
    private func look(
        for identifier: String,
        type: CatalogueType,
        at time: Timestamp
    ) throws(ServiceError) -> Found {
        let view = department.archive.view()
        var found = Found(height: view.header.height)
        try department.vault.forEachEntry(type: type.record.id, holder: identifier) { entry throws(ServiceError) in
            guard let record = try department.certificateRecord(entry.commitment, in: view) else { return true }
            let isPresent = record.status == .active || record.status == .suspended
            if isPresent, time.seconds < record.validUntilSeconds { found.hasEntry = true }
            if let refusal = ReleaseRefusal(of: record, at: time) {
                found.refusal = found.refusal ?? refusal
                return true
            }
            found.valid = try department.vault.stored(entry)
            return false
        }
        return found
    }

    /// The claims of the vault's own body.
    private func claims(
        of certificate: StoredCertificate,
        type: CatalogueType
    ) throws(ServiceError) -> JSONObject {
        do throws(SelectiveDisclosureError) {
            return try SDJWT(parsing: certificate.body.token).disclosedClaims(
                of: type.definition,
                digestFunction: department.suite.digestFunction
            )
        } catch {
            department.logger.error("the vault holds a token that cannot be read")
            throw .vaultFailed
        }
    }

    private func present(_ token: String, _ fields: [String]) throws(ServiceError) -> String {
        do throws(SelectiveDisclosureError) {
            return try SDJWT(parsing: token).presenting(
                fields.map { ClaimPath($0) },
                digestFunction: department.suite.digestFunction
            ).text
        } catch {
            department.logger.error("the vault holds a token that cannot be read")
            throw .vaultFailed
        }
    }

    /// A certificate with a leaf, a salt and digests of its own, made for one department and one access, so that two
    /// departments that compare what they got find nothing in common.
    ///
    /// It is noted under the original before it is sent, so that a change of the original's status reaches it.
    private func derive(
        from original: StoredCertificate,
        claims: JSONObject,
        showing fields: [String],
        type: CatalogueType,
        at time: Timestamp
    ) async throws(ServiceError) -> Answer {
        let start = max(original.body.validFromSeconds, time.seconds - min(time.seconds, Self.toleranceSeconds))
        let period = ValidityPeriod(
            fromSeconds: start,
            untilSeconds: min(original.body.validUntilSeconds, time.seconds + Self.derivedSecondsMax)
        )
        let run = department.freshTransactionID()
        let maker = CertificateMaker(department: department, type: type, run: run, batch: run.bytes)
        let plan = CertificatePlan(
            claims: claims,
            number: original.entry.certificateNumber,
            holder: original.entry.holderIdentifier,
            content: original.entry.contentDigest,
            period: period,
            replaces: nil
        )
        let made = try await maker.sign([plan])[0]
        try department.vault.keepDerived(
            made.entry.commitment,
            of: original.commitment,
            untilSeconds: period.untilSeconds
        )
        let batch = CertificateBatch(type: type.record.id, certificates: [made.issued])
        try await department.finalise(department.seal(.issueCertificates(batch), id: run))
        // A change of the original's status that did not see the new one yet must not be slipped past.
        guard let record = try department.certificateRecord(original.commitment) else { throw .notFinalInTime }
        if let refusal = ReleaseRefusal(of: record, at: time) { return .refused(refusal) }
        return .released(
            Released(
                content: .presentation(try present(made.token, fields)),
                salt: made.entry.salt,
                height: department.archive.view().header.height
            )
        )
    }
}

extension ReleaseRefusal {
    /// Why a certificate with this record is not released at `time`, or nil.
    fileprivate init?(of record: CertificateRecord, at time: Timestamp) {
        switch record.status {
        case .suspended: self = .certificateSuspended
        case .revoked: self = .certificateRevoked
        case .superseded: self = .certificateSuperseded
        case .active where time.seconds < record.validFromSeconds: self = .certificateNotYetValid
        case .active where time.seconds >= record.validUntilSeconds: self = .certificateExpired
        case .active: return nil
        }
    }
}
