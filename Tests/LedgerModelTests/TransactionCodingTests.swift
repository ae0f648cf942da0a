import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@Suite struct TransactionCodingTests {
    private let fixture = LedgerFixture(seed: 4)

    @Test(arguments: 0...9)
    func transactionsReadBackAndNoOtherFormIsAccepted(tag: Int) {
        var samples = Samples(seed: UInt64(tag) + 20)
        let transactions = (0..<12).map { _ in samples.transaction(tag: tag) }
        #expect(transactions.allSatisfy { $0.body.payload.tag == tag })
        var fuzz = DecoderFuzz(seed: 200 + UInt64(tag))
        #expect(fuzz.counterexample(samples: transactions, rounds: 1500) == nil)
        #expect(fuzz.counterexample(samples: transactions.map(\.body.payload), rounds: 1500) == nil)
    }

    @Test func unknownPayloadsAndAuthorsAreRefused() {
        #expect(throws: DecodeError.unknownTag(type: "Payload", found: 10)) { try Payload(canonicalBytes: [10]) }
        #expect(throws: DecodeError.unknownTag(type: "GovernanceChange", found: 8)) {
            try GovernanceChange(canonicalBytes: [8])
        }
        #expect(throws: DecodeError.unknownTag(type: "Author", found: 2)) { try Author(canonicalBytes: [2]) }
        // Tags are ULEB128: a longer spelling of a known tag is another byte string.
        #expect(throws: DecodeError.notCanonicalLength) { try Author(canonicalBytes: [0x80, 0, 1, 0]) }
    }

    @Test func statementsThatAreSignedReadBack() {
        var samples = Samples(seed: 40)
        let proof = SubjectKeyProof(network: samples.digest(), key: samples.key(), transaction: samples.transactionID())
        #expect((try? SubjectKeyProof(canonicalBytes: proof.canonicalBytes))?.canonicalBytes == proof.canonicalBytes)
        let entries = (0..<4).map { _ in
            AccessEntry(
                network: samples.digest(),
                department: samples.department(),
                transaction: samples.transactionID(),
                count: samples.number(),
                previousEntry: samples.digest(),
                commitment: samples.digest()
            )
        }
        var fuzz = DecoderFuzz(seed: 41)
        #expect(fuzz.counterexample(samples: entries, rounds: 1000) == nil)
    }

    @Test(arguments: [(8192, true), (8193, false)])
    func batchesBeyond8192AreRefused(count: Int, isAllowed: Bool) {
        let issued = IssuedCertificate(commitment: .zero, validFromSeconds: 0, validUntilSeconds: 1, replaces: nil)
        let batch = CertificateBatch(type: CertificateTypeID(1), certificates: Array(repeating: issued, count: count))
        #expect(((try? CertificateBatch(canonicalBytes: batch.canonicalBytes)) == batch) == isAllowed)
        let change = StatusChange(commitment: .zero, status: .revoked)
        let changes = StatusChangeBatch(changes: Array(repeating: change, count: count))
        #expect(((try? StatusChangeBatch(canonicalBytes: changes.canonicalBytes)) == changes) == isAllowed)
    }

    // MARK: Sealed

    @Test func sealedBytesBeyondTheLimitAreNotEvenDecoded() {
        let bytes = [UInt8](repeating: 0, count: Limits.transactionBytesMax + 1)
        let expected = DecodeError.lengthOverLimit(found: UInt64(bytes.count), limit: Limits.transactionBytesMax)
        #expect(throws: expected) {
            try SealedTransaction(bytes: bytes, digestFunction: FastDigest())
        }
        // At the limit it is the content that is refused.
        #expect(throws: (any Error).self) {
            try SealedTransaction(bytes: Array(bytes.dropLast()), digestFunction: FastDigest())
        }
        do throws(DecodeError) {
            _ = try SealedTransaction(bytes: Array(bytes.dropLast()), digestFunction: FastDigest())
        } catch {
            #expect(error != .lengthOverLimit(found: UInt64(bytes.count - 1), limit: Limits.transactionBytesMax))
        }
    }

    @Test func theDigestCoversTheSignature() throws {
        var samples = Samples(seed: 50)
        let transaction = samples.transaction(tag: 6)
        let other = Transaction(body: transaction.body, signature: samples.signature())
        let first = SealedTransaction(transaction, digestFunction: FastDigest())
        let second = SealedTransaction(other, digestFunction: FastDigest())
        #expect(first.digest != second.digest)
        #expect(first != second)
        let again = try SealedTransaction(bytes: first.bytes, digestFunction: FastDigest())
        #expect(again.digest == first.digest)
        #expect(again.transaction == transaction)
    }

    @Test func authorsAndInnerSignaturesAreBothChecked() {
        let expiry = LedgerFixture.start
        let payload = fixture.registration(subject: 1, id: 1)
        let good = fixture.transaction(by: LedgerFixture.police, id: 1, expiry: expiry, payload)
        let key = fixture.departmentSigner(LedgerFixture.police).publicKey
        let otherKey = fixture.departmentSigner(LedgerFixture.market).publicKey
        #expect(VerifiedTransaction(good, authorKey: key, suite: fixture.suite)?.authorKey == key)
        #expect(VerifiedTransaction(good, authorKey: otherKey, suite: fixture.suite) == nil)
        // The subject's proof was made for transaction 1, so it is no proof in transaction 2.
        let moved = fixture.transaction(by: LedgerFixture.police, id: 2, expiry: expiry, payload)
        #expect(VerifiedTransaction(moved, authorKey: key, suite: fixture.suite) == nil)
    }

    @Test func headSignaturesHoldForOneDepartmentAndTransaction() {
        let access = fixture.access(head: 1, department: LedgerFixture.housing, id: 5, count: 1, previous: .zero)
        func isValid(by department: DepartmentID, id: UInt64) -> Bool {
            fixture.body(.department(department), id: id, expiry: Timestamp(0), .recordAccess(access))
                .hasValidInnerSignatures(suite: fixture.suite)
        }
        #expect(isValid(by: LedgerFixture.housing, id: 5))
        #expect(!isValid(by: LedgerFixture.housing, id: 6))
        #expect(!isValid(by: LedgerFixture.market, id: 5))
        let bySubject = fixture.body(.subject(fixture.subjectID(1)), id: 5, expiry: Timestamp(0), .recordAccess(access))
        #expect(!bySubject.hasValidInnerSignatures(suite: fixture.suite))
    }

    @Test func rotationsAreProvenByTheNewKey() {
        let rotation = fixture.rotation(to: fixture.subjectSigner(2), id: 9)
        let author = Author.subject(fixture.subjectID(1))
        let good = fixture.body(author, id: 9, expiry: Timestamp(0), rotation)
        let moved = fixture.body(author, id: 10, expiry: Timestamp(0), rotation)
        #expect(good.hasValidInnerSignatures(suite: fixture.suite))
        #expect(!moved.hasValidInnerSignatures(suite: fixture.suite))
    }

    @Test func statusChangesAndKeysAreUrgent() {
        var samples = Samples(seed: 60)
        #expect((0...9).filter { samples.payload($0).isUrgent } == [1, 2, 4, 7, 8, 9])
    }
}
