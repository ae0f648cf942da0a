import LedgerModel
import NIOHTTP1
import Primitives
import Synchronization
import TestKit
import Testing

@testable import zhixin_audit

struct NodeSourceTests {
    private let world: AuditWorld

    init() throws { world = try AuditWorld() }

    /// Audits a node that serves three blocks at a time, `newest(call)` of them at its call-th answer.
    private func audit(newest: @escaping @Sendable (_ call: Int) -> Int) async throws -> AuditOutcome {
        let blocks = world.chain.blocks
        let calls = Mutex(0)
        let server = try await BlockServer { target in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            guard target.hasPrefix("/v1/blocks?from="), let from = Int(target.dropFirst("/v1/blocks?from=".count))
            else {
                return (.notFound, [])
            }
            let served = blocks.prefix(newest(call)).dropFirst(from - 1).prefix(3)
            return served.isEmpty ? (.noContent, []) : (.ok, served.flatMap(ChainExport.frame))
        }
        let outcome = try await audit(server.address)
        try await server.stop()
        return outcome
    }

    private func audit(_ address: String) async throws -> AuditOutcome {
        var auditor = try ChainAuditor(genesis: world.fixture.genesis, suite: world.fixture.suite)
        return await auditor.audit(NodeSource(node: address + "/", pauseMilliseconds: 1), observer: SilentObserver())
    }

    @Test func aNodesWholeLedgerIsFetched() async throws {
        #expect(try await audit { _ in 9 } == .sound)
    }

    @Test func anEmptyLedgerIsSound() async throws {
        #expect(try await audit { _ in 0 } == .sound)
    }

    @Test func aCertificateForTheNewestBlockIsWaitedFor() async throws {
        // Block 5 is final through block 6.
        #expect(try await audit { $0 < 6 ? 5 : 6 } == .sound)
        let fault = try await audit { _ in 5 }.fault
        #expect(fault?.rule == .notCertified)
        #expect(fault?.height == Height(5))
    }

    @Test func anAnswerThatEndsInsideABlockIsAFault() async throws {
        let frames = world.chain.blocks.prefix(2).flatMap(ChainExport.frame)
        let server = try await BlockServer { _ in (.ok, Array(frames.dropLast(10))) }
        let fault = try await audit(server.address).fault
        try await server.stop()
        #expect(fault?.rule == .exportFraming)
        #expect(fault?.height == Height(2))
    }

    @Test func aBusyNodeIsAskedAgainAndThenAProblem() async throws {
        let blocks = world.chain.blocks
        let calls = Mutex(0)
        // Answers once, then is busy: twice, and for good.
        for failures in [2, Int.max] {
            calls.withLock { $0 = 0 }
            let server = try await BlockServer { target in
                let call = calls.withLock { calls in
                    calls += 1
                    return calls
                }
                guard let from = Int(target.dropFirst("/v1/blocks?from=".count)) else { return (.notFound, []) }
                if call > 1, call - 1 <= failures { return (.serviceUnavailable, []) }
                let served = blocks.dropFirst(from - 1).prefix(3)
                return served.isEmpty ? (.noContent, []) : (.ok, served.flatMap(ChainExport.frame))
            }
            let outcome = try await audit(server.address)
            try await server.stop()
            if failures == 2 {
                #expect(outcome == .sound)
            } else {
                #expect(outcome.height == Height(4))
            }
        }
    }

    @Test func aNodeThatRefusesOrIsNotThereIsAProblem() async throws {
        let server = try await BlockServer { _ in (.internalServerError, []) }
        let refused = try await audit(server.address)
        try await server.stop()
        guard case .unreadable(height: Height(1), let problem) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(problem.reason.hasSuffix("HTTP 500"))
        let start = ContinuousClock.now
        guard case .unreadable(height: Height(1), _) = try await audit(server.address) else {
            Issue.record("a node that is not there gave a ledger")
            return
        }
        // Long before any request's own limit.
        #expect(ContinuousClock.now - start < .seconds(50))
    }
}
