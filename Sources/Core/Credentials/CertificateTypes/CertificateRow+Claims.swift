extension CertificateRow {
    /// The row that claims of a decision amount to, or nil when they lack the certificate's number, holder or name.
    package init?(claims: JSONObject, type: CertificateTypeDefinition, line: Int = 1) {
        guard let number = claims[type.numberField]?.string,
            let identifier = claims[type.holderIdentifierField]?.string,
            let name = claims[type.holderNameField]?.string
        else { return nil }
        self.init(line: line, claims: claims, number: number, holderIdentifier: identifier, holderName: name)
    }
}
