package import Primitives

/// Looks for bytes that a decoder accepts although they are not the canonical form of what it returns.
///
/// The bytes are good ones that were damaged, and wholly random ones. A decoder that traps ends the test.
package struct DecoderFuzz {
    private var random: SeededRandom

    package init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// Bytes that decode and encode to others, or nil when `rounds` damaged forms of `samples` had none.
    ///
    /// The samples must decode to themselves: the first that does not is returned as well.
    package mutating func counterexample<Value: CanonicalCodable & Equatable>(
        samples: [Value],
        rounds: Int
    ) -> [UInt8]? {
        let encoded = samples.map(\.canonicalBytes)
        for (sample, bytes) in zip(samples, encoded) {
            guard let decoded = decode(Value.self, bytes), decoded == sample else { return bytes }
        }
        for _ in 0..<rounds {
            let bytes = damaged(encoded)
            if let value = decode(Value.self, bytes), value.canonicalBytes != bytes { return bytes }
        }
        return nil
    }

    /// One of `originals` after one to three changes, or random bytes.
    package mutating func damaged(_ originals: [[UInt8]]) -> [UInt8] {
        guard var bytes = originals.randomElement(using: &random), !random.chance(1, in: 16) else {
            return random.bytes(count: Int.random(in: 0...80, using: &random))
        }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where place < bytes.count: bytes[place] = [0, 1, 2, 0x7f, 0x80, 0xff].randomElement(using: &random)!
            case 2 where place < bytes.count: bytes.remove(at: place)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 4: bytes.removeSubrange(place...)
            case 5: bytes += random.bytes(count: Int.random(in: 1...40, using: &random))
            case 6: bytes.replaceSubrange(place..., with: originals.randomElement(using: &random)!.suffix(40))
            default: bytes.insert(contentsOf: bytes.prefix(place).suffix(33), at: place)
            }
        }
        return bytes
    }

    private func decode<Value: CanonicalCodable>(_: Value.Type, _ bytes: [UInt8]) -> Value? {
        do throws(DecodeError) {
            return try Value(canonicalBytes: bytes)
        } catch {
            // Refusing is what a decoder may always do with damaged bytes.
            return nil
        }
    }
}
