package import Primitives

/// The ledger's trace that an authorisation was used (用证记录): on the subject's head for the relying department, signed by
/// that head's key, countersigned by the department as author.
package struct AccessRecord: Hashable, Sendable, CanonicalCodable {
    /// The head's public key; the head's id is its digest.
    package let headKey: PublicKey
    /// The number of this entry on the head, from 1.
    package let count: UInt64
    /// The digest of the entry before it; zero for the first.
    package let previousEntry: Digest
    /// Salted commitment to who, what and why (`AccessOpening`).
    package let commitment: Digest
    /// By the head's key over the `AccessEntry`.
    package let signature: Signature

    package init(
        headKey: PublicKey,
        count: UInt64,
        previousEntry: Digest,
        commitment: Digest,
        signature: Signature
    ) {
        self.headKey = headKey
        self.count = count
        self.previousEntry = previousEntry
        self.commitment = commitment
        self.signature = signature
    }

    /// The entry that this record puts on its head.
    package func entry(network: Digest, department: DepartmentID, transaction: TransactionID) -> AccessEntry {
        AccessEntry(
            network: network,
            department: department,
            transaction: transaction,
            count: count,
            previousEntry: previousEntry,
            commitment: commitment
        )
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(headKey)
        encoder.append(count)
        encoder.append(previousEntry)
        encoder.append(commitment)
        encoder.append(signature)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        headKey = try decoder.read()
        count = try decoder.readUInt64()
        previousEntry = try decoder.read()
        commitment = try decoder.read()
        signature = try decoder.read()
    }
}

/// What a head's key signs: one numbered use, by one department, under one transaction id.
///
/// The transaction id is the authorisation's nonce: execution consumes it once.
package struct AccessEntry: Hashable, Sendable, CanonicalCodable {
    package let network: Digest
    package let department: DepartmentID
    package let transaction: TransactionID
    package let count: UInt64
    package let previousEntry: Digest
    package let commitment: Digest

    package init(
        network: Digest,
        department: DepartmentID,
        transaction: TransactionID,
        count: UInt64,
        previousEntry: Digest,
        commitment: Digest
    ) {
        self.network = network
        self.department = department
        self.transaction = transaction
        self.count = count
        self.previousEntry = previousEntry
        self.commitment = commitment
    }

    package var signingBytes: [UInt8] { Domain.accessEntry.frame(self) }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(network)
        encoder.append(department)
        encoder.append(transaction)
        encoder.append(count)
        encoder.append(previousEntry)
        encoder.append(commitment)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        network = try decoder.read()
        department = try decoder.read()
        transaction = try decoder.read()
        count = try decoder.readUInt64()
        previousEntry = try decoder.read()
        commitment = try decoder.read()
    }
}

/// A department decided a case; the receipt itself stays off the ledger.
package struct CaseDecision: Hashable, Sendable, CanonicalCodable {
    /// 32 random bytes.
    package let id: Digest
    package let matter: Code
    package let matterVersion: UInt32
    /// Salted commitment to the decision receipt.
    package let receiptCommitment: Digest

    package init(id: Digest, matter: Code, matterVersion: UInt32, receiptCommitment: Digest) {
        self.id = id
        self.matter = matter
        self.matterVersion = matterVersion
        self.receiptCommitment = receiptCommitment
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(id)
        encoder.append(matter)
        encoder.append(matterVersion)
        encoder.append(receiptCommitment)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        id = try decoder.read()
        matter = try decoder.read()
        matterVersion = try decoder.readUInt32()
        receiptCommitment = try decoder.read()
    }
}
