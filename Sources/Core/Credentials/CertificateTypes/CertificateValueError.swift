/// Why one cell of an export does not have the form of its field. No case holds the cell's content.
package enum CertificateValueError: Error, Hashable, Sendable {
    /// Nothing stands where the type requires a value.
    case missing
    /// A text longer than `limit` characters.
    case tooLong(limit: Int)
    case controlCharacter
    case notADate
    case citizenIdentifier(CitizenIdentifierError)
    case socialCreditCode(SocialCreditCodeError)
    case notADivision
    case notAnInteger
    case notAnAmount
    case notAWord(words: [String])

    /// A stable code for reports and interfaces.
    package var code: String {
        switch self {
        case .missing: "missing"
        case .tooLong: "too-long"
        case .controlCharacter: "control-character"
        case .notADate: "not-a-date"
        case .citizenIdentifier(let error): "citizen-identifier-\(error.rawValue)"
        case .socialCreditCode(let error): "social-credit-code-\(error.rawValue)"
        case .notADivision: "not-a-division"
        case .notAnInteger: "not-an-integer"
        case .notAnAmount: "not-an-amount"
        case .notAWord: "not-a-word"
        }
    }

    /// The reason for people, without the value.
    package var reason: LocalizedText {
        switch self {
        case .missing: LocalizedText(chinese: "必填项为空", english: "a required value is empty")
        case .tooLong(let limit):
            LocalizedText(chinese: "超过\(limit)个字符", english: "longer than \(limit) characters")
        case .controlCharacter: LocalizedText(chinese: "含有控制字符", english: "a control character")
        case .notADate:
            LocalizedText(chinese: "不是有效日期（如2024-02-29）", english: "no valid date such as 2024-02-29")
        case .citizenIdentifier(let error): Self.reason(error)
        case .socialCreditCode(let error): Self.reason(error)
        case .notADivision:
            LocalizedText(chinese: "行政区划代码应为6位数字", english: "a division code is six digits")
        case .notAnInteger:
            LocalizedText(chinese: "应为不超过12位的整数", english: "a whole number of up to 12 digits is due")
        case .notAnAmount:
            LocalizedText(
                chinese: "应为金额（元，最多两位小数，无千位分隔符）",
                english: "an amount in yuan with up to two decimals and no separators is due"
            )
        case .notAWord:
            LocalizedText(chinese: "不在允许的取值范围内", english: "not one of the allowed words")
        }
    }

    private static func reason(_ error: CitizenIdentifierError) -> LocalizedText {
        switch error {
        case .length: LocalizedText(chinese: "公民身份号码应为18位", english: "a citizen id has 18 characters")
        case .character:
            LocalizedText(
                chinese: "公民身份号码只能含数字，末位可为大写X",
                english: "a citizen id has digits only, the last may be an upper-case X"
            )
        case .province:
            LocalizedText(chinese: "公民身份号码的省份代码不存在", english: "the citizen id's province does not exist")
        case .birthDate:
            LocalizedText(chinese: "公民身份号码中的出生日期无效", english: "the citizen id's birth date is no date")
        case .sequence:
            LocalizedText(chinese: "公民身份号码的顺序码不能为000", english: "the citizen id's sequence is 000")
        case .checkCharacter:
            LocalizedText(
                chinese: "公民身份号码的校验码不符，可能有一位录入错误",
                english: "the citizen id's check character differs: one digit may be mistyped"
            )
        }
    }

    private static func reason(_ error: SocialCreditCodeError) -> LocalizedText {
        switch error {
        case .length:
            LocalizedText(chinese: "统一社会信用代码应为18位", english: "a social credit code has 18 characters")
        case .character:
            LocalizedText(
                chinese: "统一社会信用代码含有不允许的字符",
                english: "the social credit code has a character that is not allowed"
            )
        case .division:
            LocalizedText(
                chinese: "统一社会信用代码的行政区划应为6位数字",
                english: "the social credit code's division is not six digits"
            )
        case .organizationCheck:
            LocalizedText(
                chinese: "统一社会信用代码中的组织机构代码校验码不符",
                english: "the check character of the organization code differs"
            )
        case .checkCharacter:
            LocalizedText(
                chinese: "统一社会信用代码的校验码不符",
                english: "the social credit code's check character differs"
            )
        }
    }
}
