package import Primitives

/// From when until when a certificate holds.
package struct ValidityPeriod: Hashable, Sendable {
    /// The first instant at which it holds, in seconds since 1970.
    package let fromSeconds: UInt64
    /// The first instant at which it no longer holds; `UInt64.max` for no end.
    package let untilSeconds: UInt64

    package init(fromSeconds: UInt64, untilSeconds: UInt64) {
        self.fromSeconds = fromSeconds
        self.untilSeconds = untilSeconds
    }

    package func contains(_ time: Timestamp) -> Bool { time.seconds >= fromSeconds && time.seconds < untilSeconds }
}

/// How long certificates of a type hold. It begins at the day in `fromField`, or when it is issued.
package struct ValidityRule: Hashable, Sendable {
    package enum End: Hashable, Sendable {
        /// No end.
        case open
        /// The end of the last of `count` days in China, the first day included; 1 to 36,525.
        case days(count: Int)
        /// The end of the day in this date field, in China; no end when the row leaves it empty.
        case field(String)
    }

    /// A date field, or nil for the time of issue.
    package let fromField: String?
    package let end: End

    /// `{"end": "open"}`, `{"end": "days", "days": 1}` or `{"end": "field", "field": "valid_until"}`, each with an
    /// optional `"from"`.
    init(_ object: StrictObject) throws(JSONShapeError) {
        var object = object
        fromField = try object.optionalString("from")
        switch try object.string("end") {
        case "open": end = .open
        case "days": end = .days(count: Int(try object.integer("days", in: 1...36_525)))
        case "field": end = .field(try object.string("field"))
        default: throw object.refusal("end", "not one of open, days, field")
        }
        try object.finish()
    }

    /// The date fields that the rule reads.
    var fields: [String] {
        var names = fromField.map { [$0] } ?? []
        if case .field(let name) = end { names.append(name) }
        return names
    }

    /// The period of a certificate with these claims issued at `time`; nil when it would end before it begins.
    package func period(of claims: JSONObject, issuedAt time: Timestamp) -> ValidityPeriod? {
        func date(_ name: String) -> CalendarDate? { claims[name]?.string.flatMap { CalendarDate(parsing: $0) } }
        let from = fromField.flatMap(date).map(\.startSecondsInChina) ?? time.seconds
        let until: UInt64
        switch end {
        case .open: until = .max
        case .days(let count):
            let first = fromField.flatMap(date) ?? CalendarDate(time)
            until = first.adding(days: count).map(\.startSecondsInChina) ?? .max
        case .field(let name):
            guard let last = date(name) else {
                until = .max
                break
            }
            until = last.adding(days: 1).map(\.startSecondsInChina) ?? .max
        }
        return until > from ? ValidityPeriod(fromSeconds: from, untilSeconds: until) : nil
    }
}
