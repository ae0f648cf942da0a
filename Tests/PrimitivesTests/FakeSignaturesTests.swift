import Primitives
import TestKit
import Testing

struct FakeSignaturesTests {
    private let scheme = FakeSignatures(seed: 7)

    @Test(arguments: [0, 1, 7, 8, 9, 63, 64, 65, 1000])
    func signatureVerifiesForItsMessageOnly(byteCount: Int) {
        let signer = scheme.signer(3)
        var message = [UInt8](repeating: 0, count: byteCount)
        let signature = signer.sign(message)
        #expect(scheme.isValid(signature, of: message, by: signer.publicKey))
        #expect(!scheme.isValid(signature, of: message + [0], by: signer.publicKey))
        for index in message.indices {
            message[index] ^= 1
            #expect(!scheme.isValid(signature, of: message, by: signer.publicKey))
            message[index] ^= 1
        }
    }

    @Test func everyBitOfASignatureCounts() throws {
        let signer = scheme.signer(0)
        let bytes = signer.sign([1, 2, 3]).bytes
        for bit in 0..<(bytes.count * 8) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!scheme.isValid(try #require(Signature(changed)), of: [1, 2, 3], by: signer.publicKey))
        }
    }

    @Test func signersDoNotVerifyForEachOther() {
        let signers = (0..<20).map { scheme.signer($0) }
        #expect(Set(signers.map(\.publicKey)).count == 20)
        for (index, signer) in signers.enumerated() {
            let signature = signer.sign([9])
            for (other, holder) in signers.enumerated() {
                #expect(scheme.isValid(signature, of: [9], by: holder.publicKey) == (index == other))
            }
        }
    }

    @Test func keysOfAnotherSeedAreOthers() {
        let other = FakeSignatures(seed: 8)
        #expect(other.signer(0).publicKey != scheme.signer(0).publicKey)
        #expect(!other.isValid(scheme.signer(0).sign([]), of: [], by: scheme.signer(0).publicKey))
    }

    @Test func keyOfAnotherAlgorithmIsRefused() throws {
        let signer = scheme.signer(0)
        let key = try #require(PublicKey(algorithm: .p256, bytes: [2] + signer.publicKey.bytes))
        #expect(!scheme.isValid(signer.sign([1]), of: [1], by: key))
    }

    @Test func signerRepeatsItself() {
        #expect(scheme.signer(5).sign([1]) == FakeSignatures(seed: 7).signer(5).sign([1]))
    }
}
