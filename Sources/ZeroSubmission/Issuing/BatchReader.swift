import Credentials
import LedgerModel
import Ports
import Primitives

/// A row that can become a certificate, with the digest of what it says.
struct CheckedRow: Sendable {
    let row: CertificateRow
    let content: Digest
}

/// Checks the rows of a batch again with the pure code that their sender checked them with.
struct BatchReader: Sendable {
    let type: CatalogueType
    let digestFunction: any DigestFunction
    let tasks: Int

    /// The rows that are right, in their order, and everything that is wrong with the others.
    ///
    /// Of two rows with one number the first counts; the second is rejected as `number-repeated`, or left out when it says
    /// the same.
    func read(_ rows: [CertificateBatchRow]) async -> (rows: [CheckedRow], repeats: Int, rejected: [RejectedRow]) {
        let share = max(64, (rows.count + tasks - 1) / tasks)
        let starts = Array(stride(from: 0, to: rows.count, by: share))
        let read = await withTaskGroup(of: (Int, [Result<CheckedRow, CertificateRowProblems>]).self) { group in
            for (index, start) in starts.enumerated() {
                group.addTask { (index, readShare(rows[start..<min(start + share, rows.count)])) }
            }
            var shares = [[Result<CheckedRow, CertificateRowProblems>]](repeating: [], count: starts.count)
            for await (index, share) in group { shares[index] = share }
            return shares
        }
        return sort(read.joined())
    }

    private func readShare(
        _ rows: ArraySlice<CertificateBatchRow>
    ) -> [Result<CheckedRow, CertificateRowProblems>] {
        var headers: [String] = []
        var reader: Result<CertificateRowReader, CertificateHeaderError>?
        var results: [Result<CheckedRow, CertificateRowProblems>] = []
        results.reserveCapacity(rows.count)
        for row in rows {
            // The rows of one file have one heading.
            if reader == nil || !row.values.elementsEqual(headers, by: { $0.header == $1 }) {
                headers = row.values.map(\.header)
                reader = makeReader(headers)
            }
            switch reader {
            case .success(let reader)?:
                results.append(
                    reader.read(row.values.map(\.text), line: row.line).map { read in
                        CheckedRow(
                            row: read,
                            content: read.contentDigest(type: type.definition, digestFunction: digestFunction)
                        )
                    }
                )
            case .failure(let error)?:
                let problem = CertificateRowProblem(code: "columns", column: nil, reason: error.reason)
                results.append(.failure(CertificateRowProblems(line: row.line, problems: [problem])))
            case nil: preconditionFailure("a reader was made for the first row")
            }
        }
        return results
    }

    private func makeReader(_ headers: [String]) -> Result<CertificateRowReader, CertificateHeaderError> {
        do throws(CertificateHeaderError) {
            return .success(try CertificateRowReader(type: type.definition, headers: headers))
        } catch {
            return .failure(error)
        }
    }

    private func sort(
        _ results: some Sequence<Result<CheckedRow, CertificateRowProblems>>
    ) -> (rows: [CheckedRow], repeats: Int, rejected: [RejectedRow]) {
        var rows: [CheckedRow] = []
        var contents: [String: Digest] = [:]
        var repeats = 0
        var rejected: [RejectedRow] = []
        for result in results {
            switch result {
            case .failure(let problems): rejected.append(RejectedRow(problems))
            case .success(let checked):
                guard let first = contents.updateValue(checked.content, forKey: checked.row.number) else {
                    rows.append(checked)
                    continue
                }
                contents[checked.row.number] = first
                if first == checked.content {
                    repeats += 1
                } else {
                    let reason = LocalizedText(
                        chinese: "同一批次中编号重复而内容不同",
                        english: "the number stands twice in the batch with different content"
                    )
                    let field = type.definition.field(type.definition.numberField)
                    let problem = CertificateRowProblem(code: "number-repeated", column: field?.header, reason: reason)
                    rejected.append(RejectedRow(CertificateRowProblems(line: checked.row.line, problems: [problem])))
                }
            }
        }
        return (rows, repeats, rejected)
    }
}

extension RejectedRow {
    init(_ problems: CertificateRowProblems) {
        self.init(
            line: problems.line,
            problems: problems.problems.map {
                CaseProblem(code: $0.code, chinese: $0.chineseSentence, english: $0.englishSentence)
            }
        )
    }
}

extension CertificateBatchRequest {
    /// The digest by which a repeated request is told from another under the same name. It stays in the vault.
    func contentDigest(_ digestFunction: any DigestFunction) -> Digest {
        var encoder = CanonicalEncoder(capacity: rows.count * 256)
        encoder.append(type)
        for row in rows {
            encoder.append(UInt64(row.line))
            encoder.appendLength(row.values.count)
            for cell in row.values {
                encoder.append(cell.header)
                encoder.append(cell.text)
            }
        }
        return digestFunction.digest(encoder.bytes)
    }
}
