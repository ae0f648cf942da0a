import Credentials
import Hummingbird
import LedgerModel
import Primitives
import ZhixinVerify

extension GatewayCore {
    /// Checks a bundle for someone who cannot: exactly what the library does offline, with this node's clock.
    func verification(_ call: Call) throws(Refusal) -> Response {
        let request = try call.shape(VerificationRequest.self)
        let verified: VerifiedBundle
        do throws(BundleError) {
            verified = try BundleVerifier(ledger: verifier).verify(bytes: request.bundle, now: clock())
        } catch {
            return Answer.json(VerificationReport(valid: false, reason: error.code))
        }
        return Answer.json(
            VerificationReport(
                valid: true,
                certificate: verified.record.commitment,
                type: verified.type.code.text,
                issuer: verified.issuer.code.text,
                disclosed: .object(verified.claims),
                holderProven: verified.keyBinding != nil,
                asOf: LedgerMoment(verified.asOf.header)
            )
        )
    }
}
