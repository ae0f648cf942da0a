import Credentials
import Hummingbird
import LedgerModel
import Merkle
import Ports
import Primitives
import ZhixinVerify

extension GatewayCore {
    /// A certificate's status, or the proof of its record.
    func certificate(_ call: Call) throws(Refusal) -> Response {
        let key = RecordKey.certificate(try call.digestParameter())
        if call.wantsBinary { return try proof(of: key, orElse: .certificateUnknown) }
        let view = archive.view()
        guard let (position, record) = try read({ () throws(StoreError) in try view.record(key) }),
            case .certificate(let certificate) = record
        else { throw .certificateUnknown }
        var json = JSONBytes(capacity: 768)
        write(certificate, position: position, asOf: view.header, into: &json)
        return Response(status: .ok, headers: Answer.jsonHeaders, body: ResponseBody(byteBuffer: json.buffer))
    }

    /// The bytes of `CertificateReport`'s JSON. A test compares the two.
    private func write(
        _ certificate: CertificateRecord,
        position: Position,
        asOf header: Header,
        into json: inout JSONBytes
    ) {
        json.write("{\"certificate\":\"")
        json.write(certificate.commitment)
        json.write("\",\"status\":\"")
        let now = max(clock(), header.timestamp)
        switch certificate.condition(at: now) {
        case .active: json.write("active\",")
        case .suspended: json.write("suspended\",")
        case .revoked: json.write("revoked\",")
        case .superseded: json.write("superseded\",")
        case .expired: json.write("expired\",")
        case .notYetValid: json.write("notYetValid\",")
        }
        json.write(bytes: catalogue.label(type: certificate.type, issuer: certificate.issuer))
        json.write("\"validFrom\":")
        json.write(certificate.validFrom.rawValue)
        if let end = certificate.validUntil {
            json.write(",\"validUntil\":")
            json.write(end.rawValue)
        }
        json.write(",\"changedAt\":")
        json.write(certificate.changedAt.rawValue)
        json.write(",\"position\":")
        json.write(position.rawValue)
        json.write(",\"asOf\":{\"height\":")
        json.write(header.height.rawValue)
        json.write(",\"timestamp\":")
        json.write(header.timestamp.rawValue)
        json.write("}}")
    }

    /// The record with `key` and everything that shows it, in BCS.
    func proof(of key: RecordKey, orElse unknown: Refusal) throws(Refusal) -> Response {
        let view = try certifiedView()
        guard let certificate = view.certificate else { throw .notReady }
        guard let proven = try read({ () throws(StoreError) in try view.provenRecord(key) }) else { throw unknown }
        let proof = RecordProof(
            record: proven.record,
            inclusion: proven.proof,
            header: view.header,
            certificate: certificate
        )
        return Answer.binary(proof.canonicalBytes)
    }
}

extension CertificateRecord {
    /// The first instant at which it holds.
    var validFrom: Timestamp { Timestamp(Self.milliseconds(validFromSeconds)) }

    /// The first instant at which it no longer holds, or nil for no end.
    var validUntil: Timestamp? {
        validUntilSeconds == .max ? nil : Timestamp(Self.milliseconds(validUntilSeconds))
    }

    /// What it is worth at `now`.
    func condition(at now: Timestamp) -> CertificateCondition {
        switch status {
        case .suspended: .suspended
        case .revoked: .revoked
        case .superseded: .superseded
        case .active:
            if now < validFrom {
                .notYetValid
            } else if let validUntil, now >= validUntil {
                .expired
            } else {
                .active
            }
        }
    }

    private static func milliseconds(_ seconds: UInt64) -> UInt64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : product
    }
}
