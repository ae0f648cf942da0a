import LedgerModel
import Ports
import Primitives
import Synchronization

/// Who waits for which transaction to become final, or for which height to be stored.
///
/// Continuations are resumed after the lock is given back: what they run must not find it taken. Those whose time is over are
/// looked for a few times a second while anybody waits, so that waiting costs no timer of its own.
final class TransactionWaiters: Sendable {
    /// How late a wait may end that ends in vain.
    private static let sweepMilliseconds = 100

    fileprivate struct Waiting<Answer: Sendable> {
        let ticket: UInt64
        let deadline: MonotonicTime
        let continuation: CheckedContinuation<Answer, Never>
    }

    fileprivate struct State {
        var nextTicket: UInt64 = 0
        var byTransaction: [Digest: [Waiting<TransactionProgress>]] = [:]
        var byHeight: [UInt64: (height: Height, waiting: Waiting<Bool>)] = [:]
        var isSweeping = false

        var isEmpty: Bool { byTransaction.isEmpty && byHeight.isEmpty }
    }

    private let state = Mutex(State())

    func outcome(
        of digest: Digest,
        waitMilliseconds: UInt64,
        unless known: () -> TransactionProgress?
    ) async
        -> TransactionProgress
    {
        await withCheckedContinuation { continuation in
            let ticket = register(waitMilliseconds) { state, ticket, deadline in
                let waiting = Waiting(ticket: ticket, deadline: deadline, continuation: continuation)
                state.byTransaction[digest, default: []].append(waiting)
            }
            // It may have become final before anyone listened.
            if let progress = known() { finish(digest, progress, ticket: ticket) }
        }
    }

    func stored(_ height: Height, waitMilliseconds: UInt64, isStored: () -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            _ = register(waitMilliseconds) { state, ticket, deadline in
                let waiting = Waiting(ticket: ticket, deadline: deadline, continuation: continuation)
                state.byHeight[ticket] = (height, waiting)
            }
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
                for one in waiting { resumed.append((one.continuation, verdict)) }
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
            guard !state.byHeight.isEmpty else { return [CheckedContinuation<Bool, Never>]() }
            let done = state.byHeight.filter { $0.value.height <= height }
            for ticket in done.keys { state.byHeight[ticket] = nil }
            return done.values.map(\.waiting.continuation)
        }
        for continuation in resumed { continuation.resume(returning: true) }
    }

    /// Notes who waits, under a new ticket, and sees to it that somebody looks at the time.
    private func register(
        _ waitMilliseconds: UInt64,
        _ note: (inout State, _ ticket: UInt64, _ deadline: MonotonicTime) -> Void
    ) -> UInt64 {
        let deadline = SystemTime.monotonic.adding(milliseconds: waitMilliseconds)
        let (ticket, mustSweep) = state.withLock { state in
            state.nextTicket += 1
            note(&state, state.nextTicket, deadline)
            defer { state.isSweeping = true }
            return (state.nextTicket, !state.isSweeping)
        }
        if mustSweep { Task { await sweep() } }
        return ticket
    }

    private func finish(_ digest: Digest, _ progress: TransactionProgress, ticket: UInt64) {
        let continuation = state.withLock { state -> CheckedContinuation<TransactionProgress, Never>? in
            guard let place = state.byTransaction[digest]?.firstIndex(where: { $0.ticket == ticket }) else {
                return nil
            }
            let waiting = state.byTransaction[digest]?.remove(at: place)
            if state.byTransaction[digest]?.isEmpty == true { state.byTransaction[digest] = nil }
            return waiting?.continuation
        }
        continuation?.resume(returning: progress)
    }

    // MARK: Time

    /// Ends waits whose time is over, until nobody waits any more.
    private func sweep() async {
        while true {
            // A sleep that is cancelled ends early, and a look too many does no harm.
            try? await Task.sleep(for: .milliseconds(Self.sweepMilliseconds))
            let now = SystemTime.monotonic
            let (pending, unstored, isDone) = state.withLock { state in
                let pending = state.takeExpiredTransactions(at: now)
                let unstored = state.takeExpiredHeights(at: now)
                if state.isEmpty { state.isSweeping = false }
                return (pending, unstored, state.isEmpty)
            }
            for continuation in pending { continuation.resume(returning: .pending) }
            for continuation in unstored { continuation.resume(returning: false) }
            if isDone { return }
        }
    }
}

extension TransactionWaiters.State {
    fileprivate mutating func takeExpiredTransactions(
        at now: MonotonicTime
    ) -> [CheckedContinuation<TransactionProgress, Never>] {
        var expired: [CheckedContinuation<TransactionProgress, Never>] = []
        for (digest, waiting) in byTransaction where waiting.contains(where: { $0.deadline <= now }) {
            expired += waiting.filter { $0.deadline <= now }.map(\.continuation)
            let left = waiting.filter { $0.deadline > now }
            byTransaction[digest] = left.isEmpty ? nil : left
        }
        return expired
    }

    fileprivate mutating func takeExpiredHeights(at now: MonotonicTime) -> [CheckedContinuation<Bool, Never>] {
        let expired = byHeight.filter { $0.value.waiting.deadline <= now }
        for ticket in expired.keys { byHeight[ticket] = nil }
        return expired.values.map(\.waiting.continuation)
    }
}
