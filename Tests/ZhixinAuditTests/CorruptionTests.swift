import Consensus
import LedgerModel
import Primitives
import TestKit
import Testing

@testable import zhixin_audit

/// No byte of an export can be changed without the audit noticing.
struct CorruptionTests {
    private let world: AuditWorld
    private let export: [UInt8]

    init() throws {
        world = try AuditWorld()
        export = world.export
    }

    private func expectRefused(_ damaged: [UInt8], _ what: String) async throws {
        let outcome = try await world.audit(damaged)
        let height = outcome.height
        #expect(height != nil, "\(what) went unnoticed")
        if let height {
            #expect((1...UInt64(world.chain.blocks.count) + 1).contains(height.rawValue), "\(what): height \(height)")
        }
    }

    @Test func anUndamagedExportIsSound() async throws {
        #expect(try await world.audit(export) == .sound)
    }

    @Test(arguments: 0..<200)
    func aDamagedByteIsNoticed(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let place = Int.random(in: 0..<export.count, using: &random)
        var damaged = export
        damaged[place] ^= UInt8.random(in: 1...255, using: &random)
        try await expectRefused(damaged, "byte \(place)")
    }

    @Test func everyByteAroundTheFramesIsCovered() async throws {
        var offset = ChainExport.headerByteCount
        var places = Array(0..<offset)
        for block in world.chain.blocks {
            let count = ChainExport.frame(block).count
            // The length, the first bytes of the header, and the last bytes: a certificate or the note that there is none.
            places += offset..<(offset + 8)
            places += (offset + count - 4)..<(offset + count)
            offset += count
        }
        places += offset..<export.count
        for place in places {
            for bit in [0, 7] {
                var damaged = export
                damaged[place] ^= 1 << UInt8(bit)
                try await expectRefused(damaged, "bit \(bit) of byte \(place)")
            }
        }
    }

    @Test func everyShortenedExportIsRefused() async throws {
        for count in stride(from: 0, to: export.count, by: 61) {
            try await expectRefused(Array(export.prefix(count)), "\(count) bytes")
        }
        // Also at the very end of a certified block, where what is left would be a sound ledger.
        let shorter = Array(export.dropLast(ChainExport.end.count))
        #expect(try await world.audit(shorter).fault?.rule == .exportFraming)
    }

    @Test func nothingMayFollowTheEnd() async throws {
        let outcome = try await world.audit(export + [0])
        #expect(outcome.fault?.rule == .exportFraming)
    }

    /// A block between needs no certificate of its own: it is final because a certified block descends from it, and
    /// certificates differ from node to node. So one that is left out cleanly takes nothing away from what is proved.
    @Test func onlyTheLastCertificateCannotBeLeftOut() async throws {
        let blocks = world.chain.blocks
        let bare = blocks.map { FinalisedBlock(block: $0.block, certificate: nil) }
        #expect(try await world.audit(Array(bare.dropLast()) + blocks.suffix(1)) == .sound)
        let fault = try await world.audit(Array(blocks.dropLast()) + bare.suffix(1)).fault
        #expect(fault?.rule == .notCertified)
        #expect(fault?.height == Height(UInt64(blocks.count)))
    }

    @Test func anUncertifiedTailIsAcceptedOnlyOnRequest() async throws {
        let blocks = world.chain.blocks
        let bare = blocks.suffix(2).map { FinalisedBlock(block: $0.block, certificate: nil) }
        let export = ChainExport.encode(Array(blocks.dropLast(2)) + bare, network: world.network)
        var auditor = try ChainAuditor(genesis: world.fixture.genesis, suite: world.fixture.suite)
        auditor.allowsUncertifiedTail = true
        let source = ExportSource(MemoryStream(export), network: world.network)
        let outcome = await auditor.audit(source, observer: SilentObserver())
        #expect(outcome == .sound)
        let report = auditor.report(
            genesis: world.fixture.genesis,
            outcome: outcome,
            isFolderCompared: false,
            seconds: 1
        )
        #expect(report.newest.height == Height(9))
        #expect(report.newestCertifiedHeight == Height(7))
    }
}
