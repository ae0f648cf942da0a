import Credentials
import Primitives
import TestKit

/// The bytes of a test's text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// JSON written in a test.
func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: bytes(text), byteCountMax: 1 << 20) }

/// A file of public vectors, parsed with the parser under test.
func vectors(_ path: String) throws -> JSONObject {
    guard let data = Standards.data(path) else { throw Standards.StandardsError.absent(path: path) }
    return try JSONValue(parsing: data, byteCountMax: 4 << 20).object ?? JSONObject()
}

/// Changes one byte, drops some, or repeats some.
func mutated(_ bytes: [UInt8], by random: inout SeededRandom) -> [UInt8] {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !changed.isEmpty {
        let index = Int.random(in: 0..<changed.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: changed[index] = UInt8(truncatingIfNeeded: random.next())
        case 1: changed.remove(at: index)
        case 2: changed.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
        default: changed.removeSubrange(index...)
        }
    }
    return changed
}
