package import LedgerModel
import Primitives

/// A transaction on its way into a block, with what is known of its signatures.
package enum TransactionInput: Sendable {
    /// Checked on admission, under the key that the author had then.
    case verified(VerifiedTransaction)
    /// Seen in a proposal and not checked before: execution checks it.
    case unverified(SealedTransaction)

    package var sealed: SealedTransaction {
        switch self {
        case .verified(let transaction): transaction.sealed
        case .unverified(let sealed): sealed
        }
    }

    /// Whether all signatures hold with `key` as the author's key.
    func isVerified(under key: PublicKey, suite: Suite) -> Bool {
        if case .verified(let transaction) = self, transaction.authorKey == key { return true }
        return VerifiedTransaction(sealed, authorKey: key, suite: suite) != nil
    }
}
