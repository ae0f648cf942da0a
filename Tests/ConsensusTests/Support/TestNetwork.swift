import Consensus
import Primitives
import TestKit

/// Voters that talk over a simulated network. Checks and builds are answered by the test; disks keep what was synced.
///
/// What happened is recorded apart from the voters: every vote that was on the wire, every block with its parent, and
/// what each node saw as final. `violations` judges that record with arithmetic of its own.
struct TestNetwork {
    enum Event {
        case deliver(ConsensusMessage, from: Int, to: Int)
        case input(VoterInput, to: Int)
    }

    struct Block {
        let view: UInt64
        let parent: Digest
    }

    /// What a message meets on its way: nil for loss, or its delay in milliseconds.
    var route: (_ message: ConsensusMessage, _ from: Int, _ to: Int) -> UInt64? = { _, _, _ in 1 }
    /// How long a node takes to answer a check or a build.
    var workDelay: UInt64 = 0
    /// Answers of checks; everything is valid unless a test says otherwise.
    var judge: (_ node: Int, _ request: CheckRequest) -> CheckOutcome? = { _, _ in .valid(endsEpoch: false) }
    /// A validator that no voter plays: tests speak in its name, and others may accuse it.
    var traitor: ReplicaIndex?

    let count: Int
    let parameters: ConsensusParameters
    let signatures = FakeSignatures(seed: 11)
    let validators: ValidatorSet
    private(set) var voters: [Voter?]
    private(set) var journals: [[JournalRecord]]
    private var syncedCounts: [Int]
    private var incarnations: [Int]
    private(set) var milliseconds: UInt64 = 0
    private var agenda: [UInt64: [(Event, Int)]] = [:]
    private var times: [UInt64] = []

    // MARK: The record

    private(set) var blocks: [Digest: Block] = [:]
    private(set) var finalisedBy: [[QuorumCertificate]]
    private(set) var votesOnWire: Set<Vote> = []
    private(set) var ballotsOnWire: [View: Set<Ballot>] = [:]
    private var durableVotes: Set<Vote> = []
    private(set) var effectsOf: [[VoterEffect]]
    private(set) var messageCount = 0
    private(set) var unjournalledVotes = 0

    init(count: Int = 4, parameters: ConsensusParameters = .initial) {
        self.count = count
        self.parameters = parameters
        let scheme = signatures
        validators = ValidatorSet(epoch: .zero, keys: (0..<UInt64(count)).map { scheme.signer($0).publicKey })!
        voters = Array(repeating: nil, count: count)
        journals = Array(repeating: [], count: count)
        syncedCounts = Array(repeating: 0, count: count)
        incarnations = Array(repeating: 0, count: count)
        finalisedBy = Array(repeating: [], count: count)
        effectsOf = Array(repeating: [], count: count)
    }

    // MARK: Running

    func isUp(_ node: Int) -> Bool { voters[node] != nil }

    mutating func startAll() {
        for node in 0..<count { start(node) }
    }

    /// Starts a node from what its disk holds, and brings its links up.
    mutating func start(_ node: Int, requiresHearing: Bool = true) {
        guard voters[node] == nil else { return }
        incarnations[node] += 1
        voters[node] = Voter(
            networkDigest: Bench.networkDigest,
            validators: validators,
            ownIndex: ReplicaIndex(UInt16(node)),
            parameters: parameters,
            signer: signatures.signer(UInt64(node)),
            verifier: signatures,
            restored: VoterRestoration(
                records: journals[node],
                lastFinalised: FinalisedPoint(epoch: .zero, view: .zero, payload: Bench.genesis),
                requiresHearing: requiresHearing
            )
        )
        step(.tick, node)
        for peer in 0..<count where peer != node && isUp(peer) { connect(node, peer) }
    }

    mutating func connect(_ node: Int, _ peer: Int) {
        step(.connected(ReplicaIndex(UInt16(peer))), node)
        step(.connected(ReplicaIndex(UInt16(node))), peer)
    }

    /// Stops a node at once. What was not synced is lost.
    mutating func crash(_ node: Int) {
        voters[node] = nil
        journals[node] = Array(journals[node].prefix(syncedCounts[node]))
    }

    mutating func giveWork(_ hasWork: Bool = true) {
        for node in 0..<count where isUp(node) { step(.work(hasTransactions: hasWork), node) }
    }

    /// Runs until nothing is left before `end`, or until `isDone`.
    mutating func run(until end: UInt64, isDone: (TestNetwork) -> Bool = { _ in false }) {
        while !isDone(self) {
            let due = voters.enumerated().compactMap { node, voter in
                voter?.deadline.map { (max(milliseconds, ($0.nanoseconds + 999_999) / 1_000_000), node) }
            }.min { $0 < $1 }
            let next = times.first
            if let due, due.0 <= end, next == nil || due.0 <= next! {
                milliseconds = due.0
                step(.tick, due.1)
            } else if let next, next <= end {
                milliseconds = next
                times.removeFirst()
                for (event, incarnation) in agenda.removeValue(forKey: next) ?? [] { handle(event, incarnation) }
            } else {
                break
            }
        }
        milliseconds = max(milliseconds, end)
    }

    mutating func step(_ input: VoterInput, _ node: Int) {
        guard var voter = voters[node] else { return }
        voters[node] = nil
        let effects = voter.step(input, at: MonotonicTime(nanoseconds: milliseconds * 1_000_000))
        voters[node] = voter
        effectsOf[node] += effects
        for case .journal(let record) in effects {
            journals[node].append(record)
            if record.forcesSync { syncedCounts[node] = journals[node].count }
            if case .vote(let vote) = record { durableVotes.insert(vote) }
        }
        for effect in effects { perform(effect, by: node) }
    }

    // MARK: Effects

    private mutating func perform(_ effect: VoterEffect, by node: Int) {
        switch effect {
        case .broadcast(let message):
            for peer in 0..<count where peer != node { post(message, from: node, to: peer) }
        case .send(let message, let peer): post(message, from: node, to: Int(peer.rawValue))
        case .build(let request):
            let name = "\(request.view) by \(node) on \(request.parentPayload) \(incarnations[node])"
            let payload = Bench.payload(name)
            blocks[payload] = Block(view: request.view.rawValue, parent: request.parentPayload)
            schedule(.input(.built(view: request.view, payload: payload, endsEpoch: false), to: node), in: workDelay)
        case .check(let request):
            guard var outcome = judge(node, request) else { return }
            // A block names its parent by digest; it is valid upon that one only.
            if let parent = request.parentPayload {
                let block = blocks[request.payload, default: Block(view: request.view.rawValue, parent: parent)]
                blocks[request.payload] = block
                if block.parent != parent { outcome = .invalid }
            }
            let answer = VoterInput.checked(
                view: request.view,
                payload: request.payload,
                purpose: request.purpose,
                outcome: outcome
            )
            schedule(.input(answer, to: node), in: workDelay)
        case .finalised(let certificate): finalisedBy[node].append(certificate)
        default: break
        }
    }

    private mutating func post(_ message: ConsensusMessage, from node: Int, to peer: Int) {
        messageCount += 1
        if case .vote(let vote) = message { record(vote) }
        if case .proposal(let proposal) = message { record(proposal.vote) }
        guard let delay = route(message, node, peer) else { return }
        schedule(.deliver(message, from: node, to: peer), in: delay)
    }

    private mutating func record(_ vote: Vote) {
        guard votesOnWire.insert(vote).inserted else { return }
        ballotsOnWire[vote.view, default: []].insert(vote.ballot)
        if !durableVotes.contains(vote) { unjournalledVotes += 1 }
    }

    mutating func schedule(_ event: Event, in delay: UInt64) {
        let time = milliseconds + delay
        let target: Int
        switch event {
        case .deliver(_, _, let node): target = node
        case .input(_, let node): target = node
        }
        if agenda[time, default: []].isEmpty {
            let place = times.firstIndex { $0 > time } ?? times.count
            times.insert(time, at: place)
        }
        agenda[time, default: []].append((event, incarnations[target]))
    }

    private mutating func handle(_ event: Event, _ incarnation: Int) {
        switch event {
        case .deliver(let message, let node, let peer):
            step(.message(message, from: ReplicaIndex(UInt16(node))), peer)
        case .input(let input, let node):
            // An answer belongs to the process that asked.
            if incarnations[node] == incarnation { step(input, node) }
        }
    }

    // MARK: Judging the record

    /// The highest view that a node saw as final.
    func finalView(of node: Int) -> UInt64 { finalisedBy[node].map(\.view.rawValue).max() ?? 0 }

    /// Everything in the record that may never be, in words.
    var violations: [String] {
        var found: [String] = []
        if unjournalledVotes > 0 { found.append("\(unjournalledVotes) votes were sent before they were durable") }
        for node in 0..<count {
            for effect in effectsOf[node] {
                switch effect {
                case .equivocation(let evidence) where evidence.signer == traitor: break
                case .misbehaved(traitor, _): break
                case .equivocation, .misbehaved, .refusing, .stopped: found.append("node \(node): \(effect)")
                default: break
                }
            }
        }
        return found + contradictions + forks
    }

    /// Votes of one signer and view that an honest one does not cast, and two notarised blocks in one view.
    private var contradictions: [String] {
        var found: [String] = []
        let views = Dictionary(grouping: votesOnWire) { $0.view }
        for (view, votes) in views {
            for (signer, own) in Dictionary(grouping: votes, by: \.signer) {
                let ballots = Set(own.map(\.ballot))
                for kind in VoteKind.allCases where ballots.filter({ $0.kind == kind }).count > 1 {
                    found.append("\(signer) cast two \(kind) in view \(view)")
                }
                let kinds = Set(ballots.map(\.kind))
                if kinds.isSuperset(of: [.finalise, .nullify]) {
                    found.append("\(signer) finalised and nullified view \(view)")
                }
            }
            // n - floor((n - 1) / 3), counted out for the sizes used here.
            let quorum = [4: 3, 5: 4, 7: 5][count]!
            let counts = Dictionary(grouping: Set(votes.map { $0 }), by: \.ballot).mapValues(\.count)
            let quorums = counts.filter { $0.value >= quorum }.keys
            if quorums.filter({ $0.kind == .notarise }).count > 1 { found.append("two blocks notarised in \(view)") }
            if Set(quorums.map(\.kind)).isSuperset(of: [.finalise, .nullify]) {
                found.append("view \(view) is final and nullified")
            }
        }
        return found
    }

    /// Final blocks that do not lie on one chain.
    private var forks: [String] {
        let certificates = finalisedBy.flatMap { $0 }
        guard let highest = certificates.max(by: { $0.view < $1.view }) else { return [] }
        var chain: Set<Digest> = []
        var payload = highest.payload
        while let block = blocks[payload] {
            chain.insert(payload)
            if let parent = blocks[block.parent], parent.view >= block.view {
                return ["a parent is not below its child"]
            }
            payload = block.parent
        }
        if payload != Bench.genesis { return ["a final block does not descend from genesis"] }
        return certificates.filter { !chain.contains($0.payload) }.map { "view \($0.view) is final on another chain" }
    }
}
