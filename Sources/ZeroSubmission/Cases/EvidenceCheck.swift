import Credentials
import LedgerModel
import Logging
import Ports
import Primitives

/// One item that a vault gave, verified.
struct CollectedEvidence: Sendable {
    let evidence: Evidence
    /// The digest of the release statement it came with.
    let release: Digest
    /// When the vault made the statement.
    let time: Timestamp
}

/// Why what a vault gave is not evidence. Each is the vault's fault and ends the case.
enum EvidenceFault: String, Error, Sendable, CaseIterable {
    /// It does not open, or is not in canonical form.
    case unreadable = "evidence-unreadable"
    /// It is about another access record, item, type or department than was asked.
    case otherStatement = "evidence-of-another-request"
    /// The issuing department did not sign it.
    case signature = "evidence-signature-invalid"
    /// It is dated outside of what clocks may differ by.
    case time = "evidence-time-invalid"
    /// It shows or answers more, or something else, than the subject permitted.
    case beyondAuthorisation = "evidence-beyond-authorisation"
    /// The certificate's token does not verify.
    case credential = "evidence-credential-invalid"
    /// The certificate is not on the ledger as the vault says.
    case notOnLedger = "evidence-not-on-ledger"

    var problem: CaseProblem {
        CaseProblem(rawValue, chinese: "证照库给出的材料未通过核验", english: "what a vault gave does not verify")
    }
}

/// Opens and verifies what vaults give, against this node's own copy of the ledger.
struct EvidenceCheck: Sendable {
    /// How far the clocks of two departments may differ.
    static let toleranceMilliseconds: UInt64 = 60_000

    let department: Department
    let accessRecord: AccessRecordID

    /// The evidence in `sealed`, which was given for `item`.
    ///
    /// - Throws: `EvidenceFault`.
    func check(_ sealed: [UInt8], for item: RequestedItem) async throws(EvidenceFault) -> CollectedEvidence {
        let released = try open(sealed, for: item)
        let statement = released.statement.content
        guard statement.network == department.network, statement.issuer == item.issuer,
            statement.department == department.id.rawValue, statement.accessRecord == accessRecord,
            statement.item == item.id, statement.type == item.type
        else { throw .otherStatement }
        guard let issuer = department.catalogue.departments[DepartmentID(item.issuer)],
            let type = department.catalogue.types[CertificateTypeID(item.type)]
        else { throw .otherStatement }
        guard released.statement.isSigned(by: issuer.credentialKey, verifier: department.suite.verifier) else {
            throw .signature
        }
        let now = department.clock()
        guard statement.time <= now.adding(milliseconds: Self.toleranceMilliseconds) else { throw .time }
        let evidence: Evidence
        switch (item.content, statement.content) {
        case (.predicate(let asked), .predicate(let answered, _)):
            guard asked == answered else { throw .beyondAuthorisation }
            evidence = try statementEvidence(statement, type)
        case (.noEntry, .noEntry), (.fields, .nothingFound), (.predicate, .nothingFound):
            evidence = try statementEvidence(statement, type)
        case (.fields(let permitted), .presentation(let text)):
            guard let salt = released.salt else { throw .unreadable }
            let wait = department.limits.finalityWaitMilliseconds
            guard await department.gate.waitUntilStored(statement.height, waitMilliseconds: wait) else {
                throw .notOnLedger
            }
            evidence = try disclosure(text, salt, statement, permitted, issuer, type, at: now)
        default: throw .beyondAuthorisation
        }
        let digest = statement.digest(department.suite.digestFunction)
        return CollectedEvidence(evidence: evidence, release: digest, time: statement.time)
    }

    private func open(_ sealed: [UInt8], for item: RequestedItem) throws(EvidenceFault) -> ReleasedEvidence {
        let purpose = SealedPurpose.evidence(accessRecord: accessRecord, item: item.id)
        do {
            let bytes = try department.keys.sealing.open(
                sealed,
                info: purpose.info,
                associatedData: purpose.associatedData
            )
            return try ReleasedEvidence(canonicalBytes: bytes)
        } catch {
            throw .unreadable
        }
    }

    private func statementEvidence(
        _ statement: ReleaseStatement,
        _ type: CatalogueType
    ) throws(EvidenceFault) -> Evidence {
        guard let evidence = statement.statementEvidence(typeCode: type.record.code.text) else { throw .unreadable }
        return evidence
    }

    private func disclosure(
        _ text: String,
        _ salt: [UInt8],
        _ statement: ReleaseStatement,
        _ permitted: [String],
        _ issuer: DepartmentRecord,
        _ type: CatalogueType,
        at now: Timestamp
    ) throws(EvidenceFault) -> Evidence {
        let suite = department.suite
        let token: SDJWT
        let verified: VerifiedSDJWT
        do throws(SelectiveDisclosureError) {
            token = try SDJWT(parsing: text)
            verified = try SDJWTVerifier(
                verifier: suite.verifier,
                digestFunctions: [department.tokenDigestName: suite.digestFunction]
            ).verifyCredential(
                token,
                issuerKey: issuer.credentialKey,
                vct: [type.definition.credentialType],
                at: now,
                keyBinding: .notExpected
            )
        } catch {
            throw .credential
        }
        guard verified.disclosedNames.allSatisfy(permitted.contains) else { throw .beyondAuthorisation }
        let commitment = Commitments.certificate(
            salt: salt,
            issuerSignedJWT: Array(token.issuerSigned.text.utf8),
            digestFunction: suite.digestFunction
        )
        let found: CertificateRecord?
        let height: Height
        do throws(ServiceError) {
            (found, height) = try department.reading { view throws(StoreError) in
                guard case .certificate(let record)? = try view.record(.certificate(commitment))?.record else {
                    return (nil, view.header.height)
                }
                return (record, view.header.height)
            }
        } catch {
            throw .notOnLedger
        }
        guard let record = found, record.issuer == issuer.id, record.type == type.record.id else { throw .notOnLedger }
        do throws(JSONCanonicalError) {
            return try statement.evidence(
                verified: verified,
                type: type.definition,
                status: EvidenceStatus(record.status),
                validity: ValidityPeriod(fromSeconds: record.validFromSeconds, untilSeconds: record.validUntilSeconds),
                at: height
            )
        } catch {
            throw .credential
        }
    }
}
