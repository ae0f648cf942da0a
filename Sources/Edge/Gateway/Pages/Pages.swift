import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import LedgerModel
import Mustache
import Primitives

/// The page that every node shows, with its style sheet and script, and the API's description.
///
/// All of it is read and rendered once, when the gateway starts. Nothing is loaded from elsewhere, and no page holds personal
/// data.
struct Pages: Sendable {
    /// Nothing but this node's own style sheet, script and API.
    private static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src data:",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ]
    .joined(separator: "; ")

    let firstPage: Response
    let styleSheet: Response
    let script: Response
    let openAPI: Response

    /// - Throws: `GatewaySetUpError.resourceMissing`.
    init(department: DepartmentRecord, networkName: String, network: Digest) throws(GatewaySetUpError) {
        let source = try Self.resource("index.mustache")
        let template: MustacheTemplate
        do {
            template = try MustacheTemplate(string: String(decoding: source, as: UTF8.self))
        } catch {
            throw .resourceMissing("index.mustache: \(error)")
        }
        let page = template.render([
            "networkName": networkName,
            "departmentName": department.name,
            "departmentEnglishName": department.englishName,
            "network": network.description,
        ])
        firstPage = Self.response(Array(page.utf8), type: "text/html; charset=utf-8")
        styleSheet = Self.response(try Self.resource("style.css"), type: "text/css; charset=utf-8")
        script = Self.response(try Self.resource("app.js"), type: "text/javascript; charset=utf-8")
        openAPI = Self.response(try Self.resource("openapi.yaml"), type: "application/yaml")
    }

    /// The bytes of a file under `Resources`.
    static func resource(_ name: String) throws(GatewaySetUpError) -> [UInt8] {
        let address = Bundle.module.bundleURL.appendingPathComponent("Resources").appendingPathComponent(name)
        do {
            return Array(try Data(contentsOf: address))
        } catch {
            throw .resourceMissing(address.path)
        }
    }

    private static func response(_ bytes: [UInt8], type: String) -> Response {
        var headers = Answer.headers(type)
        headers[.cacheControl] = "no-cache"
        headers[.contentSecurityPolicy] = contentSecurityPolicy
        headers[.referrerPolicy] = "no-referrer"
        return Response(status: .ok, headers: headers, body: Answer.body(bytes))
    }
}

extension HTTPField.Name {
    /// Referrer-Policy.
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .referer
}
