import Consensus
import Execution
import LedgerModel
import Primitives
import ZhixinVerify

/// A block on its way to the replay: its bytes taken apart, its signatures checked as far as that needs no state.
struct PreparedBlock: Sendable {
    /// The height at which it stands in its source.
    let height: Height
    var content: Result<DecodedBlock, AuditFault>
    /// Each transaction with its signatures checked, where the author's key was known beforehand.
    var inputs: [TransactionInput] = []
    /// The outcome of checking the block's own certificate; nil when it has none.
    var certified: Result<VerifiedHeader, HeaderError>?
}

/// A block whose bytes are all well formed.
struct DecodedBlock: Sendable {
    let finalised: FinalisedBlock
    let transactions: [SealedTransaction]

    var header: Header { finalised.block.header }

    /// Decodes a block's canonical bytes, every transaction's included.
    init(_ bytes: [UInt8], height: Height, digestFunction: any DigestFunction) throws(AuditFault) {
        do throws(DecodeError) {
            finalised = try FinalisedBlock(canonicalBytes: bytes)
        } catch {
            throw AuditFault(height: height, rule: .blockEncoding, detail: "\(error)")
        }
        var transactions: [SealedTransaction] = []
        transactions.reserveCapacity(finalised.block.transactions.count)
        for (index, bytes) in finalised.block.transactions.enumerated() {
            do throws(DecodeError) {
                transactions.append(try SealedTransaction(bytes: bytes, digestFunction: digestFunction))
            } catch {
                throw AuditFault(
                    height: height,
                    transaction: index,
                    rule: .transactionEncoding,
                    detail: "\(error)"
                )
            }
        }
        self.transactions = transactions
    }
}
