package import Primitives

/// ECDSA over P-256 written from SEC 1 and SP 800-186 alone, so that tests of tokens need no production library and a
/// fault in that library shows as a difference. Not constant in time: for test keys only.
package struct ReferenceP256: SignatureVerifier {
    private static let field = MontgomeryModulus([
        0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001,
    ])
    private static let order = MontgomeryModulus([
        0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000,
    ])
    private static let coefficient = field.enter([
        0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7,
    ])
    private static let generator = JacobianPoint(
        x: field.enter([0xf4a1_3945_d898_c296, 0x7703_7d81_2deb_33a0, 0xf8bc_e6e5_63a4_40f2, 0x6b17_d1f2_e12c_4247]),
        y: field.enter([0xcbb6_4068_37bf_51f5, 0x2bce_3357_6b31_5ece, 0x8ee7_eb4a_7c0f_9e16, 0x4fe3_42e2_fe1a_7f9b]),
        z: field.one
    )

    package init() {}

    /// A signer with the private key of 32 big-endian bytes, which must be between 1 and the order.
    package func signer(privateKey: [UInt8]) -> ReferenceP256Signer {
        let secret = MontgomeryModulus.words(privateKey)
        let point = Self.affine(Self.multiply(Self.generator, by: secret))
        let bytes = [2 | UInt8(point.y[0] & 1)] + MontgomeryModulus.bytes(point.x)
        guard let key = PublicKey(algorithm: .p256, bytes: bytes) else { preconditionFailure("33 bytes") }
        return ReferenceP256Signer(publicKey: key, secret: secret)
    }

    package func isValid(_ signature: Signature, of message: [UInt8], by publicKey: PublicKey) -> Bool {
        let first = MontgomeryModulus.words(signature.bytes[..<32])
        let second = MontgomeryModulus.words(signature.bytes[32...])
        let order = Self.order
        guard publicKey.algorithm == .p256, let point = Self.point(publicKey.bytes), !order.isZero(first),
            !order.isZero(second), order.holds(first), order.holds(second)
        else { return false }
        let inverse = order.inverse(order.enter(second))
        let hash = order.enter(order.reduce(Self.hash(message)))
        let left = order.leave(order.multiply(hash, inverse))
        let right = order.leave(order.multiply(order.enter(first), inverse))
        let sum = Self.multiply(Self.generator, by: left, point, by: right)
        guard !Self.field.isZero(sum.z) else { return false }
        return order.reduce(Self.affine(sum).x) == first
    }

    fileprivate static func sign(_ message: [UInt8], secret: [UInt64]) -> Signature {
        let digest = hash(message)
        var counter: UInt8 = 0
        while true {
            // A test key's nonce may follow from key and message; each try takes another.
            let seed = MontgomeryModulus.bytes(secret) + MontgomeryModulus.bytes(digest) + [counter]
            let nonce = order.reduce(hash(seed))
            counter += 1
            let first = order.reduce(affine(multiply(generator, by: nonce)).x)
            let product = order.multiply(order.enter(first), order.enter(secret))
            let sum = order.add(order.enter(order.reduce(digest)), product)
            let second = order.leave(order.multiply(order.inverse(order.enter(nonce)), sum))
            guard !order.isZero(first), !order.isZero(second),
                let signature = Signature(MontgomeryModulus.bytes(first) + MontgomeryModulus.bytes(second))
            else { continue }
            return signature
        }
    }

    private static func hash(_ message: [UInt8]) -> [UInt64] {
        MontgomeryModulus.words(ReferenceSHA256().digest(message).bytes)
    }

    private struct JacobianPoint {
        var x: [UInt64]
        var y: [UInt64]
        var z: [UInt64]
    }

    /// The point of a compressed key, found by a square root: the prime is 3 modulo 4.
    private static func point(_ compressed: [UInt8]) -> JacobianPoint? {
        let plain = MontgomeryModulus.words(compressed[1...])
        guard compressed[0] == 2 || compressed[0] == 3, field.holds(plain) else { return nil }
        let x = field.enter(plain)
        let cube = field.multiply(field.multiply(x, x), x)
        let triple = field.add(field.add(x, x), x)
        let square = field.add(field.subtract(cube, triple), coefficient)
        // (p + 1) / 4 = 2^254 - 2^222 + 2^190 + 2^94
        let root = field.power(
            square,
            [0, 0x0000_0000_4000_0000, 0x4000_0000_0000_0000, 0x3fff_ffff_c000_0000]
        )
        guard field.multiply(root, root) == square else { return nil }
        let isOdd = field.leave(root)[0] & 1 == 1
        let y = isOdd == (compressed[0] == 3) ? root : field.subtract([0, 0, 0, 0], root)
        return JacobianPoint(x: x, y: y, z: field.one)
    }

    private static func affine(_ point: JacobianPoint) -> (x: [UInt64], y: [UInt64]) {
        let inverse = field.inverse(point.z)
        let square = field.multiply(inverse, inverse)
        return (
            field.leave(field.multiply(point.x, square)),
            field.leave(field.multiply(point.y, field.multiply(square, inverse)))
        )
    }

    private static func multiply(_ point: JacobianPoint, by scalar: [UInt64]) -> JacobianPoint {
        var result = JacobianPoint(x: field.one, y: field.one, z: [0, 0, 0, 0])
        for bit in stride(from: 255, through: 0, by: -1) {
            result = double(result)
            if scalar[bit / 64] >> UInt64(bit % 64) & 1 == 1 { result = add(result, point) }
        }
        return result
    }

    /// The sum of both products, with the doublings shared.
    private static func multiply(
        _ first: JacobianPoint,
        by left: [UInt64],
        _ second: JacobianPoint,
        by right: [UInt64]
    ) -> JacobianPoint {
        let both = add(first, second)
        var result = JacobianPoint(x: field.one, y: field.one, z: [0, 0, 0, 0])
        for bit in stride(from: 255, through: 0, by: -1) {
            result = double(result)
            switch (left[bit / 64] >> UInt64(bit % 64) & 1, right[bit / 64] >> UInt64(bit % 64) & 1) {
            case (1, 1): result = add(result, both)
            case (1, 0): result = add(result, first)
            case (0, 1): result = add(result, second)
            default: break
            }
        }
        return result
    }

    private static func double(_ point: JacobianPoint) -> JacobianPoint {
        guard !field.isZero(point.z) else { return point }
        let zz = field.multiply(point.z, point.z)
        let yy = field.multiply(point.y, point.y)
        let beta = field.multiply(point.x, yy)
        let product = field.multiply(field.subtract(point.x, zz), field.add(point.x, zz))
        let alpha = field.add(field.add(product, product), product)
        let beta4 = field.twice(field.twice(beta))
        let x = field.subtract(field.multiply(alpha, alpha), field.twice(beta4))
        let z = field.twice(field.multiply(point.y, point.z))
        let yyyy8 = field.twice(field.twice(field.twice(field.multiply(yy, yy))))
        let y = field.subtract(field.multiply(alpha, field.subtract(beta4, x)), yyyy8)
        return JacobianPoint(x: x, y: y, z: z)
    }

    private static func add(_ left: JacobianPoint, _ right: JacobianPoint) -> JacobianPoint {
        if field.isZero(left.z) { return right }
        if field.isZero(right.z) { return left }
        let leftSquare = field.multiply(left.z, left.z)
        let rightSquare = field.multiply(right.z, right.z)
        let u1 = field.multiply(left.x, rightSquare)
        let u2 = field.multiply(right.x, leftSquare)
        let s1 = field.multiply(left.y, field.multiply(rightSquare, right.z))
        let s2 = field.multiply(right.y, field.multiply(leftSquare, left.z))
        if u1 == u2 {
            return s1 == s2 ? double(left) : JacobianPoint(x: field.one, y: field.one, z: [0, 0, 0, 0])
        }
        let h = field.subtract(u2, u1)
        let r = field.subtract(s2, s1)
        let hh = field.multiply(h, h)
        let hhh = field.multiply(hh, h)
        let v = field.multiply(u1, hh)
        let x = field.subtract(field.subtract(field.multiply(r, r), hhh), field.twice(v))
        let y = field.subtract(field.multiply(r, field.subtract(v, x)), field.multiply(s1, hhh))
        return JacobianPoint(x: x, y: y, z: field.multiply(h, field.multiply(left.z, right.z)))
    }
}

/// One test key of `ReferenceP256`.
package struct ReferenceP256Signer: MessageSigner {
    package let publicKey: PublicKey
    fileprivate let secret: [UInt64]

    /// The signature of `message`; the same message has one signature.
    package func sign(_ message: [UInt8]) -> Signature { ReferenceP256.sign(message, secret: secret) }
}

/// Numbers of four words, lowest first, modulo an odd number, in Montgomery's form between `enter` and `leave`.
private struct MontgomeryModulus {
    let modulus: [UInt64]
    let one: [UInt64]
    private let square: [UInt64]
    private let inverseWord: UInt64

    init(_ modulus: [UInt64]) {
        self.modulus = modulus
        var inverse: UInt64 = 1
        for _ in 0..<6 { inverse = inverse &* (2 &- modulus[0] &* inverse) }
        inverseWord = 0 &- inverse
        var power: [UInt64] = [1, 0, 0, 0]
        for _ in 0..<256 { power = Self.sum(power, power, modulus) }
        one = power
        for _ in 0..<256 { power = Self.sum(power, power, modulus) }
        square = power
    }

    static func words(_ bytes: some Collection<UInt8>) -> [UInt64] {
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() { words[3 - index / 8] = words[3 - index / 8] << 8 | UInt64(byte) }
        return words
    }

    static func bytes(_ words: [UInt64]) -> [UInt8] {
        words.reversed().flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }

    func isZero(_ value: [UInt64]) -> Bool { value == [0, 0, 0, 0] }
    func holds(_ value: [UInt64]) -> Bool { Self.isBelow(value, modulus) }
    func reduce(_ value: [UInt64]) -> [UInt64] { holds(value) ? value : Self.difference(value, modulus).words }
    func enter(_ value: [UInt64]) -> [UInt64] { multiply(value, square) }
    func leave(_ value: [UInt64]) -> [UInt64] { multiply(value, [1, 0, 0, 0]) }
    func add(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] { Self.sum(left, right, modulus) }
    func twice(_ value: [UInt64]) -> [UInt64] { Self.sum(value, value, modulus) }

    func subtract(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        let (words, borrow) = Self.difference(left, right)
        guard borrow else { return words }
        var carry: UInt128 = 0
        return (0..<4).map { index in
            let total = UInt128(words[index]) + UInt128(modulus[index]) + carry
            carry = total >> 64
            return UInt64(truncatingIfNeeded: total)
        }
    }

    func multiply(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var total: [UInt64] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
        for row in 0..<4 {
            var carry: UInt128 = 0
            for column in 0..<4 {
                carry += UInt128(left[row]) * UInt128(right[column]) + UInt128(total[row + column])
                total[row + column] = UInt64(truncatingIfNeeded: carry)
                carry >>= 64
            }
            total[row + 4] = UInt64(carry)
        }
        for row in 0..<4 {
            let factor = total[row] &* inverseWord
            var carry: UInt128 = 0
            for column in 0..<4 {
                carry += UInt128(factor) * UInt128(modulus[column]) + UInt128(total[row + column])
                total[row + column] = UInt64(truncatingIfNeeded: carry)
                carry >>= 64
            }
            var place = row + 4
            while carry != 0 {
                carry += UInt128(total[place])
                total[place] = UInt64(truncatingIfNeeded: carry)
                carry >>= 64
                place += 1
            }
        }
        let high = Array(total[4..<8])
        return total[8] != 0 || !holds(high) ? Self.difference(high, modulus).words : high
    }

    func power(_ base: [UInt64], _ exponent: [UInt64]) -> [UInt64] {
        var result = one
        for bit in stride(from: 255, through: 0, by: -1) {
            result = multiply(result, result)
            if exponent[bit / 64] >> UInt64(bit % 64) & 1 == 1 { result = multiply(result, base) }
        }
        return result
    }

    /// By Fermat's little theorem: the modulus is prime.
    func inverse(_ value: [UInt64]) -> [UInt64] { power(value, Self.difference(modulus, [2, 0, 0, 0]).words) }

    private static func isBelow(_ left: [UInt64], _ right: [UInt64]) -> Bool { difference(left, right).borrow }

    private static func difference(_ left: [UInt64], _ right: [UInt64]) -> (words: [UInt64], borrow: Bool) {
        var borrow: Int128 = 0
        var words: [UInt64] = [0, 0, 0, 0]
        for index in 0..<4 {
            let value = Int128(left[index]) - Int128(right[index]) + borrow
            words[index] = UInt64(truncatingIfNeeded: value)
            borrow = value >> 64
        }
        return (words, borrow != 0)
    }

    private static func sum(_ left: [UInt64], _ right: [UInt64], _ modulus: [UInt64]) -> [UInt64] {
        var carry: UInt128 = 0
        var words: [UInt64] = [0, 0, 0, 0]
        for index in 0..<4 {
            carry += UInt128(left[index]) + UInt128(right[index])
            words[index] = UInt64(truncatingIfNeeded: carry)
            carry >>= 64
        }
        return carry != 0 || !isBelow(words, modulus) ? difference(words, modulus).words : words
    }
}
