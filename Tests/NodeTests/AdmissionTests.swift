import Execution
import LedgerModel
import Primitives
import TestKit
import Testing

@testable import Node

/// What is kept out before the pool.
@Suite struct AdmissionTests {
    private let fixture = LedgerFixture()
    private let now = LedgerFixture.start

    private func judge(_ bytes: [UInt8], broken: Bool = false) -> String {
        let store = FaultyStore(NodeDisk.newStore(fixture))
        if broken { store.breakDown() }
        let admission = Admission(
            network: fixture.network,
            suite: fixture.suite,
            ledger: store
        )
        switch admission.judge(bytes, at: now) {
        case .admit: return "admit"
        case .malformed: return "malformed"
        case .refused(_, let verdict): return "\(verdict)"
        case .unavailable: return "unavailable"
        }
    }

    private func transaction(
        _ fixture: LedgerFixture? = nil,
        by department: DepartmentID = LedgerFixture.police,
        expiry: UInt64 = 60_000
    ) -> [UInt8] {
        let fixture = fixture ?? self.fixture
        let end = now.adding(milliseconds: expiry)
        return fixture.transaction(by: department, id: 1, expiry: end, fixture.registration(subject: 1, id: 1)).bytes
    }

    @Test func eachReasonIsTheOneThatExecutionWouldGive() {
        #expect(judge(transaction()) == "admit")
        #expect(judge([1, 2, 3]) == "malformed")
        #expect(judge(transaction(LedgerFixture(seed: 2))) == "networkMismatch")
        #expect(judge(transaction(expiry: 600_001)) == "expiryTooFar")
        #expect(judge(transaction(by: DepartmentID(77))) == "authorUnknown")
        var forged = transaction()
        forged[forged.count - 1] ^= 1
        #expect(judge(forged) == "signatureInvalid")
    }

    @Test func aStoreThatCannotBeReadGivesNoVerdict() {
        #expect(judge(transaction(), broken: true) == "unavailable")
    }
}
