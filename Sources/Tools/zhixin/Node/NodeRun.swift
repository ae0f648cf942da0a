import ArgumentParser
import Foundation
import Gateway
import Glibc
import LedgerModel
import Logging
import Node
import Ports
import ServiceLifecycle
import Storage
import Transport
import UnixSignals

/// Runs one node until it is told to stop.
struct NodeRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "运行一个节点。Run one node."
    )

    @Option(name: .long, help: "节点配置 node.yaml。The node's configuration, node.yaml.")
    var config: String

    @Option(name: .long, help: "日志级别 Log level：\(Logger.Level.allCases.map(\.rawValue).joined(separator: " "))。")
    var logLevel: String = "info"

    @OptionGroup var output: Output

    func run() async throws {
        try await output.run {
            guard let level = Logger.Level(rawValue: logLevel) else {
                throw CommandError(
                    code: "log-level-unknown",
                    chinese: "没有日志级别 \(logLevel)",
                    english: "there is no log level \(logLevel)"
                )
            }
            var logger = Logger(label: "zhixin")
            logger.logLevel = level
            try await NodeRun.serve(configuration: config, logger: logger)
        }
    }

    /// Runs the node of a configuration until it is told to stop.
    ///
    /// - Throws: `CommandError` for whatever keeps it from starting.
    static func serve(configuration: String, logger: Logger) async throws {
        let node = try NodeAssembly(configuration: configuration, logger: logger)
        logger.info(
            "node starts",
            metadata: [
                "department": "\(node.department.code)", "network": "\(node.network)",
                "height": "\(node.store.view().header.height)",
            ]
        )
        let serving = try DepartmentServing(node)
        do {
            try await ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [
                        .init(service: LinkService(links: node.links)),
                        .init(service: DriverService(driver: node.driver)),
                        .init(service: serving.peers),
                        .init(service: serving.desk),
                        .init(service: serving.gateway),
                    ],
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger
                )
            ).run()
        } catch LinkError.cannotListen(let address, let reason) {
            throw CommandError.cannotListen("\(address)", reason: reason)
        } catch let error as ListenError {
            throw CommandError.cannotListen("\(error.host):\(error.port)", reason: error.reason)
        }
    }
}

extension CommandError {
    /// A port that cannot be listened on.
    static func cannotListen(_ address: String, reason: String) -> CommandError {
        // Who listens says it in the system's words.
        guard reason.contains(String(cString: strerror(EADDRINUSE))) else {
            return CommandError(
                code: "cannot-listen",
                chinese: "无法在 \(address) 上监听：\(reason)。请检查 node.yaml 的 host 与端口。",
                english: "cannot listen on \(address): \(reason); check host and ports in node.yaml"
            )
        }
        return CommandError(
            code: "port-in-use",
            chinese: "\(address) 已被占用。请停止占用它的程序，或在 node.yaml 中改用别的端口（并告知其他节点）。",
            english: "\(address) is in use; stop what uses it, or take another port in node.yaml and tell the others"
        )
    }
}

/// The links as a service.
struct LinkService: Service {
    let links: PeerLinkManager

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await links.run()
        } onGracefulShutdown: {
            links.stop()
        }
    }
}

/// The driver as a service.
struct DriverService: Service {
    let driver: NodeDriver

    func run() async throws {
        // When another service fails this one is cancelled, and the driver's thread knows nothing of tasks.
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await driver.run()
        } onCancelOrGracefulShutdown: {
            driver.stop()
        }
    }
}
