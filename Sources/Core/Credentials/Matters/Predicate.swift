/// A question about one certificate that is answered yes or no, so that the certificate's fields stay where they are.
///
/// A vault evaluates it when it releases the answer, since ages and dates move.
package indirect enum Predicate: Hashable, Sendable {
    /// Predicates that `all` may join, and how deep they nest.
    package static let partsMax = 16
    package static let depthMax = 4

    /// The birth date in `field` (a date or a citizen id) lies `years` whole years or more before the day.
    case ageAtLeast(field: String, years: Int)
    /// The text in `field` begins with `prefix`.
    case hasPrefix(field: String, prefix: String)
    /// The text or number in `field` is exactly `value`.
    case equals(field: String, value: JSONValue)
    /// The number in `field` is `value` or more.
    case atLeast(field: String, value: Int64)
    /// The day in `field` is the day of evaluation or a later one.
    case notBefore(field: String)
    /// Every one of the parts holds.
    case all([Predicate])

    /// - Throws: `JSONShapeError`.
    package init(_ value: JSONValue, path: String) throws(JSONShapeError) {
        try self.init(value, path: path, depth: 1)
    }

    private init(_ value: JSONValue, path: String, depth: Int) throws(JSONShapeError) {
        var object = try StrictObject(value, path: path)
        switch try object.string("kind") {
        case "age-at-least":
            let years = Int(try object.integer("years", in: 0...150))
            self = .ageAtLeast(field: try object.string("field", byteCountMax: 64), years: years)
        case "has-prefix":
            self = .hasPrefix(
                field: try object.string("field", byteCountMax: 64),
                prefix: try object.string("prefix", byteCountMax: 64)
            )
        case "equals":
            let value = try object.value("value")
            guard value.string != nil || value.integer != nil else {
                throw object.refusal("value", "neither a text nor an integer")
            }
            self = .equals(field: try object.string("field", byteCountMax: 64), value: value)
        case "at-least":
            self = .atLeast(
                field: try object.string("field", byteCountMax: 64),
                value: try object.integer("value", in: -1_000_000_000_000...1_000_000_000_000)
            )
        case "not-before":
            self = .notBefore(field: try object.string("field", byteCountMax: 64))
        case "all":
            guard depth < Self.depthMax else { throw object.refusal("parts", "nested deeper than \(Self.depthMax)") }
            var parts: [Predicate] = []
            for (part, path) in try object.array("parts", count: 1...Self.partsMax) {
                parts.append(try Predicate(part, path: path, depth: depth + 1))
            }
            self = .all(parts)
        default:
            throw object.refusal("kind", "not one of age-at-least, has-prefix, equals, at-least, not-before, all")
        }
        try object.finish()
    }

    /// The predicate as it stands in a definition.
    package var json: JSONObject {
        switch self {
        case .ageAtLeast(let field, let years):
            ["kind": "age-at-least", "field": .string(field), "years": .integer(Int64(years))]
        case .hasPrefix(let field, let prefix):
            ["kind": "has-prefix", "field": .string(field), "prefix": .string(prefix)]
        case .equals(let field, let value): ["kind": "equals", "field": .string(field), "value": value]
        case .atLeast(let field, let value):
            ["kind": "at-least", "field": .string(field), "value": .integer(value)]
        case .notBefore(let field): ["kind": "not-before", "field": .string(field)]
        case .all(let parts): ["kind": "all", "parts": .array(parts.map { .object($0.json) })]
        }
    }

    /// The fields that the predicate reads.
    package var fields: [String] {
        switch self {
        case .ageAtLeast(let field, _), .hasPrefix(let field, _), .equals(let field, _), .atLeast(let field, _),
            .notBefore(let field):
            [field]
        case .all(let parts): parts.flatMap(\.fields)
        }
    }

    /// Whether the predicate holds on `date`; nil when a field is absent or not of the form that it asks about.
    package func evaluate(_ claims: JSONObject, on date: CalendarDate) -> Bool? {
        switch self {
        case .ageAtLeast(let field, let years):
            return claims[field]?.string.flatMap(Self.birthDate).map { $0.wholeYears(until: date) >= years }
        case .hasPrefix(let field, let prefix):
            return claims[field]?.string.map { $0.utf8.starts(with: prefix.utf8) }
        case .equals(let field, .string(let text)):
            return claims[field]?.string.map { $0.isExactly(text) }
        case .equals(let field, let value):
            return claims[field]?.integer.map { .integer($0) == value }
        case .atLeast(let field, let value):
            return claims[field]?.integer.map { $0 >= value }
        case .notBefore(let field):
            return claims[field]?.string.flatMap { CalendarDate(parsing: $0) }.map { $0 >= date }
        case .all(let parts):
            // What cannot be told outweighs a no: the answer must not depend on which part was asked first.
            let answers = parts.map { $0.evaluate(claims, on: date) }
            return answers.contains(nil) ? nil : !answers.contains(false)
        }
    }

    private static func birthDate(_ text: String) -> CalendarDate? {
        if let date = CalendarDate(parsing: text) { return date }
        do throws(CitizenIdentifierError) {
            return try CitizenIdentifier(parsing: text).birthDate
        } catch {
            return nil
        }
    }
}
