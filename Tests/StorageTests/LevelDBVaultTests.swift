import Foundation
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing

@testable import Storage

/// What a vault's folder shows, and what it refuses.
@Suite struct LevelDBVaultTests {
    private let host: VaultHost

    init() throws { host = try VaultHost(.levelDB) }

    @Test func nothingPersonalIsOnTheDisk() throws {
        let holder = "440681199001011234"
        let number = "CERTIFICATE-NUMBER-77"
        try host.vault.put([vaultEntry(1, holder: holder, certificateNumber: number)])
        try host.vault.apply([.put(.requests, key: [1], value: Array(holder.utf8))])
        host.close()
        // The second opening turns the log into a table, so both forms are looked through.
        for _ in 0..<2 {
            for name in try host.folder.names(host.path) {
                let bytes = Data(try host.folder.read(host.path + "/" + name))
                for text in [holder, String(holder.prefix(10)), number, "eyJ-1", "disclosure"] {
                    #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) in \(name)")
                }
            }
            _ = try host.open()
        }
    }

    @Test func otherKeyIsRefused() throws {
        host.close()
        #expect(throws: VaultError.notAuthentic) { try host.open(seed: 2) }
    }

    @Test func otherNetworkIsRefused() throws {
        host.close()
        #expect(throws: VaultError.store(.ofAnotherNetwork(found: .zero))) {
            try host.open(network: Digest(words: (0, 0, 0, 1)))
        }
    }

    @Test func vaultInUseIsRefused() throws {
        #expect(throws: VaultError.store(.lockedByAnother(folder: host.path))) { try host.open() }
    }

    @Test func newerFormatIsRefused() throws {
        host.close()
        try overwrite(VaultKey.header) { bytes in bytes[0] = 9 }
        #expect(throws: VaultError.store(.formatUnknown(found: 9))) { try host.open() }
    }

    @Test func valueThatWasMovedOrChangedIsNotOpened() throws {
        try host.vault.put([vaultEntry(1), vaultEntry(2)])
        host.close()
        var second: [UInt8] = []
        try overwrite(VaultKey.entry(1)) { second = $0 }
        try overwrite(VaultKey.entry(0)) { $0 = second }
        let vault = try host.open()
        #expect(throws: VaultError.notAuthentic) { try vault.entry(commitment: vaultEntry(1).commitment) }
        #expect(try vault.entry(commitment: vaultEntry(2).commitment) == vaultEntry(2))
    }

    private func overwrite(_ key: [UInt8], _ change: (inout [UInt8]) -> Void) throws {
        let handle = try LevelDBHandle(path: host.path)
        var bytes = try #require(try handle.value(key))
        change(&bytes)
        var batch = LevelDBBatch()
        batch.put(key, bytes)
        try handle.write(batch)
    }
}
