import Foundation
import Primitives
import TestKit

/// A self-signed certificate and its key, made by the `openssl` program for one run of the tests.
struct TestIdentity: Sendable {
    let certificatePEM: String
    let privateKeyPEM: String
    let digest: Digest

    /// As many as the tests need; making one takes some hundredths of a second.
    static let all: [TestIdentity] = (0..<5).map { number in
        do {
            return try TestIdentity(number)
        } catch {
            preconditionFailure("the openssl program makes a certificate: \(error)")
        }
    }

    private init(_ number: Int) throws {
        let folder = NSTemporaryDirectory() + "zhixin-transport-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // What stays behind in the temporary folder is a test key.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "30",
            "-subj", "/CN=node-\(number)", "-keyout", folder + "/key.pem", "-out", folder + "/certificate.pem",
        ]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        certificatePEM = try String(contentsOfFile: folder + "/certificate.pem", encoding: .utf8)
        privateKeyPEM = try String(contentsOfFile: folder + "/key.pem", encoding: .utf8)
        let base64 = certificatePEM.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        guard let der = Data(base64Encoded: base64) else { throw CocoaError(.coderReadCorrupt) }
        digest = ReferenceSHA256().digest(Array(der))
    }
}
