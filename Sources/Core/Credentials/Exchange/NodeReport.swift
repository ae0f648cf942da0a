package import Primitives

/// How a node stands: `GET /v1/status`.
package struct NodeReport: ExchangeShape {
    /// The digest of the genesis file.
    package var network: Digest
    package var networkName: String
    /// `international` or `guomi`.
    package var suite: String
    /// The department that runs the node.
    package var department: DepartmentSummary
    /// Linked to a quorum, and its store close to the newest final block.
    package var ready: Bool
    /// Validators of the epoch.
    package var validatorCount: Int
    /// The node's place among them; absent for a follower.
    package var ownIndex: UInt16?
    package var epoch: UInt64
    package var view: UInt64
    package var finalHeight: Height
    package var storedHeight: Height
    /// The time in the newest final block.
    package var finalTimestamp: Timestamp
    /// Transactions that wait.
    package var poolCount: Int
    /// Why the node does not vote although it has a key.
    package var refusal: String?
    /// Places of validators that contradicted themselves, as far as this node saw.
    package var equivocations: [UInt16]
    /// The validators in their order, this one included.
    package var peers: [PeerReport]
    /// Where other nodes answer over HTTP.
    package var links: [NodeLink]

    package init(
        network: Digest,
        networkName: String,
        suite: String,
        department: DepartmentSummary,
        ready: Bool,
        validatorCount: Int,
        ownIndex: UInt16? = nil,
        epoch: UInt64,
        view: UInt64,
        finalHeight: Height,
        storedHeight: Height,
        finalTimestamp: Timestamp,
        poolCount: Int,
        refusal: String? = nil,
        equivocations: [UInt16],
        peers: [PeerReport],
        links: [NodeLink]
    ) {
        self.network = network
        self.networkName = networkName
        self.suite = suite
        self.department = department
        self.ready = ready
        self.validatorCount = validatorCount
        self.ownIndex = ownIndex
        self.epoch = epoch
        self.view = view
        self.finalHeight = finalHeight
        self.storedHeight = storedHeight
        self.finalTimestamp = finalTimestamp
        self.poolCount = poolCount
        self.refusal = refusal
        self.equivocations = equivocations
        self.peers = peers
        self.links = links
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        network = try object.digest("network")
        networkName = try object.string("networkName")
        suite = try object.string("suite", byteCountMax: 16)
        department = try object.shape("department")
        ready = try object.bool("ready")
        validatorCount = Int(try object.integer("validatorCount", in: 0...31))
        ownIndex = try object.optionalUnsigned("ownIndex")
        epoch = try object.unsigned("epoch")
        view = try object.unsigned("view")
        finalHeight = Height(try object.unsigned("finalHeight"))
        storedHeight = Height(try object.unsigned("storedHeight"))
        finalTimestamp = Timestamp(try object.unsigned("finalTimestamp"))
        poolCount = Int(try object.integer("poolCount", in: 0...Int64.max))
        refusal = try object.optionalString("refusal", byteCountMax: 1024)
        equivocations = try object.numbers("equivocations", count: 0...31)
        peers = try object.shapes("peers", count: 0...31)
        links = try object.shapes("links", count: 0...256)
    }

    package var json: JSONValue {
        .members([
            ("network", .string(network.description)),
            ("networkName", .string(networkName)),
            ("suite", .string(suite)),
            ("department", department.json),
            ("ready", .bool(ready)),
            ("validatorCount", .integer(Int64(validatorCount))),
            ("ownIndex", ownIndex.map { .integer(Int64($0)) }),
            ("epoch", .unsigned(epoch)),
            ("view", .unsigned(view)),
            ("finalHeight", .unsigned(finalHeight.rawValue)),
            ("storedHeight", .unsigned(storedHeight.rawValue)),
            ("finalTimestamp", .unsigned(finalTimestamp.rawValue)),
            ("poolCount", .integer(Int64(poolCount))),
            ("refusal", refusal.map { .string($0) }),
            ("equivocations", .array(equivocations.map { .integer(Int64($0)) })),
            ("peers", .array(peers.map(\.json))),
            ("links", .array(links.map(\.json))),
        ])
    }
}

/// One validator as a node sees it.
package struct PeerReport: ExchangeShape {
    /// Its place in the validator set.
    package var index: UInt16
    package var department: UInt16
    package var code: String
    package var name: String
    package var englishName: String
    /// Whether there is a link to it now.
    package var connected: Bool

    package init(
        index: UInt16,
        department: UInt16,
        code: String,
        name: String,
        englishName: String,
        connected: Bool
    ) {
        self.index = index
        self.department = department
        self.code = code
        self.name = name
        self.englishName = englishName
        self.connected = connected
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        index = try object.unsigned("index")
        department = try object.unsigned("department")
        code = try object.string("code", byteCountMax: 32)
        name = try object.string("name")
        englishName = try object.string("englishName")
        connected = try object.bool("connected")
    }

    package var json: JSONValue {
        [
            "index": .integer(Int64(index)),
            "department": .integer(Int64(department)),
            "code": .string(code),
            "name": .string(name),
            "englishName": .string(englishName),
            "connected": .bool(connected),
        ]
    }
}

/// Another node's address.
package struct NodeLink: ExchangeShape {
    package var department: UInt16
    /// Such as `http://10.0.0.2:8080`.
    package var address: String

    package init(
        department: UInt16,
        address: String
    ) {
        self.department = department
        self.address = address
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        department = try object.unsigned("department")
        address = try object.string("address")
    }

    package var json: JSONValue {
        [
            "department": .integer(Int64(department)),
            "address": .string(address),
        ]
    }
}

/// A department's number, code and names.
package struct DepartmentSummary: ExchangeShape {
    package var id: UInt16
    package var code: String
    /// In Chinese.
    package var name: String
    package var englishName: String

    package init(
        id: UInt16,
        code: String,
        name: String,
        englishName: String
    ) {
        self.id = id
        self.code = code
        self.name = name
        self.englishName = englishName
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        id = try object.unsigned("id")
        code = try object.string("code", byteCountMax: 32)
        name = try object.string("name")
        englishName = try object.string("englishName")
    }

    package var json: JSONValue {
        [
            "id": .integer(Int64(id)),
            "code": .string(code),
            "name": .string(name),
            "englishName": .string(englishName),
        ]
    }
}

/// All departments: `GET /v1/departments`.
package struct DepartmentList: ExchangeShape {
    /// By number.
    package var departments: [DepartmentSummary]

    package init(departments: [DepartmentSummary]) {
        self.departments = departments
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        departments = try object.shapes("departments", count: 0...4096)
    }

    package var json: JSONValue {
        [
            "departments": .array(departments.map(\.json))
        ]
    }
}
