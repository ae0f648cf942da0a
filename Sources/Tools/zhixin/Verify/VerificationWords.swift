import Credentials
import LedgerModel
import Primitives
import ZhixinClient
import ZhixinVerify

/// What a bundle proves, or why it proves nothing, in words.
enum VerificationWords {
    static func lines(_ verified: VerifiedBundle) -> [String] {
        let definition = try? verified.type.decodedDefinition()
        let asOf = verified.asOf.header
        var lines = [
            "有效 VALID：\(definition.map { "\($0.name.chinese) \($0.name.english)" } ?? verified.type.code.text)",
            "  签发 issued by \(verified.issuer.name) \(verified.issuer.englishName)",
        ]
        for member in shown(verified, definition) {
            let label = definition?.field(member.name)?.label
            let value = member.value.string ?? member.value.compactText
            lines.append("  \(label?.chinese ?? member.name) \(label?.english ?? "")：\(value)")
        }
        if let until = validUntil(verified) { lines.append("  有效期至 valid until \(TimeText.words(until))") }
        lines.append(
            verified.keyBinding == nil
                ? "  持有即可出示，请另行核对持证人 a bearer paper: check who presents it"
                : "  出示者持有绑定的密钥 the presenter holds the key"
        )
        lines.append(
            "  截至 as of 第 \(asOf.height) 块 block \(asOf.height)，\(TimeText.words(asOf.timestamp))，"
                + "\(verified.asOf.signers.count) 个部门签名 signed by \(verified.asOf.signers.count) departments"
        )
        return lines
    }

    static func json(_ verified: VerifiedBundle) -> JSONValue {
        let definition = try? verified.type.decodedDefinition()
        return .of([
            ("valid", .bool(true)),
            ("certificate", .string(verified.record.commitment.description)),
            ("type", .string(verified.type.code.text)),
            ("issuer", .string(verified.issuer.code.text)),
            ("disclosed", .object(object(shown(verified, definition)))),
            ("validUntilSeconds", validUntil(verified).map { .number($0.seconds) } ?? .null),
            ("holderProven", .bool(verified.keyBinding != nil)),
            (
                "asOf",
                .of([
                    ("height", .number(verified.asOf.header.height.rawValue)),
                    ("timestamp", .number(verified.asOf.header.timestamp.milliseconds)),
                ])
            ),
        ])
    }

    /// The claims that are fields of the type, in the type's order.
    private static func shown(
        _ verified: VerifiedBundle,
        _ definition: CertificateTypeDefinition?
    ) -> [JSONObject.Member] {
        guard let definition else { return verified.claims.members }
        return definition.fields.compactMap { field in
            verified.claims[field.name].map { JSONObject.Member(field.name, $0) }
        }
    }

    private static func object(_ members: [JSONObject.Member]) -> JSONObject {
        var object = JSONObject()
        for member in members { object[member.name] = member.value }
        return object
    }

    private static func validUntil(_ verified: VerifiedBundle) -> Timestamp? {
        verified.record.validUntilSeconds == .max ? nil : Timestamp(seconds: verified.record.validUntilSeconds)
    }

    static func reason(_ error: BundleError) -> LocalizedText {
        switch error {
        case .malformed, .presentation:
            LocalizedText(chinese: "不是凭证包，或已损坏", english: "this is no bundle, or it is damaged")
        case .otherNetwork:
            LocalizedText(chinese: "属于另一个网络", english: "it is of another network than the pinned one")
        case .header:
            LocalizedText(chinese: "区块没有足够部门的有效签名", english: "its block is not signed by enough departments")
        case .record:
            LocalizedText(chinese: "账本上没有这条登记", english: "the register does not hold its record")
        case .otherCertificate:
            LocalizedText(chinese: "证照内容与账本登记不符", english: "the certificate is not the one on the ledger")
        case .issuerUnknown, .certificateTypeUnknown:
            LocalizedText(chinese: "签发部门或证照类型未知", english: "its issuer or type is unknown to genesis")
        case .suspended(let since):
            LocalizedText(chinese: "已于第 \(since) 块暂停", english: "suspended in block \(since)")
        case .revoked(let since):
            LocalizedText(chinese: "已于第 \(since) 块注销", english: "revoked in block \(since)")
        case .superseded(let since):
            LocalizedText(chinese: "已于第 \(since) 块被新证照替换", english: "superseded in block \(since)")
        case .notYetValid(let seconds, _):
            LocalizedText(
                chinese: "自 \(TimeText.words(Timestamp(seconds: seconds))) 起有效，尚未生效",
                english: "it is valid from \(TimeText.words(Timestamp(seconds: seconds))) on"
            )
        case .expired(let seconds, _):
            LocalizedText(
                chinese: "已于 \(TimeText.words(Timestamp(seconds: seconds))) 到期",
                english: "it expired at \(TimeText.words(Timestamp(seconds: seconds)))"
            )
        case .freshness(.tooOld(let timestamp, _, _)):
            LocalizedText(
                chinese: "账本状态停留在 \(TimeText.words(timestamp))，太旧，请换取新的凭证包",
                english: "it shows the ledger of \(TimeText.words(timestamp)), which is too old; ask for a new one"
            )
        case .freshness(.inFuture):
            LocalizedText(chinese: "区块时间晚于本机时钟，请校准时钟", english: "its block lies ahead of this machine's clock")
        case .credential:
            LocalizedText(chinese: "签发部门的签名或披露内容不成立", english: "the issuer's signature or a disclosure does not hold")
        }
    }
}
