package import Primitives

/// Which validators signed: bit i mod 8 of byte i / 8 stands for validator i.
package struct SignerBitmap: Hashable, Sendable, CanonicalCodable {
    /// Bytes that 31 validators need.
    package static let byteCountMax = (Limits.validatorsMax + 7) / 8

    /// One byte per eight validators, 1 to 4.
    package private(set) var bytes: [UInt8]

    /// No signer yet, of `validatorCount` validators.
    package init(validatorCount: Int) {
        bytes = [UInt8](repeating: 0, count: SignerBitmap.byteCount(forValidators: validatorCount))
    }

    package static func byteCount(forValidators count: Int) -> Int { (count + 7) / 8 }

    package mutating func insert(_ index: ReplicaIndex) {
        precondition(Int(index.rawValue) / 8 < bytes.count, "a signer has a place in the bitmap")
        bytes[Int(index.rawValue) / 8] |= 1 << UInt8(index.rawValue % 8)
    }

    package func contains(_ index: ReplicaIndex) -> Bool {
        let place = Int(index.rawValue) / 8
        return place < bytes.count && bytes[place] & (1 << UInt8(index.rawValue % 8)) != 0
    }

    /// How many signed.
    package var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Who signed, in ascending order.
    package var indices: [ReplicaIndex] {
        var list: [ReplicaIndex] = []
        for (place, byte) in bytes.enumerated() {
            for bit in 0..<8 where byte & (1 << UInt8(bit)) != 0 { list.append(ReplicaIndex(UInt16(place * 8 + bit))) }
        }
        return list
    }

    package func encode(to encoder: inout CanonicalEncoder) { encoder.append(bytes) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        bytes = try decoder.readBytes(countMax: SignerBitmap.byteCountMax)
    }
}
