import Consensus
import Execution
import Foundation
import LedgerModel
import Node
import Ports
import Primitives
import Replica
import Storage
import TestKit
import Testing

/// What a start makes of a journal, on disk and in memory (failure cases 3 and 4).
@Suite struct VotingHistoryTests {
    enum Kind: String, CaseIterable {
        case file
        case memory
    }

    /// A journal that may be opened again and again.
    final class Host {
        private let kind: Kind
        private let memory = InMemoryJournalDisk()
        private let path = NSTemporaryDirectory() + "zhixin-node-" + UUID().uuidString

        init(_ kind: Kind) { self.kind = kind }

        deinit {
            // There is nothing for a journal in memory.
            try? FileManager.default.removeItem(atPath: path)
        }

        func open() throws -> (any VoteJournal, JournalOpening) {
            switch kind {
            case .file: try FileVoteJournal.open(at: path, owner: .zero, segmentBytes: 4096)
            case .memory: try memory.open(owner: .zero)
            }
        }

        func history(committed: Header) throws -> VotingHistory {
            let (journal, opening) = try open()
            return try VotingHistory(of: journal, opening, committed: committed)
        }
    }

    private let fixture = LedgerFixture()

    private func grown() throws -> ExecutedBlock {
        var chain = CertifiedChain(fixture: fixture)
        return try chain.append()
    }

    @Test(arguments: Kind.allCases)
    func aNewJournalBesideANewLedgerMayVoteAlsoAfterRestarts(_ kind: Kind) throws {
        let host = Host(kind)
        for _ in 0..<3 {
            let history = try host.history(committed: fixture.genesisBlock.header)
            #expect(history.records == [.floor(epoch: .zero, view: .zero)])
        }
        // The ledger may grow before anything is journalled: it came from peers.
        #expect(try host.history(committed: grown().header).records == [.floor(epoch: .zero, view: .zero)])
    }

    @Test(arguments: Kind.allCases)
    func aNewJournalBesideALedgerThatHasGrownRefusesAlsoAfterRestarts(_ kind: Kind) throws {
        let host = Host(kind)
        for _ in 0..<3 {
            #expect(try host.history(committed: grown().header).records == [.refused(.missingJournal)])
        }
    }

    @Test(arguments: Kind.allCases)
    func aJournalThatNeverGotItsMarkCountsAsNew(_ kind: Kind) throws {
        let host = Host(kind)
        #expect(try host.open().1 == .created)
        #expect(try host.history(committed: grown().header).records == [.refused(.missingJournal)])
    }

    @Test(arguments: Kind.allCases)
    func recordsAndBlocksComeBackWithTheirBytes(_ kind: Kind) throws {
        let host = Host(kind)
        let block = try grown().block
        let first = try host.history(committed: fixture.genesisBlock.header)
        let bytes = ReplicaJournalRecord.block(block).canonicalBytes
        do {
            let journal = try host.open().0
            try journal.append([bytes])
            try journal.sync()
        }
        let history = try host.history(committed: fixture.genesisBlock.header)
        #expect(history.records == first.records)
        #expect(history.blocks == [block])
        #expect(history.byteCount == first.byteCount + bytes.count)
    }

    @Test(arguments: Kind.allCases)
    func aRecordOfANewerVersionIsNamed(_ kind: Kind) throws {
        let host = Host(kind)
        do {
            let journal = try host.open().0
            try journal.append([[0, 250]])
            try journal.sync()
        }
        let unknown = VotingHistoryError.recordUnknown(sequence: 0, .unknownTag(type: "JournalRecord", found: 250))
        #expect(throws: unknown) { try host.history(committed: fixture.genesisBlock.header) }
    }

    @Test func aJournalThatKnowsMoreToBeFinalThanTheLedgerHoldsSaysSo() throws {
        var chain = CertifiedChain(fixture: fixture)
        let blocks = try (0..<3).map { _ in try chain.append() }
        let genesis = fixture.genesisBlock
        func beyond(_ records: [ReplicaJournalRecord]) throws -> View? {
            let host = Host(.memory)
            do {
                let journal = try host.open().0
                try journal.append(records.map(\.canonicalBytes))
                try journal.sync()
            }
            return try host.history(committed: genesis.header).finalViewBeyond(genesis.header, digest: genesis.digest)
        }
        let floor = ReplicaJournalRecord.consensus(.floor(epoch: .zero, view: blocks[2].header.view))
        let certificate = try #require(chain.blocks[1].certificate)
        #expect(try beyond([floor]) == blocks[2].header.view)
        #expect(try beyond([.consensus(.certificate(certificate))]) == blocks[1].header.view)
        #expect(try beyond([floor] + blocks.map { .block($0.block) }) == nil)
        #expect(try beyond([.consensus(.floor(epoch: .zero, view: .zero))]) == nil)
    }
}
