import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives

/// A department's clerk, who may ask its node to issue certificates from rows.
struct Clerk {
    let node: BenchNode
    private let network: BenchNetwork
    private let key: SigningKey

    /// Waits until the node takes signed requests, which it does some seconds after its start.
    init(of node: BenchNode, in network: BenchNetwork) throws {
        self.node = node
        self.network = network
        key = try KeyFile.readSigningKey(node.folder + "/keys/clerk.key")
        let search = VaultSearchRequest(number: "0").jsonBytes
        let isServed = try Clock.wait(seconds: 15) {
            try node.answer(to: try post("/v1/vault/searches", search)).status != 503
        }
        guard isServed else { throw BenchError("node \(node.department.code) takes no signed requests") }
    }

    /// A signed `POST` with a JSON body. It is good for a minute.
    func post(_ target: String, _ body: [UInt8]) throws -> Request {
        let request = SignedRequest(
            network: network.digest,
            gateway: node.department.id.rawValue,
            caller: .clerk(name: "clerk"),
            method: "POST",
            target: target,
            time: Clock.civil,
            nonce: SystemEntropy.randomBytes(SignedRequest.nonceByteCount),
            bodyDigest: network.suite.digestFunction.digest(body)
        )
        return Request.post(
            target,
            type: "application/json",
            body: body,
            headers: try request.headers(signedBy: key).map { ($0.name, $0.value) }
        )
    }

    /// The first of the department's certificate types that is about natural persons, and its definition.
    func personalType() throws -> CertificateTypeDefinition? {
        for record in network.types(of: node.department.id) {
            let type = try CertificateTypeDefinition(json: record.definition)
            if type.subjectKind == .natural { return type }
        }
        return nil
    }
}
