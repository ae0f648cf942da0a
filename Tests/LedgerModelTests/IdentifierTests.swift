import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        ("a", true), ("open-shop-2", true), ("abcdefghijklmnopqrstuvwxyz012345", true), ("-", true),
        ("", false), ("abcdefghijklmnopqrstuvwxyz0123456", false), ("A", false), ("a b", false), ("a_b", false),
        ("é", false), ("a/", false), ("a:", false), ("`", false), ("{", false),
    ])
    func codesAreShortAndPlain(text: String, isAllowed: Bool) {
        #expect((Code(text)?.text == text) == isAllowed)
        var encoder = CanonicalEncoder()
        encoder.append(text)
        #expect(((try? Code(canonicalBytes: encoder.bytes))?.text == text) == isAllowed)
    }

    @Test func transactionIDsAreSixteenBytesInTheirOwnOrder() throws {
        let id = TransactionID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)
        #expect(id.canonicalBytes == Array(1...16))
        #expect(try TransactionID(canonicalBytes: Array(1...16)) == id)
        #expect(TransactionID(hexadecimal: "0102030405060708090a0b0c0d0e0f10") == id)
        #expect(id.description == "0102030405060708090a0b0c0d0e0f10")
        for text in ["", "01", "0102030405060708090a0b0c0d0e0f1", "0102030405060708090a0b0c0d0e0f1011", "zz"] {
            #expect(TransactionID(hexadecimal: text) == nil)
        }
        var first = SeededRandom(seed: 1)
        var second = SeededRandom(seed: 1)
        #expect(TransactionID(from: &first) == TransactionID(from: &second))
    }

    @Test func subjectsHaveOneSpellingAsDID() {
        let subject = SubjectID(Digest(words: (0xabcd, 2, 3, 4)))
        let text = subject.description
        #expect(text.hasPrefix("did:zhixin:") && text.utf8.count == 11 + 64)
        #expect(SubjectID(did: text) == subject)
        for other in [text.uppercased(), "did:other:" + text.dropFirst(11), String(text.dropLast()), text + "0", ""] {
            #expect(SubjectID(did: other) == nil)
        }
        let upper = "did:zhixin:" + text.dropFirst(11).uppercased()
        #expect(SubjectID(did: upper) == nil)
    }

    @Test func subjectsDependOnKeyAndNetwork() {
        let fixture = LedgerFixture(seed: 1)
        let other = LedgerFixture(seed: 2)
        let key = fixture.subjectSigner(1).publicKey
        let ids = [fixture.network, other.network].map {
            SubjectID(key: key, network: $0, digestFunction: FastDigest())
        }
        #expect(ids[0] != ids[1])
        #expect(ids[0] == fixture.subjectID(1))
        #expect(fixture.subjectID(1) != fixture.subjectID(2))
    }

    // MARK: Commitments

    @Test func commitmentsDependOnKindSaltAndContent() {
        let salts = [[UInt8](repeating: 0, count: 16), [UInt8](repeating: 1, count: 16)]
        var commitments: Set<Digest> = []
        for salt in salts {
            for text in ["a", "b"] {
                let bytes = Array(text.utf8)
                commitments.insert(
                    Commitments.certificate(salt: salt, issuerSignedJWT: bytes, digestFunction: FastDigest())
                )
                commitments.insert(Commitments.subject(salt: salt, identifier: text, digestFunction: FastDigest()))
                commitments.insert(Commitments.access(salt: salt, opening: bytes, digestFunction: FastDigest()))
                commitments.insert(Commitments.receipt(salt: salt, receipt: bytes, digestFunction: FastDigest()))
            }
        }
        #expect(commitments.count == 16)
    }

    @Test func aCertificatesCommitmentIsTheDigestOfTagSaltAndDigest() {
        let function = ReferenceSHA256()
        let salt = Array(UInt8(0)..<16)
        let tag = Array("zhixin/1/certificate-commitment".utf8)
        let content = Array("a.b.c".utf8)
        let expected = function.digest([UInt8(tag.count)] + tag + salt + function.digest(content).bytes)
        #expect(Commitments.certificate(salt: salt, issuerSignedJWT: content, digestFunction: function) == expected)
    }

    @Test func accessHeadSetsProveTheirMembersOnly() throws {
        let fixture = LedgerFixture(seed: 3)
        let hasher = MerkleHasher(FastDigest())
        let heads = (0..<64 as Range<UInt64>).map {
            AccessHeads.identifier(of: fixture.headSigner($0).publicKey, digestFunction: FastDigest())
        }
        let set = try #require(AccessHeadSet(heads))
        let root = set.root(hasher)
        for head in heads {
            let proof = try #require(set.membership(of: head, hasher: hasher))
            #expect(AccessHeadSet.isMember(head, of: root, proof: proof, hasher: hasher))
            #expect(!AccessHeadSet.isMember(fixture.digest(1), of: root, proof: proof, hasher: hasher))
            #expect(!AccessHeadSet.isMember(head, of: fixture.digest(2), proof: proof, hasher: hasher))
        }
        #expect(set.membership(of: fixture.digest(1), hasher: hasher) == nil)
        #expect(AccessHeadSet(Array(heads.dropLast())) == nil)
        #expect(AccessHeadSet(heads + [fixture.digest(1)]) == nil)
        #expect(AccessHeadSet(Array(heads.dropLast()) + [heads[0]]) == nil)
    }
}
