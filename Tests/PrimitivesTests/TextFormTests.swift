import Primitives
import TestKit
import Testing

/// Base64url and hexadecimal.
struct TextFormTests {
    /// RFC 4648 §10, without padding, and RFC 7515 appendix C.
    @Test(
        arguments: [
            ([], ""), ([0x66], "Zg"), ([0x66, 0x6f], "Zm8"), ([0x66, 0x6f, 0x6f], "Zm9v"),
            ([0x66, 0x6f, 0x6f, 0x62], "Zm9vYg"), ([0x66, 0x6f, 0x6f, 0x62, 0x61], "Zm9vYmE"),
            ([0x66, 0x6f, 0x6f, 0x62, 0x61, 0x72], "Zm9vYmFy"), ([3, 236, 255, 224, 193], "A-z_4ME"),
            ([0xff, 0xff, 0xff], "____"), ([0xfb, 0xef, 0xbe], "----"),
        ] as [([UInt8], String)]
    )
    func publishedExamplesOfBase64URL(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(arguments: [
        "A", "AAAAA", "Zg==", "Zg=", "Zm8=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm+v", "Zm/v", "Zm9v.", "Zm9vé", "Zm9v\0",
    ])
    func foreignFormsOfBase64URLAreRefused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    /// Bits that no byte uses must be zero, so that each byte string has one spelling.
    @Test func unusedBitsOfBase64URLAreZero() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        #expect(alphabet.filter { Base64URL.decode("A\($0)") != nil } == "AQgw")
        #expect(alphabet.filter { Base64URL.decode("AA\($0)") != nil } == "AEIMQUYcgkosw048")
        #expect(alphabet.filter { Base64URL.decode("AAA\($0)") != nil } == alphabet)
    }

    @Test func everyDecodableBase64URLEncodesToItself() {
        var random = SeededRandom(seed: 3)
        let alphabet = Array("AQgwZm9v-_=+/ \n8")
        var accepted = 0
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...9, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
            )
            guard let bytes = Base64URL.decode(text) else { continue }
            accepted += 1
            #expect(Base64URL.encode(bytes) == text)
        }
        #expect(accepted > 1000)
    }

    @Test func textFormsComeBackForAllLengths() {
        var random = SeededRandom(seed: 4)
        for count in 0..<200 {
            let bytes = random.bytes(count: count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base64URL.encode(bytes).utf8.count == (count * 4 + 2) / 3)
            #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
        }
    }

    @Test func hexadecimalIsWrittenInLowerCaseAndReadInBoth() {
        #expect(Hexadecimal.encode([0x00, 0x0f, 0xa5, 0xff]) == "000fa5ff")
        #expect(Hexadecimal.decode("000fA5Ff") == [0x00, 0x0f, 0xa5, 0xff])
        #expect(Hexadecimal.decode("") == [])
    }

    @Test(arguments: ["0", "000", "0g", "g0", "0x00", " 00", "00 ", "+1", "-1", "/0", ":0", "@0", "`0", "００", "é"])
    func foreignFormsOfHexadecimalAreRefused(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }
}
