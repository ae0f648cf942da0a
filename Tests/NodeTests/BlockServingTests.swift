import Glibc
import LedgerModel
import Ports
import Primitives
import Replica
import Synchronization
import TestKit
import Testing

@testable import Node

/// docs/protocol.md [CATCH-UP], the side that gives.
@Suite(.timeLimit(.minutes(1))) struct BlockServingTests {
    /// Links on which every send waits until the test lets it go.
    private final class SlowLinks: PeerLinks {
        private struct State {
            var sent: [(NodeID, PeerMessage)] = []
            var isOpen = false
        }

        private let state = Mutex(State())

        var answers: [(peer: UInt16, heights: [UInt64])] {
            state.withLock { $0.sent }.map { peer, message in
                guard case .blocks(let blocks) = message else { return (peer.rawValue, [.max]) }
                return (peer.rawValue, blocks.map(\.block.header.height.rawValue))
            }
        }

        func open() { state.withLock { $0.isOpen = true } }

        func send(_ frame: [UInt8], to peer: NodeID) -> Bool {
            guard let message = try? PeerMessage(canonicalBytes: frame) else { return false }
            state.withLock { $0.sent.append((peer, message)) }
            while !state.withLock({ $0.isOpen }) { sched_yield() }
            return true
        }

        func drop(_ peer: NodeID) {}
        func deliver(to sink: @escaping LinkEventSink) {}
        func run() async throws {}
        func stop() {}
        var statistics: LinkStatistics { LinkStatistics() }
    }

    @Test func eachPeerGetsOneAnswerAtATimeToItsNewestRequest() async throws {
        let fixture = LedgerFixture()
        let store = NodeDisk.newStore(fixture)
        var chain = CertifiedChain(fixture: fixture)
        for _ in 0..<5 { try store.commit([(try chain.append(), chain.blocks.last?.certificate)]) }
        let links = SlowLinks()
        let serving = BlockServing(store: store, links: links, logger: silent)
        let (one, two) = (NodeID(1), NodeID(2))
        serving.serve(from: Height(1), to: one)
        #expect(await holds { links.answers.count == 1 })
        for height in 2...5 { serving.serve(from: Height(UInt64(height)), to: one) }
        serving.serve(from: Height(5), to: two)
        links.open()
        #expect(await holds { links.answers.count == 3 })
        // Nothing is an answer too.
        serving.serve(from: Height(6), to: one)
        #expect(await holds { links.answers.count == 4 })
        #expect(links.answers.map(\.peer) == [1, 2, 1, 1])
        #expect(links.answers.map(\.heights) == [[1, 2, 3, 4, 5], [5], [5], []])
        serving.close()
    }
}
