import Consensus
import Execution
import LedgerModel
import Primitives
import Replica
import TestKit
import Testing

/// Whom a replica asks for final blocks, and what it keeps. docs/protocol.md [CATCH-UP].
@Suite struct CatchUpTests {
    private var replica: ReplicaHarness
    private var chain: CertifiedChain

    init() throws {
        replica = try ReplicaHarness()
        chain = CertifiedChain(fixture: replica.fixture)
        for _ in 0..<8 { try chain.append(isCertified: true) }
    }

    private var asked: [NodeID] {
        replica.sent.compactMap { if case .blocksRequest = $0.message { $0.peer } else { nil } }
    }

    /// Tells the replica that a block far ahead is final.
    private mutating func fallBehind() {
        let newest = chain.newestCertificate
        replica.give(.message(.consensus(.certificate(newest)), from: replica.others[0]))
        replica.wait(milliseconds: 600)
    }

    @Test mutating func aPeerThatHandsOutOneBlockAtATimeIsNotAskedAgainAtOnce() throws {
        fallBehind()
        for count in 1...4 {
            #expect(asked.count == count)
            let peer = try #require(asked.last)
            replica.give(.message(.blocks([chain.blocks[count - 1]]), from: peer))
            #expect(replica.core.finalHeight == Height(UInt64(count)))
        }
        #expect(Set(asked.prefix(3)).count == 3)
    }

    @Test mutating func patienceGrowsWithSilence() throws {
        fallBehind()
        #expect(asked.count == 1)
        replica.wait(milliseconds: 1_900)
        #expect(asked.count == 2 || asked.count == 1)
        let before = asked.count
        // 2 s, 4 s and 8 s after one another: within 15 s not more than four requests.
        replica.wait(milliseconds: 14_500)
        #expect(asked.count > before && asked.count <= 4)
    }

    @Test mutating func onlyTheLastCertificateHasToProveAnything() throws {
        fallBehind()
        let peer = try #require(asked.last)
        let stranger = chain.certificate(of: chain.newest, parentView: .zero, signers: [0])
        var blocks = chain.blocks
        blocks[2] = FinalisedBlock(block: blocks[2].block, certificate: stranger)
        replica.give(.message(.blocks(Array(blocks.prefix(5))), from: peer))
        #expect(replica.core.finalHeight == Height(5) && replica.blamed == [])
        // What was not checked is not stored.
        let stored = replica.effects.compactMap { effect -> Height? in
            guard case .commit(let block, .some) = effect else { return nil }
            return block.header.height
        }
        #expect(stored == [Height(5)])
        let next = try #require(asked.last)
        blocks[7] = FinalisedBlock(block: blocks[7].block, certificate: stranger)
        replica.give(.message(.blocks(Array(blocks[5...])), from: next))
        #expect(replica.blamed == [next] && replica.core.finalHeight == Height(5))
    }

    @Test func aBlockWhoseParentIsNotHereStaysInTheJournal() throws {
        let own = chain.blocks[4].block
        let replica = try ReplicaHarness(journalled: [own])
        #expect(replica.core.journalSnapshot.contains(.block(own)))
    }
}
