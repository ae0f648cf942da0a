import Credentials
import Primitives
import Testing

@testable import Gateway

@Suite struct NonceCacheTests {
    private let start = Timestamp(seconds: 1_760_000_000)

    private func cache(_ nonces: Int, perCaller: Int = 1_000, perSubject: Int = 1_000) -> NonceCache {
        var limits = GatewayLimits()
        limits.noncesMax = nonces
        limits.noncesPerCallerMax = perCaller
        limits.noncesPerSubjectMax = perSubject
        return NonceCache(limits: limits)
    }

    private func nonce(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 16) }

    @Test func aNonceIsFreshOnce() {
        let cache = cache(10)
        #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: start, now: start) == .fresh)
        #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: start, now: start) == .repeated)
        #expect(cache.use(nonce(1), by: .clerk(name: "b"), at: start, now: start) == .fresh)
    }

    /// Under another time of the window it is the same nonce.
    @Test(arguments: [-60_000, -1, 1, 59_999, 60_000]) func anotherTimeDoesNotMakeItFresh(offset: Int64) {
        let cache = cache(10)
        let time = Timestamp(UInt64(Int64(start.milliseconds) + offset))
        #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: start, now: start) == .fresh)
        #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: time, now: start) == .repeated)
    }

    @Test func overItsLimitItTakesNoneUntilTimePasses() {
        let cache = cache(2)
        #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: start, now: start) == .fresh)
        #expect(cache.use(nonce(2), by: .clerk(name: "a"), at: start, now: start) == .fresh)
        #expect(cache.use(nonce(3), by: .clerk(name: "a"), at: start, now: start) == .full)
        #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: start, now: start) == .repeated)
        let later = start.adding(milliseconds: 180_000)
        #expect(cache.use(nonce(3), by: .clerk(name: "a"), at: later, now: later) == .fresh)
        #expect(cache.count == 1)
    }

    /// What one caller used up is no one else's loss; a subject's share is its own limit.
    @Test func aCallerHasAShare() {
        let cache = cache(10, perCaller: 2, perSubject: 1)
        let subject = Caller.subject(did: "did:zhixin:" + String(repeating: "00", count: 32))
        let minuteLater = start.adding(milliseconds: 60_000)
        #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: start, now: start) == .fresh)
        #expect(cache.use(nonce(2), by: .clerk(name: "a"), at: minuteLater, now: minuteLater) == .fresh)
        #expect(cache.use(nonce(3), by: .clerk(name: "a"), at: minuteLater, now: minuteLater) == .full)
        #expect(cache.use(nonce(3), by: .clerk(name: "b"), at: minuteLater, now: minuteLater) == .fresh)
        #expect(cache.use(nonce(1), by: subject, at: minuteLater, now: minuteLater) == .fresh)
        #expect(cache.use(nonce(2), by: subject, at: minuteLater, now: minuteLater) == .full)
    }

    /// A request that was checked a moment earlier finds its nonce although another one dropped what is out of the window.
    @Test func anotherRequestWithALaterClockMakesNothingFresh() {
        for second in stride(from: UInt64(0), to: 60, by: 7) {
            let cache = cache(10)
            let time = start.adding(milliseconds: second * 1000)
            let last = time.adding(milliseconds: SignedRequest.windowMilliseconds)
            let later = last.adding(milliseconds: 30_000)
            #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: time, now: time) == .fresh)
            #expect(cache.use(nonce(2), by: .clerk(name: "b"), at: later, now: later) == .fresh)
            #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: time, now: last) == .repeated)
        }
    }

    /// As long as a request could still be believed, its nonce is remembered: at every offset of time and clock.
    @Test func aNonceIsRememberedWhileItsRequestIsInTheWindow() {
        for offset in stride(from: -60_000, through: 60_000, by: 7_919) as StrideThrough<Int64> {
            let time = Timestamp(UInt64(Int64(start.milliseconds) + offset))
            let cache = cache(1_000)
            #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: time, now: start) == .fresh)
            var now = start
            var number: UInt8 = 2
            while now <= time.adding(milliseconds: SignedRequest.windowMilliseconds) {
                #expect(cache.use(nonce(number), by: .clerk(name: "b"), at: now, now: now) == .fresh)
                #expect(cache.use(nonce(1), by: .clerk(name: "a"), at: time, now: now) == .repeated)
                now = now.adding(milliseconds: 4_001)
                number += 1
            }
        }
    }
}

@Suite struct RouteMatcherTests {
    private let matcher = RouteMatcher(RouteTable.routes)

    @Test(arguments: [
        "", "/v1", "/v1/", "/v1/certificates", "/v1/certificates/", "/v1/certificates//status", "//", "/healthz/",
        "/v1/certificates/a/b/c/d/e/f/g/h/i/j", "healthz", "*", "/v1/subjects/a/b",
    ])
    func otherPathsLeadNowhere(path: String) {
        guard case .nothing = matcher.match(method: "GET", path: path[...]) else {
            Issue.record("\(path) leads somewhere")
            return
        }
    }

    @Test func everyPathLeadsToItsOwnRoute() {
        for (index, route) in RouteTable.routes.enumerated() {
            guard case .route(_, index, let parameters) = matcher.match(method: route.method, path: route.path[...])
            else {
                Issue.record("\(route.method) \(route.path)")
                continue
            }
            #expect(parameters.count == route.path.split(separator: "{").count - 1)
        }
    }

    @Test func everyOperationHasOneRoute() {
        #expect(RouteTable.routes.map(\.operation.rawValue).sorted() == Operation.allCases.map(\.rawValue).sorted())
    }
}
