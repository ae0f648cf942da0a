package import Primitives

/// What a voter must find again after a crash. The raw values are the tags on disk.
package enum JournalRecord: Hashable, Sendable, CanonicalCodable {
    /// 0. A vote of this validator: on disk before it is on the wire.
    case vote(Vote)
    /// 1. A certificate that was formed or accepted; it rides along with the next sync.
    case certificate(QuorumCertificate)
    /// 2. A block was found durable, executed and valid here.
    case certification(Certification)
    /// 3. Nothing at or below this view will ever be voted on again; it never moves back.
    case floor(epoch: Epoch, view: View)
    /// 4. This key never votes again: something that it must not forget is forgotten.
    case refused(RefusalReason)

    /// Whether the turn that writes it must sync before anything is sent.
    package var forcesSync: Bool {
        switch self {
        case .vote, .floor, .refused: true
        case .certificate, .certification: false
        }
    }

    /// The epoch that it is about; nil for what is true of the key in all of them.
    package var epoch: Epoch? {
        switch self {
        case .vote(let vote): vote.epoch
        case .certificate(let certificate): certificate.epoch
        case .certification(let certification): certification.epoch
        case .floor(let epoch, _): epoch
        case .refused: nil
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .vote(let vote):
            encoder.append(UInt8(0))
            encoder.append(vote)
        case .certificate(let certificate):
            encoder.append(UInt8(1))
            encoder.append(certificate)
        case .certification(let certification):
            encoder.append(UInt8(2))
            encoder.append(certification)
        case .floor(let epoch, let view):
            encoder.append(UInt8(3))
            encoder.append(epoch)
            encoder.append(view)
        case .refused(let reason):
            encoder.append(UInt8(4))
            encoder.append(reason)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readUInt8() {
        case 0: self = .vote(try decoder.read())
        case 1: self = .certificate(try decoder.read())
        case 2: self = .certification(try decoder.read())
        case 3: self = .floor(epoch: try decoder.read(), view: try decoder.read())
        case 4: self = .refused(try decoder.read())
        case let other: throw .unknownTag(type: "JournalRecord", found: UInt64(other))
        }
    }
}

/// A notarised block that this node found durable, executed and valid.
package struct Certification: Hashable, Sendable, CanonicalCodable {
    package let epoch: Epoch
    package let view: View
    package let payload: Digest
    /// Whether the block changes the validator set and so is the last of its epoch.
    package let endsEpoch: Bool

    package init(epoch: Epoch, view: View, payload: Digest, endsEpoch: Bool) {
        self.epoch = epoch
        self.view = view
        self.payload = payload
        self.endsEpoch = endsEpoch
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(epoch)
        encoder.append(view)
        encoder.append(payload)
        encoder.append(endsEpoch)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        epoch = try decoder.read()
        view = try decoder.read()
        payload = try decoder.readDigest()
        endsEpoch = try decoder.readBool()
    }
}
