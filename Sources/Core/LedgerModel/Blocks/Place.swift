package import Primitives

/// Where consensus decided something: an epoch, and a view within it. Views begin anew with each epoch.
package struct Place: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let epoch: Epoch
    package let view: View

    package init(epoch: Epoch, view: View) {
        self.epoch = epoch
        self.view = view
    }

    package var description: String { "\(epoch)/\(view)" }

    package static func < (left: Place, right: Place) -> Bool {
        (left.epoch, left.view) < (right.epoch, right.view)
    }
}

extension Header {
    /// The epoch and the view in which the block was made.
    package var place: Place { Place(epoch: epoch, view: view) }
}
