import Ports
import Synchronization

/// The statistics, written from the event loop and from callers of `send`.
final class LinkCounters: Sendable {
    private let statistics = Mutex(LinkStatistics())

    var snapshot: LinkStatistics { statistics.withLock { $0 } }

    func add(to counter: any WritableKeyPath<LinkStatistics, UInt64> & Sendable, _ count: Int = 1) {
        guard count > 0 else { return }
        statistics.withLock { $0[keyPath: counter] += UInt64(count) }
    }

    func sent(frames: Int, bytes: Int) {
        statistics.withLock {
            $0.framesSent += UInt64(frames)
            $0.bytesSent += UInt64(bytes)
        }
    }

    func received(bytes: Int) {
        statistics.withLock {
            $0.framesReceived += 1
            $0.bytesReceived += UInt64(bytes)
        }
    }

    func refused(_ reason: LinkRefusal) {
        statistics.withLock { $0.refused[reason, default: 0] += 1 }
    }
}
