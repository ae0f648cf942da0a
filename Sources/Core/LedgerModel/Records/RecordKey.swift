package import Primitives

/// The kinds of record. The raw value is the record's tag in BCS and the first byte of its key.
package enum RecordKind: UInt8, Sendable, CaseIterable {
    case network = 0
    case department = 1
    case serviceSystem = 2
    case validatorSet = 3
    case parameters = 4
    case certificateType = 5
    case matter = 6
    case subject = 7
    case accessHead = 8
    case certificate = 9
    case serviceCase = 10
    case proposal = 11
    case equivocation = 12
}

/// How a record is found without knowing its position: its kind and 32 bytes of identity.
///
/// Numbers stand in the last bytes, codes in the first ones, digests fill all 32. An index from keys to positions is
/// rebuilt from the leaves, so it is no part of what a root commits to.
package struct RecordKey: Hashable, Sendable {
    package let kind: RecordKind
    package let identity: Digest

    package init(kind: RecordKind, identity: Digest) {
        self.kind = kind
        self.identity = identity
    }

    private init(_ kind: RecordKind, number: UInt64) {
        self.init(kind: kind, identity: Digest(words: (0, 0, 0, number)))
    }

    package static let network = RecordKey(.network, number: 0)
    package static let validatorSet = RecordKey(.validatorSet, number: 0)
    package static let parameters = RecordKey(.parameters, number: 0)

    package static func department(_ id: DepartmentID) -> RecordKey {
        RecordKey(.department, number: UInt64(id.rawValue))
    }

    package static func serviceSystem(_ id: ServiceSystemID) -> RecordKey {
        RecordKey(.serviceSystem, number: UInt64(id.rawValue))
    }

    package static func certificateType(_ id: CertificateTypeID) -> RecordKey {
        RecordKey(.certificateType, number: UInt64(id.rawValue))
    }

    package static func matter(_ code: Code) -> RecordKey {
        let bytes = Array(code.text.utf8)
        let padded = bytes + [UInt8](repeating: 0, count: Code.byteCountMax - bytes.count)
        return RecordKey(kind: .matter, identity: padded.withUnsafeBytes { Digest(reading: $0) })
    }

    package static func subject(_ id: SubjectID) -> RecordKey { RecordKey(kind: .subject, identity: id.digest) }
    package static func accessHead(_ id: Digest) -> RecordKey { RecordKey(kind: .accessHead, identity: id) }
    package static func certificate(_ commitment: Digest) -> RecordKey {
        RecordKey(kind: .certificate, identity: commitment)
    }
    package static func serviceCase(_ id: Digest) -> RecordKey { RecordKey(kind: .serviceCase, identity: id) }
    package static func proposal(_ id: Digest) -> RecordKey { RecordKey(kind: .proposal, identity: id) }
    package static func equivocation(epoch: Epoch, validator: ReplicaIndex) -> RecordKey {
        let identity = Digest(words: (0, 0, epoch.rawValue, UInt64(validator.rawValue)))
        return RecordKey(kind: .equivocation, identity: identity)
    }
}
