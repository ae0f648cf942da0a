import Primitives
import TestKit
import Testing

/// The reference function against the examples that NIST publishes with FIPS 180-4.
struct ReferenceSHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
                + "mnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func publishedExampleHasPublishedDigest(message: String, digest: String) {
        #expect(ReferenceSHA256().digest(Array(message.utf8)).description == digest)
    }

    @Test func manyBlocksHavePublishedDigest() {
        let message = [UInt8](repeating: 0x61, count: 100_000)
        #expect(
            ReferenceSHA256().digest(message).description
                == "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"
        )
    }

    /// Digest of the digests of 0...130 zero bytes: every way the padding can fall.
    @Test func everyPaddingLengthIsRight() {
        let sha = ReferenceSHA256()
        let all = (0...130).flatMap { sha.digest([UInt8](repeating: 0, count: $0)).bytes }
        #expect(sha.digest(all).description == "d6e99a52e4f306ac462a8669cfa9744fc9ac0cd54f1c1c92b91d2e3257397ead")
    }
}
