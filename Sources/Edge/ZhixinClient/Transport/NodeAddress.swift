package import Primitives

/// Where a node answers: `http://10.0.0.2:8080` or `https://node.example:8443`.
///
/// A node's certificate is its own, and no authority vouches for it. So an address may say which one the node shows, in the
/// place of a user's name: `https://<SHA-256 of the certificate, 64 hexadecimal digits>@10.0.0.2:7301`. Where a department
/// signed the address, as it does in a request, it signed that too.
package struct NodeAddress: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// A name or an address; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// SHA-256 of the certificate that the node must show; of `https` only.
    package let certificate: Digest?

    package init(isSecure: Bool, host: String, port: Int, certificate: Digest? = nil) {
        precondition(isSecure || certificate == nil, "only a secure address has a certificate")
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.certificate = certificate
    }

    /// The address in `text`, which ends after the port or with one slash.
    /// - Throws: `ClientError.addressInvalid`.
    package init(_ text: String) throws(ClientError) {
        let parts = try NodeAddress.split(text)
        guard parts.target == "/" else { throw .addressInvalid(text) }
        self = parts.address
    }

    /// Scheme, host and port, as people and HTTP read them.
    package var description: String { text(name: "") }

    /// The address with the certificate, if it says one: what the initialiser reads.
    package var pinnedDescription: String { text(name: certificate.map { "\($0)@" } ?? "") }

    private func text(name: String) -> String {
        "\(isSecure ? "https" : "http")://\(name)\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// The node and the target of a whole URL, such as that of a request in a QR code.
    ///
    /// - Throws: `ClientError.addressInvalid` for another scheme, user names that are no certificate's digest, fragments, or
    ///   characters that a target cannot hold as they are.
    package static func split(_ text: String) throws(ClientError) -> (address: NodeAddress, target: String) {
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://"), text.utf8.count <= 2048, text.utf8.allSatisfy(isAllowed) else {
            throw .addressInvalid(text)
        }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let tail = String(rest[end...])
        var authority = rest[..<end]
        var certificate: Digest?
        if isSecure, let at = authority.firstIndex(of: "@"), let digest = Digest(hexadecimal: authority[..<at]) {
            certificate = digest
            authority = authority[authority.index(after: at)...]
        }
        var host = authority
        var port = isSecure ? 443 : 80
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                throw .addressInvalid(text)
            }
            host = authority[..<colon]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("@"), !host.contains("["), !host.contains("]") else {
            throw .addressInvalid(text)
        }
        let address = NodeAddress(isSecure: isSecure, host: String(host), port: port, certificate: certificate)
        return (address, tail.hasPrefix("/") ? tail : "/" + tail)
    }

    /// Printable ASCII that stands in a URL as it is.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && ![0x22, 0x23, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d].contains(byte)
    }
}
