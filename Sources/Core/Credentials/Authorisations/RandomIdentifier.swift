package import Primitives

/// 128 random bits by which something is named once.
package protocol RandomIdentifier: Hashable, Sendable, CanonicalCodable, CustomStringConvertible {
    var bytes: [UInt8] { get }
    init(unchecked bytes: [UInt8])
}

extension RandomIdentifier {
    /// The value of 16 bytes, or nil for another count.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.init(unchecked: bytes)
    }

    /// A fresh value.
    package init(random: inout some RandomNumberGenerator) {
        let words = (random.next() as UInt64, random.next() as UInt64)
        self.init(unchecked: withUnsafeBytes(of: words) { Array($0) })
    }

    /// 32 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.encode(bytes) }

    package func encode(to encoder: inout CanonicalEncoder) { encoder.appendRaw(bytes) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        self.init(unchecked: try decoder.readRaw(count: 16))
    }
}

/// A number used once.
package struct Nonce: RandomIdentifier {
    package let bytes: [UInt8]
    package init(unchecked bytes: [UInt8]) { self.bytes = bytes }
}

/// The id of the transaction that wrote an access record (用证记录); also the nonce of its authorisation.
package struct AccessRecordID: RandomIdentifier {
    package let bytes: [UInt8]
    package init(unchecked bytes: [UInt8]) { self.bytes = bytes }
}
