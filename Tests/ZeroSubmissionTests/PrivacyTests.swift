import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

/// Plants people and looks for them everywhere they must not be: on the ledger, in logs, in what passes between departments, in
/// another department's vault.
@Suite struct PrivacyTests {
    private let citizen = SyntheticCitizen.number(0)

    @Test func nobodyIsFoundWhereNobodyMayBe() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        for (matter, service) in [
            ("social-insurance-certificate", "one-window-counter"), ("housing-fund-query", "housing-fund-hall"),
            ("no-property-certificate", "citizen-kiosk"), ("old-age-allowance", "elder-service"),
        ] {
            var bend = TestWallet.Bend()
            bend.headIndex = Int(try city.department(ofMatter: matter).rawValue)
            let decided = try await city.apply(matter, at: service, wallet: wallet, bend: bend)
            #expect(decided.service.state == .decided)
        }
        let markers = Markers(citizen)
        #expect(markers.found(in: city.ledgerBytes) == [], "on the ledger")
        #expect(markers.found(in: city.gate.submitted) == [], "in transactions")
        #expect(markers.found(in: city.log.all.map { Array($0.utf8) }) == [], "in logs")
        #expect(markers.found(in: city.peers.sent.map(\.jsonBytes)) == [], "between departments")
        #expect(markers.found(in: [wallet.salt]) == [])
    }

    @Test func aVaultHoldsOnlyItsOwnAndWhatItWasGiven() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        _ = try await city.apply("old-age-allowance", at: "elder-service", wallet: wallet)
        // The deciding department got two answers and no field; others were not asked at all.
        let birthAndAddress = Markers([citizen.identifier.birthDate.description, citizen.address])
        for department in ["social-insurance", "housing-fund", "natural-resources"] {
            let bytes = try city.vaultBytes(department)
            #expect(birthAndAddress.found(in: bytes) == [], "in the vault of \(department)")
        }
        #expect(try Markers(citizen).found(in: city.vaultBytes("natural-resources")) == [])
        #expect(try !Markers(citizen).found(in: city.vaultBytes("public-security")).isEmpty, "markers can be found")
    }

    @Test func theLedgerDoesNotSayWhichHeadsAreOnePersons() async throws {
        let city = try await City.populated([citizen])
        let wallet = TestWallet(city, citizen: citizen)
        var second = TestWallet.Bend()
        second.headIndex = 1
        _ = try await city.apply("old-age-allowance", at: "elder-service", wallet: wallet)
        _ = try await city.apply("housing-fund-query", at: "housing-fund-hall", wallet: wallet, bend: second)
        let records = try city.gate.store.view().records(from: Position(0), countMax: .max)
        let subject = wallet.subject.digest.bytes
        for record in records {
            if case .subject = record { continue }
            #expect(!record.canonicalBytes.contains(subject))
        }
    }
}

/// What is looked for, in every spelling that it could have.
struct Markers {
    private let spellings: [[UInt8]]

    init(_ citizen: SyntheticCitizen) { self.init([citizen.identifier.text, citizen.name, citizen.address]) }

    init(_ texts: [String]) {
        spellings = texts.flatMap { text -> [[UInt8]] in
            let bytes = Array(text.utf8)
            // base64url of the text at each of the three places it can begin at, without what its neighbours touch.
            let encoded = (0..<3).map { shift -> [UInt8] in
                let padded = [UInt8](repeating: 0, count: shift) + bytes + [UInt8](repeating: 0, count: 3)
                let whole = Array(Base64URL.encode(padded).utf8)
                return Array(whole[((shift * 4 + 2) / 3)..<((shift + bytes.count) * 4 / 3)])
            }
            return [bytes, Array(Hexadecimal.encode(bytes).utf8)] + encoded
        }
    }

    /// The spellings that stand anywhere in `haystacks`.
    func found(in haystacks: [[UInt8]]) -> [String] {
        haystacks.flatMap { haystack in
            spellings.filter { haystack.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

extension [UInt8] {
    /// Whether `needle` stands in these bytes.
    fileprivate func contains(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first, count >= needle.count else { return false }
        return withUnsafeBufferPointer { bytes in
            (0...(bytes.count - needle.count)).contains { start in
                bytes[start] == first && bytes[start..<(start + needle.count)].elementsEqual(needle)
            }
        }
    }
}

extension City {
    /// Everything in a department's vault, bodies and tables, keys and values.
    func vaultBytes(_ department: String) throws -> [[UInt8]] {
        guard let vault = vaults[id(department)] else { return [] }
        var all: [[UInt8]] = []
        for entry in vault.entries { all += [entry.body, Array(entry.holderIdentifier.utf8)] }
        for table in VaultTable.allCases {
            for pair in vault.values(table, prefix: [], from: nil, countMax: .max) { all += [pair.key, pair.value] }
        }
        return all
    }
}
