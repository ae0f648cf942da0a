import Credentials
import Foundation
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// The network that a command trusts: one genesis file, and what follows from it.
struct PinnedNetwork {
    let genesis: Genesis
    let suite: Suite
    let digest: Digest
    let ledger: LedgerVerifier
    let catalogue: LedgerCatalogue

    /// - Parameter expected: what the file must digest to, if the caller knows it.
    /// - Throws: `CommandError`.
    init(path: String, expected: Digest? = nil) throws {
        (genesis, suite, digest) = try GenesisFile.read(path, expected: expected)
        do throws(PinnedGenesisError) {
            ledger = try LedgerVerifier(genesis: genesis, suite: suite)
        } catch {
            throw CommandError.file(path, "\(error)")
        }
        catalogue = LedgerCatalogue(genesis)
    }

    /// The certificate type with this code and its definition.
    func certificateType(
        _ code: String
    ) throws -> (record: CertificateTypeRecord, definition: CertificateTypeDefinition) {
        guard let record = catalogue.certificateType(code: code) else {
            let known = catalogue.certificateTypes.map(\.code.text).joined(separator: ", ")
            throw CommandError(
                code: "certificate-type-unknown",
                chinese: "没有证照类型 \(code)。现有：\(known)",
                english: "there is no certificate type \(code); there are \(known)"
            )
        }
        return (record, try record.decodedDefinition())
    }

    /// Runs `body` with a client of the node at `address`.
    func withClient<Result: Sendable>(
        _ address: NodeAddress,
        pin: CertificatePin?,
        _ body: (NodeClient) async throws -> Result
    ) async throws -> Result {
        try await HTTPTransport.with(address, pin: pin) { transport in
            try await body(NodeClient(address: address, ledger: ledger, transport: transport))
        }
    }
}

extension CertificatePin {
    /// The pin that `text` names: 64 hexadecimal digits, or a file with a certificate in PEM.
    static func named(_ text: String?) throws -> CertificatePin? {
        guard let text else { return nil }
        if let digest = Digest(hexadecimal: text) { return .digest(digest) }
        guard let data = FileManager.default.contents(atPath: text), data.count <= 65_536 else {
            throw CommandError.file(text, "不是证书文件，也不是 64 位十六进制摘要 neither a certificate nor its digest")
        }
        return .certificate(pem: String(decoding: data, as: UTF8.self))
    }
}
