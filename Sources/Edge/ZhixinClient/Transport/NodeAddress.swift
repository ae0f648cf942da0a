/// Where a node answers: `http://10.0.0.2:8080` or `https://node.example:8443`.
package struct NodeAddress: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// A name or an address; an IPv6 address without its brackets.
    package let host: String
    package let port: Int

    package init(isSecure: Bool, host: String, port: Int) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// The address in `text`, which ends after the port or with one slash.
    /// - Throws: `ClientError.addressInvalid`.
    package init(_ text: String) throws(ClientError) {
        let parts = try NodeAddress.split(text)
        guard parts.target == "/" else { throw .addressInvalid(text) }
        self = parts.address
    }

    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(name):\(port)"
    }

    /// The node and the target of a whole URL, such as that of a request in a QR code.
    ///
    /// - Throws: `ClientError.addressInvalid` for another scheme, user names, fragments, or characters that a target cannot
    ///   hold as they are.
    package static func split(_ text: String) throws(ClientError) -> (address: NodeAddress, target: String) {
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://"), text.utf8.count <= 2048, text.utf8.allSatisfy(isAllowed) else {
            throw .addressInvalid(text)
        }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let tail = String(rest[end...])
        let authority = rest[..<end]
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
        let address = NodeAddress(isSecure: isSecure, host: String(host), port: port)
        return (address, tail.hasPrefix("/") ? tail : "/" + tail)
    }

    /// Printable ASCII that stands in a URL as it is.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && ![0x22, 0x23, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d].contains(byte)
    }
}
