package import Consensus
package import Primitives

/// Every certificate that an honest node shows holds a quorum of good signatures; of each view there is one notarised block
/// at most, and no nullification beside a finalisation.
///
/// Quorums, bitmaps and signed bytes are computed here anew, from the description of the formats.
package struct CertificateChecker: Sendable {
    /// The voting keys of each epoch.
    private var keys: [[PublicKey]]
    private let network: Digest
    private let verifier: FakeSignatures
    /// n - floor((n - 1) / 3), by a table.
    private static let quorums = [4: 3, 5: 4, 6: 5, 7: 5, 8: 6, 9: 7, 10: 7]
    private var seen: Set<QuorumCertificate> = []
    private var notarised: [Round: Digest] = [:]
    private var finalised: [Round: Digest] = [:]
    private var nullified: Set<Round> = []

    private struct Round: Hashable, CustomStringConvertible {
        let epoch: UInt64
        let view: UInt64
        var description: String { "\(epoch)/\(view)" }
    }

    package init(keys: [[PublicKey]], network: Digest, verifier: FakeSignatures) {
        self.keys = keys
        self.network = network
        self.verifier = verifier
    }

    /// An epoch follows the newest one known.
    package mutating func begin(epochWith keys: [PublicKey]) { self.keys.append(keys) }

    /// Takes a certificate that an honest `node` has sent or stored, and says what is wrong with that.
    package mutating func shown(_ certificate: QuorumCertificate, by node: Int) -> String? {
        guard !seen.contains(certificate) else { return nil }
        seen.insert(certificate)
        let view = Round(epoch: certificate.epoch.rawValue, view: certificate.view.rawValue)
        if let problem = signatureProblem(certificate) {
            return "node \(node) shows a \(certificate.kind) certificate of view \(view) \(problem)"
        }
        switch certificate.kind {
        case .notarise:
            if let other = notarised[view], other != certificate.payload {
                return "two blocks notarised in view \(view)"
            }
            notarised[view] = certificate.payload
        case .finalise:
            if let other = finalised[view], other != certificate.payload { return "two blocks final in view \(view)" }
            finalised[view] = certificate.payload
        case .nullify: nullified.insert(view)
        }
        if finalised[view] != nil, nullified.contains(view) { return "view \(view) is final and nullified" }
        if let final = finalised[view], let other = notarised[view], final != other {
            return "view \(view) has one block notarised and another final"
        }
        return nil
    }

    private func signatureProblem(_ certificate: QuorumCertificate) -> String? {
        var signers: [Int] = []
        for bit in 0..<(certificate.signers.bytes.count * 8)
        where certificate.signers.bytes[bit / 8] >> UInt8(bit % 8) & 1 == 1 {
            signers.append(bit)
        }
        guard certificate.epoch.rawValue < UInt64(keys.count) else { return "of an epoch that has not begun" }
        let keys = keys[Int(certificate.epoch.rawValue)]
        guard let quorum = CertificateChecker.quorums[keys.count] else {
            preconditionFailure("no quorum is known for \(keys.count)")
        }
        guard signers.count >= quorum else { return "with \(signers.count) signers" }
        guard signers.count == certificate.signatures.count else { return "with a wrong number of signatures" }
        let message = signedBytes(certificate.ballot)
        for (signer, signature) in zip(signers, certificate.signatures) {
            guard signer < keys.count, verifier.isValid(signature, of: message, by: keys[signer]) else {
                return "with a bad signature of \(signer)"
            }
        }
        return nil
    }

    private func signedBytes(_ ballot: Ballot) -> [UInt8] {
        let tag: String
        switch ballot.kind {
        case .notarise: tag = "zhixin/1/vote/notarise"
        case .nullify: tag = "zhixin/1/vote/nullify"
        case .finalise: tag = "zhixin/1/vote/finalise"
        }
        var bytes = [UInt8(tag.utf8.count)] + Array(tag.utf8) + network.bytes
        var numbers = [ballot.epoch.rawValue, ballot.view.rawValue]
        if ballot.kind != .nullify { numbers.append(ballot.parentView.rawValue) }
        for number in numbers {
            for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * place))) }
        }
        if ballot.kind != .nullify { bytes += ballot.payload.bytes }
        return bytes
    }
}
