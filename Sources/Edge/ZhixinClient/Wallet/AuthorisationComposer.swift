import Credentials
import Cryptography
package import LedgerModel
import Merkle
package import Primitives

/// Signs an authorisation and the access record that makes it usable, once everything was checked.
package struct AuthorisationComposer: Sendable {
    package let keys: WalletKeys
    package let catalogue: LedgerCatalogue
    /// What the subject was registered with, and the salt of its commitment.
    package let identifier: String
    package let identifierSalt: [UInt8]

    package init(keys: WalletKeys, catalogue: LedgerCatalogue, identifier: String, identifierSalt: [UInt8]) {
        self.keys = keys
        self.catalogue = catalogue
        self.identifier = identifier
        self.identifierSalt = identifierSalt
    }

    /// Checks that the ledger still knows the subject by this wallet's key, heads and identifier.
    ///
    /// - Throws: `WalletError`.
    package func check(_ subject: SubjectRecord) throws(WalletError) {
        guard subject.status == .active else { throw .subjectNotActive(subject.status) }
        guard subject.key == keys.subjectKey.publicKey else { throw .keyReplaced }
        let root: Digest
        do throws(CryptographyError) {
            root = try keys.headSetRoot()
        } catch {
            throw .cryptography(reason: "\(error)")
        }
        guard subject.accessHeadSet == root else { throw .headSetDiffers }
        let commitment = Commitments.subject(
            salt: identifierSalt,
            identifier: identifier,
            digestFunction: keys.suite.digestFunction
        )
        guard subject.identifierCommitment == commitment else { throw .identifierDiffers }
    }

    /// The head for the relying department.
    ///
    /// - Throws: `WalletError.noHeadLeft`.
    package func headIndex(for review: RequestReview) throws(WalletError) -> UInt8 {
        guard let index = WalletKeys.headIndex(for: review.department.id, in: catalogue) else {
            throw .noHeadLeft(review.department.id)
        }
        return index
    }

    /// Signs.
    ///
    /// - Parameters:
    ///   - subject: the subject's proven record.
    ///   - head: the head's proven record; nil when the ledger has none.
    ///   - knownCount: how many uses on the head this wallet knows to be final.
    /// - Throws: `WalletError`; nothing was signed then.
    package func compose(
        _ review: RequestReview,
        subject: SubjectRecord,
        head: AccessHeadRecord?,
        knownCount: UInt64,
        now: Timestamp,
        random: inout some RandomNumberGenerator
    ) throws(WalletError) -> WalletUse {
        try check(subject)
        let shown = head?.count ?? 0
        guard shown >= knownCount else { throw .headHidden(known: knownCount, shown: shown) }
        if let head, head.department != review.department.id { throw .headOfOtherDepartment }
        guard now < review.request.expiry else { throw .requestExpired(review.request.expiry) }
        let index = try headIndex(for: review)
        do {
            return try sign(review, headIndex: index, head: head, now: now, random: &random)
        } catch {
            throw .cryptography(reason: "\(error)")
        }
    }

    /// When the authorisation ends: with the request, and early enough that no block's time is too far behind it.
    private func expiry(of review: RequestReview, now: Timestamp) -> Timestamp {
        min(review.request.expiry, now.adding(milliseconds: catalogue.transactionLifetimeMilliseconds / 10 * 9))
    }

    private func sign(
        _ review: RequestReview,
        headIndex: UInt8,
        head: AccessHeadRecord?,
        now: Timestamp,
        random: inout some RandomNumberGenerator
    ) throws -> WalletUse {
        let suite = keys.suite
        let recordID = AccessRecordID(random: &random)
        guard let transaction = TransactionID(hexadecimal: recordID.description) else {
            preconditionFailure("an access record's id has the bytes of a transaction's")
        }
        let authorisation = Authorisation(
            granting: review.request,
            subject: keys.subject.digest,
            expiry: expiry(of: review, now: now),
            accessRecord: recordID,
            digestFunction: suite.digestFunction
        )
        let opening = AccessOpening(
            of: authorisation,
            request: review.request,
            caseID: review.caseID,
            digestFunction: suite.digestFunction
        ).canonicalBytes
        let salt = Nonce(random: &random).bytes
        let headKey = try keys.headKey(headIndex)
        let entry = AccessEntry(
            network: keys.network,
            department: review.department.id,
            transaction: transaction,
            count: (head?.count ?? 0) + 1,
            previousEntry: head?.newestEntry ?? .zero,
            commitment: Commitments.access(salt: salt, opening: opening, digestFunction: suite.digestFunction)
        )
        let headID = AccessHeads.identifier(of: headKey.publicKey, digestFunction: suite.digestFunction)
        return WalletUse(
            caseID: review.caseID,
            department: review.department.id.rawValue,
            service: review.service.id.rawValue,
            matter: review.matter.code,
            matterVersion: review.matter.version,
            head: headID,
            entry: entry,
            request: review.signed.canonicalBytes,
            submission: AuthorisationSubmission(
                authorisation: try Signed(signing: authorisation, with: keys.subjectKey).canonicalBytes,
                accessRecord: try AuthorisationComposer.record(entry, by: headKey).canonicalBytes,
                opening: opening,
                openingSalt: salt,
                sealedIdentifiers: try seal(
                    IdentifierOpening(
                        subject: keys.subject.digest,
                        identifier: identifier,
                        salt: identifierSalt,
                        headKey: headKey.publicKey,
                        membership: try membership(of: headID)
                    ),
                    to: review,
                    authorisation: authorisation.digest(suite.digestFunction)
                )
            ),
            node: review.node.pinnedDescription,
            target: review.target,
            madeAt: now,
            expiry: authorisation.expiry,
            state: .prepared
        )
    }

    /// The entry as the head's key signs it onto the ledger.
    private static func record(_ entry: AccessEntry, by headKey: SigningKey) throws -> AccessRecord {
        AccessRecord(
            headKey: headKey.publicKey,
            count: entry.count,
            previousEntry: entry.previousEntry,
            commitment: entry.commitment,
            signature: try headKey.sign(entry.signingBytes)
        )
    }

    private func membership(of head: Digest) throws -> [UInt8] {
        let hasher = MerkleHasher(keys.suite.digestFunction)
        guard let proof = try keys.headSetIDs().membership(of: head, hasher: hasher) else {
            preconditionFailure("a derived head is in its set")
        }
        return proof.canonicalBytes
    }

    /// One copy for each vault that will be asked, in the order of the departments.
    private func seal(
        _ opening: IdentifierOpening,
        to review: RequestReview,
        authorisation: Digest
    ) throws -> [SealedIdentifier] {
        let purpose = SealedPurpose.identifier(authorisation: authorisation)
        let issuers = Dictionary(
            review.items.map { ($0.issuer.id, $0.issuer) },
            uniquingKeysWith: { first, _ in first }
        )
        return try issuers.values.sorted { $0.id < $1.id }.map { issuer in
            SealedIdentifier(
                department: issuer.id.rawValue,
                sealed: try SealedBox.seal(
                    opening.canonicalBytes,
                    to: issuer.sealingKey,
                    info: purpose.info,
                    associatedData: purpose.associatedData
                )
            )
        }
    }
}
