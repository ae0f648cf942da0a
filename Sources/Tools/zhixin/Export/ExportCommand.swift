import ArgumentParser
import Credentials
import Foundation
import Primitives

/// Exports of departments, to try things with.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "合成的部门导出文件。Synthetic exports of departments.",
        subcommands: [ExportGenerate.self]
    )
}

extension TextEncoding: ExpressibleByArgument {
    public init?(argument: String) {
        switch argument.lowercased() {
        case "utf8", "utf-8": self = .utf8
        case "gb18030", "gbk", "gb2312": self = .gb18030
        default: return nil
        }
    }
}

/// Writes an export of citizens who do not exist; the same seed gives the same file.
struct ExportGenerate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "生成虚构市民的导出文件。Write an export of citizens who do not exist."
    )

    @Option(name: .long, help: "证照类型代码。The certificate type's code.")
    var type: String

    @Option(name: .long, help: "行数。How many rows.")
    var count: UInt64 = 1_000

    @Option(name: .long, help: "随机种子；同一种子的各类导出是同一批市民。The seed; exports of one seed are about the same citizens.")
    var seed: UInt64 = 1

    @Option(name: .long, help: "写入此文件。Write it to this file.")
    var out: String

    @Option(name: .long, help: "编码 Encoding: utf8, gb18030。")
    var encoding = TextEncoding.utf8

    @Option(name: .long, help: "每千行中有错的行数。Faulty rows in a thousand.")
    var faults: UInt64 = 0

    @Option(name: .long, help: "模板文件夹；缺省用创世文件。A template's folder, instead of a genesis file.")
    var template: String?

    @OptionGroup var genesis: GenesisOption
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let definition = try definition()
            guard definition.subjectKind == .natural else {
                throw CommandError(
                    code: "type-not-natural",
                    chinese: "\(type) 不是自然人证照，无法合成",
                    english: "\(type) is not about natural persons"
                )
            }
            let rows = try write(definition)
            output.show(
                .of([("file", .string(out)), ("rows", .number(rows)), ("encoding", .string(encoding.rawValue))]),
                words: [
                    "已生成 \(rows) 行：\(out)（\(encoding.rawValue)）", "wrote \(rows) rows of citizens who do not exist",
                ]
            )
        }
    }

    private func definition() throws -> CertificateTypeDefinition {
        guard let template else { return try genesis.pinned().certificateType(type).definition }
        guard let found = try Template(folder: template).certificateTypes.first(where: { $0.code == type }) else {
            throw CommandError(
                code: "certificate-type-unknown",
                chinese: "模板没有证照类型 \(type)",
                english: "the template has no certificate type \(type)"
            )
        }
        return found
    }

    private func write(_ definition: CertificateTypeDefinition) throws -> UInt64 {
        guard !FileManager.default.fileExists(atPath: out) else { throw CommandError.exists(out) }
        guard FileManager.default.createFile(atPath: out, contents: nil),
            let handle = FileHandle(forWritingAtPath: out)
        else { throw CommandError.file(out, "无法写入 cannot be written") }
        defer { try? handle.close() }
        let converter = encoding == .gb18030 ? try CharacterConverter(from: "UTF-8", to: "GB18030") : nil
        var export = SyntheticExport(
            type: definition,
            seed: seed,
            citizenCount: SyntheticCitizen.countMax,
            rowsMax: count,
            faultsPerThousand: faults
        )
        try handle.write(contentsOf: Data(converter?.convert(export.heading) ?? export.heading))
        var rows: UInt64 = 0
        var bytes: [UInt8] = []
        while let cells = export.next() {
            rows += 1
            CSVWriter.append(cells, to: &bytes)
            guard bytes.count >= 1 << 18 else { continue }
            try handle.write(contentsOf: Data(converter?.convert(bytes) ?? bytes))
            bytes.removeAll(keepingCapacity: true)
        }
        try handle.write(contentsOf: Data(converter?.convert(bytes, isLast: true) ?? bytes))
        return rows
    }
}
