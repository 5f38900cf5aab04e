package safety

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// long is a document with an answer, evidence and a log, each of so many sections.
func long(sections int) document.Document {
	d := document.Document{Sections: []document.Section{
		answer(&document.Paragraph{Text: only("the-reply stands")}),
		{For: document.Internal, Title: "RESULT", Lead: only("the-result stands")},
	}}
	for i := range sections {
		text := only(fmt.Sprintf("evidence%d of %sstop", i, strings.Repeat("😀 word ", 9)))
		d.Sections = append(d.Sections, document.Section{Level: document.Evidence, For: document.Internal, Number: i + 1, Of: sections, Title: "CONFIRMED",
			Blocks: []document.Block{&document.Item{Label: "Why", Texts: []document.Text{text}}}})
	}
	for i := range sections {
		said := document.Said{Lead: "1", Text: only(fmt.Sprintf("log%d of %sstop", i, strings.Repeat("word ", 9)))}
		d.Sections = append(d.Sections, document.Section{Level: document.Log, For: document.Internal, Title: fmt.Sprintf("SMTP SESSION %d", i+1),
			Blocks: []document.Block{&document.Transcript{Lines: []document.Said{said}}}})
	}
	return d
}

// units are the characters of a text as those desks count that count most.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// Logs are cut before evidence, each from its end; the answer never is, and what was cut is said.
func TestWhatIsCutForWantOfRoom(t *testing.T) {
	const sections = 12
	for _, format := range []string{"text", "ticket", "markdown", "jira", "html"} {
		whole := units(in(t, format, long(sections), render.Options{}))
		for limit := whole; limit > 0; limit -= 97 {
			out := in(t, format, long(sections), render.Options{MaxChars: limit})
			length := units(out)
			out = strings.Join(strings.Fields(out), " ")
			seen := func(kind string) (n int) {
				for n < sections && strings.Contains(out, fmt.Sprintf("%s%d ", kind, n)) {
					n++
				}
				return n
			}
			evidence, logs := seen("evidence"), seen("log")
			cut := evidence < sections || logs < sections
			switch {
			case !strings.Contains(out, "reply stands") || !strings.Contains(out, "result stands"):
				t.Fatalf("%s: the answer is cut at %d", format, limit)
			case logs > 0 && evidence < sections:
				t.Fatalf("%s: %d logs stand, and evidence is cut at %d", format, logs, limit)
			case strings.Count(out, "stop") != evidence+logs:
				t.Fatalf("%s: a section is cut in itself at %d", format, limit)
			case cut != strings.Contains(out, "LEFT OUT"):
				t.Fatalf("%s: cut at %d, and said: %v", format, limit, !cut)
			case logs < sections && !strings.Contains(out, "SMTP session"), evidence < sections && !strings.Contains(out, "evidence of verdicts"):
				t.Fatalf("%s: what was cut at %d is not named", format, limit)
			case (length > limit) != strings.Contains(out, "TOO LONG"):
				t.Fatalf("%s: %d characters for a limit of %d", format, length, limit)
			case length > limit && evidence+logs > 0:
				t.Fatalf("%s: too long at %d, though there is something to cut", format, limit)
			}
		}
	}
}

// As much as there is room for is kept: one section more would be too long.
func TestNoMoreIsCutThanHasToBe(t *testing.T) {
	d := long(30)
	for limit := 3000; limit < 6000; limit += 500 {
		out := in(t, "text", d, render.Options{MaxChars: limit})
		if n := units(out); n > limit || n < limit-400 {
			t.Errorf("%d characters for a limit of %d", n, limit)
		}
	}
}

// A document of many thousand sections is written in some tries, not in one for each: the work grows as the document does.
func TestLongDocumentsAreCutInFewTries(t *testing.T) {
	f, _ := render.Named("ticket")
	cost := func(sections int) float64 {
		d := long(sections)
		return testing.AllocsPerRun(1, func() {
			if err := f.Document(io.Discard, d, render.Options{Level: document.Log, MaxChars: 5000}); err != nil {
				t.Fatal(err)
			}
		})
	}
	const times = 16
	if small, large := cost(250), cost(250*times); large > 2*times*small {
		t.Errorf("%.0f allocations for 250 sections, %.0f for %d times as many", small, large, times)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestErrorsOfWritingAreReturned(t *testing.T) {
	for _, f := range render.Formats() {
		for _, limit := range []int{0, 500} {
			if f.ForPeople() && f.Document(broken{}, long(3), render.Options{MaxChars: limit}) == nil {
				t.Errorf("%s: an error of the writer is lost", f.Name)
			}
		}
	}
}
