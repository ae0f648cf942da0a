/// One row of a batch: cells by their column's header, as the register's export spells them.
///
/// The node checks the row again with the code that the sender checked it with.
package struct CertificateBatchRow: ExchangeShape {
    /// Columns of one row.
    package static let columnsMax = 128
    /// UTF-8 bytes of one cell.
    package static let cellBytesMax = 4_096

    /// The line of the file it stands on, from 1, so that refusals can name it.
    package var line: Int
    /// The cells: column header and text, which may be empty, in the file's order.
    package var values: [Cell]

    /// One cell.
    package struct Cell: Hashable, Sendable {
        package var header: String
        package var text: String

        package init(header: String, text: String) {
            self.header = header
            self.text = text
        }
    }

    package init(line: Int, values: [Cell]) {
        self.line = line
        self.values = values
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        line = Int(try object.integer("line", in: 1...10_000_000))
        let cells = try object.value("values")
        guard let members = cells.object?.members else {
            throw .wrongKind(path: object.path(of: "values"), expected: "object", found: cells.kindName)
        }
        guard (1...Self.columnsMax).contains(members.count) else {
            throw object.refusal("values", "\(members.count) columns, not 1...\(Self.columnsMax)")
        }
        values = []
        for member in members {
            guard let text = member.value.string, text.utf8.count <= Self.cellBytesMax else {
                throw object.refusal("values", "a cell is a text of \(Self.cellBytesMax) bytes at most")
            }
            values.append(Cell(header: member.name, text: text))
        }
    }

    package var json: JSONValue {
        var cells = JSONObject()
        for cell in values { cells[cell.header] = .string(cell.text) }
        return ["line": .integer(Int64(line)), "values": .object(cells)]
    }
}
