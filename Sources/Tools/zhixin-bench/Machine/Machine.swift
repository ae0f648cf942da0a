import Credentials
import Cryptography
import Foundation
import Glibc
import Primitives

/// What the figures were measured on, as far as they depend on it.
struct Machine {
    let cores: Int
    let model: String
    let memoryMebibytes: Int
    let kernel: String
    /// Median of writing 512 bytes and fdatasync, in the folder where the nodes keep their data.
    let syncMilliseconds: Double
    /// Ed25519 verifications a second on one core, by the code that the nodes run.
    let verificationsPerSecond: Double
    /// The same by `openssl speed`, where it is installed.
    let opensslVerificationsPerSecond: Double?

    /// - Parameter folder: where the nodes' data will be.
    init(folder: String) throws {
        cores = ProcessInfo.processInfo.activeProcessorCount
        memoryMebibytes = Int(ProcessInfo.processInfo.physicalMemory >> 20)
        model = Machine.line("model name", in: "/proc/cpuinfo") ?? "unknown"
        kernel =
            (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
        syncMilliseconds = try Machine.measureSync(in: folder)
        verificationsPerSecond = try Machine.measureVerification()
        opensslVerificationsPerSecond = Machine.askOpenSSL()
    }

    /// How many single signed transactions a second `nodes` nodes on this machine can check, if they do nothing else.
    func signatureLimit(nodes: Int) -> Double { verificationsPerSecond * Double(cores) / Double(nodes) }

    var json: JSONValue {
        var object: JSONObject = [
            "cores": .integer(Int64(cores)),
            "model": .string(model),
            "memoryMebibytes": .integer(Int64(memoryMebibytes)),
            "kernel": .string(kernel),
            "fdatasync512BytesMilliseconds": .number(syncMilliseconds, digits: 3),
            "ed25519VerificationsPerSecondOneCore": .number(verificationsPerSecond, digits: 0),
        ]
        object["opensslEd25519VerificationsPerSecondOneCore"] = opensslVerificationsPerSecond.map {
            .number($0, digits: 0)
        }
        return .object(object)
    }

    private static func line(_ name: String, in path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func measureSync(in folder: String) throws -> Double {
        let path = folder + "/sync-probe"
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw BenchError("\(path) cannot be written") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let count = 400
        let block = [UInt8](repeating: 7, count: 512)
        // As the vote journal does: the file has its size before it is written to.
        let zeros = [UInt8](repeating: 0, count: 512 * count)
        guard pwrite(descriptor, zeros, zeros.count, 0) == zeros.count, fsync(descriptor) == 0 else {
            throw BenchError("\(path) cannot be written")
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        var times: [UInt64] = []
        for index in 0..<count {
            let start = Clock.nanoseconds
            guard pwrite(descriptor, block, block.count, off_t(512 * index)) == block.count, fdatasync(descriptor) == 0
            else { throw BenchError("\(path) cannot be synced") }
            times.append(Clock.nanoseconds - start)
        }
        return Double(times.sorted()[count / 2]) / 1e6
    }

    private static func measureVerification() throws -> Double {
        let key = try SigningKey.generate(.ed25519)
        let message = [UInt8](repeating: 9, count: 200)
        let signature = try key.sign(message)
        let verifier = InternationalVerifier()
        var best = 0.0
        for _ in 0..<3 {
            let start = Clock.seconds
            var count = 0
            while Clock.seconds - start < 0.4 {
                for _ in 0..<100 where verifier.isValid(signature, of: message, by: key.publicKey) { count += 1 }
            }
            best = max(best, Double(count) / (Clock.seconds - start))
        }
        return best
    }

    private static func askOpenSSL() -> Double? {
        guard
            let text = try? Command.output(of: "/usr/bin/env", ["openssl", "speed", "-seconds", "1", "ed25519"]),
            let line = text.split(separator: "\n").last(where: { $0.contains("Ed25519") })
        else { return nil }
        return line.split(separator: " ").last.flatMap { Double($0) }
    }
}
