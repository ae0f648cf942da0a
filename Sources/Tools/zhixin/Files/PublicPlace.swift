import Credentials
import Primitives
import ZhixinClient

/// What `node.yaml` says of the address under which wallets reach the node: `publicAddress` and `publicCertificate`.
///
/// A wallet sends personal content there, so it is HTTPS, and the address names the certificate that the wallet must see.
struct PublicPlace: Equatable {
    /// The certificate that a wallet sees.
    enum Certificate: Equatable {
        /// The node's own, which nobody vouches for: its digest goes into the address.
        case own
        /// Another one without an authority, such as a proxy's.
        case digest(Digest)
        /// One that an authority vouches for: `authority`.
        case authority
    }

    /// Nil where wallets reach the node as its host and HTTPS port say.
    let address: NodeAddress?
    let certificate: Certificate

    /// - Throws: `JSONShapeError` that names the key at fault.
    init(in object: inout StrictObject) throws(JSONShapeError) {
        switch try object.optionalString("publicCertificate") {
        case nil: certificate = .own
        case "authority": certificate = .authority
        case let text?:
            guard let digest = Digest(hexadecimal: text) else {
                throw object.refusal("publicCertificate", "authority, or 64 hexadecimal digits")
            }
            certificate = .digest(digest)
        }
        guard let text = try object.optionalString("publicAddress") else {
            address = nil
            return
        }
        do throws(ClientError) {
            address = try NodeAddress(text)
        } catch {
            throw object.refusal("publicAddress", "https://HOST:PORT")
        }
        guard let address, address.isSecure, address.certificate == nil else {
            throw object.refusal("publicAddress", "https://HOST:PORT")
        }
    }
}

extension NodeFile {
    /// The address that wallets are given, with the certificate's digest where no authority vouches for it.
    ///
    /// - Throws: `CommandError` where the node listens on every address and nothing says which one wallets reach.
    func publicAddress(ownCertificate: Digest) throws(CommandError) -> NodeAddress {
        if publicPlace.address == nil, ["0.0.0.0", "::"].contains(host) {
            throw CommandError(
                code: "public-address-missing",
                chinese: "节点在所有地址上监听（host: \(host)），请在 node.yaml 以 publicAddress 写明钱包访问的 https 地址。",
                english: "host is \(host): say in node.yaml at which https address wallets reach it, as publicAddress"
            )
        }
        let certificate: Digest? =
            switch publicPlace.certificate {
            case .own: ownCertificate
            case .digest(let digest): digest
            case .authority: nil
            }
        return NodeAddress(
            isSecure: true,
            host: publicPlace.address?.host ?? host,
            port: publicPlace.address?.port ?? tlsPort,
            certificate: certificate
        )
    }
}
