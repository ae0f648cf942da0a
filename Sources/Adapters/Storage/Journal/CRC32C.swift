/// The cyclic redundancy check with the Castagnoli polynomial (RFC 3720 §12.1), eight bytes a step.
struct CRC32C {
    /// Table k gives the effect of a byte that k zero bytes follow.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
            tables[byte] = value
        }
        for table in 1..<8 {
            for byte in 0..<256 {
                let before = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = before >> 8 ^ tables[Int(before & 0xff)]
            }
        }
        return tables
    }()

    private var register: UInt32 = 0xffff_ffff

    /// The check of everything that was added.
    var value: UInt32 { ~register }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var crc = register
        CRC32C.tables.withUnsafeBufferPointer { tables in
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let mixed = word ^ UInt64(crc)
                var next: UInt32 = 0
                for place in 0..<8 {
                    next ^= tables[(7 - place) << 8 + Int(truncatingIfNeeded: mixed >> UInt64(8 * place) & 0xff)]
                }
                crc = next
                offset += 8
            }
            while offset < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xff)]
                offset += 1
            }
        }
        register = crc
    }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    mutating func add(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { add($0) } }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var check = CRC32C()
        check.add(bytes)
        return check.value
    }
}
