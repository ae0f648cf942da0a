/// A citizen who does not exist, for templates, demonstrations and measurements.
///
/// The name says so (测试…); identity number, division and dates are well formed. Citizen number i of a seed is the same
/// in every export, so that evidence of several departments joins.
package struct SyntheticCitizen: Hashable, Sendable {
    /// Chancheng district of Foshan.
    package static let division = "440604"
    /// Born from 1930-01-01 on, over 28,489 days, so that all are grown up at the end of 2025 and half are 60 or over.
    private static let firstBirthDay = -14_610
    private static let birthDays: UInt64 = 28_489
    private static let sequences: UInt64 = 999
    /// How many citizens have numbers of their own.
    package static let countMax = birthDays * sequences

    /// The citizen's number within the seed, from 0.
    package let index: UInt64
    package let identifier: CitizenIdentifier
    package let name: String
    package let phone: String
    package let address: String
    let seed: UInt64

    /// - Precondition: `index` is below `countMax`.
    package init(seed: UInt64, index: UInt64) {
        precondition(index < Self.countMax, "only so many identity numbers exist")
        // A step without a common factor visits every slot once before it comes back to the first.
        var step = SyntheticNumbers(seed: seed).value(0) % Self.countMax | 1
        while Self.greatestCommonDivisor(step, Self.countMax) != 1 { step += 2 }
        let offset = SyntheticNumbers(seed: seed).value(1) % Self.countMax
        // Both factors are below 2^25.
        let slot = (step * index + offset) % Self.countMax
        let day = Int(slot / Self.sequences)
        guard let birthDate = CalendarDate(daysSince1970: Self.firstBirthDay + day),
            let identifier = CitizenIdentifier(
                division: Self.division,
                birthDate: birthDate,
                sequence: Int(slot % Self.sequences) + 1
            )
        else { preconditionFailure("every slot is a day of the calendar and a sequence from 1 to 999") }
        let numbers = SyntheticNumbers(seed: seed &+ 0x9e37 &* (index &+ 1))
        self.index = index
        self.identifier = identifier
        self.seed = seed
        name = "测试" + numbers.pick(Self.stems, 2) + (index % 3 == 0 ? "" : numbers.pick(Self.branches, 3))
        phone = "1990000" + String(String(10_000 + numbers.value(4) % 10_000).dropFirst())
        address = "佛山市禅城区测试路\(numbers.value(5) % 999 + 1)号\(numbers.value(6) % 30 + 1)01"
    }

    /// Whether the citizen has a certificate of the type: of each hundred, all have a household register, 80 take part in
    /// social insurance, 60 have a housing-fund account, 40 own property, and 50 have any other type.
    package func holds(_ type: String) -> Bool {
        let share: UInt64
        switch type {
        case "household-register": share = 100
        case "social-insurance-participation": share = 80
        case "housing-fund-account": share = 60
        case "property-register": share = 40
        default: share = 50
        }
        return numbers(for: type).value(0) % 100 < share
    }

    /// Numbers that belong to this citizen and a certificate type.
    func numbers(for type: String) -> SyntheticNumbers {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in type.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return SyntheticNumbers(seed: seed ^ hash &+ 0x51ed_270b &* (index &+ 1))
    }

    private static let stems = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"]
    private static let branches = ["子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"]

    private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }
}

/// Numbers that a seed decides (SplitMix64), addressed by their place. Not for keys.
struct SyntheticNumbers: Sendable {
    let seed: UInt64

    func value(_ place: UInt64) -> UInt64 {
        var mixed = seed &+ 0x9e37_79b9_7f4a_7c15 &* (place &+ 1)
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    func pick(_ choices: [String], _ place: UInt64) -> String { choices[Int(value(place) % UInt64(choices.count))] }
}
