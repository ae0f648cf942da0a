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

    /// With one thread, jobs run in order.
    init(threads: Int) {
        let inbox = Inbox<@Sendable () -> Void>(capacity: .max)
        self.inbox = inbox
        for _ in 0..<threads {
            WorkerThread.start {
                while let job = inbox.takeOne() { job() }
            }
        }
    }

    /// How many jobs may wait is for the caller to bound. After `close` the job is dropped.
    func submit(_ job: @escaping @Sendable () -> Void) { inbox.push(job) }

    func close() { inbox.close() }
}
