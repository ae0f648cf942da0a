import Foundation

/// Lines for whoever waits, on standard error.
enum Progress {
    static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
