import Credentials
import LedgerModel
import Primitives
import TestKit
import ZeroSubmission

/// Rows as a department's export has them.
enum Exports {
    static func household(
        _ citizen: SyntheticCitizen,
        number: String? = nil,
        division: String = "440604"
    ) -> CertificateBatchRow {
        row(
            [
                "户口登记编号": number ?? "HK\(citizen.index)", "姓名": citizen.name, "公民身份号码": citizen.identifier.text,
                "性别": citizen.identifier.isMale ? "男" : "女", "出生日期": citizen.identifier.birthDate.description,
                "户籍地行政区划": division, "户籍地址": citizen.address, "户别": "家庭户", "登记日期": "2001-10-22",
            ],
            line: Int(citizen.index) + 2
        )
    }

    static func insurance(_ citizen: SyntheticCitizen, status: String = "参保缴费") -> CertificateBatchRow {
        row(
            [
                "社保编号": "SI\(citizen.index)", "姓名": citizen.name, "公民身份号码": citizen.identifier.text, "参保状态": status,
                "参保险种": "五险", "单位统一社会信用代码": "", "首次参保日期": "2014-05-17", "累计缴费月数": "98", "缴费基数": "1944.49",
            ],
            line: Int(citizen.index) + 2
        )
    }

    static func fund(_ citizen: SyntheticCitizen) -> CertificateBatchRow {
        row(
            [
                "公积金账号": "HF\(citizen.index)", "姓名": citizen.name, "公民身份号码": citizen.identifier.text, "账户状态": "正常",
                "开户日期": "2022-03-07", "账户余额": "1555.93", "月缴存额": "6493.84",
            ],
            line: Int(citizen.index) + 2
        )
    }

    static func property(_ citizen: SyntheticCitizen, number: String? = nil) -> CertificateBatchRow {
        row(
            [
                "不动产权证号": number ?? "NR\(citizen.index)", "权利人": citizen.name, "公民身份号码": citizen.identifier.text,
                "坐落": citizen.address, "用途": "住宅", "建筑面积（平方米）": "90", "登记日期": "2009-10-11",
            ],
            line: Int(citizen.index) + 2
        )
    }

    private static func row(_ cells: KeyValuePairs<String, String>, line: Int) -> CertificateBatchRow {
        CertificateBatchRow(line: line, values: cells.map { .init(header: $0.key, text: $0.value) })
    }

    static func batch(_ type: String, _ rows: [CertificateBatchRow], name: UInt8 = 1) -> CertificateBatchRequest {
        CertificateBatchRequest(batch: [UInt8](repeating: name, count: 16), type: type, rows: rows)
    }
}

extension SyntheticCitizen {
    static func number(_ index: UInt64) -> SyntheticCitizen { SyntheticCitizen(seed: 7, index: index) }

    /// The first citizens for whom `condition` holds.
    static func first(_ count: Int = 1, where condition: (SyntheticCitizen) -> Bool) -> [SyntheticCitizen] {
        Array((0..<10_000).lazy.map { SyntheticCitizen.number($0) }.filter(condition).prefix(count))
    }
}
