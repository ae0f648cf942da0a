import Credentials
import Foundation
import LedgerModel
import Primitives

/// What `node.yaml` says; every key is listed here, and an unknown one is refused.
struct NodeFile {
    struct Peer: Equatable {
        let department: Code
        let host: String
        let linkPort: Int
        let httpPort: Int
        let tlsPort: Int
        /// SHA-256 of the peer's link certificate.
        let certificate: Digest
    }

    /// The department this node belongs to.
    let department: Code
    /// The genesis file, relative to the node's folder.
    let genesis: String
    /// What the genesis file must digest to.
    let genesisDigest: Digest
    /// Where this node listens: loopback unless the operator says otherwise.
    let host: String
    let linkPort: Int
    let httpPort: Int
    let tlsPort: Int
    /// Where wallets reach this node, and the certificate that they see there.
    let publicPlace: PublicPlace
    let peers: [Peer]
    /// Public keys of clerks by name.
    let clerks: [String: PublicKey]

    /// - Throws: `CommandError` that names the key at fault.
    init(path: String) throws {
        let value = try YAMLFile.read(path)
        do {
            var object = try StrictObject(value)
            department = try NodeFile.code("department", in: &object)
            genesis = try object.string("genesis", byteCountMax: 4096)
            genesisDigest = try NodeFile.digest("genesisDigest", in: &object)
            host = try object.string("host")
            linkPort = Int(try object.integer("linkPort", in: 1...65_535))
            httpPort = Int(try object.integer("httpPort", in: 1...65_535))
            tlsPort = Int(try object.integer("tlsPort", in: 1...65_535))
            publicPlace = try PublicPlace(in: &object)
            clerks = try NodeFile.keys("clerks", in: &object)
            var peers: [Peer] = []
            let list = try object.array("peers", count: 0...64)
            for (item, path) in list {
                var peer = try StrictObject(item, path: path)
                peers.append(
                    Peer(
                        department: try NodeFile.code("department", in: &peer),
                        host: try peer.string("host"),
                        linkPort: Int(try peer.integer("linkPort", in: 1...65_535)),
                        httpPort: Int(try peer.integer("httpPort", in: 1...65_535)),
                        tlsPort: Int(try peer.integer("tlsPort", in: 1...65_535)),
                        certificate: try NodeFile.digest("certificate", in: &peer)
                    )
                )
                try peer.finish()
            }
            self.peers = peers
            try object.finish()
        } catch {
            let reason = Reason(error)
            throw CommandError(
                code: "configuration-invalid",
                chinese: "配置文件有误：\(path)：\(reason.chinese)",
                english: "the configuration \(path) is not valid: \(reason.english)"
            )
        }
    }

    /// The text of a `node.yaml`.
    static func text(
        own: Descriptor,
        peers: [Descriptor],
        genesis: String,
        genesisDigest: Digest,
        clerk: PublicKey
    ) -> String {
        var lines = [
            "# 智信节点配置。路径相对于本文件夹；未知的键会被拒绝。",
            "# Configuration of a Zhixin node. Paths are relative to this folder; an unknown key is refused.",
            "department: \(own.code)",
            "genesis: \(genesis)",
            "genesisDigest: \"\(genesisDigest)\"",
            "host: \(own.linkHost)",
            "linkPort: \(own.linkPort)   # 节点之间 between nodes (TCP, TLS 1.3)",
            "httpPort: \(own.httpPort)   # 页面与接口 pages and API (HTTP)",
            "tlsPort: \(own.tlsPort)    # 证照库与接口 vault traffic and API (HTTPS)",
            "# 钱包从别处访问本节点时所用的地址；不写则为 https、host 与 tlsPort。Where wallets reach this node from elsewhere:",
            "# publicAddress: https://node.example:\(own.tlsPort)",
            "# publicCertificate: authority   # 或摘要 or a SHA-256；不写则为本节点证书 this node's own by default",
            "clerks:",
            "  clerk: \"\(clerk)\"",
            "peers:",
        ]
        for peer in peers {
            lines += [
                "  - department: \(peer.code)",
                "    host: \(peer.linkHost)",
                "    linkPort: \(peer.linkPort)",
                "    httpPort: \(peer.httpPort)",
                "    tlsPort: \(peer.tlsPort)",
                "    certificate: \"\(peer.certificate)\"",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func code(_ name: String, in object: inout StrictObject) throws -> Code {
        guard let code = Code(try object.string(name)) else { throw object.refusal(name, "a-z, 0-9 and -") }
        return code
    }

    private static func digest(_ name: String, in object: inout StrictObject) throws -> Digest {
        guard let digest = Digest(hexadecimal: try object.string(name)) else {
            throw object.refusal(name, "64 hexadecimal digits")
        }
        return digest
    }

    private static func keys(_ name: String, in object: inout StrictObject) throws -> [String: PublicKey] {
        guard let list = try object.value(name).object else { throw object.refusal(name, "names and public keys") }
        var keys: [String: PublicKey] = [:]
        for member in list.members {
            guard let text = member.value.string, let key = PublicKey(text: text) else {
                throw object.refusal("\(name).\(member.name)", "a public key")
            }
            keys[member.name] = key
        }
        return keys
    }
}
