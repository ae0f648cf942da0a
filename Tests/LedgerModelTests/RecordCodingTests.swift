import Consensus
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@Suite struct RecordCodingTests {
    @Test(arguments: RecordKind.allCases)
    func recordsReadBackAndNoOtherFormIsAccepted(kind: RecordKind) {
        var samples = Samples(seed: UInt64(kind.rawValue) + 1)
        let records = (0..<12).map { _ in samples.record(kind) }
        var fuzz = DecoderFuzz(seed: 100 + UInt64(kind.rawValue))
        #expect(fuzz.counterexample(samples: records, rounds: 1500) == nil)
        for record in records {
            #expect(record.canonicalBytes.first == kind.rawValue)
            #expect(record.key.kind == kind)
        }
    }

    @Test func recordTagsAreThoseOfTheFormat() {
        #expect(RecordKind.allCases.map(\.rawValue) == Array(0...12))
        #expect(throws: DecodeError.unknownTag(type: "Record", found: 13)) {
            try Record(canonicalBytes: [13])
        }
    }

    @Test func certificateRecordsAre62BytesWithTheirTag() {
        var samples = Samples(seed: 5)
        // Commitment 32, type 2, issuer 2, from 8, until 8, status 1, height 8: 61.
        let record = samples.certificate()
        #expect(record.canonicalBytes.count == 61)
        #expect(Record.certificate(record).canonicalBytes.count == 62)
    }

    @Test(
        arguments: [
            (999, false), (1000, true), (3_600_000, true), (3_600_001, false),
        ] as [(UInt64, Bool)]
    )
    func lifetimesOutsideOneSecondToOneHourAreRefused(milliseconds: UInt64, isAllowed: Bool) {
        let record = ParametersRecord(transactionLifetimeMilliseconds: milliseconds, consensus: .initial)
        let decoded = try? ParametersRecord(canonicalBytes: record.canonicalBytes)
        #expect((decoded == record) == isAllowed)
    }

    @Test(arguments: [(255, true), (256, true), (257, false)])
    func namesBeyond256BytesAreRefused(count: Int, isAllowed: Bool) {
        let record = NetworkRecord(genesis: .zero, name: String(repeating: "x", count: count))
        #expect(((try? NetworkRecord(canonicalBytes: record.canonicalBytes)) == record) == isAllowed)
    }

    @Test(arguments: [(32 * 1024, true), (32 * 1024 + 1, false)])
    func definitionsBeyond32KiBAreRefused(count: Int, isAllowed: Bool) {
        let definition = [UInt8](repeating: 7, count: count)
        let type = CertificateTypeRecord(
            id: CertificateTypeID(1),
            code: LedgerFixture.code("a"),
            version: 1,
            issuers: [],
            definition: definition
        )
        #expect(((try? CertificateTypeRecord(canonicalBytes: type.canonicalBytes)) == type) == isAllowed)
        let matter = MatterRecord(
            code: LedgerFixture.code("a"),
            version: 1,
            department: DepartmentID(1),
            definition: definition
        )
        #expect(((try? MatterRecord(canonicalBytes: matter.canonicalBytes)) == matter) == isAllowed)
    }

    @Test(arguments: [(1024, true), (1025, false)])
    func aServiceSystemHas1024MattersAtMost(count: Int, isAllowed: Bool) {
        var samples = Samples(seed: 2)
        let record = ServiceSystemRecord(
            id: ServiceSystemID(1),
            code: LedgerFixture.code("a"),
            name: "",
            englishName: "",
            department: DepartmentID(1),
            key: samples.key(),
            matters: Array(repeating: LedgerFixture.code("m"), count: count)
        )
        #expect(((try? ServiceSystemRecord(canonicalBytes: record.canonicalBytes)) == record) == isAllowed)
    }

    @Test(arguments: [-1, 0, 1])
    func eachValidatorHasOneDepartment(difference: Int) {
        var samples = Samples(seed: 3)
        let set = samples.validatorSet().set
        let departments = Array(repeating: DepartmentID(1), count: set.count + difference)
        let record = ValidatorSetRecord(set: set, departments: departments)
        // A set of 31 with one department more breaks the list's own limit; either way nothing is accepted.
        #expect((try? ValidatorSetRecord(canonicalBytes: record.canonicalBytes)) == (difference == 0 ? record : nil))
    }

    @Test func keysOfDifferentRecordsDiffer() {
        var samples = Samples(seed: 8)
        var keys: Set<RecordKey> = [.network, .validatorSet, .parameters]
        for number in 0..<200 as Range<UInt16> {
            keys.insert(.department(DepartmentID(number)))
            keys.insert(.serviceSystem(ServiceSystemID(number)))
            keys.insert(.certificateType(CertificateTypeID(number)))
            keys.insert(.matter(LedgerFixture.code("m\(number)")))
            keys.insert(.certificate(samples.digest()))
        }
        #expect(keys.count == 3 + 5 * 200)
        let digest = samples.digest()
        #expect(
            Set<RecordKey>([
                .certificate(digest), .accessHead(digest), .serviceCase(digest), .subject(SubjectID(digest)),
                .proposal(digest), .equivocation(epoch: .zero, validator: ReplicaIndex(0)),
            ]).count == 6
        )
    }
}
