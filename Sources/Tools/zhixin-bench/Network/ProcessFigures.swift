import Foundation
import Glibc

/// What the kernel counts of one process.
struct ProcessFigures {
    /// Processor time, user and system, in seconds.
    let processorSeconds: Double
    /// Bytes that it caused to be written to the disk.
    let writtenBytes: Int
    /// Memory that is its own and in the machine now, and the most there ever was, in MiB.
    let residentMebibytes: Double
    let peakMebibytes: Double

    init(of process: Int32) throws {
        let folder = "/proc/\(process)"
        guard
            let stat = try? String(contentsOfFile: folder + "/stat", encoding: .utf8),
            let status = try? String(contentsOfFile: folder + "/status", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { throw BenchError("process \(process) is gone") }
        let fields = stat[end...].split(separator: " ")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // After the name in brackets comes field 3; user and system time are 14 and 15.
        processorSeconds = ((Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)) / ticks
        residentMebibytes = ProcessFigures.number("VmRSS:", in: status) / 1024
        peakMebibytes = ProcessFigures.number("VmHWM:", in: status) / 1024
        let io = (try? String(contentsOfFile: folder + "/io", encoding: .utf8)) ?? ""
        writtenBytes = Int(ProcessFigures.number("write_bytes:", in: io))
    }

    private static func number(_ name: String, in text: String) -> Double {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return 0 }
        return line.dropFirst(name.count).split(whereSeparator: { $0 == " " || $0 == "\t" }).first.flatMap {
            Double($0)
        } ?? 0
    }
}

/// Bytes of all files in a folder.
func byteCount(ofFolder path: String) -> Int {
    guard let names = FileManager.default.enumerator(atPath: path) else { return 0 }
    var total = 0
    for case let name as String in names {
        // A file that was removed meanwhile, as a database does with its own, counts for nothing.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else { continue }
        total += (attributes[.size] as? NSNumber)?.intValue ?? 0
    }
    return total
}
