import Consensus
import Cryptography
import Execution
import Foundation
import LedgerModel
import Logging
import Node
import Ports
import Primitives
import Replica
import Storage
import Transport

/// Everything one node is made of, opened and checked in the order in which it can go wrong.
struct NodeAssembly {
    let folder: NodeFolder
    let file: NodeFile
    let genesisBytes: [UInt8]
    let genesis: Genesis
    let suite: Suite
    let network: Digest
    let department: DepartmentRecord
    let keys: NodeKeys
    let store: LevelDBLedgerStore
    let links: PeerLinkManager
    let driver: NodeDriver
    let logger: Logger

    /// The numbers of all departments by their codes.
    var departments: [Code: DepartmentID] {
        let pairs = genesis.records.compactMap { record -> (Code, DepartmentID)? in
            if case .department(let department) = record { (department.code, department.id) } else { nil }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: `CommandError` that says what to do; nothing has been started then.
    init(configuration path: String, logger: Logger) throws {
        self.logger = logger
        let file = try NodeFile(path: path)
        let parent = (path as NSString).deletingLastPathComponent
        let folder = NodeFolder(path: parent.isEmpty ? "." : parent)
        let genesisPath = file.genesis.hasPrefix("/") ? file.genesis : folder.file(file.genesis)
        let (genesis, suite, network) = try GenesisFile.read(genesisPath, expected: file.genesisDigest)
        self.file = file
        self.folder = folder
        self.genesis = genesis
        self.genesisBytes = genesis.canonicalBytes
        self.suite = suite
        self.network = network
        keys = try NodeKeys(folder)
        try FileManager.default.createDirectory(
            atPath: folder.data,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let departments = genesis.records.compactMap { record in
            if case .department(let department) = record { department } else { nil }
        }
        guard let department = departments.first(where: { $0.code == file.department }) else {
            throw CommandError.departmentUnknown(file.department)
        }
        self.department = department
        store = try NodeAssembly.openStore(folder, genesis: genesis, suite: suite, network: network)
        let own = NodeID(department.id)
        links = try NodeAssembly.makeLinks(file, keys, network, departments, own, logger)
        let report = NodeAssembly.reporter(department.id, network, keys)
        driver = try NodeAssembly.makeDriver(folder, suite, network, own, store, links, report, logger)
        let driver = driver
        links.deliver { driver.receive($0) }
    }

    private static func openStore(
        _ folder: NodeFolder,
        genesis: Genesis,
        suite: Suite,
        network: Digest
    ) throws -> LevelDBLedgerStore {
        do {
            switch try LevelDBLedgerStore.open(
                at: folder.ledger,
                network: network,
                digestFunction: suite.digestFunction
            ) {
            case .ledger(let store): return store
            case .empty(let empty):
                return try empty.initialise(genesis: try Executor.genesisBlock(genesis, suite: suite))
            }
        } catch let error as StoreError {
            throw CommandError.store(error, folder.ledger)
        }
    }

    private static func makeLinks(
        _ file: NodeFile,
        _ keys: NodeKeys,
        _ network: Digest,
        _ departments: [DepartmentRecord],
        _ own: NodeID,
        _ logger: Logger
    ) throws -> PeerLinkManager {
        let peers = try file.peers.map { peer in
            guard let department = departments.first(where: { $0.code == peer.department }) else {
                throw CommandError.departmentUnknown(peer.department)
            }
            return LinkPeer(
                identifier: NodeID(department.id),
                address: LinkAddress(host: peer.host, port: UInt16(peer.linkPort)),
                certificateDigests: [peer.certificate]
            )
        }
        return try PeerLinkManager(
            configuration: LinkConfiguration(
                ownIdentifier: own,
                listen: LinkAddress(host: file.host, port: UInt16(file.linkPort)),
                certificateChainPEM: keys.link.certificatePEM,
                privateKeyPEM: keys.link.privateKeyPEM,
                peers: peers,
                network: network,
                certificateDigestFunction: SHA256Function(),
                now: { Clock.civil },
                logger: logger
            )
        )
    }

    /// Signs, in the department's name, that a validator contradicted itself.
    private static func reporter(
        _ department: DepartmentID,
        _ network: Digest,
        _ keys: NodeKeys
    ) -> @Sendable (Evidence) -> [UInt8]? {
        { evidence in
            var entropy = SystemRandomNumberGenerator()
            let body = TransactionBody(
                network: network,
                author: .department(department),
                id: TransactionID(from: &entropy),
                expiry: Clock.civil.adding(milliseconds: 60_000),
                payload: .reportEquivocation(evidence)
            )
            // A key that cannot sign stops the department's own work long before this.
            return try? Transaction(signing: body, with: keys.transaction).canonicalBytes
        }
    }

    private static func makeDriver(
        _ folder: NodeFolder,
        _ suite: Suite,
        _ network: Digest,
        _ own: NodeID,
        _ store: LevelDBLedgerStore,
        _ links: PeerLinkManager,
        _ makeReport: @escaping @Sendable (Evidence) -> [UInt8]?,
        _ logger: Logger
    ) throws -> NodeDriver {
        let votes = try VotingState(folder, suite: suite, network: network, own: own, store: store)
        if let refusal = votes.refusal.map({ VotingRefusal($0) }) {
            logger.critical("this node will not vote: \(refusal.english)", metadata: ["reason": "\(refusal.name)"])
        }
        if votes.signers.isEmpty { logger.warning("follows without voting: no voting key") }
        if let view = votes.finalViewBeyond {
            logger.warning(
                "the ledger holds less than the journal knows to be final: the rest is fetched from peers",
                metadata: ["height": "\(store.view().header.height)", "final view": "\(view)"]
            )
        }
        let core = try ReplicaCore(
            configuration: ReplicaConfiguration(network: network, suite: suite, ownNode: own),
            committed: store.ledgerState,
            restoration: votes.restoration,
            signers: votes.signers
        )
        return NodeDriver(
            configuration: NodeConfiguration(
                name: folder.path,
                core: core,
                journalledByteCount: votes.journalledByteCount,
                makeReport: makeReport
            ),
            journal: votes.journal,
            store: store,
            links: links,
            verificationThreads: 2,
            logger: logger
        )
    }
}

/// The voting key and its journal, which belong together: a key without its journal must not vote.
struct VotingState {
    let journal: any VoteJournal
    let restoration: ReplicaRestoration
    let signers: [SigningKey]
    let journalledByteCount: Int
    /// See `VotingHistory.finalViewBeyond`.
    let finalViewBeyond: View?
    /// Why the key must not vote, as far as it is known before the network is heard.
    let refusal: RefusalReason?

    /// - Throws: `CommandError` for a key or journal that cannot be used, and for a validator without a key.
    init(
        _ folder: NodeFolder,
        suite: Suite,
        network: Digest,
        own: NodeID,
        store: LevelDBLedgerStore
    ) throws {
        let view = store.view()
        func restoration(
            _ records: [Consensus.JournalRecord] = [],
            blocks: [Block] = [],
            _ refusal: RefusalReason? = nil
        ) -> ReplicaRestoration {
            ReplicaRestoration(
                records: records,
                blocks: blocks,
                lastFinalisation: view.certificate,
                refusal: refusal
            )
        }
        let validators = try store.ledgerState.validatorSet()
        let place = validators.departments.firstIndex { NodeID($0) == own }
        guard FileManager.default.fileExists(atPath: folder.votingKey) else {
            // A department that is no validator follows; a validator would be missing among the votes without a word.
            guard place == nil else { throw CommandError.key(.missing(path: folder.votingKey)) }
            (journal, signers, refusal) = (FollowerJournal(), [], nil)
            (journalledByteCount, finalViewBeyond) = (0, nil)
            self.restoration = restoration()
            return
        }
        let key: SigningKey
        do {
            key = try KeyFile.readSigningKey(folder.votingKey)
        } catch {
            throw CommandError.key(error)
        }
        signers = [key]
        let owner = suite.digestFunction.digest(network.bytes + key.publicKey.canonicalBytes)
        switch try VotingState.openJournal(at: folder.journal, owner: owner) {
        case .damaged:
            // What was voted is no longer known: follow, and never vote with this key again.
            journal = FollowerJournal()
            (journalledByteCount, finalViewBeyond) = (0, nil)
            refusal = .damagedJournal
            self.restoration = restoration([], .damagedJournal)
        case .usable(let file, let opening):
            let history: VotingHistory
            do throws(VotingHistoryError) {
                history = try VotingHistory(of: file, opening, committed: view.header)
            } catch {
                throw CommandError.history(error, folder.journal)
            }
            (journal, journalledByteCount) = (file, history.byteCount)
            let isOwnKey = place.map { validators.set.keys[$0] == key.publicKey } ?? true
            refusal = history.refusal ?? (isOwnKey ? nil : .keyNotInSet)
            finalViewBeyond = history.finalViewBeyond(view.header, digest: view.headerDigest)
            self.restoration = restoration(history.records, blocks: history.blocks)
        }
    }

    private enum OpenedJournal {
        case usable(FileVoteJournal, JournalOpening)
        case damaged
    }

    private static func openJournal(at path: String, owner: Digest) throws -> OpenedJournal {
        do {
            let (journal, opening) = try FileVoteJournal.open(at: path, owner: owner)
            return .usable(journal, opening)
        } catch {
            switch error {
            case .damagedBeforeTail, .sequenceGap: return .damaged
            default: throw CommandError.journal(error, path)
            }
        }
    }
}

extension CommandError {
    static func departmentUnknown(_ code: Code) -> CommandError {
        CommandError(
            code: "department-unknown",
            chinese: "创世文件中没有部门 \(code)。请检查 node.yaml。",
            english: "the genesis file has no department \(code); check node.yaml"
        )
    }

    static func store(_ error: StoreError, _ path: String) -> CommandError {
        switch error {
        case .lockedByAnother:
            CommandError(
                code: "data-folder-locked",
                chinese: "数据文件夹 \(path) 正被另一个进程使用。请先停止那个节点。",
                english: "the data folder \(path) is in use by another process; stop that node first"
            )
        case .ofAnotherNetwork(let found):
            CommandError(
                code: "data-of-another-network",
                chinese: "数据文件夹 \(path) 属于另一个网络（\(found)）。请检查 node.yaml 的 genesis。",
                english: "the data folder \(path) belongs to another network (\(found)); check genesis in node.yaml"
            )
        default:
            CommandError(
                code: "data-unusable",
                chinese: "数据文件夹 \(path) 无法使用：\(Reason(error).chinese)。请勿删除；移开后让节点重新同步。",
                english: "the data folder \(path) cannot be used: \(Reason(error).english);"
                    + " move it away and let the node catch up"
            )
        }
    }

    static func history(_ error: VotingHistoryError, _ path: String) -> CommandError {
        switch error {
        case .journal(let error): journal(error, path)
        case .recordUnknown(let sequence, let error):
            CommandError(
                code: "journal-record-unknown",
                chinese: "投票日志 \(path) 的第 \(sequence) 条记录无法识别。请使用写入它的版本或更新的版本。",
                english: "record \(sequence) of the vote journal \(path) is unknown: \(Reason(error).english);"
                    + " use the version that wrote it or a newer one"
            )
        }
    }

    static func journal(_ error: JournalError, _ path: String) -> CommandError {
        CommandError(
            code: "journal-unusable",
            chinese: "投票日志 \(path) 无法使用：\(Reason(error).chinese)。",
            english: "the vote journal \(path) cannot be used: \(Reason(error).english)"
        )
    }
}

extension VotingHistory {
    /// What was found out about the key in an earlier run, or now: it holds for ever.
    fileprivate var refusal: RefusalReason? {
        records.lazy.compactMap { if case .refused(let reason) = $0 { reason } else { nil } }.first
    }
}
