import Primitives
import TestKit
import Testing

struct DigestTests {
    private let ascending = (0..<32).map { UInt8($0) }

    @Test func bytesComeBackInOrder() throws {
        let digest = try #require(Digest(ascending))
        #expect(digest.bytes == ascending)
        #expect(digest.canonicalBytes == ascending)
        #expect(digest.withUnsafeBytes { Array($0) } == ascending)
        #expect(ascending.withUnsafeBytes { Digest(reading: $0) } == digest)
        #expect(try Digest(canonicalBytes: ascending) == digest)
        #expect(
            digest
                == Digest(
                    words: (
                        0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f, 0x1011_1213_1415_1617, 0x1819_1a1b_1c1d_1e1f
                    )
                )
        )
    }

    @Test func readingTakesTheFirst32BytesWhereverTheyLie() throws {
        let padded = [0xaa] + ascending + [0xbb]
        let digest = padded.withUnsafeBytes { Digest(reading: UnsafeRawBufferPointer(rebasing: $0[1...])) }
        #expect(digest.bytes == ascending)
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func otherLengthsAreNoDigest(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(Digest(bytes) == nil)
        #expect(Digest(hexadecimal: Hexadecimal.encode(bytes)) == nil)
        #expect(throws: DecodeError.self) { try Digest(canonicalBytes: bytes) }
    }

    @Test func textIsLowerCaseHexadecimal() throws {
        let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        #expect(Digest(ascending)?.description == text)
        #expect(Digest(hexadecimal: text)?.bytes == ascending)
        #expect(Digest(hexadecimal: text.uppercased())?.bytes == ascending)
        #expect(Digest(hexadecimal: "g" + text.dropFirst()) == nil)
        #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
    }

    @Test func orderIsThatOfTheBytes() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let left = random.bytes(count: 32)
            var right = random.chance(1, in: 4) ? random.bytes(count: 32) : left
            right[Int.random(in: 0..<32, using: &random)] ^= UInt8.random(in: 0...255, using: &random)
            let (first, second) = (try #require(Digest(left)), try #require(Digest(right)))
            #expect((first < second) == left.lexicographicallyPrecedes(right))
            #expect((second < first) == right.lexicographicallyPrecedes(left))
            #expect((first == second) == (left == right))
        }
    }

    @Test func digestOfAValueIsThatOfItsFrame() {
        let sha = ReferenceSHA256()
        let expected = sha.digest([15] + Array("zhixin/1/header".utf8) + [7, 0, 0, 0, 0, 0, 0, 0])
        #expect(sha.digest(of: Height(7), domain: .header) == expected)
        let suite = Suite(digestFunction: sha, verifier: FakeSignatures(seed: 1))
        #expect(suite.digest(of: Height(7), domain: .header) == expected)
        #expect(suite.digest(of: Height(7), domain: .transaction) != expected)
    }
}
