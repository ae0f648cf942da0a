import Credentials
import Primitives
import TestKit
import Testing

struct SyntheticExportTests {
    @Test func theSameSeedGivesTheSameExport() throws {
        let type = try Definitions.type()
        func text(_ seed: UInt64) -> [UInt8] {
            var export = SyntheticExport(type: type, seed: seed, citizenCount: 300, faultsPerThousand: 50)
            var bytes = export.heading
            while let chunk = export.nextChunk(rowsMax: 7) { bytes += chunk }
            return bytes
        }
        #expect(text(1) == text(1))
        #expect(text(1) != text(2))
    }

    @Test func rowsAreWellFormedAndClearlySynthetic() throws {
        let type = try Definitions.type()
        var export = SyntheticExport(type: type, seed: 4, citizenCount: 2_000)
        let reader = try CertificateRowReader(type: type, headers: export.headers)
        var identifiers: Set<String> = []
        var numbers: Set<String> = []
        var oldCount = 0
        let date = try #require(CalendarDate(year: 2026, month: 11, day: 21))
        while let cells = export.next() {
            let row = try reader.read(cells, line: 2).get()
            let identifier = try CitizenIdentifier(parsing: row.holderIdentifier)
            #expect(identifier.isRegistered(in: "440604"))
            #expect(row.holderName.hasPrefix("测试"))
            identifiers.insert(row.holderIdentifier)
            numbers.insert(row.number)
            let age = identifier.age(on: date)
            #expect((18...97).contains(age))
            if age >= 60 { oldCount += 1 }
        }
        #expect(identifiers.count == 2_000)
        #expect(numbers.count == 2_000)
        #expect((700...1_300).contains(oldCount))
    }

    @Test func faultsComeAtTheirRate() throws {
        let type = try Definitions.type()
        for rate: UInt64 in [0, 100, 1_000] {
            var export = SyntheticExport(type: type, seed: 4, citizenCount: 1_000, faultsPerThousand: rate)
            let reader = try CertificateRowReader(type: type, headers: export.headers)
            var faults: UInt64 = 0
            while let cells = export.next() {
                if case .failure = reader.read(cells, line: 2) { faults += 1 }
            }
            #expect(rate == 0 || rate == 1_000 ? faults == rate : (50...150).contains(faults))
        }
    }

    @Test func citizensJoinAcrossTypes() {
        var counts: [String: Int] = [:]
        var identifiers: Set<String> = []
        for index in 0..<UInt64(5_000) {
            let citizen = SyntheticCitizen(seed: 9, index: index)
            identifiers.insert(citizen.identifier.text)
            for type in [
                "household-register", "social-insurance-participation", "housing-fund-account", "property-register",
            ]
            where citizen.holds(type) {
                counts[type, default: 0] += 1
            }
        }
        #expect(identifiers.count == 5_000)
        #expect(counts["household-register"] == 5_000)
        #expect((3_800...4_200).contains(counts["social-insurance-participation"] ?? 0))
        #expect((2_800...3_200).contains(counts["housing-fund-account"] ?? 0))
        #expect((1_800...2_200).contains(counts["property-register"] ?? 0))
        #expect(SyntheticCitizen(seed: 9, index: 17) == SyntheticCitizen(seed: 9, index: 17))
        _ = SyntheticCitizen(seed: 9, index: SyntheticCitizen.countMax - 1)
    }

    @Test func rowsEndAtTheirLimit() throws {
        var export = SyntheticExport(type: try Definitions.type(), seed: 1, citizenCount: 100, rowsMax: 20)
        var count = 0
        while export.next() != nil { count += 1 }
        #expect(count == 20)
    }
}
