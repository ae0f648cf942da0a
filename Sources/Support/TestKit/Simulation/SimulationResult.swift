package import Primitives

/// What a run amounted to.
package struct SimulationResult: Sendable {
    package let seed: UInt64
    /// Everything that may never be, in words; empty for a good run.
    package let violations: [String]
    /// The digest of all that happened.
    package let traceDigest: Digest
    package let eventCount: UInt64
    package let simulatedSeconds: Double
    package let blockCount: Int
    package let transactionCount: Int
    package let messageCount: UInt64
    /// How often each kind of fault struck, and how many traitors of each kind there were.
    package let faults: [String: Int]
}
