import LedgerModel
import Ports
import Primitives
import Synchronization

/// Who waits for which transaction to become final, or for which height to be stored.
///
/// Continuations are resumed after the lock is given back: what they run must not find it taken.
final class TransactionWaiters: Sendable {
    private struct State {
        var nextTicket: UInt64 = 0
        var byTransaction: [Digest: [UInt64: CheckedContinuation<TransactionProgress, Never>]] = [:]
        var byHeight: [UInt64: (height: Height, continuation: CheckedContinuation<Bool, Never>)] = [:]
    }

    private let state = Mutex(State())

    func outcome(
        of digest: Digest,
        waitMilliseconds: UInt64,
        unless known: () -> TransactionProgress?
    ) async
        -> TransactionProgress
    {
        let ticket = takeTicket()
        let timer = Task {
            try? await Task.sleep(for: .milliseconds(waitMilliseconds))
            self.expire(digest, ticket)
        }
        // A sleep that is cancelled ends early, and then nobody waits any more: nothing is lost by not throwing.
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            state.withLock { $0.byTransaction[digest, default: [:]][ticket] = continuation }
            // It may have become final before anyone listened.
            if let progress = known() { finish(digest, progress, ticket: ticket) }
        }
    }

    func stored(_ height: Height, waitMilliseconds: UInt64, isStored: () -> Bool) async -> Bool {
        let ticket = takeTicket()
        let timer = Task {
            try? await Task.sleep(for: .milliseconds(waitMilliseconds))
            self.expire(heightTicket: ticket)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            state.withLock { $0.byHeight[ticket] = (height, continuation) }
            if isStored() { reached(height) }
        }
    }

    /// Tells everyone who waits for one of these transactions.
    func finalised(_ block: some Sequence<(Digest, Verdict)>, at height: Height) {
        let resumed = state.withLock { state in
            var resumed: [(CheckedContinuation<TransactionProgress, Never>, Verdict)] = []
            guard !state.byTransaction.isEmpty else { return resumed }
            for (digest, verdict) in block {
                guard let waiting = state.byTransaction.removeValue(forKey: digest) else { continue }
                for continuation in waiting.values { resumed.append((continuation, verdict)) }
            }
            return resumed
        }
        for (continuation, verdict) in resumed {
            continuation.resume(returning: .final(height: height, verdict: verdict))
        }
    }

    /// Tells everyone who waits for this height or a lower one to be stored.
    func reached(_ height: Height) {
        let resumed = state.withLock { state in
            let done = state.byHeight.filter { $0.value.height <= height }
            for ticket in done.keys { state.byHeight[ticket] = nil }
            return done.values.map(\.continuation)
        }
        for continuation in resumed { continuation.resume(returning: true) }
    }

    private func takeTicket() -> UInt64 {
        state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
    }

    private func finish(_ digest: Digest, _ progress: TransactionProgress, ticket: UInt64) {
        let continuation = state.withLock { state in
            let continuation = state.byTransaction[digest]?.removeValue(forKey: ticket)
            if state.byTransaction[digest]?.isEmpty == true { state.byTransaction[digest] = nil }
            return continuation
        }
        continuation?.resume(returning: progress)
    }

    private func expire(_ digest: Digest, _ ticket: UInt64) { finish(digest, .pending, ticket: ticket) }

    private func expire(heightTicket ticket: UInt64) {
        let waiting = state.withLock { $0.byHeight.removeValue(forKey: ticket) }
        waiting?.continuation.resume(returning: false)
    }
}
