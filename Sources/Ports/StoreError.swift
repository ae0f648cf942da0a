package import Primitives

/// Why a store on disk cannot be opened, read or written.
package enum StoreError: Error, Equatable, Sendable {
    /// Another process has the folder open.
    case lockedByAnother(folder: String)
    /// The folder belongs to another network.
    case ofAnotherNetwork(found: Digest)
    /// The folder was written by a newer version of the program.
    case formatUnknown(found: UInt16)
    /// Files are there, and the one that names the others is not: something was removed, or making it never ended.
    case incompleteFolder(String)
    /// What is stored cannot be right. Nothing that was read can be trusted.
    case corrupt(reason: String)
    /// An operation on the disk failed.
    case failed(reason: String)
    /// An earlier write failed, so it is unknown what is on the disk.
    case failedBefore
    /// A block that is not the child of the newest one.
    case notNextBlock(expected: Height, found: Height)

    /// Whether the folder is in order and only in use, so that waiting can help.
    package var isTemporary: Bool {
        if case .lockedByAnother = self { return true }
        return false
    }
}
