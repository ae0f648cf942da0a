import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinVerify

struct RecordProofTests {
    private let chain: CertifiedChain
    private let ledger: LedgerVerifier

    init() throws {
        let fixture = LedgerFixture(digestFunction: ReferenceSHA256())
        var chain = CertifiedChain(fixture: fixture)
        let registration = fixture.transaction(
            by: LedgerFixture.police,
            id: 1,
            expiry: chain.expiry,
            fixture.registration(subject: 1, id: 1)
        )
        try chain.append([registration])
        self.chain = chain
        ledger = try LedgerVerifier(genesis: fixture.genesis, suite: fixture.suite)
    }

    private func proof(of key: RecordKey) throws -> RecordProof {
        let (record, inclusion) = try #require(try chain.inclusion(of: key))
        return RecordProof(
            record: record,
            inclusion: inclusion,
            header: chain.newest,
            certificate: chain.newestCertificate
        )
    }

    @Test func everyRecordOfTheRegisterIsProvable() throws {
        for (position, record) in chain.ledger.allRecords.enumerated() {
            let proof = try proof(of: record.key)
            let verified = try ledger.verify(RecordProof(canonicalBytes: proof.canonicalBytes), for: record.key)
            #expect(verified.record == record)
            #expect(verified.position == Position(UInt64(position)))
            #expect(verified.asOf.header == chain.newest)
        }
    }

    @Test func anAnswerAboutAnotherRecordIsRefused() throws {
        let key = RecordKey.subject(chain.fixture.subjectID(1))
        let expected = RecordProofError.otherRecord(found: .parameters, expected: key)
        #expect(throws: expected) { try ledger.verify(try proof(of: .parameters), for: key) }
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let key = RecordKey.subject(chain.fixture.subjectID(1))
        let bytes = try proof(of: key).canonicalBytes
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: (any Error).self, "bit \(bit)") {
                try ledger.verify(RecordProof(canonicalBytes: damaged), for: key)
            }
        }
    }

    @Test func damagedBytesDecodeToThemselvesOrNotAtAll() throws {
        let samples = [try proof(of: .network), try proof(of: .subject(chain.fixture.subjectID(1)))]
        var fuzz = DecoderFuzz(seed: 12)
        #expect(fuzz.counterexample(samples: samples, rounds: 10_000) == nil)
    }
}
