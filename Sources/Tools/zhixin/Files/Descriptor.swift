import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives

/// What a department's node shows the others before the network begins: public keys and addresses.
struct Descriptor: Equatable {
    static let fileName = "descriptor.json"

    let code: Code
    let votingKey: PublicKey
    let transactionKey: PublicKey
    let credentialKey: PublicKey
    let sealingKey: [UInt8]
    /// SHA-256 of the link certificate's DER, which peers pin.
    let certificate: Digest
    let linkHost: String
    let linkPort: Int
    let httpPort: Int
    let tlsPort: Int

    var json: JSONValue {
        .of([
            ("kind", .string("department")),
            ("code", .string(code.text)),
            ("votingKey", .string(votingKey.text)),
            ("transactionKey", .string(transactionKey.text)),
            ("credentialKey", .string(credentialKey.text)),
            ("sealingKey", .string(Base64URL.encode(sealingKey))),
            ("certificate", .string(certificate.description)),
            ("host", .string(linkHost)),
            ("linkPort", .integer(Int64(linkPort))),
            ("httpPort", .integer(Int64(httpPort))),
            ("tlsPort", .integer(Int64(tlsPort))),
        ])
    }

    init(
        code: Code,
        votingKey: PublicKey,
        transactionKey: PublicKey,
        credentialKey: PublicKey,
        sealingKey: [UInt8],
        certificate: Digest,
        linkHost: String,
        linkPort: Int,
        httpPort: Int,
        tlsPort: Int
    ) {
        self.code = code
        self.votingKey = votingKey
        self.transactionKey = transactionKey
        self.credentialKey = credentialKey
        self.sealingKey = sealingKey
        self.certificate = certificate
        self.linkHost = linkHost
        self.linkPort = linkPort
        self.httpPort = httpPort
        self.tlsPort = tlsPort
    }

    /// The descriptor in a file.
    /// - Throws: `CommandError` for a file that is none.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError.file(path, "找不到", "not found")
        }
        do {
            try self.init(json: try JSONValue(parsing: Array(data), byteCountMax: 65_536))
        } catch {
            let reason = Reason(error)
            throw CommandError.file(path, "不是节点描述：\(reason.chinese)", "no node descriptor: \(reason.english)")
        }
    }

    private init(json: JSONValue) throws {
        var object = try StrictObject(json)
        guard try object.string("kind") == "department" else { throw object.refusal("kind", "department") }
        guard let code = Code(try object.string("code")) else { throw object.refusal("code", "a code") }
        self.code = code
        votingKey = try Descriptor.key("votingKey", in: &object)
        transactionKey = try Descriptor.key("transactionKey", in: &object)
        credentialKey = try Descriptor.key("credentialKey", in: &object)
        guard let sealing = Base64URL.decode(try object.string("sealingKey")), sealing.count == 32 else {
            throw object.refusal("sealingKey", "32 bytes in base64url")
        }
        sealingKey = sealing
        guard let digest = Digest(hexadecimal: try object.string("certificate")) else {
            throw object.refusal("certificate", "64 hexadecimal digits")
        }
        certificate = digest
        linkHost = try object.string("host")
        linkPort = Int(try object.integer("linkPort", in: 1...65_535))
        httpPort = Int(try object.integer("httpPort", in: 1...65_535))
        tlsPort = Int(try object.integer("tlsPort", in: 1...65_535))
        try object.finish()
    }

    private static func key(_ name: String, in object: inout StrictObject) throws -> PublicKey {
        guard let key = PublicKey(text: try object.string(name)) else {
            throw object.refusal(name, "an algorithm, a colon and the key in hexadecimal")
        }
        return key
    }
}

extension PublicKey {
    /// The key as `ed25519:` and hexadecimal digits.
    var text: String { description }

    /// The key written as `text`, or nil.
    init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let bytes = Hexadecimal.decode(parts[1]),
            let algorithm = SignatureAlgorithm.allCases.first(where: { "\($0)" == parts[0] })
        else { return nil }
        self.init(algorithm: algorithm, bytes: bytes)
    }
}
