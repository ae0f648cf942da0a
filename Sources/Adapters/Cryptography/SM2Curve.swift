import COpenSSL

/// The recommended curve of GB/T 32918.5, made once; nil in a process whose OpenSSL was built without it.
final class SM2Curve: Sendable {
    static let shared = SM2Curve()

    /// Bytes in a secret number and in each coordinate of a point.
    static let scalarByteCount = 32
    /// Bytes in a compressed point.
    static let pointByteCount = 33

    /// The largest secret number, n - 2: with n - 1 the signature's equation has no solution (GB/T 32918.2 §6.1).
    private static let scalarMax: [UInt8] = [
        0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x21,
    ]

    // SAFETY: an EC_GROUP is only read after its making, which OpenSSL allows from any number of threads.
    nonisolated(unsafe) private let group: OpaquePointer

    private init?() {
        guard let group = EC_GROUP_new_by_curve_name(NID_sm2) else {
            ERR_clear_error()
            return nil
        }
        self.group = group
    }

    deinit { EC_GROUP_free(group) }

    /// Whether `bytes`, big-endian, are a secret number from 1 to n - 2.
    static func isScalar(_ bytes: [UInt8]) -> Bool {
        bytes.count == scalarByteCount
            && bytes.contains { $0 != 0 }
            && !scalarMax.lexicographicallyPrecedes(bytes)
    }

    /// The compressed point `secret` times the generator, or nil when OpenSSL fails. Takes the same time for every
    /// secret.
    func publicKey(ofSecret secret: [UInt8]) -> [UInt8]? {
        guard let scalar = BN_secure_new(), let point = EC_POINT_new(group) else { return nil }
        defer {
            EC_POINT_free(point)
            BN_clear_free(scalar)
        }
        BN_set_flags(scalar, BN_FLG_CONSTTIME)
        guard
            BN_bin2bn(secret, CInt(secret.count), scalar) != nil,
            EC_POINT_mul(group, point, scalar, nil, nil, nil) == 1
        else {
            ERR_clear_error()
            return nil
        }
        var compressed = [UInt8](repeating: 0, count: Self.pointByteCount)
        let written = EC_POINT_point2oct(
            group,
            point,
            POINT_CONVERSION_COMPRESSED,
            &compressed,
            compressed.count,
            nil
        )
        return written == Self.pointByteCount ? compressed : nil
    }
}
