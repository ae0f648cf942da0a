package import Primitives

/// Who signs a transaction and whose quota pays for it.
package enum Author: Hashable, Sendable, CanonicalCodable, CustomStringConvertible {
    case department(DepartmentID)
    case subject(SubjectID)

    package var description: String {
        switch self {
        case .department(let id): "department \(id)"
        case .subject(let id): id.description
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .department(let id):
            encoder.appendLength(0)
            encoder.append(id)
        case .subject(let id):
            encoder.appendLength(1)
            encoder.append(id)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt8.max)) {
        case 0: self = .department(try decoder.read())
        case 1: self = .subject(try decoder.read())
        case let other: throw .unknownTag(type: "Author", found: UInt64(other))
        }
    }
}

/// What is signed: a request to the ledger, for one network, by one author, under a random name, until a time.
package struct TransactionBody: Hashable, Sendable, CanonicalCodable {
    package let network: Digest
    package let author: Author
    /// Unique among the author's unexpired transactions: the idempotency key.
    package let id: TransactionID
    /// No block later than this may include it; no block earlier than this by more than L may either.
    package let expiry: Timestamp
    package let payload: Payload

    package init(network: Digest, author: Author, id: TransactionID, expiry: Timestamp, payload: Payload) {
        self.network = network
        self.author = author
        self.id = id
        self.expiry = expiry
        self.payload = payload
    }

    /// The bytes that the author signs.
    package var signingBytes: [UInt8] { Domain.transaction.frame(self) }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(author)
        encoder.append(id)
        encoder.append(expiry)
        encoder.append(payload)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.read()
        author = try decoder.read()
        id = try decoder.read()
        expiry = try decoder.read()
        payload = try decoder.read()
    }
}

/// A signed request to the ledger.
package struct Transaction: Hashable, Sendable, CanonicalCodable {
    package let body: TransactionBody
    package let signature: Signature

    package init(body: TransactionBody, signature: Signature) {
        self.body = body
        self.signature = signature
    }

    /// `body` signed by `signer`.
    package init(signing body: TransactionBody, with signer: any MessageSigner) throws {
        self.init(body: body, signature: try signer.sign(body.signingBytes))
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(body)
        encoder.append(signature)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        body = try decoder.read()
        signature = try decoder.read()
    }
}
