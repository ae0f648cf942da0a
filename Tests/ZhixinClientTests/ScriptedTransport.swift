import Synchronization
import ZhixinClient

/// A node in memory: answers each request by a closure and remembers what was asked.
final class ScriptedTransport: NodeTransport {
    private let requests = Mutex<[NodeRequest]>([])
    private let answer: @Sendable (NodeRequest, Int) throws(TransportError) -> NodeAnswer

    /// - Parameter answer: gets the request and its number, from 0.
    init(_ answer: @escaping @Sendable (NodeRequest, Int) throws(TransportError) -> NodeAnswer) {
        self.answer = answer
    }

    var seen: [NodeRequest] { requests.withLock { $0 } }

    func send(_ request: NodeRequest) async throws(TransportError) -> NodeAnswer {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        return try answer(request, number)
    }
}
