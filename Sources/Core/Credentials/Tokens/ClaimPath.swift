/// Where a claim stands in a credential: names and array indices from the top.
package struct ClaimPath: Hashable, Sendable, CustomStringConvertible {
    package enum Element: Hashable, Sendable {
        case name(String)
        case index(Int)
    }

    package let elements: [Element]

    package init(_ elements: [Element]) { self.elements = elements }

    /// The top-level claim `name`.
    package init(_ name: String) { elements = [.name(name)] }

    package var description: String {
        elements.map { element in
            switch element {
            case .name(let name): ".\(name)"
            case .index(let index): "[\(index)]"
            }
        }.joined()
    }

    func appending(_ element: Element) -> ClaimPath { ClaimPath(elements + [element]) }

    /// Whether one of the two stands inside the other, or both are the same.
    func overlaps(_ other: ClaimPath) -> Bool {
        zip(elements, other.elements).allSatisfy { $0 == $1 }
    }

    func exists(in value: JSONValue) -> Bool {
        var current = value
        for element in elements {
            switch (element, current) {
            case (.name(let name), .object(let object)):
                guard let next = object[name] else { return false }
                current = next
            case (.index(let index), .array(let array)):
                guard array.indices.contains(index) else { return false }
                current = array[index]
            default: return false
            }
        }
        return true
    }
}
