package import Primitives

/// What a caller signs so that a gateway knows who asks: one request, to one gateway, at one time.
///
/// The signature is over `Domain.httpRequest.frame` of these fields in BCS; it travels in four headers.
package struct SignedRequest: Hashable, Sendable, CanonicalCodable {
    /// The headers, in lower case as HTTP/2 writes them.
    package static let callerHeader = "zhixin-caller"
    package static let timeHeader = "zhixin-time"
    package static let nonceHeader = "zhixin-nonce"
    package static let signatureHeader = "zhixin-signature"
    /// Bytes of a nonce.
    package static let nonceByteCount = 16
    /// How far the caller's clock may be from the gateway's, either way.
    package static let windowMilliseconds: UInt64 = 60_000
    /// UTF-8 bytes of a method and of a path with its query.
    package static let methodBytesMax = 16
    package static let targetBytesMax = 4_096

    package let network: Digest
    /// The number of the department whose gateway is asked.
    package let gateway: UInt16
    package let caller: Caller
    package let method: String
    /// Path and query exactly as sent.
    package let target: String
    package let time: Timestamp
    /// Random; a gateway accepts it once.
    package let nonce: [UInt8]
    /// The network's digest function over the body, which may be empty.
    package let bodyDigest: Digest

    package init(
        network: Digest,
        gateway: UInt16,
        caller: Caller,
        method: String,
        target: String,
        time: Timestamp,
        nonce: [UInt8],
        bodyDigest: Digest
    ) {
        precondition(nonce.count == SignedRequest.nonceByteCount, "a nonce is 16 bytes")
        self.network = network
        self.gateway = gateway
        self.caller = caller
        self.method = method
        self.target = target
        self.time = time
        self.nonce = nonce
        self.bodyDigest = bodyDigest
    }

    /// What the caller's key signs.
    package var signingBytes: [UInt8] { Domain.httpRequest.frame(self) }

    /// The four headers of this request, signed.
    /// - Throws: What the signer fails with.
    package func headers(signedBy signer: any MessageSigner) throws -> [(name: String, value: String)] {
        let signature = try signer.sign(signingBytes)
        return [
            (SignedRequest.callerHeader, caller.description),
            (SignedRequest.timeHeader, String(time.milliseconds)),
            (SignedRequest.nonceHeader, Hexadecimal.encode(nonce)),
            (SignedRequest.signatureHeader, Base64URL.encode(signature.bytes)),
        ]
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(gateway)
        encoder.append(caller.description)
        encoder.append(method)
        encoder.append(target)
        encoder.append(time)
        encoder.appendRaw(nonce)
        encoder.append(bodyDigest)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.read()
        gateway = try decoder.readUInt16()
        guard let caller = Caller(try decoder.readString(countMax: Caller.byteCountMax)) else {
            throw .invalid(type: "SignedRequest", reason: "no caller of a known role")
        }
        self.caller = caller
        method = try decoder.readString(countMax: SignedRequest.methodBytesMax)
        target = try decoder.readString(countMax: SignedRequest.targetBytesMax)
        time = try decoder.read()
        nonce = try decoder.readRaw(count: SignedRequest.nonceByteCount)
        bodyDigest = try decoder.read()
    }
}
