import LedgerModel
import Ports
import Primitives

/// A certificate's bytes before they are sealed: commitment, type u16, number, holder, content digest, salt, body, batch. The
/// status is not among them.
enum VaultEntryCoder {
    private static let saltBytesMax = 64

    static func encode(_ entry: VaultEntry) -> [UInt8] {
        var encoder = CanonicalEncoder(capacity: entry.body.count + 256)
        encoder.append(entry.commitment)
        encoder.append(entry.type)
        encoder.append(entry.certificateNumber)
        encoder.append(entry.holderIdentifier)
        encoder.append(entry.contentDigest)
        encoder.append(entry.salt)
        encoder.append(entry.body)
        encoder.append(entry.batch)
        return encoder.bytes
    }

    static func decode(_ bytes: [UInt8], status: VaultEntryStatus) throws(DecodeError) -> VaultEntry {
        var decoder = CanonicalDecoder(bytes)
        let entry = VaultEntry(
            commitment: try decoder.read(),
            type: try decoder.read(),
            certificateNumber: try decoder.readString(countMax: VaultEntry.textBytesMax),
            holderIdentifier: try decoder.readString(countMax: VaultEntry.textBytesMax),
            contentDigest: try decoder.read(),
            salt: try decoder.readBytes(countMax: saltBytesMax),
            body: try decoder.readBytes(countMax: VaultEntry.bodyBytesMax),
            batch: try decoder.read(),
            status: status
        )
        try decoder.finish()
        return entry
    }

    /// Refuses what could not be read back.
    static func check(_ entry: VaultEntry) throws(VaultError) {
        try check(entry.certificateNumber.utf8.count, VaultEntry.textBytesMax)
        try check(entry.holderIdentifier.utf8.count, VaultEntry.textBytesMax)
        try check(entry.salt.count, saltBytesMax)
        try check(entry.body.count, VaultEntry.bodyBytesMax)
    }

    static func check(_ found: Int, _ limit: Int) throws(VaultError) {
        guard found <= limit else { throw .tooLarge(found: found, limit: limit) }
    }
}
