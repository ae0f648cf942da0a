/// Why a text is no unified social credit code.
package enum SocialCreditCodeError: String, Error, Sendable, CaseIterable {
    /// Not 18 characters.
    case length
    /// A character outside `0-9A-Z` without I, O, S, V, Z.
    case character
    /// Characters 3 to 8 are not six digits of a division.
    case division
    /// Characters 9 to 17 are no organization code (GB 11714).
    case organizationCheck
    /// The last character is not the check character of the others.
    case checkCharacter
}

/// A legal person's unified social credit code (统一社会信用代码, GB 32100).
package struct SocialCreditCode: Hashable, Sendable {
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
    private static let organizationWeights = [3, 7, 9, 10, 5, 8, 4, 2]

    /// The 18 characters.
    package let text: String

    /// Checks alphabet, division and both check characters.
    ///
    /// - Throws: `SocialCreditCodeError`, in the order of its cases.
    package init(parsing text: String) throws(SocialCreditCodeError) {
        let characters = Array(text.utf8)
        guard characters.count == 18 else { throw .length }
        guard characters.allSatisfy(Self.alphabet.contains) else { throw .character }
        guard characters[2..<8].allSatisfy({ (0x30...0x39).contains($0) }) else { throw .division }
        guard Self.organizationCheck(characters[8..<16]) == characters[16] else { throw .organizationCheck }
        guard Self.checkCharacter(characters[..<17]) == characters[17] else { throw .checkCharacter }
        self.text = text
    }

    /// The code with both check characters computed, or nil for parts out of range.
    ///
    /// - Parameters:
    ///   - category: Two characters: the registering body and the kind of organization, such as `91`.
    ///   - division: Six digits.
    ///   - organization: Eight characters of the organization code without its check character.
    package init?(category: String, division: String, organization: String) {
        let head = Array((category + division + organization).utf8)
        guard category.utf8.count == 2, division.utf8.count == 6, organization.utf8.count == 8 else { return nil }
        let body = head + [Self.organizationCheck(head[8..<16])]
        guard let check = Self.checkCharacter(body[...]) else { return nil }
        do throws(SocialCreditCodeError) {
            try self.init(parsing: String(decoding: body + [check], as: UTF8.self))
        } catch {
            return nil
        }
    }

    /// The six digits of the registering division.
    package var division: String { String(text.dropFirst(2).prefix(6)) }

    /// GB 11714: weights 3 7 9 10 5 8 4 2, letters from A = 10; 10 is written X and 11 is written 0.
    private static func organizationCheck(_ characters: ArraySlice<UInt8>) -> UInt8 {
        var sum = 0
        for (weight, character) in zip(organizationWeights, characters) {
            sum += weight * Int(character < 0x41 ? character &- 0x30 : character - 0x41 + 10)
        }
        switch 11 - sum % 11 {
        case 10: return UInt8(ascii: "X")
        case 11: return UInt8(ascii: "0")
        case let digit: return 0x30 + UInt8(digit)
        }
    }

    /// GB 32100: weights 3^(i-1) modulo 31; nil for a character outside the alphabet.
    private static func checkCharacter(_ characters: ArraySlice<UInt8>) -> UInt8? {
        var sum = 0
        var weight = 1
        for character in characters {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            sum += weight * value
            weight = weight * 3 % 31
        }
        return alphabet[(31 - sum % 31) % 31]
    }
}
