import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// What a node's driver does: inputs in, effects out, the journal before everything else.
extension Simulation {
    mutating func give(_ input: ReplicaInput, to node: Int) {
        nodes[node].inbox.append(input)
        pump(node)
    }

    /// Takes inputs until a turn has to wait for its sync, or none is left.
    private mutating func pump(_ node: Int) {
        while nodes[node].isUp, nodes[node].turn == nil, !nodes[node].inbox.isEmpty {
            let input = nodes[node].inbox.removeFirst()
            turn(input, node)
        }
        guard nodes[node].isUp, nodes[node].turn == nil else { return }
        scheduleWake(node)
    }

    private mutating func turn(_ input: ReplicaInput, _ node: Int) {
        note(input, node)
        let time = nodes[node].time(at: now)
        let effects = nodes[node].core?.step(input, at: time) ?? []
        var mustSync = false
        for case .journal(let record) in effects {
            nodes[node].disk.append(record)
            mustSync = mustSync || record.forcesSync
        }
        guard mustSync else { return perform(effects, node) }
        nodes[node].turn = effects
        let done = now + UInt64.random(in: nodes[node].machine.sync, using: &random)
        queue.push(.turnSynced(node: node, incarnation: nodes[node].incarnation), at: done)
    }

    mutating func finishTurn(_ node: Int) {
        guard let effects = nodes[node].turn else { return }
        nodes[node].turn = nil
        nodes[node].disk.sync(fixture.suite.digestFunction)
        perform(effects, node)
        pump(node)
    }

    private mutating func perform(_ effects: [ReplicaEffect], _ node: Int) {
        let incarnation = nodes[node].incarnation
        for effect in effects {
            if case .journal = effect { continue }
            if let left = nodes[node].crashAfterEffects {
                guard left > 0 else { return crash(node, downtime: nodes[node].plannedDowntime) }
                nodes[node].crashAfterEffects = left - 1
            }
            perform(effect, node)
            guard nodes[node].incarnation == incarnation, violations.isEmpty else { return }
        }
    }

    private mutating func perform(_ effect: ReplicaEffect, _ node: Int) {
        let incarnation = nodes[node].incarnation
        let machine = nodes[node].machine
        func after(_ range: ClosedRange<UInt64>) -> UInt64 { now + UInt64.random(in: range, using: &random) }
        switch effect {
        case .journal: break
        case .send(let message, let peer): send(message, from: node, to: SimulatedNode.index(peer))
        case .broadcast(let message):
            for peer in nodes.indices where peer != node { send(message, from: node, to: peer) }
        case .admit(let bodies, let peer):
            _ = peer
            let event = Event.admit(bodies, isLocal: false, node: node, incarnation: incarnation)
            queue.push(event, at: after(machine.admission))
        case .execute(let request):
            queue.push(.execute(request, node: node, incarnation: incarnation), at: after(machine.execution))
        case .commit(let block, let certificate): commit(block, certificate, node)
        case .serveBlocks(let height, let peer):
            let event = Event.serve(from: height, to: peer, node: node, incarnation: incarnation)
            queue.push(event, at: after(machine.admission))
        case .equivocation(let evidence):
            tell("node \(node) has evidence against \(evidence.signer)")
            if !nodes[node].isTraitor { check(evidence, of: node) }
        case .misbehaved(let peer, let reason): blame(peer, reason, by: node)
        case .refusing(let reason): giveUp(node, "refuses: \(reason)")
        case .stop(let reason): giveUp(node, "stops: \(reason)")
        }
    }

    private mutating func giveUp(_ node: Int, _ what: String) {
        tell("node \(node) \(what)")
        nodes[node].gaveUp = true
        if !nodes[node].isTraitor { violate("node \(node) \(what)") }
    }

    private mutating func check(_ evidence: Evidence, of node: Int) {
        guard let accused = epochs.node(evidence.signer, in: evidence.epoch) else {
            return violate("node \(node) accuses nobody")
        }
        if !nodes[accused].isTraitor { violate("node \(node) accuses \(accused), which is honest") }
    }

    private mutating func blame(_ peer: NodeID, _ reason: String, by node: Int) {
        let accused = SimulatedNode.index(peer)
        tell("node \(node) blames \(accused): \(reason)")
        guard !nodes[node].isTraitor else { return }
        guard nodes[accused].isTraitor else {
            return violate("node \(node) blames \(accused), which is honest: \(reason)")
        }
        disconnect(node, accused)
        queue.push(.reconnect(node, accused), at: now + Nanoseconds.milliseconds(500))
    }

    // MARK: Work off the loop

    mutating func execute(_ request: ExecutionRequest, on node: Int) {
        let result: ExecutionResult
        do {
            result = .executed(
                try fixture.executor.execute(request.transactions, context: request.context, on: request.state)
            )
        } catch {
            result = .failed(error)
        }
        give(.executed(request, result), to: node)
    }

    /// Decodes transactions and checks their signatures under the keys in the store.
    mutating func admit(_ bodies: [[UInt8]], isLocal: Bool, on node: Int) {
        var verified: [VerifiedTransaction] = []
        for bytes in bodies {
            do {
                let sealed = try SealedTransaction(bytes: bytes, digestFunction: fixture.suite.digestFunction)
                let author = sealed.transaction.body.author
                guard let key = try nodes[node].disk.store.authorKey(author),
                    let transaction = VerifiedTransaction(sealed, authorKey: key, suite: fixture.suite)
                else { continue }
                verified.append(transaction)
            } catch {
                // What does not decode comes from a traitor or not at all.
                continue
            }
        }
        if !verified.isEmpty { give(.submitted(verified, isLocal: isLocal), to: node) }
    }

    mutating func serve(from height: Height, to peer: NodeID, on node: Int) {
        let blocks = nodes[node].disk.store.finalisedBlocks(from: height, countMax: plan.servedBlocksMax)
        send(.blocks(blocks), from: node, to: SimulatedNode.index(peer))
    }

    // MARK: The store

    private mutating func commit(_ block: ExecutedBlock, _ certificate: QuorumCertificate?, _ node: Int) {
        tell("node \(node) has height \(block.header.height) final: \(short(block.digest)), view \(block.header.view)")
        if !nodes[node].isTraitor {
            violate(chainChecker.finalised(block, by: node))
            if let set = epochs.noteFinal(block) {
                certificateChecker.begin(epochWith: set.set.keys)
                faultCounts["epochs begun", default: 0] += 1
                tell("epoch \(set.set.epoch): \(set.departments)")
            }
            if let certificate {
                violate(certificateChecker.shown(certificate, by: node))
                if certificate.kind != .finalise || certificate.payload != block.digest {
                    violate("node \(node) commits a block with a certificate of another")
                }
                checkBodies(certificate)
            }
            for transaction in block.transactions { acknowledge(transaction.digest, by: node) }
        }
        nodes[node].commits.append((block, certificate))
        scheduleStore(node)
    }

    private func signs(_ node: Int, _ certificate: QuorumCertificate) -> Bool {
        certificate.signers.indices.contains { epochs.node($0, in: certificate.epoch) == node }
    }

    /// A quorum's finalise means that each honest signer holds the block durably.
    private mutating func checkBodies(_ certificate: QuorumCertificate) {
        for node in honest where signs(node, certificate) {
            let holds = nodes[node].disk.durableBlocks.contains(certificate.payload)
            if !holds { violate("node \(node) finalised view \(certificate.view) without the block on its disk") }
        }
    }

    private mutating func scheduleStore(_ node: Int) {
        guard !nodes[node].isCommitting, !nodes[node].commits.isEmpty else { return }
        nodes[node].isCommitting = true
        let done = now + UInt64.random(in: nodes[node].machine.commit, using: &random)
        queue.push(.store(node: node, incarnation: nodes[node].incarnation), at: done)
    }

    /// Writes a batch of whole blocks, all or none of it before a crash.
    mutating func store(_ node: Int) {
        guard now >= nodes[node].storeStalledUntil else {
            let event = Event.store(node: node, incarnation: nodes[node].incarnation)
            return queue.push(event, at: now + Nanoseconds.milliseconds(100))
        }
        nodes[node].isCommitting = false
        let count = Int.random(in: 1...nodes[node].commits.count, using: &random)
        let batch = Array(nodes[node].commits.prefix(count))
        nodes[node].commits.removeFirst(count)
        for (block, certificate) in batch {
            nodes[node].disk.store.commit(block, certificate: certificate)
            nodes[node].disk.noteStored(block)
        }
        scheduleStore(node)
        if random.chance(1, in: 20), nodes[node].turn == nil, let core = nodes[node].core {
            nodes[node].disk.cut(to: core.journalSnapshot, fixture.suite.digestFunction)
        }
        if let last = batch.last { give(.committed(last.block.header.height), to: node) }
    }

    // MARK: Time

    private mutating func scheduleWake(_ node: Int) {
        guard let deadline = nodes[node].core?.deadline else { return }
        let time = max(nodes[node].trueTime(of: deadline), now)
        if let planned = nodes[node].wakeAt, planned <= time { return }
        nodes[node].wakeAt = time
        queue.push(.wake(node: node, incarnation: nodes[node].incarnation), at: time)
    }

    mutating func wake(_ node: Int) {
        guard nodes[node].wakeAt == now else { return }
        nodes[node].wakeAt = nil
        nodes[node].wakesAtOnce = nodes[node].lastWakeAt == now ? nodes[node].wakesAtOnce + 1 : 0
        nodes[node].lastWakeAt = now
        if nodes[node].wakesAtOnce > 50 { return violate("node \(node) has a deadline that does not move") }
        if nodes[node].inbox.isEmpty || nodes[node].turn == nil { give(.tick, to: node) }
    }

    // MARK: The trace

    private mutating func note(_ input: ReplicaInput, _ node: Int) {
        switch input {
        case .start: trace.note(0, time: now, node: node)
        case .message(let message, let peer):
            trace.note(1, time: now, node: node, bytes: message.canonicalBytes + peer.canonicalBytes)
            tell("node \(node) <- \(peer): \(describe(message))")
        case .connected(let peer): trace.note(2, time: now, node: node, bytes: peer.canonicalBytes)
        case .disconnected(let peer): trace.note(3, time: now, node: node, bytes: peer.canonicalBytes)
        case .submitted(let transactions, _):
            trace.note(4, time: now, node: node, bytes: transactions.flatMap { $0.sealed.digest.bytes })
            tell("node \(node) admits \(transactions.map { short($0.sealed.digest) })")
        case .executed(let request, let result):
            if case .executed(let block) = result {
                trace.note(5, time: now, node: node, bytes: block.digest.bytes)
                tell("node \(node) executed \(request.purpose): \(short(block.digest))")
            }
        case .committed(let height):
            trace.note(6, time: now, node: node, bytes: height.canonicalBytes)
            tell("node \(node) stored through \(height)")
        case .tick: trace.note(7, time: now, node: node)
        }
    }

    func short(_ digest: Digest) -> String { String(digest.description.prefix(6)) }

    func describe(_ message: PeerMessage) -> String {
        switch message {
        case .consensus(.vote(let vote)): "\(vote.kind) \(vote.view) \(short(vote.payload))"
        case .consensus(.certificate(let certificate)):
            "CERTIFICATE \(certificate.kind) \(certificate.view) \(short(certificate.payload))"
        case .consensus(.certificateRequest(let request)):
            "request \(request.notarisations) \(request.nullifications) above \(request.finalisedView)"
        case .consensus(.echoRequest): "echo?"
        case .consensus(.echo): "echo"
        case .consensus(.proposal(let proposal)): "bare proposal \(proposal.view) \(short(proposal.payload))"
        case .proposal(.proposal(let proposal), let outline):
            "PROPOSAL \(proposal.view) on \(proposal.parentView) \(short(proposal.payload)) of \(outline.transactions.count)"
        case .proposal: "odd proposal"
        case .transactions(let bodies): "\(bodies.count) transactions"
        case .outlineRequest(let digest): "outline? \(short(digest))"
        case .outline(let outline): "outline of height \(outline.header.height)"
        case .bodiesRequest(let block, let bodies): "\(bodies.count) bodies of \(short(block))?"
        case .bodies(let block, let bodies): "\(bodies.count) bodies of \(short(block))"
        case .blocksRequest(let height): "blocks from \(height)?"
        case .blocks(let blocks):
            "blocks \(blocks.first?.block.header.height.rawValue ?? 0) to \(blocks.last?.block.header.height.rawValue ?? 0)"
        }
    }
}
