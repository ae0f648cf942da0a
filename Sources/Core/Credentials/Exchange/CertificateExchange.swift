package import Primitives

/// A clerk issues certificates: `POST /v1/certificates/batches`. The same batch again skips what is in force.
package struct CertificateBatchRequest: ExchangeShape {
    /// The name of the batch: 32 hexadecimal digits.
    package var batch: [UInt8]
    /// The type's code.
    package var type: String
    package var rows: [CertificateBatchRow]

    package init(
        batch: [UInt8],
        type: String,
        rows: [CertificateBatchRow]
    ) {
        self.batch = batch
        self.type = type
        self.rows = rows
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        batch = try object.hexadecimal("batch", byteCount: 16)
        type = try object.string("type", byteCountMax: 32)
        rows = try object.shapes("rows", count: 1...2_000)
    }

    package var json: JSONValue {
        [
            "batch": .string(Hexadecimal.encode(batch)),
            "type": .string(type),
            "rows": .array(rows.map(\.json)),
        ]
    }
}

/// A row that cannot become a certificate.
package struct RejectedRow: ExchangeShape {
    package var line: Int
    package var problems: [CaseProblem]

    package init(
        line: Int,
        problems: [CaseProblem]
    ) {
        self.line = line
        self.problems = problems
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        line = Int(try object.integer("line", in: 1...10_000_000))
        problems = try object.shapes("problems", count: 1...256)
    }

    package var json: JSONValue {
        [
            "line": .integer(Int64(line)),
            "problems": .array(problems.map(\.json)),
        ]
    }
}

/// What became of a batch.
package struct CertificateBatchReport: ExchangeShape {
    package var batch: [UInt8]
    /// New certificates, those that supersede another included.
    package var issued: Int
    /// How many took another's place.
    package var superseded: Int
    /// How many say again what was revoked or undone before.
    package var reissued: Int
    /// The lines whose number was another holder's until now.
    package var changedHolder: [Int]
    /// Rows that say what is in force already.
    package var skipped: Int
    package var rejected: [RejectedRow]
    /// The block that holds the batch; absent when nothing was issued.
    package var height: Height?

    package init(
        batch: [UInt8],
        issued: Int,
        superseded: Int,
        reissued: Int = 0,
        changedHolder: [Int] = [],
        skipped: Int,
        rejected: [RejectedRow],
        height: Height? = nil
    ) {
        self.batch = batch
        self.issued = issued
        self.superseded = superseded
        self.reissued = reissued
        self.changedHolder = changedHolder
        self.skipped = skipped
        self.rejected = rejected
        self.height = height
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        batch = try object.hexadecimal("batch", byteCount: 16)
        issued = Int(try object.integer("issued", in: 0...2_000))
        superseded = Int(try object.integer("superseded", in: 0...2_000))
        reissued = Int(try object.integer("reissued", in: 0...2_000))
        changedHolder = []
        for (value, path) in try object.array("changedHolder", count: 0...2_000) {
            guard let line = value.integer, line > 0 else {
                throw .wrongKind(path: path, expected: "a line's number", found: value.kindName)
            }
            changedHolder.append(Int(line))
        }
        skipped = Int(try object.integer("skipped", in: 0...2_000))
        rejected = try object.shapes("rejected", count: 0...2_000)
        height = try object.optionalUnsigned("height").map { Height($0) }
    }

    package var json: JSONValue {
        .members([
            ("batch", .string(Hexadecimal.encode(batch))),
            ("issued", .integer(Int64(issued))),
            ("superseded", .integer(Int64(superseded))),
            ("reissued", .integer(Int64(reissued))),
            ("changedHolder", .array(changedHolder.map { .integer(Int64($0)) })),
            ("skipped", .integer(Int64(skipped))),
            ("rejected", .array(rejected.map(\.json))),
            ("height", height.map { .unsigned($0.rawValue) }),
        ])
    }
}

/// A wrong batch was undone: `POST /v1/batches/{batch}/revocation`.
package struct BatchRevocationReport: ExchangeShape {
    package var revoked: Int
    /// Absent when there was nothing left to revoke.
    package var height: Height?

    package init(
        revoked: Int,
        height: Height? = nil
    ) {
        self.revoked = revoked
        self.height = height
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        revoked = Int(try object.integer("revoked", in: 0...8_192))
        height = try object.optionalUnsigned("height").map { Height($0) }
    }

    package var json: JSONValue {
        .members([
            ("revoked", .integer(Int64(revoked))),
            ("height", height.map { .unsigned($0.rawValue) }),
        ])
    }
}

/// What an issuer can set.
package enum CertificateStatusWord: String, Sendable, CaseIterable {
    /// Resumes a suspended certificate.
    case active
    case suspended
    /// For good.
    case revoked
}

/// A clerk changes a certificate's status: `POST /v1/certificates/{commitment}/status`.
package struct CertificateStatusRequest: ExchangeShape {
    package var status: CertificateStatusWord

    package init(status: CertificateStatusWord) {
        self.status = status
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        status = try object.word("status")
    }

    package var json: JSONValue {
        [
            "status": .string(status.rawValue)
        ]
    }
}

/// A clerk looks for certificates of the own department: `POST /v1/vault/searches`. The number or the holder must be
/// given; the three join by *and*.
package struct VaultSearchRequest: ExchangeShape {
    /// The type's code.
    package var type: String?
    /// The certificate's number.
    package var number: String?
    /// The holder's identifier.
    package var holder: String?

    package init(
        type: String? = nil,
        number: String? = nil,
        holder: String? = nil
    ) {
        self.type = type
        self.number = number
        self.holder = holder
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        type = try object.optionalString("type", byteCountMax: 32)
        number = try object.optionalString("number", byteCountMax: 128)
        holder = try object.optionalString("holder", byteCountMax: 64)
    }

    package var json: JSONValue {
        .members([
            ("type", type.map { .string($0) }),
            ("number", number.map { .string($0) }),
            ("holder", holder.map { .string($0) }),
        ])
    }
}

/// What was found.
package struct VaultSearchResponse: ExchangeShape {
    package var certificates: [VaultSearchHit]
    /// Whether there are more than are listed.
    package var more: Bool

    package init(
        certificates: [VaultSearchHit],
        more: Bool
    ) {
        self.certificates = certificates
        self.more = more
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        certificates = try object.shapes("certificates", count: 0...1_000)
        more = try object.bool("more")
    }

    package var json: JSONValue {
        [
            "certificates": .array(certificates.map(\.json)),
            "more": .bool(more),
        ]
    }
}

/// A certificate in the vault.
package struct VaultSearchHit: ExchangeShape {
    /// The commitment.
    package var certificate: Digest
    package var type: String
    package var number: String
    package var status: CertificateCondition
    package var validFrom: Timestamp
    package var validUntil: Timestamp?
    /// The batch it was issued with.
    package var batch: [UInt8]?

    package init(
        certificate: Digest,
        type: String,
        number: String,
        status: CertificateCondition,
        validFrom: Timestamp,
        validUntil: Timestamp? = nil,
        batch: [UInt8]? = nil
    ) {
        self.certificate = certificate
        self.type = type
        self.number = number
        self.status = status
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.batch = batch
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        certificate = try object.digest("certificate")
        type = try object.string("type", byteCountMax: 32)
        number = try object.string("number", byteCountMax: 128)
        status = try object.word("status")
        validFrom = Timestamp(try object.unsigned("validFrom"))
        validUntil = try object.optionalUnsigned("validUntil").map { Timestamp($0) }
        batch = try object.optionalHexadecimal("batch", byteCount: 16)
    }

    package var json: JSONValue {
        .members([
            ("certificate", .string(certificate.description)),
            ("type", .string(type)),
            ("number", .string(number)),
            ("status", .string(status.rawValue)),
            ("validFrom", .unsigned(validFrom.rawValue)),
            ("validUntil", validUntil.map { .unsigned($0.rawValue) }),
            ("batch", batch.map { .string(Hexadecimal.encode($0)) }),
        ])
    }
}

/// A clerk makes an offline bundle: `POST /v1/certificates/{commitment}/bundle`; the answer is BCS `OfflineBundle`.
package struct BundleRequest: ExchangeShape {
    /// Names of the fields to disclose.
    package var fields: [String]

    package init(fields: [String]) {
        self.fields = fields
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        fields = try object.strings("fields", count: 0...64, byteCountMax: 64)
    }

    package var json: JSONValue {
        [
            "fields": .array(fields.map { .string($0) })
        ]
    }
}
