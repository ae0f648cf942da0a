/// One figure and how it is found.
struct Measurement: Sendable {
    /// The goal's id.
    let name: String
    let title: String
    let run: @Sendable (Bench) throws -> BenchResult

    /// In the order in which they are run: those of the quiet network first, those that need a large ledger last.
    static let all: [Measurement] = [
        Measurement(name: "P13", title: "a network at rest", run: IdleMeasurement.run),
        Measurement(name: "P3", title: "time to finality, one client", run: FinalityMeasurement.run),
        Measurement(name: "P1", title: "single signed transactions", run: SingleTransactionsMeasurement.run),
        Measurement(name: "P4", title: "finality under load", run: LoadedFinalityMeasurement.run),
        Measurement(name: "P2", title: "certificates in batches", run: BatchesMeasurement.run),
        Measurement(name: "P8", title: "disk for each certificate", run: DiskMeasurement.run),
        Measurement(name: "P5", title: "verification queries", run: QueriesMeasurement.run),
        Measurement(name: "P6", title: "offline bundle", run: BundleMeasurement.run),
        Measurement(name: "P10", title: "memory and start", run: StartMeasurement.run),
        Measurement(name: "P7", title: "audit from genesis", run: AuditMeasurement.run),
    ]
}
