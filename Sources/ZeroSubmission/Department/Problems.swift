import Credentials
import LedgerModel

extension CaseProblem {
    init(_ code: String, _ text: LocalizedText) {
        self.init(code: code, chinese: text.chinese, english: text.english)
    }

    init(_ code: String, chinese: String, english: String) {
        self.init(code: code, chinese: chinese, english: english)
    }
}

extension AssuranceWord {
    /// The level on the ledger.
    var level: AssuranceLevel {
        switch self {
        case .selfDeclared: .selfDeclared
        case .document: .document
        case .inPerson: .inPerson
        }
    }
}

extension SubjectCondition {
    /// The status on the ledger.
    var status: SubjectStatus {
        switch self {
        case .active: .active
        case .suspended: .suspended
        case .deactivated: .deactivated
        }
    }
}

extension CertificateStatusWord {
    /// The status on the ledger.
    var status: CertificateStatus {
        switch self {
        case .active: .active
        case .suspended: .suspended
        case .revoked: .revoked
        }
    }
}

extension EvidenceStatus {
    init(_ status: CertificateStatus) {
        switch status {
        case .active: self = .active
        case .suspended: self = .suspended
        case .revoked: self = .revoked
        case .superseded: self = .superseded
        }
    }
}
