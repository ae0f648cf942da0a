import Cryptography
import Dispatch
import Foundation
import LedgerModel
import Primitives
import Synchronization

/// Signs the transactions that a measurement sends, before its clock runs.
struct TransactionFactory: Sendable {
    /// One signed request to issue certificates, ready to send, and what it issues.
    struct Issue: Sendable {
        let request: Request
        let commitments: [Digest]
    }

    /// A department that may issue something.
    private struct Issuer: Sendable {
        let department: DepartmentID
        let key: SigningKey
        let type: CertificateTypeID
    }

    private let network: Digest
    private let issuers: [Issuer]
    private let target: String

    /// - Parameter waits: whether each request is answered only when its transaction is final.
    init(_ network: BenchNetwork, waits: Bool) {
        self.network = network.digest
        issuers = network.nodes.compactMap { node in
            network.types(of: node.department.id).first.map {
                Issuer(department: node.department.id, key: node.transactionKey, type: $0.id)
            }
        }
        target = waits ? "/v1/transactions?wait=finalized" : "/v1/transactions"
    }

    /// `count` transactions that issue `certificates` each, by the departments in turn.
    func issues(_ count: Int, certificates: Int) throws -> [Issue] {
        guard !issuers.isEmpty else { throw BenchError("no department may issue anything") }
        let made = Mutex<[Issue?]>(Array(repeating: nil, count: count))
        let failure = Mutex<String?>(nil)
        DispatchQueue.concurrentPerform(iterations: 2) { half in
            var random = SystemRandomNumberGenerator()
            for index in stride(from: half, to: count, by: 2) {
                do {
                    let issue = try issue(certificates, by: issuers[index % issuers.count], random: &random)
                    made.withLock { $0[index] = issue }
                } catch {
                    failure.withLock { $0 = "\(error)" }
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw BenchError("a transaction cannot be signed: \(failure)") }
        return made.withLock { $0.compactMap { $0 } }
    }

    private func issue(
        _ count: Int,
        by issuer: Issuer,
        random: inout SystemRandomNumberGenerator
    ) throws -> Issue {
        let now = Clock.civil
        let commitments = (0..<count).map { _ in
            Digest(words: (random.next(), random.next(), random.next(), random.next()))
        }
        let certificates = commitments.map { commitment in
            IssuedCertificate(
                commitment: commitment,
                validFromSeconds: now.rawValue / 1000 - 3600,
                validUntilSeconds: now.rawValue / 1000 + 31_536_000,
                replaces: nil
            )
        }
        let body = TransactionBody(
            network: network,
            author: .department(issuer.department),
            id: TransactionID(from: &random),
            expiry: now.adding(milliseconds: 400_000),
            payload: .issueCertificates(CertificateBatch(type: issuer.type, certificates: certificates))
        )
        let transaction = try Transaction(signing: body, with: issuer.key)
        let request = Request.post(target, type: "application/octet-stream", body: transaction.canonicalBytes)
        return Issue(request: request, commitments: commitments)
    }
}
