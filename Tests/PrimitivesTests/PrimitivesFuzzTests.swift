import Primitives
import TestKit
import Testing

struct PrimitivesFuzzTests {
    /// One value with every form that the coder knows.
    private struct Everything: CanonicalCodable, Hashable {
        var flag: Bool
        var text: String
        var blob: [UInt8]
        var digest: Digest
        var key: PublicKey?
        var heights: [Height]
        var index: ReplicaIndex

        init(random: inout SeededRandom) {
            flag = random.chance(1, in: 2)
            text = String("一网通办 zero".shuffled(using: &random).prefix(Int.random(in: 0...9, using: &random)))
            blob = random.bytes(count: Int.random(in: 0...200, using: &random))
            digest = Digest(words: (random.next(), random.next(), random.next(), random.next()))
            let algorithm = SignatureAlgorithm.allCases.randomElement(using: &random)!
            let bytes = random.bytes(count: algorithm.publicKeyByteCount)
            key = random.chance(1, in: 3) ? nil : PublicKey(algorithm: algorithm, bytes: bytes)
            heights = (0..<Int.random(in: 0...5, using: &random)).map { _ in Height(random.next()) }
            index = ReplicaIndex(UInt16.random(in: 0...(.max), using: &random))
        }

        func encode(to encoder: inout CanonicalEncoder) {
            encoder.append(flag)
            encoder.append(text)
            encoder.append(blob)
            encoder.append(digest)
            encoder.append(optional: key)
            encoder.append(list: heights)
            encoder.append(index)
        }

        init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
            flag = try decoder.readBool()
            text = try decoder.readString(countMax: 64)
            blob = try decoder.readBytes(countMax: 200)
            digest = try decoder.read()
            key = try decoder.readOptional()
            heights = try decoder.readList(countMax: 5)
            index = try decoder.read()
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func decodersAcceptCanonicalBytesOnly(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var fuzz = DecoderFuzz(seed: seed)
        let samples = (0..<40).map { _ in Everything(random: &random) }
        #expect(fuzz.counterexample(samples: samples, rounds: 20_000) == nil)
        #expect(fuzz.counterexample(samples: samples.map(\.digest), rounds: 2000) == nil)
        #expect(fuzz.counterexample(samples: samples.compactMap(\.key), rounds: 4000) == nil)
        #expect(fuzz.counterexample(samples: samples.flatMap(\.heights), rounds: 2000) == nil)
    }

    /// The search must find what it looks for: a decoder that takes any byte for a boolean.
    @Test func searchFindsACarelessDecoder() throws {
        struct Careless: CanonicalCodable, Equatable {
            var flag: Bool
            init(_ flag: Bool) { self.flag = flag }
            func encode(to encoder: inout CanonicalEncoder) { encoder.append(flag) }
            init(from decoder: inout CanonicalDecoder) throws(DecodeError) { flag = try decoder.readUInt8() != 0 }
        }
        var fuzz = DecoderFuzz(seed: 1)
        let counterexample = fuzz.counterexample(samples: [Careless(true)], rounds: 1000)
        let found = try #require(counterexample)
        #expect(found.count == 1)
        #expect(found != [0] && found != [1])
    }

    @Test func everyPrefixOfAValueIsRefused() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<20 {
            let bytes = Everything(random: &random).canonicalBytes
            for count in 0..<bytes.count {
                #expect(throws: DecodeError.self) { try Everything(canonicalBytes: Array(bytes.prefix(count))) }
            }
            #expect(throws: DecodeError.trailingBytes(count: 1)) { try Everything(canonicalBytes: bytes + [0]) }
        }
    }
}
