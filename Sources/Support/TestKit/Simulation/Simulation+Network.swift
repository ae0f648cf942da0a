import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// Messages and links.
extension Simulation {
    mutating func send(_ message: PeerMessage, from node: Int, to peer: Int) {
        guard nodes[node].behaviour != nil else {
            observe(message, from: node)
            return post(message, from: node, to: peer)
        }
        let traitor = traitor(node)
        let replaced =
            nodes[node].behaviour?.messages(replacing: message, to: ReplicaIndex(UInt16(peer)), by: traitor) ?? []
        for message in replaced { post(message, from: node, to: peer) }
    }

    private func traitor(_ node: Int) -> Traitor {
        Traitor(
            index: nodes[node].core?.ownIndex ?? ReplicaIndex(.max),
            signer: signer(node),
            network: fixture.network,
            validators: nodes[node].core?.validators.set ?? fixture.validators,
            digestFunction: fixture.suite.digestFunction,
            view: nodes[node].core?.view ?? View(1),
            finalHeader: nodes[node].core?.finalHeader ?? fixture.genesisBlock.header,
            stored: nodes[node].disk.store.state,
            executor: fixture.executor
        )
    }

    /// The voting key that a node uses at present.
    private func signer(_ node: Int) -> FakeSigner {
        let signers = SimulatedNode.signers(fixture, node)
        guard let core = nodes[node].core, let own = core.ownIndex else { return signers[0] }
        return signers.first { $0.publicKey == core.validators.set.key(of: own) } ?? signers[0]
    }

    /// A traitor's own ideas, several times a second as long as there is trouble.
    mutating func actUnasked(_ node: Int) {
        if nodes[node].isUp {
            let traitor = traitor(node)
            for message in nodes[node].behaviour?.unasked(by: traitor, &random) ?? [] {
                for peer in nodes.indices where peer != node { post(message, from: node, to: peer) }
            }
        }
        // Traitors go on after the network is healed, but not for ever, so that rest can be told from their noise.
        if case .resting = stage { return }
        let pause = UInt64.random(in: Nanoseconds.milliseconds(50)...Nanoseconds.milliseconds(1000), using: &random)
        queue.push(.unasked(node: node), at: now + pause)
    }

    private mutating func observe(_ message: PeerMessage, from node: Int) {
        switch message {
        case .consensus(.vote(let vote)): observe(vote, from: node)
        case .consensus(.proposal(let proposal)), .proposal(.proposal(let proposal), _):
            observe(proposal.vote, from: node)
        case .consensus(.certificate(let certificate)): violate(certificateChecker.shown(certificate, by: node))
        default: break
        }
    }

    private mutating func observe(_ vote: Vote, from node: Int) {
        guard epochs.node(vote.signer, in: vote.epoch) == node else {
            return violate("node \(node) sends a vote of \(vote.signer)")
        }
        violate(voteChecker.sent(vote, by: node, isDurable: nodes[node].disk.durableVotes.contains(vote)))
    }

    private mutating func post(_ message: PeerMessage, from node: Int, to peer: Int) {
        let arrivals = network.arrivals(from: node, to: peer, at: now, &random)
        guard !arrivals.isEmpty else { return }
        let bytes = message.canonicalBytes
        let link = network.link(node, peer).number
        for time in arrivals {
            messageCount += 1
            queue.push(.deliver(bytes: bytes, from: node, to: peer, link: link), at: time)
        }
    }

    mutating func deliver(_ bytes: [UInt8], from node: Int, to peer: Int, link: Int) {
        guard nodes[peer].isUp, network.link(node, peer).number == link else { return }
        do {
            let message = try PeerMessage(canonicalBytes: bytes)
            give(.message(message, from: SimulatedNode.identifier(node)), to: peer)
        } catch {
            if !nodes[node].isTraitor { violate("node \(node) sends bytes that do not decode: \(error)") }
        }
    }

    // MARK: Links

    mutating func connect(_ one: Int, _ other: Int) {
        guard nodes[one].isUp, nodes[other].isUp, !network.link(one, other).isUp else { return }
        let isCut = network.isBlocked(from: one, to: other) || network.isBlocked(from: other, to: one)
        guard !(network.conditions.isStream && isCut) else { return }
        network.setLink(one, other, isUp: true)
        for (node, peer) in [(one, other), (other, one)] {
            give(.connected(SimulatedNode.identifier(peer)), to: node)
        }
    }

    mutating func disconnect(_ one: Int, _ other: Int) {
        guard network.link(one, other).isUp else { return }
        network.setLink(one, other, isUp: false)
        for (node, peer) in [(one, other), (other, one)] where nodes[node].isUp {
            give(.disconnected(SimulatedNode.identifier(peer)), to: node)
        }
    }
}
