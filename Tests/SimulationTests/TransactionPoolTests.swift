import Execution
import LedgerModel
import Primitives
import Replica
import TestKit
import Testing

/// docs/protocol.md [POOL]
@Suite struct TransactionPoolTests {
    private let fixture = LedgerFixture()
    private let lifetime: UInt64 = 600_000
    private var now: Timestamp { LedgerFixture.start }

    private func issue(_ id: UInt64, by department: DepartmentID = LedgerFixture.police) throws -> VerifiedTransaction {
        try verified(department, id, fixture.issue(LedgerFixture.identityType, [fixture.digest(id)]))
    }

    private func verified(_ department: DepartmentID, _ id: UInt64, _ payload: Payload) throws -> VerifiedTransaction {
        let sealed = fixture.transaction(by: department, id: id, expiry: now.adding(milliseconds: 60_000), payload)
        let key = fixture.departmentSigner(department).publicKey
        return try #require(VerifiedTransaction(sealed, authorKey: key, suite: fixture.suite))
    }

    @Test func urgentTransactionsStandFirstAndAFloodLeavesThemRoom() throws {
        let size = try issue(1).sealed.bytes.count
        var pool = TransactionPool(limits: PoolLimits(bytesMax: size * 8, authorBytesMax: size * 8))
        var admitted = 0
        for id in 1...20 as ClosedRange<UInt64> {
            if pool.admit(try issue(id), at: now, lifetimeMilliseconds: lifetime) == .admitted { admitted += 1 }
        }
        #expect(admitted == 6, "ordinary transactions fill three quarters and no more")
        let revocation = try verified(
            LedgerFixture.police,
            100,
            fixture.change([fixture.digest(1)], to: .revoked)
        )
        #expect(pool.admit(revocation, at: now, lifetimeMilliseconds: lifetime) == .admitted)
        let selected = pool.select(at: now, lifetimeMilliseconds: lifetime, excluding: [])
        #expect(selected.first?.sealed.digest == revocation.sealed.digest)
        #expect(selected.count == 7)
    }

    @Test func oneAuthorTakesOnlyItsShare() throws {
        let size = try issue(1).sealed.bytes.count
        var pool = TransactionPool(limits: PoolLimits(bytesMax: size * 100, authorBytesMax: size * 2))
        #expect(pool.admit(try issue(1), at: now, lifetimeMilliseconds: lifetime) == .admitted)
        #expect(pool.admit(try issue(2), at: now, lifetimeMilliseconds: lifetime) == .admitted)
        #expect(pool.admit(try issue(3), at: now, lifetimeMilliseconds: lifetime) == .full)
        let other = try issue(4, by: LedgerFixture.market)
        #expect(pool.admit(other, at: now, lifetimeMilliseconds: lifetime) == .admitted)
    }

    @Test func whatIsCarriedOrRemovedIsNotSelectedAgain() throws {
        var pool = TransactionPool()
        let first = try issue(1)
        let second = try issue(2)
        for transaction in [first, second] {
            #expect(pool.admit(transaction, at: now, lifetimeMilliseconds: lifetime) == .admitted)
        }
        #expect(pool.admit(first, at: now, lifetimeMilliseconds: lifetime) == .known)
        let selected = pool.select(at: now, lifetimeMilliseconds: lifetime, excluding: [first.sealed.digest])
        #expect(selected.map(\.sealed.digest) == [second.sealed.digest])
    }
}
