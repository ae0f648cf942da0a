import Ports
package import Primitives

/// What each side says first: its network and who it is. The certificate must agree.
package struct LinkHello: Hashable, Sendable {
    /// The version of frames, pings and hello that this code speaks.
    package static let currentVersion: UInt16 = 1

    /// Later versions keep these three fields first, so that each side can say why it refuses.
    package let version: UInt16
    /// The digest of the network's genesis.
    package let network: Digest
    package let identifier: NodeID

    package init(version: UInt16, network: Digest, identifier: NodeID) {
        self.version = version
        self.network = network
        self.identifier = identifier
    }
}

/// Messages of the links themselves, in frames marked as such. `docs/protocol.md` has their form.
package enum LinkControl: Hashable, Sendable {
    /// Canonical bytes of one message: over it the peer is dropped.
    package static let bytesMax = 256

    case hello(LinkHello)
    /// "I am here." Not answered: the other side says the same when it has nothing else to say.
    case ping
}

extension LinkControl: CanonicalCodable {
    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .hello(let hello):
            encoder.appendLength(0)
            encoder.append(Domain.linkHello.rawValue)
            encoder.append(hello.version)
            encoder.append(hello.network)
            encoder.append(hello.identifier)
        case .ping:
            encoder.appendLength(1)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readLength(max: Int(UInt8.max)) {
        case 0:
            let tag = Domain.linkHello.rawValue
            guard try decoder.readString(countMax: tag.utf8.count) == tag else {
                throw .invalid(type: "LinkHello", reason: "it does not begin with its tag")
            }
            self = .hello(
                LinkHello(
                    version: try decoder.readUInt16(),
                    network: try decoder.readDigest(),
                    identifier: try decoder.read()
                )
            )
        case 1: self = .ping
        case let other: throw .unknownTag(type: "LinkControl", found: UInt64(other))
        }
    }

    /// The message in `bytes`. A hello of another version than `version` may have more fields than this code knows.
    package init(bytes: [UInt8], version: UInt16) throws(DecodeError) {
        var decoder = CanonicalDecoder(bytes)
        try self.init(from: &decoder)
        if case .hello(let hello) = self, hello.version != version { return }
        try decoder.finish()
    }
}
