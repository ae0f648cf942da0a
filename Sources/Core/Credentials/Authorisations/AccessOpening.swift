package import Primitives

/// What an access record commits to: who used what of a subject's, and why (用证记录的内容).
///
/// The wallet makes it; the gateway and every vault that answered keep it and show it to the subject. An entry on the
/// ledger whose opening nobody can show is a fault.
package struct AccessOpening: Hashable, Sendable, CanonicalCodable {
    /// Bytes of the commitment's salt.
    package static let saltByteCount = 16

    package let network: Digest
    /// The digest in the subject's DID.
    package let subject: Digest
    /// The digest of the `Authorisation` that permitted it.
    package let authorisation: Digest
    /// The relying department.
    package let department: UInt16
    package let service: UInt16
    /// The case for which it was used: 32 random bytes of the gateway's.
    package let caseID: Digest
    /// The matter's code.
    package let matter: String
    package let matterVersion: UInt32
    /// What was permitted, as in the authorisation.
    package let items: [RequestedItem]
    /// What the subject was told that the data is for.
    package let purpose: LocalizedText

    package init(
        network: Digest,
        subject: Digest,
        authorisation: Digest,
        department: UInt16,
        service: UInt16,
        caseID: Digest,
        matter: String,
        matterVersion: UInt32,
        items: [RequestedItem],
        purpose: LocalizedText
    ) {
        self.network = network
        self.subject = subject
        self.authorisation = authorisation
        self.department = department
        self.service = service
        self.caseID = caseID
        self.matter = matter
        self.matterVersion = matterVersion
        self.items = items
        self.purpose = purpose
    }

    /// The opening for this use of an authorisation.
    package init(
        of authorisation: Authorisation,
        request: AuthorisationRequest,
        caseID: Digest,
        digestFunction: any DigestFunction
    ) {
        self.init(
            network: authorisation.network,
            subject: authorisation.subject,
            authorisation: authorisation.digest(digestFunction),
            department: authorisation.department,
            service: authorisation.service,
            caseID: caseID,
            matter: authorisation.matter,
            matterVersion: authorisation.matterVersion,
            items: authorisation.items,
            purpose: request.purpose
        )
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(subject)
        encoder.append(authorisation)
        encoder.append(department)
        encoder.append(service)
        encoder.append(caseID)
        encoder.append(matter)
        encoder.append(matterVersion)
        encoder.append(list: items)
        encoder.append(purpose)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.readDigest()
        subject = try decoder.readDigest()
        authorisation = try decoder.readDigest()
        department = try decoder.readUInt16()
        service = try decoder.readUInt16()
        caseID = try decoder.readDigest()
        matter = try decoder.readCode()
        matterVersion = try decoder.readUInt32()
        items = try decoder.readItems(of: "AccessOpening")
        purpose = try decoder.read()
    }
}
