package import Credentials
package import LedgerModel
package import Ports
import Primitives

/// Registers the people and organisations that a clerk has checked (身份认证), and suspends or deactivates them.
///
/// The vault is written before the ledger: a subject on the ledger whose identifier nobody holds could never be looked up.
package struct Registrar: Sendable {
    private let department: Department

    package init(_ department: Department) { self.department = department }

    /// Registers a checked person's key. The same request again gives the same answer.
    ///
    /// Checks, in this order: the identifier's form, the key and proof's form, the proof of possession, and that nobody else
    /// registered the key.
    /// - Throws: `requestRejected` with one of `identifier-malformed`, `key-malformed`, `proof-invalid`, `subject-exists`;
    ///   `ledgerRefused` and the other errors of the ledger and the vault.
    package func register(
        _ request: SubjectRegistrationRequest,
        by clerk: String
    ) async throws(ServiceError) -> SubjectRegistrationResponse {
        try checkIdentifier(of: request)
        let (registration, transactionID) = try registration(from: request)
        let id = SubjectID(
            key: registration.key,
            network: department.network,
            digestFunction: department.suite.digestFunction
        )
        let kept = try department.vault.subject(id)
        if let existing = try department.subjectRecord(id) {
            return try repeated(existing, registration, kept, request)
        }
        let sealed = try transaction(registration, id: transactionID, kept: kept, request: request)
        try department.vault.keep(
            StoredSubject(
                id: id,
                identifier: request.identifier,
                kind: request.identifierKind,
                salt: request.salt,
                name: request.name,
                assurance: registration.assurance,
                transaction: sealed.bytes,
                clerk: clerk
            )
        )
        do throws(ServiceError) {
            let final = try await department.finalise(sealed)
            return SubjectRegistrationResponse(did: id.description, transaction: final.digest, height: final.height)
        } catch .ledgerRefused(let verdict) where verdict == .subjectExists || verdict == .repeated {
            // The same request, sent twice at once: the other one won.
            guard let existing = try department.subjectRecord(id) else { throw .ledgerRefused(verdict) }
            return try repeated(existing, registration, try department.vault.subject(id), request)
        }
    }

    /// Suspends, resumes or deactivates a subject that this department attested. Setting the present status again changes
    /// nothing.
    ///
    /// - Throws: `subjectUnknown`, `subjectOfAnotherDepartment`, `transitionNotAllowed`, and the errors of the ledger.
    package func changeStatus(
        of subject: SubjectID,
        to status: SubjectStatus
    ) async throws(ServiceError) -> HeightResponse {
        guard let record = try department.subjectRecord(subject) else { throw .subjectUnknown }
        guard record.attester == department.id else { throw .subjectOfAnotherDepartment }
        guard record.status != status else { return HeightResponse(height: record.changedAt) }
        guard record.status != .deactivated else { throw .transitionNotAllowed }
        let payload = Payload.setSubjectStatus(SubjectStatusChange(subject: subject, status: status))
        let sealed = try department.seal(payload, id: department.freshTransactionID())
        do throws(ServiceError) {
            return HeightResponse(height: try await department.finalise(sealed).height)
        } catch .ledgerRefused(.subjectTransitionNotAllowed) {
            guard let now = try department.subjectRecord(subject), now.status == status else {
                throw .transitionNotAllowed
            }
            return HeightResponse(height: now.changedAt)
        }
    }

    private func checkIdentifier(of request: SubjectRegistrationRequest) throws(ServiceError) {
        let reason: LocalizedText
        switch request.identifierKind {
        case .citizen:
            do throws(CitizenIdentifierError) {
                _ = try CitizenIdentifier(parsing: request.identifier)
                return
            } catch {
                reason = CertificateValueError.citizenIdentifier(error).reason
            }
        case .socialCredit:
            do throws(SocialCreditCodeError) {
                _ = try SocialCreditCode(parsing: request.identifier)
                return
            } catch {
                reason = CertificateValueError.socialCreditCode(error).reason
            }
        }
        throw .requestRejected(CaseProblem("identifier-malformed", reason))
    }

    private func registration(
        from request: SubjectRegistrationRequest
    ) throws(ServiceError) -> (SubjectRegistration, TransactionID) {
        let malformed = ServiceError.requestRejected(
            CaseProblem(
                "key-malformed",
                chinese: "公钥、签名、盐值或交易编号的格式不对",
                english: "the key, proof, salt or transaction id is malformed"
            )
        )
        guard let transactionID = TransactionID(hexadecimal: Hexadecimal.encode(request.transaction)),
            let proof = Signature(request.proof), request.salt.count == Commitments.saltByteCount
        else { throw malformed }
        let key: PublicKey
        do throws(DecodeError) {
            key = try PublicKey(canonicalBytes: request.key)
        } catch {
            throw malformed
        }
        let statement = SubjectKeyProof(network: department.network, key: key, transaction: transactionID)
        guard department.suite.verifier.isValid(proof, of: statement.signingBytes, by: key) else {
            throw .requestRejected(
                CaseProblem("proof-invalid", chinese: "密钥持有证明无效", english: "the proof of possession does not hold")
            )
        }
        let registration = SubjectRegistration(
            key: key,
            assurance: request.assurance.level,
            identifierCommitment: Commitments.subject(
                salt: request.salt,
                identifier: request.identifier,
                digestFunction: department.suite.digestFunction
            ),
            accessHeadSet: request.accessHeadSet,
            proof: proof
        )
        return (registration, transactionID)
    }

    /// The transaction to send: the one kept from an earlier attempt while its time lasts, else a new one.
    ///
    /// - Throws: `requestRejected` with `subject-exists` while an earlier registration of the key for someone else may still
    ///   become final: the vault must not forget whom that one is about.
    private func transaction(
        _ registration: SubjectRegistration,
        id: TransactionID,
        kept: StoredSubject?,
        request: SubjectRegistrationRequest
    ) throws(ServiceError) -> SealedTransaction {
        guard let kept else { return try department.seal(.registerSubject(registration), id: id) }
        let earlier = try sealed(kept)
        if earlier.transaction.body.payload == .registerSubject(registration), earlier.transaction.body.id == id,
            kept.identifier == request.identifier
        {
            if department.clock() <= earlier.transaction.body.expiry { return earlier }
        } else if department.archive.view().header.timestamp <= earlier.transaction.body.expiry {
            throw Self.subjectExists
        }
        return try department.seal(.registerSubject(registration), id: id)
    }

    private func sealed(_ kept: StoredSubject) throws(ServiceError) -> SealedTransaction {
        do throws(DecodeError) {
            return try SealedTransaction(bytes: kept.transaction, digestFunction: department.suite.digestFunction)
        } catch {
            throw .vaultFailed
        }
    }

    private static let subjectExists = ServiceError.requestRejected(
        CaseProblem("subject-exists", chinese: "该密钥已登记", english: "the key is registered already")
    )

    /// The answer when the ledger holds the subject already: the same as before if the request is, else a refusal.
    private func repeated(
        _ existing: SubjectRecord,
        _ registration: SubjectRegistration,
        _ kept: StoredSubject?,
        _ request: SubjectRegistrationRequest
    ) throws(ServiceError) -> SubjectRegistrationResponse {
        guard let kept, existing.attester == department.id,
            existing.identifierCommitment == registration.identifierCommitment, kept.identifier == request.identifier
        else { throw Self.subjectExists }
        let earlier = try sealed(kept)
        guard earlier.transaction.body.payload == .registerSubject(registration) else { throw Self.subjectExists }
        return SubjectRegistrationResponse(
            did: existing.id.description,
            transaction: earlier.digest,
            height: try department.location(of: earlier.digest)?.height ?? existing.changedAt
        )
    }
}
