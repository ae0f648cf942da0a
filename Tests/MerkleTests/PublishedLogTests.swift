import Foundation
import Merkle
import Primitives
import TestKit
import Testing

/// A published log of 1,000 entries: its roots and proofs come out the same from its entries.
@Suite(.enabled(if: Standards.contains("transparency/tlog_fixture.json"), "tlog_fixture.json is absent"))
struct PublishedLogTests {
    private struct Log: Decodable {
        let size: UInt64
        let roots: [String: Data]
        let inclusion: [Inclusion]
        let consistency: [Consistency]
    }

    private struct Inclusion: Decodable {
        let index: UInt64
        let size: UInt64
        let leaf: Data
        let proof: [Data]
        let root: Data
    }

    private struct Consistency: Decodable {
        let size1: UInt64
        let size2: UInt64
        let root1: Data
        let root2: Data
        let proof: [Data]
    }

    private let hasher = MerkleHasher(ReferenceSHA256())
    private let log: Log
    private let leaves: [Digest]
    private let tiles: [TileKey: Tile]

    init() throws {
        let hasher = hasher
        log = try Standards.load("transparency/tlog_fixture.json")
        leaves = (0..<log.size).map { hasher.leaf(Array("{\"i\":\($0),\"t\":\"attestation\"}".utf8)) }
        tiles = try RegisterTree(hasher).update(size: 0, newLeaves: leaves, reader: [TileKey: Tile]()).tiles
    }

    @Test func leavesAreThoseOfThePublishedTile() throws {
        let tile = try #require(Standards.data("transparency/tlog_fixture/tile/0/000"))
        #expect(leaves.prefix(256).flatMap(\.bytes) == tile)
    }

    @Test func rootsAreThePublishedOnes() throws {
        #expect(log.roots.count == 13)
        for (size, root) in log.roots {
            let size = try #require(UInt64(size))
            #expect(try RegisterTree(hasher).root(size: size, reader: tiles).bytes == [UInt8](root))
            #expect(hasher.root(of: leaves.prefix(Int(size))).bytes == [UInt8](root))
        }
    }

    @Test func inclusionProofsAreThePublishedOnes() throws {
        #expect(!log.inclusion.isEmpty)
        for vector in log.inclusion {
            let position = Position(vector.index)
            let proof = try RegisterTree(hasher).inclusionProof(position: position, size: vector.size, reader: tiles)
            #expect(proof.path.map(\.bytes) == vector.proof.map { [UInt8]($0) })
            let leaf = try #require(Digest([UInt8](vector.leaf)))
            #expect(proof.verify(leaf: leaf, root: try #require(Digest([UInt8](vector.root))), hasher: hasher))
        }
    }

    @Test func consistencyProofsAreThePublishedOnes() throws {
        #expect(!log.consistency.isEmpty)
        for vector in log.consistency {
            let proof = try RegisterTree(hasher).consistencyProof(from: vector.size1, to: vector.size2, reader: tiles)
            #expect(proof.path.map(\.bytes) == vector.proof.map { [UInt8]($0) })
            let old = try #require(Digest([UInt8](vector.root1)))
            let new = try #require(Digest([UInt8](vector.root2)))
            #expect(proof.verify(oldRoot: old, newRoot: new, hasher: hasher))
        }
    }
}
