import Foundation

/// A certificate and key for tests, made by the `openssl` command when the tests run: no key lies in the repository.
enum TestIdentity {
    struct PEM {
        let certificate: String
        let privateKey: String
    }

    struct CommandFailed: Error {
        let status: Int32
    }

    static let shared = Result { try make() }

    private static func make() throws -> PEM {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gateway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appendingPathComponent("certificate.pem")
        let key = folder.appendingPathComponent("key.pem")
        let command = Process()
        command.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        command.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=test", "-keyout", key.path, "-out", certificate.path,
        ]
        command.standardError = FileHandle.nullDevice
        try command.run()
        command.waitUntilExit()
        guard command.terminationStatus == 0 else { throw CommandFailed(status: command.terminationStatus) }
        return PEM(
            certificate: try String(contentsOf: certificate, encoding: .utf8),
            privateKey: try String(contentsOf: key, encoding: .utf8)
        )
    }
}
