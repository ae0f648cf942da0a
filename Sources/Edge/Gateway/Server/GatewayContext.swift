package import Hummingbird
import NIOCore

/// What the server says about a request besides the request itself.
package struct GatewayContext: InitializableFromSource, Sendable {
    let channel: any Channel

    package init(source: ApplicationRequestContextSource) { channel = source.channel }

    /// Whether the request comes from this same machine.
    var isFromThisMachine: Bool {
        guard let address = channel.remoteAddress?.ipAddress else { return false }
        return address == "::1" || address.hasPrefix("127.")
    }
}
