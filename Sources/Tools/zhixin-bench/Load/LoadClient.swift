import Glibc

/// Many keep-alive connections driven by one thread with poll(2): about the least that a load generator can cost.
///
/// Each connection has up to `depth` requests on their way, sent without waiting for the answers between them.
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
        /// From the moment the request was given to the connection until the last byte of the answer was here.
        let nanoseconds: UInt64
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let lines: [Line]
    private let depth: Int
    /// What the kernel is to look for on each connection.
    private var watched: [pollfd]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    /// Places of the connections that can take another request.
    private var free: [Int] = []
    /// Places of the connections that have something to send.
    private var unsent: [Int] = []
    private var underWay = 0
    private var isFinishing = false

    /// - Parameters:
    ///   - ports: the port of each connection.
    ///   - depth: requests that a connection has on their way at most.
    init(ports: [Int], depth: Int = 1) throws {
        self.depth = depth
        let lines = try ports.map { try Line(port: $0) }
        self.lines = lines
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
            let wakeAt = try fill(next)
            for place in unsent { try flush(place) }
            unsent.removeAll(keepingCapacity: true)
            if underWay == 0, isFinishing || free.isEmpty { return }
            poll(&watched, nfds_t(watched.count), Self.timeout(until: wakeAt))
            for place in watched.indices where watched[place].revents != 0 {
                let events = Int32(watched[place].revents)
                if events & POLLOUT != 0 { try flush(place) }
                if events & ~POLLOUT != 0 { try receive(on: place, keepsBodies: keepsBodies, onAnswer) }
            }
        }
    }

    /// Gives free connections something to send; says when to ask again.
    private func fill(_ next: (Int) throws -> Step) throws -> UInt64? {
        while !isFinishing, let place = free.last {
            switch try next(place) {
            case .send(let request, let tag):
                let line = lines[place]
                if line.pending.isEmpty { unsent.append(place) }
                line.pending += request.bytes
                line.waiting.append((tag, Clock.nanoseconds))
                underWay += 1
                if line.waiting.count == depth { free.removeLast() }
            case .rest(let time): return time
            case .retire: free.removeLast()
            case .finish: isFinishing = true
            }
        }
        return nil
    }

    private func flush(_ place: Int) throws {
        let line = lines[place]
        try line.pending.withUnsafeBytes { bytes in
            while line.sentCount < bytes.count {
                guard let count = try line.socket.write(UnsafeRawBufferPointer(rebasing: bytes[line.sentCount...]))
                else { break }
                line.sentCount += count
            }
        }
        let isSent = line.sentCount == line.pending.count
        if isSent {
            line.pending.removeAll(keepingCapacity: true)
            line.sentCount = 0
        }
        watched[place].events = Int16(isSent ? POLLIN : POLLIN | POLLOUT)
    }

    private func receive(on place: Int, keepsBodies: Bool, _ onAnswer: (Answer) throws -> Void) throws {
        let line = lines[place]
        guard let count = try line.socket.read(into: buffer) else { return }
        line.parser.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        while let answer = try line.parser.next(keepsBody: keepsBodies) {
            guard let (tag, startedAt) = line.waiting.first else { throw BenchError("an answer that nobody asked for") }
            if line.waiting.count == depth { free.append(place) }
            line.waiting.removeFirst()
            underWay -= 1
            try onAnswer(
                Answer(
                    connection: place,
                    tag: tag,
                    status: answer.status,
                    nanoseconds: Clock.nanoseconds - startedAt,
                    body: answer.body
                )
            )
        }
    }

    private static func timeout(until time: UInt64?) -> Int32 {
        guard let time else { return -1 }
        let now = Clock.nanoseconds
        return time <= now ? 0 : Int32(clamping: (time - now + 999_999) / 1_000_000)
    }
}

/// One connection and what it waits for.
private final class Line {
    let socket: Socket
    var parser = AnswerParser()
    /// Requests that the socket has not taken yet, of which `sentCount` bytes are gone.
    var pending: [UInt8] = []
    var sentCount = 0
    /// Requests without an answer, oldest first, and when they were given.
    var waiting: [(tag: Int, startedAt: UInt64)] = []

    init(port: Int) throws { socket = try Socket(port: port, isBlocking: false) }
}
