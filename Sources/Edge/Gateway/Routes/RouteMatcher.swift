/// Finds the route of a method and path. Built once from the table; matching allocates only for parameters.
struct RouteMatcher: Sendable {
    /// What a path leads to.
    enum Match: Sendable {
        /// The route, the index of its row, and the segments that stood for its parameters, in order, still percent-encoded.
        case route(Route, index: Int, parameters: [Substring])
        /// A known path, for other methods.
        case otherMethods([String])
        case nothing
    }

    /// Segments of the longest path in the table.
    private static let segmentsMax = 8

    private final class Node: Sendable {
        let children: [Substring: Node]
        let parameterChild: Node?
        let routes: [(method: String, index: Int)]

        init(children: [Substring: Node], parameterChild: Node?, routes: [(method: String, index: Int)]) {
            self.children = children
            self.parameterChild = parameterChild
            self.routes = routes
        }
    }

    private let root: Node
    private let routes: [Route]

    init(_ routes: [Route]) {
        self.routes = routes
        let paths = routes.enumerated().map { (index: $0.offset, segments: Self.segments(of: $0.element.path[...])) }
        root = Self.node(paths, depth: 0, routes: routes)
    }

    private static func node(_ paths: [(index: Int, segments: [Substring])], depth: Int, routes: [Route]) -> Node {
        let ending = paths.filter { $0.segments.count == depth }
        let longer = paths.filter { $0.segments.count > depth }
        let fixed = Dictionary(grouping: longer.filter { !$0.segments[depth].hasPrefix("{") }) { $0.segments[depth] }
        let open = longer.filter { $0.segments[depth].hasPrefix("{") }
        return Node(
            children: fixed.mapValues { node($0, depth: depth + 1, routes: routes) },
            parameterChild: open.isEmpty ? nil : node(open, depth: depth + 1, routes: routes),
            routes: ending.map { (routes[$0.index].method, $0.index) }
        )
    }

    /// The segments of `path`: none for `/`.
    private static func segments(of path: Substring) -> [Substring] {
        path == "/"
            ? [] : path.dropFirst().split(separator: "/", maxSplits: segmentsMax, omittingEmptySubsequences: false)
    }

    func match(method: String, path: Substring) -> Match {
        guard path.utf8.first == UInt8(ascii: "/") else { return .nothing }
        var node = root
        var parameters: [Substring] = []
        if path.utf8.count > 1 {
            var rest = path.utf8.dropFirst()
            var isLast = false
            while !isLast {
                let segment: Substring
                if let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
                    segment = Substring(rest[..<slash])
                    rest = rest[rest.index(after: slash)...]
                } else {
                    segment = Substring(rest)
                    isLast = true
                }
                if let child = node.children[segment] {
                    node = child
                } else if let child = node.parameterChild, !segment.isEmpty {
                    node = child
                    parameters.append(segment)
                } else {
                    return .nothing
                }
            }
        }
        for (candidate, index) in node.routes where candidate == method {
            return .route(routes[index], index: index, parameters: parameters)
        }
        return node.routes.isEmpty ? .nothing : .otherMethods(node.routes.map(\.method))
    }
}
