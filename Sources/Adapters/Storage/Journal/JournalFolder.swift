import Glibc
import Ports
import Primitives

/// A journal file that records are being added to.
struct JournalSegment {
    let file: OpenFile
    let header: JournalSegmentHeader
    /// Where the file ends.
    let byteCount: Int
    /// Where the next record begins.
    private(set) var offset: Int

    init(file: OpenFile, header: JournalSegmentHeader, byteCount: Int, offset: Int) {
        self.file = file
        self.header = header
        self.byteCount = byteCount
        self.offset = offset
    }

    mutating func write(_ bytes: [UInt8]) throws(JournalError) {
        guard !bytes.isEmpty else { return }
        precondition(offset + bytes.count <= byteCount, "a record lies within its file")
        do throws(FileError) { try file.write(bytes, at: offset) } catch { throw JournalError(error) }
        offset += bytes.count
    }

    func synchronise() throws(JournalError) {
        do throws(FileError) { try file.synchronise() } catch { throw JournalError(error) }
    }
}

/// The folder of a journal, locked.
struct JournalFolder: Sendable {
    private static let lockName = "lock"
    private static let prefix = "votes-"
    private static let unfinishedName = "unfinished"

    /// What the files of a journal hold together.
    struct Content {
        var records: [JournalEntry] = []
        var segments: [UInt64] = []
        var nextSequence: UInt64 = 0
        var tornBytes = 0
        fileprivate var newestHeader: JournalSegmentHeader
        fileprivate var newestByteCount = 0
        fileprivate var newestOffset = 0
        fileprivate var newestUsed = 0
    }

    private let folder: Folder
    private let lock: OpenFile
    private let owner: Digest

    init(opening path: String, owner: Digest) throws(JournalError) {
        self.owner = owner
        do throws(FileError) {
            folder = try Folder(creating: path)
            lock = try OpenFile(path: folder.file(JournalFolder.lockName), flags: O_RDWR | O_CREAT, isLocked: true)
        } catch {
            if error.operation == "lock", error.code == EWOULDBLOCK { throw .lockedByAnother(folder: path) }
            throw JournalError(error)
        }
    }

    /// Reads and checks all files. Nil when there are none.
    func read() throws(JournalError) -> Content? {
        var content: Content?
        for name in try segmentNames() {
            let bytes: [UInt8]
            do throws(FileError) {
                bytes = try OpenFile(path: folder.file(name), flags: O_RDONLY).readAll()
            } catch {
                throw JournalError(error)
            }
            let header = try self.header(of: bytes, name: name)
            if let fault = content?.fault(before: header, name: name) { throw fault }
            let scan = JournalScan(file: bytes, header: header)
            guard scan.end != .damaged else { throw .damagedBeforeTail(file: name, offset: UInt64(scan.endOffset)) }
            if content == nil { content = Content(newestHeader: header) }
            content?.add(scan, of: header, byteCount: bytes.count)
        }
        return content
    }

    /// Cuts the torn tail and opens the newest file for writing.
    func continueNewest(_ content: Content) throws(JournalError) -> JournalSegment {
        do throws(FileError) {
            let file = try OpenFile(path: folder.file(content.name), flags: O_RDWR)
            try file.writeZeros(from: content.newestOffset, to: content.newestUsed)
            // A crashed process may have left records that only the system's memory holds: they count from now on.
            try file.synchronise()
            file.forgetCached()
            return JournalSegment(
                file: file,
                header: content.newestHeader,
                byteCount: content.newestByteCount,
                offset: content.newestOffset
            )
        } catch {
            throw JournalError(error)
        }
    }

    /// Makes a file of zeros that begins with `firstSequence`. It gets its name when it is whole and on the disk.
    func create(firstSequence: UInt64, byteCount: Int) throws(JournalError) -> JournalSegment {
        var generator = SystemRandomNumberGenerator()
        let header = JournalSegmentHeader(owner: owner, firstSequence: firstSequence, nonce: generator.next())
        do throws(FileError) {
            let path = folder.file(JournalFolder.unfinishedName)
            let file = try OpenFile(path: path, flags: O_RDWR | O_CREAT | O_TRUNC)
            try file.fillWithZeros(count: byteCount)
            try file.write(header.bytes, at: 0)
            try file.synchronise()
            file.forgetCached()
            try folder.rename(JournalFolder.unfinishedName, to: JournalFolder.name(firstSequence))
            try folder.synchronise()
            return JournalSegment(
                file: file,
                header: header,
                byteCount: byteCount,
                offset: JournalSegmentHeader.byteCount
            )
        } catch {
            throw JournalError(error)
        }
    }

    func remove(firstSequence: UInt64) throws(JournalError) {
        do throws(FileError) { try folder.remove(JournalFolder.name(firstSequence)) } catch {
            throw JournalError(error)
        }
    }

    func synchronise() throws(JournalError) {
        do throws(FileError) { try folder.synchronise() } catch { throw JournalError(error) }
    }

    private func segmentNames() throws(JournalError) -> [String] {
        do throws(FileError) {
            return try folder.names().filter { $0.hasPrefix(JournalFolder.prefix) }
        } catch {
            throw JournalError(error)
        }
    }

    private func header(of bytes: [UInt8], name: String) throws(JournalError) -> JournalSegmentHeader {
        let header: JournalSegmentHeader
        do throws(JournalSegmentHeader.Fault) {
            header = try JournalSegmentHeader(reading: bytes)
        } catch {
            switch error {
            case .damaged: throw .damagedBeforeTail(file: name, offset: 0)
            case .formatUnknown(let version): throw .formatUnknown(file: name, found: version)
            }
        }
        guard header.owner == owner else { throw .ofAnotherOwner(found: header.owner) }
        guard JournalFolder.name(header.firstSequence) == name else { throw .damagedBeforeTail(file: name, offset: 0) }
        return header
    }

    fileprivate static func name(_ firstSequence: UInt64) -> String {
        let digits = withUnsafeBytes(of: firstSequence.bigEndian) { Hexadecimal.encode($0) }
        return prefix + digits
    }
}

extension JournalFolder.Content {
    /// The name of the newest file.
    fileprivate var name: String { JournalFolder.name(newestHeader.firstSequence) }

    /// Why a file that begins with `header` cannot be the next one.
    fileprivate func fault(before header: JournalSegmentHeader, name: String) -> JournalError? {
        guard nextSequence != header.firstSequence else { return nil }
        return tornBytes > 0 && header.firstSequence > nextSequence
            ? .damagedBeforeTail(file: self.name, offset: UInt64(newestOffset))
            : .sequenceGap(file: name, expected: nextSequence, found: header.firstSequence)
    }

    /// Takes in what the next file holds.
    fileprivate mutating func add(_ scan: JournalScan, of header: JournalSegmentHeader, byteCount: Int) {
        records += scan.records
        segments.append(header.firstSequence)
        nextSequence = scan.nextSequence
        tornBytes = scan.end == .torn ? scan.usedByteCount - scan.endOffset : 0
        newestHeader = header
        newestByteCount = byteCount
        newestOffset = scan.endOffset
        newestUsed = max(scan.usedByteCount, scan.endOffset)
    }
}

extension JournalError {
    init(_ error: FileError) {
        self = .failed(operation: error.operation, file: error.path, code: error.code)
    }
}
