package import Consensus
package import Primitives

/// The network itself, at position 0.
package struct NetworkRecord: Hashable, Sendable, CanonicalCodable {
    /// The digest of the genesis file that everyone pins.
    package let genesis: Digest
    /// The name shown to people, 1 to 256 bytes.
    package let name: String

    package init(genesis: Digest, name: String) {
        self.genesis = genesis
        self.name = name
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(genesis)
        encoder.append(name)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        genesis = try decoder.read()
        name = try decoder.readString(countMax: Limits.nameBytesMax)
    }
}

/// A department and the keys it acts with.
package struct DepartmentRecord: Hashable, Sendable, CanonicalCodable {
    package let id: DepartmentID
    package let code: Code
    /// The name in Chinese, 1 to 256 bytes.
    package let name: String
    /// The name in English, 1 to 256 bytes.
    package let englishName: String
    /// Signs the department's transactions.
    package let transactionKey: PublicKey
    /// Signs its certificates, requests and statements (ES256 or SM2).
    package let credentialKey: PublicKey
    /// X25519 key to which openings and evidence for this department are sealed, 32 bytes.
    package let sealingKey: [UInt8]

    package init(
        id: DepartmentID,
        code: Code,
        name: String,
        englishName: String,
        transactionKey: PublicKey,
        credentialKey: PublicKey,
        sealingKey: [UInt8]
    ) {
        self.id = id
        self.code = code
        self.name = name
        self.englishName = englishName
        self.transactionKey = transactionKey
        self.credentialKey = credentialKey
        self.sealingKey = sealingKey
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(code)
        encoder.append(name)
        encoder.append(englishName)
        encoder.append(transactionKey)
        encoder.append(credentialKey)
        encoder.appendRaw(sealingKey)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        code = try decoder.read()
        name = try decoder.readString(countMax: Limits.nameBytesMax)
        englishName = try decoder.readString(countMax: Limits.nameBytesMax)
        transactionKey = try decoder.read()
        credentialKey = try decoder.read()
        sealingKey = try decoder.readRaw(count: 32)
    }
}

/// A service system that may ask its home department's gateway for certain matters.
package struct ServiceSystemRecord: Hashable, Sendable, CanonicalCodable {
    /// Matters that one system may be permitted.
    package static let mattersMax = 1024
    package let id: ServiceSystemID
    package let code: Code
    package let name: String
    package let englishName: String
    /// The department whose gateway it calls and which answers for it.
    package let department: DepartmentID
    /// Signs its requests.
    package let key: PublicKey
    /// The matters it may ask for.
    package let matters: [Code]

    package init(
        id: ServiceSystemID,
        code: Code,
        name: String,
        englishName: String,
        department: DepartmentID,
        key: PublicKey,
        matters: [Code]
    ) {
        self.id = id
        self.code = code
        self.name = name
        self.englishName = englishName
        self.department = department
        self.key = key
        self.matters = matters
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(code)
        encoder.append(name)
        encoder.append(englishName)
        encoder.append(department)
        encoder.append(key)
        encoder.append(list: matters)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        code = try decoder.read()
        name = try decoder.readString(countMax: Limits.nameBytesMax)
        englishName = try decoder.readString(countMax: Limits.nameBytesMax)
        department = try decoder.read()
        key = try decoder.read()
        matters = try decoder.readList(countMax: ServiceSystemRecord.mattersMax)
    }
}

/// Who votes in the current epoch, and for which department.
package struct ValidatorSetRecord: Hashable, Sendable, CanonicalCodable {
    package let set: ValidatorSet
    /// The department of each validator, in the set's order.
    package let departments: [DepartmentID]

    package init(set: ValidatorSet, departments: [DepartmentID]) {
        self.set = set
        self.departments = departments
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(set)
        encoder.append(list: departments)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        set = try decoder.read()
        departments = try decoder.readList(countMax: Limits.validatorsMax)
        guard departments.count == set.keys.count else {
            throw .invalid(type: "ValidatorSetRecord", reason: "one department for each validator")
        }
    }
}

/// What the ledger's rules are tuned with; fixed in genesis until governance changes it.
package struct ParametersRecord: Hashable, Sendable, CanonicalCodable {
    /// L: how far in the future a transaction's expiry may lie, in milliseconds; 1 s to 1 h.
    package let transactionLifetimeMilliseconds: UInt64
    package let consensus: ConsensusParameters

    package init(transactionLifetimeMilliseconds: UInt64, consensus: ConsensusParameters) {
        self.transactionLifetimeMilliseconds = transactionLifetimeMilliseconds
        self.consensus = consensus
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(transactionLifetimeMilliseconds)
        encoder.append(consensus)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        transactionLifetimeMilliseconds = try decoder.readUInt64()
        consensus = try decoder.read()
        guard (1_000...3_600_000).contains(transactionLifetimeMilliseconds) else {
            throw .invalid(type: "ParametersRecord", reason: "a lifetime of 1 s to 1 h")
        }
    }
}

/// A kind of certificate: who may issue it and what it contains.
package struct CertificateTypeRecord: Hashable, Sendable, CanonicalCodable {
    package let id: CertificateTypeID
    package let code: Code
    package let version: UInt32
    /// The departments that may issue it.
    package let issuers: [DepartmentID]
    /// The definition as canonical JSON (`Credentials.CertificateTypeDefinition`), up to 32 KiB.
    package let definition: [UInt8]

    package init(id: CertificateTypeID, code: Code, version: UInt32, issuers: [DepartmentID], definition: [UInt8]) {
        self.id = id
        self.code = code
        self.version = version
        self.issuers = issuers
        self.definition = definition
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(code)
        encoder.append(version)
        encoder.append(list: issuers)
        encoder.append(definition)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        code = try decoder.read()
        version = try decoder.readUInt32()
        issuers = try decoder.readList(countMax: 256)
        definition = try decoder.readBytes(countMax: Limits.definitionBytesMax)
    }
}

/// A public service, in its newest version.
package struct MatterRecord: Hashable, Sendable, CanonicalCodable {
    package let code: Code
    package let version: UInt32
    /// The department that decides its cases.
    package let department: DepartmentID
    /// The definition as canonical JSON (`Credentials.MatterDefinition`), up to 32 KiB.
    package let definition: [UInt8]

    package init(code: Code, version: UInt32, department: DepartmentID, definition: [UInt8]) {
        self.code = code
        self.version = version
        self.department = department
        self.definition = definition
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(code)
        encoder.append(version)
        encoder.append(department)
        encoder.append(definition)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        code = try decoder.read()
        version = try decoder.readUInt32()
        department = try decoder.read()
        definition = try decoder.readBytes(countMax: Limits.definitionBytesMax)
    }
}
