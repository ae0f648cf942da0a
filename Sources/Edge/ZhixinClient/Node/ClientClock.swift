import Foundation
package import Primitives

/// The machine's civil clock.
package enum ClientClock {
    package static var civil: Timestamp { Timestamp(UInt64(max(0, Date().timeIntervalSince1970 * 1000))) }
}
