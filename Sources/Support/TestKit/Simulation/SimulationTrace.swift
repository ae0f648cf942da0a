package import Primitives

/// The digest of everything that happened, in order: two runs of one seed must have the same.
package struct SimulationTrace: Sendable {
    private var mixer = KeyedMixer(key: .zero)
    /// Events absorbed.
    package private(set) var count: UInt64 = 0

    /// Notes that something of `kind` happened to `node` at `time`.
    mutating func note(_ kind: UInt8, time: UInt64, node: Int, bytes: [UInt8] = []) {
        count += 1
        mixer.absorb(time)
        mixer.absorb(UInt64(kind) << 32 | UInt64(UInt32(truncatingIfNeeded: node)))
        bytes.withUnsafeBytes { mixer.absorb($0) }
    }

    package var digest: Digest {
        var copy = mixer
        return copy.squeeze()
    }
}
