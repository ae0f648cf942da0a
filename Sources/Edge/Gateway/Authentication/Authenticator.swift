import Credentials
import HTTPTypes
import LedgerModel
import Ports
import Primitives

/// Finds out who asks, in two steps: what the headers say, before a byte of the body is read; and whether it is true.
///
/// Refusals in order: missing, malformed, caller unknown, expired, not ready, signature, role, expired by now, repeated.
struct Authenticator: Sendable {
    /// What a request says of its caller, and the key that would show it.
    struct Claim: Sendable {
        let caller: Caller
        let time: Timestamp
        let nonce: [UInt8]
        let signature: Signature
        let key: PublicKey
    }

    private static let names = [
        SignedRequest.callerHeader, SignedRequest.timeHeader, SignedRequest.nonceHeader, SignedRequest.signatureHeader,
    ]
    .compactMap { HTTPField.Name($0) }

    private let configuration: GatewayConfiguration
    private let archive: any LedgerArchive
    private let suite: Suite
    private let network: Digest
    private let nonces: NonceCache
    /// Up to this time an earlier run may have taken requests whose nonces are forgotten: it took none from further ahead
    /// than `clockAheadMilliseconds`, and it had ended when this one started.
    private let barrier: Timestamp

    init(
        configuration: GatewayConfiguration,
        archive: any LedgerArchive,
        suite: Suite,
        network: Digest,
        start: Timestamp
    ) {
        self.configuration = configuration
        self.archive = archive
        self.suite = suite
        self.network = network
        barrier = start.adding(milliseconds: configuration.limits.clockAheadMilliseconds)
        nonces = NonceCache(limits: configuration.limits)
    }

    /// Nonces that are remembered now.
    var nonceCount: Int { nonces.count }

    /// What the headers say.
    /// - Throws: The refusals up to `notReady`.
    func claim(in headers: HTTPFields, now: Timestamp) throws(Refusal) -> Claim {
        var values: [String] = []
        for name in Self.names {
            let found = headers[values: name]
            guard let value = found.first else { throw .authenticationMissing }
            guard found.count == 1 else { throw .authenticationMalformed(header: name.canonicalName) }
            values.append(value)
        }
        guard let caller = Caller(values[0]) else { throw malformed(0) }
        guard let milliseconds = UInt64(values[1]), String(milliseconds) == values[1] else { throw malformed(1) }
        guard let nonce = Hexadecimal.decode(values[2]), nonce.count == SignedRequest.nonceByteCount,
            Hexadecimal.encode(nonce) == values[2]
        else { throw malformed(2) }
        guard values[3].utf8.count <= 2 * Signature.byteCount, let bytes = Base64URL.decode(values[3]),
            let signature = Signature(bytes)
        else { throw malformed(3) }
        guard let key = try key(of: caller) else { throw .callerUnknown }
        let time = Timestamp(milliseconds)
        guard isInWindow(time, now: now) else { throw .authenticationExpired }
        guard time > barrier else { throw .notReady }
        return Claim(caller: caller, time: time, nonce: nonce, signature: signature, key: key)
    }

    /// Whether the claim is true for this request and its role may use the route.
    /// - Throws: The refusals from `signatureInvalid` on.
    func confirm(
        _ claim: Claim,
        method: String,
        target: String,
        body: [UInt8],
        roles: Set<CallerRole>,
        now: Timestamp
    ) throws(Refusal) {
        let request = SignedRequest(
            network: network,
            gateway: configuration.department.rawValue,
            caller: claim.caller,
            method: method,
            target: target,
            time: claim.time,
            nonce: claim.nonce,
            bodyDigest: suite.digestFunction.digest(body)
        )
        guard suite.verifier.isValid(claim.signature, of: request.signingBytes, by: claim.key) else {
            throw .signatureInvalid
        }
        guard roles.contains(claim.caller.role) else { throw .roleNotAllowed }
        // The body may have taken its time, and nonces are forgotten when the window has passed.
        guard isInWindow(claim.time, now: now) else { throw .authenticationExpired }
        switch nonces.use(claim.nonce, by: claim.caller, at: claim.time, now: now) {
        case .fresh: break
        case .repeated: throw .authenticationRepeated
        case .full: throw .nonceCacheFull
        }
    }

    private func isInWindow(_ time: Timestamp, now: Timestamp) -> Bool {
        now <= time.adding(milliseconds: SignedRequest.windowMilliseconds)
            && time <= now.adding(milliseconds: configuration.limits.clockAheadMilliseconds)
    }

    private func malformed(_ index: Int) -> Refusal {
        .authenticationMalformed(header: Self.names[index].canonicalName)
    }

    /// The key that the caller signs with, or nil for nobody this gateway serves.
    private func key(of caller: Caller) throws(Refusal) -> PublicKey? {
        do throws(StoreError) {
            switch caller {
            case .service(let id):
                guard
                    case .serviceSystem(let record)? = try archive.view().record(.serviceSystem(ServiceSystemID(id)))?
                        .record,
                    record.department == configuration.department
                else { return nil }
                return record.key
            case .department(let id):
                guard case .department(let record)? = try archive.view().record(.department(DepartmentID(id)))?.record
                else { return nil }
                return record.transactionKey
            case .subject(let did):
                guard let id = SubjectID(did: did),
                    case .subject(let record)? = try archive.view().record(.subject(id))?.record,
                    record.status == .active
                else { return nil }
                return record.key
            case .clerk(let name): return configuration.clerks[name]
            }
        } catch {
            throw .storeFailed
        }
    }
}
