package import Credentials
import LedgerModel
package import Primitives

/// A decision with everything needed to carry it out, show it and execute it again.
package struct Conclusion: Hashable, Sendable, CanonicalCodable {
    package let receipt: DecisionReceipt
    /// The salt of the receipt's commitment on the ledger, 16 bytes.
    package let receiptSalt: [UInt8]
    /// The evidence in the order of the receipt: what an auditor needs besides it.
    package let evidence: [Evidence]
    /// Why a vault gave nothing for an item.
    package let refusals: [ItemRefusal]

    package init(receipt: DecisionReceipt, receiptSalt: [UInt8], evidence: [Evidence], refusals: [ItemRefusal]) {
        precondition(receiptSalt.count == Commitments.saltByteCount, "a salt is 16 bytes")
        self.receipt = receipt
        self.receiptSalt = receiptSalt
        self.evidence = evidence
        self.refusals = refusals
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(receipt)
        encoder.appendRaw(receiptSalt)
        encoder.append(list: evidence)
        encoder.append(list: refusals)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        receipt = try decoder.read()
        receiptSalt = try decoder.readRaw(count: Commitments.saltByteCount)
        evidence = try decoder.readList(countMax: MatterDefinition.evidenceMax)
        refusals = try decoder.readList(countMax: MatterDefinition.evidenceMax)
    }
}

/// Why a vault gave nothing for one item.
package struct ItemRefusal: Hashable, Sendable, CanonicalCodable {
    /// The item's id in the matter.
    package let item: String
    package let problem: StoredProblem

    package init(item: String, problem: StoredProblem) {
        self.item = item
        self.problem = problem
    }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(item)
        encoder.append(problem)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        item = try decoder.readString(countMax: 64)
        problem = try decoder.read()
    }
}

/// A problem with its texts as they were shown.
package struct StoredProblem: Hashable, Sendable, CanonicalCodable {
    package let code: String
    package let chinese: String
    package let english: String

    package init(_ problem: CaseProblem) {
        code = problem.code
        chinese = problem.chinese
        english = problem.english
    }

    package var problem: CaseProblem { CaseProblem(code: code, chinese: chinese, english: english) }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(code)
        encoder.append(chinese)
        encoder.append(english)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        code = try decoder.readString(countMax: 64)
        chinese = try decoder.readString(countMax: 1024)
        english = try decoder.readString(countMax: 1024)
    }
}
