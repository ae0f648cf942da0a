package import Primitives

/// One problem of one row of an export. It names the column and the rule, never the value.
package struct CertificateRowProblem: Hashable, Sendable {
    /// A stable code.
    package let code: String
    /// The column's heading, or nil for the row as a whole.
    package let column: String?
    package let reason: LocalizedText

    package init(code: String, column: String?, reason: LocalizedText) {
        self.code = code
        self.column = column
        self.reason = reason
    }

    /// The problem in one sentence of Chinese.
    package var chineseSentence: String { column.map { "“\($0)”：\(reason.chinese)" } ?? reason.chinese }
    /// The problem in one sentence of English.
    package var englishSentence: String { column.map { "“\($0)”: \(reason.english)" } ?? reason.english }
}

/// A row of an export that has all that a certificate of its type needs.
package struct CertificateRow: Hashable, Sendable {
    /// The line on which the row begins, from 1.
    package let line: Int
    /// The claims in the order of the type's fields; empty cells that are not required are left out.
    package let claims: JSONObject
    /// The certificate's own number.
    package let number: String
    /// The holder's citizen id or social credit code.
    package let holderIdentifier: String
    package let holderName: String

    /// The digest of the row's content under its type: equal for a row that says the same, whatever the export's
    /// column order or date form, so that an import can be repeated. It is not salted and must not leave the vault.
    package func contentDigest(type: CertificateTypeDefinition, digestFunction: any DigestFunction) -> Digest {
        var encoder = CanonicalEncoder()
        encoder.append(type.code)
        encoder.append(type.version)
        var sorted = claims.members
        sorted.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        encoder.append(JSONValue.object(JSONObject(distinct: sorted)).compactBytes)
        return digestFunction.digest(Domain.certificateContent.frame(raw: encoder.bytes))
    }
}

/// Why the heading of an export does not fit its type.
package enum CertificateHeaderError: Error, Equatable, Sendable {
    /// Required columns that are missing, by the headings that were looked for.
    case missingColumns([String])
    /// A heading that stands twice, or two headings of one field.
    case repeatedColumn(String)

    /// What to do about it.
    package var reason: LocalizedText {
        switch self {
        case .missingColumns(let headers):
            LocalizedText(
                chinese: "缺少必需的列：\(headers.joined(separator: "、"))",
                english: "required columns are missing: \(headers.joined(separator: ", "))"
            )
        case .repeatedColumn(let header):
            LocalizedText(chinese: "列“\(header)”重复", english: "the column “\(header)” stands twice")
        }
    }
}

/// Turns the rows of one export into claims.
package struct CertificateRowReader: Sendable {
    package let type: CertificateTypeDefinition
    /// The column of each field, in the order of the type's fields.
    private let columns: [Int?]
    private let columnCount: Int

    /// Headings that belong to no field, which are ignored.
    package let ignoredHeaders: [String]

    /// - Throws: `CertificateHeaderError`.
    package init(type: CertificateTypeDefinition, headers: [String]) throws(CertificateHeaderError) {
        let trimmed = headers.map(Self.trimmed)
        var columns: [Int?] = []
        var used: Set<Int> = []
        var missing: [String] = []
        for field in type.fields {
            let names = [field.header] + field.aliases
            let found = trimmed.indices.filter { names.contains(trimmed[$0]) }
            guard found.count <= 1 else { throw .repeatedColumn(trimmed[found[1]]) }
            if found.isEmpty, field.isRequired { missing.append(field.header) }
            columns.append(found.first)
            used.formUnion(found)
        }
        guard missing.isEmpty else { throw .missingColumns(missing) }
        self.type = type
        self.columns = columns
        columnCount = headers.count
        ignoredHeaders = trimmed.indices.filter { !used.contains($0) }.map { trimmed[$0] }
    }

    /// The row's claims, or everything that is wrong with it.
    package func read(_ cells: [String], line: Int) -> Result<CertificateRow, CertificateRowProblems> {
        guard cells.count == columnCount else {
            let reason = LocalizedText(
                chinese: "应有\(columnCount)列，实有\(cells.count)列",
                english: "\(cells.count) columns where \(columnCount) are due"
            )
            let problem = CertificateRowProblem(code: "column-count", column: nil, reason: reason)
            return .failure(CertificateRowProblems(line: line, problems: [problem]))
        }
        var members: [JSONObject.Member] = []
        var problems: [CertificateRowProblem] = []
        for (field, column) in zip(type.fields, columns) {
            let cell = column.map { Self.trimmed(cells[$0]) } ?? ""
            do throws(CertificateValueError) {
                guard !cell.isEmpty else {
                    if field.isRequired { throw .missing }
                    continue
                }
                members.append(JSONObject.Member(field.name, try field.value(of: cell)))
            } catch {
                problems.append(CertificateRowProblem(code: error.code, column: field.header, reason: error.reason))
            }
        }
        let claims = JSONObject(distinct: members)
        if problems.isEmpty, type.validity.period(of: claims, issuedAt: Timestamp(0)) == nil {
            let reason = LocalizedText(chinese: "有效期止早于有效期起", english: "the validity ends before it begins")
            problems.append(CertificateRowProblem(code: "validity", column: nil, reason: reason))
        }
        guard problems.isEmpty, let number = claims[type.numberField]?.string,
            let identifier = claims[type.holderIdentifierField]?.string,
            let name = claims[type.holderNameField]?.string
        else { return .failure(CertificateRowProblems(line: line, problems: problems)) }
        return .success(
            CertificateRow(
                line: line,
                claims: claims,
                number: number,
                holderIdentifier: identifier,
                holderName: name
            )
        )
    }

    /// Without spaces, tabs and ideographic spaces at both ends, which exports pad cells with.
    private static func trimmed(_ cell: String) -> String {
        func isSpace(_ character: Character) -> Bool {
            character == " " || character == "\t" || character == "\u{3000}"
        }
        guard cell.first.map(isSpace) == true || cell.last.map(isSpace) == true else { return cell }
        var rest = cell[...].drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}

/// Everything that is wrong with one row.
package struct CertificateRowProblems: Error, Hashable, Sendable {
    package let line: Int
    /// One at least.
    package let problems: [CertificateRowProblem]

    package init(line: Int, problems: [CertificateRowProblem]) {
        self.line = line
        self.problems = problems
    }
}
