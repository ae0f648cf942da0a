import Primitives
import TestKit
import Testing

@testable import Consensus

/// docs/protocol.md [NOTARISED]: which finalises are waited with.
struct DueFinaliseTests {
    private func certified(_ bench: inout Bench, views: UInt64) {
        for view in 1...views {
            _ = bench.certify(view, parent: view - 1, payload: Bench.payload("\(view)"))
        }
    }

    @Test func aVoterThatHearsKeepsThemForLater() {
        var bench = Bench(own: 0, requiresHearing: true)
        certified(&bench, views: 3)
        #expect(bench.voter.finaliseDue == [View(1), View(2), View(3)])
    }

    @Test func aFollowerKeepsNone() {
        var bench = Bench(own: nil)
        certified(&bench, views: 3)
        #expect(bench.voter.finaliseDue == [])
    }

    @Test func aVoterThatRefusesKeepsNone() {
        var bench = Bench(own: 0, requiresHearing: true)
        certified(&bench, views: 2)
        let lost = bench.vote(bench.nullify(9), by: 0)
        _ = bench.step(.message(.echo(VoteEcho(epoch: .zero, votes: [lost])), from: ReplicaIndex(2)))
        certified(&bench, views: 4)
        #expect(bench.voter.finaliseDue == [])
    }
}
