import Credentials
import LedgerModel
import Logging
import Ports
import Primitives

/// A department's vault in the department's own words: which table holds what, and in which form.
///
/// Table keys are written in clear, so those that name a subject are digests under a secret that only the vault holds:
/// whoever steals the disk cannot join a pseudonym with its access records.
package struct DepartmentVault: Sendable {
    private static let secretKey = Array("index-secret".utf8)
    private static let runPrefix: [UInt8] = [0]
    private static let batchPrefix: [UInt8] = [1]
    private static let derivedPrefix: [UInt8] = [2]

    let store: any Vault
    private let digestFunction: any DigestFunction
    private let logger: Logger
    private let secret: [UInt8]

    /// - Throws: `VaultError` when the vault cannot be read or written.
    init(
        _ store: any Vault,
        digestFunction: any DigestFunction,
        logger: Logger,
        entropy: @Sendable () -> any RandomNumberGenerator
    ) throws(VaultError) {
        self.store = store
        self.digestFunction = digestFunction
        self.logger = logger
        if let kept = try store.value(.settings, key: Self.secretKey) {
            secret = kept
        } else {
            var generator = entropy()
            secret = generator.randomBytes(32)
            try store.apply([.put(.settings, key: Self.secretKey, value: secret)])
        }
    }

    /// Calls `body`, and says in the log why the vault failed when it does.
    ///
    /// - Throws: `ServiceError.vaultFailed`.
    func attempt<Value>(_ body: () throws(VaultError) -> Value) throws(ServiceError) -> Value {
        do throws(VaultError) {
            return try body()
        } catch {
            switch error {
            case .store(let reason): logger.error("the vault failed", metadata: ["reason": "\(reason)"])
            case .commitmentExists: logger.error("the vault was given a commitment twice")
            case .tooLarge(let found, let limit):
                logger.error(
                    "a value is too large for the vault",
                    metadata: ["found": "\(found)", "limit": "\(limit)"]
                )
            case .notAuthentic: logger.error("the vault's key does not open what the vault holds")
            case .sealingFailed: logger.error("the vault's key does not seal")
            }
            throw .vaultFailed
        }
    }

    // MARK: Certificates

    /// The newest certificate of this type and number, a draft included.
    func newest(type: CertificateTypeID, number: String) throws(ServiceError) -> StoredCertificate? {
        guard
            let entry = try attempt({ () throws(VaultError) in
                try store.newestEntry(type: type, certificateNumber: number)
            })
        else { return nil }
        return try stored(entry)
    }

    /// The certificate with this commitment.
    func certificate(_ commitment: Digest) throws(ServiceError) -> StoredCertificate? {
        guard let entry = try attempt({ () throws(VaultError) in try store.entry(commitment: commitment) }) else {
            return nil
        }
        return try stored(entry)
    }

    /// Calls `body` with every certificate of this type and holder, drafts included, newest first, until it returns
    /// false.
    func forEachEntry(
        type: CertificateTypeID,
        holder: String,
        _ body: (VaultEntry) throws(ServiceError) -> Bool
    ) throws(ServiceError) {
        var failure: ServiceError?
        try attempt { () throws(VaultError) in
            try store.forEachEntry(type: type, holderIdentifier: holder) { entry in
                do throws(ServiceError) {
                    return try body(entry)
                } catch {
                    failure = error
                    return false
                }
            }
        }
        if let failure { throw failure }
    }

    func stored(_ entry: VaultEntry) throws(ServiceError) -> StoredCertificate {
        StoredCertificate(entry: entry, body: try decoded(entry.body))
    }

    // MARK: Runs and batches

    func keep(_ run: IssueRun, as id: TransactionID) throws(ServiceError) {
        try put(.submissions, Self.runPrefix + id.bytes, run)
    }

    func run(_ id: TransactionID) throws(ServiceError) -> IssueRun? {
        try value(.submissions, Self.runPrefix + id.bytes)
    }

    func forgetRun(_ id: TransactionID) throws(ServiceError) {
        try remove(.submissions, Self.runPrefix + id.bytes)
    }

    /// The runs that were not finished, by their transactions' ids.
    func unfinishedRuns() throws(ServiceError) -> [TransactionID] {
        try keys(.submissions, prefix: Self.runPrefix).compactMap { TransactionID(hexadecimal: Hexadecimal.encode($0)) }
    }

    func keep(_ batch: IssueBatch, as name: [UInt8]) throws(ServiceError) {
        try put(.submissions, Self.batchPrefix + name, batch)
    }

    func batch(_ name: [UInt8]) throws(ServiceError) -> IssueBatch? {
        try value(.submissions, Self.batchPrefix + name)
    }

    // MARK: Subjects and openings

    func keep(_ subject: StoredSubject) throws(ServiceError) {
        try put(.subjects, blinded(subject.id.digest), subject)
    }

    func subject(_ id: SubjectID) throws(ServiceError) -> StoredSubject? {
        try value(.subjects, blinded(id.digest))
    }

    func keep(_ opening: StoredOpening, of subject: Digest) throws(ServiceError) {
        try put(.accessOpenings, blinded(subject) + opening.accessRecord.bytes, opening)
    }

    func opening(_ accessRecord: AccessRecordID, of subject: Digest) throws(ServiceError) -> StoredOpening? {
        try value(.accessOpenings, blinded(subject) + accessRecord.bytes)
    }

    func forgetOpening(_ accessRecord: AccessRecordID, of subject: Digest) throws(ServiceError) {
        try remove(.accessOpenings, blinded(subject) + accessRecord.bytes)
    }

    /// What is kept for the subject, in the order of the heads' ids and the counts on them.
    func openings(of subject: Digest) throws(ServiceError) -> [StoredOpening] {
        let prefix = blinded(subject)
        var openings: [StoredOpening] = []
        for key in try keys(.accessOpenings, prefix: prefix) {
            if let opening: StoredOpening = try value(.accessOpenings, prefix + key) { openings.append(opening) }
        }
        return openings.sorted { ($0.head, $0.count) < ($1.head, $1.count) }
    }

    // MARK: Releases

    func release(_ accessRecord: AccessRecordID, item: String) throws(ServiceError) -> [UInt8]? {
        try attempt { () throws(VaultError) in
            try store.value(.releases, key: accessRecord.bytes + Array(item.utf8))
        }
    }

    /// Keeps what is about to be sent for an item, with the opening under which it was released, in one step.
    func keepRelease(
        _ sealed: [UInt8],
        accessRecord: AccessRecordID,
        item: String,
        opening: StoredOpening,
        of subject: Digest
    ) throws(ServiceError) {
        let key = blinded(subject) + opening.accessRecord.bytes
        try attempt { () throws(VaultError) in
            try store.apply([
                .put(.accessOpenings, key: key, value: opening.canonicalBytes),
                .put(.releases, key: accessRecord.bytes + Array(item.utf8), value: sealed),
            ])
        }
    }

    /// Notes that `derived` stands for `original` until the time given, so that it follows the original's status.
    func keepDerived(_ derived: Digest, of original: Digest, untilSeconds: UInt64) throws(ServiceError) {
        let value = untilSeconds.canonicalBytes
        try attempt { () throws(VaultError) in
            try store.apply([.put(.submissions, key: Self.derivedPrefix + original.bytes + derived.bytes, value: value)]
            )
        }
    }

    /// The certificates derived from `original` that still hold at `time`.
    func derived(of original: Digest, at time: Timestamp) throws(ServiceError) -> [Digest] {
        let prefix = Self.derivedPrefix + original.bytes
        var live: [Digest] = []
        for key in try keys(.submissions, prefix: prefix) {
            let until: UInt64? = try value(.submissions, prefix + key)
            guard let digest = Digest(key), let until else { continue }
            if until > time.seconds {
                live.append(digest)
            } else {
                try remove(.submissions, prefix + key)
            }
        }
        return live
    }

    // MARK: Cases

    func keep(_ file: CaseFile) throws(ServiceError) {
        let key = file.id.bytes
        let mark: VaultChange =
            file.isFinished ? .remove(.requests, key: key) : .put(.requests, key: key, value: [1])
        try attempt { () throws(VaultError) in
            try store.apply([.put(.cases, key: key, value: file.canonicalBytes), mark])
        }
    }

    /// The final state of a case together with the opening that its subject is shown.
    func caseFile(_ id: Digest) throws(ServiceError) -> CaseFile? { try value(.cases, id.bytes) }

    /// The cases that are neither decided nor failed.
    func unfinishedCases() throws(ServiceError) -> [Digest] {
        try keys(.requests, prefix: []).compactMap { Digest($0) }
    }

    // MARK: Clerks

    /// - Parameter mark: Tells it from others at the same time: random bytes.
    func keep(_ action: ClerkAction, mark: [UInt8]) throws(ServiceError) {
        try put(.clerkActions, Self.bigEndian(action.time.rawValue) + mark, action)
    }

    /// Up to `countMax` actions from `start` on, by time.
    func clerkActions(from start: Timestamp, countMax: Int) throws(ServiceError) -> [ClerkAction] {
        let pairs = try attempt { () throws(VaultError) in
            try store.values(
                .clerkActions,
                prefix: [],
                from: Self.bigEndian(start.rawValue),
                countMax: countMax
            )
        }
        var actions: [ClerkAction] = []
        for pair in pairs { actions.append(try decoded(pair.value)) }
        return actions
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    // MARK: Tables

    private func blinded(_ subject: Digest) -> [UInt8] { digestFunction.digest(secret + subject.bytes).bytes }

    private func put(_ table: VaultTable, _ key: [UInt8], _ value: some CanonicalCodable) throws(ServiceError) {
        let bytes = value.canonicalBytes
        try attempt { () throws(VaultError) in try store.apply([.put(table, key: key, value: bytes)]) }
    }

    private func remove(_ table: VaultTable, _ key: [UInt8]) throws(ServiceError) {
        try attempt { () throws(VaultError) in try store.apply([.remove(table, key: key)]) }
    }

    private func value<Value: CanonicalCodable>(_ table: VaultTable, _ key: [UInt8]) throws(ServiceError) -> Value? {
        guard let bytes = try attempt({ () throws(VaultError) in try store.value(table, key: key) }) else { return nil }
        return try decoded(bytes)
    }

    private func decoded<Value: CanonicalCodable>(_ bytes: [UInt8]) throws(ServiceError) -> Value {
        do throws(DecodeError) {
            return try Value(canonicalBytes: bytes)
        } catch {
            logger.error("the vault holds a value of another form", metadata: ["type": "\(Value.self)"])
            throw .vaultFailed
        }
    }

    /// The keys that begin with `prefix`, without it, in ascending order.
    private func keys(_ table: VaultTable, prefix: [UInt8]) throws(ServiceError) -> [[UInt8]] {
        let pageCount = 1_000
        var keys: [[UInt8]] = []
        var start: [UInt8]?
        while true {
            let page = try attempt { () throws(VaultError) in
                try store.values(table, prefix: prefix, from: start, countMax: pageCount)
            }
            for pair in page { keys.append(Array(pair.key.dropFirst(prefix.count))) }
            guard page.count == pageCount, let last = page.last else { return keys }
            // The least key above the last one.
            start = last.key + [0]
        }
    }
}
