import Consensus
import DequeModule
import Execution
import LedgerModel
import Logging
import Ports
import Primitives
import Replica
import Synchronization

/// The loop's own state; it lives on the driver's thread and nowhere else.
struct DriverLoop {
    /// Bytes journalled before old records are given up.
    private static let journalBytesMax = 64 << 20
    /// How long a certificate of finality waits for another message to travel with.
    private static let heldMilliseconds: UInt64 = 20
    /// The time between two messages with new transactions: what comes meanwhile travels together. It is kept while so many
    /// wait that nobody's alone is held up by it.
    private static let gossipMilliseconds: UInt64 = 4
    private static let gossipPoolCountMin = 16
    /// How often a report is offered to the ledger: within its transaction's minute.
    private static let reportAttemptsMax = 6

    private let driver: NodeDriver
    private var replica: ReplicaCore
    /// Results of blocks that were executed within the turn, to be stepped before anything else.
    private var immediate: [ReplicaInput] = [.start]
    private var journalledBytes: Int
    /// Bytes of clients' transactions that this turn puts into the pool.
    private var settledBytes = 0
    /// Peers whose link was dropped and whose end was not yet heard: what they sent before it is not looked at.
    private var dropped: Set<NodeID> = []
    /// Certificates of finality that go out with the next broadcast. Every validator makes its own from the votes, so
    /// they help only those who missed some; sent at once they would be a third of all messages.
    private var heldFrames: [[UInt8]] = []
    private var heldUntil: MonotonicTime?
    /// New transactions for the next message, their bytes, and when it may go out.
    private var heldBodies: [[UInt8]] = []
    private var heldBodyBytes = 0
    private var gossipAt = MonotonicTime(nanoseconds: 0)
    /// Contradictions that were brought to the ledger, by the names of their records.
    private var reported: Set<RecordKey> = []
    private var isStopping = false

    init(driver: NodeDriver) {
        self.driver = driver
        journalledBytes = driver.configuration.journalledByteCount
        replica = driver.configuration.core
    }

    consuming func run() {
        var loop = self
        do {
            while !loop.isStopping { try loop.turn() }
            loop.driver.end(.success(()))
        } catch let stopped as NodeStopped {
            loop.driver.logger.critical("the node stops", metadata: ["reason": "\(stopped.reason)"])
            loop.driver.end(.failure(stopped))
        } catch {
            loop.driver.logger.critical("the node stops", metadata: ["reason": "\(error)"])
            loop.driver.end(.failure(NodeStopped(reason: "\(error)")))
        }
    }

    /// One turn: take what came, decide, make durable, then act.
    private mutating func turn() throws {
        var effects: [ReplicaEffect] = []
        if immediate.isEmpty {
            guard let events = driver.inbox.take(until: deadline) else {
                isStopping = true
                return
            }
            let now = SystemTime.now
            if events.isEmpty || (replica.deadline.map { $0 <= now.monotonic } ?? false) {
                effects += take(.tick, at: now)
            }
            effects += try step(events)
        } else {
            let inputs = immediate
            immediate = []
            for input in inputs { effects += take(input, at: SystemTime.now) }
        }
        try makeDurable(effects)
        for effect in effects { try carryOut(effect) }
        if heldUntil != nil || !heldBodies.isEmpty { sendDue(at: SystemTime.monotonic) }
        publish()
    }

    private var deadline: MonotonicTime? {
        let gossip = heldBodies.isEmpty ? nil : gossipAt
        return [replica.deadline, heldUntil, gossip].compactMap(\.self).min()
    }

    /// Steps the replica. A peer that broke the protocol is dropped before anything else of it is looked at.
    private mutating func take(_ input: ReplicaInput, at now: StepTime) -> [ReplicaEffect] {
        let effects = replica.step(input, at: now)
        for case .misbehaved(let peer, let reason) in effects { drop(peer, reason) }
        return effects
    }

    private mutating func step(_ event: NodeDriver.Event) throws -> [ReplicaEffect] {
        let now = SystemTime.now
        switch event {
        case .link(let event): return step(event, at: now)
        case .executed(let request, let result): return take(.executed(request, result), at: now)
        case .committed(let height):
            let effects = take(.committed(height), at: now)
            try shortenJournal()
            return effects
        case .failed(let reason): throw NodeStopped(reason: reason)
        case .stop: isStopping = true
        // Taken in together, after all else.
        case .submitted, .gossiped: break
        }
        return []
    }

    private mutating func step(_ event: LinkEvent, at now: StepTime) -> [ReplicaEffect] {
        switch event {
        case .connected(let peer):
            dropped.remove(peer)
            return take(.connected(peer), at: now)
        case .disconnected(let peer, _): return take(.disconnected(peer), at: now)
        case .received(let frame, let peer):
            defer { driver.shares.giveBack(frame.count, of: peer) }
            guard !dropped.contains(peer) else { return [] }
            do {
                return take(.message(try PeerMessage(canonicalBytes: frame), from: peer), at: now)
            } catch {
                drop(peer, "a frame that does not decode: \(error)")
                return []
            }
        case .refused, .certificateExpired: return []
        }
    }

    /// Takes in what is not transactions, and then these: those that came one by one enter the pool together and are gossiped
    /// in one frame.
    private mutating func step(_ events: Deque<NodeDriver.Event>) throws -> [ReplicaEffect] {
        var effects: [ReplicaEffect] = []
        var local: [VerifiedTransaction] = []
        var foreign: [VerifiedTransaction] = []
        for event in events {
            switch event {
            case .submitted(let transaction):
                local.append(transaction)
                settledBytes += transaction.sealed.bytes.count
            case .gossiped(let transactions, let peer, let byteCount):
                foreign += transactions
                driver.shares.giveBack(byteCount, of: peer)
            case .link, .executed, .committed, .failed, .stop: effects += try step(event)
            }
        }
        let now = SystemTime.now
        if !foreign.isEmpty { effects += take(.submitted(foreign, isLocal: false), at: now) }
        for start in stride(from: 0, to: local.count, by: 256) {
            let some = Array(local[start..<min(start + 256, local.count)])
            effects += take(.submitted(some, isLocal: true), at: now)
        }
        return effects
    }

    /// Appends every record of the turn and syncs once if one of them asks for it.
    private mutating func makeDurable(_ effects: [ReplicaEffect]) throws {
        var records: [[UInt8]] = []
        var mustSync = false
        for case .journal(let record) in effects {
            records.append(record.canonicalBytes)
            mustSync = mustSync || record.forcesSync
        }
        guard !records.isEmpty else { return }
        try driver.journal.append(records)
        journalledBytes += records.reduce(0) { $0 + $1.count }
        if mustSync { try driver.journal.sync() }
    }

    /// Gives up old records once there are many: what is still needed is written anew, made durable, and only then are the
    /// older ones cut.
    private mutating func shortenJournal() throws {
        guard journalledBytes >= DriverLoop.journalBytesMax else { return }
        let snapshot = replica.journalSnapshot.map(\.canonicalBytes)
        let first = try driver.journal.append(snapshot)
        try driver.journal.sync()
        try driver.journal.cut(below: first)
        journalledBytes = 0
    }

    private mutating func carryOut(_ effect: ReplicaEffect) throws {
        switch effect {
        case .journal: break
        case .send(let message, let peer):
            _ = driver.links.send(message.canonicalBytes, to: peer)
        case .broadcast(.consensus(.certificate(let certificate))) where certificate.kind == .finalise:
            heldFrames.append(PeerMessage.consensus(.certificate(certificate)).canonicalBytes)
            heldUntil = heldUntil ?? SystemTime.monotonic.adding(milliseconds: DriverLoop.heldMilliseconds)
        case .broadcast(.transactions(let bodies)): gossip(bodies)
        case .broadcast(let message):
            // Whatever a proposal names must be on its way before it.
            if case .proposal = message { sendBodies() }
            sendHeld()
            broadcast(message.canonicalBytes)
        case .admit(let bodies, let peer): driver.admit(bodies, from: peer)
        case .execute(let request): execute(request)
        case .commit(let block, let certificate): commit(block, certificate)
        case .serveBlocks(let height, let peer): driver.serving.serve(from: height, to: peer)
        case .equivocation(let evidence): report(evidence)
        case .misbehaved: break
        case .refusing(let reason):
            driver.shared.withLock { $0.refusal = "\(reason)" }
            driver.logger.critical("this node does not vote", metadata: ["reason": "\(reason)"])
        case .stop(let reason): throw NodeStopped(reason: reason)
        }
    }

    private mutating func gossip(_ bodies: [[UInt8]]) {
        let byteCount = bodies.reduce(0) { $0 + $1.count }
        let isTooMuch =
            heldBodyBytes + byteCount > ReplicaCore.gossipBytesMax
            || heldBodies.count + bodies.count > PeerMessage.itemsMax
        if isTooMuch { sendBodies() }
        heldBodies += bodies
        heldBodyBytes += byteCount
    }

    private mutating func sendBodies() {
        guard !heldBodies.isEmpty else { return }
        broadcast(PeerMessage.transactions(heldBodies).canonicalBytes)
        heldBodies = []
        heldBodyBytes = 0
        gossipAt = SystemTime.monotonic.adding(milliseconds: DriverLoop.gossipMilliseconds)
    }

    private mutating func sendDue(at now: MonotonicTime) {
        if gossipAt <= now || replica.poolCount < DriverLoop.gossipPoolCountMin { sendBodies() }
        if let heldUntil, heldUntil <= now { sendHeld() }
    }

    private mutating func sendHeld() {
        for frame in heldFrames { broadcast(frame) }
        heldFrames = []
        heldUntil = nil
    }

    private func broadcast(_ frame: [UInt8]) {
        for peer in replica.connectedPeers { _ = driver.links.send(frame, to: peer) }
    }

    private mutating func execute(_ request: ExecutionRequest) {
        let byteCount = request.transactions.reduce(0) { $0 + $1.sealed.bytes.count }
        if byteCount <= NodeDriver.inlineExecutionBytesMax {
            immediate.append(.executed(request, driver.result(of: request)))
        } else {
            driver.executions.submit { [driver] in
                driver.inbox.pushUnbounded(.executed(request, driver.result(of: request)))
            }
        }
    }

    private func commit(_ block: ExecutedBlock, _ certificate: QuorumCertificate?) {
        driver.committer.commit(block, certificate)
        driver.logger.debug(
            "block final",
            metadata: [
                "height": "\(block.header.height)", "view": "\(block.header.view)",
                "transactions": "\(block.transactions.count)",
            ]
        )
        driver.waiters.finalised(
            zip(block.transactions.lazy.map(\.digest), block.verdicts),
            at: block.header.height
        )
    }

    /// Brings the first contradiction of a validator in an epoch to the ledger.
    private mutating func report(_ evidence: Evidence) {
        let name = RecordKey.equivocation(epoch: evidence.epoch, validator: evidence.signer)
        guard reported.insert(name).inserted else { return }
        let accused = replica.node(of: evidence.signer)
        driver.shared.withLock { if !$0.equivocations.contains(accused) { $0.equivocations.append(accused) } }
        driver.logger.error("a validator contradicted itself", metadata: ["validator": "\(accused)"])
        guard let transaction = driver.configuration.makeReport?(evidence) else { return }
        // Every honest node that saw it does the same; the ledger keeps the first.
        Task { [driver] in
            for _ in 0..<DriverLoop.reportAttemptsMax {
                if case .accepted(let digest) = await driver.submit(transaction),
                    case .final = await driver.outcome(of: digest, waitMilliseconds: 10_000)
                {
                    return
                }
                // Ends early only with the process.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Once a link: what follows from the same peer is not looked at, and so not logged, until it has another.
    private mutating func drop(_ peer: NodeID, _ reason: String) {
        guard dropped.insert(peer).inserted else { return }
        driver.links.drop(peer)
        driver.logger.warning("a peer broke the protocol", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
    }

    private mutating func publish() {
        driver.room.publish(replica.poolUse, settled: settledBytes)
        settledBytes = 0
        driver.shared.withLock { status in
            status.view = replica.view
            status.finalHeight = replica.finalHeight
            status.finalTimestamp = replica.finalHeader.timestamp
            status.poolCount = replica.poolCount
            if replica.isVoting { status.refusal = nil }
            status.validators = replica.validatorNodes
            status.epoch = replica.validators.set.epoch
            let own = replica.configuration.ownNode
            status.connected = replica.validatorNodes.filter { $0 == own || replica.connectedPeers.contains($0) }
        }
    }
}
