package document

import (
	"fmt"
	"strings"
)

const (
	// longNote is the length in bytes from which on a note is written in full only once in a document: a reference to a shorter
	// one would save nothing.
	longNote = 120

	// noteBeginning is how much of it, in bytes, further verdicts repeat to say which one is meant.
	noteBeginning = 70
)

// notes writes the notes of a verdict. Of a long one that an earlier verdict has word for word, as what is said of the
// resolver holds for the whole report, only the beginning is repeated.
// A remark that stands under each of ten verdicts hides the one that is different.
func (b *builder) notes(notes []string, verdict int) []string {
	var out []string
	for _, note := range folded(notes) {
		// A verdict that has the same note twice shows both: nothing is to be looked up elsewhere.
		first, before := b.noted[note]
		if before && first != verdict {
			cut := max(strings.LastIndexByte(note[:noteBeginning], ' '), 0)
			note = fmt.Sprintf("%s ... (in full in verdict %d)", note[:cut], first)
		} else if len(note) >= longNote {
			b.noted[note] = verdict
		}
		out = append(out, note)
	}
	return out
}
