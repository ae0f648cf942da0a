import Cryptography
import Primitives
import TestKit
import Testing

struct SignatureEncodingTests {
    @Test(arguments: [
        ("00", "01", "3006020100020101"),
        ("7f", "80", "300702017f02020080"),
        ("0100", "ff", "3008020201000202 00ff"),
    ])
    func smallNumbersHaveTheirShortestForm(first: String, second: String, der: String) throws {
        let signature = try #require(Signature(try number(first) + number(second)))
        let expected = try bytes(der.filter { $0 != " " })
        #expect(SignatureEncoding.der(of: signature) == expected)
        #expect(SignatureEncoding.signature(fromDER: expected) == signature)
    }

    @Test func theLongestFormHasTheStatedLength() throws {
        let signature = try #require(Signature([UInt8](repeating: 0xff, count: 64)))
        let der = SignatureEncoding.der(of: signature)
        #expect(der.count == SignatureEncoding.derByteCountMax)
        #expect(SignatureEncoding.signature(fromDER: der) == signature)
    }

    @Test(arguments: [
        "", "30", "3000", "3003020101", "300602010002010100",
        // A superfluous zero byte, a negative number, an empty one, a long length, a foreign tag, a number of 33 bytes.
        "30070202007f020101", "3006020180020101", "30050200020101", "308106020100020101", "3106020100020101",
        "3006030100020101",
        "3026022101000000000000000000000000000000000000000000000000000000000000000000020101",
    ])
    func otherFormsAreRefused(der: String) throws {
        #expect(SignatureEncoding.signature(fromDER: try bytes(der)) == nil)
    }

    @Test func everySignatureHasOneForm() throws {
        var random = SeededRandom(seed: 7)
        for round in 0..<2000 {
            var bytes = random.bytes(count: 64)
            for index in 0..<(round % 33) { bytes[index] = 0 }
            let signature = try #require(Signature(bytes))
            var der = SignatureEncoding.der(of: signature)
            #expect(SignatureEncoding.signature(fromDER: der) == signature)
            let place = Int.random(in: 0..<der.count, using: &random)
            der[place] = UInt8.random(in: 0...255, using: &random)
            if let other = SignatureEncoding.signature(fromDER: der) {
                #expect(SignatureEncoding.der(of: other) == der)
            }
        }
    }

    private func number(_ digits: String) throws -> [UInt8] {
        let bytes = try bytes(digits)
        return [UInt8](repeating: 0, count: 32 - bytes.count) + bytes
    }
}
