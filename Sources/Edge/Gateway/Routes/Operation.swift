/// What a route does; one case for each row of the route table.
enum Operation: String, Sendable, CaseIterable {
    // Pages and the node itself.
    case firstPage, styleSheet, pageScript, health, readiness, metrics, openAPI, status, genesis
    // The ledger.
    case submitTransaction, transaction, blocks, block, checkpoint, certificate, subject, accessHead, identifier
    case matters, matter, departments, certificateTypes, verification
    // Cases.
    case openCase, authorisationRequest, submitAuthorisation, caseView
    // Vaults.
    case release, accesses
    // Clerks.
    case registerSubject, changeSubjectStatus, issueBatch, revokeBatch, changeCertificateStatus, searchVault, bundle
}
