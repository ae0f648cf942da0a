package import Primitives

/// What a gateway asks a subject to authorise (授权请求), signed by its department and shown as a QR code.
///
/// In the spirit of OpenID4VP: who asks, for which matter, for exactly what, why, until when, and where to answer.
package struct AuthorisationRequest: SignedContent {
    /// Bytes of the response address.
    package static let addressByteCountMax = 512

    /// The digest of the network's genesis.
    package let network: Digest
    /// The asking department, whose gateway signs.
    package let department: UInt16
    /// The service system at which the subject stands.
    package let service: UInt16
    /// `<department code>/<service code>`, shown to the subject; also the audience of key bindings.
    package let clientID: String
    package let nonce: Nonce
    /// The matter's code.
    package let matter: String
    package let matterVersion: UInt32
    package let items: [RequestedItem]
    package let purpose: LocalizedText
    /// The first instant at which an answer is no longer taken.
    package let expiry: Timestamp
    /// The URL to which the wallet sends its authorisation, 1 to 512 bytes.
    package let responseAddress: String

    package init(
        network: Digest,
        department: UInt16,
        service: UInt16,
        clientID: String,
        nonce: Nonce,
        matter: String,
        matterVersion: UInt32,
        items: [RequestedItem],
        purpose: LocalizedText,
        expiry: Timestamp,
        responseAddress: String
    ) {
        self.network = network
        self.department = department
        self.service = service
        self.clientID = clientID
        self.nonce = nonce
        self.matter = matter
        self.matterVersion = matterVersion
        self.items = items
        self.purpose = purpose
        self.expiry = expiry
        self.responseAddress = responseAddress
    }

    package var domain: Domain { .authorisationRequest }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(department)
        encoder.append(service)
        encoder.append(clientID)
        encoder.append(nonce)
        encoder.append(matter)
        encoder.append(matterVersion)
        encoder.append(list: items)
        encoder.append(purpose)
        encoder.append(expiry)
        encoder.append(responseAddress)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.readDigest()
        department = try decoder.readUInt16()
        service = try decoder.readUInt16()
        clientID = try decoder.readString(countMax: 65)
        let parts = clientID.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(CertificateTypeDefinition.isCode) else {
            throw .invalid(type: "AuthorisationRequest", reason: "a client id is two codes and a slash")
        }
        nonce = try decoder.read()
        matter = try decoder.readCode()
        matterVersion = try decoder.readUInt32()
        items = try decoder.readItems(of: "AuthorisationRequest")
        purpose = try decoder.read()
        expiry = try decoder.read()
        responseAddress = try decoder.readString(countMax: Self.addressByteCountMax)
        guard !responseAddress.isEmpty else {
            throw .invalid(type: "AuthorisationRequest", reason: "an empty response address")
        }
    }
}
