package import Primitives

/// A subject's signed permission (授权): who may see exactly what, for which matter, until when.
///
/// It stays off the ledger; the access record commits to it. It is used once: its nonce is the access record's id.
package struct Authorisation: SignedContent {
    package let network: Digest
    /// The digest of the subject's pseudonym's key at registration, as in its DID.
    package let subject: Digest
    /// The relying department.
    package let department: UInt16
    package let service: UInt16
    /// The digest of the request that was shown.
    package let request: Digest
    /// The matter's code.
    package let matter: String
    package let matterVersion: UInt32
    /// What is permitted: the request's items, or fewer fields of them.
    package let items: [RequestedItem]
    /// The first instant at which it no longer permits anything.
    package let expiry: Timestamp
    /// The id of the access record to come.
    package let accessRecord: AccessRecordID

    package init(
        network: Digest,
        subject: Digest,
        department: UInt16,
        service: UInt16,
        request: Digest,
        matter: String,
        matterVersion: UInt32,
        items: [RequestedItem],
        expiry: Timestamp,
        accessRecord: AccessRecordID
    ) {
        self.network = network
        self.subject = subject
        self.department = department
        self.service = service
        self.request = request
        self.matter = matter
        self.matterVersion = matterVersion
        self.items = items
        self.expiry = expiry
        self.accessRecord = accessRecord
    }

    /// The permission for all that `request` asks.
    package init(
        granting request: AuthorisationRequest,
        subject: Digest,
        expiry: Timestamp,
        accessRecord: AccessRecordID,
        digestFunction: any DigestFunction
    ) {
        self.init(
            network: request.network,
            subject: subject,
            department: request.department,
            service: request.service,
            request: request.digest(digestFunction),
            matter: request.matter,
            matterVersion: request.matterVersion,
            items: request.items,
            expiry: expiry,
            accessRecord: accessRecord
        )
    }

    package var domain: Domain { .authorisation }

    /// Checks that this permission answers `request` and reaches no further.
    ///
    /// - Throws: `AuthorisationFault` for the first difference.
    package func check(
        answers request: AuthorisationRequest,
        at time: Timestamp,
        digestFunction: any DigestFunction
    ) throws(AuthorisationFault) {
        guard network == request.network else { throw .otherNetwork }
        guard self.request == request.digest(digestFunction) else { throw .otherRequest }
        guard department == request.department, service == request.service else { throw .otherService }
        guard matter == request.matter, matterVersion == request.matterVersion else { throw .otherMatter }
        guard time < request.expiry, time < expiry else { throw .expired }
        for item in items {
            guard let asked = request.items.first(where: { $0.id == item.id }), asked.issuer == item.issuer,
                asked.type == item.type
            else { throw .itemNotAsked(item.id) }
            if case .fields(let permitted) = item.content, case .fields(let wanted) = asked.content {
                guard permitted.allSatisfy(wanted.contains) else { throw .itemNotAsked(item.id) }
            } else {
                guard item.content == asked.content else { throw .itemNotAsked(item.id) }
            }
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(subject)
        encoder.append(department)
        encoder.append(service)
        encoder.append(request)
        encoder.append(matter)
        encoder.append(matterVersion)
        encoder.append(list: items)
        encoder.append(expiry)
        encoder.append(accessRecord)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.readDigest()
        subject = try decoder.readDigest()
        department = try decoder.readUInt16()
        service = try decoder.readUInt16()
        request = try decoder.readDigest()
        matter = try decoder.readCode()
        matterVersion = try decoder.readUInt32()
        items = try decoder.readItems(of: "Authorisation")
        expiry = try decoder.read()
        accessRecord = try decoder.read()
    }
}

/// Why an authorisation does not answer a request.
package enum AuthorisationFault: Error, Equatable, Sendable {
    case otherNetwork
    case otherRequest
    case otherService
    case otherMatter
    case expired
    /// An item, or a field of it, that was not asked for.
    case itemNotAsked(String)
}
