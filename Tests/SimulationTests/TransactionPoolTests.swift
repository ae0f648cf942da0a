import Execution
import LedgerModel
import Merkle
import Primitives
import Replica
import TestKit
import Testing

/// docs/protocol.md [POOL]
@Suite struct TransactionPoolTests {
    private let fixture = LedgerFixture(seed: 8)
    private let now = LedgerFixture.start
    private let lifetime: UInt64 = 600_000

    private func transaction(
        _ id: UInt64,
        by department: DepartmentID = LedgerFixture.market,
        expiry: UInt64 = 60_000,
        _ payload: Payload? = nil
    ) throws -> VerifiedTransaction {
        let sealed = fixture.transaction(
            by: department,
            id: id,
            expiry: now.adding(milliseconds: expiry),
            payload ?? fixture.decision(case: id)
        )
        let key = fixture.departmentSigner(department).publicKey
        return try #require(VerifiedTransaction(sealed, authorKey: key, suite: fixture.suite))
    }

    private func admit(_ transaction: VerifiedTransaction, to pool: inout TransactionPool) -> PoolAdmission {
        pool.admit(transaction, at: now, lifetimeMilliseconds: lifetime)
    }

    private func selected(_ pool: TransactionPool, excluding: Set<Digest> = []) -> [Digest] {
        pool.select(at: now, lifetimeMilliseconds: lifetime, excluding: excluding).map(\.sealed.digest)
    }

    @Test func transactionsAreSelectedOnceInOrderOfArrivalUrgentOnesFirst() throws {
        var pool = TransactionPool()
        let ordinary = try (1...3 as ClosedRange<UInt64>).map { try transaction($0) }
        let urgent = try transaction(9, fixture.change([fixture.digest(1)], to: .revoked))
        for each in ordinary + [urgent] { #expect(admit(each, to: &pool) == .admitted) }
        #expect(selected(pool) == ([urgent] + ordinary).map(\.sealed.digest))
        #expect(selected(pool, excluding: [ordinary[0].sealed.digest]).count == 3)
        #expect(admit(ordinary[0], to: &pool) == .known)
        #expect(pool.count == 4)
    }

    @Test func aTransactionThatComesAgainHasOnePlace() throws {
        var pool = TransactionPool()
        let others = try (10..<40 as Range<UInt64>).map { try transaction($0) }
        let one = try transaction(1)
        #expect(admit(one, to: &pool) == .admitted)
        for other in others { #expect(admit(other, to: &pool) == .admitted) }
        // One of many goes: its old place in the queue is not swept at once.
        pool.remove(included: [one.sealed], inclusions: [:])
        #expect(admit(one, to: &pool) == .admitted)
        let digests = selected(pool)
        #expect(digests.count == 31 && Set(digests).count == 31)
        #expect(digests.last == one.sealed.digest)
        #expect(pool.oldest(countMax: 100, bytesMax: .max).count == 31)
    }

    @Test func ofOneAuthorsIdOneTransactionWaits() throws {
        var pool = TransactionPool()
        let first = try transaction(1)
        let second = try transaction(1, fixture.decision(case: 2))
        let foreign = try transaction(1, by: LedgerFixture.health)
        #expect(admit(first, to: &pool) == .admitted)
        #expect(admit(second, to: &pool) == .known)
        #expect(admit(foreign, to: &pool) == .admitted)
        // The other form of the request became final: the one that waits here goes too.
        let body = second.sealed.transaction.body
        pool.remove(
            included: [second.sealed],
            inclusions: [InclusionKey(author: body.author, id: body.id): body.expiry]
        )
        #expect(selected(pool) == [foreign.sealed.digest])
    }

    @Test(
        arguments: [
            (0, PoolAdmission.admitted), (600_000, .admitted), (600_001, .notIncludable),
        ] as [(UInt64, PoolAdmission)]
    )
    func whatNoBlockCouldIncludeIsNotAdmitted(expiry: UInt64, expected: PoolAdmission) throws {
        var pool = TransactionPool()
        #expect(admit(try transaction(1, expiry: expiry), to: &pool) == expected)
        let late = try transaction(2, expiry: 10)
        let after = now.adding(milliseconds: 11)
        #expect(pool.admit(late, at: after, lifetimeMilliseconds: lifetime) == .notIncludable)
    }

    @Test func expiredTransactionsGo() throws {
        var pool = TransactionPool()
        let short = try transaction(1, expiry: 10)
        let long = try transaction(2, expiry: 20)
        _ = admit(short, to: &pool)
        _ = admit(long, to: &pool)
        pool.removeExpired(at: now.adding(milliseconds: 10))
        #expect(pool.count == 2)
        pool.removeExpired(at: now.adding(milliseconds: 11))
        #expect(pool.count == 1 && pool[long.sealed.digest] != nil)
    }

    @Test func theUseOfThePoolGoesUpAndDownWithItsTransactions() throws {
        let size = try transaction(1).sealed.bytes.count
        var pool = TransactionPool(limits: PoolLimits(bytesMax: 100 * size, authorBytesMax: 40 * size))
        let urgent = try transaction(999, by: LedgerFixture.police, fixture.change([fixture.digest(1)], to: .revoked))
        let ordinary = try (1...40 as ClosedRange<UInt64>).map { try transaction($0) }
        for each in ordinary[..<35] + [urgent] { #expect(admit(each, to: &pool) == .admitted) }
        #expect(pool.use.byteCount == 35 * size + urgent.sealed.bytes.count)
        #expect(pool.use.ordinaryByteCount == 35 * size)
        #expect(pool.use.crowdingAuthors.isEmpty)
        for each in ordinary[35...] { #expect(admit(each, to: &pool) == .admitted) }
        #expect(pool.use.crowdingAuthors == [.department(LedgerFixture.market)])
        pool.remove(included: ordinary.map(\.sealed) + [urgent.sealed], inclusions: [:])
        #expect(pool.use == PoolUse())
    }

    @Test func aFloodLeavesRoomForRevocationsAndOtherAuthors() throws {
        let size = try transaction(1).sealed.bytes.count
        var pool = TransactionPool(limits: PoolLimits(bytesMax: 100 * size, authorBytesMax: 60 * size))
        var admitted = 0
        for id in 1...200 as ClosedRange<UInt64> where admit(try transaction(id), to: &pool) == .admitted {
            admitted += 1
        }
        #expect(admitted == 60)
        for id in 1...200 as ClosedRange<UInt64> {
            let other = try transaction(id, by: LedgerFixture.health)
            if admit(other, to: &pool) == .admitted { admitted += 1 }
        }
        // Three quarters for ordinary transactions.
        #expect(admitted == 75)
        let urgent = try transaction(999, by: LedgerFixture.police, fixture.change([fixture.digest(1)], to: .revoked))
        #expect(admit(urgent, to: &pool) == .admitted)
        #expect(selected(pool).first == urgent.sealed.digest)
    }

    @Test func gossipIsBoundedInCountAndBytes() throws {
        var pool = TransactionPool()
        for id in 1...20 as ClosedRange<UInt64> { _ = admit(try transaction(id), to: &pool) }
        let size = try transaction(1).sealed.bytes.count
        #expect(pool.oldest(countMax: 5, bytesMax: .max).count == 5)
        #expect(pool.oldest(countMax: 100, bytesMax: 3 * size).count == 3)
        #expect(pool.oldest(countMax: 100, bytesMax: 1).count == 1)
    }
}
