package import Primitives

/// A text for people, in Chinese and in English; each 1 to 256 UTF-8 bytes.
package struct LocalizedText: Hashable, Sendable, CanonicalCodable {
    package let chinese: String
    package let english: String

    package init(chinese: String, english: String) {
        self.chinese = chinese
        self.english = english
    }

    /// `{"zh": …, "en": …}`.
    ///
    /// - Throws: `JSONShapeError`.
    init(_ object: StrictObject) throws(JSONShapeError) {
        var object = object
        chinese = try object.string("zh", byteCountMax: Limits.nameBytesMax)
        english = try object.string("en", byteCountMax: Limits.nameBytesMax)
        try object.finish()
    }

    /// `{"zh": …, "en": …}`.
    package var json: JSONValue { ["zh": .string(chinese), "en": .string(english)] }

    package func encode(to encoder: inout CanonicalEncoder) {
        encoder.append(chinese)
        encoder.append(english)
    }

    package init(from decoder: inout CanonicalDecoder) throws(DecodeError) {
        chinese = try decoder.readString(countMax: Limits.nameBytesMax)
        english = try decoder.readString(countMax: Limits.nameBytesMax)
    }
}
