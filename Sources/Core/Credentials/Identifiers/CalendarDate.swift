package import Primitives

/// A day of the proleptic Gregorian calendar, from 0001-01-01 to 9999-12-31, without a time zone.
package struct CalendarDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// China keeps one time, eight hours ahead of UTC, without summer time.
    package static let chinaOffsetSeconds: Int64 = 8 * 3600

    package let year: Int
    package let month: Int
    package let day: Int

    /// The day, or nil when the calendar has none such.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= CalendarDate.daysInMonth(month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day written `YYYY-MM-DD`, `YYYYMMDD`, `YYYY/M/D` or `YYYY年M月D日`, or nil.
    ///
    /// The first two take exactly two digits for month and day, the others one or two.
    package init?(parsing text: String) {
        let digits = Array(text.utf8)
        func number(_ slice: some Collection<UInt8>) -> Int? {
            guard !slice.isEmpty, slice.count <= 4 else { return nil }
            var value = 0
            for digit in slice {
                guard (0x30...0x39).contains(digit) else { return nil }
                value = value * 10 + Int(digit - 0x30)
            }
            return value
        }
        if digits.count == 8, let year = number(digits[..<4]), let month = number(digits[4..<6]),
            let day = number(digits[6...])
        {
            self.init(year: year, month: month, day: day)
            return
        }
        if digits.count == 10, digits[4] == UInt8(ascii: "-"), digits[7] == UInt8(ascii: "-"),
            let year = number(digits[..<4]), let month = number(digits[5..<7]), let day = number(digits[8...])
        {
            self.init(year: year, month: month, day: day)
            return
        }
        var loose = text
        if loose.hasSuffix("日") {
            loose.removeLast()
            let separators = loose.unicodeScalars.filter { $0 == "年" || $0 == "月" }
            guard separators.elementsEqual(["年", "月"]) else { return nil }
            loose = String(loose.map { $0 == "年" || $0 == "月" ? "/" : $0 })
        }
        let parts = loose.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count <= 2, parts[2].count <= 2,
            let year = number(parts[0]), let month = number(parts[1]), let day = number(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day that is `days` days after 1970-01-01, or nil outside the range.
    package init?(daysSince1970 days: Int) {
        // 400 years have 146,097 days; counting from March puts the leap day at a year's end.
        let shifted = days + 719_468
        guard (306...3_652_364).contains(shifted) else { return nil }
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// The day in China (UTC+8) at `time`, or 9999-12-31 for a time beyond it.
    package init(_ time: Timestamp) {
        let days = (time.seconds + UInt64(CalendarDate.chinaOffsetSeconds)) / 86_400
        self = CalendarDate(daysSince1970: Int(clamping: min(days, 4_000_000))) ?? .last
    }

    /// The last day there is.
    package static let last = CalendarDate(unchecked: 9999, 12, 31)

    private init(unchecked year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1970-01-01; negative before.
    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The instant at which the day begins in China, in seconds since 1970; 0 for days before.
    package var startSecondsInChina: UInt64 {
        UInt64(max(0, Int64(daysSince1970) * 86_400 - CalendarDate.chinaOffsetSeconds))
    }

    /// The day `count` days later, or nil outside the range.
    package func adding(days count: Int) -> CalendarDate? {
        let (days, overflow) = daysSince1970.addingReportingOverflow(count)
        return overflow || days.magnitude > 4_000_000 ? nil : CalendarDate(daysSince1970: days)
    }

    /// Whole years from this day to `date`: the age of one born on this day. Someone born on 29 February comes of age on
    /// 1 March of a common year. Negative when `date` is earlier.
    package func wholeYears(until date: CalendarDate) -> Int {
        let hasPassed = (date.month, date.day) >= (month, day)
        return date.year - year - (hasPassed ? 0 : 1)
    }

    /// `YYYY-MM-DD`.
    package var description: String {
        "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    /// `YYYYMMDD`.
    package var compactText: String {
        Self.padded(year, to: 4) + Self.padded(month, to: 2) + Self.padded(day, to: 2)
    }

    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
