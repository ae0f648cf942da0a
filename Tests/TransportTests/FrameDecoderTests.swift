import NIOCore
import Ports
import Primitives
import TestKit
import Testing
import Transport

@Suite struct FrameDecoderTests {
    private func stream(_ frames: [Frame]) -> [UInt8] {
        frames.flatMap { frame in
            switch frame {
            case .data(let body): HostileClient.frame(body)
            case .control(let body): HostileClient.frame(body, isControl: true)
            }
        }
    }

    @Test func headerIsALittleEndianLength() {
        #expect(HostileClient.frame([7, 8]) == [2, 0, 0, 0, 7, 8])
        #expect(HostileClient.frame([7], isControl: true) == [1, 0, 0, 0x80, 7])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func streamCutAnywhereGivesTheSameFrames(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let frames: [Frame] = (0..<60).map { _ in
            random.chance(1, in: 5)
                ? .control(random.bytes(count: Int.random(in: 1...LinkControl.bytesMax, using: &random)))
                : .data(random.bytes(count: Int.random(in: 1...2_000, using: &random)))
        }
        var rest = stream(frames)[...]
        var decoder = FrameDecoder()
        var found: [Frame] = []
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...1_500, using: &random))
            rest = rest.dropFirst(piece.count)
            decoder.append(ByteBuffer(bytes: piece))
            while let frame = try decoder.next(dataBytesMax: 2_000) { found.append(frame) }
        }
        #expect(found == frames)
        #expect(decoder.pendingByteCount == 0)
    }

    @Test func lengthsAreJudgedByTheHeaderAlone() throws {
        var decoder = FrameDecoder()
        decoder.append(ByteBuffer(bytes: [0, 0, 0, 0]))
        #expect(throws: FrameError.empty) { try decoder.next(dataBytesMax: 10) }
        decoder = FrameDecoder()
        decoder.append(ByteBuffer(bytes: [11, 0, 0, 0]))
        #expect(throws: FrameError.oversized(announced: 11)) { try decoder.next(dataBytesMax: 10) }
        decoder = FrameDecoder()
        decoder.append(ByteBuffer(bytes: [10, 0, 0, 0]))
        let incomplete = try decoder.next(dataBytesMax: 10)
        #expect(incomplete == nil)
    }

    /// Failure case 10: what a header announces costs no memory.
    @Test func announcedBytesAreNotAllocatedBeforeTheyArrive() throws {
        var decoder = FrameDecoder()
        decoder.append(ByteBuffer(bytes: [0, 0, 0x80, 0]))
        for _ in 0..<100 {
            let incomplete = try decoder.next(dataBytesMax: Limits.frameBytesMax)
            #expect(incomplete == nil)
            decoder.append(ByteBuffer(bytes: [1]))
        }
        #expect(decoder.pendingByteCount == 104)
        #expect(decoder.capacity <= 512)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func randomBytesNeitherCrashNorGrow(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            var decoder = FrameDecoder()
            var written = 0
            decoding: for _ in 0..<20 {
                var bytes = random.bytes(count: Int.random(in: 1...64, using: &random))
                // Lengths that are small often enough to be frames.
                if bytes.count > 4, random.chance(1, in: 2) { bytes.replaceSubrange(1..<4, with: [0, 0, 0]) }
                written += bytes.count
                decoder.append(ByteBuffer(bytes: bytes))
                do {
                    while let frame = try decoder.next(dataBytesMax: 1_000) {
                        guard case .data(let body) = frame else { continue }
                        #expect((1...1_000).contains(body.count))
                    }
                } catch {
                    break decoding
                }
                #expect(decoder.pendingByteCount <= written)
            }
        }
    }
}

@Suite struct LinkControlTests {
    private let hello = LinkHello(version: 1, network: TCPWorld.network, identifier: NodeID(513))

    @Test func helloHasTheBytesOfItsPage() throws {
        let tag = Array("zhixin/1/link-hello".utf8)
        let expected: [UInt8] = [0, UInt8(tag.count)] + tag + [1, 0] + TCPWorld.network.bytes + [1, 2]
        #expect(LinkControl.hello(hello).canonicalBytes == expected)
        #expect(LinkControl.ping.canonicalBytes == [1])
        #expect(try LinkControl(canonicalBytes: expected) == .hello(hello))
        #expect(expected.count <= LinkControl.bytesMax)
    }

    @Test func helloOfALaterVersionMayHaveMoreFields() throws {
        let later = LinkControl.hello(LinkHello(version: 2, network: .zero, identifier: NodeID(1)))
        let bytes = later.canonicalBytes + [1, 2, 3]
        #expect(try LinkControl(bytes: bytes, version: 1) == later)
        #expect(throws: DecodeError.trailingBytes(count: 3)) { try LinkControl(bytes: bytes, version: 2) }
        #expect(throws: DecodeError.trailingBytes(count: 1)) { try LinkControl(bytes: [1, 0], version: 1) }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func mutatedMessagesAreRefusedOrCanonical(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var bytes = random.chance(1, in: 4) ? random.bytes(count: 40) : LinkControl.hello(hello).canonicalBytes
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.chance(1, in: 4) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            if let message = try? LinkControl(canonicalBytes: bytes) { #expect(message.canonicalBytes == bytes) }
        }
    }
}
