package import Credentials
package import LedgerModel
package import Primitives

/// An authorisation request that was checked against the pinned genesis: who asks, for which matter, for exactly what.
///
/// Only its initializer makes one, so holding it means that the department signed the request, that the service system may
/// ask for the matter, and that nothing is asked that the matter's rule does not need.
package struct RequestReview: Sendable {
    package let signed: Signed<AuthorisationRequest>
    package let department: DepartmentRecord
    package let service: ServiceSystemRecord
    package let matter: MatterDefinition
    /// The items with what they mean, in the request's order.
    package let items: [ReviewedItem]
    /// The case that the response address names.
    package let caseID: Digest
    /// Where the authorisation goes.
    package let node: NodeAddress
    package let target: String

    package var request: AuthorisationRequest { signed.content }

    /// - Throws: `WalletError`, for the first check that fails.
    package init(
        _ signed: Signed<AuthorisationRequest>,
        catalogue: LedgerCatalogue,
        network: Digest,
        suite: Suite,
        now: Timestamp
    ) throws(WalletError) {
        let request = signed.content
        guard request.network == network else { throw .otherNetwork }
        guard let department = catalogue.department(DepartmentID(request.department)) else {
            throw .departmentUnknown(DepartmentID(request.department))
        }
        guard signed.isSigned(by: department.credentialKey, verifier: suite.verifier) else { throw .requestNotSigned }
        guard let service = catalogue.service(ServiceSystemID(request.service)) else {
            throw .serviceUnknown(ServiceSystemID(request.service))
        }
        guard service.department == department.id, service.matters.contains(where: { $0.text == request.matter }),
            request.clientID == "\(department.code)/\(service.code)"
        else { throw .serviceNotPermitted(service: service.code, matter: request.matter) }
        guard let record = catalogue.matter(code: request.matter) else { throw .matterUnknown(request.matter) }
        guard record.version == request.matterVersion else {
            throw .matterVersion(found: request.matterVersion, current: record.version)
        }
        guard record.department == department.id else { throw .matterOfOtherDepartment }
        let matter: MatterDefinition
        do throws(DefinitionError) {
            matter = try record.decodedDefinition()
        } catch {
            throw .definitionUnknown(request.matter)
        }
        guard request.purpose == matter.purpose else { throw .purposeDiffers }
        var items: [ReviewedItem] = []
        for item in request.items { items.append(try ReviewedItem(item, matter: matter, catalogue: catalogue)) }
        guard now < request.expiry else { throw .requestExpired(request.expiry) }
        (node, target, caseID) = try Self.place(request.responseAddress)
        self.signed = signed
        self.department = department
        self.service = service
        self.matter = matter
        self.items = items
    }

    /// The node, target and case of `http://…/v1/requests/<case>/authorisation`.
    private static func place(_ address: String) throws(WalletError) -> (NodeAddress, String, Digest) {
        let parts: (address: NodeAddress, target: String)
        do throws(ClientError) {
            parts = try NodeAddress.split(address)
        } catch {
            throw .requestMalformed(reason: "response address")
        }
        let path = parts.target.split(separator: "/", omittingEmptySubsequences: false)
        guard path.count == 5, path[1] == "v1", path[2] == "requests", path[4] == "authorisation",
            let caseID = Digest(hexadecimal: path[3])
        else { throw .requestMalformed(reason: "response address") }
        return (parts.address, parts.target, caseID)
    }
}

/// One item of a request and what it means to a person.
package struct ReviewedItem: Hashable, Sendable {
    package let item: RequestedItem
    /// The department whose vault will answer.
    package let issuer: DepartmentRecord
    package let typeName: LocalizedText
    /// The matter's words for it.
    package let label: LocalizedText
    /// Exactly what is disclosed or answered.
    package let disclosed: LocalizedText

    fileprivate init(
        _ item: RequestedItem,
        matter: MatterDefinition,
        catalogue: LedgerCatalogue
    ) throws(WalletError) {
        guard let type = catalogue.certificateType(CertificateTypeID(item.type)),
            type.issuers.contains(DepartmentID(item.issuer)),
            let issuer = catalogue.department(DepartmentID(item.issuer)),
            item.isWithin(matter, typeCode: type.code.text), let evidence = matter.evidence(item.id)
        else { throw .itemNotPermitted(item.id) }
        let definition: CertificateTypeDefinition
        do throws(DefinitionError) {
            definition = try type.decodedDefinition()
        } catch {
            throw .definitionUnknown(type.code.text)
        }
        self.item = item
        self.issuer = issuer
        typeName = definition.name
        label = evidence.label
        disclosed = DisclosureWording.words(for: item.content, type: definition)
    }
}

extension RequestReview {
    /// Who asks for what and why, in Chinese and English, as the subject is shown it before signing.
    package var lines: [String] {
        var lines = [
            "请求方 asked by    \(department.name) · \(service.name)",
            "                   \(department.englishName), \(service.englishName)",
            "事项 matter        \(matter.name.chinese)（\(matter.code)）",
            "                   \(matter.name.english)",
            "用途 purpose       \(request.purpose.chinese)",
            "                   \(request.purpose.english)",
            "将取得 will be shown, and nothing else:",
        ]
        for (number, item) in items.enumerated() {
            lines.append("  \(number + 1). \(item.typeName.chinese)（\(item.issuer.name)）：\(item.disclosed.chinese)")
            lines.append("     \(item.typeName.english) (\(item.issuer.englishName)): \(item.disclosed.english)")
        }
        return lines
    }
}
