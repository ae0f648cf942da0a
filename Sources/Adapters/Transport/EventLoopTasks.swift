import NIOCore
import NIOPosix

/// Where a node's tasks run: on the event loops that its HTTP connections live on.
///
/// A request's task then begins on the thread that read the request and stays there. By default it would go to the
/// concurrency pool and its answer back, two switches of threads that cost more than all else an answer needs. In return
/// no task may block for long; what does has threads of its own (the driver, execution, commits, signature checks).
package enum EventLoopTasks {
    /// Makes every later task of the process run on the event loops. Call it once, before anything is served.
    /// - Returns: Whether it is so; false on a runtime without the hook, where tasks go on as before.
    @discardableResult
    package static func begin() -> Bool {
        NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
    }
}
