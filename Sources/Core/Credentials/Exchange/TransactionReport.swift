package import Primitives

/// How far a transaction has come.
package enum TransactionState: String, Sendable, CaseIterable {
    /// Taken, not final yet.
    case pending
    /// In a final block, with the ledger's verdict.
    case final
}

/// A transaction's outcome: `POST /v1/transactions`, `GET /v1/transactions/{digest}`.
package struct TransactionReport: ExchangeShape {
    /// The digest over the signed bytes.
    package var transaction: Digest
    package var state: TransactionState
    /// The block's height, once final.
    package var height: Height?
    /// The verdict's name, `accepted` or the first rule that was broken, once final.
    package var verdict: String?
    /// The verdict's number on the ledger.
    package var verdictCode: UInt16?

    package init(
        transaction: Digest,
        state: TransactionState,
        height: Height? = nil,
        verdict: String? = nil,
        verdictCode: UInt16? = nil
    ) {
        self.transaction = transaction
        self.state = state
        self.height = height
        self.verdict = verdict
        self.verdictCode = verdictCode
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        transaction = try object.digest("transaction")
        state = try object.word("state")
        height = try object.optionalUnsigned("height").map { Height($0) }
        verdict = try object.optionalString("verdict", byteCountMax: 64)
        verdictCode = try object.optionalUnsigned("verdictCode")
    }

    package var json: JSONValue {
        .members([
            ("transaction", .string(transaction.description)),
            ("state", .string(state.rawValue)),
            ("height", height.map { .unsigned($0.rawValue) }),
            ("verdict", verdict.map { .string($0) }),
            ("verdictCode", verdictCode.map { .integer(Int64($0)) }),
        ])
    }
}

/// The newest certified state of the history: `GET /v1/checkpoint`.
package struct CheckpointReport: ExchangeShape {
    /// Headers in the history: the height and one.
    package var size: UInt64
    /// The RFC 6962 root over their digests.
    package var root: Digest
    package var height: Height
    package var timestamp: Timestamp

    package init(
        size: UInt64,
        root: Digest,
        height: Height,
        timestamp: Timestamp
    ) {
        self.size = size
        self.root = root
        self.height = height
        self.timestamp = timestamp
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        size = try object.unsigned("size")
        root = try object.digest("root")
        height = Height(try object.unsigned("height"))
        timestamp = Timestamp(try object.unsigned("timestamp"))
    }

    package var json: JSONValue {
        [
            "size": .unsigned(size),
            "root": .string(root.description),
            "height": .unsigned(height.rawValue),
            "timestamp": .unsigned(timestamp.rawValue),
        ]
    }
}

/// The block that an answer speaks for.
package struct LedgerMoment: ExchangeShape {
    package var height: Height
    /// The block's time.
    package var timestamp: Timestamp

    package init(
        height: Height,
        timestamp: Timestamp
    ) {
        self.height = height
        self.timestamp = timestamp
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        height = Height(try object.unsigned("height"))
        timestamp = Timestamp(try object.unsigned("timestamp"))
    }

    package var json: JSONValue {
        [
            "height": .unsigned(height.rawValue),
            "timestamp": .unsigned(timestamp.rawValue),
        ]
    }
}
