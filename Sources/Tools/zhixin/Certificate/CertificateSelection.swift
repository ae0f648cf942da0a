import ArgumentParser
import Credentials
import LedgerModel
import Primitives
import ZhixinClient

/// One certificate: by its commitment, or by type and number through the department's own vault.
struct CertificateSelection: ParsableArguments {
    @Argument(help: "证照承诺（64 位十六进制）。The certificate's commitment.")
    var certificate: String?

    @Option(name: .long, help: "证照编号，与 --type 同用。The certificate's number, together with --type.")
    var number: String?

    @Option(name: .long, help: "证照类型代码。The certificate type's code.")
    var type: String?

    /// - Throws: `CommandError` when none or several are meant.
    func resolve(_ session: ClerkSession) async throws -> Digest {
        if let certificate { return try Digest.typedCommitment(certificate) }
        guard let number, let type else {
            throw CommandError(
                code: "certificate-missing",
                chinese: "请给出证照承诺，或 --type 与 --number",
                english: "give the commitment, or --type and --number"
            )
        }
        let found = try await session.client.search(
            VaultSearchRequest(type: type, number: number),
            signer: session.signer
        ).certificates
        // Superseded and revoked ones keep their number; the one in force is meant.
        let present = found.filter { $0.status == .active || $0.status == .suspended || $0.status == .notYetValid }
        guard let hit = (present.isEmpty ? found : present).first, present.count <= 1 else {
            throw CommandError(
                code: found.isEmpty ? "certificate-unknown" : "certificate-ambiguous",
                chinese: found.isEmpty ? "证照库中没有编号 \(number)" : "编号 \(number) 对应多张证照，请用承诺指定",
                english: found.isEmpty
                    ? "the vault has no number \(number)"
                    : "number \(number) has several certificates; name the commitment"
            )
        }
        return hit.certificate
    }
}

extension Digest {
    static func typedCommitment(_ text: String) throws -> Digest {
        guard let digest = Digest(hexadecimal: text) else {
            throw CommandError(
                code: "commitment-malformed",
                chinese: "证照承诺应为 64 位十六进制数字",
                english: "a commitment is 64 hexadecimal digits"
            )
        }
        return digest
    }
}
