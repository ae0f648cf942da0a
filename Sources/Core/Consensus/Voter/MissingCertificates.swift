import Primitives

/// Certificates that a rule waits for.
struct MissingCertificates: Sendable {
    var notarisations: Set<View> = []
    var nullifications: Set<View> = []
    /// Who surely has them: the leader whose proposal needs them. All are asked when nobody is named, or on a retry.
    var holder: ReplicaIndex?

    var isEmpty: Bool { notarisations.isEmpty && nullifications.isEmpty }

    /// The lowest views, as many as one request may name.
    func request(epoch: Epoch, finalisedView: View) -> CertificateRequest {
        let notarised = notarisations.sorted().prefix(ConsensusLimits.certificateRequestViewsMax / 2)
        let left = ConsensusLimits.certificateRequestViewsMax - notarised.count
        return CertificateRequest(
            epoch: epoch,
            finalisedView: finalisedView,
            notarisations: Array(notarised),
            nullifications: Array(nullifications.sorted().prefix(left))
        )
    }
}
