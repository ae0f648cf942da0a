import Glibc

/// A thread of its own for work that blocks or takes long: the driver's turns, execution, commits.
///
/// The shared concurrency pool has as many threads as the machine has cores; a thread waiting for a disk must not be one
/// of them.
enum WorkerThread {
    /// Runs `body` on a new detached thread.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Start(body: body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            context.toOpaque()
        )
        precondition(result == 0, "a thread can be started")
        pthread_detach(thread)
    }

    private final class Start {
        let body: @Sendable () -> Void
        init(body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// Jobs carried out one after the other, or side by side, by threads of their own.
final class WorkQueue: Sendable {
    private let inbox: Inbox<@Sendable () -> Void>

    /// - Parameters:
    ///   - threads: with 1, jobs run in order.
    ///   - capacity: jobs that may wait; `submit` refuses more.
    init(threads: Int, capacity: Int) {
        let inbox = Inbox<@Sendable () -> Void>(capacity: capacity)
        self.inbox = inbox
        for _ in 0..<threads {
            WorkerThread.start {
                while let jobs = inbox.take(until: nil) {
                    for job in jobs { job() }
                }
            }
        }
    }

    /// False when too many jobs wait.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool { inbox.push(job) }

    /// For jobs whose number something else bounds.
    func submitAlways(_ job: @escaping @Sendable () -> Void) { inbox.pushUnbounded(job) }

    func close() { inbox.close() }
}
