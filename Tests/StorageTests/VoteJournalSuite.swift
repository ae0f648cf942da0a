import Ports
import Primitives
import Storage
import TestKit
import Testing

/// A journal whose owner can be ended and started again: files on disk, or their in-memory twin.
enum JournalUnderTest: String, CaseIterable, CustomTestStringConvertible {
    case file
    case memory

    var testDescription: String { rawValue }

    func make() -> any JournalHost {
        switch self {
        case .file: FileJournalHost()
        case .memory: MemoryJournalHost()
        }
    }
}

protocol JournalHost {
    func open() throws(JournalError) -> (journal: any VoteJournal, opening: JournalOpening)
}

private struct FileJournalHost: JournalHost {
    let folder = TemporaryFolder()

    func open() throws(JournalError) -> (journal: any VoteJournal, opening: JournalOpening) {
        let opened = try FileVoteJournal.open(at: folder.path + "/votes", owner: .zero, segmentBytes: 512)
        return (opened.journal, opened.opening)
    }
}

private struct MemoryJournalHost: JournalHost {
    let disk = InMemoryJournalDisk()

    func open() throws(JournalError) -> (journal: any VoteJournal, opening: JournalOpening) {
        let opened = try disk.open(owner: .zero)
        return (opened.journal, opened.opening)
    }
}

/// What both journals promise.
@Suite struct VoteJournalSuite {
    private func body(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(number), count: 40 + number) }

    @Test(arguments: JournalUnderTest.allCases)
    func newJournalSaysThatItWasCreated(_ kind: JournalUnderTest) throws {
        let host = kind.make()
        #expect(try host.open().opening == .created)
        #expect(try host.open().opening == .opened(records: [], tornBytes: 0))
    }

    @Test(arguments: JournalUnderTest.allCases)
    func recordsComeBackInOrderWithTheirNumbers(_ kind: JournalUnderTest) throws {
        let host = kind.make()
        do {
            let journal = try host.open().journal
            #expect(try journal.append([body(0), body(1)]) == 0)
            try journal.sync()
            #expect(try journal.append([body(2)]) == 2)
            #expect(try journal.append([]) == 3)
            try journal.sync()
            #expect(journal.nextSequence == 3)
        }
        let expected = (0..<3).map { JournalEntry(sequence: UInt64($0), body: body($0)) }
        do {
            let (journal, opening) = try host.open()
            #expect(opening == .opened(records: expected, tornBytes: 0))
            #expect(try journal.append([body(3)]) == 3)
            try journal.sync()
        }
        guard case .opened(let records, _) = try host.open().opening else {
            Issue.record("the journal was not found")
            return
        }
        #expect(records == expected + [JournalEntry(sequence: 3, body: body(3))])
    }

    @Test(arguments: JournalUnderTest.allCases)
    func emptyRecordsAreRecords(_ kind: JournalUnderTest) throws {
        let host = kind.make()
        do {
            let journal = try host.open().journal
            try journal.append([[], []])
            try journal.sync()
        }
        let expected = [JournalEntry(sequence: 0, body: []), JournalEntry(sequence: 1, body: [])]
        #expect(try host.open().opening == .opened(records: expected, tornBytes: 0))
    }

    @Test(arguments: JournalUnderTest.allCases)
    func secondOwnerIsRefusedUntilTheFirstIsGone(_ kind: JournalUnderTest) throws {
        let host = kind.make()
        let first = try host.open().journal
        #expect { _ = try host.open() } throws: { error in
            guard case JournalError.lockedByAnother = error else { return false }
            return true
        }
        try first.sync()
    }

    @Test(arguments: JournalUnderTest.allCases)
    func cutKeepsEverythingFromTheMarkOn(_ kind: JournalUnderTest) throws {
        let host = kind.make()
        do {
            let journal = try host.open().journal
            for number in 0..<40 {
                try journal.append([body(number)])
                try journal.sync()
            }
            try journal.cut(below: 25)
            try journal.append([body(40)])
            try journal.sync()
        }
        guard case .opened(let records, 0) = try host.open().opening else {
            Issue.record("the journal was not found")
            return
        }
        #expect(records.suffix(16).map(\.sequence) == Array(25...40))
        #expect(records.allSatisfy { $0.body == body(Int($0.sequence)) })
        #expect(records.count < 30)
    }

    @Test(arguments: JournalUnderTest.allCases)
    func cutOfEverythingKeepsTheNumbering(_ kind: JournalUnderTest) throws {
        let host = kind.make()
        do {
            let journal = try host.open().journal
            for number in 0..<40 { try journal.append([body(number)]) }
            try journal.sync()
            try journal.cut(below: 40)
        }
        #expect(try host.open().journal.nextSequence == 40)
    }

    @Test(arguments: JournalUnderTest.allCases)
    func recordOverTheLimitIsRefusedAndTheJournalGoesOn(_ kind: JournalUnderTest) throws {
        let host = kind.make()
        let journal = try host.open().journal
        let limit = JournalLimits.recordBytesMax
        #expect(throws: JournalError.recordTooLarge(found: limit + 1)) {
            try journal.append([[1], [UInt8](repeating: 0, count: limit + 1)])
        }
        #expect(try journal.append([[UInt8](repeating: 7, count: limit)]) == 0)
        try journal.sync()
        withExtendedLifetime(host) {}
    }
}
