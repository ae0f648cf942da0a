/// The operating system's randomness, fit for keys.
package struct SystemEntropy: RandomNumberGenerator, Sendable {
    package init() {}

    package mutating func next() -> UInt64 {
        var system = SystemRandomNumberGenerator()
        return system.next()
    }

    /// `count` random bytes.
    package static func randomBytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0, "a count of bytes is not negative")
        var system = SystemRandomNumberGenerator()
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            for start in stride(from: 0, to: count, by: 8) {
                withUnsafeBytes(of: system.next()) { word in
                    for offset in 0..<min(8, count - start) {
                        buffer.initializeElement(at: start + offset, to: word[offset])
                    }
                }
            }
            written = count
        }
    }
}
