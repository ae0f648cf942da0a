import Credentials
import LedgerModel
import Ports
import Primitives

/// Why a request is not answered as asked. Handlers throw it; `ErrorTable` alone knows what it is in HTTP.
///
/// The order of the first part is the order of the checks.
enum Refusal: Error, Equatable, Sendable {
    // Before the route is known.
    case overloaded
    case routeUnknown
    case methodNotAllowed([String])
    case encryptionRequired
    case queryMalformed(name: String)
    case parameterMalformed(name: String)
    case contentTypeUnsupported(expected: String)
    case bodyTooLarge(limit: Int)
    case bodyTooSlow
    case bodyBroken
    // Who asks.
    case authenticationMissing
    case authenticationMalformed(header: String)
    case callerUnknown
    case authenticationExpired
    case signatureInvalid
    case authenticationRepeated
    case nonceCacheFull
    case roleNotAllowed
    case notYourOwn
    // What is asked.
    case jsonDuplicateKey(offset: Int)
    case jsonMalformed(JSONParseError)
    case jsonShape(JSONShapeError)
    case transactionMalformed(DecodeError)
    case transactionRefused(Verdict)
    case transactionUnknown
    case blockUnknown
    case certificateUnknown
    case subjectUnknown
    case accessHeadUnknown
    case matterUnknown
    case representationUnsupported
    // What stands in the way here.
    case ledgerBusy
    case notReady
    case storeFailed
    case service(ServiceError)

    /// What JSON of unknown origin is refused with.
    init(_ error: ExchangeError) {
        switch error {
        case .syntax(.duplicateName(let offset)): self = .jsonDuplicateKey(offset: offset)
        case .syntax(let error): self = .jsonMalformed(error)
        case .shape(let error): self = .jsonShape(error)
        }
    }
}
