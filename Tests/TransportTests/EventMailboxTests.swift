import Ports
import Primitives
import Testing
import Transport

@Suite struct EventMailboxTests {
    private let peer = NodeID(3)

    @Test func eventsAreTakenAtOnceByASinkWithTime() {
        let log = EventLog()
        var mailbox = EventMailbox(sink: log.take)
        let taken = [
            mailbox.offer(.connected(peer)),
            mailbox.offer(.received(frame: [1], from: peer)),
            mailbox.linkEnded(peer, .stopped),
        ]
        #expect(taken == [true, true, true])
        #expect(mailbox.isEmpty)
        #expect(
            log.events == [.connected(peer), .received(frame: [1], from: peer), .disconnected(peer, .stopped)]
        )
    }

    @Test func heldEventsKeepTheirOrder() {
        let log = EventLog()
        var mailbox = EventMailbox(sink: log.take)
        var taken = [mailbox.offer(.connected(peer))]
        log.setBusy { _ in true }
        taken += [
            mailbox.offer(.received(frame: [1], from: peer)),
            mailbox.linkEnded(peer, .closedByPeer),
            mailbox.offer(.connected(peer)),
            mailbox.offer(.received(frame: [2], from: peer)),
        ]
        #expect(!mailbox.isEmpty)
        log.setBusy { _ in false }
        taken.append(mailbox.offerHeld())
        #expect(taken == [true, false, false, false, false, true])
        let expected: [LinkEvent] = [
            .connected(peer), .disconnected(peer, .closedByPeer), .connected(peer), .received(frame: [2], from: peer),
        ]
        #expect(log.events == expected)
    }

    @Test func linkThatNobodyHeardOfLeavesNoTrace() {
        let log = EventLog()
        log.setBusy { _ in true }
        var mailbox = EventMailbox(sink: log.take)
        for _ in 0..<100 {
            let taken = [mailbox.offer(.connected(peer)), mailbox.linkEnded(peer, .closedByPeer)]
            #expect(taken == [false, true])
        }
        #expect(mailbox.isEmpty)
        #expect(log.events.isEmpty)
    }
}
