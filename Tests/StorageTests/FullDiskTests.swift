import Execution
import Foundation
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing

@testable import Storage

/// A small file system that fills up (failure case 20). Only root can mount one; others skip these tests by name.
@Suite(.serialized, .enabled(if: SmallDisk.canBeMade, "mounting a small file system needs root"))
struct FullDiskTests {
    private let disk: SmallDisk

    init() throws { disk = try SmallDisk(megabytes: 8) }

    @Test func fullJournalStopsAndLosesNothing() throws {
        let path = disk.path + "/votes"
        let body = [UInt8](repeating: 5, count: 100_000)
        var synced = 0
        do {
            let journal = try FileVoteJournal.open(at: path, owner: .zero, segmentBytes: 1 << 20).journal
            var failure: JournalError?
            while failure == nil {
                do throws(JournalError) {
                    try journal.append([body])
                    try journal.sync()
                    synced += 1
                } catch {
                    failure = error
                }
            }
            guard case .failed(_, _, let code) = failure else {
                Issue.record("unexpected \(String(describing: failure))")
                return
            }
            #expect(code == ENOSPC)
            #expect(throws: JournalError.failedBefore) { try journal.append([[1]]) }
            #expect(throws: JournalError.failedBefore) { try journal.sync() }
            #expect(throws: JournalError.failedBefore) { try journal.cut(below: 1) }
        }
        #expect(synced > 50)
        guard case .opened(let records, _) = try FileVoteJournal.open(at: path, owner: .zero).opening else {
            Issue.record("the journal is gone")
            return
        }
        // The record whose write failed may be there or not; all that were synced are.
        #expect(records.count == synced || records.count == synced + 1)
        #expect(records.allSatisfy { $0.body == body })
    }

    @Test func fullLedgerStopsAndLosesNothing() throws {
        let fixture = LedgerFixture()
        let path = disk.path + "/ledger"
        var chain = LedgerChain(fixture: fixture, state: fixture.makeLedger().state)
        var committed = fixture.genesisBlock.digest
        do {
            let store = try openStore(at: path, fixture)
            var failure: StoreError?
            var number: UInt64 = 0
            while failure == nil {
                let block = try chain.issue(number..<(number + 2000))
                number += 2000
                do throws(StoreError) {
                    try store.commit([(block, chain.certificate(block))])
                    committed = block.digest
                } catch {
                    failure = error
                }
            }
            guard case .failed = failure else {
                Issue.record("unexpected \(String(describing: failure))")
                return
            }
            let next = try chain.issue(number..<(number + 1))
            #expect(throws: StoreError.failedBefore) { try store.commit([(next, nil)]) }
            // Readers go on with what was committed.
            #expect(store.view().headerDigest == committed)
            #expect(try store.view().records(from: Position(0), countMax: 10).count == 10)
        }
        #expect(number(committed, chain) > 0)
        try disk.enlarge(megabytes: 64)
        let reopened = try openStore(at: path, fixture)
        #expect(reopened.view().headerDigest == committed)
    }

    private func number(_ digest: Digest, _ chain: LedgerChain) -> UInt64 {
        chain.state.layers.first { $0.digest == digest }?.header.height.rawValue ?? 0
    }

    @Test func fullVaultStopsAndLosesNothing() throws {
        let path = disk.path + "/vault"
        let sealing = FakeVaultSealing(seed: 1)
        var stored: UInt64 = 0
        do {
            let vault = try LevelDBVault(path: path, network: .zero, sealing: sealing)
            var failure: VaultError?
            while failure == nil {
                do throws(VaultError) {
                    let numbers = (stored * 500)..<(stored * 500 + 500)
                    try vault.put(numbers.map { vaultEntry($0) })
                    stored += 1
                } catch {
                    failure = error
                }
            }
            guard case .store(.failed) = failure else {
                Issue.record("unexpected \(String(describing: failure))")
                return
            }
            #expect(throws: VaultError.store(.failedBefore)) { try vault.put([]) }
        }
        try disk.enlarge(megabytes: 64)
        let vault = try LevelDBVault(path: path, network: .zero, sealing: sealing)
        for batch in 0..<stored {
            #expect(try vault.entry(commitment: vaultEntry(batch * 500).commitment) != nil)
        }
        #expect(stored > 0)
    }
}

/// A file system in memory of a given size, unmounted with the value.
private final class SmallDisk {
    let path: String

    static var canBeMade: Bool {
        guard geteuid() == 0 else { return false }
        // Containers may forbid it even to root.
        return (try? SmallDisk(megabytes: 1)) != nil
    }

    init(megabytes: Int) throws {
        path = NSTemporaryDirectory() + "zhixin-disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try SmallDisk.run("/bin/mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path)
    }

    deinit {
        // Nothing else is left to try when the unmounting fails.
        try? SmallDisk.run("/bin/umount", "-l", path)
        rmdir(path)
    }

    func enlarge(megabytes: Int) throws { try SmallDisk.run("/bin/mount", "-o", "remount,size=\(megabytes)m", path) }

    private static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    }
}
