import Glibc
import Ports
import Primitives
import TestKit
import Testing

@testable import Storage

/// Files that were torn, damaged, removed or mixed up (failure cases 3 and 4).
@Suite struct FileVoteJournalTests {
    private let folder = TemporaryFolder()
    private let owner = Digest(words: (1, 2, 3, 4))
    private let firstFile = "/votes-0000000000000000"

    private func bodies(_ count: Int) -> [[UInt8]] { (0..<count).map { [UInt8](repeating: UInt8($0 + 1), count: 20) } }

    private func open(_ name: String, segmentBytes: Int = 4096) throws -> (FileVoteJournal, JournalOpening) {
        let opened = try FileVoteJournal.open(at: folder.path + name, owner: owner, segmentBytes: segmentBytes)
        return (opened.journal, opened.opening)
    }

    /// As a child process does between its fork and its exec.
    @Test func aCopyOfItsDescriptorsDoesNotKeepAnEndedJournalLocked() throws {
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        do {
            let journal = try open("/a").0
            for descriptor in 0..<Int32(4096) {
                var target = [UInt8](repeating: 0, count: 1024)
                let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
                guard count > 0, String(decoding: target.prefix(count), as: UTF8.self).hasPrefix(folder.path) else {
                    continue
                }
                copies.append(dup(descriptor))
            }
            try journal.append(bodies(1))
        }
        #expect(copies.count >= 2)
        #expect(records(try open("/a").1) == bodies(1))
    }

    /// A journal in `name` with `count` records, each synced by itself unless `isOneWrite`.
    private func fill(_ name: String, count: Int, isOneWrite: Bool = false, segmentBytes: Int = 4096) throws {
        let journal = try open(name, segmentBytes: segmentBytes).0
        if isOneWrite {
            try journal.append(bodies(count))
        } else {
            for body in bodies(count) {
                try journal.append([body])
                try journal.sync()
            }
        }
        try journal.sync()
    }

    private func records(_ opening: JournalOpening) -> [[UInt8]] {
        guard case .opened(let records, _) = opening else { return [] }
        return records.map(\.body)
    }

    @Test func checksumIsThatOfTheStandard() {
        // RFC 3720 §B.4.
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(CRC32C.checksum(Array(0..<32)) == 0x46dd_794e)
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
    }

    @Test func everyCutOfTheFileLosesAWholeTailOnly() throws {
        try fill("/whole", count: 3)
        let bytes = try folder.read(folder.path + "/whole" + firstFile)
        let end = JournalSegmentHeader.byteCount + 3 * (JournalRecordFrame.byteCount + 20)
        for length in JournalSegmentHeader.byteCount...end {
            let torn = Array(bytes.prefix(length)) + [UInt8](repeating: 0, count: bytes.count - length)
            let name = "/torn-\(length)"
            try folder.copy(folder.path + "/whole", to: folder.path + name)
            try folder.write(torn, to: folder.path + name + firstFile)
            let (journal, opening) = try open(name)
            let kept = (length - JournalSegmentHeader.byteCount) / (JournalRecordFrame.byteCount + 20)
            #expect(records(opening) == Array(bodies(3).prefix(kept)))
            try journal.append([[9]])
            try journal.sync()
            _ = consume journal
        }
    }

    @Test func recordsAfterACutTailAreFound() throws {
        try fill("/a", count: 3)
        var bytes = try folder.read(folder.path + "/a" + firstFile)
        bytes[JournalSegmentHeader.byteCount + 3 * 44 - 1] ^= 1
        try folder.write(bytes, to: folder.path + "/a" + firstFile)
        do {
            let (journal, opening) = try open("/a")
            #expect(records(opening) == Array(bodies(3).prefix(2)))
            #expect(opening == .opened(records: recordsOf(bodies(2)), tornBytes: 44))
            #expect(try journal.append([[9]]) == 2)
            try journal.sync()
        }
        #expect(records(try open("/a").1) == Array(bodies(2)) + [[9]])
    }

    private func recordsOf(_ bodies: [[UInt8]]) -> [JournalEntry] {
        bodies.enumerated().map { JournalEntry(sequence: UInt64($0.offset), body: $0.element) }
    }

    @Test func flippedBitNeverYieldsAWrongRecord() throws {
        try fill("/whole", count: 4)
        let bytes = try folder.read(folder.path + "/whole" + firstFile)
        let all = bodies(4)
        let recordBytes = JournalRecordFrame.byteCount + 20
        let end = JournalSegmentHeader.byteCount + 4 * recordBytes
        var outcomes: [String: Int] = [:]
        for offset in 0..<(end + 64) {
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            try folder.write(damaged, to: folder.path + "/whole" + firstFile)
            if offset >= end - recordBytes {
                // In the last record, or behind it: cut like a torn tail. Such a bit is told from a torn write by nothing.
                let expected = offset < end ? 3 : 4
                #expect(records(try open("/whole").1) == Array(all.prefix(expected)), "offset \(offset)")
                outcomes["cut", default: 0] += 1
            } else {
                #expect("offset \(offset)") {
                    _ = try open("/whole")
                } throws: { error in
                    switch error {
                    case JournalError.damagedBeforeTail, JournalError.ofAnotherOwner, JournalError.formatUnknown: true
                    default: false
                    }
                }
                outcomes["refused", default: 0] += 1
            }
        }
        #expect(outcomes == ["cut": recordBytes + 64, "refused": end - recordBytes])
    }

    @Test func refusalNamesThePlace() throws {
        try fill("/a", count: 3)
        var bytes = try folder.read(folder.path + "/a" + firstFile)
        bytes[JournalSegmentHeader.byteCount + 44 + 30] ^= 0x10
        try folder.write(bytes, to: folder.path + "/a" + firstFile)
        #expect(throws: JournalError.damagedBeforeTail(file: "votes-0000000000000000", offset: 108)) {
            try open("/a")
        }
        // A refusal changes nothing.
        #expect(try folder.read(folder.path + "/a" + firstFile) == bytes)
    }

    @Test func missingStartOfOneUnfinishedWriteIsATornTail() throws {
        // The disk kept the second half of one write and not the first: nothing of it had been synced.
        try fill("/a", count: 2)
        do {
            let journal = try open("/a").0
            try journal.append(bodies(3))
        }
        var bytes = try folder.read(folder.path + "/a" + firstFile)
        let start = JournalSegmentHeader.byteCount + 2 * 44
        for offset in start..<(start + 44) { bytes[offset] = 0 }
        try folder.write(bytes, to: folder.path + "/a" + firstFile)
        let opening = try open("/a").1
        #expect(opening == .opened(records: recordsOf(bodies(2)), tornBytes: 132))
    }

    @Test func missingStartOfAWriteThatALaterSyncFollowsIsDamage() throws {
        try fill("/a", count: 2)
        do {
            let journal = try open("/a").0
            try journal.append(bodies(2))
            try journal.sync()
            try journal.append([[5]])
        }
        var bytes = try folder.read(folder.path + "/a" + firstFile)
        let start = JournalSegmentHeader.byteCount + 2 * 44
        for offset in start..<(start + 44) { bytes[offset] = 0 }
        try folder.write(bytes, to: folder.path + "/a" + firstFile)
        #expect(throws: JournalError.damagedBeforeTail(file: "votes-0000000000000000", offset: UInt64(start))) {
            try open("/a")
        }
    }

    @Test func recordThatSomeoneHidInABodyIsNoRecord() throws {
        // The body is a whole journal file's records. When it is torn, they must not pass for what follows it.
        try fill("/other", count: 3)
        let other = try folder.read(folder.path + "/other" + firstFile)
        let hidden = Array(other[JournalSegmentHeader.byteCount..<(JournalSegmentHeader.byteCount + 132)])
        do {
            let journal = try open("/a").0
            try journal.append([hidden])
            try journal.sync()
        }
        var bytes = try folder.read(folder.path + "/a" + firstFile)
        bytes[JournalSegmentHeader.byteCount + 4] ^= 1
        try folder.write(bytes, to: folder.path + "/a" + firstFile)
        #expect(try open("/a").1 == .opened(records: [], tornBytes: UInt64(JournalRecordFrame.byteCount + 132)))
    }

    @Test func removedFileInTheMiddleIsAGap() throws {
        try fill("/a", count: 40, segmentBytes: 512)
        let names = try folder.names(folder.path + "/a").filter { $0.hasPrefix("votes-") }
        #expect(names.count == 4)
        try folder.remove(folder.path + "/a/" + names[1])
        #expect(throws: JournalError.sequenceGap(file: names[2], expected: 10, found: 20)) {
            try open("/a", segmentBytes: 512)
        }
    }

    @Test func damageInAnOlderFileIsNeverATornTail() throws {
        try fill("/a", count: 40, segmentBytes: 512)
        let names = try folder.names(folder.path + "/a").filter { $0.hasPrefix("votes-") }
        let file = folder.path + "/a/" + names[0]
        var bytes = try folder.read(file)
        let last = JournalSegmentHeader.byteCount + 9 * 44
        bytes[last + 30] ^= 1
        try folder.write(bytes, to: file)
        #expect(throws: JournalError.damagedBeforeTail(file: names[0], offset: UInt64(last))) {
            try open("/a", segmentBytes: 512)
        }
    }

    @Test func fileThatWasBeingMadeIsIgnored() throws {
        try fill("/a", count: 2)
        try folder.write([1, 2, 3], to: folder.path + "/a/unfinished")
        #expect(records(try open("/a").1) == bodies(2))
    }

    @Test func shortenedFileLosesNothingThatItStillHolds() throws {
        try fill("/a", count: 2)
        let bytes = try folder.read(folder.path + "/a" + firstFile)
        try folder.write(Array(bytes.prefix(JournalSegmentHeader.byteCount + 88)), to: folder.path + "/a" + firstFile)
        do {
            let (journal, opening) = try open("/a")
            #expect(records(opening) == bodies(2))
            try journal.append([[7]])
            try journal.sync()
        }
        #expect(records(try open("/a").1) == bodies(2) + [[7]])
    }

    @Test func emptyFileIsDamage() throws {
        try fill("/a", count: 2)
        try folder.write([], to: folder.path + "/a" + firstFile)
        #expect(throws: JournalError.damagedBeforeTail(file: "votes-0000000000000000", offset: 0)) { try open("/a") }
    }

    @Test func journalOfAnotherOwnerIsRefused() throws {
        try fill("/a", count: 1)
        #expect(throws: JournalError.ofAnotherOwner(found: owner)) {
            try FileVoteJournal.open(at: folder.path + "/a", owner: .zero)
        }
    }

    @Test func recordThatIsLargerThanAFileGetsALargerFile() throws {
        let large = [UInt8](repeating: 3, count: 10_000)
        do {
            let journal = try open("/a", segmentBytes: 512).0
            try journal.append([[1], large, [2]])
            try journal.sync()
        }
        #expect(records(try open("/a", segmentBytes: 512).1) == [[1], large, [2]])
    }
}
