import Primitives
import Synchronization

/// Who waits for which case to be decided.
final class CaseWaiters: Sendable {
    private struct State {
        var nextTicket: UInt64 = 0
        var waiting: [Digest: [UInt64: AsyncStream<Void>.Continuation]] = [:]
    }

    private let state = Mutex(State())

    /// Returns when the case has finished, or after `milliseconds`.
    ///
    /// - Parameter isFinished: Asked after the caller is on the list, so that no end is missed.
    func wait(for id: Digest, milliseconds: UInt64, unless isFinished: () -> Bool) async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let ticket = state.withLock { state in
            state.nextTicket += 1
            state.waiting[id, default: [:]][state.nextTicket] = continuation
            return state.nextTicket
        }
        defer { forget(id, ticket) }
        guard !isFinished() else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream { return } }
            // A sleep that is cancelled ends early, and then nobody waits any more: nothing is lost by not throwing.
            group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Wakes everyone who waits for the case.
    func finished(_ id: Digest) {
        let continuations = state.withLock { $0.waiting.removeValue(forKey: id) }
        for continuation in (continuations ?? [:]).values { continuation.finish() }
    }

    private func forget(_ id: Digest, _ ticket: UInt64) {
        state.withLock { state in
            state.waiting[id]?[ticket] = nil
            if state.waiting[id]?.isEmpty == true { state.waiting[id] = nil }
        }
    }
}
