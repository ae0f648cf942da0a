import Credentials
import LedgerModel
import Merkle
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

/// Every form that is stored or sent decodes to itself and to nothing else, whatever the bytes.
@Suite struct CodingTests {
    private static let digest = Digest(words: (1, 2, 3, 4))
    private static let salt = [UInt8](repeating: 7, count: 16)
    private static let signatures = FakeSignatures(seed: 3)
    private static let items = [
        RequestedItem(id: "age", issuer: 1, type: 1, content: .fields(["address", "holder_name"])),
        RequestedItem(id: "none", issuer: 2, type: 4, content: .noEntry),
    ]

    private static func expectCanonical<Value: CanonicalCodable & Equatable>(_ samples: [Value], seed: UInt64) {
        var fuzz = DecoderFuzz(seed: seed)
        #expect(fuzz.counterexample(samples: samples, rounds: 4_000) == nil, "\(Value.self)")
    }

    private static let request = AuthorisationRequest(
        network: digest,
        department: 2,
        service: 4,
        clientID: "social-insurance/elder-service",
        nonce: Nonce(unchecked: salt),
        matter: "old-age-allowance",
        matterVersion: 1,
        items: items,
        purpose: LocalizedText(chinese: "核定", english: "to grant"),
        expiry: Timestamp(5),
        responseAddress: "http://a/v1/requests/b/authorisation"
    )
    private static let authorisation = Authorisation(
        granting: request,
        subject: digest,
        expiry: Timestamp(4),
        accessRecord: AccessRecordID(unchecked: salt),
        digestFunction: FastDigest()
    )
    private static let opening = AccessOpening(
        of: authorisation,
        request: request,
        caseID: digest,
        digestFunction: FastDigest()
    )
    private static let accessRecord = AccessRecord(
        headKey: signatures.signer(1).publicKey,
        count: 3,
        previousEntry: digest,
        commitment: digest,
        signature: signatures.signer(1).sign([1])
    )

    @Test func whatTheWalletMakesIsCanonical() {
        Self.expectCanonical([Self.opening], seed: 1)
        let identifier = IdentifierOpening(
            subject: Self.digest,
            identifier: "440604195802250873",
            salt: Self.salt,
            headKey: Self.signatures.signer(1).publicKey,
            membership: [1, 2, 3]
        )
        Self.expectCanonical([identifier], seed: 2)
    }

    @Test func whatAVaultGivesIsCanonical() throws {
        let statement = ReleaseStatement(
            network: Self.digest,
            issuer: 1,
            department: 2,
            accessRecord: AccessRecordID(unchecked: Self.salt),
            item: "age",
            type: 1,
            content: .noEntry(holds: true),
            height: Height(4),
            time: Timestamp(9)
        )
        let signed = try Signed(signing: statement, with: Self.signatures.signer(2))
        Self.expectCanonical(
            [ReleasedEvidence(statement: signed, salt: nil), ReleasedEvidence(statement: signed, salt: Self.salt)],
            seed: 3
        )
    }

    @Test func whatAVaultKeepsIsCanonical() {
        let body = CertificateBody(
            token: "a.b.c~d~",
            validFromSeconds: 1,
            validUntilSeconds: .max,
            batch: Self.salt,
            replaces: Self.digest
        )
        Self.expectCanonical([body], seed: 4)
        Self.expectCanonical([IssueRun(transaction: [1, 2], expiry: Timestamp(3), batch: Self.salt)], seed: 5)
        Self.expectCanonical(
            [
                IssueBatch(request: Self.digest),
                IssueBatch(request: Self.digest, runs: [TransactionID(high: 1, low: 2)]),
                IssueBatch(request: Self.digest, runs: [TransactionID(high: 1, low: 2)], answeredCount: 1),
            ],
            seed: 6
        )
        Self.expectCanonical(
            [SubjectIdentifierKind.citizen, .socialCredit].map { kind in
                StoredSubject(
                    id: SubjectID(Self.digest),
                    identifier: "440604195802250873",
                    kind: kind,
                    salt: Self.salt,
                    name: kind == .citizen ? "测试" : nil,
                    assurance: .inPerson,
                    transaction: [1, 2, 3],
                    clerk: "counter-1"
                )
            },
            seed: 7
        )
        Self.expectCanonical(
            ClerkAction.Kind.allCases.map {
                ClerkAction(kind: $0, clerk: "counter-1", time: Timestamp(5), objects: [Self.salt, Self.digest.bytes])
            },
            seed: 10
        )
        let kept = StoredOpening(
            head: Self.digest,
            count: 3,
            accessRecord: AccessRecordID(unchecked: Self.salt),
            opening: Self.opening.canonicalBytes,
            salt: Self.salt
        )
        Self.expectCanonical([kept], seed: 8)
    }

    @Test func aBatchKeepsItsNewestRuns() throws {
        var batch = IssueBatch(request: Self.digest)
        let ids = (0..<UInt64(IssueBatch.runsMax + 3)).map { TransactionID(high: 0, low: $0) }
        for id in ids.dropLast(2) { batch.add(id) }
        #expect(batch.unanswered == Set(ids[1...].dropLast(2)))
        batch.answer()
        for id in ids.suffix(2) { batch.add(id) }
        #expect(batch.runs == Array(ids[3...]))
        #expect(batch.unanswered == Set(ids.suffix(2)))
        #expect(try IssueBatch(canonicalBytes: batch.canonicalBytes) == batch)
    }

    @Test func aCaseIsCanonicalAtEveryStage() throws {
        let submission = CaseSubmission(
            authorisation: try Signed(signing: Self.authorisation, with: Self.signatures.signer(4)),
            accessRecord: Self.accessRecord,
            opening: Self.opening.canonicalBytes,
            openingSalt: Self.salt,
            sealedIdentifiers: [VaultIdentifier(department: DepartmentID(1), sealed: [1, 2, 3])],
            transaction: [4, 5, 6]
        )
        let evidence = Evidence(
            item: "none",
            type: "property-register",
            issuer: 4,
            height: Height(3),
            content: .noEntry(holds: true, evaluatedAt: Timestamp(8))
        )
        let problem = StoredProblem(ReleaseRefusal.certificateRevoked.problem)
        let receipt = DecisionReceipt(
            network: Self.digest,
            department: 2,
            matter: "old-age-allowance",
            matterVersion: 1,
            definition: Self.digest,
            authorisation: Self.digest,
            accessRecord: AccessRecordID(unchecked: Self.salt),
            evidence: [ReceiptEvidence(item: "none", evidence: Self.digest, release: Self.digest, height: Height(3))],
            decision: .refused(.entryFound, reason: LocalizedText(chinese: "有", english: "found")),
            time: Timestamp(9)
        )
        let conclusion = Conclusion(
            receipt: receipt,
            receiptSalt: Self.salt,
            evidence: [evidence],
            refusals: [ItemRefusal(item: "age", problem: problem)]
        )
        let stages: [CaseStage] = [
            .awaitingAuthorisation, .recording(submission), .collecting(submission, Height(4)),
            .concluding(submission, conclusion), .decided(submission, conclusion, issued: Self.digest, Height(5)),
            .failed(nil, problem), .failed(submission, problem),
        ]
        let signed = try Signed(signing: Self.request, with: Self.signatures.signer(2))
        Self.expectCanonical(
            stages.map {
                CaseFile(id: Self.digest, service: ServiceSystemID(4), reference: "ref", request: signed, stage: $0)
            },
            seed: 9
        )
    }
}

/// The set of heads that a subject commits to.
@Suite struct AccessHeadSetTests {
    private let hasher = MerkleHasher(FastDigest())
    private let heads = (0..<UInt64(64)).map { Digest(words: (9, 9, 9, $0)) }

    @Test(arguments: [0, 1, 31, 62, 63])
    func aHeadOfTheSetIsProvenAndNoOther(index: Int) throws {
        let set = try #require(AccessHeadSet(heads))
        let proof = try #require(set.membership(of: heads[index], hasher: hasher))
        let root = set.root(hasher)
        #expect(AccessHeadSet.isMember(heads[index], of: root, proof: proof, hasher: hasher))
        #expect(!AccessHeadSet.isMember(heads[(index + 1) % 64], of: root, proof: proof, hasher: hasher))
        #expect(!AccessHeadSet.isMember(heads[index], of: .zero, proof: proof, hasher: hasher))
        #expect(set.membership(of: .zero, hasher: hasher) == nil)
    }

    @Test func aProofInATreeOfAnotherSizeIsNone() throws {
        let leaf = hasher.leaf(Domain.accessHeadSet.frame(heads[0]))
        let proof = try #require(hasher.inclusionProof(position: Position(0), of: [leaf, leaf]))
        let root = hasher.root(of: [leaf, leaf])
        #expect(!AccessHeadSet.isMember(heads[0], of: root, proof: proof, hasher: hasher))
    }

    @Test func aSetHasSixtyFourDistinctHeads() {
        #expect(AccessHeadSet(Array(heads.dropLast())) == nil)
        #expect(AccessHeadSet(heads + [.zero]) == nil)
        #expect(AccessHeadSet(Array(heads.dropLast()) + [heads[0]]) == nil)
        #expect(AccessHeadSet(heads) != nil)
    }
}
