package import Consensus
import Primitives

/// No honest signer contradicts itself, before or after a crash, and no vote is on the wire before it is on the disk.
package struct VoteChecker: Sendable {
    private struct Cast {
        var notarised: (parent: UInt64, block: Digest)?
        var finalised: (parent: UInt64, block: Digest)?
        var isNullified = false
    }

    private struct Place: Hashable {
        let node: Int
        let epoch: UInt64
        let view: UInt64
    }

    /// Read by key only.
    private var cast: [Place: Cast] = [:]

    package init() {}

    /// Takes a vote that an honest `node` has put on the wire, and says what is wrong with that.
    package mutating func sent(_ vote: Vote, by node: Int, isDurable: Bool) -> String? {
        guard isDurable else { return "node \(node) sent a \(vote.kind) of view \(vote.view) that its disk lacks" }
        let place = Place(node: node, epoch: vote.epoch.rawValue, view: vote.view.rawValue)
        var cast = cast[place, default: Cast()]
        defer { self.cast[place] = cast }
        let block = (parent: vote.parentView.rawValue, block: vote.payload)
        switch vote.kind {
        case .notarise:
            if let earlier = cast.notarised, earlier != block {
                return "node \(node) notarised two blocks in view \(vote.view)"
            }
            // A block that was nullified first may not be supported afterwards; a repeated old vote may be sent.
            if cast.notarised == nil, cast.isNullified {
                return "node \(node) notarised after nullifying view \(vote.view)"
            }
            cast.notarised = block
        case .finalise:
            if let earlier = cast.finalised, earlier != block {
                return "node \(node) finalised two blocks in view \(vote.view)"
            }
            if cast.isNullified { return "node \(node) finalised and nullified view \(vote.view)" }
            cast.finalised = block
        case .nullify:
            if cast.finalised != nil { return "node \(node) nullified and finalised view \(vote.view)" }
            cast.isNullified = true
        }
        return nil
    }
}
