import Credentials
import Cryptography
import Testing

@testable import zhixin

/// What people read about an error is a sentence in each language.
@Suite struct ReasonTests {
    @Test(arguments: [
        (JSONShapeError.missing(path: "host"), "缺少键 host", "the key host is missing"),
        (.unknownName(path: "fooBar"), "不认识键 fooBar", "the key fooBar is not known"),
        (
            .wrongKind(path: "peers[0].host", expected: "string", found: "integer"), "键 peers[0].host 应为文字，实为整数",
            "the key peers[0].host has a value of the kind integer, not string"
        ),
        (
            .notAllowed(path: "linkPort", reason: "0 is outside 1...65535"), "键 linkPort 的值不合要求：0 不在 1...65535 之内",
            "the value of the key linkPort is not accepted (0 is outside 1...65535)"
        ),
        (
            .notAllowed(path: "code", reason: "a-z, 0-9 and -"), "键 code 的值不合要求",
            "the value of the key code is not accepted (a-z, 0-9 and -)"
        ),
    ])
    func shapesAreNamedByTheirKey(error: JSONShapeError, chinese: String, english: String) {
        let reason = Reason(error)
        #expect(reason.chinese == chinese)
        #expect(reason.english == english)
    }

    @Test(arguments: [
        KeyFileError.missing(path: "keys/a.key"), .notAFile(path: "keys/a.key"),
        .wrongKind(path: "keys/a.key", expected: "p256", found: "ed25519"),
        .damaged(path: "keys/a.key", reason: "no PEM"),
        .unusable(path: "keys/a.key", reason: .unavailable(algorithm: "SM2")),
        .system(path: "keys/a.key", call: "open", errorNumber: 13),
    ])
    func keyFilesAreNamedByTheirPath(error: KeyFileError) {
        let reason = Reason(error)
        #expect(reason.chinese.contains("keys/a.key") && !reason.chinese.allSatisfy(\.isASCII))
        #expect(reason.english.contains("keys/a.key") && reason.english.allSatisfy(\.isASCII))
        #expect(!reason.english.contains("path:"))
    }
}
