import Credentials
import Cryptography
import Foundation
import LedgerModel
import Primitives
import ZhixinClient

/// One authorisation from the request to the decision.
///
/// What was signed is on disk before it is sent; running it again sends the same bytes.
struct AuthorisationSession {
    let wallet: Wallet
    let pin: CertificatePin?
    /// As given on the command line.
    let identifier: String?
    let waitMilliseconds: UInt64
    let tell: (String) -> Void
    let confirm: (String) -> Bool

    func run(_ source: String) async throws -> CaseView {
        let review = try RequestReview(
            try await RequestSource(wallet: wallet, pin: pin).request(source),
            catalogue: wallet.network.catalogue,
            network: wallet.network.digest,
            suite: wallet.network.suite,
            now: .init(0)
        )
        return try await wallet.network.withClient(review.node, pin: pin) { client in
            let kept = try wallet.folder.readUses().last { $0.caseID == review.caseID && $0.state != .lapsed }
            if let kept {
                tell("此办件已签署过，继续上次的结果。This case was signed before; going on with it.")
                if let view = try await resume(kept, review, client) { return view }
            }
            return try await begin(review, client)
        }
    }

    // MARK: Signing

    private func begin(_ review: RequestReview, _ client: NodeClient) async throws -> CaseView {
        guard client.now < review.request.expiry else { throw WalletError.requestExpired(review.request.expiry) }
        guard let identifier = identifier ?? wallet.profile.identifier else { throw WalletError.identifierMissing }
        let composer = AuthorisationComposer(
            keys: wallet.keys,
            catalogue: wallet.network.catalogue,
            identifier: identifier,
            identifierSalt: wallet.profile.salt
        )
        guard let subject = try await client.subject(wallet.keys.subject) else { throw WalletError.notRegistered }
        try composer.check(subject.record)
        try remember(identifier)
        for line in review.lines { tell(line) }
        tell("有效期至 until      \(TimeText.words(review.request.expiry))")
        guard confirm("同意并签署吗？ Agree and sign?") else {
            throw CommandError(
                code: "not-confirmed",
                chinese: "未签署（用 --yes 可不经询问签署）",
                english: "nothing was signed; --yes signs without asking"
            )
        }
        let head = try wallet.keys.head(try composer.headIndex(for: review), set: wallet.keys.headSet)
        let proven = try await client.accessHead(head)
        let known =
            try wallet.folder.readUses().filter { $0.head == head && $0.state == .decided }
            .map(\.entry.count).max() ?? 0
        if let shown = proven?.record.count, shown > known {
            tell("注意：链上有 \(shown) 次用证，本钱包记得 \(known) 次。请用 zhixin access list 查看。")
            tell("note: the ledger counts \(shown) uses and this wallet remembers \(known); see zhixin access list")
        }
        var entropy = SystemEntropy()
        let use = try composer.compose(
            review,
            subject: subject.record,
            head: proven?.record,
            knownCount: known,
            now: client.now,
            random: &entropy
        )
        try wallet.folder.save(use)
        return try await send(use, client)
    }

    private func remember(_ identifier: String) throws {
        guard wallet.profile.identifier != identifier else { return }
        var profile = wallet.profile
        profile.identifier = identifier
        try wallet.folder.save(profile)
    }

    // MARK: Sending

    /// Goes on with what was signed before; nil when it can no longer come about and may be signed anew.
    private func resume(
        _ use: WalletUse,
        _ review: RequestReview,
        _ client: NodeClient
    ) async throws -> CaseView? {
        if let outcome = use.outcome, use.state != .prepared { return outcome }
        guard client.now >= use.expiry else { return try await send(use, client) }
        let head = try await client.accessHead(use.head)
        if let head, head.record.count >= use.entry.count {
            // It, or another entry of this number, is on the ledger: the node knows which.
            return try await follow(use, client)
        }
        try lapse(use)
        return nil
    }

    private func lapse(_ use: WalletUse) throws {
        var lapsed = use
        lapsed.state = .lapsed
        try wallet.folder.save(lapsed)
    }

    private func send(_ use: WalletUse, _ client: NodeClient) async throws -> CaseView {
        tell("已签署并保存，正在提交。Signed and kept; sending.")
        do throws(ClientError) {
            _ = try await client.authorise(target: use.target, use.submission)
        } catch {
            // Refused is not taken: the next attempt signs anew. After any other failure it may have been taken, and the same
            // bytes are sent again.
            if case .problem = error, !error.isTransient { try lapse(use) }
            throw error
        }
        return try await follow(use, client)
    }

    private func follow(_ use: WalletUse, _ client: NodeClient) async throws -> CaseView {
        tell("等待决定。Waiting for the decision.")
        let view = try await client.awaitDecision(
            use.caseID,
            timeoutMilliseconds: waitMilliseconds,
            signer: wallet.signer(for: DepartmentID(use.department))
        )
        var settled = use
        settled.outcome = view
        switch view.state {
        case .decided: settled.state = .decided
        case .failed: settled.state = .failed
        case .awaitingAuthorisation, .recording, .collecting: break
        }
        try wallet.folder.save(settled)
        if let issued = view.decision?.issued, let presentation = issued.presentation {
            try AtomicFile.write(presentation, to: wallet.folder.certificates + "/\(issued.certificate).bin")
        }
        return view
    }
}

/// Where a request comes from: the URL of a QR code, or a file.
struct RequestSource {
    let wallet: Wallet
    let pin: CertificatePin?

    /// The signed request, decoded and not yet checked.
    func request(_ source: String) async throws -> Signed<AuthorisationRequest> {
        let bytes =
            source.hasPrefix("http://") || source.hasPrefix("https://")
            ? try await fetched(source) : try read(source)
        do throws(DecodeError) {
            return try Signed(canonicalBytes: bytes)
        } catch {
            throw WalletError.requestMalformed(reason: "\(error)")
        }
    }

    private func fetched(_ url: String) async throws -> [UInt8] {
        let (address, target) = try NodeAddress.split(url)
        return try await wallet.network.withClient(address, pin: pin) { client in
            try await client.authorisationRequest(target: target).request
        }
    }

    /// A file with the node's JSON, base64url, or the bytes themselves.
    private func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
            throw CommandError.file(path, "找不到或太大 not found, or too large")
        }
        let bytes = Array(data)
        if let value = try? JSONValue(parsing: bytes, byteCountMax: 1 << 20),
            let text = value.object?["request"]?.string, let decoded = Base64URL.decode(text)
        {
            return decoded
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return Base64URL.decode(text) ?? bytes
    }
}
