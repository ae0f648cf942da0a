import DequeModule
import Glibc
import Primitives

/// A bounded queue from many threads to one or a few, which sleep until something comes or a time is reached.
///
/// A condition variable and not an async stream: the driver's turn must wake within microseconds and may block in fsync,
/// which no shared executor may do.
// SAFETY: `items`, `isClosed` and `sleepingCount` are read and written under `mutex` only; the condition is used with
// that mutex.
final class Inbox<Item: Sendable>: @unchecked Sendable {
    private let capacity: Int
    private var items: Deque<Item> = []
    private var isClosed = false
    /// Readers that sleep; the others look again before they do.
    private var sleepingCount = 0
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init(capacity: Int) {
        self.capacity = capacity
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        precondition(pthread_condattr_init(&attributes) == 0, "a condition needs its attributes")
        precondition(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0, "waits are in monotonic time")
        precondition(pthread_mutex_init(mutex, nil) == 0, "a mutex can be made")
        precondition(pthread_cond_init(condition, &attributes) == 0, "a condition can be made")
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Whether nothing waits at this moment.
    var isEmpty: Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return items.isEmpty
    }

    /// Puts an item at the end; false when the queue is full or closed, and the item is dropped.
    @discardableResult
    func push(_ item: Item) -> Bool { push(item, capacity: capacity) }

    /// Puts an item at the end whatever the capacity: for the driver's own workers, whose number bounds it.
    func pushUnbounded(_ item: Item) { _ = push(item, capacity: .max) }

    private func push(_ item: Item, capacity: Int) -> Bool {
        pthread_mutex_lock(mutex)
        guard !isClosed, items.count < capacity else {
            pthread_mutex_unlock(mutex)
            return false
        }
        items.append(item)
        // One for each item, until all are awake: those who are will look again before they sleep.
        let mustWake = items.count <= sleepingCount
        pthread_mutex_unlock(mutex)
        // After the lock is given back: who wakes up with it taken would only fall asleep again.
        if mustWake { pthread_cond_signal(condition) }
        return true
    }

    /// Takes everything there is, waiting for the first item until `deadline`. Nil when closed and empty.
    func take(until deadline: MonotonicTime?) -> Deque<Item>? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        wait(until: deadline)
        if items.isEmpty && isClosed { return nil }
        defer { items = [] }
        return items
    }

    /// Takes the first item, waiting for one. Nil when closed and empty.
    func takeOne() -> Item? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        wait(until: nil)
        return items.popFirst()
    }

    /// Waits for an item until `deadline`; the mutex is held before and after.
    private func wait(until deadline: MonotonicTime?) {
        while items.isEmpty && !isClosed {
            sleepingCount += 1
            defer { sleepingCount -= 1 }
            guard let deadline else {
                pthread_cond_wait(condition, mutex)
                continue
            }
            var time = timespec(
                tv_sec: Int(deadline.nanoseconds / 1_000_000_000),
                tv_nsec: Int(deadline.nanoseconds % 1_000_000_000)
            )
            if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { break }
        }
    }

    /// Refuses further items and wakes the reader; what is inside can still be taken.
    func close() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isClosed = true
        pthread_cond_broadcast(condition)
    }
}
