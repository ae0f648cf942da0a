package import Credentials
package import LedgerModel

/// The vaults of other departments, as a gateway asks them: over HTTPS with pinned certificates.
///
/// The contract: one call asks once, and gives what the vault answered. Asking again with the same request is safe at any time.
package protocol VaultPeers: Sendable {
    /// Asks the vault of `department`.
    /// - Throws: What the vault's `DepartmentServices.release` threw; `vaultUnreachable` when no answer came.
    func release(
        _ request: ReleaseRequest,
        from department: DepartmentID
    ) async throws(ServiceError) -> ReleaseResponse
}
