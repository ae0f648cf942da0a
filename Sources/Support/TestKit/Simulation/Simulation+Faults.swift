import Execution
import LedgerModel
import Primitives
import Replica

/// What goes wrong, and its end.
extension Simulation {
    mutating func start(_ node: Int) {
        tell("node \(node) starts at height \(nodes[node].disk.store.height)")
        // A process's monotonic clock begins wherever its host's does.
        let offset = UInt64.random(in: 0...now, using: &random)
        do {
            try nodes[node].start(fixture, at: now, monotonicOffset: offset)
        } catch {
            return violate("node \(node) cannot start: \(error)")
        }
        if !nodes[node].isTraitor {
            let newest = nodes[node].disk.store.newestBlock
            let height = Int(newest.header.height.rawValue)
            violate(chainChecker.started(node, height: height, digest: newest.digest))
        }
        give(.start, to: node)
        for peer in nodes.indices where peer != node { connect(node, peer) }
    }

    mutating func crash(_ node: Int, downtime: UInt64) {
        guard nodes[node].isUp else { return }
        tell("node \(node) crashes")
        faultCounts["crash", default: 0] += 1
        nodes[node].crash(&random, fixture.suite.digestFunction)
        for peer in nodes.indices where peer != node { disconnect(node, peer) }
        queue.push(.start(node: node, incarnation: nodes[node].incarnation), at: now + downtime)
    }

    mutating func strike(_ fault: Fault, index: Int) {
        guard !isHealed else { return }
        tell("fault: \(fault)")
        faultCounts["fault: \(fault.name)", default: 0] += 1
        switch fault {
        case .crash(let node, let downtime): crash(node, downtime: downtime)
        case .crashInTurn(let node, let effects, let downtime):
            nodes[node].crashAfterEffects = effects
            nodes[node].plannedDowntime = downtime
        case .crashAll(let nodes, let downtime):
            for node in nodes { crash(node, downtime: downtime) }
        case .partition(let sides, let duration):
            change(partition: sides, isBlocked: true)
            queue.push(.endOfFault(index), at: now + duration)
        case .mute(let muted, let duration):
            change(mute: muted, isBlocked: true)
            queue.push(.endOfFault(index), at: now + duration)
        case .flap(let first, let second, let duration):
            disconnect(first, second)
            queue.push(.endOfFault(index), at: now + duration)
        case .clock(let node, let skew): nodes[node].skewMilliseconds = skew
        case .slowMachine(let node, let duration):
            nodes[node].machine = .bad
            queue.push(.endOfFault(index), at: now + duration)
        case .stalledStore(let node, let duration): nodes[node].storeStalledUntil = now + duration
        }
    }

    mutating func end(_ fault: Fault) {
        guard !isHealed else { return }
        tell("end of fault: \(fault)")
        switch fault {
        case .partition(let sides, _): change(partition: sides, isBlocked: false)
        case .mute(let muted, _): change(mute: muted, isBlocked: false)
        case .flap(let first, let second, _): connect(first, second)
        case .slowMachine(let node, _): nodes[node].machine = .good
        case .crash, .crashInTurn, .crashAll, .clock, .stalledStore: break
        }
    }

    private mutating func change(partition sides: [Int], isBlocked: Bool) {
        for from in nodes.indices {
            for to in nodes.indices where sides[from] != sides[to] { change(from: from, to: to, isBlocked: isBlocked) }
        }
    }

    private mutating func change(mute muted: [Int], isBlocked: Bool) {
        for from in muted {
            for to in nodes.indices where from != to { change(from: from, to: to, isBlocked: isBlocked) }
        }
    }

    /// A stream that cannot deliver breaks; single messages are just lost.
    private mutating func change(from: Int, to: Int, isBlocked: Bool) {
        if isBlocked {
            network.block(from: from, to: to)
            if network.conditions.isStream { disconnect(from, to) }
        } else {
            network.unblock(from: from, to: to)
            connect(from, to)
        }
    }

    /// The end of all trouble but traitors.
    mutating func heal() {
        tell("healed")
        isHealed = true
        network.unblockAll()
        network.conditions = .healed
        for node in nodes.indices {
            nodes[node].skewMilliseconds = 0
            nodes[node].machine = .good
            nodes[node].crashAfterEffects = nil
            nodes[node].storeStalledUntil = 0
            if !nodes[node].isUp { start(node) }
        }
        for one in nodes.indices {
            for other in nodes.indices where one < other {
                if plan.reconnectsOnHealing { disconnect(one, other) }
                connect(one, other)
            }
        }
        submitLast()
        stage = .recovering(until: now + Nanoseconds.seconds(240))
        queue.push(.judge, at: now + Nanoseconds.milliseconds(100))
    }
}
