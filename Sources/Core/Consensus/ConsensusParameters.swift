package import Primitives

/// The times and counts of consensus that a ledger fixes for all of its validators.
package struct ConsensusParameters: Hashable, Sendable, CanonicalCodable {
    /// What a ledger begins with: Δ of 100 ms, 256 views kept, a heartbeat every 5 s, clocks 2 s apart.
    package static let initial = ConsensusParameters()

    /// Δ: the longest time a message is expected to take between two validators. 1 to 60,000.
    package let deltaMilliseconds: UInt32
    /// How many views below the last finalised one votes and certificates are kept. 16 to 65,536.
    package let retentionViews: UInt32
    /// Longest rest before an empty block is made, so that "active as of now" can be proved. 0 for none, or 1,000 to
    /// 86,400,000.
    package let heartbeatMilliseconds: UInt32
    /// How far a block's time may be ahead of the voter's own clock ([TIME]). 1 to 3,600,000.
    package let clockAheadMilliseconds: UInt32

    package init(
        deltaMilliseconds: UInt32 = 100,
        retentionViews: UInt32 = 256,
        heartbeatMilliseconds: UInt32 = 5000,
        clockAheadMilliseconds: UInt32 = 2000
    ) {
        self.deltaMilliseconds = deltaMilliseconds
        self.retentionViews = retentionViews
        self.heartbeatMilliseconds = heartbeatMilliseconds
        self.clockAheadMilliseconds = clockAheadMilliseconds
    }

    /// Whether every value lies within the range its field names.
    package var isWithinLimits: Bool {
        (1...60_000).contains(deltaMilliseconds) && (16...65_536).contains(retentionViews)
            && (heartbeatMilliseconds == 0 || (1000...86_400_000).contains(heartbeatMilliseconds))
            && (1...3_600_000).contains(clockAheadMilliseconds)
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(deltaMilliseconds)
        encoder.append(retentionViews)
        encoder.append(heartbeatMilliseconds)
        encoder.append(clockAheadMilliseconds)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        deltaMilliseconds = try decoder.readUInt32()
        retentionViews = try decoder.readUInt32()
        heartbeatMilliseconds = try decoder.readUInt32()
        clockAheadMilliseconds = try decoder.readUInt32()
        guard isWithinLimits else { throw .invalid(type: "ConsensusParameters", reason: "a value is out of range") }
    }
}
