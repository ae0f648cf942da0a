/// The links between nodes: which are up, which directions are blocked, and when a message arrives.
struct SimulatedNetwork: Sendable {
    /// A link breaks with everything that is on its way: messages carry the number of the link they were sent on.
    struct Link: Sendable {
        var isUp = false
        var number = 0
    }

    var conditions: NetworkConditions
    private let nodeCount: Int
    private var links: [Link]
    /// How many faults block a direction at present.
    private var blocks: [Int]
    /// When the last message sent in a direction arrives: a stream keeps the order.
    private var lastArrival: [UInt64]

    init(nodeCount: Int, conditions: NetworkConditions) {
        self.nodeCount = nodeCount
        self.conditions = conditions
        links = Array(repeating: Link(), count: nodeCount * nodeCount)
        blocks = Array(repeating: 0, count: nodeCount * nodeCount)
        lastArrival = Array(repeating: 0, count: nodeCount * nodeCount)
    }

    private func place(_ from: Int, _ to: Int) -> Int { from * nodeCount + to }

    func link(_ one: Int, _ other: Int) -> Link { links[place(min(one, other), max(one, other))] }

    mutating func setLink(_ one: Int, _ other: Int, isUp: Bool) {
        let place = place(min(one, other), max(one, other))
        guard links[place].isUp != isUp else { return }
        links[place].isUp = isUp
        links[place].number += 1
    }

    func isBlocked(from: Int, to: Int) -> Bool { blocks[place(from, to)] > 0 }

    mutating func block(from: Int, to: Int) { blocks[place(from, to)] += 1 }

    mutating func unblock(from: Int, to: Int) { blocks[place(from, to)] -= 1 }

    mutating func unblockAll() { blocks = Array(repeating: 0, count: blocks.count) }

    /// When the copies of a message arrive; none for a lost one.
    mutating func arrivals(from: Int, to: Int, at now: UInt64, _ random: inout SeededRandom) -> [UInt64] {
        guard link(from, to).isUp, !isBlocked(from: from, to: to) else { return [] }
        guard !random.chance(conditions.lossPerMille, in: 1000) else { return [] }
        var copies = 1
        if random.chance(conditions.duplicatesPerMille, in: 1000) { copies += Int.random(in: 1...2, using: &random) }
        var times: [UInt64] = []
        for _ in 0..<copies {
            var delay = UInt64.random(in: conditions.delay, using: &random)
            if random.chance(conditions.spikesPerMille, in: 1000) {
                delay += UInt64.random(in: 0...conditions.spike, using: &random)
            }
            var time = now + delay
            if conditions.isStream {
                time = max(time, lastArrival[place(from, to)])
                lastArrival[place(from, to)] = time
            }
            times.append(time)
        }
        return times
    }
}
