import Credentials
import LedgerModel
import Logging
import Merkle
import Ports
import Primitives

/// A release request whose every claim was checked against this node's own copy of the ledger.
struct CheckedRelease: Sendable {
    let authorisation: Authorisation
    let accessRecord: AccessRecord
    /// The items asked for, as the subject permitted them.
    let items: [RequestedItem]
    let opening: StoredOpening
    /// The person, as the subject's record commits to.
    let identifier: String
}

/// Checks release requests, in the order of `ReleaseRefusal`.
struct ReleaseCheck: Sendable {
    let department: Department

    private struct Parts {
        let request: Signed<AuthorisationRequest>
        let authorisation: Signed<Authorisation>
        let accessRecord: AccessRecord
        let opening: AccessOpening
    }

    /// - Throws: `ServiceError.releaseRejected` with the first `ReleaseRefusal` that applies.
    func check(
        _ release: ReleaseRequest,
        from asking: DepartmentID
    ) async throws(ServiceError) -> CheckedRelease {
        let parts = try decode(release)
        try checkRequest(parts, from: asking)
        // A node that is behind the access record may not know its subject either, and that answer would be final.
        let wait = department.limits.finalityWaitMilliseconds
        guard await department.gate.waitUntilStored(release.height, waitMilliseconds: wait) else {
            throw ReleaseRefusal.accessRecordNotFinal.error
        }
        let subject = try checkAuthorisation(parts)
        let recordedAt = try checkAccessRecord(parts, release, of: asking)
        try checkOpening(parts, release)
        let authorisation = parts.authorisation.content
        // What was released in time is given again at any time.
        var isTimely = department.clock() < authorisation.expiry
        if !isTimely { isTimely = try wasReleased(release.items, authorisation) }
        guard recordedAt < authorisation.expiry, isTimely else { throw ReleaseRefusal.expired.error }
        let identifier = try openIdentifier(parts, release, subject: subject)
        let items = try permittedItems(release.items, authorisation)
        return CheckedRelease(
            authorisation: authorisation,
            accessRecord: parts.accessRecord,
            items: items,
            opening: StoredOpening(
                head: AccessHeads.identifier(of: parts.accessRecord.headKey, digestFunction: digestFunction),
                count: parts.accessRecord.count,
                accessRecord: authorisation.accessRecord,
                opening: release.opening,
                salt: release.openingSalt
            ),
            identifier: identifier
        )
    }

    private func wasReleased(_ items: [String], _ authorisation: Authorisation) throws(ServiceError) -> Bool {
        for item in items {
            guard try department.vault.release(authorisation.accessRecord, item: item) != nil else { return false }
        }
        return true
    }

    private var digestFunction: any DigestFunction { department.suite.digestFunction }

    private func decode(_ release: ReleaseRequest) throws(ServiceError) -> Parts {
        guard release.openingSalt.count == Commitments.saltByteCount, !release.items.isEmpty,
            Set(release.items).count == release.items.count
        else { throw ReleaseRefusal.malformed.error }
        do throws(DecodeError) {
            return Parts(
                request: try Signed(canonicalBytes: release.request),
                authorisation: try Signed(canonicalBytes: release.authorisation),
                accessRecord: try AccessRecord(canonicalBytes: release.accessRecord),
                opening: try AccessOpening(canonicalBytes: release.opening)
            )
        } catch {
            throw ReleaseRefusal.malformed.error
        }
    }

    /// Who asks, and whether the matter needs it.
    private func checkRequest(_ parts: Parts, from asking: DepartmentID) throws(ServiceError) {
        let request = parts.request.content
        guard request.network == department.network, parts.authorisation.content.network == department.network else {
            throw ReleaseRefusal.otherNetwork.error
        }
        guard request.department == asking.rawValue, let asker = department.catalogue.departments[asking] else {
            throw ReleaseRefusal.otherGateway.error
        }
        guard parts.request.isSigned(by: asker.credentialKey, verifier: department.suite.verifier) else {
            throw ReleaseRefusal.requestSignature.error
        }
        guard let code = Code(request.matter), let matter = department.catalogue.matters[code],
            matter.record.department == asking
        else { throw ReleaseRefusal.matterUnknown.error }
        guard request.matterVersion == matter.record.version else { throw ReleaseRefusal.matterVersion.error }
        guard let service = department.catalogue.services[ServiceSystemID(request.service)],
            service.department == asking, service.matters.contains(code)
        else { throw ReleaseRefusal.matterNotPermitted.error }
        for item in request.items {
            guard let type = department.catalogue.types[CertificateTypeID(item.type)],
                type.record.issuers.contains(DepartmentID(item.issuer)),
                item.isWithin(matter.definition, typeCode: type.record.code.text)
            else { throw ReleaseRefusal.beyondMatter.error }
        }
    }

    /// What the subject permits, and whether it is the subject who does.
    private func checkAuthorisation(_ parts: Parts) throws(ServiceError) -> SubjectRecord {
        let authorisation = parts.authorisation.content
        do throws(AuthorisationFault) {
            // Whether it was in time depends on the block of the access record, which is looked up below.
            try authorisation.check(
                answers: parts.request.content,
                at: Timestamp(0),
                digestFunction: digestFunction
            )
        } catch {
            switch error {
            case .itemNotAsked: throw ReleaseRefusal.beyondRequest.error
            case .otherNetwork, .otherRequest, .otherService, .otherMatter: throw ReleaseRefusal.otherRequest.error
            case .expired: throw ReleaseRefusal.expired.error
            }
        }
        guard let subject = try department.subjectRecord(SubjectID(authorisation.subject)) else {
            throw ReleaseRefusal.subjectUnknown.error
        }
        guard subject.status == .active else { throw ReleaseRefusal.subjectNotActive.error }
        guard parts.authorisation.isSigned(by: subject.key, verifier: department.suite.verifier) else {
            throw ReleaseRefusal.authorisationSignature.error
        }
        return subject
    }

    /// Finds the access record on this node's own ledger.
    ///
    /// The newest entry of a head is found by the head's record; an older one in its block.
    /// - Returns: The time of the block that holds it.
    private func checkAccessRecord(
        _ parts: Parts,
        _ release: ReleaseRequest,
        of asking: DepartmentID
    ) throws(ServiceError) -> Timestamp {
        let accessRecord = parts.accessRecord
        let id = AccessHeads.identifier(of: accessRecord.headKey, digestFunction: digestFunction)
        let entry = accessRecord.entry(
            network: department.network,
            department: asking,
            transaction: TransactionID(parts.authorisation.content.accessRecord)
        )
        let entryDigest = digestFunction.digest(of: entry, domain: .accessEntry)
        let found = try department.reading { view throws(StoreError) -> Result<Timestamp, ReleaseRefusal> in
            guard case .accessHead(let head)? = try view.record(.accessHead(id))?.record,
                head.count >= accessRecord.count
            else { return .failure(.accessRecordNotFinal) }
            guard head.department == asking else { return .failure(.otherAccessRecord) }
            if head.newestEntry == entryDigest, let header = try view.header(at: head.changedAt) {
                return .success(header.timestamp)
            }
            guard let location = try view.location(of: release.transaction), location.verdict == .accepted,
                let block = try view.block(at: location.height)
            else { return .failure(.accessRecordNotFinal) }
            let bytes = block.transactions[Int(location.index)]
            return holds(accessRecord, entry, bytes) ? .success(block.header.timestamp) : .failure(.otherAccessRecord)
        }
        switch found {
        case .success(let time): return time
        case .failure(let refusal): throw refusal.error
        }
    }

    /// Whether the transaction puts exactly this entry on the ledger.
    private func holds(_ accessRecord: AccessRecord, _ entry: AccessEntry, _ bytes: [UInt8]) -> Bool {
        do throws(DecodeError) {
            let body = try SealedTransaction(bytes: bytes, digestFunction: digestFunction).transaction.body
            return body.payload == .recordAccess(accessRecord) && body.id == entry.transaction
                && body.author == .department(entry.department)
        } catch {
            return false
        }
    }

    private func checkOpening(_ parts: Parts, _ release: ReleaseRequest) throws(ServiceError) {
        let commitment = Commitments.access(
            salt: release.openingSalt,
            opening: release.opening,
            digestFunction: digestFunction
        )
        let expected = AccessOpening(
            of: parts.authorisation.content,
            request: parts.request.content,
            caseID: release.caseID,
            digestFunction: digestFunction
        )
        guard commitment == parts.accessRecord.commitment, parts.opening == expected else {
            throw ReleaseRefusal.openingMismatch.error
        }
    }

    /// Who the subject is. What was sealed to this vault is used here and not kept.
    private func openIdentifier(
        _ parts: Parts,
        _ release: ReleaseRequest,
        subject: SubjectRecord
    ) throws(ServiceError) -> String {
        let purpose = SealedPurpose.identifier(authorisation: parts.authorisation.content.digest(digestFunction))
        let opened: IdentifierOpening
        let membership: InclusionProof
        do {
            let bytes = try department.keys.sealing.open(
                release.sealedIdentifier,
                info: purpose.info,
                associatedData: purpose.associatedData
            )
            opened = try IdentifierOpening(canonicalBytes: bytes)
            membership = try InclusionProof(canonicalBytes: opened.membership)
        } catch {
            throw ReleaseRefusal.identifierUnreadable.error
        }
        let commitment = Commitments.subject(
            salt: opened.salt,
            identifier: opened.identifier,
            digestFunction: digestFunction
        )
        guard opened.subject == subject.id.digest, commitment == subject.identifierCommitment else {
            throw ReleaseRefusal.identifierMismatch.error
        }
        let isMember = AccessHeadSet.isMember(
            AccessHeads.identifier(of: parts.accessRecord.headKey, digestFunction: digestFunction),
            of: subject.accessHeadSet,
            proof: membership,
            hasher: MerkleHasher(digestFunction)
        )
        guard opened.headKey == parts.accessRecord.headKey, isMember else { throw ReleaseRefusal.headNotInSet.error }
        return opened.identifier
    }

    private func permittedItems(
        _ names: [String],
        _ authorisation: Authorisation
    ) throws(ServiceError) -> [RequestedItem] {
        var items: [RequestedItem] = []
        for name in names {
            guard let item = authorisation.items.first(where: { $0.id == name }) else {
                throw ReleaseRefusal.itemNotAuthorised.error
            }
            items.append(item)
        }
        guard items.allSatisfy({ $0.issuer == department.id.rawValue }) else {
            throw ReleaseRefusal.itemNotHeldHere.error
        }
        return items
    }
}

extension TransactionID {
    /// The id of the transaction that writes this access record.
    init(_ accessRecord: AccessRecordID) {
        let words = accessRecord.bytes.withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(high: words.0, low: words.1)
    }
}
