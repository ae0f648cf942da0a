package import Credentials
package import LedgerModel
package import Primitives

/// Where a gateway listens, for which department, and whom it knows besides those on the ledger.
package struct GatewayConfiguration: Sendable {
    /// The address both listeners bind, such as `0.0.0.0`.
    package var host: String
    /// Plain HTTP; 0 for any free port.
    package var port: Int
    /// HTTPS; 0 for any free port.
    package var encryptedPort: Int
    /// The node's link certificate, which callers pin, and its key, both PEM.
    package var certificatePEM: String
    package var privateKeyPEM: String
    /// The department that runs the node.
    package var department: DepartmentID
    /// Keys of the department's clerks by their names (`Caller.isName`).
    package var clerks: [String: PublicKey]
    /// Where the other nodes answer, for the first page.
    package var links: [NodeLink]
    package var limits: GatewayLimits

    package init(
        host: String,
        port: Int,
        encryptedPort: Int,
        certificatePEM: String,
        privateKeyPEM: String,
        department: DepartmentID,
        clerks: [String: PublicKey] = [:],
        links: [NodeLink] = [],
        limits: GatewayLimits = GatewayLimits()
    ) {
        self.host = host
        self.port = port
        self.encryptedPort = encryptedPort
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
        self.department = department
        self.clerks = clerks
        self.links = links
        self.limits = limits
    }
}
