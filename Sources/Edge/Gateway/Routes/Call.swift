import Credentials
import HTTPTypes
import LedgerModel
import Primitives

/// A request after everything that the route table decides was checked: what a handler gets.
struct Call: Sendable {
    let route: Route
    /// The path's parameters in order, decoded.
    let parameters: [String]
    /// The query's parameters; only names that the route knows.
    let query: [String: String]
    let accept: String
    let body: [UInt8]
    /// Who asks, proven; nil on public routes.
    let caller: Caller?

    /// Whether the caller asks for the canonical bytes.
    var wantsBinary: Bool { accept.contains("application/octet-stream") }

    /// The parameter in the path as a digest of 64 lower-case hexadecimal digits.
    func digestParameter() throws(Refusal) -> Digest {
        guard let digest = Digest(hexadecimal: parameters[0]), parameters[0].utf8.allSatisfy(Call.isLowerCase) else {
            throw .parameterMalformed(name: parameterName)
        }
        return digest
    }

    /// The parameter in the path as a subject's DID.
    func subjectParameter() throws(Refusal) -> SubjectID {
        guard let subject = SubjectID(did: parameters[0]) else { throw .parameterMalformed(name: parameterName) }
        return subject
    }

    /// The parameter in the path as a code.
    func codeParameter() throws(Refusal) -> Code {
        guard let code = Code(parameters[0]) else { throw .parameterMalformed(name: parameterName) }
        return code
    }

    /// The query's number `name` within `range`, or nil when it is absent.
    func number(_ name: String, in range: ClosedRange<UInt64>) throws(Refusal) -> UInt64? {
        guard let text = query[name] else { return nil }
        guard let number = UInt64(text), String(number) == text, range.contains(number) else {
            throw .queryMalformed(name: name)
        }
        return number
    }

    /// Whether the query says `wait=word`; any other value is refused.
    func waits(for word: String) throws(Refusal) -> Bool {
        guard let value = query["wait"] else { return false }
        guard value == word else { throw .queryMalformed(name: "wait") }
        return true
    }

    /// The body as the shape that the route takes.
    func shape<Shape: ExchangeShape>(_: Shape.Type = Shape.self) throws(Refusal) -> Shape {
        do throws(ExchangeError) {
            return try Shape(parsing: body, byteCountMax: route.body.byteCountMax)
        } catch {
            throw Refusal(error)
        }
    }

    /// The clerk who asks. The route lets no one else in.
    var clerk: String {
        guard case .clerk(let name)? = caller else { preconditionFailure("a clerk's route has a clerk as its caller") }
        return name
    }

    private var parameterName: String {
        let start = route.path.firstIndex(of: "{") ?? route.path.startIndex
        return String(route.path[start...].dropFirst().prefix { $0 != "}" })
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool { !(0x41...0x5a).contains(byte) }
}

/// Percent-encoding (RFC 3986 §2.1), as it stands in paths and queries.
enum PercentEncoding {
    /// The decoded text, or nil for a broken escape, a control character, or bytes that are not UTF-8.
    static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else {
            return text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) ? String(text) : nil
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let pair = Hexadecimal.decode(Substring(rest.prefix(2))), pair.count == 1 else {
                return nil
            }
            bytes.append(pair[0])
            rest = rest.dropFirst(2)
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The parameters of a query, or the name of the first that is malformed, repeated or not among `known`.
    static func parameters(of query: Substring, known: Set<String>) throws(Refusal) -> [String: String] {
        var parameters: [String: String] = [:]
        for part in query.split(separator: "&", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let name = decode(sides[0]), known.contains(name), parameters[name] == nil,
                let value = decode(sides[1])
            else { throw .queryMalformed(name: String(part.prefix(64))) }
            parameters[name] = value
        }
        return parameters
    }
}
