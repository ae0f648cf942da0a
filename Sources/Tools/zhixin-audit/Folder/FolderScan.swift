import LedgerModel
import Merkle
import Primitives

/// One walk over all entries of a folder: what is there is compared, what is not there shows in the counts.
struct FolderScan {
    private let height: Height
    private let tip: [UInt8]
    private let history: TileLevels
    private var counts: [UInt8: UInt64] = [:]

    init(height: Height, hasTip tip: [UInt8], history: TileLevels) {
        self.height = height
        self.tip = tip
        self.history = history
    }

    mutating func compare(
        _ key: [UInt8],
        _ value: [UInt8],
        with contents: borrowing ReplayLedger.Contents
    ) throws(AuditFault) {
        guard let name = key.first else { throw fault(.storedUnknown, key, "an entry with an empty key") }
        let place = counts[name, default: 0]
        counts[name] = place + 1
        switch Unicode.Scalar(name) {
        case "r":
            guard key.count == 9, let position = FolderKey.number(key.dropFirst()),
                contents.records.bytes(at: Position(position)) == value
            else { throw fault(.storedRecord, key, "position \(FolderKey.number(key.dropFirst()) ?? .max)") }
            // In order, so that the first one missing is named.
            guard position == place else { throw fault(.storedRecord, key, "position \(place) is missing") }
        case "k":
            guard let record = FolderKey.recordKey(key), let position = FolderKey.number(value),
                contents.position(of: record) == Position(position), FolderKey.shortest(position) == value
            else { throw fault(.storedIndex, key, "names \(Hexadecimal.encode(value))") }
        case "t":
            guard let tile = FolderKey.tile(key), contents.tiles.tile(tile)?.canonicalBytes == value else {
                throw fault(.storedRegisterTile, key, "\(value.count / Digest.byteCount) digests")
            }
        case "T":
            guard let tile = FolderKey.tile(key), history.tile(tile)?.canonicalBytes == value else {
                throw fault(.storedHistoryTile, key, "\(value.count / Digest.byteCount) digests")
            }
        case "m":
            guard key.count == 1, value == tip else {
                throw fault(.storedTip, key, "found \(Hexadecimal.encode(value)), computed \(Hexadecimal.encode(tip))")
            }
        case "h", "b", "c", "v", "d", "x": break
        default: throw fault(.storedUnknown, key, "\(value.count) bytes")
        }
    }

    mutating func compareInclusions(
        _ key: [UInt8],
        _ value: [UInt8],
        expected: (Height) -> [UInt8]?
    ) throws(AuditFault) {
        guard key.count == 9, let number = FolderKey.number(key.dropFirst()), expected(Height(number)) == value else {
            throw fault(.storedInclusions, key, "\(value.count) bytes")
        }
    }

    /// Everything that was compared during the replay was there; so a right number means that nothing else is.
    func checkCounts(_ expected: [UInt8: UInt64]) throws(AuditFault) {
        for name in Set(expected.keys).union(counts.keys).sorted() {
            let (found, needed) = (counts[name, default: 0], expected[name, default: 0])
            guard found == needed else {
                let detail = "\(found) entries of kind \(Unicode.Scalar(name)), computed \(needed)"
                throw AuditFault(height: height, rule: FolderScan.rule(of: name), detail: detail)
            }
        }
    }

    private static func rule(of name: UInt8) -> AuditRule {
        switch Unicode.Scalar(name) {
        case "r": .storedRecord
        case "k": .storedIndex
        case "t": .storedRegisterTile
        case "T": .storedHistoryTile
        case "m": .storedTip
        default: .storedLookup
        }
    }

    private func fault(_ rule: AuditRule, _ key: [UInt8], _ detail: String) -> AuditFault {
        AuditFault(height: height, rule: rule, detail: "under \(Hexadecimal.encode(key)): \(detail)")
    }
}

extension ReplayLedger.Contents {
    /// Where the replay put the record with `key`.
    func position(of key: RecordKey) -> Position? {
        index.position(of: key) { position in
            guard let bytes = records.bytes(at: position) else { return false }
            do throws(DecodeError) {
                return try Record(canonicalBytes: bytes).key == key
            } catch {
                return false
            }
        }
    }
}
