import COpenSSL
package import Primitives

/// An SM2 key in OpenSSL's form (GB/T 32918.2), with the identity that GM/T 0009 gives to every signer.
///
/// OpenSSL 3.0 has no default identity: unset means empty, and the signatures of everyone else fail. So it is set
/// before each operation starts, since the digest of identity and key comes first into the hash.
package final class SM2Key: Sendable {
    /// The signer's identity where nothing else is agreed (GM/T 0009-2012 §10).
    package static let standardIdentity: [UInt8] = Array("1234567812345678".utf8)

    // SAFETY: the key is never changed after `init`; OpenSSL locks what it caches inside, and allows signing and
    // verifying with one EVP_PKEY from any number of threads.
    nonisolated(unsafe) private let key: OpaquePointer

    /// The key of a compressed point, or nil when the bytes are no point of the curve.
    package convenience init?(publicKey: [UInt8]) {
        self.init(publicKey: publicKey, secret: nil)
    }

    /// The key of a secret number and its point, or nil when OpenSSL refuses them.
    package convenience init?(secret: [UInt8], publicKey: [UInt8]) {
        guard SM2Curve.isScalar(secret) else { return nil }
        self.init(publicKey: publicKey, secret: secret)
    }

    private init?(publicKey: [UInt8], secret: [UInt8]?) {
        guard publicKey.count == SM2Curve.pointByteCount, publicKey[0] == 2 || publicKey[0] == 3 else { return nil }
        guard let key = Self.makeKey(publicKey: publicKey, secret: secret) else {
            ERR_clear_error()
            return nil
        }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether `signature` was made over `message` by this key under `identity`.
    package func isValid(
        _ signature: Signature,
        of message: [UInt8],
        identity: [UInt8] = SM2Key.standardIdentity
    ) -> Bool {
        let encoded = SignatureEncoding.der(of: signature)
        let verdict = withContext(identity: identity) { context in
            guard EVP_DigestVerifyInit(context, nil, EVP_sm3(), nil, key) == 1 else { return false }
            return EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
        }
        // A refused signature leaves its reason in the thread's queue, where a later caller would find it.
        if !verdict { ERR_clear_error() }
        return verdict
    }

    /// The signature of `message` under the standard identity, or nil when OpenSSL fails.
    package func sign(_ message: [UInt8]) -> Signature? {
        var encoded = [UInt8](repeating: 0, count: SignatureEncoding.derByteCountMax)
        var count = encoded.count
        let signed = withContext(identity: Self.standardIdentity) { context in
            guard EVP_DigestSignInit(context, nil, EVP_sm3(), nil, key) == 1 else { return false }
            return EVP_DigestSign(context, &encoded, &count, message, message.count) == 1
        }
        guard signed else {
            ERR_clear_error()
            return nil
        }
        return SignatureEncoding.signature(fromDER: Array(encoded.prefix(count)))
    }

    /// Calls `body` with a context whose operation already knows the identity.
    private func withContext(identity: [UInt8], _ body: (OpaquePointer) -> Bool) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard let operation = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return false }
        defer { EVP_PKEY_CTX_free(operation) }
        guard EVP_PKEY_CTX_set1_id(operation, identity, CInt(identity.count)) == 1 else { return false }
        EVP_MD_CTX_set_pkey_ctx(context, operation)
        return body(context)
    }

    /// The builder keeps pointers to names and octets until `to_param` copies them, so all of them outlive it here: names are
    /// static, and the public key is pinned for the whole making.
    private static func makeKey(publicKey: [UInt8], secret: [UInt8]?) -> OpaquePointer? {
        publicKey.withUnsafeBytes { makeKey(pinnedPublicKey: $0, secret: secret) }
    }

    private static let groupKey: StaticString = "group"
    private static let groupName: StaticString = "SM2"
    private static let publicKeyKey: StaticString = "pub"
    private static let secretKey: StaticString = "priv"

    private static func pointer(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    private static func makeKey(pinnedPublicKey: UnsafeRawBufferPointer, secret: [UInt8]?) -> OpaquePointer? {
        guard let builder = OSSL_PARAM_BLD_new() else { return nil }
        defer { OSSL_PARAM_BLD_free(builder) }
        guard
            OSSL_PARAM_BLD_push_utf8_string(builder, pointer(groupKey), pointer(groupName), 0) == 1,
            OSSL_PARAM_BLD_push_octet_string(
                builder,
                pointer(publicKeyKey),
                pinnedPublicKey.baseAddress,
                pinnedPublicKey.count
            ) == 1
        else { return nil }

        let number = secret == nil ? nil : BN_secure_new()
        defer { BN_clear_free(number) }
        if let secret {
            guard
                let number,
                BN_bin2bn(secret, CInt(secret.count), number) != nil,
                OSSL_PARAM_BLD_push_BN(builder, pointer(secretKey), number) == 1
            else { return nil }
        }
        guard let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "SM2", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var selection = OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS | OSSL_KEYMGMT_SELECT_PUBLIC_KEY
        if secret != nil { selection |= OSSL_KEYMGMT_SELECT_PRIVATE_KEY }
        var key: OpaquePointer?
        guard
            EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, selection, parameters) == 1
        else { return nil }
        return key
    }
}
