/// The version of these sources, which every program says with `--version`.
package enum Version {
    package static let text = "0.1.0"
}
