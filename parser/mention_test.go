package parser_test

import (
	"strings"
	"testing"

	"mxverdict/parser"
	"mxverdict/parser/internal/invented"
)

// TestDocumentsAboutSentences reads documents about sentences, in which nothing must be found, and those that are like them and tell of
// a fault.
func TestDocumentsAboutSentences(t *testing.T) {
	try := func(kind string, documents []string, faults bool) {
		right := 0
		for _, document := range documents {
			text := strings.NewReplacer("{}", "The frob is wet", "{2}", "The zone is cold").Replace(document)
			rep, _ := parser.Parse(strings.NewReader(text), "-", invented.Vocabulary{})
			if found := len(rep.Findings) > 0; found != faults {
				t.Errorf("%s: %q gives %q", kind, document, invented.Rows(rep))
				continue
			}
			right++
		}
		t.Logf("%s: %d of %d documents", kind, right, len(documents))
	}
	try("about sentences", append(mentioned, mentionedMore...), false)
	try("about a server", append(stated, statedMore...), true)
}
