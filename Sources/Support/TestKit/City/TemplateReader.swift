package import Credentials
import Foundation

/// Reads the templates under `Genesis` without a YAML library: maps by indentation, lists with dashes, flow lists and maps on
/// one line, comments on lines of their own, plain and double-quoted scalars. Nothing else of YAML.
package struct TemplateReader {
    /// Why a template is not of this subset.
    package struct TemplateError: Error {
        package let line: Int
        package let reason: String
    }

    private struct Line {
        let number: Int
        let indent: Int
        let text: String
    }

    private var lines: [Line] = []
    private var index = 0

    /// The value that the file at `path` of the checkout spells.
    package static func read(_ path: String) throws -> JSONValue {
        try parse(String(decoding: Data(contentsOf: checkout.appendingPathComponent(path)), as: UTF8.self))
    }

    /// The names of the files in the folder at `path` of the checkout, sorted.
    package static func files(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: checkout.appendingPathComponent(path).path).sorted()
            .map { "\(path)/\($0)" }
    }

    /// The value that `text` spells.
    package static func parse(_ text: String) throws -> JSONValue {
        var reader = TemplateReader()
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.drop { $0 == " " }
            guard !content.isEmpty, !content.hasPrefix("#") else { continue }
            reader.lines.append(Line(number: number + 1, indent: line.count - content.count, text: String(content)))
        }
        return try reader.block(indent: 0)
    }

    private static let checkout: URL = {
        // <checkout>/Sources/Support/TestKit/City/TemplateReader.swift
        var url = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<5 { url.deleteLastPathComponent() }
        return url
    }()

    private mutating func block(indent: Int) throws -> JSONValue {
        guard index < lines.count else { return .null }
        return lines[index].text.hasPrefix("- ") ? try list(indent: indent) : .object(try map(indent: indent))
    }

    private mutating func list(indent: Int) throws -> JSONValue {
        var elements: [JSONValue] = []
        while index < lines.count, lines[index].indent == indent, lines[index].text.hasPrefix("- ") {
            let line = lines[index]
            let rest = String(line.text.dropFirst(2))
            if Self.key(of: rest) != nil, !rest.hasPrefix("{") {
                lines[index] = Line(number: line.number, indent: indent + 2, text: rest)
                elements.append(.object(try map(indent: indent + 2)))
            } else {
                index += 1
                elements.append(try Self.scalar(rest, line.number))
            }
        }
        return .array(elements)
    }

    private mutating func map(indent: Int) throws -> JSONObject {
        var object = JSONObject()
        while index < lines.count, lines[index].indent == indent, !lines[index].text.hasPrefix("- ") {
            let line = lines[index]
            guard let (name, rest) = Self.key(of: line.text) else {
                throw TemplateError(line: line.number, reason: "no key")
            }
            index += 1
            if rest.isEmpty {
                guard index < lines.count, lines[index].indent > indent else {
                    throw TemplateError(line: line.number, reason: "nothing under the key")
                }
                object[name] = try block(indent: lines[index].indent)
            } else {
                object[name] = try Self.scalar(rest, line.number)
            }
        }
        return object
    }

    private static func key(of text: String) -> (String, String)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = text[text.index(after: colon)...]
        guard rest.isEmpty || rest.hasPrefix(" ") else { return nil }
        return (String(text[..<colon]), rest.trimmingCharacters(in: .whitespaces))
    }

    private static func scalar(_ text: String, _ line: Int) throws -> JSONValue {
        if text.hasPrefix("[") || text.hasPrefix("{") {
            let parts = text.dropFirst().dropLast().split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard text.hasPrefix("{") else { return .array(try parts.map { try scalar($0, line) }) }
            var object = JSONObject()
            for part in parts {
                guard let (name, rest) = key(of: part) else { throw TemplateError(line: line, reason: "no key") }
                object[name] = try scalar(rest, line)
            }
            return .object(object)
        }
        if text.hasPrefix("\""), text.hasSuffix("\""), text.count >= 2 {
            return .string(String(text.dropFirst().dropLast()))
        }
        if text == "true" || text == "false" { return .bool(text == "true") }
        return Int64(text).map { .integer($0) } ?? .string(text)
    }
}
