// Package speech knows what people say around the sentences of a report, in some twenty languages: that a warning is gone or was never shown, that
// somebody asks about it or supposes it, that a list of faults follows, and which kinds of text (code, contracts, manuals, release notes)
// hold such sentences and report of no server. It knows no reporter and no layout.
//
// The words stand in tables (prose_words.go, asking_words.go, frame_words.go, genre_words.go, manual_words.go, status_words.go), a language a line; phrases.go reads
// them, and tokens.go makes of a text what they are compared with. Another language is a line in each table.
package speech

// Manner is how somebody speaks of a sentence.
type Manner = meaning

// The manners that make a sentence no row of a report.
const (
	Asks     Manner = asks     // he asks whether it is shown, or what it means
	Supposes Manner = supposes // he says what holds if it is shown
	General  Manner = general  // he says it of many servers
	Example  Manner = example  // he gives it as an example
)

// ClosingMarks may stand between a sentence and the words behind it.
const ClosingMarks = closingMarks
