package import Credentials
import Cryptography
package import LedgerModel
package import Primitives

/// What a wallet shows the clerk at its registration. It does not say who the person is: the clerk checks and adds that.
package struct WalletRegistration: ExchangeShape {
    /// The digest of the network's genesis.
    package var network: Digest
    /// The pseudonym to come.
    package var did: String
    /// BCS `PublicKey`.
    package var key: [UInt8]
    /// The transaction id that the proof names.
    package var transaction: [UInt8]
    /// By the key over `SubjectKeyProof`.
    package var proof: [UInt8]
    package var accessHeadSet: Digest
    /// Of the commitment to the identifier, 16 bytes.
    package var salt: [UInt8]

    /// What `keys` ask to be registered with.
    package init(keys: WalletKeys, transaction: TransactionID, salt: [UInt8]) throws {
        network = keys.network
        did = keys.subject.description
        key = keys.subjectKey.publicKey.canonicalBytes
        self.transaction = transaction.bytes
        proof = try keys.keyProof(transaction: transaction).bytes
        accessHeadSet = try keys.headSetRoot()
        self.salt = salt
    }

    package init(from object: inout StrictObject) throws(JSONShapeError) {
        network = try object.hexadecimalDigest("network")
        did = try object.string("did", byteCountMax: 80)
        key = try object.base64URL("key", byteCountMax: 64)
        transaction = try object.hexadecimalBytes("transaction", byteCount: TransactionID.byteCount)
        proof = try object.base64URL("proof", byteCountMax: Signature.byteCount)
        accessHeadSet = try object.hexadecimalDigest("accessHeadSet")
        salt = try object.base64URL("salt", byteCountMax: Commitments.saltByteCount)
        guard salt.count == Commitments.saltByteCount else { throw object.refusal("salt", "not 16 bytes") }
    }

    package var json: JSONValue {
        [
            "network": .string(network.description),
            "did": .string(did),
            "key": .string(Base64URL.encode(key)),
            "transaction": .string(Hexadecimal.encode(transaction)),
            "proof": .string(Base64URL.encode(proof)),
            "accessHeadSet": .string(accessHeadSet.description),
            "salt": .string(Base64URL.encode(salt)),
        ]
    }

    /// Whether the key signed for exactly this transaction, and the pseudonym follows from it.
    package func isSound(suite: Suite) -> Bool {
        guard let transaction = TransactionID(hexadecimal: Hexadecimal.encode(transaction)),
            let proof = Signature(proof)
        else { return false }
        let key: PublicKey
        do throws(DecodeError) {
            key = try PublicKey(canonicalBytes: self.key)
        } catch {
            return false
        }
        let statement = SubjectKeyProof(network: network, key: key, transaction: transaction)
        let subject = SubjectID(key: key, network: network, digestFunction: suite.digestFunction)
        return subject.description == did && suite.verifier.isValid(proof, of: statement.signingBytes, by: key)
    }

    /// What the clerk sends after the check.
    package func request(
        identifier: String,
        kind: SubjectIdentifierKind,
        name: String?,
        assurance: AssuranceWord
    ) -> SubjectRegistrationRequest {
        SubjectRegistrationRequest(
            key: key,
            transaction: transaction,
            proof: proof,
            accessHeadSet: accessHeadSet,
            salt: salt,
            identifier: identifier,
            identifierKind: kind,
            name: name,
            assurance: assurance
        )
    }
}
