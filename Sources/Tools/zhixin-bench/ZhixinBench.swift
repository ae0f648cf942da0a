import ArgumentParser
import Credentials
import Foundation

/// Measures a network of four nodes on this machine and prints what docs/performance.md is made of.
@main
struct ZhixinBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zhixin-bench",
        abstract: "在本机以四个节点测量性能。Measure a network of four nodes on this machine.",
        discussion: """
            Starts four nodes as processes of their own (the program zhixin beside this one), drives them over TCP
            and prints one figure for each goal of docs/performance.md. Progress goes to standard error.
            """
    )

    @Flag(name: .long, help: "输出一个 JSON 对象。Print one JSON object.")
    var json = false

    @Option(name: .long, help: "只测这些，如 P1,P3。Only these, as P1,P3.")
    var only: String?

    @Flag(name: .long, help: "缩小规模。Smaller sizes, and the output says so.")
    var quick = false

    @Flag(name: .long, help: "保留测量文件夹。Leave the folder with ledgers and logs.")
    var keep = false

    @Option(name: .long, help: "创世模板。The template of the network.")
    var template = "Genesis/chancheng"

    @Option(name: .long, help: "节点数据放在此文件夹之下。Where the nodes' data goes.")
    var folder = NSTemporaryDirectory()

    @Option(name: .long, help: "第一个端口。The first port.")
    var firstPort = 17_100

    func run() throws {
        let names = try chosen()
        let path = folder + (folder.hasSuffix("/") ? "" : "/") + "zhixin-bench-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { if !keep { try? FileManager.default.removeItem(atPath: path) } }
        let options = BenchOptions(isQuick: quick, template: template, folder: path, firstPort: firstPort)
        Progress.tell("measuring the machine")
        let bench = Bench(options: options, machine: try Machine(folder: path))
        defer { bench.stop() }
        var results = JSONObject()
        for measurement in Measurement.all where names.contains(measurement.name) {
            Progress.tell("\(measurement.name): \(measurement.title)")
            let result: JSONValue
            do {
                result = try measurement.run(bench).json
            } catch {
                // A figure that cannot be had is reported as that, with the reason, and never made up.
                result = ["value": .null, "unavailable": .string("\(error)")]
            }
            Progress.tell("  \(result.compactText)")
            results[measurement.name] = result
        }
        bench.stop()
        show(results, bench.machine)
        if keep { Progress.tell("left in \(path)") }
    }

    private func chosen() throws -> Set<String> {
        let all = Measurement.all.map(\.name)
        guard let only else { return Set(all) }
        let names = only.split(separator: ",").map { $0.uppercased() }
        for name in names where !all.contains(name) {
            throw ValidationError("\(name) is none of \(all.joined(separator: " "))")
        }
        return Set(names)
    }

    private func show(_ results: JSONObject, _ machine: Machine) {
        if json {
            let output: JSONValue = [
                "machine": machine.json, "suite": "international", "nodes": 4, "quick": .bool(quick),
                "results": .object(results),
            ]
            return print(output.compactText)
        }
        print("machine \(machine.json.compactText)\(quick ? " QUICK" : "")")
        for member in results.members { print("\(member.name) \(member.value.compactText)") }
    }
}

/// What all measurements are told.
struct BenchOptions {
    let isQuick: Bool
    let template: String
    let folder: String
    let firstPort: Int

    /// The program `name` beside this one.
    func program(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (own as NSString).deletingLastPathComponent + "/" + name
    }

    /// `full`, or less of it when the run is a quick one.
    func sized<Value>(_ full: Value, quick: Value) -> Value { isQuick ? quick : full }
}
