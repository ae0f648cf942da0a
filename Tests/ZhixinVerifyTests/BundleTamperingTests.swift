import Consensus
import LedgerModel
import Merkle
import Primitives
import TestKit
import Testing
import ZhixinVerify

/// Nothing in a bundle can be changed: every damaged or mixed bundle ends in an error that has a name.
struct BundleTamperingTests {
    private let world: BundleWorld
    private let bundle: OfflineBundle

    init() throws {
        // A digest function that is one: with `FastDigest` a refusal could be luck.
        world = try BundleWorld(fixture: LedgerFixture(digestFunction: ReferenceSHA256()))
        bundle = try world.bundle()
    }

    private func refusal(of bytes: [UInt8]) -> BundleError? {
        do throws(BundleError) {
            _ = try world.verifier.verify(bytes: bytes, now: BundleWorld.now)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let bytes = bundle.canonicalBytes
        #expect(refusal(of: bytes) == nil)
        var codes: [String: Int] = [:]
        for bit in 0..<(bytes.count * 8) {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = refusal(of: damaged)
            #expect(error != nil, "bit \(bit) of \(bytes.count) bytes")
            if let error { codes[error.code, default: 0] += 1 }
        }
        // Every line of defence took part.
        let expected: Set = [
            "malformed", "other-network", "header-not-certified", "record-not-in-register", "presentation-malformed",
            "other-certificate", "disclosure-not-in-certificate",
        ]
        #expect(expected.isSubset(of: codes.keys), "\(codes)")
    }

    @Test func everyShortenedOrLengthenedBundleIsMalformed() throws {
        let bytes = bundle.canonicalBytes
        for count in 0..<bytes.count {
            guard case .malformed = refusal(of: Array(bytes.prefix(count))) else {
                Issue.record("\(count) of \(bytes.count) bytes")
                return
            }
        }
        #expect(refusal(of: bytes + [0]) == .malformed(.trailingBytes(count: 1)))
    }

    @Test func damagedBytesDecodeToThemselvesOrNotAtAll() {
        var fuzz = DecoderFuzz(seed: 11)
        #expect(fuzz.counterexample(samples: [bundle], rounds: 20_000) == nil)
    }

    @Test func partsOfTwoGoodBundlesDoNotMix() throws {
        var later = world
        try later.change(to: .suspended, id: 20)
        try later.change(to: .active, id: 21)
        let other = try later.bundle()
        #expect(world.refusal(of: other) == nil)
        let mixed = [
            bundle.replacing(record: other.record), bundle.replacing(inclusion: other.inclusion),
            bundle.replacing(header: other.header), bundle.replacing(certificate: other.certificate),
            bundle.replacing(header: other.header, certificate: other.certificate),
            bundle.replacing(record: other.record, inclusion: other.inclusion),
        ]
        for (index, mixture) in mixed.enumerated() where mixture != bundle && mixture != other {
            #expect(world.refusal(of: mixture) != nil, "mixture \(index)")
        }
    }

    @Test func anotherPositionOfTheSameTreeIsRefused() throws {
        for position in 0..<bundle.header.registerSize where Position(position) != bundle.position {
            let moved = InclusionProof(
                position: Position(position),
                size: bundle.inclusion.size,
                path: bundle.inclusion.path
            )
            guard case .record(.notInRegister) = world.refusal(of: bundle.replacing(inclusion: moved)) else {
                Issue.record("position \(position)")
                return
            }
        }
    }

    @Test func anotherSizeThanTheHeadersIsRefused() throws {
        let size = bundle.header.registerSize
        let moved = InclusionProof(position: bundle.position, size: size + 1, path: bundle.inclusion.path)
        let expected = RecordProofError.otherRegisterSize(found: size + 1, expected: size)
        #expect(world.refusal(of: bundle.replacing(inclusion: moved)) == .record(expected))
    }
}
