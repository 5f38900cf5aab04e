package text

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"mxverdict/parser/internal/invented"
	"mxverdict/parser/internal/rows"
)

// linesOf lists what becomes of a document, whose first line is counted from a number.
func linesOf(document string, before int) (lines []rows.Line, kept int) {
	s := sourceOf(document, invented.Vocabulary{})
	s.n = before
	for {
		l, ok := s.Next()
		if !ok {
			return lines, len(s.seen)
		}
		l.N -= before
		lines = append(lines, l)
	}
}

// A line that is met again must become what it would have become anew: between struck lines, below column titles or in a signature too.
func TestLinesThatRepeat(t *testing.T) {
	files, err := filepath.Glob("../../../../testdata/reports/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no sample reports", err)
	}
	documents := []string{"a <del>b\ne</del> f\ne</del> f\n", "a <del>b\nc | d\ne</del> f\nc | d\n", strings.Repeat("a,b\n", 100) + "Test,Result\na,b\n", "a\n-- \na\n\na\n", "<tr>\n<td>a\n</tr>\na\n<td>a\n", "> a\n>> a\na\n* a\n~~a~~\n"}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, string(data)+"\n")
	}
	for i, document := range documents {
		long := strings.Repeat(document, 2+150/strings.Count(document, "\n")) + documents[0] + document
		got, _ := linesOf(long, 0)
		want, kept := linesOf(long, -strings.Count(long, "\n")-1)
		if kept > 0 {
			t.Fatalf("%d lines are kept where none should be", kept)
		}
		for k := range min(len(got), len(want)) {
			if !reflect.DeepEqual(got[k], want[k]) {
				t.Errorf("document %d, line %d: %+v, want %+v", i, want[k].N, got[k], want[k])
				break
			}
		}
		if len(got) != len(want) {
			t.Errorf("document %d: %d lines, want %d", i, len(got), len(want))
		}
	}
}
