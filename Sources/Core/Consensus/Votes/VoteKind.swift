package import Primitives

/// What a vote says about its view. The raw value is the tag on the wire.
package enum VoteKind: UInt8, Sendable, CaseIterable {
    /// "This is the view's block": the one block this validator supports in the view.
    case notarise = 0
    /// "The view shall have no final block": legal after `notarise`, never beside `finalise`.
    case nullify = 1
    /// "I hold the view's certified block and did not nullify it", docs/protocol.md [NOTARISED].
    case finalise = 2

    /// The domain the kind is signed under, so that no vote passes for one of another kind.
    package var domain: Domain {
        switch self {
        case .notarise: .notarise
        case .nullify: .nullify
        case .finalise: .finalise
        }
    }
}
