import Primitives
import TestKit
import Testing

@Suite struct SimulationTests {
    /// Each seed has a line of its own in the report; `zhixin-sim SEED --effort quick --narrate` replays it.
    // Among the traitors are peers that lie to those that catch up: docs/protocol.md [CATCH-UP].
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func nothingGoesWrongUnderFaultsAndTraitors(seed: UInt64) {
        let result = Simulation.run(seed: seed, effort: .quick)
        #expect(result.violations == [])
        #expect(result.blockCount > 0 && result.transactionCount > 0)
    }

    /// Votes of an epoch that a restarted node had not reached again were forgotten; the last block of an epoch was voted for in
    /// the next one.
    @Test(arguments: [(7, .full), (77, .full), (88, .full), (1713, .quick)] as [(UInt64, SimulationEffort)])
    func whatOnceWentWrongDoesNotAgain(seed: UInt64, effort: SimulationEffort) {
        let result = Simulation.run(seed: seed, effort: effort)
        #expect(result.violations == [])
        #expect(result.faults["epochs begun", default: 0] > 0)
    }

    @Test(arguments: [7, 19, 42] as [UInt64])
    func aSeedDecidesTheWholeRun(seed: UInt64) {
        let first = Simulation.run(seed: seed, effort: .quick)
        let second = Simulation.run(seed: seed, effort: .quick)
        #expect(first.traceDigest == second.traceDigest)
        #expect(first.eventCount == second.eventCount && first.eventCount > 100)
    }
}
