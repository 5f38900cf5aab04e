package parser_test

import (
	"slices"
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
			rep, _ := parser.Parse(strings.NewReader(filled(document)), "-", invented.Vocabulary{})
			if found := len(rep.Findings) > 0; found != faults {
				t.Errorf("%s: %q gives %q", kind, document, invented.Rows(rep))
				continue
			}
			right++
		}
		t.Logf("%s: %d of %d documents", kind, right, len(documents))
	}
	try("about sentences", slices.Concat(mentioned, mentionedMore), false)
	for _, document := range mistaken {
		if rep, _ := parser.Parse(strings.NewReader(filled(document)), "-", invented.Vocabulary{}); len(rep.Findings) == 0 {
			t.Errorf("%q is no longer mistaken", document)
		}
	}
	try("about a server", slices.Concat(stated, statedMore, statedAmid), true)
}

// filled writes sentences of a reporter into a document.
func filled(document string) string {
	return strings.NewReplacer("{}", "The frob is wet", "{2}", "The zone is cold").Replace(document)
}
