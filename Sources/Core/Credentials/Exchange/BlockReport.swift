package import Primitives

/// A final block in JSON: `GET /v1/blocks/{height}`.
package struct BlockReport: ExchangeShape {
    package var height: Height
    /// The header's digest.
    package var digest: Digest
    package var parent: Digest
    package var timestamp: Timestamp
    package var epoch: UInt64
    package var view: UInt64
    /// The proposer's place in the validator set.
    package var proposer: UInt16
    package var transactionsRoot: Digest
    package var registerRoot: Digest
    package var registerSize: UInt64
    package var historyRoot: Digest
    package var validatorSet: Digest
    /// Who finalised it; empty when a later block's certificate made it final.
    package var signers: [UInt16]
    /// In their order.
    package var transactions: [BlockTransactionReport]

    package init(
        height: Height,
        digest: Digest,
        parent: Digest,
        timestamp: Timestamp,
        epoch: UInt64,
        view: UInt64,
        proposer: UInt16,
        transactionsRoot: Digest,
        registerRoot: Digest,
        registerSize: UInt64,
        historyRoot: Digest,
        validatorSet: Digest,
        signers: [UInt16],
        transactions: [BlockTransactionReport]
    ) {
        self.height = height
        self.digest = digest
        self.parent = parent
        self.timestamp = timestamp
        self.epoch = epoch
        self.view = view
        self.proposer = proposer
        self.transactionsRoot = transactionsRoot
        self.registerRoot = registerRoot
        self.registerSize = registerSize
        self.historyRoot = historyRoot
        self.validatorSet = validatorSet
        self.signers = signers
        self.transactions = transactions
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        height = Height(try object.unsigned("height"))
        digest = try object.digest("digest")
        parent = try object.digest("parent")
        timestamp = Timestamp(try object.unsigned("timestamp"))
        epoch = try object.unsigned("epoch")
        view = try object.unsigned("view")
        proposer = try object.unsigned("proposer")
        transactionsRoot = try object.digest("transactionsRoot")
        registerRoot = try object.digest("registerRoot")
        registerSize = try object.unsigned("registerSize")
        historyRoot = try object.digest("historyRoot")
        validatorSet = try object.digest("validatorSet")
        signers = try object.numbers("signers", count: 0...31)
        transactions = try object.shapes("transactions", count: 0...4096)
    }

    package var json: JSONValue {
        [
            "height": .unsigned(height.rawValue),
            "digest": .string(digest.description),
            "parent": .string(parent.description),
            "timestamp": .unsigned(timestamp.rawValue),
            "epoch": .unsigned(epoch),
            "view": .unsigned(view),
            "proposer": .integer(Int64(proposer)),
            "transactionsRoot": .string(transactionsRoot.description),
            "registerRoot": .string(registerRoot.description),
            "registerSize": .unsigned(registerSize),
            "historyRoot": .string(historyRoot.description),
            "validatorSet": .string(validatorSet.description),
            "signers": .array(signers.map { .integer(Int64($0)) }),
            "transactions": .array(transactions.map(\.json)),
        ]
    }
}

/// One transaction of a block.
package struct BlockTransactionReport: ExchangeShape {
    package var digest: Digest
    /// Such as `issueCertificates`.
    package var kind: String
    /// `department:<number>` or a DID.
    package var author: String
    /// How many certificates it issued or changed.
    package var certificateCount: UInt32?
    package var verdict: String

    package init(
        digest: Digest,
        kind: String,
        author: String,
        certificateCount: UInt32? = nil,
        verdict: String
    ) {
        self.digest = digest
        self.kind = kind
        self.author = author
        self.certificateCount = certificateCount
        self.verdict = verdict
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        digest = try object.digest("digest")
        kind = try object.string("kind", byteCountMax: 32)
        author = try object.string("author", byteCountMax: 80)
        certificateCount = try object.optionalUnsigned("certificateCount")
        verdict = try object.string("verdict", byteCountMax: 64)
    }

    package var json: JSONValue {
        .members([
            ("digest", .string(digest.description)),
            ("kind", .string(kind)),
            ("author", .string(author)),
            ("certificateCount", certificateCount.map { .integer(Int64($0)) }),
            ("verdict", .string(verdict)),
        ])
    }
}

/// A block in a list.
package struct BlockSummary: ExchangeShape {
    package var height: Height
    package var digest: Digest
    package var timestamp: Timestamp
    package var proposer: UInt16
    package var transactionCount: Int
    package var registerSize: UInt64

    package init(
        height: Height,
        digest: Digest,
        timestamp: Timestamp,
        proposer: UInt16,
        transactionCount: Int,
        registerSize: UInt64
    ) {
        self.height = height
        self.digest = digest
        self.timestamp = timestamp
        self.proposer = proposer
        self.transactionCount = transactionCount
        self.registerSize = registerSize
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        height = Height(try object.unsigned("height"))
        digest = try object.digest("digest")
        timestamp = Timestamp(try object.unsigned("timestamp"))
        proposer = try object.unsigned("proposer")
        transactionCount = Int(try object.integer("transactionCount", in: 0...4096))
        registerSize = try object.unsigned("registerSize")
    }

    package var json: JSONValue {
        [
            "height": .unsigned(height.rawValue),
            "digest": .string(digest.description),
            "timestamp": .unsigned(timestamp.rawValue),
            "proposer": .integer(Int64(proposer)),
            "transactionCount": .integer(Int64(transactionCount)),
            "registerSize": .unsigned(registerSize),
        ]
    }
}

/// Blocks from new to old: `GET /v1/blocks?limit=&before=`.
package struct BlockList: ExchangeShape {
    package var blocks: [BlockSummary]
    /// The newest stored height.
    package var newest: Height

    package init(
        blocks: [BlockSummary],
        newest: Height
    ) {
        self.blocks = blocks
        self.newest = newest
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        blocks = try object.shapes("blocks", count: 0...100)
        newest = Height(try object.unsigned("newest"))
    }

    package var json: JSONValue {
        [
            "blocks": .array(blocks.map(\.json)),
            "newest": .unsigned(newest.rawValue),
        ]
    }
}
