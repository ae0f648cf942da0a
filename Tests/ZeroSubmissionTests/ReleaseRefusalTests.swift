import Credentials
import LedgerModel
import Ports
import Primitives
import TestKit
import Testing
import ZeroSubmission

/// What a vault refuses, and with which code: every case of `ReleaseRefusal`.
@Suite struct ReleaseRefusalTests {
    /// One way to be refused as a whole.
    struct Fault: Sendable, CustomTestStringConvertible {
        let refusal: ReleaseRefusal
        let name: String
        let bend: ReleaseBench.Bend

        init(_ refusal: ReleaseRefusal, _ name: String, _ change: (inout ReleaseBench.Bend) -> Void) {
            self.refusal = refusal
            self.name = name
            var bend = ReleaseBench.Bend()
            change(&bend)
            self.bend = bend
        }

        var testDescription: String { "\(refusal.rawValue): \(name)" }
    }

    private static let other = Digest(words: (1, 2, 3, 4))
    private static let fields = RequestedItem(id: "age", issuer: 1, type: 1, content: .fields(["holder_name"]))

    static let faults: [Fault] = [
        Fault(.malformed, "cut request") { $0.release = { $0.request.removeLast() } },
        Fault(.malformed, "cut authorisation") { $0.release = { $0.authorisation.removeLast() } },
        Fault(.malformed, "byte after the record") { $0.release = { $0.accessRecord.append(0) } },
        Fault(.malformed, "empty opening") { $0.release = { $0.opening = [] } },
        Fault(.malformed, "short salt") { $0.release = { $0.openingSalt = [1] } },
        Fault(.malformed, "no item") { $0.release = { $0.items = [] } },
        Fault(.malformed, "an item twice") { $0.release = { $0.items += $0.items } },
        Fault(.otherNetwork, "request") { $0.request = { $0.with(network: Self.other) } },
        Fault(.otherNetwork, "authorisation") { $0.wallet.authorisation = { $0.with(network: Self.other) } },
        Fault(.otherGateway, "someone with a copy") { $0.asking = "housing-fund" },
        Fault(.requestSignature, "by another department") { $0.requestSigner = DepartmentID(3) },
        Fault(.matterUnknown, "nobody's") { $0.request = { $0.with(matter: "no-such-matter") } },
        Fault(.matterUnknown, "another department's") { $0.request = { $0.with(matter: "no-property-certificate") } },
        Fault(.matterVersion, "a later one") { $0.request = { $0.with(matterVersion: 2) } },
        Fault(.matterNotPermitted, "a system without the matter") { $0.request = { $0.with(service: 1) } },
        Fault(.matterNotPermitted, "another department's system") { $0.request = { $0.with(service: 2) } },
        Fault(.matterNotPermitted, "an unknown system") { $0.request = { $0.with(service: 99) } },
        Fault(.beyondMatter, "a field for an answer") {
            $0.request = { $0.with(items: [Self.fields] + $0.items.dropFirst()) }
        },
        Fault(.beyondMatter, "an item more") {
            $0.request = { request in
                let more = RequestedItem(id: "more", issuer: 1, type: 1, content: .fields(["address"]))
                return request.with(items: request.items + [more])
            }
        },
        Fault(.beyondMatter, "of a department that does not issue it") {
            $0.request = { request in
                request.with(
                    items: request.items.map { RequestedItem(id: $0.id, issuer: 3, type: 1, content: $0.content) }
                )
            }
            $0.release = { $0.items = ["age"] }
        },
        Fault(.otherRequest, "another request") { $0.wallet.authorisation = { $0.with(request: Self.other) } },
        Fault(.otherRequest, "another system") { $0.wallet.authorisation = { $0.with(service: 1) } },
        Fault(.beyondRequest, "a field for an answer") {
            $0.wallet.authorisation = { $0.with(items: [Self.fields] + $0.items.dropFirst()) }
        },
        Fault(.subjectUnknown, "nobody") { $0.wallet.authorisation = { $0.with(subject: Self.other) } },
        Fault(.authorisationSignature, "another key") { $0.wallet.signer = FakeSignatures(seed: 1).signer(5) },
        Fault(.accessRecordNotFinal, "never sent") { $0.isRecorded = false },
        Fault(.accessRecordNotFinal, "in a block that is not there") { $0.release = { $0.height = Height(1_000) } },
        Fault(.otherAccessRecord, "another department's record") {
            $0.recordedBy = "housing-fund"
            $0.wallet.department = DepartmentID(3)
        },
        Fault(.openingMismatch, "another salt") { $0.wallet.shownSalt = [UInt8](repeating: 9, count: 16) },
        Fault(.openingMismatch, "another case") { $0.release = { $0.caseID = Self.other } },
        Fault(.openingMismatch, "a false statement") {
            $0.wallet.opening = { opening in
                AccessOpening(
                    network: opening.network,
                    subject: opening.subject,
                    authorisation: opening.authorisation,
                    department: opening.department,
                    service: opening.service,
                    caseID: opening.caseID,
                    matter: "something-harmless",
                    matterVersion: opening.matterVersion,
                    items: opening.items,
                    purpose: opening.purpose
                )
            }
        },
        Fault(.expired, "recorded too late") { $0.millisecondsBeforeRecord = 300_000 },
        Fault(.expired, "asked too late") { $0.millisecondsBeforeRelease = 300_000 },
        Fault(.identifierUnreadable, "for another authorisation") { $0.wallet.sealedFor = Self.other },
        Fault(.identifierUnreadable, "nothing sealed") { $0.release = { $0.sealedIdentifier = [1, 2, 3] } },
        Fault(.identifierMismatch, "another person") {
            $0.wallet.identifier = { $0.with(identifier: SyntheticCitizen.number(5).identifier.text) }
        },
        Fault(.identifierMismatch, "another salt") {
            $0.wallet.identifier = { $0.with(salt: [UInt8](repeating: 4, count: 16)) }
        },
        Fault(.identifierMismatch, "another pseudonym") { $0.wallet.identifier = { $0.with(subject: Self.other) } },
        Fault(.headNotInSet, "a head of someone else") { $0.wallet.head = FakeSignatures(seed: 1).signer(77) },
        Fault(.itemNotAuthorised, "nobody asked for it") { $0.release = { $0.items = ["address"] } },
    ]

    @Test(arguments: faults)
    func aRequestIsRefusedAsAWhole(fault: Fault) async throws {
        let bench = try await ReleaseBench("old-age-allowance", at: "elder-service")
        let refusal = try await bench.refusal(of: "public-security", bend: fault.bend)
        #expect(refusal == fault.refusal.rawValue)
        let kept = try await bench.city["public-security"].accesses(of: bench.wallet.subject).accesses
        #expect(kept.isEmpty, "nothing was released")
    }

    @Test func anHonestRequestIsAnswered() async throws {
        let bench = try await ReleaseBench("old-age-allowance", at: "elder-service")
        #expect(try await bench.refusal(of: "public-security") == nil)
    }

    @Test func aSuspendedSubjectsPermissionIsWorthNothing() async throws {
        let bench = try await ReleaseBench("old-age-allowance", at: "elder-service")
        let request = try await bench.prepare(vault: "public-security")
        _ = try await bench.city["public-security"].changeStatus(
            of: bench.wallet.subject,
            SubjectStatusRequest(status: .suspended),
            by: "c"
        )
        let refusal = try await bench.answer(of: "public-security", to: request)
        #expect(refusal == ReleaseRefusal.subjectNotActive.rawValue)
    }

    @Test func anEntryThatIsNotOnItsHeadIsRefused() async throws {
        let bench = try await ReleaseBench("old-age-allowance", at: "elder-service")
        let real = try await bench.prepare(vault: "public-security")
        var bend = ReleaseBench.Bend()
        bend.isRecorded = false
        bend.wallet.count = 1
        bend.wallet.previousEntry = .zero
        var forged = try await bench.prepare(vault: "public-security", bend: bend)
        forged.transaction = real.transaction
        let refusal = try await bench.answer(of: "public-security", to: forged)
        #expect(refusal == ReleaseRefusal.otherAccessRecord.rawValue)
    }

    @Test func anEntryBelowTheNewestOfItsHeadIsFoundInItsBlock() async throws {
        let bench = try await ReleaseBench("old-age-allowance", at: "elder-service")
        let first = try await bench.prepare(vault: "public-security")
        _ = try await bench.prepare(vault: "public-security")
        #expect(try await bench.answer(of: "public-security", to: first) == nil)
    }

    @Test func anItemOfAnotherDepartmentIsNotAnswered() async throws {
        let bench = try await ReleaseBench("no-property-certificate", at: "citizen-kiosk")
        var bend = ReleaseBench.Bend()
        bend.release = { $0.items = ["no-property"] }
        let refusal = try await bench.refusal(of: "public-security", bend: bend)
        #expect(refusal == ReleaseRefusal.itemNotHeldHere.rawValue)
    }

    // MARK: One item

    /// What became of the certificate before it was asked for, and the code that says so.
    static let ends: [(ReleaseRefusal, @Sendable (ReleaseBench) async throws -> Void)] = [
        (.certificateSuspended, { try await $0.setStatus(.suspended) }),
        (.certificateRevoked, { try await $0.setStatus(.revoked) }),
        (
            .certificateSuperseded,
            { bench in
                let row = Exports.fund(.number(1))
                var taken = row
                taken.values[0].text = "HF0"
                _ = try await bench.city["housing-fund"].issueBatch(
                    Exports.batch("housing-fund-account", [taken], name: 3),
                    by: "c"
                )
            }
        ),
        (.certificateNotYetValid, { try await $0.issueForTomorrow() }),
    ]

    @Test(arguments: ends.indices)
    func aCertificateThatDoesNotHoldIsNotShown(index: Int) async throws {
        let (refusal, end) = Self.ends[index]
        let bench = try await ReleaseBench("housing-fund-query", at: "housing-fund-hall")
        try await end(bench)
        #expect(try await bench.refusal(of: "housing-fund") == refusal.rawValue)
    }

    @Test func anExpiredCertificateIsNotShown() async throws {
        let bench = try await ReleaseBench("rent-subsidy", at: "one-window-counter")
        _ = try await bench.city.apply("no-property-certificate", at: "citizen-kiosk", wallet: bench.wallet)
        var bend = ReleaseBench.Bend()
        bend.wallet.headIndex = 1
        #expect(try await bench.refusal(of: "natural-resources", bend: bend) == nil)
        bench.city.clock.advance(milliseconds: 2 * 86_400_000)
        let refusal = try await bench.refusal(of: "natural-resources", bend: bend)
        #expect(refusal == ReleaseRefusal.certificateExpired.rawValue)
    }

    @Test func aQuestionAboutAFieldThatIsEmptyIsNotAnswered() async throws {
        let bench = try await ReleaseBench("rent-subsidy", at: "one-window-counter")
        let refusal = try await bench.refusal(of: "social-insurance")
        #expect(refusal == ReleaseRefusal.undecidable.rawValue)
    }

    /// What another gateway answers, and whether it ends the case.
    @Test(arguments: [
        ("certificate-revoked", 403, true), ("authorisation-expired", 403, true), ("beyond-matter", 403, true),
        ("authentication-expired", 401, false), ("caller-unknown", 401, false), ("body-too-slow", 408, false),
        ("overloaded", 503, false), ("ledger-busy", 429, false), ("route-unknown", 404, false),
    ])
    func onlyAVaultsOwnWordOnAReleaseIsFinal(code: String, status: Int, isFinal: Bool) {
        let document = ProblemDocument(type: "t", title: "a", titleChinese: "b", status: status, code: code)
        let error = ReleaseRefusal.error(for: document)
        let word = CaseProblem(code: code, chinese: "b", english: "a")
        #expect(error == (isFinal ? .releaseRejected(word) : .vaultUnreachable))
    }

    @Test func everyRefusalIsTried() {
        let elsewhere: [ReleaseRefusal] = [
            .subjectNotActive, .itemNotHeldHere, .certificateExpired, .undecidable,
        ]
        let tried = Set(Self.faults.map(\.refusal) + Self.ends.map(\.0) + elsewhere)
        #expect(tried == Set(ReleaseRefusal.allCases))
    }
}

extension ReleaseBench {
    fileprivate func setStatus(_ status: CertificateStatusWord) async throws {
        let desk = city["housing-fund"]
        let hits = try await desk.searchVault(VaultSearchRequest(holder: wallet.identifier), by: "c").certificates
        for hit in hits {
            _ = try await desk.changeStatus(
                ofCertificate: hit.certificate,
                CertificateStatusRequest(status: status),
                by: "c"
            )
        }
    }

    /// Revokes what the citizen has and puts a certificate that holds from tomorrow in its place.
    fileprivate func issueForTomorrow() async throws {
        let id = city.id("housing-fund")
        guard let vault = city.vaults[id] else { return }
        let type = CertificateTypeID(3)
        guard let entry = try vault.entries(type: type, holderIdentifier: wallet.identifier, countMax: 1).first else {
            return
        }
        try await setStatus(.revoked)
        let commitment = Digest(words: (9, 9, 9, 9))
        let from = city.clock.now.seconds + 86_400
        let issued = IssuedCertificate(
            commitment: commitment,
            validFromSeconds: from,
            validUntilSeconds: .max,
            replaces: nil
        )
        let body = TransactionBody(
            network: city.setup.network,
            author: .department(id),
            id: TransactionID(high: 5, low: 5),
            expiry: city.clock.now.adding(milliseconds: 60_000),
            payload: .issueCertificates(CertificateBatch(type: type, certificates: [issued]))
        )
        let transaction = try Transaction(signing: body, with: city.setup.transactionSigner(id))
        _ = await city.gate.submit(transaction.canonicalBytes)
        try vault.put([
            VaultEntry(
                commitment: commitment,
                type: type,
                certificateNumber: entry.certificateNumber,
                holderIdentifier: entry.holderIdentifier,
                contentDigest: entry.contentDigest,
                salt: entry.salt,
                body: entry.body,
                batch: TransactionID(high: 5, low: 5),
                status: .final
            )
        ])
    }
}
