import Node
import Primitives

/// The machine's civil clock.
enum Clock {
    static var civil: Timestamp { SystemTime.civil }
}
