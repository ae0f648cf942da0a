import Consensus
import Execution
import LedgerModel
import Primitives
import Replica

/// Progress after healing, rest after work, and the end's accounts.
extension Simulation {
    mutating func judgeProgress() {
        switch stage {
        case .trouble: return
        case .recovering(let limit):
            if hasRecovered {
                tell("recovered")
                let height = chainChecker.height
                let end = now + Nanoseconds.seconds(20)
                stage = .resting(until: end, messages: messageCount, height: height)
                queue.push(.judge, at: end)
                return
            }
            if now >= limit { return violate("no progress after healing: \(standing)") }
            queue.push(.judge, at: now + Nanoseconds.milliseconds(100))
        case .resting(_, let messages, let height):
            checkRest(messages: messageCount - messages, blocks: chainChecker.height - height)
            isOver = true
        }
    }

    /// All honest nodes store the same height, and every request is answered.
    private var hasRecovered: Bool {
        let answered = clients.requests.count >= plan.transactionTimes.count + 4
        guard answered, clients.requests.allSatisfy(isSettled) else { return false }
        return honest.allSatisfy { node in
            guard nodes[node].commits.isEmpty, !nodes[node].gaveUp else { return false }
            // With a heartbeat somebody is always a block ahead.
            let slack = plan.parameters.consensus.heartbeatMilliseconds > 0 ? 2 : 0
            return Int(nodes[node].disk.store.height.rawValue) + slack >= chainChecker.height
        }
    }

    private var standing: String {
        let heights = honest.map { node in
            let core = nodes[node].core
            return "node \(node): final \(core?.finalHeight.rawValue ?? 0), stored \(nodes[node].disk.store.height), "
                + "view \(core?.view.rawValue ?? 0), pool \(core?.poolCount ?? 0)"
        }
        let lacking = clients.requests.count { !isSettled($0) }
        return "\(heights.joined(separator: "; ")); \(lacking) requests without an answer"
    }

    /// [IDLE]: nothing to do, so nothing is done but heartbeats.
    private mutating func checkRest(messages: UInt64, blocks: Int) {
        let heartbeat = plan.parameters.consensus.heartbeatMilliseconds
        let beats = heartbeat == 0 ? 0 : 20_000 / Int(heartbeat) + 2
        if blocks > beats + 2 { violate("\(blocks) blocks in 20 s of rest, \(beats) heartbeats were due") }
        // A heartbeat's round, with a traitor that makes some views fail, costs each pair a few dozen messages.
        let pairs = plan.nodeCount * plan.nodeCount
        let allowed = UInt64((beats + 2) * pairs * (traitors.isEmpty ? 12 : 60))
        if messages > allowed { violate("\(messages) messages in 20 s of rest") }
    }

    /// Compares what the disks hold with what was seen on the way there.
    mutating func judgeEnd() {
        let isTraitor = { (header: Header) in
            epochs.node(header.proposer, in: header.epoch).map { traitors.contains($0) } ?? false
        }
        for violation in inclusionChecker.judge(chainChecker.blocks, isTraitor: isTraitor) { violate(violation) }
        for node in honest {
            let store = nodes[node].disk.store
            for block in chainChecker.blocks.prefix(Int(store.height.rawValue) + 1) {
                if store.block(at: block.header.height)?.digest != block.digest {
                    violate("node \(node) stores another block at height \(block.header.height)")
                }
            }
            let root = RegisterChecker.root(of: store.allRecords, digestFunction: fixture.suite.digestFunction)
            if root != store.newestBlock.header.registerRoot {
                violate("node \(node)'s records do not hash to the register root of height \(store.height)")
            }
        }
    }
}
