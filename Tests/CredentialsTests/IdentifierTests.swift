import Credentials
import Primitives
import TestKit
import Testing

struct CalendarDateTests {
    @Test(arguments: ["2024-02-29", "20240229", "2024/2/29", "2024/02/29", "2024年2月29日"])
    func everyAcceptedFormGivesTheSameDay(_ text: String) {
        #expect(CalendarDate(parsing: text) == CalendarDate(year: 2024, month: 2, day: 29))
    }

    @Test(arguments: [
        "", "2023-02-29", "1900-02-29", "2024-2-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31",
        "0000-01-01", "2024/1/", "24/1/1", "2024/1/1/1", "2024-01-01 ", " 2024-01-01", "2024.01.01", "202401010",
        "２０２４0101", "2024年2月29", "2024月2年29日", "2024年2日", "20240x01", "+024-01-01",
    ])
    func otherTextIsNoDay(_ text: String) {
        #expect(CalendarDate(parsing: text) == nil)
    }

    @Test func daysAreCountedThroughAllCenturies() {
        #expect(CalendarDate(year: 1970, month: 1, day: 1)?.daysSince1970 == 0)
        #expect(CalendarDate(year: 2000, month: 3, day: 1)?.daysSince1970 == 11_017)
        #expect(CalendarDate(year: 1, month: 1, day: 1)?.daysSince1970 == -719_162)
        #expect(CalendarDate(daysSince1970: -719_163) == nil)
        #expect(CalendarDate(daysSince1970: CalendarDate.last.daysSince1970) == .last)
        #expect(CalendarDate(daysSince1970: CalendarDate.last.daysSince1970 + 1) == nil)
        var day = CalendarDate(year: 1899, month: 12, day: 25)
        for _ in 0..<80_000 {
            guard let today = day, let next = today.adding(days: 1) else { break }
            let isRight =
                today < next && next.daysSince1970 == today.daysSince1970 + 1
                && CalendarDate(parsing: next.description) == next && CalendarDate(parsing: next.compactText) == next
            if !isRight { Issue.record("the day after \(today) is not \(next)") }
            day = next
        }
        #expect(day == CalendarDate(year: 2119, month: 1, day: 6))
    }

    @Test func theDayChangesAtMidnightInChina() {
        // 2026-11-20T16:00:00Z is midnight in China.
        let midnight: UInt64 = 1_795_190_400
        #expect(CalendarDate(Timestamp(seconds: midnight - 1)).description == "2026-11-20")
        #expect(CalendarDate(Timestamp(seconds: midnight)).description == "2026-11-21")
        #expect(CalendarDate(Timestamp(seconds: midnight)).startSecondsInChina == midnight)
        #expect(CalendarDate(Timestamp(.max)) == .last)
        #expect(CalendarDate(Timestamp(0)).description == "1970-01-01")
    }

    @Test(arguments: [
        ("1966-11-21", "2026-11-20", 59), ("1966-11-21", "2026-11-21", 60), ("1964-02-29", "2025-02-28", 60),
        ("1964-02-29", "2025-03-01", 61), ("1964-02-29", "2024-02-29", 60), ("2026-11-21", "2026-11-21", 0),
    ])
    func ageIsCountedInWholeYears(_ birth: String, _ date: String, _ years: Int) throws {
        let birthDate = try #require(CalendarDate(parsing: birth))
        #expect(birthDate.wholeYears(until: try #require(CalendarDate(parsing: date))) == years)
    }
}

struct CitizenIdentifierTests {
    @Test func theExampleOfTheStandardIsRead() throws {
        let identifier = try CitizenIdentifier(parsing: "11010519491231002X")
        #expect(identifier.birthDate.description == "1949-12-31")
        #expect(identifier.division == "110105")
        #expect(!identifier.isMale)
        #expect(identifier.masked == "110105***********X")
        #expect(identifier.isRegistered(in: "1101"))
        #expect(!identifier.isRegistered(in: "4406"))
        #expect(identifier.age(on: try #require(CalendarDate(year: 2009, month: 12, day: 30))) == 59)
        #expect(identifier.age(on: try #require(CalendarDate(year: 2009, month: 12, day: 31))) == 60)
    }

    @Test(
        arguments: [
            ("", .length), ("11010519491231002", .length), ("11010519491231002XX", .length),
            ("11010519491231002x", .character), ("1101051949123100２", .length), ("X1010519491231002X", .character),
            ("11010519491231 02X", .character), ("10010519491231002X", .province), ("99010519491231002X", .province),
            ("11010519491301002X", .birthDate), ("11010519490229002X", .birthDate), ("11010518491231002X", .birthDate),
            ("11010519491231000X", .sequence), ("110105194912310021", .checkCharacter),
        ] as [(String, CitizenIdentifierError)]
    )
    func faultsAreNamed(_ text: String, _ expected: CitizenIdentifierError) {
        #expect(throws: expected) { try CitizenIdentifier(parsing: text) }
    }

    /// MOD 11-2 finds every wrong character and every exchange of two neighbours.
    @Test func everySingleSlipIsFound() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            let birthDate = try #require(CalendarDate(daysSince1970: Int.random(in: -20_000...20_000, using: &random)))
            let sequence = Int.random(in: 1...999, using: &random)
            let identifier = try #require(
                CitizenIdentifier(division: "440604", birthDate: birthDate, sequence: sequence)
            )
            #expect(try CitizenIdentifier(parsing: identifier.text) == identifier)
            #expect(identifier.isMale == (sequence % 2 == 1))
            let characters = Array(identifier.text.utf8)
            for index in 0..<18 {
                for digit in Array("0123456789X".utf8) where digit != characters[index] {
                    var changed = characters
                    changed[index] = digit
                    let slip = try? CitizenIdentifier(parsing: String(decoding: changed, as: UTF8.self))
                    if slip != nil { Issue.record("a slip at \(index) is not found") }
                }
                guard index < 17, characters[index] != characters[index + 1] else { continue }
                var swapped = characters
                swapped.swapAt(index, index + 1)
                #expect(throws: CitizenIdentifierError.self) {
                    try CitizenIdentifier(parsing: String(decoding: swapped, as: UTF8.self))
                }
            }
        }
    }

    @Test func partsOutOfRangeGiveNoNumber() throws {
        let date = try #require(CalendarDate(year: 1990, month: 1, day: 1))
        #expect(CitizenIdentifier(division: "440604", birthDate: date, sequence: 0) == nil)
        #expect(CitizenIdentifier(division: "440604", birthDate: date, sequence: 1000) == nil)
        #expect(CitizenIdentifier(division: "44060", birthDate: date, sequence: 1) == nil)
        #expect(CitizenIdentifier(division: "440604", birthDate: date, sequence: 999) != nil)
    }
}

struct SocialCreditCodeTests {
    @Test func theExampleOfTheStandardIsRead() throws {
        #expect(try SocialCreditCode(parsing: "91350100M000100Y43").division == "350100")
    }

    @Test(
        arguments: [
            ("91350100M000100Y4", .length), ("91350100M000100Y431", .length), ("91350100m000100Y43", .character),
            ("91350100I000100Y43", .character), ("9135010AM000100Y43", .division),
            ("91350100M000100Y53", .organizationCheck), ("91350100M000100Y44", .checkCharacter),
        ] as [(String, SocialCreditCodeError)]
    )
    func faultsAreNamed(_ text: String, _ expected: SocialCreditCodeError) {
        #expect(throws: expected) { try SocialCreditCode(parsing: text) }
    }

    @Test func composedCodesAreReadAndSlipsAreFound() throws {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        var random = SeededRandom(seed: 8)
        for _ in 0..<200 {
            let organization = String((0..<8).map { _ in alphabet.randomElement(using: &random) ?? "0" })
            let code = try #require(
                SocialCreditCode(category: "91", division: "440604", organization: organization)
            )
            #expect(try SocialCreditCode(parsing: code.text) == code)
            let characters = Array(code.text)
            for index in 0..<18 {
                var changed = characters
                changed[index] = alphabet[((alphabet.firstIndex(of: changed[index]) ?? 0) + 1) % 31]
                #expect(throws: SocialCreditCodeError.self) { try SocialCreditCode(parsing: String(changed)) }
            }
        }
    }
}

struct CertificateIdentifierTests {
    private static let published =
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"

    @Test func aPublishedIdentifierIsRead() throws {
        let identifier = try CertificateIdentifier(parsing: Self.published)
        #expect(identifier.serial == "20230000403")
        #expect(identifier.description == Self.published)
    }

    @Test(
        arguments: [
            ("1.2.156.3005.1.a", .root), ("1.2.156.3005.2.a", .partCount),
            ("1.2.156.3005.2.11100000000013338W01.11430000006122244L.1.001.U", .type),
            ("1.2.156.3005.2.11100000000013338W01A.11430000006122244L.1.001.U", .type),
            ("1.2.156.3005.2.11100000000013338W011.1143000000612224L.1.001.U", .issuer),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L..001.U", .serial),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.a.001.U", .serial),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.1.01.U", .version),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.V", .checkCharacter),
            ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000404.001.U", .checkCharacter),
        ] as [(String, CertificateIdentifierError)]
    )
    func faultsAreNamed(_ text: String, _ expected: CertificateIdentifierError) {
        #expect(throws: expected) { try CertificateIdentifier(parsing: text) }
    }

    @Test func mutatedIdentifiersNeverCrash() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<1_000 {
            let text = String(decoding: mutated(bytes(Self.published), by: &random), as: UTF8.self)
            if let identifier = try? CertificateIdentifier(parsing: text) { #expect(identifier.description == text) }
            _ = try? CitizenIdentifier(parsing: text)
            _ = try? SocialCreditCode(parsing: text)
            _ = CalendarDate(parsing: text)
        }
    }
}
