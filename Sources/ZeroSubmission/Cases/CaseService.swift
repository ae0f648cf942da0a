package import Credentials
package import LedgerModel
import Logging
package import Ports
package import Primitives
import Synchronization

/// The gateway's side of zero submission (零提交): opens cases, takes authorisations, and sees each case to its decision.
///
/// Every step is kept before the next one begins, so that a case goes on after a restart where it was. `run` must be running for
/// submitted cases to go on.
package final class CaseService: Sendable {
    let department: Department
    let issuer: Issuer
    let releases: ReleaseService
    let peers: any VaultPeers
    let waiters = CaseWaiters()
    private let reservations = NumberReservations()
    let openCases = OpenCases()
    /// Cases in someone's hands now.
    let atWork = Mutex<Set<Digest>>([])
    /// Cases at a step that only the ledger's time can end, until the next sweep.
    let setAside = Mutex<Set<Digest>>([])
    /// Where `run` takes cases from, while it runs.
    private let queue = Mutex<AsyncStream<Digest>.Continuation?>(nil)

    package init(_ department: Department, issuer: Issuer, releases: ReleaseService, peers: any VaultPeers) {
        self.department = department
        self.issuer = issuer
        self.releases = releases
        self.peers = peers
    }

    // MARK: Opening

    /// Opens a case and signs the request that its subject will be shown: exactly what the matter's rule needs.
    ///
    /// - Throws: `matterUnknown`, `matterNotPermitted`, `tooManyCases`, and the errors of the vault.
    package func open(
        matter code: Code,
        _ request: CaseOpeningRequest,
        by system: ServiceSystemID
    ) async throws(ServiceError) -> CaseOpeningResponse {
        guard let matter = department.catalogue.matters[code], matter.record.department == department.id else {
            throw .matterUnknown
        }
        guard let service = department.catalogue.services[system], service.department == department.id,
            service.matters.contains(code)
        else { throw .matterNotPermitted }
        let expiry = department.clock().adding(milliseconds: department.limits.requestLifetimeMilliseconds)
        guard let id = Digest(department.randomBytes(Digest.byteCount)) else {
            preconditionFailure("as many bytes as a digest has")
        }
        let countMax = department.limits.openCasesPerServiceMax
        if !openCases.add(id, of: system, until: expiry, countMax: countMax) {
            try await closeUnanswered()
            guard openCases.add(id, of: system, until: expiry, countMax: countMax) else { throw .tooManyCases }
        }
        let address = "\(department.publicAddress)/v1/requests/\(id)"
        let content = try makeRequest(matter, service: service, expiry: expiry, address: "\(address)/authorisation")
        let signed: Signed<AuthorisationRequest>
        do {
            signed = try Signed(signing: content, with: department.keys.credential)
        } catch {
            department.logger.error("the credential key does not sign")
            throw .vaultFailed
        }
        try department.vault.keep(
            CaseFile(
                id: id,
                service: system,
                reference: request.reference,
                request: signed,
                stage: .awaitingAuthorisation
            )
        )
        return CaseOpeningResponse(
            caseID: id,
            request: signed.canonicalBytes,
            requestAddress: address,
            expires: expiry
        )
    }

    private func makeRequest(
        _ matter: CatalogueMatter,
        service: ServiceSystemRecord,
        expiry: Timestamp,
        address: String
    ) throws(ServiceError) -> AuthorisationRequest {
        var items: [RequestedItem] = []
        for evidence in matter.definition.evidence {
            // Of several issuers of one type this department is preferred, then the one that the type names first.
            guard let type = department.catalogue.type(code: evidence.type),
                let issuer = type.record.issuers.first(where: { $0 == department.id }) ?? type.record.issuers.first,
                let item = RequestedItem(
                    evidence: evidence,
                    issuer: issuer.rawValue,
                    type: type.record.id.rawValue
                )
            else { throw .certificateTypeUnknown }
            items.append(item)
        }
        return AuthorisationRequest(
            network: department.network,
            department: department.id.rawValue,
            service: service.id.rawValue,
            clientID: "\(department.record.code)/\(service.code)",
            nonce: Nonce(unchecked: department.randomBytes(16)),
            matter: matter.record.code.text,
            matterVersion: matter.record.version,
            items: items,
            purpose: matter.definition.purpose,
            expiry: expiry,
            responseAddress: address
        )
    }

    /// The request of a case, for whoever knows the case's id, until somebody answered: afterwards the ledger tells
    /// everyone the id.
    ///
    /// - Throws: `caseUnknown`, `caseExpired`, `caseInOtherState`.
    package func request(of id: Digest) async throws(ServiceError) -> AuthorisationRequestView {
        guard let file = try department.vault.caseFile(id) else { throw .caseUnknown }
        guard case .awaitingAuthorisation = file.stage else { throw .caseInOtherState(file.state) }
        guard department.clock() < file.request.content.expiry else { throw .caseExpired }
        return AuthorisationRequestView(request: file.request.canonicalBytes, state: file.state)
    }

    // MARK: Authorising

    /// Checks a subject's authorisation, keeps it and lets the case go on. The same submission again gives the same answer.
    ///
    /// - Throws: `caseUnknown`, `caseExpired`, `caseInOtherState` for another submission than the one that was taken, and
    ///   `authorisationRejected`, after which the case still waits.
    package func submit(
        _ submission: AuthorisationSubmission,
        for id: Digest
    ) async throws(ServiceError) -> CaseAcceptance {
        try await reservations.holding([.batch(id.bytes)]) { () async throws(ServiceError) in
            try self.take(submission, for: id)
        }
    }

    private func take(_ submission: AuthorisationSubmission, for id: Digest) throws(ServiceError) -> CaseAcceptance {
        guard var file = try department.vault.caseFile(id) else { throw .caseUnknown }
        if let taken = file.submission {
            guard taken.authorisation.canonicalBytes == submission.authorisation else {
                throw .caseInOtherState(file.state)
            }
            return CaseAcceptance(caseID: id, state: file.state)
        }
        guard case .awaitingAuthorisation = file.stage else { throw .caseInOtherState(file.state) }
        guard department.clock() < file.request.content.expiry else { throw .caseExpired }
        file.stage = .recording(try SubmissionCheck(department: department).check(submission, for: file))
        try department.vault.keep(file)
        // Nobody may be working yet: then the case is found when someone begins.
        queue.withLock { _ = $0?.yield(id) }
        return CaseAcceptance(caseID: id, state: .recording)
    }

    // MARK: Viewing

    /// The case as `viewer` may see it: at once, or when it has finished, after `waitMilliseconds` at most.
    ///
    /// - Throws: `caseUnknown`, also when the case is someone else's.
    package func view(
        of id: Digest,
        for viewer: CaseViewer,
        waitMilliseconds: UInt64
    ) async throws(ServiceError) -> CaseView {
        var file = try visible(id, to: viewer)
        if waitMilliseconds > 0, !file.isFinished {
            let wait = min(waitMilliseconds, department.limits.caseWaitMillisecondsMax)
            // A vault that cannot be read now is reported by the reading after the wait.
            await waiters.wait(for: id, milliseconds: wait) {
                (try? department.vault.caseFile(id))??.isFinished == true
            }
            file = try visible(id, to: viewer)
        }
        return try CasePresenter(department: department).view(of: file, for: viewer)
    }

    private func visible(_ id: Digest, to viewer: CaseViewer) throws(ServiceError) -> CaseFile {
        guard let file = try department.vault.caseFile(id) else { throw .caseUnknown }
        switch viewer {
        case .service(let system): guard file.service == system else { throw .caseUnknown }
        case .subject(let subject):
            guard file.submission?.authorisation.content.subject == subject.digest else { throw .caseUnknown }
        }
        return current(file)
    }

    /// The file, closed if nobody answered its request in time.
    private func current(_ file: CaseFile) -> CaseFile {
        guard case .awaitingAuthorisation = file.stage, department.clock() >= file.request.content.expiry else {
            return file
        }
        return closed(file)
    }

    private func closed(_ file: CaseFile) -> CaseFile {
        var closed = file
        closed.stage = .failed(nil, StoredProblem(Self.unanswered))
        return closed
    }

    private static let unanswered = CaseProblem(
        "case-expired",
        chinese: "授权请求已过期，无人授权",
        english: "nobody authorised the request in time"
    )

    // MARK: Working

    /// Works on submitted cases until the task is cancelled, beginning with those that an earlier run left unfinished. Only one
    /// task may run it at a time.
    package func run() async {
        // As many as are open at most: the queue has their bound.
        let (cases, continuation) = AsyncStream<Digest>.makeStream(bufferingPolicy: .unbounded)
        queue.withLock { $0 = continuation }
        defer { queue.withLock { $0 = nil } }
        do throws(ServiceError) {
            for id in try resumable() { continuation.yield(id) }
        } catch {
            department.logger.error("unfinished cases cannot be read", metadata: ["code": "\(error.code)"])
        }
        await withTaskGroup(of: Void.self) { group in
            var count = 0
            for await id in cases {
                if count >= department.limits.casesAtWorkMax {
                    await group.next()
                    count -= 1
                }
                group.addTask { await self.work(on: id) }
                count += 1
            }
        }
    }

    /// The cases that can go on. Those that nobody answered in time are closed.
    private func resumable() throws(ServiceError) -> [Digest] {
        var resumable: [Digest] = []
        for id in try department.vault.unfinishedCases() {
            guard let file = try department.vault.caseFile(id) else { continue }
            let present = current(file)
            if case .awaitingAuthorisation = present.stage {
                _ = openCases.add(id, of: file.service, until: file.request.content.expiry, countMax: .max)
            } else if present.isFinished {
                try department.vault.keep(present)
            } else {
                resumable.append(id)
            }
        }
        return resumable
    }

    /// Closes the cases that nobody answered in time, and takes up again those that were set aside.
    func sweep() async throws(ServiceError) {
        try await closeUnanswered()
        let again = setAside.withLock { setAside in
            let again = setAside
            setAside = []
            return again
        }
        queue.withLock { queue in for id in again { _ = queue?.yield(id) } }
    }

    private func closeUnanswered() async throws(ServiceError) {
        for id in openCases.takeExpired(at: department.clock()) {
            try await reservations.holding([.batch(id.bytes)]) { () async throws(ServiceError) in
                guard let file = try self.department.vault.caseFile(id), case .awaitingAuthorisation = file.stage else {
                    return
                }
                try self.finish(self.closed(file))
            }
        }
    }
}
