import ArgumentParser
import Foundation
import Gateway
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

    @Option(name: .long, help: "节点配置 node.yaml。")
    var config: String

    @Option(name: .long, help: "日志级别：trace debug info warning error。")
    var logLevel: String = "info"

    @OptionGroup var output: Output

    func run() async throws {
        try await output.run {
            var logger = Logger(label: "zhixin")
            logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
            let node = try NodeAssembly(configuration: config, logger: logger)
            logger.info(
                "node starts",
                metadata: [
                    "department": "\(node.department.code)", "network": "\(node.network)",
                    "height": "\(node.store.view().header.height)",
                ]
            )
            let serving = try DepartmentServing(node)
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
        }
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
        try await withGracefulShutdownHandler {
            try await driver.run()
        } onGracefulShutdown: {
            driver.stop()
        }
    }
}
