package import Credentials
import HTTPTypes

/// One row of the route table: everything that is decided about a request before its handler sees it.
package struct Route: Sendable {
    /// Over which listener a route answers.
    package enum Listener: Sendable {
        /// Over both.
        case any
        /// What is asked or answered is personal: HTTPS, and plain HTTP only from this same machine, where a proxy that ends TLS
        /// or a counter's own program may stand.
        case confidential
        /// HTTPS only.
        case encrypted
    }

    /// What the body of a request is.
    package enum Body: Hashable, Sendable {
        /// None: a byte is one too many.
        case none
        /// `application/json`, of this many bytes at most.
        case json(byteCountMax: Int)
        /// `application/octet-stream`, of this many bytes at most.
        case binary(byteCountMax: Int)

        /// Bytes that a request may carry.
        package var byteCountMax: Int {
            switch self {
            case .none: 0
            case .json(let limit), .binary(let limit): limit
            }
        }
    }

    package let method: String
    /// The path; `{name}` stands for one segment.
    package let path: String
    /// Who may ask; `anyone` alone for routes without proof.
    package let roles: Set<CallerRole>
    package let body: Body
    package let listener: Listener
    /// Names of the query's parameters; another one is refused.
    package let query: Set<String>
    let operation: Operation

    init(
        _ method: String,
        _ path: String,
        _ operation: Operation,
        roles: Set<CallerRole> = [.anyone],
        body: Body = .none,
        listener: Listener = .any,
        query: Set<String> = []
    ) {
        self.method = method
        self.path = path
        self.roles = roles
        self.body = body
        self.listener = listener
        self.query = query
        self.operation = operation
    }

    /// Whether anyone may ask without proof of who it is.
    package var isPublic: Bool { roles.contains(.anyone) }
}
