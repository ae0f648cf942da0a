import Credentials
import LedgerModel
package import Primitives

/// What a clerk saw of the vault or changed: kept before the clerk has the answer, for whoever audits the department.
package struct ClerkAction: Hashable, Sendable, CanonicalCodable {
    /// Certificates, subjects and batches of one action: what a search shows at most.
    package static let objectsMax = 1_000

    /// What was done. The raw value is the tag in canonical bytes.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// Certificates were looked for; the objects are those that were shown.
        case search = 0
        /// An offline bundle was made of a certificate.
        case bundle = 1
        case certificateStatusChange = 2
        case batchRevocation = 3
        case subjectStatusChange = 4

        /// The name in the log.
        var name: String {
            switch self {
            case .search: "search"
            case .bundle: "bundle"
            case .certificateStatusChange: "certificate-status-change"
            case .batchRevocation: "batch-revocation"
            case .subjectStatusChange: "subject-status-change"
            }
        }
    }

    package let kind: Kind
    package let clerk: String
    package let time: Timestamp
    /// Commitments of certificates, ids of subjects, or names of batches.
    package let objects: [[UInt8]]

    package init(kind: Kind, clerk: String, time: Timestamp, objects: [[UInt8]]) {
        precondition(objects.count <= Self.objectsMax, "no action has more objects than a search shows")
        self.kind = kind
        self.clerk = clerk
        self.time = time
        self.objects = objects
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(kind.rawValue)
        encoder.append(clerk)
        encoder.append(time)
        encoder.appendLength(objects.count)
        for object in objects { encoder.append(object) }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        let tag = try decoder.readUInt8()
        guard let kind = Kind(rawValue: tag) else { throw .unknownTag(type: "ClerkAction.Kind", found: UInt64(tag)) }
        self.kind = kind
        clerk = try decoder.readString(countMax: Caller.nameBytesMax)
        time = try decoder.read()
        var objects: [[UInt8]] = []
        for _ in 0..<(try decoder.readLength(max: Self.objectsMax)) {
            objects.append(try decoder.readBytes(countMax: Digest.byteCount))
        }
        self.objects = objects
    }
}
