import Glibc
import Ports
import Primitives
import Synchronization
import TestKit
import Testing

@testable import Node

/// Inboxes, work queues and turns.
@Suite(.timeLimit(.minutes(1))) struct QueueTests {
    @Test func anInboxKeepsTheOrderAndRefusesMoreThanItHolds() {
        let inbox = Inbox<Int>(capacity: 3)
        #expect([1, 2, 3, 4].map { inbox.push($0) } == [true, true, true, false])
        inbox.pushUnbounded(5)
        #expect(inbox.take(until: nil).map(Array.init) == [1, 2, 3, 5])
        #expect(inbox.take(until: SystemTime.monotonic.adding(milliseconds: 1))?.isEmpty == true)
    }

    @Test func aClosedInboxGivesWhatItHoldsAndThenNothing() {
        let inbox = Inbox<Int>(capacity: 3)
        inbox.push(1)
        inbox.push(2)
        inbox.close()
        #expect(!inbox.push(3))
        #expect(inbox.takeOne() == 1)
        #expect(inbox.take(until: nil).map(Array.init) == [2])
        #expect(inbox.take(until: nil) == nil)
        #expect(inbox.takeOne() == nil)
    }

    /// Each of a burst of jobs waits for all the others to run beside it.
    @Test func aBurstOfJobsKeepsEveryThreadBusy() async {
        let queue = WorkQueue(threads: 2)
        let meeting = Meeting(size: 2)
        for _ in 0..<20 { queue.submit { meeting.wait() } }
        #expect(await holds { meeting.count == 20 })
        queue.close()
    }

    @Test func jobsOfOneThreadRunInOrder() async {
        let queue = WorkQueue(threads: 1)
        let done = Mutex<[Int]>([])
        for number in 0..<1000 { queue.submit { done.withLock { $0.append(number) } } }
        #expect(await holds { done.withLock { $0.count } == 1000 })
        #expect(done.withLock { $0 } == Array(0..<1000))
        queue.close()
    }

    @Test func peersHaveTheirJobsDoneInTurn() async {
        let turns = PeerTurns(threads: 1)
        let done = Mutex<[UInt16]>([])
        let gate = Meeting(size: 2)
        // Holds the thread until everything waits.
        turns.submit(for: NodeID(9)) { gate.wait() }
        for _ in 0..<100 { turns.submit(for: NodeID(1)) { done.withLock { $0.append(1) } } }
        for _ in 0..<2 { turns.submit(for: NodeID(2)) { done.withLock { $0.append(2) } } }
        gate.wait()
        #expect(await holds { done.withLock { $0.count } == 102 })
        #expect(done.withLock { Array($0.prefix(5)) } == [1, 2, 1, 2, 1])
        turns.close()
    }

    @Test func aShareComesBackWithWhatWasHandled() {
        let shares = PeerShares()
        let peer = NodeID(1)
        #expect(shares.take(Limits.frameBytesMax, of: peer))
        shares.hold(PeerShares.bytesMax, of: peer)
        #expect(!shares.take(1, of: peer))
        shares.giveBack(Limits.frameBytesMax, of: peer)
        #expect(!shares.take(1, of: peer))
        shares.giveBack(PeerShares.bytesMax, of: peer)
        #expect(shares.byteCount(of: peer) == 0)
        #expect(shares.take(1, of: peer))
    }
}

/// Where threads wait until `size` of them have come.
private final class Meeting: Sendable {
    private let size: Int
    private let arrived = Mutex(0)

    init(size: Int) { self.size = size }

    var count: Int { arrived.withLock { $0 } }

    func wait() {
        let number = arrived.withLock { arrived in
            arrived += 1
            return arrived
        }
        let needed = (number + size - 1) / size * size
        while count < needed { sched_yield() }
    }
}
