import Primitives

/// Who says to be asking. In text a role, a colon and a name: `service:7`, `clerk:counter-3`, `subject:did:zhixin:…`.
package enum Caller: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of the text.
    package static let byteCountMax = 128
    /// Bytes of a clerk's name.
    package static let nameBytesMax = 64

    /// A service system, by its number on the ledger.
    case service(UInt16)
    /// A department, by its number on the ledger.
    case department(UInt16)
    /// A subject, by its DID.
    case subject(did: String)
    /// A clerk of the gateway's own department, by the name in the node's configuration.
    case clerk(name: String)

    /// The caller's role, which routes are open to or not.
    package var role: CallerRole {
        switch self {
        case .service: .service
        case .department: .department
        case .subject: .subject
        case .clerk: .clerk
        }
    }

    package var description: String {
        switch self {
        case .service(let id): "service:\(id)"
        case .department(let id): "department:\(id)"
        case .subject(let did): "subject:\(did)"
        case .clerk(let name): "clerk:\(name)"
        }
    }

    /// The caller that `text` spells, in its only spelling, or nil.
    package init?(_ text: String) {
        guard (1...Caller.byteCountMax).contains(text.utf8.count), let colon = text.firstIndex(of: ":") else {
            return nil
        }
        let name = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "service":
            guard let id = UInt16(name), String(id) == name else { return nil }
            self = .service(id)
        case "department":
            guard let id = UInt16(name), String(id) == name else { return nil }
            self = .department(id)
        case "subject":
            guard name.hasPrefix("did:zhixin:"), Digest(hexadecimal: name.dropFirst(11)) != nil,
                name.utf8.allSatisfy({ !(0x41...0x5a).contains($0) })
            else { return nil }
            self = .subject(did: name)
        case "clerk":
            guard Caller.isName(name) else { return nil }
            self = .clerk(name: name)
        default: return nil
        }
    }

    /// Whether `text` can name a clerk: 1 to 64 of `a-z`, `0-9`, `-`, `.` and `_`.
    package static func isName(_ text: String) -> Bool {
        (1...nameBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || [0x2d, 0x2e, 0x5f].contains(byte)
            }
    }
}

/// What a caller is to a gateway. The raw value is the word in the API's description.
package enum CallerRole: String, Sendable, CaseIterable {
    /// Whoever: no proof is asked for.
    case anyone = "public"
    case service
    case subject
    case department
    case clerk
}
