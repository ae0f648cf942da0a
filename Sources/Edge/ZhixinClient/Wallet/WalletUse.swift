package import Credentials
package import LedgerModel
package import Primitives

/// How far one use of the wallet has come.
package enum WalletUseState: String, Sendable, CaseIterable {
    /// Signed and kept; perhaps sent. Sending it again sends the same bytes.
    case prepared
    case decided
    case failed
    /// The gateway refused it, or it expired before it reached the ledger.
    case lapsed
}

/// One authorisation as the wallet keeps it: everything that was signed, and the opening of the access record.
///
/// It is written before anything is sent, so that a crash costs nothing but a repetition.
package struct WalletUse: ExchangeShape {
    package var caseID: Digest
    /// The relying department.
    package var department: UInt16
    package var service: UInt16
    /// The matter's code.
    package var matter: String
    package var matterVersion: UInt32
    package var head: Digest
    /// Signed with the head's key.
    package var entry: AccessEntry
    /// BCS `AuthorisationRequest`, signed.
    package var request: [UInt8]
    /// The bytes to send, again and again if need be.
    package var submission: AuthorisationSubmission
    /// The address of the node, and the target there.
    package var node: String
    package var target: String
    package var madeAt: Timestamp
    /// After this the access record can no longer come about.
    package var expiry: Timestamp
    package var state: WalletUseState
    /// What the node said last.
    package var outcome: CaseView?

    package init(
        caseID: Digest,
        department: UInt16,
        service: UInt16,
        matter: String,
        matterVersion: UInt32,
        head: Digest,
        entry: AccessEntry,
        request: [UInt8],
        submission: AuthorisationSubmission,
        node: String,
        target: String,
        madeAt: Timestamp,
        expiry: Timestamp,
        state: WalletUseState,
        outcome: CaseView? = nil
    ) {
        self.caseID = caseID
        self.department = department
        self.service = service
        self.matter = matter
        self.matterVersion = matterVersion
        self.head = head
        self.entry = entry
        self.request = request
        self.submission = submission
        self.node = node
        self.target = target
        self.madeAt = madeAt
        self.expiry = expiry
        self.state = state
        self.outcome = outcome
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        caseID = try object.hexadecimalDigest("case")
        department = UInt16(try object.integer("department", in: 0...65_535))
        service = UInt16(try object.integer("service", in: 0...65_535))
        matter = try object.string("matter", byteCountMax: 32)
        matterVersion = UInt32(try object.integer("matterVersion", in: 1...Int64(UInt32.max)))
        head = try object.hexadecimalDigest("head")
        do throws(DecodeError) {
            entry = try AccessEntry(canonicalBytes: try WalletUse.bytes("entry", in: &object))
        } catch {
            throw object.refusal("entry", "\(error)")
        }
        request = try object.base64URL("request", byteCountMax: 64 * 1024)
        submission = try AuthorisationSubmission(
            json: object.value("submission"),
            path: object.path(of: "submission")
        )
        node = try object.string("node", byteCountMax: 512)
        target = try object.string("target", byteCountMax: 512)
        madeAt = Timestamp(UInt64(try object.integer("madeAt", in: 0...Int64.max)))
        expiry = Timestamp(UInt64(try object.integer("expiry", in: 0...Int64.max)))
        state = try object.word("state")
        if let value = object.optionalValue("outcome") {
            outcome = try CaseView(json: value, path: object.path(of: "outcome"))
        }
    }

    private static func bytes(_ name: String, in object: inout StrictObject) throws(DecodeError) -> [UInt8] {
        do throws(JSONShapeError) {
            return try object.base64URL(name, byteCountMax: 1024)
        } catch {
            throw .invalid(type: "WalletUse", reason: "\(error)")
        }
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "case": .string(caseID.description),
            "department": .integer(Int64(department)),
            "service": .integer(Int64(service)),
            "matter": .string(matter),
            "matterVersion": .integer(Int64(matterVersion)),
            "head": .string(head.description),
            "entry": .string(Base64URL.encode(entry.canonicalBytes)),
            "request": .string(Base64URL.encode(request)),
            "submission": submission.json,
            "node": .string(node),
            "target": .string(target),
            "madeAt": .integer(Int64(clamping: madeAt.milliseconds)),
            "expiry": .integer(Int64(clamping: expiry.milliseconds)),
            "state": .string(state.rawValue),
        ]
        object["outcome"] = outcome?.json
        return .object(object)
    }

    /// The entry's digest, by which the head and the next entry name it.
    package func entryDigest(_ suite: Suite) -> Digest { suite.digest(of: entry, domain: .accessEntry) }
}
