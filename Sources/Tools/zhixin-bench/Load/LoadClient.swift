import Glibc

/// Many keep-alive connections driven by one thread with poll(2): about the least that a load generator can cost.
///
/// Each connection has one request at a time on its way; more of them is what makes load.
final class LoadClient {
    /// What to do with a connection that is free.
    enum Step {
        /// Send this; the number comes back with the answer.
        case send(Request, tag: Int)
        /// Nothing now; ask again at this time at the latest.
        case rest(untilNanoseconds: UInt64)
        /// Nothing more on this connection.
        case retire
        /// Nothing more on any connection.
        case finish
    }

    struct Answer {
        /// The connection's place, below the number of connections.
        let connection: Int
        let tag: Int
        let status: Int
        /// From the first byte sent to the last byte received.
        let nanoseconds: UInt64
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private final class Line {
        let socket: Socket
        var parser = AnswerParser()
        var pending: [UInt8] = []
        var sentCount = 0
        var tag = 0
        var startedAt: UInt64 = 0
        var isBusy = false

        init(port: Int) throws { socket = try Socket(port: port, isBlocking: false) }
    }

    private let lines: [Line]
    /// What the kernel is to look for on each connection.
    private var watched: [pollfd]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    /// Places of the connections that wait for something to send.
    private var free: [Int]
    private var busyCount = 0
    private var isFinishing = false

    /// - Parameter ports: the port of each connection.
    init(ports: [Int]) throws {
        let lines = try ports.map { try Line(port: $0) }
        self.lines = lines
        free = Array(lines.indices.reversed())
        watched = lines.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
    }

    deinit { buffer.deallocate() }

    /// Sends what `next` gives until it says `finish` and the last answer has come.
    /// - Parameters:
    ///   - keepsBodies: whether answers carry their bodies.
    ///   - next: asked for each free connection, given by its place.
    func run(
        keepsBodies: Bool = false,
        next: (_ connection: Int) throws -> Step,
        onAnswer: (Answer) throws -> Void
    ) throws {
        isFinishing = false
        free = Array(lines.indices.reversed())
        while true {
            let wakeAt = try sendAll(next)
            if busyCount == 0, isFinishing || free.isEmpty { return }
            poll(&watched, nfds_t(watched.count), Self.timeout(until: wakeAt))
            for place in watched.indices where watched[place].revents != 0 {
                try handle(Int32(watched[place].revents), place, keepsBodies: keepsBodies, onAnswer)
            }
        }
    }

    /// Gives free connections something to send; says when to ask again.
    private func sendAll(_ next: (Int) throws -> Step) throws -> UInt64? {
        while !isFinishing, let place = free.last {
            switch try next(place) {
            case .send(let request, let tag):
                free.removeLast()
                try start(request, tag: tag, on: place)
            case .rest(let time): return time
            case .retire: free.removeLast()
            case .finish: isFinishing = true
            }
        }
        return nil
    }

    private func start(_ request: Request, tag: Int, on place: Int) throws {
        let line = lines[place]
        line.pending = request.bytes
        line.sentCount = 0
        line.tag = tag
        line.isBusy = true
        line.startedAt = Clock.nanoseconds
        busyCount += 1
        try flush(line, place)
    }

    private func flush(_ line: Line, _ place: Int) throws {
        try line.pending.withUnsafeBytes { bytes in
            while line.sentCount < bytes.count {
                guard let count = try line.socket.write(UnsafeRawBufferPointer(rebasing: bytes[line.sentCount...]))
                else { break }
                line.sentCount += count
            }
        }
        watched[place].events = Int16(line.sentCount < line.pending.count ? POLLIN | POLLOUT : POLLIN)
    }

    private func handle(
        _ events: Int32,
        _ place: Int,
        keepsBodies: Bool,
        _ onAnswer: (Answer) throws -> Void
    ) throws {
        let line = lines[place]
        if events & POLLOUT != 0 { try flush(line, place) }
        guard events & ~POLLOUT != 0, let count = try line.socket.read(into: buffer) else { return }
        line.parser.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        guard let answer = try line.parser.next(keepsBody: keepsBodies) else { return }
        guard line.isBusy else { throw BenchError("an answer that nobody asked for") }
        line.isBusy = false
        busyCount -= 1
        free.append(place)
        try onAnswer(
            Answer(
                connection: place,
                tag: line.tag,
                status: answer.status,
                nanoseconds: Clock.nanoseconds - line.startedAt,
                body: answer.body
            )
        )
    }

    private static func timeout(until time: UInt64?) -> Int32 {
        guard let time else { return -1 }
        let now = Clock.nanoseconds
        return time <= now ? 0 : Int32(clamping: (time - now + 999_999) / 1_000_000)
    }
}
