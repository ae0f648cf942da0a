package import Primitives

/// Asks for certificates by view. Empty lists ask only where the other stands: the certificate that let it into its
/// view, and its latest finalisation ([ANSWER]).
package struct CertificateRequest: Hashable, Sendable, CanonicalCodable {
    package let epoch: Epoch
    /// The asker's last finalised view: the answer brings a newer finalisation, if there is one.
    package let finalisedView: View
    /// Views whose notarisation is missing, ascending; 64 at most with `nullifications`.
    package let notarisations: [View]
    /// Views whose nullification is missing, ascending.
    package let nullifications: [View]

    package init(epoch: Epoch, finalisedView: View, notarisations: [View] = [], nullifications: [View] = []) {
        self.epoch = epoch
        self.finalisedView = finalisedView
        self.notarisations = notarisations
        self.nullifications = nullifications
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(epoch)
        encoder.append(finalisedView)
        encoder.append(list: notarisations)
        encoder.append(list: nullifications)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        epoch = try decoder.read()
        finalisedView = try decoder.read()
        notarisations = try decoder.readList(countMax: ConsensusLimits.certificateRequestViewsMax)
        let left = ConsensusLimits.certificateRequestViewsMax - notarisations.count
        nullifications = try decoder.readList(countMax: left)
        for list in [notarisations, nullifications] {
            guard zip(list, list.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw .invalid(type: "CertificateRequest", reason: "views ascend")
            }
        }
    }
}
