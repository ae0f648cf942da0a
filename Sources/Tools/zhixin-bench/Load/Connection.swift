/// One keep-alive connection that asks and waits for the answer: for the few requests that steer a measurement.
final class Connection {
    private let socket: Socket
    private var parser = AnswerParser()

    init(port: Int) throws {
        socket = try Socket(port: port, isBlocking: true)
    }

    func answer(to request: Request) throws -> AnswerParser.Answer {
        try request.bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                sent += try socket.write(UnsafeRawBufferPointer(rebasing: bytes[sent...])) ?? 0
            }
        }
        return try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) { buffer in
            while true {
                if let answer = try parser.next(keepsBody: true) { return answer }
                guard let count = try socket.read(into: buffer) else { continue }
                parser.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }
}
