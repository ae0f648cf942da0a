import Credentials
import Primitives
import TestKit
import Testing

struct MatterTests {
    private static let now = Timestamp(seconds: 1_795_190_400)
    private static let record = AccessRecordID(unchecked: (0..<16).map { UInt8($0) })

    private static func expression(_ matter: MatterDefinition, _ id: String) throws -> CanonicalJSONObject {
        guard case .predicate(let predicate)? = matter.evidence(id)?.demand else {
            throw JSONCanonicalError.numberOutsideSubset(id)
        }
        return try CanonicalJSONObject(predicate.json)
    }

    private static func answer(
        _ matter: MatterDefinition,
        _ id: String,
        _ holds: Bool,
        at time: Timestamp = now
    ) throws -> Evidence {
        Evidence(
            item: id,
            type: "household-register",
            issuer: 1,
            height: Height(9),
            content: .predicate(expression: try expression(matter, id), holds: holds, evaluatedAt: time)
        )
    }

    private static func household(
        _ claims: JSONObject = [
            "holder_name": "测试甲", "holder_identifier": "11010519491231002X", "division_code": "440604",
        ],
        status: EvidenceStatus = .active,
        from: UInt64 = 0,
        until: UInt64 = .max
    ) throws -> Evidence {
        Evidence(
            item: "household",
            type: "household-register",
            issuer: 1,
            height: Height(9),
            content: .disclosure(
                claims: try CanonicalJSONObject(claims),
                status: status,
                validity: ValidityPeriod(fromSeconds: from, untilSeconds: until)
            )
        )
    }

    private static func noEntry(_ holds: Bool = true, at time: Timestamp = now) -> Evidence {
        Evidence(
            item: "no-property",
            type: "household-register",
            issuer: 4,
            height: Height(9),
            content: .noEntry(holds: holds, evaluatedAt: time)
        )
    }

    private static func decide(_ matter: MatterDefinition, _ evidence: [Evidence]) -> Decision {
        DecisionFunction.decide(matter: matter, evidence: evidence, accessRecord: record, at: now)
    }

    private static func missing(_ decision: Decision) -> [String: MissingReason] {
        guard case .needs(let items) = decision else { return [:] }
        return Dictionary(uniqueKeysWithValues: items.map { ($0.item, $0.reason) })
    }

    @Test func anAllowanceIsPaidOnTwoAnswersAlone() throws {
        let matter = try Definitions.matter(Definitions.allowance)
        let answers = [try Self.answer(matter, "age", true), try Self.answer(matter, "residence", true)]
        guard case .zeroSubmission(.paymentOrder(let order)) = Self.decide(matter, answers) else {
            Issue.record("no payment order")
            return
        }
        #expect(order.amountCents == 3000 && order.period == .monthly)
        #expect(Self.decide(matter, answers.reversed()) == Self.decide(matter, answers))
    }

    @Test func aNoIsARefusalAndSilenceIsANeed() throws {
        let matter = try Definitions.matter(Definitions.allowance)
        let old = try Self.answer(matter, "age", true)
        let young = try Self.answer(matter, "age", false)
        #expect(Self.missing(Self.decide(matter, [old])) == ["residence": .absent])
        #expect(Self.missing(Self.decide(matter, [])) == ["age": .absent, "residence": .absent])
        let refusal = Decision.refused(
            .predicateNotMet,
            reason: LocalizedText(chinese: "未满60周岁", english: "under 60")
        )
        #expect(Self.decide(matter, [young]) == refusal)
        #expect(Self.missing(Self.decide(matter, [old, old])) == ["age": .ambiguous, "residence": .absent])
    }

    @Test func statementsAgeWithinADay() throws {
        let matter = try Definitions.matter(Definitions.allowance)
        let day = DecisionFunction.statementAgeMillisecondsMax
        let residence = try Self.answer(matter, "residence", true)
        for (age, isFresh) in [(0, true), (day - 1, true), (day, false)] {
            let statement = try Self.answer(matter, "age", true, at: Timestamp(Self.now.rawValue - age))
            let expected: [String: MissingReason] = isFresh ? [:] : ["age": .stale]
            #expect(Self.missing(Self.decide(matter, [statement, residence])) == expected)
        }
        let future = try Self.answer(matter, "age", true, at: Self.now.adding(milliseconds: 1))
        #expect(Self.missing(Self.decide(matter, [future, residence])) == ["age": .stale])
    }

    @Test func anAnswerToAnotherQuestionDoesNotCount() throws {
        let matter = try Definitions.matter(Definitions.allowance)
        let easier = Evidence(
            item: "age",
            type: "household-register",
            issuer: 1,
            height: Height(9),
            content: .predicate(
                expression: try CanonicalJSONObject(Predicate.ageAtLeast(field: "holder_identifier", years: 6).json),
                holds: true,
                evaluatedAt: Self.now
            )
        )
        let residence = try Self.answer(matter, "residence", true)
        #expect(Self.missing(Self.decide(matter, [easier, residence])) == ["age": .mismatched])
    }

    @Test func aCertificateIsIssuedFromEvidenceConstantsAndTheDay() throws {
        let matter = try Definitions.matter(Definitions.registerExtract)
        let decision = Self.decide(matter, [try Self.household(), Self.noEntry()])
        guard case .zeroSubmission(.issueCertificate(let type, let claims)) = decision else {
            Issue.record("no certificate")
            return
        }
        #expect(type == "household-register")
        #expect(claims.object["register_number"] == "20261121-0001020304050607")
        #expect(claims.object["holder_name"] == "测试甲")
        #expect(claims.object["division_code"] == "440604")
        #expect(claims.object["registered_on"] == "2026-11-21")
        try matter.check(against: ["household-register": Definitions.type()])
    }

    @Test(
        arguments: [
            (.suspended, 0, .max, .suspended), (.revoked, 0, .max, .revoked),
            (.superseded, 0, .max, .superseded), (.active, 1_795_190_401, .max, .notYetValid),
            (.active, 0, 1_795_190_400, .expired),
        ] as [(EvidenceStatus, UInt64, UInt64, MissingReason)]
    )
    func aCertificateMustHold(
        _ status: EvidenceStatus,
        _ from: UInt64,
        _ until: UInt64,
        _ reason: MissingReason
    ) throws {
        let matter = try Definitions.matter(Definitions.registerExtract)
        let evidence = try Self.household(status: status, from: from, until: until)
        #expect(Self.missing(Self.decide(matter, [evidence, Self.noEntry()])) == ["household": reason])
        let edge = try Self.household(from: 1_795_190_400, until: 1_795_190_401)
        #expect(Self.missing(Self.decide(matter, [edge, Self.noEntry()])).isEmpty)
    }

    @Test func entriesConditionsAndWithheldFieldsAreTold() throws {
        let matter = try Definitions.matter(Definitions.registerExtract)
        let household = try Self.household()
        #expect(
            Self.decide(matter, [household, Self.noEntry(false)])
                == .refused(.entryFound, reason: LocalizedText(chinese: "名下有房", english: "owns property"))
        )
        let elsewhere = try Self.household([
            "holder_name": "测试甲", "holder_identifier": "11010519491231002X", "division_code": "110105",
        ])
        #expect(
            Self.decide(matter, [elsewhere, Self.noEntry()])
                == .refused(.conditionNotMet, reason: LocalizedText(chinese: "非广东户籍", english: "not of Guangdong"))
        )
        let partial = try Self.household(["holder_name": "测试甲", "division_code": "440604"])
        #expect(Self.missing(Self.decide(matter, [partial, Self.noEntry()])) == ["household": .fieldWithheld])
        let nothing = Evidence(
            item: "household",
            type: "household-register",
            issuer: 1,
            height: Height(1),
            content: .nothingFound(evaluatedAt: Self.now)
        )
        #expect(Self.missing(Self.decide(matter, [nothing, Self.noEntry()])) == ["household": .nothingFound])
    }

    @Test func fieldsBeyondTheDemandDoNotBearOnTheDecision() throws {
        let matter = try Definitions.matter(Definitions.registerExtract)
        var claims: JSONObject = [
            "holder_name": "测试甲", "holder_identifier": "11010519491231002X", "division_code": "440604",
        ]
        let plain = Self.decide(matter, [try Self.household(claims), Self.noEntry()])
        claims["members"] = 9
        #expect(Self.decide(matter, [try Self.household(claims), Self.noEntry()]) == plain)
    }

    @Test(arguments: [
        (#""version":1"#, #""version":0"#), (#""kind":"certificate""#, #""kind":"paper""#),
        (#""field":"holder_name","label""#, #""field":"members","label""#),
        (#""evidence":"household","predicate""#, #""evidence":"no-property","predicate""#),
        (#""id":"no-property""#, #""id":"household""#), (#""from":"case-number""#, #""from":"thin-air""#),
        (#""name":"division_code","from""#, #""name":"holder_name","from""#),
        (#""conditions""#, #""surprise":1,"conditions""#), (#""prefix":"44"}"#, #""prefix":44}"#),
    ])
    func otherDefinitionsAreRefused(_ old: String, _ new: String) {
        #expect(Definitions.registerExtract.contains(old))
        let text = Definitions.registerExtract.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: new)
        #expect(throws: DefinitionError.self) { try Definitions.matter(text) }
    }

    @Test func mattersAreCheckedAgainstTheirTypes() throws {
        let matter = try Definitions.matter(Definitions.registerExtract)
        #expect(throws: MatterTypeError.unknownType("household-register")) { try matter.check(against: [:]) }
        let other = Definitions.household.split(separator: "public-security").joined(separator: "civil-affairs")
        #expect(throws: MatterTypeError.noAuthority(type: "household-register", department: "public-security")) {
            try matter.check(against: ["household-register": Definitions.type(other)])
        }
    }

    @Test func predicatesAnswerYesNoOrNotAtAll() throws {
        let date = try #require(CalendarDate(year: 2026, month: 11, day: 21))
        let claims: JSONObject = [
            "born": "1966-11-21", "id": "11010519491231002X", "code": "440604", "count": 5, "until": "2026-11-21",
        ]
        let cases: [(Predicate, Bool?)] = [
            (.ageAtLeast(field: "born", years: 60), true), (.ageAtLeast(field: "born", years: 61), false),
            (.ageAtLeast(field: "id", years: 76), true), (.ageAtLeast(field: "id", years: 77), false),
            (.ageAtLeast(field: "code", years: 1), nil), (.ageAtLeast(field: "none", years: 1), nil),
            (.hasPrefix(field: "code", prefix: "4406"), true), (.hasPrefix(field: "code", prefix: "4407"), false),
            (.hasPrefix(field: "count", prefix: "5"), nil), (.equals(field: "count", value: 5), true),
            (.equals(field: "count", value: 6), false), (.equals(field: "code", value: 440_604), nil),
            (.equals(field: "code", value: "440604"), true), (.atLeast(field: "count", value: 5), true),
            (.atLeast(field: "count", value: 6), false), (.notBefore(field: "until"), true),
            (.notBefore(field: "born"), false),
            (.all([.atLeast(field: "count", value: 1), .notBefore(field: "until")]), true),
            (.all([.atLeast(field: "count", value: 9), .notBefore(field: "until")]), false),
            (.all([.atLeast(field: "count", value: 9), .notBefore(field: "none")]), nil),
        ]
        for (predicate, expected) in cases {
            #expect(predicate.evaluate(claims, on: date) == expected, "\(predicate)")
            #expect(try Predicate(.object(predicate.json), path: "") == predicate)
        }
    }

    @Test func receiptsAreReexecuted() throws {
        let matter = try Definitions.matter(Definitions.allowance)
        let evidence = [try Self.answer(matter, "age", true), try Self.answer(matter, "residence", true)]
        let function = ReferenceSHA256()
        func receipt(_ decision: Decision) -> DecisionReceipt {
            DecisionReceipt(
                network: Definitions.digest(1),
                department: 3,
                matter: matter.code,
                matterVersion: matter.version,
                definition: matter.digest(function),
                authorisation: Definitions.digest(2),
                accessRecord: Self.record,
                evidence: evidence.map {
                    ReceiptEvidence(
                        item: $0.item,
                        evidence: $0.digest(function),
                        release: Definitions.digest(3),
                        height: $0.height
                    )
                },
                decision: decision,
                time: Self.now
            )
        }
        let honest = Self.decide(matter, evidence)
        let definition = matter.canonicalJSON
        let good = receipt(honest)
        try good.reexecute(definition: definition, evidence: evidence, digestFunction: function)
        #expect(try DecisionReceipt(canonicalBytes: good.canonicalBytes) == good)
        let forged = receipt(.refused(.predicateNotMet, reason: LocalizedText(chinese: "否", english: "no")))
        #expect(throws: ReceiptFault.otherDecision(honest)) {
            try forged.reexecute(definition: definition, evidence: evidence, digestFunction: function)
        }
        #expect(throws: ReceiptFault.otherEvidence(item: nil)) {
            try good.reexecute(definition: definition, evidence: [evidence[0]], digestFunction: function)
        }
        let swapped = [try Self.answer(matter, "age", false), evidence[1]]
        #expect(throws: ReceiptFault.otherEvidence(item: "age")) {
            try good.reexecute(definition: definition, evidence: swapped, digestFunction: function)
        }
        let other = bytes(Definitions.allowance.split(separator: "3000").joined(separator: "9000"))
        #expect(throws: ReceiptFault.otherRule) {
            try good.reexecute(definition: other, evidence: evidence, digestFunction: function)
        }
    }
}
