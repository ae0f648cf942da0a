import Credentials
import Primitives

extension StrictObject {
    /// 64 hexadecimal digits.
    mutating func hexadecimalDigest(_ name: String) throws(JSONShapeError) -> Digest {
        guard let digest = Digest(hexadecimal: try string(name)) else {
            throw refusal(name, "not 64 hexadecimal digits")
        }
        return digest
    }

    /// Exactly `byteCount` bytes in hexadecimal.
    mutating func hexadecimalBytes(_ name: String, byteCount: Int) throws(JSONShapeError) -> [UInt8] {
        guard let bytes = Hexadecimal.decode(try string(name)), bytes.count == byteCount else {
            throw refusal(name, "not \(2 * byteCount) hexadecimal digits")
        }
        return bytes
    }

    /// 1 to `byteCountMax` bytes in base64url.
    mutating func base64URL(_ name: String, byteCountMax: Int) throws(JSONShapeError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try string(name, byteCountMax: (byteCountMax * 4 + 2) / 3)) else {
            throw refusal(name, "not base64url")
        }
        return bytes
    }
}
