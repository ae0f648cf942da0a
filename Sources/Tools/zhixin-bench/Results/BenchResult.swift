import Credentials
import Foundation

/// One figure as it was measured, with what it is compared to.
struct BenchResult {
    var value: Double
    var unit: String
    /// What design and documentation ask for, in words.
    var goal: String
    /// `value` in relation to `of`, where there is something to relate it to.
    var ratio: Double?
    var of: String?
    var details: JSONObject

    init(
        _ value: Double,
        _ unit: String,
        goal: String,
        ratio: Double? = nil,
        of: String? = nil,
        details: JSONObject = [:]
    ) {
        self.value = value
        self.unit = unit
        self.goal = goal
        self.ratio = ratio
        self.of = of
        self.details = details
    }

    var json: JSONValue {
        var object: JSONObject = ["value": .number(value, digits: 3), "unit": .string(unit), "goal": .string(goal)]
        object["ratio"] = ratio.map { .number($0, digits: 3) }
        object["of"] = of.map { .string($0) }
        object["details"] = .object(details)
        return .object(object)
    }
}

extension JSONValue {
    /// The number as the machine computes with it, or nil for another kind.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let text): Double(text)
        default: nil
        }
    }

    /// A number with this many digits after the point, and without any when it has none.
    static func number(_ value: Double, digits: Int) -> JSONValue {
        let rounded = (value * pow(10, Double(digits))).rounded() / pow(10, Double(digits))
        if rounded == rounded.rounded(), abs(rounded) < 1e15 { return .integer(Int64(rounded)) }
        return .decimal(String(format: "%.\(digits)f", rounded))
    }
}
