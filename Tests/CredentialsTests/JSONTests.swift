import Credentials
import Primitives
import TestKit
import Testing

struct JSONTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", true), (" [ ] ", []), ("{}", [:]), ("-7", -7), ("\"\"", ""),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .decimal("9223372036854775808")),
            ("-9223372036854775808", .integer(.min)), ("-0", .decimal("-0")), ("1.50", .decimal("1.50")),
            ("1E+2", .decimal("1E+2")), ("[1,\"a\",{\"b\":null}]", [1, "a", ["b": .null]]),
            (#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, .string("\"\\/\u{8}\u{c}\n\r\té😀")),
            ("\"智信\"", "智信"), (#""\u0000""#, .string("\0")),
        ] as [(String, JSONValue)]
    )
    func wellFormedTextIsParsed(_ text: String, _ expected: JSONValue) throws {
        #expect(try json(text) == expected)
    }

    @Test(
        arguments: [
            ("", JSONParseError.unexpectedEnd(offset: 0)), ("  ", .unexpectedEnd(offset: 2)),
            ("{", .unexpectedEnd(offset: 1)), ("[1,]", .unexpectedByte(found: 0x5d, offset: 3)),
            ("{\"a\":1,}", .unexpectedByte(found: 0x7d, offset: 7)), ("[1 2]", .unexpectedByte(found: 0x32, offset: 3)),
            ("{\"a\" 1}", .unexpectedByte(found: 0x31, offset: 5)), ("{a:1}", .unexpectedByte(found: 0x61, offset: 1)),
            ("01", .badNumber(offset: 0)), ("-", .badNumber(offset: 0)), ("1.", .badNumber(offset: 0)),
            (".5", .unexpectedByte(found: 0x2e, offset: 0)), ("1e", .badNumber(offset: 0)),
            ("+1", .unexpectedByte(found: 0x2b, offset: 0)), ("NaN", .unexpectedByte(found: 0x4e, offset: 0)),
            ("tru", .unexpectedEnd(offset: 3)), ("trux", .unexpectedByte(found: 0x78, offset: 3)),
            ("1 1", .trailingBytes(offset: 2)), ("{\"a\":1,\"a\":2}", .duplicateName(offset: 7)),
            (#"{"a":1,"\u0061":2}"#, .duplicateName(offset: 7)),
            ("\"\n\"", .controlCharacter(found: 10, offset: 1)), (#""\x""#, .badEscape(offset: 1)),
            (#""\u12"#, .unexpectedEnd(offset: 5)), (#""\u12""#, .badEscape(offset: 1)),
            (#""\u00g0""#, .badEscape(offset: 1)), (#""\ud800""#, .loneSurrogate(offset: 1)),
            (#""\udc00""#, .loneSurrogate(offset: 1)), (#""\ud800\ud800""#, .loneSurrogate(offset: 1)),
            ("\u{feff}1", .unexpectedByte(found: 0xef, offset: 0)), ("'a'", .unexpectedByte(found: 0x27, offset: 0)),
        ] as [(String, JSONParseError)]
    )
    func illFormedTextIsRefused(_ text: String, _ expected: JSONParseError) {
        #expect(throws: expected) { try json(text) }
    }

    @Test(
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xe6, 0x99, 0x22],
            [0x22, 0x5c, 0x6e, 0xff, 0x22],
        ] as [[UInt8]]
    )
    func bytesThatAreNotUTF8AreRefused(_ text: [UInt8]) {
        #expect(throws: JSONParseError.notUTF8(offset: 1)) { try JSONValue(parsing: text, byteCountMax: 100) }
    }

    @Test func limitsHoldOnBothSides() throws {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(try json(deep).array?.count == 1)
        #expect(throws: JSONParseError.tooDeep(limit: 32, offset: 32)) { try json("[" + deep + "]") }
        #expect(try JSONValue(parsing: bytes("1234"), byteCountMax: 4) == 1234)
        #expect(throws: JSONParseError.tooLarge(found: 5, limit: 4)) {
            try JSONValue(parsing: bytes("12345"), byteCountMax: 4)
        }
        let digits = "0." + String(repeating: "1", count: 62)
        #expect(try json(digits) == .decimal(digits))
        #expect(throws: JSONParseError.badNumber(offset: 0)) { try json(digits + "1") }
    }

    @Test func namesThatUnicodeCallsEquivalentStayApart() throws {
        let object = try json("{\"K\":1,\"\u{212a}\":2}").object
        #expect(object?["K"] == 1)
        #expect(object?["\u{212a}"] == 2)
    }

    @Test func repeatedNamesAreFoundInLongObjects() throws {
        let members = (0..<40).map { "\"n\($0)\":\($0)" }
        #expect(try json("{" + members.joined(separator: ",") + "}").object?.count == 40)
        #expect(throws: JSONParseError.self) { try json("{" + members.joined(separator: ",") + ",\"n39\":0}") }
    }

    @Test func memberOrderIsKeptAndCompactTextIsReadBack() throws {
        let text = #"{"z":1,"a":[true,null,"\u001f\"\\\n"],"m":{"y":1.5e3,"b":-2}}"#
        #expect(try json(text).compactText == text)
    }

    /// The order of RFC 8785 §3.2.3: by UTF-16 units, so that an emoji comes before U+FB33.
    @Test func canonicalFormSortsNamesByUTF16() throws {
        let value = try json(#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#)
        let text = String(decoding: try value.canonicalJSON(), as: UTF8.self)
        #expect(text == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}")
    }

    @Test func canonicalFormLeavesOutWhatFloatingPointDecides() throws {
        #expect(try JSONValue.integer(9_007_199_254_740_991).canonicalJSON() == bytes("9007199254740991"))
        #expect(throws: JSONCanonicalError.numberOutsideSubset("9007199254740992")) {
            try JSONValue.integer(9_007_199_254_740_992).canonicalJSON()
        }
        #expect(throws: JSONCanonicalError.numberOutsideSubset("1.0")) { try json("[1.0]").canonicalJSON() }
    }

    @Test func randomValuesAreReadBackAndMutatedTextNeverCrashes() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            let value = Self.randomValue(depth: 0, &random)
            let text = value.compactBytes
            #expect(try JSONValue(parsing: text, byteCountMax: 1 << 20) == value)
            if let canonical = try? value.canonicalJSON() {
                let again = try JSONValue(parsing: canonical, byteCountMax: 1 << 20)
                #expect(try again.canonicalJSON() == canonical)
                #expect(again == value)
            }
            let changed = mutated(text, by: &random)
            if let parsed = try? JSONValue(parsing: changed, byteCountMax: 1 << 20) {
                #expect(try JSONValue(parsing: parsed.compactBytes, byteCountMax: 1 << 20) == parsed)
            }
        }
    }

    private static func randomValue(depth: Int, _ random: inout SeededRandom) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(random.chance(1, in: 2))
        case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: return .decimal("\(Int.random(in: 0..<100, using: &random)).25e-1")
        case 4: return .string(randomText(&random))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in randomValue(depth: depth + 1, &random) }
            )
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                object[randomText(&random)] = randomValue(depth: depth + 1, &random)
            }
            return .object(object)
        }
    }

    private static func randomText(_ random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            let limit: UInt32 = random.chance(1, in: 2) ? 0x80 : 0x11_0000
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

struct StrictObjectTests {
    @Test func membersThatNobodyAskedForAreRefused() throws {
        var object = try StrictObject(json(#"{"a":{"b":1,"c":2}}"#))
        var inner = try object.object("a")
        #expect(try inner.integer("b", in: 0...1) == 1)
        #expect(throws: JSONShapeError.unknownName(path: "a.c")) { try inner.finish() }
        try object.finish()
    }

    @Test func errorsNameThePath() throws {
        var object = try StrictObject(json(#"{"s":"x","n":5,"l":["a",1],"f":"no","e":""}"#), path: "root")
        #expect(throws: JSONShapeError.missing(path: "root.q")) { try object.string("q") }
        #expect(throws: JSONShapeError.wrongKind(path: "root.n", expected: "string", found: "integer")) {
            try object.string("n")
        }
        #expect(throws: JSONShapeError.notAllowed(path: "root.n", reason: "5 is outside 0...4")) {
            try object.integer("n", in: 0...4)
        }
        #expect(try object.integer("n", in: 0...5) == 5)
        #expect(throws: JSONShapeError.wrongKind(path: "root.l[1]", expected: "string", found: "integer")) {
            try object.strings("l", count: 0...2)
        }
        #expect(throws: JSONShapeError.notAllowed(path: "root.l", reason: "2 elements, not 0...1")) {
            try object.strings("l", count: 0...1)
        }
        #expect(throws: JSONShapeError.wrongKind(path: "root.f", expected: "boolean", found: "string")) {
            try object.bool("f", absent: true)
        }
        #expect(throws: JSONShapeError.notAllowed(path: "root.e", reason: "0 bytes, not 1...256")) {
            try object.string("e")
        }
        #expect(throws: JSONShapeError.wrongKind(path: "", expected: "object", found: "array")) {
            try StrictObject([])
        }
    }
}
