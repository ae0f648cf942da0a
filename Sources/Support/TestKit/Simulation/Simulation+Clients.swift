import LedgerModel
import Primitives

/// Clients that ask one node after the other until one of them says that their transaction is final.
extension Simulation {
    /// The first attempt of a planned request, or a further one.
    mutating func actClient(_ index: Int) {
        if index >= clients.requests.count {
            let transaction = clients.make(fixture, at: civilTime)
            inclusionChecker.submit(transaction.digest)
        }
        let transaction = clients.requests[index].transaction
        guard !isSettled(clients.requests[index]) else { return }
        ask(Int.random(in: nodes.indices, using: &random), transaction)
        // Half of the clients are impatient and ask a second node at once.
        if random.chance(1, in: 4) { ask(Int.random(in: nodes.indices, using: &random), transaction) }
        let pause = UInt64.random(in: Nanoseconds.milliseconds(500)...Nanoseconds.seconds(3), using: &random)
        queue.push(.client(index), at: now + pause)
    }

    /// The true civil time, which clients go by.
    var civilTime: Timestamp { LedgerFixture.start.adding(milliseconds: 60_000 + now / 1_000_000) }

    /// Whether a client has its answer, or has given up.
    func isSettled(_ request: SimulatedClients.Request) -> Bool {
        inclusionChecker.isAcknowledged(request.transaction.digest) || request.isOver(at: civilTime)
    }

    private mutating func ask(_ node: Int, _ transaction: SealedTransaction) {
        guard nodes[node].isUp else { return }
        let event = Event.admit(
            [transaction.bytes],
            isLocal: true,
            node: node,
            incarnation: nodes[node].incarnation
        )
        queue.push(event, at: now + UInt64.random(in: nodes[node].machine.admission, using: &random))
    }

    /// An honest node has the transaction in a final block and says so.
    mutating func acknowledge(_ transaction: Digest, by node: Int) {
        inclusionChecker.acknowledge(transaction)
    }

    /// Work that begins after healing, for every node to be heard once more.
    mutating func submitLast() {
        let count = max(plan.transactionTimes.count, clients.requests.count)
        for index in count..<(count + 4) {
            queue.push(.client(index), at: now + Nanoseconds.milliseconds(UInt64(index - count) * 300 + 10))
        }
    }
}
