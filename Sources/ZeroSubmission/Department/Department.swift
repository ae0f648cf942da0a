package import LedgerModel
package import Logging
package import Ports
package import Primitives

/// What a department signs and opens with. The private halves stay behind these protocols.
package struct DepartmentKeys: Sendable {
    /// Signs transactions.
    package let transaction: any MessageSigner
    /// Signs certificates, requests and statements.
    package let credential: any MessageSigner
    /// Opens what is sealed to the department.
    package let sealing: any Sealing

    package init(transaction: any MessageSigner, credential: any MessageSigner, sealing: any Sealing) {
        self.transaction = transaction
        self.credential = credential
        self.sealing = sealing
    }
}

/// How long a department's services wait and how much they hold.
package struct DepartmentLimits: Sendable {
    /// How long a call waits for its transaction to become final.
    package var finalityWaitMilliseconds: UInt64 = 15_000
    /// Pause before a transaction is offered again to a network that was busy.
    package var busyPauseMilliseconds: UInt64 = 50
    /// From a transaction's signing to its expiry, at most the ledger's own limit.
    package var transactionLifetimeMilliseconds: UInt64 = 60_000
    /// From the opening of a case to the last moment at which its authorisation is taken.
    package var requestLifetimeMilliseconds: UInt64 = 300_000
    /// Cases of one service system that are neither decided nor failed nor expired.
    package var openCasesPerServiceMax = 1_024
    /// Cases that are worked on at the same time.
    package var casesAtWorkMax = 64
    /// How often a vault that does not answer is asked, and the pause between.
    package var vaultAttemptsMax = 5
    package var vaultPauseMilliseconds: UInt64 = 500
    /// Cores that sign a batch of certificates.
    package var signingTasks = 2
    /// The longest that a caller may wait for a case to be decided.
    package var caseWaitMillisecondsMax: UInt64 = 20_000
    /// Pause between two looks for cases that nobody answered and certificates whose fate was unclear.
    package var sweepPauseMilliseconds: UInt64 = 10_000

    package init() {}
}

/// Everything that the services of one department share: who it is, its keys, the ledger, its vault, time and chance.
package struct Department: Sendable {
    package let record: DepartmentRecord
    package let network: Digest
    package let suite: Suite
    /// The name of the suite's digest function in `_sd_alg` of tokens: `sha-256` or `sm3`.
    package let tokenDigestName: String
    package let keys: DepartmentKeys
    package let gate: any LedgerGate
    package let archive: any LedgerArchive
    package let catalogue: Catalogue
    package let vault: DepartmentVault
    /// The value of `iss` in certificates: a URL or DID of the department.
    package let issuerName: String
    /// The address under which wallets reach this gateway, without a slash at its end.
    package let publicAddress: String
    package let limits: DepartmentLimits
    package let logger: Logger
    /// Civil time.
    package let clock: @Sendable () -> Timestamp
    /// A generator for salts and names, fit for secrets in production and seeded in tests.
    package let entropy: @Sendable () -> any RandomNumberGenerator

    package var id: DepartmentID { record.id }

    /// - Throws: `DepartmentSetupError` when the ledger does not know the department or knows it with other keys.
    package init(
        id: DepartmentID,
        suite: Suite,
        tokenDigestName: String = "sha-256",
        keys: DepartmentKeys,
        gate: any LedgerGate,
        archive: any LedgerArchive,
        vault: any Vault,
        publicAddress: String,
        limits: DepartmentLimits = DepartmentLimits(),
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp,
        entropy: @escaping @Sendable () -> any RandomNumberGenerator
    ) throws(DepartmentSetupError) {
        let view = archive.view()
        do throws(StoreError) {
            catalogue = try Catalogue(view: view, digestFunction: suite.digestFunction)
        } catch {
            throw .store(error)
        }
        guard let record = catalogue.departments[id] else { throw .departmentUnknown(id) }
        guard record.transactionKey == keys.transaction.publicKey else { throw .otherTransactionKey }
        guard record.credentialKey == keys.credential.publicKey else { throw .otherCredentialKey }
        self.record = record
        network = view.header.network
        self.suite = suite
        self.tokenDigestName = tokenDigestName
        self.keys = keys
        self.gate = gate
        self.archive = archive
        do throws(VaultError) {
            self.vault = try DepartmentVault(
                vault,
                digestFunction: suite.digestFunction,
                logger: logger,
                entropy: entropy
            )
        } catch {
            throw .vault(error)
        }
        issuerName = "did:zhixin:department:\(record.code)"
        self.publicAddress = publicAddress
        self.limits = limits
        self.logger = logger
        self.clock = clock
        self.entropy = entropy
    }

    /// `count` bytes of chance.
    func randomBytes(_ count: Int) -> [UInt8] {
        var generator = entropy()
        return generator.randomBytes(count)
    }

    /// A fresh name for a transaction.
    func freshTransactionID() -> TransactionID {
        var generator = entropy()
        return TransactionID(high: generator.next(), low: generator.next())
    }
}

/// Why a department's services cannot start.
package enum DepartmentSetupError: Error, Equatable, Sendable {
    /// The ledger cannot be read.
    case store(StoreError)
    /// The vault cannot be read or written.
    case vault(VaultError)
    case departmentUnknown(DepartmentID)
    /// The ledger knows the department with another transaction key than the node holds.
    case otherTransactionKey
    /// The ledger knows the department with another credential key than the node holds.
    case otherCredentialKey
}

extension RandomNumberGenerator {
    /// `count` bytes of chance.
    mutating func randomBytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0.prefix(count - bytes.count)) }
        }
        return bytes
    }
}
