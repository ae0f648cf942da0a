import Execution
import LedgerModel
import Logging
import Ports
import Primitives
import Replica

/// What runs on other threads than the driver's.
extension NodeDriver {
    /// Executes a block, checking signatures that nobody checked before.
    func result(of request: ExecutionRequest) -> ExecutionResult {
        do {
            return .executed(
                try executor.execute(request.transactions, context: request.context, on: request.state)
            )
        } catch {
            return .failed(error)
        }
    }

    /// Checks gossiped transactions and hands the good ones to the replica. Until it has taken them they count as the peer's.
    func admit(_ bodies: [[UInt8]], from peer: NodeID) {
        let byteCount = bodies.reduce(0) { $0 + $1.count }
        shares.hold(byteCount, of: peer)
        verifications.submit(for: peer) { [self] in
            let civil = SystemTime.civil
            var verified: [VerifiedTransaction] = []
            for bytes in bodies {
                switch admission.judge(bytes, at: civil) {
                case .admit(let transaction): verified.append(transaction)
                case .unavailable(let error): fail(reading: error)
                case .malformed, .refused: break
                }
            }
            inbox.pushUnbounded(.gossiped(verified, from: peer, byteCount: byteCount))
        }
    }

    /// The store could not be read: the node stops.
    func fail(reading error: LedgerReadError) {
        inbox.pushUnbounded(.failed(reason: "the store cannot be read: \(error.reason)"))
    }
}
