import Foundation
import Merkle
import Primitives
import TestKit
import Testing

/// The cases that implementations of RFC 6962 exchange, those that must be refused among them.
@Suite(.enabled(if: Standards.contains("transparency/merkle_vectors.json"), "merkle_vectors.json is absent"))
struct PublishedVectorTests {
    private struct Vectors: Decodable {
        let leafInputs: [String]
        let roots: [String]
        let inclusion: [Inclusion]
        let consistency: [Consistency]

        enum CodingKeys: String, CodingKey {
            case leafInputs = "leaf_inputs_hex"
            case roots = "root_hashes_hex_by_size"
            case inclusion
            case consistency
        }
    }

    private struct Inclusion: Decodable {
        let leafIdx: UInt64
        let treeSize: UInt64
        let root: Data?
        let leafHash: Data?
        let proof: [Data]?
        let wantErr: Bool
        let file: String
    }

    private struct Consistency: Decodable {
        let size1: UInt64
        let size2: UInt64
        let root1: Data?
        let root2: Data?
        let proof: [Data]?
        let wantErr: Bool
        let file: String
    }

    private let hasher = MerkleHasher(ReferenceSHA256())
    private let vectors: Vectors

    init() throws {
        vectors = try Standards.load("transparency/merkle_vectors.json")
    }

    @Test func rootsOfAllSizesAreThePublishedOnes() throws {
        let leaves = try vectors.leafInputs.map { hasher.leaf(try #require(Hexadecimal.decode($0))) }
        #expect(leaves.count == 8)
        var history = HistoryTree()
        var tiles: [TileKey: Tile] = [:]
        for (size, root) in vectors.roots.enumerated() {
            let expected = try #require(Digest(hexadecimal: root))
            #expect(hasher.root(of: leaves.prefix(size)) == expected)
            #expect(history.root(hasher: hasher) == expected)
            #expect(try RegisterTree(hasher).root(size: UInt64(size), reader: tiles) == expected)
            if size < leaves.count {
                history.append(leaves[size], hasher: hasher)
                let update = try RegisterTree(hasher).update(
                    size: UInt64(size),
                    newLeaves: [leaves[size]],
                    reader: tiles
                )
                tiles.merge(update.tiles) { $1 }
            }
        }
        #expect(history.size == 8)
    }

    @Test func inclusionProofsAreJudgedAsPublished() {
        #expect(vectors.inclusion.count == 98)
        for vector in vectors.inclusion {
            #expect(isAccepted(vector) == !vector.wantErr, "\(vector.file)")
        }
    }

    @Test func consistencyProofsAreJudgedAsPublished() {
        #expect(vectors.consistency.count == 98)
        for vector in vectors.consistency {
            #expect(isAccepted(vector) == !vector.wantErr, "\(vector.file)")
        }
    }

    private func isAccepted(_ vector: Inclusion) -> Bool {
        guard let root = digest(vector.root), let leaf = digest(vector.leafHash), let path = digests(vector.proof)
        else {
            return false
        }
        let proof = InclusionProof(position: Position(vector.leafIdx), size: vector.treeSize, path: path)
        return proof.verify(leaf: leaf, root: root, hasher: hasher)
    }

    private func isAccepted(_ vector: Consistency) -> Bool {
        guard let old = digest(vector.root1), let new = digest(vector.root2), let path = digests(vector.proof) else {
            return false
        }
        let proof = ConsistencyProof(oldSize: vector.size1, newSize: vector.size2, path: path)
        return proof.verify(oldRoot: old, newRoot: new, hasher: hasher)
    }

    private func digests(_ list: [Data]?) -> [Digest]? {
        let digests = (list ?? []).compactMap { digest($0) }
        return digests.count == list?.count ?? 0 ? digests : nil
    }

    /// The digest; nil for no bytes, which are no digest; for another length, which our types cannot hold, a digest that
    /// is equal for equal bytes.
    private func digest(_ data: Data?) -> Digest? {
        guard let data, !data.isEmpty else { return nil }
        return Digest([UInt8](data)) ?? hasher.digestFunction.digest([UInt8](data))
    }
}
