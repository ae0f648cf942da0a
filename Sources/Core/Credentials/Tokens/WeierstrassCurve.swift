import Primitives

/// The field arithmetic that JSON Web Keys need: they name a point by x and y, ledgers keep x and the parity of y.
///
/// Only for public values: it is not constant in time. It checks that a point is on its curve y² = x³ - 3x + b; it does
/// not sign or verify.
struct WeierstrassCurve: Sendable {
    private let prime: FieldElement
    private let coefficient: FieldElement
    /// -1/prime modulo 2^64.
    private let inverse: UInt64
    private let montgomeryOne: FieldElement
    private let montgomerySquare: FieldElement

    /// NIST P-256 (FIPS 186-5, SP 800-186 §3.2.1.3).
    static let p256 = WeierstrassCurve(
        prime: FieldElement(0xffff_ffff_0000_0001, 0, 0x0000_0000_ffff_ffff, 0xffff_ffff_ffff_ffff),
        coefficient: FieldElement(
            0x5ac6_35d8_aa3a_93e7,
            0xb3eb_bd55_7698_86bc,
            0x651d_06b0_cc53_b0f6,
            0x3bce_3c3e_27d2_604b
        )
    )

    /// The curve of SM2 (GB/T 32918.5).
    static let sm2 = WeierstrassCurve(
        prime: FieldElement(
            0xffff_fffe_ffff_ffff,
            0xffff_ffff_ffff_ffff,
            0xffff_ffff_0000_0000,
            0xffff_ffff_ffff_ffff
        ),
        coefficient: FieldElement(
            0x28e9_fa9e_9d9f_5e34,
            0x4d5a_9e4b_cf65_09a7,
            0xf397_89f5_15ab_8f92,
            0xddbc_bd41_4d94_0e93
        )
    )

    private init(prime: FieldElement, coefficient: FieldElement) {
        self.prime = prime
        self.coefficient = coefficient
        // Newton's iteration doubles the correct bits: 1, 2, 4 … 64.
        var inverse: UInt64 = 1
        for _ in 0..<6 { inverse = inverse &* (2 &- prime.words[0] &* inverse) }
        self.inverse = 0 &- inverse
        // 1 doubled 256 and 512 times modulo the prime.
        var power = FieldElement(0, 0, 0, 1)
        for _ in 0..<256 { power = power.added(to: power, modulo: prime) }
        montgomeryOne = power
        for _ in 0..<256 { power = power.added(to: power, modulo: prime) }
        montgomerySquare = power
    }

    /// The 32 bytes of y for a compressed point (first byte 2 or 3, then x), or nil when there is no such point.
    func decompressedY(of point: [UInt8]) -> [UInt8]? {
        guard point.count == 33, point[0] == 2 || point[0] == 3, let x = element(point[1...]) else { return nil }
        let square = rightSide(x)
        let root = power(square, exponent: prime.plusOneQuarter)
        guard multiply(root, root) == square else { return nil }
        var y = multiply(root, FieldElement(0, 0, 0, 1))
        if UInt8(y.words[0] & 1) != point[0] & 1 { y = FieldElement(0, 0, 0, 0).subtracting(y, modulo: prime) }
        return UInt8(y.words[0] & 1) == point[0] & 1 ? y.bytes : nil
    }

    /// The compressed point for x and y of 32 bytes each, or nil when they are not a point of the curve.
    func compressed(x: [UInt8], y: [UInt8]) -> [UInt8]? {
        guard x.count == 32, y.count == 32, let left = element(y[...]), let right = element(x[...]),
            multiply(left, left) == rightSide(right)
        else { return nil }
        return [2 | y[31] & 1] + x
    }

    /// x³ - 3x + b, in Montgomery's form like its argument.
    private func rightSide(_ x: FieldElement) -> FieldElement {
        let cube = multiply(multiply(x, x), x)
        let triple = x.added(to: x, modulo: prime).added(to: x, modulo: prime)
        return cube.subtracting(triple, modulo: prime).added(
            to: multiply(coefficient, montgomerySquare),
            modulo: prime
        )
    }

    /// The element in Montgomery's form, or nil when the number is not below the prime.
    private func element(_ bytes: ArraySlice<UInt8>) -> FieldElement? {
        let element = FieldElement(bytes)
        guard element.isBelow(prime) else { return nil }
        return multiply(element, montgomerySquare)
    }

    private func power(_ base: FieldElement, exponent: FieldElement) -> FieldElement {
        var result = montgomeryOne
        for bit in stride(from: 255, through: 0, by: -1) {
            result = multiply(result, result)
            if exponent.words[bit / 64] >> UInt64(bit % 64) & 1 == 1 { result = multiply(result, base) }
        }
        return result
    }

    /// left · right / 2^256 modulo the prime (Montgomery's reduction after each word).
    private func multiply(_ left: FieldElement, _ right: FieldElement) -> FieldElement {
        var sum = [UInt64](repeating: 0, count: 6)
        for index in 0..<4 {
            Self.accumulate(&sum, left.words[index], right.words)
            Self.accumulate(&sum, sum[0] &* inverse, prime.words)
            // The lowest word is zero now.
            for word in 0..<5 { sum[word] = sum[word + 1] }
            sum[5] = 0
        }
        let result = FieldElement(sum[3], sum[2], sum[1], sum[0])
        guard sum[4] != 0 || !result.isBelow(prime) else { return result }
        return result.subtractingWithBorrow(prime).difference
    }

    /// sum += factor · words.
    private static func accumulate(_ sum: inout [UInt64], _ factor: UInt64, _ words: [UInt64]) {
        var carry: UInt64 = 0
        for word in 0..<4 {
            let product = factor.multipliedFullWidth(by: words[word])
            let (low, first) = product.low.addingReportingOverflow(carry)
            let (total, second) = low.addingReportingOverflow(sum[word])
            sum[word] = total
            carry = product.high &+ (first ? 1 : 0) &+ (second ? 1 : 0)
        }
        let (total, overflow) = sum[4].addingReportingOverflow(carry)
        sum[4] = total
        if overflow { sum[5] &+= 1 }
    }
}

/// A number of 256 bits, lowest word first.
private struct FieldElement: Equatable, Sendable {
    let words: [UInt64]

    init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        words = [fourth, third, second, first]
    }

    /// The number in 32 big-endian bytes.
    init(_ bytes: ArraySlice<UInt8>) {
        var words = [UInt64](repeating: 0, count: 4)
        for (index, byte) in bytes.enumerated() {
            words[3 - index / 8] = words[3 - index / 8] << 8 | UInt64(byte)
        }
        self.words = words
    }

    var bytes: [UInt8] {
        words.reversed().flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }

    /// (self + 1) / 4, for a number that is 3 modulo 4.
    var plusOneQuarter: FieldElement {
        // Adding one to …11 and dividing by four: drop two bits, then add one.
        var quarter = (0..<4).map { index in
            words[index] >> 2 | (index < 3 ? words[index + 1] << 62 : 0)
        }
        for index in 0..<4 {
            quarter[index] &+= 1
            if quarter[index] != 0 { break }
        }
        return FieldElement(quarter[3], quarter[2], quarter[1], quarter[0])
    }

    func isBelow(_ other: FieldElement) -> Bool {
        for index in stride(from: 3, through: 0, by: -1) where words[index] != other.words[index] {
            return words[index] < other.words[index]
        }
        return false
    }

    func subtractingWithBorrow(_ other: FieldElement) -> (difference: FieldElement, borrow: Bool) {
        var result = words
        var borrow: UInt64 = 0
        for index in 0..<4 {
            let (first, one) = words[index].subtractingReportingOverflow(other.words[index])
            let (second, two) = first.subtractingReportingOverflow(borrow)
            result[index] = second
            borrow = one || two ? 1 : 0
        }
        return (FieldElement(result[3], result[2], result[1], result[0]), borrow == 1)
    }

    func addingWithCarry(_ other: FieldElement) -> (sum: FieldElement, carry: Bool) {
        var result = words
        var carry: UInt64 = 0
        for index in 0..<4 {
            let (first, one) = words[index].addingReportingOverflow(other.words[index])
            let (second, two) = first.addingReportingOverflow(carry)
            result[index] = second
            carry = one || two ? 1 : 0
        }
        return (FieldElement(result[3], result[2], result[1], result[0]), carry == 1)
    }

    func added(to other: FieldElement, modulo prime: FieldElement) -> FieldElement {
        let (sum, carry) = addingWithCarry(other)
        return carry || !sum.isBelow(prime) ? sum.subtractingWithBorrow(prime).difference : sum
    }

    func subtracting(_ other: FieldElement, modulo prime: FieldElement) -> FieldElement {
        let (difference, borrow) = subtractingWithBorrow(other)
        return borrow ? difference.addingWithCarry(prime).sum : difference
    }
}
