package import Primitives

/// What validators say to each other. The raw values are the tags on the wire.
package enum ConsensusMessage: Hashable, Sendable, CanonicalCodable {
    /// 0. A vote, from its signer.
    case vote(Vote)
    /// 1. The leader's notarise, which proposes its block.
    case proposal(Proposal)
    /// 2. A quorum's votes, from anyone.
    case certificate(QuorumCertificate)
    /// 3. Asks for certificates.
    case certificateRequest(CertificateRequest)
    /// 4. A validator that has just started, in the named epoch, asks which of its votes the receiver holds.
    case echoRequest(Epoch)
    /// 5. The answer to that.
    case echo(VoteEcho)

    /// The epoch that the message is about.
    package var epoch: Epoch {
        switch self {
        case .vote(let vote): vote.epoch
        case .proposal(let proposal): proposal.epoch
        case .certificate(let certificate): certificate.epoch
        case .certificateRequest(let request): request.epoch
        case .echoRequest(let epoch): epoch
        case .echo(let echo): echo.epoch
        }
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        switch self {
        case .vote(let vote):
            encoder.append(UInt8(0))
            encoder.append(vote)
        case .proposal(let proposal):
            encoder.append(UInt8(1))
            encoder.append(proposal)
        case .certificate(let certificate):
            encoder.append(UInt8(2))
            encoder.append(certificate)
        case .certificateRequest(let request):
            encoder.append(UInt8(3))
            encoder.append(request)
        case .echoRequest(let epoch):
            encoder.append(UInt8(4))
            encoder.append(epoch)
        case .echo(let echo):
            encoder.append(UInt8(5))
            encoder.append(echo)
        }
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        switch try decoder.readUInt8() {
        case 0: self = .vote(try decoder.read())
        case 1: self = .proposal(try decoder.read())
        case 2: self = .certificate(try decoder.read())
        case 3: self = .certificateRequest(try decoder.read())
        case 4: self = .echoRequest(try decoder.read())
        case 5: self = .echo(try decoder.read())
        case let other: throw .unknownTag(type: "ConsensusMessage", found: UInt64(other))
        }
    }
}
