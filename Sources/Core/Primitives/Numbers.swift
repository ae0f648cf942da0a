/// A whole number that means one thing, so that a height is never taken for a view.
package protocol WrappedInteger: Hashable, Comparable, CanonicalCodable, CustomStringConvertible {
    associatedtype RawValue: FixedWidthInteger & UnsignedInteger & CanonicalCodable
    var rawValue: RawValue { get }
    init(_ rawValue: RawValue)
}

extension WrappedInteger {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var description: String { rawValue.description }

    package func encode(to encoder: inout CanonicalEncoder) { rawValue.encode(to: &encoder) }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        self.init(try RawValue(from: &decoder))
    }
}

/// A block's place in the chain. Genesis is 0.
package struct Height: WrappedInteger {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static let genesis = Height(0)
    package var next: Height { Height(rawValue + 1) }
}

/// A numbered attempt to agree on one block, from 1 in each epoch; view 0 is the epoch's first parent.
package struct View: WrappedInteger {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static let zero = View(0)
    package var next: View { View(rawValue + 1) }
}

/// A period with one validator set, from 0.
package struct Epoch: WrappedInteger {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static let zero = Epoch(0)
    package var next: Epoch { Epoch(rawValue + 1) }
}

/// A validator's place in its epoch's validator set, from 0.
package struct ReplicaIndex: WrappedInteger {
    package let rawValue: UInt16
    package init(_ rawValue: UInt16) { self.rawValue = rawValue }
}

/// A record's place in the register, from 0 and never reused.
package struct Position: WrappedInteger {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// Civil time on the ledger: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct Timestamp: WrappedInteger {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package init(seconds: UInt64) { self.init(seconds * 1000) }
    package var milliseconds: UInt64 { rawValue }
    package var seconds: UInt64 { rawValue / 1000 }

    /// The time `milliseconds` later, or the latest there is.
    package func adding(milliseconds: UInt64) -> Timestamp {
        let (sum, overflow) = rawValue.addingReportingOverflow(milliseconds)
        return Timestamp(overflow ? .max : sum)
    }
}

/// Time that only runs forward, in nanoseconds from a start of the host's choosing. It never enters a verdict.
package struct MonotonicTime: Hashable, Comparable, Sendable {
    package let nanoseconds: UInt64
    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }
    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }
    package func adding(nanoseconds more: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: nanoseconds &+ more) }
    package func adding(milliseconds more: UInt64) -> MonotonicTime { adding(nanoseconds: more * 1_000_000) }

    /// Nanoseconds from `earlier` to this time; 0 when it is not earlier.
    package func since(_ earlier: MonotonicTime) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }
}

/// A node's number among the nodes of a network: a department's own node has the department's number, whether it votes at
/// present or not; further nodes have numbers from 32,768 on.
package struct NodeID: WrappedInteger {
    package let rawValue: UInt16
    package init(_ rawValue: UInt16) { self.rawValue = rawValue }
}
