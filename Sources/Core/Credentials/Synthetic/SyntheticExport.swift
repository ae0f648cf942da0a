/// A department's export of one certificate type for citizens who do not exist, of any size, row by row.
///
/// The same arguments give the same bytes on every machine.
package struct SyntheticExport: Sendable {
    private let type: CertificateTypeDefinition
    private let seed: UInt64
    private let citizenCount: UInt64
    private let rowsMax: UInt64
    private let faultsPerThousand: UInt64
    private var nextIndex: UInt64 = 0
    private var rowCount: UInt64 = 0

    /// - Parameters:
    ///   - citizenCount: The citizens to go through; those who do not hold the type give no row.
    ///   - rowsMax: Ends the export earlier, after this many rows.
    ///   - faultsPerThousand: How many rows of a thousand have a wrong check character or an impossible date; 0 to 1000.
    /// - Precondition: The type is about natural persons and there are no more than `SyntheticCitizen.countMax` citizens.
    package init(
        type: CertificateTypeDefinition,
        seed: UInt64,
        citizenCount: UInt64,
        rowsMax: UInt64 = .max,
        faultsPerThousand: UInt64 = 0
    ) {
        precondition(type.subjectKind == .natural, "synthetic persons are natural persons")
        precondition(citizenCount <= SyntheticCitizen.countMax, "only so many identity numbers exist")
        self.type = type
        self.seed = seed
        self.citizenCount = citizenCount
        self.rowsMax = rowsMax
        self.faultsPerThousand = min(faultsPerThousand, 1000)
    }

    /// The headings, in the order of the type's fields.
    package var headers: [String] { type.fields.map(\.header) }

    /// The heading row as CSV.
    package var heading: [UInt8] { CSVWriter.row(headers) }

    /// The next row's cells, or nil at the end.
    package mutating func next() -> [String]? {
        while nextIndex < citizenCount, rowCount < rowsMax {
            let citizen = SyntheticCitizen(seed: seed, index: nextIndex)
            nextIndex += 1
            guard citizen.holds(type.code) else { continue }
            rowCount += 1
            return cells(of: citizen)
        }
        return nil
    }

    /// The next rows as CSV, `rowsMax` at most; nil at the end.
    package mutating func nextChunk(rowsMax: Int = 1024) -> [UInt8]? {
        var bytes: [UInt8] = []
        for _ in 0..<rowsMax {
            guard let row = next() else { break }
            CSVWriter.append(row, to: &bytes)
        }
        return bytes.isEmpty ? nil : bytes
    }

    private func cells(of citizen: SyntheticCitizen) -> [String] {
        let numbers = citizen.numbers(for: type.code)
        var cells = type.fields.enumerated().map { place, field in
            cell(field, of: citizen, numbers, UInt64(place) * 4 + 16)
        }
        if numbers.value(1) % 1000 < faultsPerThousand { spoil(&cells, numbers) }
        return cells
    }

    /// Makes the row's identity number or, half the time, a date wrong.
    private func spoil(_ cells: inout [String], _ numbers: SyntheticNumbers) {
        let dates = type.fields.indices.filter { type.fields[$0].kind == .date && !cells[$0].isEmpty }
        if !dates.isEmpty, numbers.value(2) % 2 == 0 {
            cells[dates[0]] = "2024-02-31"
        } else if let place = type.fields.firstIndex(where: { $0.name == type.holderIdentifierField }) {
            let identifier = cells[place]
            cells[place] = identifier.dropLast() + (identifier.last == "0" ? "1" : "0")
        }
    }

    private func cell(
        _ field: CertificateField,
        of citizen: SyntheticCitizen,
        _ numbers: SyntheticNumbers,
        _ place: UInt64
    ) -> String {
        let number = numbers.value(place)
        switch field.name {
        case type.numberField:
            let digits = String(1_000_000_000 + citizen.index).dropFirst()
            return "CC\(String(1_000 + UInt64(type.id) % 1_000).dropFirst())\(digits)"
        case type.holderIdentifierField: return citizen.identifier.text
        case type.holderNameField: return citizen.name
        case "birth_date": return citizen.identifier.birthDate.description
        case "sex", "gender": return citizen.identifier.isMale ? "男" : "女"
        case "address": return citizen.address
        case "phone": return citizen.phone
        default: break
        }
        switch field.kind {
        case .text: return "测试\(field.header)\(number % 100)"
        case .date: return date(citizen, number, isLast: isLastDay(field))
        case .citizenIdentifier: return citizen.identifier.text
        case .socialCreditCode: return Self.employer(number)
        case .division: return SyntheticCitizen.division
        case .integer: return String(number % 360 + 1)
        case .money: return "\(number % 9_000 + 1_000).\(String(100 + number / 7 % 100).dropFirst())"
        case .enumeration: return field.words[Int(weighted(number) % UInt64(field.words.count))]
        }
    }

    /// The first word of an enumeration, by custom the ordinary one, nine times in ten.
    private func weighted(_ number: UInt64) -> UInt64 { number % 10 < 9 ? 0 : number / 10 }

    private func isLastDay(_ field: CertificateField) -> Bool {
        if case .field(field.name) = type.validity.end { true } else { false }
    }

    /// A day in the citizen's grown-up life up to the end of 2025, or for the last day of validity one from 2031 on.
    private func date(_ citizen: SyntheticCitizen, _ number: UInt64, isLast: Bool) -> String {
        let span: (from: Int, count: Int)
        if isLast {
            span = (22_280, 3_650)
        } else {
            let from = citizen.identifier.birthDate.daysSince1970 + 18 * 366
            span = (max(from, 7_300), max(1, 20_454 - max(from, 7_300)))
        }
        let day = span.from + Int(number % UInt64(span.count))
        return CalendarDate(daysSince1970: day)?.description ?? "2025-12-31"
    }

    /// A well-formed code of a company that does not exist.
    private static func employer(_ number: UInt64) -> String {
        let digits = String(String(100_000 + number % 100_000).dropFirst())
        let code = SocialCreditCode(category: "91", division: "440604", organization: "MA0" + digits)
        return code?.text ?? ""
    }
}
