import Cryptography
import Ports
import Primitives

/// Sealing between departments, with this department's own key for what is sealed to it.
struct DepartmentSealing: Sealing {
    let key: AgreementKey

    func seal(_ plaintext: [UInt8], to recipient: [UInt8], info: [UInt8], associatedData: [UInt8]) throws -> [UInt8] {
        try SealedBox.seal(plaintext, to: recipient, info: info, associatedData: associatedData)
    }

    func open(_ sealed: [UInt8], info: [UInt8], associatedData: [UInt8]) throws -> [UInt8] {
        try SealedBox.open(sealed, with: key, info: info, associatedData: associatedData)
    }
}

/// What keeps the vault's content and its index from whoever reads the disk: two keys derived from the vault's one.
struct DepartmentVaultSealing: VaultSealing {
    private let cipher: VaultCipher
    private let indexKey: [UInt8]

    /// - Parameter key: the 32 bytes of `vault.key`.
    init(key: [UInt8]) throws {
        func derive(_ purpose: String) -> [UInt8] {
            KeyDerivation.derive(secret: key, salt: [], info: Array(purpose.utf8), byteCount: 32)
        }
        cipher = try VaultCipher(key: derive("zhixin/1/vault/bodies"))
        indexKey = derive("zhixin/1/vault/index")
    }

    func seal(_ plaintext: [UInt8], associatedData: [UInt8]) throws -> [UInt8] {
        try cipher.seal(plaintext, associatedData: associatedData)
    }

    func open(_ sealed: [UInt8], associatedData: [UInt8]) throws -> [UInt8] {
        try cipher.open(sealed, associatedData: associatedData)
    }

    func keyedDigest(_ content: [UInt8]) -> Digest {
        // HKDF's expansion is HMAC under the index key, of the content as a whole.
        let bytes = KeyDerivation.derive(secret: indexKey, salt: [], info: content, byteCount: Digest.byteCount)
        return bytes.withUnsafeBytes { Digest(reading: $0) }
    }
}
