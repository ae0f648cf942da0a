/// Why a text is no citizen identity number. No case holds the number.
package enum CitizenIdentifierError: String, Error, Sendable, CaseIterable {
    /// Not 18 characters.
    case length
    /// A character other than ASCII digits and a last upper-case X.
    case character
    /// The first two digits are no province.
    case province
    /// Digits 7 to 14 are no day, or a day before 1850 (no living person's).
    case birthDate
    /// Sequence 000, which is never given out.
    case sequence
    /// The last character is not the check character of the others.
    case checkCharacter
}

/// A citizen identity number (公民身份号码, GB 11643): division, birth date, sequence and check character.
package struct CitizenIdentifier: Hashable, Sendable {
    /// The standard's table: the check character for a sum modulo 11.
    private static let checkCharacters = Array("10X98765432".utf8)
    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    /// The first two digits of the province-level divisions (GB/T 2260), with Taiwan, Hong Kong, Macao, and the 91 of
    /// foreigners' permanent residence cards.
    private static let provinces: Set<String> = [
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
        "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83", "91",
    ]

    /// The 18 characters.
    package let text: String
    package let birthDate: CalendarDate

    /// Checks all that the number itself can show. An abolished or unknown division of a real province is accepted:
    /// people keep the number that they were given.
    ///
    /// - Throws: `CitizenIdentifierError`, in the order of its cases.
    package init(parsing text: String) throws(CitizenIdentifierError) {
        let characters = Array(text.utf8)
        guard characters.count == 18 else { throw .length }
        let digits = characters.prefix(17)
        let last = characters[17]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }),
            (0x30...0x39).contains(last) || last == UInt8(ascii: "X")
        else { throw .character }
        guard Self.provinces.contains(String(text.prefix(2))) else { throw .province }
        let birthText = String(decoding: characters[6..<14], as: UTF8.self)
        guard let birthDate = CalendarDate(parsing: birthText), birthDate.year >= 1850 else { throw .birthDate }
        guard characters[14..<17] != [0x30, 0x30, 0x30] else { throw .sequence }
        guard Self.checkCharacter(of: digits) == last else { throw .checkCharacter }
        self.text = text
        self.birthDate = birthDate
    }

    /// The number with its check character computed, or nil for parts out of range.
    ///
    /// - Parameters:
    ///   - division: Six digits.
    ///   - sequence: 1 to 999; odd for a man.
    package init?(division: String, birthDate: CalendarDate, sequence: Int) {
        guard division.utf8.count == 6, (1...999).contains(sequence) else { return nil }
        let padded = String(String(1000 + sequence).dropFirst())
        let body = division + birthDate.compactText + padded
        let check = String(Unicode.Scalar(Self.checkCharacter(of: Array(body.utf8)[...])))
        do throws(CitizenIdentifierError) {
            try self.init(parsing: body + check)
        } catch {
            return nil
        }
    }

    /// The six digits of the county or district that first registered the person, such as 440604 for Chancheng.
    package var division: String { String(text.prefix(6)) }

    /// Whether the sequence is odd.
    package var isMale: Bool { Array(text.utf8)[16] & 1 == 1 }

    /// Whether the number was first registered in a division whose code begins with `prefix`: `4406` is Foshan.
    package func isRegistered(in prefix: String) -> Bool { text.hasPrefix(prefix) && prefix.utf8.count <= 6 }

    /// The holder's age in whole years on `date`.
    package func age(on date: CalendarDate) -> Int { birthDate.wholeYears(until: date) }

    /// The number without what identifies: the first six and the last character, the rest as stars.
    package var masked: String { division + String(repeating: "*", count: 11) + String(text.suffix(1)) }

    /// ISO 7064 MOD 11-2.
    private static func checkCharacter(of digits: ArraySlice<UInt8>) -> UInt8 {
        var sum = 0
        for (weight, digit) in zip(weights, digits) { sum += weight * Int(digit &- 0x30) }
        return checkCharacters[sum % 11]
    }
}
