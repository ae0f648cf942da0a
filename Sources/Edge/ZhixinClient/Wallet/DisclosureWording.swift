package import Credentials

/// Says in words what an item discloses.
package enum DisclosureWording {
    /// What `content`, asked of a certificate of `type`, shows or answers.
    package static func words(for content: RequestedContent, type: CertificateTypeDefinition) -> LocalizedText {
        switch content {
        case .fields(let names):
            let labels = names.map { label($0, type) }
            return LocalizedText(
                chinese: labels.map(\.chinese).joined(separator: "、"),
                english: labels.map(\.english).joined(separator: ", ")
            )
        case .noEntry:
            return LocalizedText(chinese: "只回答有无登记", english: "only whether there is an entry")
        case .predicate(let json):
            let predicate: Predicate
            do throws(JSONShapeError) {
                predicate = try Predicate(.object(json.object), path: "")
            } catch {
                return LocalizedText(chinese: "只回答是或否", english: "only yes or no")
            }
            let text = words(for: predicate, type: type)
            return LocalizedText(chinese: "只回答是或否：\(text.chinese)", english: "only yes or no: \(text.english)")
        }
    }

    private static func words(for predicate: Predicate, type: CertificateTypeDefinition) -> LocalizedText {
        switch predicate {
        case .ageAtLeast(_, let years):
            return LocalizedText(chinese: "年满 \(years) 周岁", english: "is \(years) years of age or more")
        case .hasPrefix(let field, let prefix):
            let label = label(field, type)
            return LocalizedText(
                chinese: "\(label.chinese)以“\(prefix)”开头",
                english: "\(label.english) begins with “\(prefix)”"
            )
        case .equals(let field, let value):
            let label = label(field, type)
            let text = value.string ?? value.integer.map(String.init) ?? ""
            return LocalizedText(chinese: "\(label.chinese)为“\(text)”", english: "\(label.english) is “\(text)”")
        case .atLeast(let field, let value):
            let label = label(field, type)
            return LocalizedText(
                chinese: "\(label.chinese)不少于 \(value)",
                english: "\(label.english) is \(value) or more"
            )
        case .notBefore(let field):
            let label = label(field, type)
            return LocalizedText(
                chinese: "\(label.chinese)未到期",
                english: "\(label.english) is not past"
            )
        case .all(let parts):
            let words = parts.map { self.words(for: $0, type: type) }
            return LocalizedText(
                chinese: words.map(\.chinese).joined(separator: "，且"),
                english: words.map(\.english).joined(separator: ", and ")
            )
        }
    }

    private static func label(_ name: String, _ type: CertificateTypeDefinition) -> LocalizedText {
        type.field(name)?.label ?? LocalizedText(chinese: name, english: name)
    }
}
