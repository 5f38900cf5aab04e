package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"mxverdict/cmd/internal/document"
)

// fitted writes a document with at most so many characters as its place takes: Jira ends a comment at 32,767, GitHub at 65,536. Sections of
// the log go first, the last of them before the others, and then evidence; the answer never does. What was left out is said.
func fitted(w io.Writer, d document.Document, o Options, writer func(io.Writer, document.Document, Options) error) error {
	out, err := attempt(d, nil, o, writer)
	if err != nil {
		return err
	}
	if o.MaxChars > 0 && length(out) > o.MaxChars {
		if out, err = shortened(d, o, writer); err != nil {
			return err
		}
	}
	return write(w, out)
}

// shortened leaves out as few sections as it can. The more are left out, the shorter the output, so that some tries find how many, however
// many sections there are: none has to be measured by itself, and no writer has to know that it is measured.
func shortened(d document.Document, o Options, writer func(io.Writer, document.Document, Options) error) ([]byte, error) {
	order := dispensable(d)
	var best []byte
	var failed error
	sort.Search(len(order), func(i int) bool {
		out, err := attempt(d, order[:i+1], o, writer)
		if err != nil {
			failed = err
			return true
		}
		fits := length(out) <= o.MaxChars
		if fits {
			best = out
		}
		return fits
	})
	if failed != nil || best != nil {
		return best, failed
	}
	d.Sections = append(slices.Clip(d.Sections), document.Notice("TOO LONG", fmt.Sprintf("The answer alone has more than %d characters; it is never cut.", o.MaxChars)))
	return attempt(d, order, o, writer)
}

// attempt writes a document without the sections of those places.
func attempt(d document.Document, without []int, o Options, writer func(io.Writer, document.Document, Options) error) ([]byte, error) {
	if len(without) > 0 {
		gone := make([]bool, len(d.Sections))
		for _, i := range without {
			gone[i] = true
		}
		var shown, cut []document.Section
		for i, s := range d.Sections {
			if gone[i] {
				cut = append(cut, s)
			} else {
				shown = append(shown, s)
			}
		}
		d.Sections = append(shown, leftOut(cut))
	}
	var out bytes.Buffer
	err := writer(&out, d, o)
	return out.Bytes(), err
}

// length is how long a text is to desks that count units of UTF-16 as to those that count characters: the larger of both.
func length(b []byte) int {
	n := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if n++; r > 0xffff {
			n++
		}
		b = b[size:]
	}
	return n
}

// dispensable are the places of the sections that can be left out, in the order in which they go.
func dispensable(d document.Document) []int {
	var order []int
	for _, level := range []document.Level{document.Log, document.Evidence} {
		for i, s := range slices.Backward(d.Sections) {
			if s.Level == level {
				order = append(order, i)
			}
		}
	}
	return order
}

// leftOut says what was cut.
func leftOut(cut []document.Section) document.Section {
	var kinds []string
	count := map[string]int{}
	for _, s := range cut {
		kind := kindOf(s)
		if count[kind]++; count[kind] == 1 {
			kinds = append(kinds, kind)
		}
	}
	for i, kind := range kinds {
		if n := count[kind]; n > 1 {
			kinds[i] = fmt.Sprintf("%s (%d)", kind, n)
		}
	}
	return document.Notice("LEFT OUT", "For want of room these parts are not shown: "+strings.Join(kinds, ", ")+". --format json or --save-evidence has all of it.")
}

// kindOf is what a section is called among those that were cut, in a sentence: sessions without their numbers, verdicts without their label.
func kindOf(s document.Section) string {
	if s.Of > 0 {
		return "evidence of verdicts"
	}
	return abbreviations.Replace(strings.ToLower(strings.TrimRight(s.Title, " 0123456789")))
}

// abbreviations are not written in small letters.
var abbreviations = strings.NewReplacer("smtp", "SMTP", "dns", "DNS")
