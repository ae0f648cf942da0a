import Execution
import LedgerModel
import Ports
import Primitives

/// Decides, away from the consensus path, whether a transaction may enter the pool: decoded, of this network, not
/// expired, signed by a known author.
///
/// Everything here is checked again by execution, which alone gives verdicts; this only keeps out what could never be
/// included, so that nobody fills pools with it.
struct Admission: Sendable {
    let network: Digest
    let suite: Suite
    let ledger: any LedgerReader

    enum Decision {
        case admit(VerifiedTransaction)
        case malformed(DecodeError)
        case refused(SealedTransaction, Verdict)
        /// The store could not be read, so that nothing is known; the node must stop.
        case unavailable(LedgerReadError)
    }

    func judge(_ bytes: [UInt8], at civil: Timestamp) -> Decision {
        let sealed: SealedTransaction
        do {
            sealed = try SealedTransaction(bytes: bytes, digestFunction: suite.digestFunction)
        } catch {
            return .malformed(error)
        }
        let body = sealed.transaction.body
        guard body.network == network else { return .refused(sealed, .networkMismatch) }
        guard civil <= body.expiry else { return .refused(sealed, .expired) }
        do throws(LedgerReadError) {
            // Our clock and the next leader's may differ a little: what lies just beyond L becomes includable in a moment.
            let latest = civil.adding(milliseconds: try ledger.parameters().transactionLifetimeMilliseconds)
            guard body.expiry <= latest else { return .refused(sealed, .expiryTooFar) }
            guard let key = try ledger.authorKey(body.author) else { return .refused(sealed, .authorUnknown) }
            guard let verified = VerifiedTransaction(sealed, authorKey: key, suite: suite) else {
                return .refused(sealed, .signatureInvalid)
            }
            return .admit(verified)
        } catch {
            return .unavailable(error)
        }
    }
}
