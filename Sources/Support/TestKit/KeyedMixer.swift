import Primitives

/// A keyed function from bytes to 32 bytes that is quick and mixes well, for twins that need not resist an attacker.
///
/// Four 64-bit words are stirred by additions, rotations and exclusive ors after each eight bytes of input.
struct KeyedMixer {
    private var first: UInt64
    private var second: UInt64
    private var third: UInt64
    private var fourth: UInt64

    init(key: Digest) {
        (first, second, third, fourth) = key.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self).littleEndian
                    ^ 0x6a09_e667_f3bc_c908,
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
                    ^ 0xbb67_ae85_84ca_a73b,
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self).littleEndian
                    ^ 0x3c6e_f372_fe94_f82b,
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self).littleEndian
                    ^ 0xa54f_f53a_5f1d_36f1
            )
        }
        stir(rounds: 3)
    }

    /// Takes in `bytes` and their count, so that what is absorbed next cannot be taken for a part of them.
    mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while bytes.count - offset >= 8 {
            absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        var rest: UInt64 = 0
        for byte in bytes[offset...].reversed() { rest = rest << 8 | UInt64(byte) }
        absorb(rest)
        absorb(UInt64(bytes.count))
    }

    /// Takes in one word.
    mutating func absorb(_ word: UInt64) {
        fourth ^= word
        stir(rounds: 2)
        first ^= word
    }

    /// The 32 bytes for what was absorbed. Calling it again gives others.
    mutating func squeeze() -> Digest {
        third ^= 0xff
        stir(rounds: 4)
        return Digest(words: (first, second, third, fourth))
    }

    private mutating func stir(rounds: Int) {
        for _ in 0..<rounds {
            first &+= second
            third &+= fourth
            second = (second << 13 | second >> 51) ^ first
            fourth = (fourth << 16 | fourth >> 48) ^ third
            first = first << 32 | first >> 32
            third &+= second
            first &+= fourth
            second = (second << 17 | second >> 47) ^ third
            fourth = (fourth << 21 | fourth >> 43) ^ first
            third = third << 32 | third >> 32
        }
    }
}
