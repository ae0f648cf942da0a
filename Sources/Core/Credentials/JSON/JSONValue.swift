/// A JSON value (RFC 8259) whose object members keep their order and whose integers are exact.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number, as it was written.
    case decimal(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The string, or nil for any other kind.
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The integer, or nil for any other kind.
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The boolean, or nil for any other kind.
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements, or nil for any other kind.
    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The object, or nil for any other kind.
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The kind's name for error sentences.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .decimal: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// A JSON object: members in the order they were written, no name twice.
package struct JSONObject: Sendable {
    /// One name and its value.
    package struct Member: Hashable, Sendable {
        package let name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members in order.
    package private(set) var members: [Member]

    /// An object without members.
    package init() { members = [] }

    /// An object with `members`, whose names the caller knows to be distinct.
    init(distinct members: [Member]) { self.members = members }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var names: [String] { members.map(\.name) }

    /// The value named `name`. Setting a new name appends it; setting nil removes the member.
    package subscript(_ name: String) -> JSONValue? {
        get { members.first { $0.name.isExactly(name) }?.value }
        set {
            let index = members.firstIndex { $0.name.isExactly(name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name, value))
            case (nil, nil): break
            }
        }
    }
}

extension String {
    /// Whether both are the same bytes. `==` also takes for equal what Unicode calls equivalent, such as the kelvin sign
    /// and the letter K, and no signature or digest does.
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// Two objects are equal when they hold the same members, in whatever order.
extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        for member in members.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            hasher.combine(member)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (name, value) in elements {
            precondition(self[name] == nil, "a JSON object names no member twice")
            self[name] = value
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements {
            precondition(object[name] == nil, "a JSON object names no member twice")
            object[name] = value
        }
        self = .object(object)
    }
}
