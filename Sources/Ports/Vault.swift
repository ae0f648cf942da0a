package import LedgerModel
package import Primitives

/// The issuing department's own store: the bodies of its certificates, and what it must keep about requests for them.
///
/// The contract, which `LevelDBVault` and `InMemoryVault` keep alike:
/// * A change is durable when it returns, and whole. One that fails is final: every later one throws `failedBefore`.
/// * Identifiers and bodies never reach the disk in clear: keys are keyed digests, values are sealed.
/// * Any thread may call anything; changes happen one after the other.
package protocol Vault: Sendable {
    // MARK: Certificates

    /// Stores certificates, all or none. They are newer than those before them, and each newer than the one before it.
    /// - Throws: `VaultError.commitmentExists` before anything is written.
    func put(_ entries: [VaultEntry]) throws(VaultError)

    /// Notes that the ledger holds these certificates. Those that are final already, or unknown, stay as they are.
    func markFinal(_ commitments: [Digest]) throws(VaultError)

    /// Removes drafts that the ledger did not take. Final or unknown ones stay as they are.
    func discardDrafts(_ commitments: [Digest]) throws(VaultError)

    /// The certificate with this commitment, or nil.
    func entry(commitment: Digest) throws(VaultError) -> VaultEntry?

    /// Calls `body` with every certificate of this type and holder, newest first, until it returns false.
    func forEachEntry(
        type: CertificateTypeID,
        holderIdentifier: String,
        _ body: (VaultEntry) throws(VaultError) -> Bool
    ) throws(VaultError)

    /// The newest certificate of this type with this number, or nil.
    func newestEntry(type: CertificateTypeID, certificateNumber: String) throws(VaultError) -> VaultEntry?

    /// All certificates of a batch in the order in which they were stored.
    func entries(batch: VaultBatchID) throws(VaultError) -> [VaultEntry]

    /// The batches that still have drafts: what a department must resolve after a restart.
    func batchesWithDrafts() throws(VaultError) -> [VaultBatchID]

    // MARK: Tables

    /// Applies changes to the tables, all or none, later ones over earlier ones.
    ///
    /// Keys are stored as they are, so they must say nothing about a person: digests and random ids.
    func apply(_ changes: [VaultChange]) throws(VaultError)

    /// The value under `key`, or nil.
    func value(_ table: VaultTable, key: [UInt8]) throws(VaultError) -> [UInt8]?

    /// Up to `countMax` entries whose keys begin with `prefix`, by ascending key, from the first that is not below `start`.
    func values(
        _ table: VaultTable,
        prefix: [UInt8],
        from start: [UInt8]?,
        countMax: Int
    ) throws(VaultError) -> [VaultPair]
}

extension Vault {
    /// The newest `countMax` certificates of this type and holder, newest first.
    package func entries(
        type: CertificateTypeID,
        holderIdentifier: String,
        countMax: Int
    ) throws(VaultError) -> [VaultEntry] {
        var list: [VaultEntry] = []
        guard countMax > 0 else { return list }
        try forEachEntry(type: type, holderIdentifier: holderIdentifier) { (entry) throws(VaultError) in
            list.append(entry)
            return list.count < countMax
        }
        return list
    }
}

/// Names the certificates that were issued together: 16 random bytes.
package typealias VaultBatchID = TransactionID

/// One certificate as its issuer keeps it.
package struct VaultEntry: Hashable, Sendable {
    /// Bytes of a body.
    package static let bodyBytesMax = 1 << 20
    /// UTF-8 bytes of a number or identifier.
    package static let textBytesMax = 256

    /// What the ledger knows the certificate by.
    package let commitment: Digest
    package let type: CertificateTypeID
    /// The certificate's number, as printed on it.
    package let certificateNumber: String
    /// The holder's identity number or unified social credit code.
    package let holderIdentifier: String
    /// The digest of what the certificate says, by which a repeated row is known. Only the vault has it.
    package let contentDigest: Digest
    /// The commitment's 16 random bytes.
    package let salt: [UInt8]
    /// The issuer-signed JWT with all its disclosures.
    package let body: [UInt8]
    package let batch: VaultBatchID
    package let status: VaultEntryStatus

    package init(
        commitment: Digest,
        type: CertificateTypeID,
        certificateNumber: String,
        holderIdentifier: String,
        contentDigest: Digest,
        salt: [UInt8],
        body: [UInt8],
        batch: VaultBatchID,
        status: VaultEntryStatus
    ) {
        self.commitment = commitment
        self.type = type
        self.certificateNumber = certificateNumber
        self.holderIdentifier = holderIdentifier
        self.contentDigest = contentDigest
        self.salt = salt
        self.body = body
        self.batch = batch
        self.status = status
    }

    /// The same certificate with another status.
    package func with(status: VaultEntryStatus) -> VaultEntry {
        VaultEntry(
            commitment: commitment,
            type: type,
            certificateNumber: certificateNumber,
            holderIdentifier: holderIdentifier,
            contentDigest: contentDigest,
            salt: salt,
            body: body,
            batch: batch,
            status: status
        )
    }
}

/// Whether the ledger is known to hold a certificate.
package enum VaultEntryStatus: UInt8, Sendable, CaseIterable {
    /// Stored, and perhaps submitted.
    case draft = 0
    /// In a final block, accepted.
    case final = 1
}

/// The department's further tables. The raw value is in every key and never changes.
package enum VaultTable: UInt8, Sendable, CaseIterable {
    /// Requests to subjects, by their digest.
    case requests = 0
    /// Authorisations received.
    case authorisations = 1
    /// Openings of access records' commitments.
    case accessOpenings = 2
    /// What was released, by access record and item.
    case releases = 3
    /// Applications for matters, with their decision receipts.
    case cases = 4
    /// Obligations of deferred cases.
    case obligations = 5
    /// Sealed wallet seeds of assisted subjects, and openings of registrations.
    case subjects = 6
    /// Transactions on their way to the ledger.
    case submissions = 7
    /// Anything that a department counts or remembers for itself.
    case settings = 8
    /// What clerks saw and changed, by time.
    case clerkActions = 9
}

/// A change of a table.
package enum VaultChange: Hashable, Sendable {
    case put(VaultTable, key: [UInt8], value: [UInt8])
    case remove(VaultTable, key: [UInt8])

    /// Bytes of a key.
    package static let keyBytesMax = 128
}

/// A key of a table with its value.
package struct VaultPair: Hashable, Sendable {
    package let key: [UInt8]
    package let value: [UInt8]

    package init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

/// What keeps a vault's content from whoever reads its disk; made from the vault's key by `Cryptography`.
package protocol VaultSealing: Sendable {
    /// `plaintext` encrypted and authenticated together with `associatedData`, which is not in the result.
    func seal(_ plaintext: [UInt8], associatedData: [UInt8]) throws -> [UInt8]

    /// The plaintext of `sealed`.
    /// - Throws: for other bytes, other associated data or another key.
    func open(_ sealed: [UInt8], associatedData: [UInt8]) throws -> [UInt8]

    /// A digest of `content` under a key that is not the sealing key: equal for equal content, and of no use without the key.
    func keyedDigest(_ content: [UInt8]) -> Digest
}

/// Why a vault does not answer.
package enum VaultError: Error, Equatable, Sendable {
    case store(StoreError)
    /// A certificate with this commitment is there already.
    case commitmentExists(Digest)
    /// A key, body or text of `found` bytes where `limit` are allowed.
    case tooLarge(found: Int, limit: Int)
    /// What is stored cannot be opened: the key is another one, or the folder was changed.
    case notAuthentic
    /// The value could not be sealed, so it was not stored.
    case sealingFailed
}
