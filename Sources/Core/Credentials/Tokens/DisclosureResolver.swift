import Primitives

/// Puts disclosures into the payload where their digests stand (RFC 9901 §7.1, steps 3 to 5).
///
/// It refuses repeated digests, disclosures of the wrong kind or of a taken name, and disclosures that nothing refers to,
/// directly or through another disclosure.
struct DisclosureResolver {
    /// The claims as the verifier may read them, and where each disclosure went.
    struct Resolved {
        let claims: JSONObject
        let locations: [Location]
    }

    /// Where the disclosure of this index stands, and inside which other disclosures.
    struct Location {
        let disclosure: Int
        let path: ClaimPath
        let enclosing: [Int]
    }

    private let disclosures: [Disclosure]
    private var indices: [[UInt8]: Int] = [:]
    private var seen: Set<[UInt8]> = []
    private var locations: [Location] = []

    static func resolve(
        payload: JSONObject,
        disclosures: [Disclosure],
        digestFunction: any DigestFunction
    ) throws(SelectiveDisclosureError) -> Resolved {
        var resolver = try DisclosureResolver(disclosures, digestFunction)
        let claims = try resolver.resolve(payload, path: ClaimPath([]), enclosing: [], depth: 0)
        let unreferenced = disclosures.count - resolver.locations.count
        guard unreferenced == 0 else { throw .unreferencedDisclosures(count: unreferenced) }
        return Resolved(claims: claims, locations: resolver.locations)
    }

    private init(
        _ disclosures: [Disclosure],
        _ digestFunction: any DigestFunction
    ) throws(SelectiveDisclosureError) {
        self.disclosures = disclosures
        for (index, disclosure) in disclosures.enumerated() {
            let digest = Array(disclosure.digestText(digestFunction).utf8)
            guard indices.updateValue(index, forKey: digest) == nil else { throw .repeatedDisclosure }
        }
    }

    private mutating func resolve(
        _ object: JSONObject,
        path: ClaimPath,
        enclosing: [Int],
        depth: Int
    ) throws(SelectiveDisclosureError) -> JSONObject {
        guard depth <= JSONParser.depthMax else { throw .tooDeep(limit: JSONParser.depthMax) }
        var members: [JSONObject.Member] = []
        for member in object.members {
            switch member.name {
            case "_sd": continue
            case "_sd_alg" where depth == 0: continue
            case "...", "_sd_alg": throw .malformedDigests(path: "\(path)")
            default:
                let inner = path.appending(.name(member.name))
                let value = try resolve(member.value, path: inner, enclosing: enclosing, depth: depth + 1)
                members.append(JSONObject.Member(member.name, value))
            }
        }
        guard let digests = object["_sd"] else { return JSONObject(distinct: members) }
        guard let digests = digests.array else { throw .malformedDigests(path: "\(path)") }
        for digest in digests {
            guard let text = digest.string else { throw .malformedDigests(path: "\(path)") }
            guard let index = try register(text, path: path) else { continue }
            guard let name = disclosures[index].name else { throw .wrongDisclosureKind(path: "\(path)") }
            let inner = path.appending(.name(name))
            guard name != "_sd_alg" else { throw .reservedName(name) }
            guard !members.contains(where: { $0.name.isExactly(name) }) else { throw .nameTaken(path: "\(inner)") }
            let value = try place(index, at: inner, enclosing: enclosing, depth: depth)
            members.append(JSONObject.Member(name, value))
        }
        return JSONObject(distinct: members)
    }

    private mutating func resolve(
        _ value: JSONValue,
        path: ClaimPath,
        enclosing: [Int],
        depth: Int
    ) throws(SelectiveDisclosureError) -> JSONValue {
        guard depth <= JSONParser.depthMax else { throw .tooDeep(limit: JSONParser.depthMax) }
        switch value {
        case .object(let object):
            return .object(try resolve(object, path: path, enclosing: enclosing, depth: depth))
        case .array(let elements):
            var kept: [JSONValue] = []
            for element in elements {
                let inner = path.appending(.index(kept.count))
                guard let digest = element.object?["..."] else {
                    kept.append(try resolve(element, path: inner, enclosing: enclosing, depth: depth + 1))
                    continue
                }
                guard element.object?.count == 1, let text = digest.string else {
                    throw .malformedDigests(path: "\(path)")
                }
                guard let index = try register(text, path: path) else { continue }
                guard disclosures[index].name == nil else { throw .wrongDisclosureKind(path: "\(path)") }
                kept.append(try place(index, at: inner, enclosing: enclosing, depth: depth))
            }
            return .array(kept)
        default:
            return value
        }
    }

    /// The index of the disclosure with this digest, or nil for one that was withheld or is a decoy.
    private mutating func register(_ digest: String, path: ClaimPath) throws(SelectiveDisclosureError) -> Int? {
        let bytes = Array(digest.utf8)
        guard seen.insert(bytes).inserted else { throw .repeatedDigest(path: "\(path)") }
        return indices[bytes]
    }

    private mutating func place(
        _ index: Int,
        at path: ClaimPath,
        enclosing: [Int],
        depth: Int
    ) throws(SelectiveDisclosureError) -> JSONValue {
        locations.append(Location(disclosure: index, path: path, enclosing: enclosing))
        return try resolve(disclosures[index].value, path: path, enclosing: enclosing + [index], depth: depth + 1)
    }
}
