import Credentials
import Primitives
import TestKit
import Testing

struct CertificateTypeTests {
    private static let headers = ["户号", "姓名", "公民身份号码", "行政区划", "户别", "人数", "押金", "登记日期"]
    private static let cells = [
        "A1", "测试甲", "11010519491231002X", "440604", "家庭户", "3", "12.5", "2020/1/2",
    ]

    @Test func aDefinitionSurvivesItsCanonicalForm() throws {
        let type = try Definitions.type()
        #expect(type.fields.count == 8)
        #expect(type.credentialType == "urn:zhixin:certificate-type:household-register:1")
        #expect(try CertificateTypeDefinition(json: type.canonicalJSON) == type)
    }

    @Test(arguments: [
        (#""code":"household-register""#, #""code":"Household""#), (#""id":1"#, #""id":0"#),
        (#""version":1"#, #""version":"1""#), (#""issuers":["public-security"]"#, #""issuers":[]"#),
        (#""subject":"natural""#, #""subject":"legal""#), (#""end":"open""#, #""end":"never""#),
        (#""end":"open""#, #""end":"field","field":"holder_name""#), (#""end":"open""#, #""end":"open","x":1"#),
        (#""name":"register_number""#, #""name":"exp""#), (#""name":"register_number""#, #""name":"Number""#),
        (#""name":"division_code""#, #""name":"holder_name""#), (#""header":"户号""#, #""header":"姓名""#),
        (#""aliases":["身份证号"]"#, #""aliases":["姓名"]"#), (#""kind":"money""#, #""kind":"gold""#),
        (#""words":["家庭户","集体户"],"#, ""), (#""words":["家庭户","集体户"]"#, #""words":["家庭户","家庭户"]"#),
        (#""numberField":"register_number""#, #""numberField":"members""#),
        (#""holderNameField":"holder_name""#, #""holderNameField":"nobody""#),
        (#""holderNameField":"holder_name""#, #""holderNameField":"holder_name","extra":1"#),
        (#""charactersMax":20"#, #""charactersMax":0"#),
    ])
    func otherDefinitionsAreRefused(_ old: String, _ new: String) throws {
        #expect(Definitions.household.contains(old))
        let text = String(
            Definitions.household.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
                .joined(separator: new)
        )
        #expect(throws: DefinitionError.self) { try Definitions.type(text) }
    }

    @Test func aRowBecomesClaims() throws {
        let reader = try CertificateRowReader(type: Definitions.type(), headers: Self.headers)
        let row = try reader.read(Self.cells, line: 2).get()
        #expect(row.claims["registered_on"] == "2020-01-02")
        #expect(row.claims["deposit"] == 1250)
        #expect(row.claims["members"] == 3)
        #expect(row.number == "A1" && row.holderName == "测试甲" && row.holderIdentifier == "11010519491231002X")
        #expect(row.claims.names.first == "register_number")
    }

    @Test func headingsMayBeAliasesAndInAnyOrder() throws {
        let headers = ["备注", " 身份证号", "户主姓名\u{3000}", "户号", "行政区划"]
        let reader = try CertificateRowReader(type: Definitions.type(), headers: headers)
        #expect(reader.ignoredHeaders == ["备注"])
        let cells = ["x", "11010519491231002X", "测试甲", "A1", "440604"]
        let row = try reader.read(cells, line: 2).get()
        #expect(row.claims.count == 4)
        #expect(throws: CertificateHeaderError.missingColumns(["公民身份号码", "行政区划"])) {
            try CertificateRowReader(type: Definitions.type(), headers: ["户号", "姓名"])
        }
        #expect(throws: CertificateHeaderError.repeatedColumn("身份证号")) {
            try CertificateRowReader(type: Definitions.type(), headers: Self.headers + ["身份证号"])
        }
    }

    @Test(arguments: [
        (0, "", "missing"), (0, "123456789012345678901", "too-long"), (1, "测\u{1}试", "control-character"),
        (2, "110105194912310021", "citizen-identifier-checkCharacter"),
        (2, "1101051949123100", "citizen-identifier-length"), (3, "44060", "not-a-division"),
        (3, "44060X", "not-a-division"), (4, "家庭", "not-a-word"), (5, "-1", "not-an-integer"),
        (5, "3.0", "not-an-integer"), (5, "1234567890123", "not-an-integer"), (6, "1,000", "not-an-amount"),
        (6, "1.234", "not-an-amount"), (6, "1.", "not-an-amount"), (7, "2020-02-30", "not-a-date"),
    ])
    func eachProblemHasItsCode(_ column: Int, _ cell: String, _ code: String) throws {
        let reader = try CertificateRowReader(type: Definitions.type(), headers: Self.headers)
        var cells = Self.cells
        cells[column] = cell
        guard case .failure(let found) = reader.read(cells, line: 7) else {
            Issue.record("\(code) is not found")
            return
        }
        #expect(found.line == 7)
        #expect(found.problems.map(\.code) == [code])
        #expect(found.problems[0].column == Self.headers[column])
        #expect(cell.isEmpty || !found.problems[0].chineseSentence.contains(cell))
        #expect(!found.problems[0].englishSentence.isEmpty)
    }

    @Test func allProblemsOfARowAreReportedTogether() throws {
        let reader = try CertificateRowReader(type: Definitions.type(), headers: Self.headers)
        guard case .failure(let found) = reader.read(["", "", "x", "y", "", "", "", ""], line: 3) else {
            Issue.record("nothing was found")
            return
        }
        #expect(found.problems.map(\.code) == ["missing", "missing", "citizen-identifier-length", "not-a-division"])
        guard case .failure(let short) = reader.read(["A1"], line: 4) else {
            Issue.record("a short row was accepted")
            return
        }
        #expect(short.problems.map(\.code) == ["column-count"])
    }

    @Test func contentDigestsDependOnWhatARowSaysAlone() throws {
        let type = try Definitions.type()
        let reader = try CertificateRowReader(type: type, headers: Self.headers)
        func digest(_ reader: CertificateRowReader, _ cells: [String], _ line: Int) throws -> Digest {
            try reader.read(cells, line: line).get().contentDigest(type: type, digestFunction: ReferenceSHA256())
        }
        let first = try digest(reader, Self.cells, 2)
        var other = Self.cells
        other[7] = "20200102"
        other[6] = "12.50"
        #expect(try digest(reader, other, 99) == first)
        let reversed = try CertificateRowReader(type: type, headers: Self.headers.reversed())
        #expect(try digest(reversed, Self.cells.reversed(), 2) == first)
        for column in 0..<8 {
            var changed = Self.cells
            changed[column] = ["B2", "测试乙", "440604199001010010", "440605", "集体户", "4", "0", "2021-01-01"][column]
            if column == 2 {
                let date = try #require(CalendarDate(year: 1990, month: 1, day: 1))
                changed[2] = try #require(CitizenIdentifier(division: "440604", birthDate: date, sequence: 7)).text
            }
            #expect(try digest(reader, changed, 2) != first)
        }
    }

    @Test func validityFollowsTheRule() throws {
        func period(_ rule: String, _ claims: JSONObject) throws -> ValidityPeriod? {
            let text = Definitions.household.split(separator: #""end":"open""#).joined(separator: rule)
            return try Definitions.type(text).validity.period(of: claims, issuedAt: Timestamp(seconds: 1_795_190_399))
        }
        // One second before midnight of 2026-11-21 in China.
        let issue: UInt64 = 1_795_190_399
        #expect(try period(#""end":"open""#, [:]) == ValidityPeriod(fromSeconds: issue, untilSeconds: .max))
        #expect(
            try period(#""end":"days","days":1"#, [:])
                == ValidityPeriod(fromSeconds: issue, untilSeconds: issue + 1)
        )
        #expect(
            try period(#""end":"days","days":2"#, [:])?.untilSeconds == issue + 1 + 86_400
        )
        let dated = #""from":"registered_on","end":"field","field":"registered_on""#
        let claims: JSONObject = ["registered_on": "2026-11-21"]
        let found = try period(dated, claims)
        let day = try #require(found)
        #expect(day == ValidityPeriod(fromSeconds: issue + 1, untilSeconds: issue + 1 + 86_400))
        #expect(!day.contains(Timestamp(seconds: issue)))
        #expect(day.contains(Timestamp(seconds: issue + 1)))
        #expect(day.contains(Timestamp(seconds: issue + 86_400)))
        #expect(!day.contains(Timestamp(seconds: issue + 86_401)))
        let past: JSONObject = ["registered_on": "2026-11-19"]
        #expect(try period(#""end":"field","field":"registered_on""#, past) == nil)
    }

    @Test func anIssuedCertificateShowsWhatItsTypeAllows() throws {
        let type = try Definitions.type()
        let reader = try CertificateRowReader(type: type, headers: Self.headers)
        let row = try reader.read(Self.cells, line: 2).get()
        let curve = ReferenceP256()
        let issuer = curve.signer(privateKey: [UInt8](repeating: 5, count: 32))
        let holder = curve.signer(privateKey: [UInt8](repeating: 6, count: 32))
        var random = SeededRandom(seed: 3)
        let period = ValidityPeriod(fromSeconds: 1_700_000_000, untilSeconds: 1_800_000_000)
        func issue(_ claims: JSONObject) throws -> SDJWT {
            try CertificateCredential.issue(
                type: type,
                claims: claims,
                issuer: "https://example.org",
                period: period,
                holderKey: holder.publicKey,
                digestFunction: ReferenceSHA256(),
                signer: issuer,
                random: &random
            )
        }
        let token = try issue(row.claims)
        #expect(token.disclosures.count == 8)
        let verifier = SDJWTVerifier(verifier: curve, digestFunctions: ["sha-256": ReferenceSHA256()])
        let shown = try token.presenting([ClaimPath("holder_name")], digestFunction: ReferenceSHA256())
        let verified = try verifier.verifyCredential(
            shown,
            issuerKey: issuer.publicKey,
            vct: [type.credentialType],
            at: Timestamp(seconds: 1_750_000_000),
            keyBinding: .notExpected
        )
        #expect(verified.holderKey == holder.publicKey)
        #expect(CertificateCredential.fieldClaims(of: verified, type: type) == ["holder_name": "测试甲"])
        var claims = row.claims
        claims["extra"] = 1
        #expect(throws: CertificateIssueError.unknownClaim("extra")) { try issue(claims) }
        claims["extra"] = nil
        claims["holder_name"] = nil
        #expect(throws: CertificateIssueError.missingClaim("holder_name")) { try issue(claims) }
    }

    @Test func mutatedDefinitionsNeverCrash() throws {
        var random = SeededRandom(seed: 21)
        let texts = [Definitions.household, Definitions.allowance, Definitions.registerExtract].map(bytes)
        for _ in 0..<600 {
            for text in texts {
                let changed = mutated(text, by: &random)
                if let type = try? CertificateTypeDefinition(json: changed) {
                    #expect(try CertificateTypeDefinition(json: type.canonicalJSON) == type)
                }
                if let matter = try? MatterDefinition(json: changed) {
                    #expect(try MatterDefinition(json: matter.canonicalJSON) == matter)
                }
            }
        }
    }
}
