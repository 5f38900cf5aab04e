package corpus_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"mxverdict/parser"
	"mxverdict/parser/report"
)

// TestRepeatedDocuments writes each document twice into one text, as a ticket does that quotes the mail above it: whoever reads it has
// seen no row more.
func TestRepeatedDocuments(t *testing.T) {
	// What a copy tells apart from its original.
	apart := map[string]string{
		"desk/f19-mobile.txt":                    "its rows stand above the heading, so that those of the copy stand below the heading of the original",
		"posted-title/b-phone-line-per-cell.txt": "its cells stand one a line, and what follows the last of them decides what that is",
	}
	v := loadVocabulary(t)
	for _, d := range loadCorpus(t) {
		data, err := os.ReadFile(d.path)
		if err != nil {
			t.Fatal(err)
		}
		document := string(data)
		if !strings.HasSuffix(d.name, ".txt") || apart[d.name] != "" || encodedOrAnswer(document) {
			continue
		}
		// An empty line behind it, so that what stands last in it stands last in its copies too.
		once := read(t, v, document+"\n\n\n\n")
		for how, text := range map[string]string{
			"twice":         document + "\n\n\n\n" + document,
			"quoted":        document + "\n\n\n\n" + quoted(document),
			"quoted deeper": quoted(document) + "\n\n" + quoted(quoted(document)),
		} {
			repeated := read(t, v, text)
			if a, b := said(once), said(repeated); !slices.Equal(a, b) {
				t.Errorf("%s %s: %q, once %q", d.name, how, b, a)
			}
			checkLines(t, d.name+" "+how, repeated)
		}
	}
}

// checkLines tells whether each row names all its lines, the first of them first.
func checkLines(t *testing.T, name string, rep report.Report) {
	t.Helper()
	for _, f := range rep.Findings {
		if len(f.Lines) == 0 || f.Lines[0] != f.Line || !slices.IsSorted(f.Lines) {
			t.Errorf("%s: the row of line %d stands on lines %d", name, f.Line, f.Lines)
		}
	}
}

// encodedOrAnswer tells of documents that are no longer one when they stand twice in a text: two answers of an interface are two
// look-ups, and UTF-16 cannot be quoted byte by byte.
func encodedOrAnswer(document string) bool {
	return strings.ContainsRune(document, 0) || strings.Contains(document, "Failed\"") || strings.Contains(document, "Failed'") ||
		strings.Contains(document, "Failed:")
}

func read(t *testing.T, v report.Vocabulary, document string) report.Report {
	t.Helper()
	rep, err := parser.Parse(strings.NewReader(document), "-", v)
	if err != nil && !errors.Is(err, parser.ErrNoFindings) && !errors.Is(err, parser.ErrEmpty) {
		t.Fatal(err)
	}
	return rep
}

// quoted writes a document as the mail programs do that answer it.
func quoted(document string) string {
	return "> " + strings.ReplaceAll(strings.TrimRight(document, "\n"), "\n", "\n> ") + "\n"
}

// said is what a report says, without the lines on which it says so, and without the subjects: a heading that stands last in a document
// stands above its copy.
func said(rep report.Report) []string {
	var out []string
	for _, f := range rep.Findings {
		out = append(out, fmt.Sprintf("%s %s", f.Status, orDash(f.Rule)))
	}
	slices.Sort(out)
	return out
}
