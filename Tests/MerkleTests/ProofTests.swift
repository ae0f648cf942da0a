import Merkle
import Primitives
import TestKit
import Testing

/// What proofs and the other values on the wire must refuse.
struct ProofTests {
    private let hasher = MerkleHasher(FastDigest())
    private var leaves: [Digest] { (0..<21).map { hasher.leaf([$0]) } }

    @Test func everyFlippedBitBreaksAnInclusionProof() throws {
        for position in 0..<UInt64(leaves.count) {
            let proof = try #require(hasher.inclusionProof(position: Position(position), of: leaves))
            let root = hasher.root(of: leaves)
            #expect(proof.verify(leaf: leaves[Int(position)], root: root, hasher: hasher))
            let bytes = proof.canonicalBytes
            for bit in 0..<(bytes.count * 8) {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                // A larger tree can have the same shape of path: the size is the header's to say.
                guard !(64..<128).contains(bit), let other = decoded(flipped) else { continue }
                #expect(!other.verify(leaf: leaves[Int(position)], root: root, hasher: hasher))
            }
        }
    }

    @Test func everyFlippedBitBreaksTheLeafOrRoot() throws {
        let proof = try #require(hasher.inclusionProof(position: Position(9), of: leaves))
        let root = hasher.root(of: leaves)
        for bit in 0..<256 {
            let leaf = try #require(flipped(leaves[9], bit: bit))
            #expect(!proof.verify(leaf: leaf, root: root, hasher: hasher))
            let otherRoot = try #require(flipped(root, bit: bit))
            #expect(!proof.verify(leaf: leaves[9], root: otherRoot, hasher: hasher))
        }
    }

    @Test func everyFlippedBitBreaksAConsistencyProof() throws {
        let tiles = try RegisterTree(hasher).update(size: 0, newLeaves: leaves, reader: [TileKey: Tile]()).tiles
        for oldSize in 1..<UInt64(leaves.count) {
            let proof = try RegisterTree(hasher).consistencyProof(from: oldSize, to: 21, reader: tiles)
            let oldRoot = hasher.root(of: leaves.prefix(Int(oldSize)))
            let newRoot = hasher.root(of: leaves)
            for (index, digest) in proof.path.enumerated() {
                for bit in 0..<256 {
                    var path = proof.path
                    path[index] = try #require(flipped(digest, bit: bit))
                    let other = ConsistencyProof(oldSize: oldSize, newSize: 21, path: path)
                    #expect(!other.verify(oldRoot: oldRoot, newRoot: newRoot, hasher: hasher))
                }
            }
        }
    }

    @Test func pathOfAnotherLengthHasNoRoot() throws {
        let proof = try #require(hasher.inclusionProof(position: Position(20), of: leaves))
        for path in [[], Array(proof.path.dropLast()), proof.path + [.zero], [.zero] + proof.path] {
            let other = InclusionProof(position: proof.position, size: proof.size, path: path)
            #expect(other.computedRoot(leaf: leaves[20], hasher: hasher) == nil)
            #expect(throws: DecodeError.self) { try InclusionProof(canonicalBytes: other.canonicalBytes) }
        }
    }

    @Test func positionOutsideTheTreeHasNoProof() {
        #expect(hasher.inclusionProof(position: Position(21), of: leaves) == nil)
        #expect(hasher.inclusionProof(position: Position(0), of: []) == nil)
        let proof = InclusionProof(position: Position(0), size: 0, path: [])
        #expect(proof.computedRoot(leaf: .zero, hasher: hasher) == nil)
        #expect(throws: DecodeError.invalid(type: "InclusionProof", reason: "position is not below size")) {
            try InclusionProof(canonicalBytes: proof.canonicalBytes)
        }
    }

    @Test func longestPathIsReadAndALongerOneIsNot() throws {
        let path = [Digest](repeating: .zero, count: 64)
        let longest = InclusionProof(position: Position(0), size: .max, path: path)
        #expect(try InclusionProof(canonicalBytes: longest.canonicalBytes) == longest)
        #expect(longest.computedRoot(leaf: .zero, hasher: hasher) != nil)
        let longer = InclusionProof(position: Position(0), size: .max, path: path + [.zero])
        #expect(throws: DecodeError.lengthOverLimit(found: 65, limit: 64)) {
            try InclusionProof(canonicalBytes: longer.canonicalBytes)
        }
        let consistency = ConsistencyProof(oldSize: 1, newSize: .max, path: path + [.zero])
        #expect(throws: DecodeError.lengthOverLimit(found: 65, limit: 64)) {
            try ConsistencyProof(canonicalBytes: consistency.canonicalBytes)
        }
    }

    @Test func inclusionProofHasTheDocumentedBytes() {
        let proof = InclusionProof(position: Position(1), size: 2, path: [.zero])
        #expect(
            proof.canonicalBytes
                == [1, 0, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0, 0, 0, 0, 0] + [1] + [UInt8](repeating: 0, count: 32)
        )
    }

    @Test(arguments: [0, 1, 31, 32, 33, 512, 513, 544])
    func tileIsOneToSixteenWholeDigests(byteCount: Int) throws {
        let bytes = [UInt8](repeating: 7, count: byteCount)
        if byteCount == 32 || byteCount == 512 {
            #expect(try Tile(canonicalBytes: bytes).canonicalBytes == bytes)
        } else {
            #expect(throws: DecodeError.self) { try Tile(canonicalBytes: bytes) }
        }
    }

    @Test func tileHoldsOneToSixteenDigests() {
        #expect(Tile([]) == nil)
        #expect(Tile([.zero])?.digests.count == 1)
        #expect(Tile([Digest](repeating: .zero, count: 16))?.digests.count == 16)
        #expect(Tile([Digest](repeating: .zero, count: 17)) == nil)
    }

    @Test func tileKeysOrderByLevelThenIndex() {
        let keys = [(0, 0), (0, 256), (1, 0), (1, 1)].map { TileKey(level: $0.0, index: $0.1) }
        #expect(keys.reversed().sorted() == keys)
        #expect(throws: DecodeError.self) { try TileKey(canonicalBytes: [16] + [UInt8](repeating: 0, count: 8)) }
        #expect(throws: Never.self) { try TileKey(canonicalBytes: [15] + [UInt8](repeating: 0, count: 8)) }
    }

    @Test func decodersAcceptCanonicalBytesOnly() throws {
        var fuzz = DecoderFuzz(seed: 1)
        let tiles = try RegisterTree(hasher).update(size: 0, newLeaves: leaves, reader: [TileKey: Tile]()).tiles
        let inclusion = (0..<21).compactMap { hasher.inclusionProof(position: Position($0), of: leaves) }
        #expect(fuzz.counterexample(samples: inclusion, rounds: 20_000) == nil)
        let consistency = try (1...21).map {
            try RegisterTree(hasher).consistencyProof(from: $0, to: 21, reader: tiles)
        }
        #expect(fuzz.counterexample(samples: consistency, rounds: 20_000) == nil)
        #expect(fuzz.counterexample(samples: Array(tiles.keys), rounds: 5000) == nil)
        var history = HistoryTree()
        var histories = [history]
        for leaf in leaves {
            history.append(leaf, hasher: hasher)
            histories.append(history)
        }
        #expect(fuzz.counterexample(samples: histories, rounds: 20_000) == nil)
    }

    @Test func nodesAndLeavesAreFramedApart() {
        let sha = ReferenceSHA256()
        let hasher = MerkleHasher(sha)
        let (left, right) = (sha.digest([1]), sha.digest([2]))
        #expect(hasher.emptyRoot == sha.digest([]))
        #expect(hasher.leaf([5, 6]) == sha.digest([0, 5, 6]))
        #expect(hasher.leaf([]) == sha.digest([0]))
        #expect(hasher.leaf(left) == sha.digest([0] + left.bytes))
        #expect(hasher.node(left, right) == sha.digest([1] + left.bytes + right.bytes))
    }

    private func decoded(_ bytes: [UInt8]) -> InclusionProof? {
        do throws(DecodeError) {
            return try InclusionProof(canonicalBytes: bytes)
        } catch {
            return nil
        }
    }

    private func flipped(_ digest: Digest, bit: Int) -> Digest? {
        var bytes = digest.bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        return Digest(bytes)
    }
}
