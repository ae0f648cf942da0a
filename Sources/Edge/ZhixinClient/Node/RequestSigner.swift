package import Credentials
package import LedgerModel
package import Primitives

/// Who asks, and the key that proves it to one gateway.
package struct RequestSigner: Sendable {
    package let caller: Caller
    /// The department whose gateway is asked: the signature is of no use at another one.
    package let gateway: DepartmentID
    private let signer: any MessageSigner

    package init(caller: Caller, gateway: DepartmentID, signer: any MessageSigner) {
        self.caller = caller
        self.gateway = gateway
        self.signer = signer
    }

    /// The headers of one request. Each attempt needs its own: a gateway takes a nonce once.
    ///
    /// - Throws: `ClientError.signing`.
    func headers(
        for request: NodeRequest,
        network: Digest,
        at time: Timestamp,
        nonce: [UInt8],
        digestFunction: any DigestFunction
    ) throws(ClientError) -> [NodeRequest.Header] {
        let signed = SignedRequest(
            network: network,
            gateway: gateway.rawValue,
            caller: caller,
            method: request.method,
            target: request.target,
            time: time,
            nonce: nonce,
            bodyDigest: digestFunction.digest(request.body)
        )
        do {
            return try signed.headers(signedBy: signer).map { NodeRequest.Header($0.name, $0.value) }
        } catch {
            throw .signing(reason: "\(error)")
        }
    }
}
