import Consensus
import Credentials
import Hummingbird
import LedgerModel
import Ports
import Primitives

/// What a node says of itself.
extension GatewayCore {
    /// Blocks by which the store may be behind the newest final one.
    private static let storeLagMax: UInt64 = 8

    /// Linked to a quorum, and the store close to the newest final block.
    private func isReady(_ status: NodeStatus) -> Bool {
        guard let quorum = catalogue.validators?.set.quorum else { return false }
        let final = status.finalHeight.rawValue
        let stored = status.storedHeight.rawValue
        return status.connected.count >= quorum && final - min(final, stored) <= Self.storeLagMax
    }

    func readiness() throws(Refusal) -> Response {
        guard isReady(gate.status) else { throw .notReady }
        return Response(status: .ok, headers: Answer.textHeaders, body: Answer.body(Array("ready\n".utf8)))
    }

    func nodeReport() -> NodeReport {
        let status = gate.status
        let peers = status.validators.enumerated().map { index, node in
            let record = catalogue.departments[DepartmentID(node.rawValue)]
            return PeerReport(
                index: UInt16(index),
                department: node.rawValue,
                code: record?.code.text ?? "unknown",
                name: record?.name ?? "unknown",
                englishName: record?.englishName ?? "unknown",
                connected: status.connected.contains(node)
            )
        }
        return NodeReport(
            network: network,
            networkName: genesis.name,
            suite: "\(genesis.suite)",
            department: DepartmentSummary(department),
            ready: isReady(status),
            validatorCount: status.validators.count,
            ownIndex: status.validators.firstIndex(of: status.ownNode).map { UInt16($0) },
            epoch: status.epoch.rawValue,
            view: status.view.rawValue,
            finalHeight: status.finalHeight,
            storedHeight: status.storedHeight,
            finalTimestamp: status.finalTimestamp,
            poolCount: status.poolCount,
            refusal: status.refusal,
            equivocations: status.equivocations.map(\.rawValue),
            peers: peers,
            links: configuration.links
        )
    }

    /// The metrics page. No label holds anything that a caller said.
    func metricsPage() -> Response {
        let status = gate.status
        var text = PrometheusText()
        text.gauge("zhixin_final_height", "The newest final block.", status.finalHeight.rawValue)
        text.gauge("zhixin_stored_height", "The newest block in the store.", status.storedHeight.rawValue)
        text.gauge(
            "zhixin_final_timestamp_milliseconds",
            "The time in the newest final block.",
            status.finalTimestamp.rawValue
        )
        text.gauge("zhixin_epoch", "The epoch.", status.epoch.rawValue)
        text.gauge("zhixin_view", "The view.", status.view.rawValue)
        text.gauge("zhixin_validators", "Validators of the epoch.", status.validators.count)
        text.gauge("zhixin_peers_connected", "Validators with a link, this one included.", status.connected.count)
        text.gauge("zhixin_pool_transactions", "Transactions that wait.", status.poolCount)
        text.gauge("zhixin_equivocations", "Validators that contradicted themselves.", status.equivocations.count)
        text.gauge(
            "zhixin_voting_refused",
            "Whether this node has a key and does not vote.",
            status.refusal == nil ? 0 : 1
        )
        text.gauge("zhixin_ready", "Whether the node is ready.", isReady(status) ? 1 : 0)
        text.gauge("zhixin_register_size", "Records of the register.", archive.view().header.registerSize)
        text.gauge("zhixin_http_requests_in_flight", "Requests that are being answered.", requestsInFlight.count)
        text.gauge("zhixin_http_body_bytes_held", "Bytes of request bodies that are held.", bodyBytesHeld.count)
        text.gauge("zhixin_http_waiters", "Callers that wait.", waiters.count)
        text.gauge("zhixin_http_nonces", "Nonces that are remembered.", authenticator.nonceCount)
        metrics.write(to: &text)
        return Response(
            status: .ok,
            headers: Answer.headers("text/plain; version=0.0.4; charset=utf-8"),
            body: Answer.body(Array(text.text.utf8))
        )
    }
}
