import ArgumentParser
import Credentials
import Foundation
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// Shows a certificate's proven record.
struct CertificateShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "查询证照状态（附证明）。Show a certificate's proven status."
    )

    @Argument(help: "证照承诺（64 位十六进制）。The certificate's commitment.")
    var certificate: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var genesis: GenesisOption
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let commitment = try Digest.typedCommitment(certificate)
            let network = try genesis.pinned()
            let pin = try CertificatePin.named(node.certificate)
            let proven = try await network.withClient(try NodeAddress(node.node), pin: pin) {
                try await $0.certificate(commitment)
            }
            guard let proven else {
                throw CommandError(
                    code: "certificate-unknown",
                    chinese: "节点称账本上没有这张证照",
                    english: "the node says that the ledger has no such certificate"
                )
            }
            show(proven, network)
        }
    }

    private func show(_ proven: ProvenRecord<CertificateRecord>, _ network: PinnedNetwork) {
        let record = proven.record
        let issuer = network.catalogue.department(record.issuer)
        let type = network.catalogue.certificateType(record.type)
        let until = record.validUntilSeconds == .max ? nil : Timestamp(seconds: record.validUntilSeconds)
        output.show(
            .of([
                ("certificate", .string(record.commitment.description)),
                ("status", .string("\(record.status)")),
                ("type", .string(type?.code.text ?? "\(record.type)")),
                ("issuer", .string(issuer?.code.text ?? "\(record.issuer)")),
                ("validFromSeconds", .number(record.validFromSeconds)),
                ("validUntilSeconds", until.map { .number($0.seconds) } ?? .null),
                ("position", .number(proven.position.rawValue)),
                ("height", .number(proven.asOf.header.height.rawValue)),
                ("timestamp", .number(proven.asOf.header.timestamp.milliseconds)),
            ]),
            words: [
                "\(type?.code.text ?? "类型 type \(record.type)")，\(issuer.map { "\($0.name) \($0.englishName)" } ?? "")",
                "  状态 status \(record.status)（第 \(record.changedAt) 块 block \(record.changedAt)）",
                "  有效期 valid \(TimeText.words(Timestamp(seconds: record.validFromSeconds))) — "
                    + (until.map(TimeText.words) ?? "长期 no end"),
                "  已验证 verified as of block \(proven.asOf.header.height)，\(TimeText.words(proven.asOf.header.timestamp))",
            ]
        )
    }
}

/// Looks for certificates in the department's own vault.
struct CertificateSearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "在本部门证照库中查找。Look for certificates in the own vault."
    )

    @Option(name: .long, help: "证照类型代码。The certificate type's code.")
    var type: String?

    @Option(name: .long, help: "证照编号。The certificate's number.")
    var number: String?

    @Option(name: .long, help: "持证人证件号码；- 表示从标准输入读取。The holder's identifier; - reads it from standard input.")
    var holder: String?

    @OptionGroup var clerk: ClerkOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            let holder = try holder.map { try TypedIdentifier($0).text }
            try await clerk.connect { session in
                let response = try await session.client.search(
                    VaultSearchRequest(type: type, number: number, holder: holder),
                    signer: session.signer
                )
                var words = response.certificates.map {
                    "\($0.certificate)  \($0.type)  \($0.number)  \($0.status.rawValue)"
                        + ($0.batch.map { "  批次 batch \(Hexadecimal.encode($0))" } ?? "")
                }
                if words.isEmpty { words = ["没有找到。Nothing was found."] }
                if response.more { words.append("还有更多，请缩小范围。There are more; narrow the search.") }
                output.show(response.json, words: words)
            }
        }
    }
}

/// Makes an offline bundle that anyone can verify.
struct CertificateBundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "制作可离线验证的凭证包。Make a bundle that verifies offline."
    )

    @OptionGroup var selection: CertificateSelection

    @Option(name: .long, parsing: .upToNextOption, help: "要披露的字段；缺省为都不披露。Fields to disclose; none by default.")
    var fields: [String] = []

    @Option(name: .long, help: "写入此文件。Write it to this file.")
    var out: String

    @OptionGroup var clerk: ClerkOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await output.serve {
            guard !FileManager.default.fileExists(atPath: out) else { throw CommandError.exists(out) }
            try await clerk.connect { session in
                let certificate = try await selection.resolve(session)
                let names = try await fieldNames(of: certificate, session)
                let bytes = try await session.client.bundle(of: certificate, fields: names, signer: session.signer)
                do throws(BundleError) {
                    _ = try BundleVerifier(ledger: session.network.ledger).verify(bytes: bytes, now: session.client.now)
                } catch {
                    throw CommandError(
                        code: "bundle-\(error.code)",
                        chinese: "节点给出的凭证包未通过验证：\(VerificationWords.reason(error).chinese)",
                        english: "the node's bundle does not verify: \(VerificationWords.reason(error).english)"
                    )
                }
                try AtomicFile.write(bytes, to: out)
                output.show(
                    .of([
                        ("certificate", .string(certificate.description)), ("file", .string(out)),
                        ("bytes", .integer(Int64(bytes.count))),
                    ]),
                    words: [
                        "凭证包已写入 \(out)（\(bytes.count) 字节），已在本机验证",
                        "bundle of \(bytes.count) bytes written and verified; check it with: zhixin verify \(out)",
                    ]
                )
            }
        }
    }

    /// The fields' names; they may be given by their headings or labels too.
    private func fieldNames(of certificate: Digest, _ session: ClerkSession) async throws -> [String] {
        guard !fields.isEmpty else { return [] }
        guard let proven = try await session.client.certificate(certificate),
            let type = session.network.catalogue.certificateType(proven.record.type)
        else {
            throw CommandError(
                code: "certificate-unknown",
                chinese: "账本上没有这张证照",
                english: "the ledger has no such certificate"
            )
        }
        let definition = try type.decodedDefinition()
        return try fields.map { typed in
            let found = definition.fields.first {
                $0.name == typed || $0.header == typed || $0.label.chinese == typed || $0.label.english == typed
            }
            guard let found else {
                let known = definition.fields.map { "\($0.name)（\($0.header)）" }.joined(separator: ", ")
                throw CommandError(
                    code: "field-unknown",
                    chinese: "证照没有字段 \(typed)。字段有：\(known)",
                    english: "the certificate has no field \(typed); it has \(known)"
                )
            }
            return found.name
        }
    }
}
