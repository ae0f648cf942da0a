/// An error as every route answers it (RFC 9457, `application/problem+json`).
package struct ProblemDocument: ExchangeShape {
    /// `https://zhixin.example/problems/` and the code.
    package var type: String
    /// What went wrong, in English, for people; the same text for the same code.
    package var title: String
    /// The same in Chinese.
    package var titleChinese: String
    /// The HTTP status.
    package var status: Int
    /// The stable name of the problem; what programs decide by.
    package var code: String
    /// What it was in this request; never personal data.
    package var detail: String?
    /// The ledger's verdict, where a transaction was refused.
    package var verdict: String?

    package init(
        type: String,
        title: String,
        titleChinese: String,
        status: Int,
        code: String,
        detail: String? = nil,
        verdict: String? = nil
    ) {
        self.type = type
        self.title = title
        self.titleChinese = titleChinese
        self.status = status
        self.code = code
        self.detail = detail
        self.verdict = verdict
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        type = try object.string("type")
        title = try object.string("title")
        titleChinese = try object.string("titleChinese")
        status = Int(try object.integer("status", in: 100...599))
        code = try object.string("code", byteCountMax: 64)
        detail = try object.optionalString("detail", byteCountMax: 1024)
        verdict = try object.optionalString("verdict", byteCountMax: 64)
    }

    package var json: JSONValue {
        .members([
            ("type", .string(type)),
            ("title", .string(title)),
            ("titleChinese", .string(titleChinese)),
            ("status", .integer(Int64(status))),
            ("code", .string(code)),
            ("detail", detail.map { .string($0) }),
            ("verdict", verdict.map { .string($0) }),
        ])
    }
}
