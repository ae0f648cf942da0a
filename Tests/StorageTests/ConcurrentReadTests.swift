import Consensus
import LedgerModel
import Merkle
import Ports
import Primitives
import Storage
import TestKit
import Testing

/// Readers on other threads while blocks are committed.
@Suite struct ConcurrentReadTests {
    @Test func proofAndHeaderAgreeWhileBlocksAreCommitted() async throws {
        let folder = TemporaryFolder()
        let fixture = LedgerFixture()
        let store = try openStore(at: folder.path, fixture)
        var chain = LedgerChain(fixture: fixture, state: fixture.makeLedger().state)
        let first = try chain.issue(0..<400)
        try store.commit([(first, chain.certificate(first))])
        let hasher = chain.hasher
        let start = chain
        try await withThrowingTaskGroup(of: Int.self) { group in
            for reader in UInt64(0)..<3 {
                group.addTask {
                    var random = SeededRandom(seed: reader)
                    var heights: Set<UInt64> = []
                    while store.view().header.height < Height(60) {
                        let view = store.view()
                        heights.insert(view.header.height.rawValue)
                        let key = RecordKey.certificate(start.commitment(UInt64.random(in: 0..<400, using: &random)))
                        let proven = try #require(try view.provenRecord(key))
                        let leaf = hasher.leaf(proven.record.canonicalBytes)
                        #expect(proven.proof.verify(leaf: leaf, root: view.header.registerRoot, hasher: hasher))
                        #expect(try view.header(at: view.header.height) == view.header)
                        #expect(try view.header(at: view.header.height.next) == nil)
                        #expect(view.certificate?.payload == view.headerDigest)
                        await Task.yield()
                    }
                    return heights.count
                }
            }
            for round in UInt64(1)..<60 {
                let block = try chain.change([round, round + 100, 399 - round], to: .revoked)
                try store.commit([(block, chain.certificate(block))])
                await Task.yield()
            }
            for try await heights in group { #expect(heights > 1) }
        }
    }
}
