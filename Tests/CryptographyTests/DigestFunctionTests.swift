import Cryptography
import Primitives
import TestKit
import Testing

struct DigestFunctionTests {
    private struct SM3File: Decodable {
        struct Vector: Decodable {
            let msg_hex: String?
            let msg_desc: String?
            let digest: String
        }
        let sm3: [Vector]
    }

    /// Every length around the ends of the first five blocks, and an empty input whose pointer may be nil.
    @Test func sha256EqualsTheReferenceAtEveryLength() {
        let reference = ReferenceSHA256()
        var random = SeededRandom(seed: 1)
        for count in 0...300 {
            let bytes = random.bytes(count: count)
            #expect(SHA256Function().digest(bytes) == reference.digest(bytes), "\(count) bytes")
        }
        #expect(
            SHA256Function().digest(UnsafeRawBufferPointer(start: nil, count: 0)).description
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    /// The two examples of GB/T 32905-2016, appendix A.
    @Test(arguments: [
        ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (
            String(repeating: "abcd", count: 16),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        ),
    ])
    func sm3HasTheValuesOfItsStandard(message: String, digest: String) throws {
        #expect(try SM3Function().digest(Array(message.utf8)).description == digest)
    }

    @Test(.enabled(if: Standards.contains("cn/sm3.json"), "cn/sm3.json is absent"))
    func sm3HasThePublishedValues() throws {
        let vectors = try Standards.load("cn/sm3.json", as: SM3File.self).sm3
        #expect(!vectors.isEmpty)
        let function = try SM3Function()
        for vector in vectors {
            let message: [UInt8]
            if let text = vector.msg_hex {
                message = try bytes(text)
            } else {
                #expect(vector.msg_desc == "'a' x 1000000")
                message = [UInt8](repeating: 0x61, count: 1_000_000)
            }
            #expect(function.digest(message).description == vector.digest)
        }
    }
}
