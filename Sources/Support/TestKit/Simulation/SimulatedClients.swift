import LedgerModel
import Primitives

/// Makes transactions of all kinds, most of which the ledger accepts.
struct SimulatedClients: Sendable {
    struct Request: Sendable {
        let transaction: SealedTransaction

        /// Whether no block whose time is `time` or later may include it, by a good margin for clocks.
        func isOver(at time: Timestamp) -> Bool {
            transaction.transaction.body.expiry.adding(milliseconds: 15_000) < time
        }
    }

    private var random: SeededRandom
    private(set) var requests: [Request] = []
    private var reused: Set<UInt64> = []
    private var issued: [Digest] = []
    private var heads: [(number: UInt64, count: UInt64, newest: Digest)] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed ^ 0x6368_6172_6c69_6521) }

    /// A new request, signed, with an expiry of some minutes.
    mutating func make(_ fixture: LedgerFixture, at time: Timestamp) -> SealedTransaction {
        let id = nextID(at: time)
        let longest = fixture.parameters.transactionLifetimeMilliseconds
        let lifetime = UInt64.random(in: (longest / 2)...longest, using: &random)
        let (department, payload) = content(fixture, id: id)
        let transaction = fixture.transaction(
            by: department,
            id: id,
            expiry: time.adding(milliseconds: lifetime),
            payload
        )
        requests.append(Request(transaction: transaction))
        return transaction
    }

    /// A name for a transaction: sometimes that of one that has expired, which is allowed.
    private mutating func nextID(at time: Timestamp) -> UInt64 {
        let id = UInt64(requests.count + 1)
        guard random.chance(1, in: 3), let old = requests.randomElement(using: &random) else { return id }
        let body = old.transaction.transaction.body
        guard body.expiry < time, reused.insert(body.id.low).inserted else { return id }
        return body.id.low
    }

    private mutating func content(_ fixture: LedgerFixture, id: UInt64) -> (DepartmentID, Payload) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return (LedgerFixture.police, fixture.registration(subject: id, id: id))
        case 1, 2:
            let commitments = (0..<UInt64.random(in: 1...4, using: &random)).map {
                fixture.digest(UInt64(requests.count) << 16 | $0)
            }
            issued += commitments
            return (LedgerFixture.market, fixture.issue(LedgerFixture.licenceType, commitments))
        case 3:
            guard let commitment = issued.randomElement(using: &random) else { break }
            let status: CertificateStatus = random.chance(1, in: 2) ? .suspended : .active
            return (LedgerFixture.market, fixture.change([commitment], to: status))
        case 4: return (LedgerFixture.housing, access(fixture, id: id))
        default: break
        }
        return (LedgerFixture.market, fixture.decision(case: id))
    }

    private mutating func access(_ fixture: LedgerFixture, id: UInt64) -> Payload {
        if heads.isEmpty || random.chance(1, in: 3) { heads.append((UInt64(heads.count), 0, .zero)) }
        let place = Int.random(in: 0..<heads.count, using: &random)
        let head = heads[place]
        let record = fixture.access(
            head: head.number,
            department: LedgerFixture.housing,
            id: id,
            count: head.count + 1,
            previous: head.newest
        )
        let newest = fixture.entryDigest(record, department: LedgerFixture.housing, id: id)
        heads[place] = (head.number, head.count + 1, newest)
        return .recordAccess(record)
    }
}
