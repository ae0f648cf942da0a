import Credentials
import LedgerModel
import Primitives

/// What a wallet knows besides its keys.
struct WalletProfile: ExchangeShape {
    /// The digest of the pinned genesis.
    var network: Digest
    var did: String
    /// Of the commitment to the identifier, 16 bytes.
    var salt: [UInt8]
    /// The id of the transaction that registers the subject; always the same, so that asking twice registers once.
    var registration: TransactionID
    /// The number of the committed head set.
    var headSet: UInt32
    /// The citizen id or social credit code, once the wallet was told.
    var identifier: String?

    init(
        network: Digest,
        did: String,
        salt: [UInt8],
        registration: TransactionID,
        headSet: UInt32,
        identifier: String?
    ) {
        self.network = network
        self.did = did
        self.salt = salt
        self.registration = registration
        self.headSet = headSet
        self.identifier = identifier
    }

    init(from object: inout StrictObject) throws(JSONShapeError) {
        guard let network = Digest(hexadecimal: try object.string("network")) else {
            throw object.refusal("network", "64 hexadecimal digits")
        }
        guard let salt = Hexadecimal.decode(try object.string("salt")), salt.count == Commitments.saltByteCount else {
            throw object.refusal("salt", "32 hexadecimal digits")
        }
        guard let registration = TransactionID(hexadecimal: try object.string("registration")) else {
            throw object.refusal("registration", "32 hexadecimal digits")
        }
        self.network = network
        self.salt = salt
        self.registration = registration
        did = try object.string("did", byteCountMax: 80)
        guard SubjectID(did: did) != nil else { throw object.refusal("did", "a DID") }
        headSet = UInt32(try object.integer("headSet", in: 0...Int64(UInt32.max)))
        identifier = try object.optionalString("identifier", byteCountMax: 64)
    }

    var json: JSONValue {
        var object: JSONObject = [
            "network": .string(network.description),
            "did": .string(did),
            "salt": .string(Hexadecimal.encode(salt)),
            "registration": .string(registration.description),
            "headSet": .integer(Int64(headSet)),
        ]
        object["identifier"] = identifier.map { .string($0) }
        return .object(object)
    }
}

/// A person's or organisation's identifier as it was typed.
struct TypedIdentifier {
    let text: String
    let kind: SubjectIdentifierKind

    /// - Parameter typed: the number, or `-` for the next line of standard input, which leaves no trace in a shell's history.
    /// - Throws: `CommandError` that says which rule the number breaks, and never the number.
    init(_ typed: String) throws {
        let text = (typed == "-" ? readLine() ?? "" : typed).filter { $0 != " " }.uppercased()
        do throws(CitizenIdentifierError) {
            self.text = try CitizenIdentifier(parsing: text).text
            kind = .citizen
            return
        } catch {
            guard let code = try? SocialCreditCode(parsing: text) else {
                let reason = CertificateValueError.citizenIdentifier(error).reason
                throw CommandError(
                    code: "identifier-malformed",
                    chinese: "证件号码有误：\(reason.chinese)",
                    english: "the identifier is malformed: \(reason.english)"
                )
            }
            self.text = code.text
            kind = .socialCredit
        }
    }
}
