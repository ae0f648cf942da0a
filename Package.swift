// swift-tools-version:6.2

import Foundation
import PackageDescription

// MARK: Settings

/// What every target is built with. Warnings become errors where `scripts/test` asks for it, so that a new
/// toolchain's warning does not break whoever merely uses the package.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Rules only: no package, no clock, no randomness, no file, no socket.
func pure(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Core/\(name)", swiftSettings: strict)
}

func adapter(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Adapters/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", swiftSettings: strict)
}

// MARK: Libraries of others, each named once

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")

let package = Package(
    name: "zhixin",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ZhixinVerify", targets: ["ZhixinVerify"]),
        .library(name: "ZhixinClient", targets: ["ZhixinClient"]),
        .library(name: "Cryptography", targets: ["Cryptography"]),
        .executable(name: "zhixin", targets: ["zhixin"]),
        .executable(name: "zhixin-audit", targets: ["zhixin-audit"]),
        .executable(name: "zhixin-sim", targets: ["zhixin-sim"]),
        .executable(name: "zhixin-bench", targets: ["zhixin-bench"]),
    ],
    dependencies: [
        // Ed25519, P-256, AES-GCM and HPKE, by BoringSSL.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // X.509 certificates of the links between nodes.
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        // The DER that X.509 needs.
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        // TCP between nodes.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // TLS 1.3 under those links and the HTTP edge.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // The HTTP server.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        // HTTP header names that Hummingbird's own types speak.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // The templates of the pages.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // The HTTP client of departments, wallets and auditors.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Start, graceful stop and signals of a node's parts.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Counters that any metrics back end can take.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // Log lines with facts as metadata.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // The command lines.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // node.yaml and the templates under Genesis.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Deque, the queue of the node's inbox.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // Latency percentiles of zhixin-bench.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // MARK: Pure
        pure("Primitives", []),
        pure("Merkle", ["Primitives"]),
        pure("Consensus", ["Primitives"]),
        pure("LedgerModel", ["Primitives", "Merkle", "Consensus"]),
        pure("Execution", ["Primitives", "Merkle", "Consensus", "LedgerModel"]),
        pure("Replica", ["Primitives", "Merkle", "Consensus", "LedgerModel", "Execution"]),
        pure("Credentials", ["Primitives"]),
        pure("ZhixinVerify", ["Primitives", "Merkle", "Consensus", "LedgerModel", "Credentials"]),

        // MARK: Seam
        .target(
            name: "Ports",
            dependencies: ["Primitives", "Merkle", "Consensus", "LedgerModel", "Credentials"],
            swiftSettings: strict
        ),

        // MARK: Adapters
        .systemLibrary(
            name: "COpenSSL",
            path: "Sources/Adapters/COpenSSL",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),
        .systemLibrary(
            name: "CLevelDB",
            path: "Sources/Adapters/CLevelDB",
            providers: [.apt(["libleveldb-dev"])]
        ),
        adapter("Cryptography", ["Primitives", "Ports", crypto, "COpenSSL", x509, asn1]),
        adapter(
            "Storage",
            ["Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Ports", "CLevelDB", logging]
        ),
        adapter(
            "Transport",
            ["Primitives", "Consensus", "LedgerModel", "Ports", nioCore, nioPosix, nioSSL, logging, deque]
        ),

        // MARK: Node and service
        .target(
            name: "Node",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Replica", "Ports", lifecycle,
                metrics, logging, deque,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "ZeroSubmission",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Ports", "Credentials", "ZhixinVerify",
                logging,
            ],
            swiftSettings: strict
        ),

        // MARK: Edge
        .target(
            name: "Gateway",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Ports", "Credentials",
                "ZeroSubmission", "ZhixinVerify", hummingbird, hummingbirdTLS, httpTypes, nioCore, nioHTTP1, nioSSL,
                mustache,
                lifecycle, logging,
            ],
            path: "Sources/Edge/Gateway",
            resources: [.copy("Resources")],
            swiftSettings: strict
        ),

        .target(
            name: "ZhixinClient",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Credentials", "ZhixinVerify", "Cryptography",
                "Ports", httpClient, nioCore, nioSSL, nioHTTP1,
            ],
            path: "Sources/Edge/ZhixinClient",
            swiftSettings: strict
        ),

        // MARK: Support
        .target(
            name: "TestKit",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Replica", "Credentials", "Ports",
                "ZhixinVerify",
            ],
            path: "Sources/Support/TestKit",
            swiftSettings: strict
        ),

        // MARK: Tools
        .executableTarget(
            name: "zhixin",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Replica", "Credentials",
                "ZhixinVerify", "Ports", "Cryptography", "Storage", "Transport", "Node", "Gateway", "ZeroSubmission",
                "ZhixinClient", arguments, yams, lifecycle,
                unixSignals, logging, metrics,
            ],
            path: "Sources/Tools/zhixin",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "zhixin-audit",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Credentials", "ZhixinVerify",
                "Cryptography",
                "ZhixinClient", "CLevelDB", arguments, httpClient, nioCore,
            ],
            path: "Sources/Tools/zhixin-audit",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "zhixin-sim",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Replica", "TestKit", arguments,
            ],
            path: "Sources/Tools/zhixin-sim",
            swiftSettings: strict
        ),

        .executableTarget(
            name: "zhixin-bench",
            dependencies: [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Credentials", "Cryptography", "ZhixinClient",
                "ZhixinVerify", "TestKit", arguments, histogram, httpClient, nioCore,
            ],
            path: "Sources/Tools/zhixin-bench",
            swiftSettings: strict
        ),

        // MARK: Tests
        tests("Primitives", ["Primitives", "TestKit"]),
        tests("Merkle", ["Primitives", "Merkle", "TestKit"]),
        tests("Consensus", ["Primitives", "Consensus", "TestKit"]),
        tests("LedgerModel", ["Primitives", "Merkle", "Consensus", "LedgerModel", "TestKit"]),
        tests("Execution", ["Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "TestKit"]),
        tests(
            "Replica",
            ["Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Replica", "TestKit"]
        ),
        tests(
            "Simulation",
            ["Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Replica", "TestKit"]
        ),
        tests("Credentials", ["Primitives", "Credentials", "Cryptography", "TestKit"]),
        tests("Cryptography", ["Primitives", "Ports", "Cryptography", "TestKit"]),
        tests(
            "Storage",
            ["Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Ports", "Storage", "TestKit"]
        ),
        tests(
            "Transport",
            [
                "Primitives", "Consensus", "LedgerModel", "Ports", "Cryptography", "Transport", "TestKit", nioCore,
                nioEmbedded,
            ]
        ),
        tests(
            "Node",
            [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Replica", "Ports", "Storage", "Node",
                "TestKit", logging,
            ]
        ),
        tests(
            "ZhixinVerify",
            ["Primitives", "Merkle", "Consensus", "LedgerModel", "Credentials", "ZhixinVerify", "TestKit"]
        ),
        tests(
            "Gateway",
            [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Ports", "Credentials", "ZhixinVerify",
                "Gateway", "TestKit", hummingbird, hummingbirdTesting, httpTypes, nioCore, nioPosix,
                nioSSL, logging,
            ]
        ),
        tests(
            "ZeroSubmission",
            [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Ports", "Credentials", "ZhixinVerify",
                "ZeroSubmission", "TestKit", logging,
            ]
        ),
        tests(
            "ZhixinClient",
            [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Credentials", "ZhixinVerify", "Cryptography",
                "ZhixinClient", "TestKit", nioCore, nioPosix, nioHTTP1, nioSSL,
            ]
        ),
        tests(
            "ZhixinAudit",
            [
                "Primitives", "Merkle", "Consensus", "LedgerModel", "Execution", "Credentials", "ZhixinVerify",
                "Storage",
                "zhixin-audit", "TestKit",
            ]
        ),
        tests(
            "ZhixinTool",
            [
                "Primitives", "Consensus", "LedgerModel", "Credentials", "Cryptography", "ZhixinVerify", "ZhixinClient",
                "zhixin", arguments, logging,
            ]
        ),
        tests("Tidy", []),
    ]
)
