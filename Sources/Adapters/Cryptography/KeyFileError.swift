/// Why a private key file could not be read or made. It carries paths and facts, never key material.
package enum KeyFileError: Error, Equatable, Sendable {
    /// No file stands at `path`.
    case missing(path: String)
    /// A file already stands at `path`; a key is never overwritten.
    case exists(path: String)
    /// Others than the owner have some right to the file: its permission bits are `mode`, and only 0600 and less
    /// are accepted.
    case readableByOthers(path: String, mode: UInt16)
    /// `path` is a folder, a pipe or a device.
    case notAFile(path: String)
    /// The file holds a key of kind `found` where `expected` is needed.
    case wrongKind(path: String, expected: String, found: String)
    /// The file's text is not that of a key, or its key does not fit the line that checks it.
    case damaged(path: String, reason: String)
    /// The key in the file cannot be used on this host.
    case unusable(path: String, reason: CryptographyError)
    /// The system refused `call` with `errorNumber`. Retrying may help.
    case system(path: String, call: String, errorNumber: Int32)
}
