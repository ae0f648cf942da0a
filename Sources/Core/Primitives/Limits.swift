/// Every limit of the ledger that all nodes must share. A value over its limit is an error, never growth.
package enum Limits {
    /// Validators of an epoch: four tolerate one fault; 31 fit a header's certificate in a QR code's budget.
    package static let validatorsMin = 4
    package static let validatorsMax = 31
    /// Canonical bytes of one transaction.
    package static let transactionBytesMax = 512 * 1024
    /// Transactions in one block.
    package static let blockTransactionsMax = 4096
    /// Canonical bytes of one block, bodies included.
    package static let blockBytesMax = 4 * 1024 * 1024
    /// Certificates in one batch, issued or changed.
    package static let batchCertificatesMax = 8192
    /// Bytes of one frame between nodes.
    package static let frameBytesMax = 8 * 1024 * 1024
    /// A name or code on the ledger, in UTF-8 bytes.
    package static let nameBytesMax = 256
    /// Access heads in a subject's committed set.
    package static let accessHeadsInSet = 64
    /// A matter's or certificate type's definition on the ledger, in bytes.
    package static let definitionBytesMax = 32 * 1024
}
