import Consensus
package import Primitives

/// The file that everyone pins: what the network is called, what it computes with, and the records it begins with.
package struct Genesis: Hashable, Sendable, CanonicalCodable {
    /// The version of this file's form.
    package static let formatVersion: UInt16 = 1
    /// Records in a genesis file.
    package static let recordsMax = 4096
    /// The protocol version of the first block.
    package static let protocolVersion: UInt16 = 1

    /// The network's name, shown to people.
    package let name: String
    /// 0 `international`, 1 `guomi`.
    package let suite: SuiteCode
    package let timestamp: Timestamp
    /// Departments, service systems, the validator set, parameters, certificate types and matters, in key order. The network
    /// record itself is not among them: it names this file's digest and stands at position 0.
    package let records: [Record]

    package init(name: String, suite: SuiteCode, timestamp: Timestamp, records: [Record]) {
        self.name = name
        self.suite = suite
        self.timestamp = timestamp
        self.records = records
    }

    /// The network digest: what every vote, transaction and authorisation carries.
    package func digest(_ digestFunction: any DigestFunction) -> Digest {
        digestFunction.digest(of: self, domain: .genesis)
    }

    /// The first validator set, or nil in a malformed file.
    package var validatorSet: ValidatorSetRecord? {
        for case .validatorSet(let record) in records { return record }
        return nil
    }

    /// The first parameters, or nil in a malformed file.
    package var parameters: ParametersRecord? {
        for case .parameters(let record) in records { return record }
        return nil
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(Genesis.formatVersion)
        encoder.append(name)
        encoder.append(suite)
        encoder.append(timestamp)
        encoder.append(list: records)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let version = try decoder.readUInt16()
        guard version == Genesis.formatVersion else { throw .unknownTag(type: "Genesis", found: UInt64(version)) }
        name = try decoder.readString(countMax: Limits.nameBytesMax)
        suite = try decoder.read()
        timestamp = try decoder.read()
        records = try decoder.readList(countMax: Genesis.recordsMax)
    }
}

/// Which cryptographic suite a network uses. The raw value is the tag on the wire.
package enum SuiteCode: UInt8, Sendable, CaseIterable, CanonicalCodable {
    case international = 0
    case guomi = 1
}
