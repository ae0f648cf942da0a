import Primitives

/// What a field's values look like. The raw value is the word in the definition.
package enum CertificateFieldKind: String, Sendable, CaseIterable {
    /// Up to 128 characters (or the field's own limit), no control characters.
    case text
    /// A day; written YYYY-MM-DD in the certificate.
    case date
    /// GB 11643.
    case citizenIdentifier = "citizen-identifier"
    /// GB 32100.
    case socialCreditCode = "social-credit-code"
    /// Six digits of a division (GB/T 2260).
    case division
    /// A whole number from 0 to 999,999,999,999.
    case integer
    /// An amount in yuan with up to two decimals; in the certificate the number of cents (分).
    case money
    /// One of the field's words.
    case enumeration
}

/// One field of a certificate type.
package struct CertificateField: Hashable, Sendable {
    /// Words of one enumeration.
    package static let wordsMax = 64

    /// The claim's name: lower-case ASCII letters, digits and underscores, up to 64.
    package let name: String
    package let label: LocalizedText
    /// The column's heading in a department's export.
    package let header: String
    /// Other headings of the same column.
    package let aliases: [String]
    package let kind: CertificateFieldKind
    /// The words of an enumeration, else empty.
    package let words: [String]
    /// The most characters of a text.
    package let characterCountMax: Int
    /// Whether every row must have it.
    package let isRequired: Bool
    /// Whether the holder may withhold it.
    package let isDisclosable: Bool

    init(_ value: JSONValue, path: String) throws(JSONShapeError) {
        var object = try StrictObject(value, path: path)
        name = try object.string("name", byteCountMax: 64)
        guard CertificateTypeDefinition.isClaimName(name) else {
            throw object.refusal("name", "not a lower-case ASCII name, or reserved")
        }
        header = try object.string("header")
        label =
            object.has("label")
            ? try LocalizedText(object.object("label")) : LocalizedText(chinese: header, english: name)
        aliases = try object.strings("aliases", count: 0...16)
        kind = try object.word("kind")
        words = try object.strings("words", count: 0...CertificateField.wordsMax)
        guard (kind == .enumeration) != words.isEmpty, Set(words).count == words.count else {
            throw object.refusal("words", "an enumeration has distinct words, other kinds have none")
        }
        if object.has("charactersMax") {
            guard kind == .text else { throw object.refusal("charactersMax", "only for text") }
            characterCountMax = Int(try object.integer("charactersMax", in: 1...1024))
        } else {
            characterCountMax = 128
        }
        isRequired = try object.bool("required", absent: true)
        isDisclosable = try object.bool("disclosable", absent: true)
        try object.finish()
    }

    /// The claim for one cell of an export, which is not empty.
    ///
    /// - Throws: `CertificateValueError`.
    package func value(of cell: String) throws(CertificateValueError) -> JSONValue {
        switch kind {
        case .text:
            guard cell.count <= characterCountMax else { throw .tooLong(limit: characterCountMax) }
            guard !cell.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }) else {
                throw .controlCharacter
            }
            return .string(cell)
        case .date:
            guard let date = CalendarDate(parsing: cell) else { throw .notADate }
            return .string(date.description)
        case .citizenIdentifier:
            do throws(CitizenIdentifierError) {
                return .string(try CitizenIdentifier(parsing: cell).text)
            } catch {
                throw .citizenIdentifier(error)
            }
        case .socialCreditCode:
            do throws(SocialCreditCodeError) {
                return .string(try SocialCreditCode(parsing: cell).text)
            } catch {
                throw .socialCreditCode(error)
            }
        case .division:
            guard cell.utf8.count == 6, cell.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw .notADivision
            }
            return .string(cell)
        case .integer:
            guard let number = Self.digits(cell[...]), number < 1_000_000_000_000 else { throw .notAnInteger }
            return .integer(number)
        case .money:
            guard let cents = Self.cents(cell) else { throw .notAnAmount }
            return .integer(cents)
        case .enumeration:
            guard words.contains(where: { $0.isExactly(cell) }) else { throw .notAWord(words: words) }
            return .string(cell)
        }
    }

    /// One to twelve ASCII digits.
    private static func digits(_ text: Substring) -> Int64? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    /// Yuan with up to two decimals, as cents. No sign, no thousands separators: what they mean differs by export.
    private static func cents(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let yuan = digits(parts[0]) else { return nil }
        guard parts.count == 2 else { return yuan * 100 }
        guard (1...2).contains(parts[1].utf8.count), let decimals = digits(parts[1]) else { return nil }
        return yuan * 100 + (parts[1].utf8.count == 1 ? decimals * 10 : decimals)
    }
}
