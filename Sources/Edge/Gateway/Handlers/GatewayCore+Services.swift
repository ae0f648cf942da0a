import Credentials
import HTTPTypes
import Hummingbird
import LedgerModel
import Ports
import Primitives

/// The routes behind which the department's own service stands: each turns a request into one call.
extension GatewayCore {
    func serve(_ call: Call) async throws(Refusal) -> Response {
        switch call.route.operation {
        case .openCase: try await openCase(call)
        case .authorisationRequest: try await authorisationRequest(call)
        case .submitAuthorisation: try await submitAuthorisation(call)
        case .caseView: try await caseView(call)
        case .release: try await release(call)
        case .accesses: try await accesses(call)
        case .registerSubject: try await registerSubject(call)
        case .changeSubjectStatus: try await changeSubjectStatus(call)
        case .issueBatch: try await issueBatch(call)
        case .revokeBatch: try await revokeBatch(call)
        case .changeCertificateStatus: try await changeCertificateStatus(call)
        case .searchVault: try await searchVault(call)
        case .bundle: try await bundle(call)
        default: throw .routeUnknown
        }
    }

    // MARK: Cases

    private func openCase(_ call: Call) async throws(Refusal) -> Response {
        guard case .service(let id)? = call.caller else { throw .roleNotAllowed }
        let matter = try call.codeParameter()
        let request = try call.shape(CaseOpeningRequest.self)
        do throws(ServiceError) {
            let opened = try await services.openCase(matter: matter, request, by: ServiceSystemID(id))
            return Answer.json(opened, status: .created)
        } catch {
            throw .service(error)
        }
    }

    private func authorisationRequest(_ call: Call) async throws(Refusal) -> Response {
        let caseID = try call.digestParameter()
        do throws(ServiceError) {
            return Answer.json(try await services.authorisationRequest(ofCase: caseID))
        } catch {
            throw .service(error)
        }
    }

    private func submitAuthorisation(_ call: Call) async throws(Refusal) -> Response {
        let caseID = try call.digestParameter()
        let submission = try call.shape(AuthorisationSubmission.self)
        do throws(ServiceError) {
            let accepted = try await services.submitAuthorisation(forCase: caseID, submission)
            return Answer.json(accepted, status: .accepted)
        } catch {
            throw .service(error)
        }
    }

    private func caseView(_ call: Call) async throws(Refusal) -> Response {
        let caseID = try call.digestParameter()
        let waits = try call.waits(for: "decided")
        let viewer: CaseViewer
        switch call.caller {
        case .service(let id): viewer = .service(ServiceSystemID(id))
        case .subject(let did):
            guard let subject = SubjectID(did: did) else { throw .roleNotAllowed }
            viewer = .subject(subject)
        default: throw .roleNotAllowed
        }
        let milliseconds = waits ? takeWait() : nil
        defer { if milliseconds != nil { waiters.give() } }
        do throws(ServiceError) {
            return Answer.json(
                try await services.caseView(of: caseID, for: viewer, waitMilliseconds: milliseconds ?? 0)
            )
        } catch {
            throw .service(error)
        }
    }

    // MARK: Vault

    private func release(_ call: Call) async throws(Refusal) -> Response {
        guard case .department(let id)? = call.caller else { throw .roleNotAllowed }
        let request = try call.shape(ReleaseRequest.self)
        do throws(ServiceError) {
            return Answer.json(try await services.release(request, to: DepartmentID(id)))
        } catch {
            throw .service(error)
        }
    }

    private func accesses(_ call: Call) async throws(Refusal) -> Response {
        let subject = try call.subjectParameter()
        guard case .subject(let did)? = call.caller, did == subject.description else { throw .notYourOwn }
        do throws(ServiceError) {
            return Answer.json(try await services.accesses(of: subject))
        } catch {
            throw .service(error)
        }
    }

    // MARK: Clerks

    private func registerSubject(_ call: Call) async throws(Refusal) -> Response {
        let request = try call.shape(SubjectRegistrationRequest.self)
        do throws(ServiceError) {
            return Answer.json(try await services.registerSubject(request, by: call.clerk), status: .created)
        } catch {
            throw .service(error)
        }
    }

    private func changeSubjectStatus(_ call: Call) async throws(Refusal) -> Response {
        let subject = try call.subjectParameter()
        let request = try call.shape(SubjectStatusRequest.self)
        do throws(ServiceError) {
            return Answer.json(try await services.changeStatus(of: subject, request, by: call.clerk))
        } catch {
            throw .service(error)
        }
    }

    private func issueBatch(_ call: Call) async throws(Refusal) -> Response {
        let request = try call.shape(CertificateBatchRequest.self)
        do throws(ServiceError) {
            return Answer.json(try await services.issueBatch(request, by: call.clerk))
        } catch {
            throw .service(error)
        }
    }

    private func revokeBatch(_ call: Call) async throws(Refusal) -> Response {
        guard let batch = Hexadecimal.decode(call.parameters[0]), batch.count == TransactionID.byteCount,
            Hexadecimal.encode(batch) == call.parameters[0]
        else { throw .parameterMalformed(name: "batch") }
        do throws(ServiceError) {
            return Answer.json(try await services.revokeBatch(batch, by: call.clerk))
        } catch {
            throw .service(error)
        }
    }

    private func changeCertificateStatus(_ call: Call) async throws(Refusal) -> Response {
        let commitment = try call.digestParameter()
        let request = try call.shape(CertificateStatusRequest.self)
        do throws(ServiceError) {
            return Answer.json(
                try await services.changeStatus(ofCertificate: commitment, request, by: call.clerk)
            )
        } catch {
            throw .service(error)
        }
    }

    private func searchVault(_ call: Call) async throws(Refusal) -> Response {
        let request = try call.shape(VaultSearchRequest.self)
        do throws(ServiceError) {
            return Answer.json(try await services.searchVault(request, by: call.clerk))
        } catch {
            throw .service(error)
        }
    }

    private func bundle(_ call: Call) async throws(Refusal) -> Response {
        let commitment = try call.digestParameter()
        let request = try call.shape(BundleRequest.self)
        do throws(ServiceError) {
            return Answer.binary(
                try await services.makeBundle(ofCertificate: commitment, request, by: call.clerk)
            )
        } catch {
            throw .service(error)
        }
    }
}
