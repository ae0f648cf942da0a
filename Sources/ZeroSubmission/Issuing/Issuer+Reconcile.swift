import LedgerModel
import Logging
import Ports
import Primitives

/// What `Issuer.reconcile` found.
package struct Reconciliation: Hashable, Sendable {
    /// Runs that the ledger holds.
    package var final = 0
    /// Runs that it will never hold; their drafts are gone.
    package var dropped = 0
    /// Runs of which it is not clear yet; the next import or start settles them.
    package var undecided = 0
}

extension Issuer {
    /// Settles what a crash or a slow network left behind: drafts on the ledger become final, others are dropped once
    /// the ledger is past their time, and until then offered again if `effort` says so.
    ///
    /// - Throws: `vaultFailed`. A ledger that does not answer leaves runs undecided.
    func reconcile(_ effort: ResumeEffort) async throws(ServiceError) -> Reconciliation {
        let vault = department.vault
        let drafts = try vault.attempt { () throws(VaultError) in try vault.store.batchesWithDrafts() }
        let runs = try vault.unfinishedRuns()
        var result = Reconciliation()
        for id in Set(drafts).union(runs).sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) {
            guard !Task.isCancelled else { break }
            do throws(ServiceError) {
                switch try await resume(id, effort) {
                case .final: result.final += 1
                case .dropped: result.dropped += 1
                case .undecided: result.undecided += 1
                case .nothingLeft: break
                }
            } catch .ledgerRefused {
                result.dropped += 1
            } catch .notFinalInTime, .ledgerBusy {
                result.undecided += 1
            }
        }
        if result.final > 0 || result.dropped > 0 {
            department.logger.notice(
                "settled what was left of issuing",
                metadata: [
                    "final": "\(result.final)", "dropped": "\(result.dropped)", "undecided": "\(result.undecided)",
                ]
            )
        }
        return result
    }
}
