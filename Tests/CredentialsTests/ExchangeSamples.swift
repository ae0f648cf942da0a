import Credentials
import Primitives

/// One value of every shape, each member present and no two alike.
enum ExchangeSamples {
    static let all: [any ExchangeShape] = answers + requests

    private static func digest(_ number: UInt64) -> Digest { Digest(words: (1, 2, 3, number)) }

    private static let answers: [any ExchangeShape] = [
        ProblemDocument(
            type: "type",
            title: "title",
            titleChinese: "titleChinese",
            status: 100,
            code: "code",
            detail: "detail",
            verdict: "verdict"
        ),
        NodeReport(
            network: digest(8),
            networkName: "networkName",
            suite: "suite",
            department: DepartmentSummary(id: 12, code: "code", name: "name", englishName: "englishName"),
            ready: true,
            validatorCount: 17,
            ownIndex: 18,
            epoch: 19,
            view: 20,
            finalHeight: Height(21),
            storedHeight: Height(22),
            finalTimestamp: Timestamp(1_760_000_000_023),
            poolCount: 24,
            refusal: "refusal",
            equivocations: [0, 2],
            peers: [
                PeerReport(
                    index: 28,
                    department: 29,
                    code: "code",
                    name: "name",
                    englishName: "englishName",
                    connected: true
                )
            ],
            links: [NodeLink(department: 35, address: "address")]
        ),
        PeerReport(index: 37, department: 38, code: "code", name: "name", englishName: "englishName", connected: true),
        NodeLink(department: 43, address: "address"),
        DepartmentSummary(id: 45, code: "code", name: "name", englishName: "englishName"),
        DepartmentList(departments: [DepartmentSummary(id: 50, code: "code", name: "name", englishName: "englishName")]
        ),
        TransactionReport(
            transaction: digest(54),
            state: .pending,
            height: Height(56),
            verdict: "verdict",
            verdictCode: 58
        ),
        CheckpointReport(size: 59, root: digest(60), height: Height(61), timestamp: Timestamp(1_760_000_000_062)),
        LedgerMoment(height: Height(63), timestamp: Timestamp(1_760_000_000_064)),
        BlockReport(
            height: Height(65),
            digest: digest(66),
            parent: digest(67),
            timestamp: Timestamp(1_760_000_000_068),
            epoch: 69,
            view: 70,
            proposer: 71,
            transactionsRoot: digest(72),
            registerRoot: digest(73),
            registerSize: 74,
            historyRoot: digest(75),
            validatorSet: digest(76),
            signers: [0, 2],
            transactions: [
                BlockTransactionReport(
                    digest: digest(79),
                    kind: "kind",
                    author: "author",
                    certificateCount: 82,
                    verdict: "verdict"
                )
            ]
        ),
        BlockTransactionReport(
            digest: digest(84),
            kind: "kind",
            author: "author",
            certificateCount: 87,
            verdict: "verdict"
        ),
        BlockSummary(
            height: Height(89),
            digest: digest(90),
            timestamp: Timestamp(1_760_000_000_091),
            proposer: 92,
            transactionCount: 93,
            registerSize: 94
        ),
        BlockList(
            blocks: [
                BlockSummary(
                    height: Height(96),
                    digest: digest(97),
                    timestamp: Timestamp(1_760_000_000_098),
                    proposer: 99,
                    transactionCount: 100,
                    registerSize: 101
                )
            ],
            newest: Height(102)
        ),
        CertificateReport(
            certificate: digest(103),
            status: .active,
            type: "type",
            typeName: "typeName",
            typeEnglishName: "typeEnglishName",
            issuer: "issuer",
            issuerName: "issuerName",
            issuerEnglishName: "issuerEnglishName",
            validFrom: Timestamp(1_760_000_000_111),
            validUntil: Timestamp(1_760_000_000_112),
            changedAt: Height(113),
            position: 114,
            asOf: LedgerMoment(height: Height(116), timestamp: Timestamp(1_760_000_000_117))
        ),
        SubjectReport(
            did: "did",
            status: .active,
            key: [UInt8](repeating: 120, count: 5),
            attester: "attester",
            assurance: "assurance",
            accessHeadSet: digest(123),
            changedAt: Height(124),
            position: 125,
            asOf: LedgerMoment(height: Height(127), timestamp: Timestamp(1_760_000_000_128))
        ),
        AccessHeadReport(
            head: digest(129),
            department: "department",
            count: 131,
            newestEntry: digest(132),
            changedAt: Height(133),
            position: 134,
            asOf: LedgerMoment(height: Height(136), timestamp: Timestamp(1_760_000_000_137))
        ),
        CertificateTypeSummary(id: 138, code: "code", version: 140, issuers: [0, 2], definition: ["a": 1]),
        CertificateTypeList(certificateTypes: [
            CertificateTypeSummary(id: 144, code: "code", version: 146, issuers: [0, 2], definition: ["a": 1])
        ]),
        MatterSummary(code: "code", version: 150, department: 151, definition: ["a": 1]),
        MatterList(matters: [MatterSummary(code: "code", version: 155, department: 156, definition: ["a": 1])]),
        VerificationRequest(bundle: [UInt8](repeating: 158, count: 5)),
        VerificationReport(
            valid: true,
            reason: "reason",
            certificate: digest(161),
            type: "type",
            issuer: "issuer",
            disclosed: ["a": 1],
            holderProven: true,
            asOf: LedgerMoment(height: Height(167), timestamp: Timestamp(1_760_000_000_168))
        ),
        CaseOpeningRequest(reference: "reference"),
        CaseOpeningResponse(
            caseID: digest(170),
            request: [UInt8](repeating: 171, count: 5),
            requestAddress: "requestAddress",
            expires: Timestamp(1_760_000_000_173)
        ),
        AuthorisationRequestView(request: [UInt8](repeating: 174, count: 5), state: .awaitingAuthorisation),
        AuthorisationSubmission(
            authorisation: [UInt8](repeating: 176, count: 5),
            accessRecord: [UInt8](repeating: 177, count: 5),
            opening: [UInt8](repeating: 178, count: 5),
            openingSalt: [UInt8](repeating: 179, count: 16),
            sealedIdentifiers: [SealedIdentifier(department: 181, sealed: [UInt8](repeating: 182, count: 5))]
        ),
    ]

    private static let requests: [any ExchangeShape] = [
        SealedIdentifier(department: 183, sealed: [UInt8](repeating: 184, count: 5)),
        CaseAcceptance(caseID: digest(185), state: .awaitingAuthorisation),
        CaseView(
            caseID: digest(187),
            matter: "matter",
            state: .awaitingAuthorisation,
            decision: CaseDecisionView(
                outcome: .zeroSubmission,
                reasons: [CaseProblem(code: "code", chinese: "chinese", english: "english")],
                obligations: [
                    CaseObligation(
                        item: "item",
                        chinese: "chinese",
                        english: "english",
                        due: Timestamp(1_760_000_000_200)
                    )
                ],
                fields: [ShownField(name: "name", chinese: "chinese", english: "english", value: ["a": 1])],
                issued: IssuedCertificateView(
                    certificate: digest(207),
                    type: "type",
                    presentation: [UInt8](repeating: 209, count: 5)
                ),
                paymentOrder: ["a": 1],
                relatedMatters: ["relatedMatters"],
                receipt: [UInt8](repeating: 212, count: 5),
                receiptSalt: [UInt8](repeating: 213, count: 16),
                height: Height(214)
            ),
            problem: CaseProblem(code: "code", chinese: "chinese", english: "english")
        ),
        CaseDecisionView(
            outcome: .zeroSubmission,
            reasons: [CaseProblem(code: "code", chinese: "chinese", english: "english")],
            obligations: [
                CaseObligation(item: "item", chinese: "chinese", english: "english", due: Timestamp(1_760_000_000_228))
            ],
            fields: [ShownField(name: "name", chinese: "chinese", english: "english", value: ["a": 1])],
            issued: IssuedCertificateView(
                certificate: digest(235),
                type: "type",
                presentation: [UInt8](repeating: 237, count: 5)
            ),
            paymentOrder: ["a": 1],
            relatedMatters: ["relatedMatters"],
            receipt: [UInt8](repeating: 240, count: 5),
            receiptSalt: [UInt8](repeating: 241, count: 16),
            height: Height(242)
        ),
        CaseProblem(code: "code", chinese: "chinese", english: "english"),
        CaseObligation(item: "item", chinese: "chinese", english: "english", due: Timestamp(1_760_000_000_249)),
        ShownField(name: "name", chinese: "chinese", english: "english", value: ["a": 1]),
        IssuedCertificateView(certificate: digest(254), type: "type", presentation: [UInt8](repeating: 6, count: 5)),
        ReleaseRequest(
            caseID: digest(257),
            request: [UInt8](repeating: 8, count: 5),
            authorisation: [UInt8](repeating: 9, count: 5),
            accessRecord: [UInt8](repeating: 10, count: 5),
            transaction: digest(261),
            height: Height(262),
            opening: [UInt8](repeating: 13, count: 5),
            openingSalt: [UInt8](repeating: 14, count: 16),
            sealedIdentifier: [UInt8](repeating: 15, count: 5),
            items: ["items"]
        ),
        ReleaseResponse(items: [
            ReleasedItem(
                item: "item",
                sealed: [UInt8](repeating: 19, count: 5),
                refusal: CaseProblem(code: "code", chinese: "chinese", english: "english")
            )
        ]),
        ReleasedItem(
            item: "item",
            sealed: [UInt8](repeating: 25, count: 5),
            refusal: CaseProblem(code: "code", chinese: "chinese", english: "english")
        ),
        AccessesResponse(accesses: [
            AccessOpeningView(
                head: digest(281),
                count: 282,
                opening: [UInt8](repeating: 33, count: 5),
                salt: [UInt8](repeating: 34, count: 16)
            )
        ]),
        AccessOpeningView(
            head: digest(285),
            count: 286,
            opening: [UInt8](repeating: 37, count: 5),
            salt: [UInt8](repeating: 38, count: 16)
        ),
        SubjectRegistrationRequest(
            key: [UInt8](repeating: 39, count: 5),
            transaction: [UInt8](repeating: 40, count: 16),
            proof: [UInt8](repeating: 41, count: 64),
            accessHeadSet: digest(292),
            salt: [UInt8](repeating: 43, count: 16),
            identifier: "identifier",
            identifierKind: .citizen,
            name: "name",
            assurance: .selfDeclared
        ),
        SubjectRegistrationResponse(did: "did", transaction: digest(299), height: Height(300)),
        SubjectStatusRequest(status: .active),
        HeightResponse(height: Height(302)),
        CertificateBatchRequest(
            batch: [UInt8](repeating: 53, count: 16),
            type: "type",
            rows: [CertificateBatchRow(line: 2, values: [.init(header: "name", text: "")])]
        ),
        RejectedRow(line: 306, problems: [CaseProblem(code: "code", chinese: "chinese", english: "english")]),
        CertificateBatchReport(
            batch: [UInt8](repeating: 61, count: 16),
            issued: 312,
            superseded: 313,
            reissued: 317,
            changedHolder: [318],
            skipped: 314,
            rejected: [
                RejectedRow(line: 316, problems: [CaseProblem(code: "code", chinese: "chinese", english: "english")])
            ],
            height: Height(321)
        ),
        BatchRevocationReport(revoked: 322, height: Height(323)),
        CertificateStatusRequest(status: .active),
        VaultSearchRequest(type: "type", number: "number", holder: "holder"),
        VaultSearchResponse(
            certificates: [
                VaultSearchHit(
                    certificate: digest(329),
                    type: "type",
                    number: "number",
                    status: .active,
                    validFrom: Timestamp(1_760_000_000_333),
                    validUntil: Timestamp(1_760_000_000_334),
                    batch: [UInt8](repeating: 85, count: 16)
                )
            ],
            more: true
        ),
        VaultSearchHit(
            certificate: digest(337),
            type: "type",
            number: "number",
            status: .active,
            validFrom: Timestamp(1_760_000_000_341),
            validUntil: Timestamp(1_760_000_000_342),
            batch: [UInt8](repeating: 93, count: 16)
        ),
        BundleRequest(fields: ["fields"]),
        CertificateBatchRow(line: 2, values: [.init(header: "name", text: "")]),
    ]
}
