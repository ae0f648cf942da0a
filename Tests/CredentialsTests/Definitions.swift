import Credentials
import Primitives

/// Small definitions that the tests of types and matters share.
enum Definitions {
    static let household = """
        {"code":"household-register","id":1,"version":1,"name":{"zh":"户籍","en":"Household register"},
        "issuers":["public-security"],"subject":"natural","validity":{"end":"open"},
        "fields":[
        {"name":"register_number","header":"户号","kind":"text","charactersMax":20},
        {"name":"holder_name","header":"姓名","aliases":["户主姓名"],"kind":"text"},
        {"name":"holder_identifier","header":"公民身份号码","aliases":["身份证号"],"kind":"citizen-identifier"},
        {"name":"division_code","header":"行政区划","kind":"division"},
        {"name":"household_kind","header":"户别","kind":"enumeration","words":["家庭户","集体户"],"required":false},
        {"name":"members","header":"人数","kind":"integer","required":false},
        {"name":"deposit","header":"押金","kind":"money","required":false},
        {"name":"registered_on","header":"登记日期","kind":"date","required":false}],
        "numberField":"register_number","holderIdentifierField":"holder_identifier","holderNameField":"holder_name"}
        """

    static let allowance = """
        {"code":"old-age-allowance","version":3,"name":{"zh":"高龄老人津贴","en":"Old-age allowance"},
        "department":"civil-affairs","subject":"natural","purpose":{"zh":"发放津贴","en":"to pay the allowance"},
        "evidence":[
        {"id":"age","kind":"predicate","type":"household-register","label":{"zh":"年满60周岁","en":"60 or over"},
        "obtainFrom":{"zh":"公安分局","en":"public security"},"unmet":{"zh":"未满60周岁","en":"under 60"},
        "predicate":{"kind":"age-at-least","field":"holder_identifier","years":60}},
        {"id":"residence","kind":"predicate","type":"household-register","label":{"zh":"佛山户籍","en":"of Foshan"},
        "obtainFrom":{"zh":"公安分局","en":"public security"},"unmet":{"zh":"非佛山户籍","en":"not of Foshan"},
        "predicate":{"kind":"has-prefix","field":"division_code","prefix":"4406"}}],
        "outcome":{"kind":"payment-order","payment":{"amountCents":3000,"period":"monthly",
        "label":{"zh":"津贴","en":"allowance"}}}}
        """

    static let registerExtract = """
        {"code":"register-extract","version":1,"name":{"zh":"户籍证明","en":"Register extract"},
        "department":"public-security","subject":"natural","purpose":{"zh":"出具证明","en":"to certify"},
        "evidence":[
        {"id":"household","kind":"certificate","type":"household-register","label":{"zh":"户籍","en":"household"},
        "fields":["holder_name","holder_identifier","division_code"],
        "obtainFrom":{"zh":"公安分局","en":"public security"}},
        {"id":"no-property","kind":"no-entry","type":"household-register","label":{"zh":"无房","en":"no property"},
        "obtainFrom":{"zh":"自然资源局","en":"natural resources"},"unmet":{"zh":"名下有房","en":"owns property"}}],
        "conditions":[{"evidence":"household","predicate":{"kind":"has-prefix","field":"division_code","prefix":"44"},
        "unmet":{"zh":"非广东户籍","en":"not of Guangdong"}}],
        "prefill":[{"evidence":"household","field":"holder_name","label":{"zh":"姓名","en":"Name"}}],
        "outcome":{"kind":"issue-certificate","type":"household-register","claims":[
        {"name":"register_number","from":"case-number"},
        {"name":"holder_name","from":"evidence","evidence":"household","field":"holder_name"},
        {"name":"holder_identifier","from":"evidence","evidence":"household","field":"holder_identifier"},
        {"name":"division_code","from":"constant","value":"440604"},
        {"name":"registered_on","from":"decision-date"}]}}
        """

    static func type(_ text: String = household) throws -> CertificateTypeDefinition {
        try CertificateTypeDefinition(json: bytes(text))
    }

    static func matter(_ text: String) throws -> MatterDefinition { try MatterDefinition(json: bytes(text)) }

    /// A digest whose bytes are all `byte`.
    static func digest(_ byte: UInt8) -> Digest {
        Digest(words: (UInt64(byte), UInt64(byte), UInt64(byte), UInt64(byte)))
    }
}
