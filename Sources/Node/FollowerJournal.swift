package import Ports
import Synchronization

/// The journal of a node that does not vote: there is nothing it must not forget.
package final class FollowerJournal: VoteJournal {
    private let next = Mutex<UInt64>(0)

    package init() {}

    @discardableResult
    package func append(_ records: [[UInt8]]) throws(JournalError) -> UInt64 {
        next.withLock { next in
            defer { next += UInt64(records.count) }
            return next
        }
    }

    package func sync() throws(JournalError) {}
    package func cut(below sequence: UInt64) throws(JournalError) {}
    package var nextSequence: UInt64 { next.withLock { $0 } }
}
