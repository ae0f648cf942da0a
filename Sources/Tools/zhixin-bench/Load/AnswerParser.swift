/// Takes HTTP/1.1 answers out of a connection's bytes: status and body, by length or in chunks, and nothing else.
///
/// The load generator shares its processor cores with the nodes it measures, so this does as little as it can.
struct AnswerParser {
    /// Bytes that came and are not taken yet; `start` is where the next answer begins.
    private var bytes: [UInt8] = []
    private var start = 0

    struct Answer {
        let status: Int
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What came is no HTTP answer.
    struct Malformed: Error {
        let reason: String
    }

    mutating func append(_ received: UnsafeRawBufferPointer) {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 65_536 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: received)
    }

    /// The next whole answer, or nil until more bytes come.
    /// - Parameter keepsBody: whether `body` is copied out; it is empty otherwise.
    mutating func next(keepsBody: Bool) throws -> Answer? {
        guard let headEnd = endOfHead() else { return nil }
        let head = bytes[start..<headEnd]
        guard head.count >= 12, let status = Int(decoding: head[(head.startIndex + 9)..<(head.startIndex + 12)]) else {
            throw Malformed(reason: "no status line")
        }
        if let length = Self.contentLength(of: head) {
            guard bytes.count - headEnd >= length else { return nil }
            let body = keepsBody ? Array(bytes[headEnd..<(headEnd + length)]) : []
            start = headEnd + length
            return Answer(status: status, body: body)
        }
        if status == 204 || status == 304 {
            start = headEnd
            return Answer(status: status, body: [])
        }
        guard Self.isChunked(head) else { throw Malformed(reason: "an answer without a length") }
        guard let (body, end) = try chunks(from: headEnd) else { return nil }
        start = end
        return Answer(status: status, body: keepsBody ? body : [])
    }

    /// Where the body begins.
    private func endOfHead() -> Int? {
        var index = start
        while index + 3 < bytes.count {
            if bytes[index + 3] > 0x0d {
                index += 4
            } else if bytes[index] == 0x0d, bytes[index + 1] == 0x0a, bytes[index + 2] == 0x0d, bytes[index + 3] == 0x0a
            {
                return index + 4
            } else {
                index += 1
            }
        }
        return nil
    }

    private func chunks(from offset: Int) throws -> (body: [UInt8], end: Int)? {
        var body: [UInt8] = []
        var offset = offset
        while true {
            guard let lineEnd = bytes[offset...].firstIndex(of: 0x0a) else { return nil }
            let digits = bytes[offset..<lineEnd].prefix { $0 != 0x3b && $0 != 0x0d }
            guard let count = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
                throw Malformed(reason: "a chunk without a length")
            }
            let next = lineEnd + 1 + count + 2
            guard bytes.count >= next else { return nil }
            if count == 0 { return (body, next) }
            body += bytes[(lineEnd + 1)..<(lineEnd + 1 + count)]
            offset = next
        }
    }

    private static let lengthName = Array("content-length:".utf8)
    private static let chunkedName = Array("transfer-encoding: chunked".utf8)

    private static func contentLength(of head: ArraySlice<UInt8>) -> Int? {
        guard let place = find(lengthName, in: head) else { return nil }
        let digits = head[(place + lengthName.count)...].drop { $0 == 0x20 }.prefix { $0 != 0x0d }
        return Int(decoding: digits)
    }

    private static func isChunked(_ head: ArraySlice<UInt8>) -> Bool { find(chunkedName, in: head) != nil }

    /// Where the line that begins with `name`, in whatever case, begins.
    private static func find(_ name: [UInt8], in head: ArraySlice<UInt8>) -> Int? {
        head.withUnsafeBufferPointer { head -> Int? in
            var line = 0
            while line + name.count < head.count {
                if zip(head[line...], name).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) { return line }
                guard let end = head[line...].firstIndex(of: 0x0a) else { return nil }
                line = end + 1
            }
            return nil
        }.map { head.startIndex + $0 }
    }
}

extension Int {
    /// The number that decimal digits spell, or nil.
    fileprivate init?(decoding digits: ArraySlice<UInt8>) {
        guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        self = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
