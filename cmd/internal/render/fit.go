package render

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"mxverdict/cmd/internal/document"
)

// fitted writes a document with at most so many characters as its place takes: Jira ends a comment at 32,767, GitHub at 65,536. Sections of
// the log go first, the last of them before the others, and then evidence; the answer never does. What was left out is said.
func fitted(w io.Writer, d document.Document, o Options, writer func(io.Writer, document.Document, Options) error) error {
	var out bytes.Buffer
	left := 0
	for {
		out.Reset()
		shown := d
		if left > 0 {
			shown.Sections = append(shown.Sections[:len(shown.Sections):len(shown.Sections)], leftOut(left))
		}
		if err := writer(&out, shown, o); err != nil {
			return err
		}
		if o.MaxChars <= 0 || utf8.RuneCount(out.Bytes()) <= o.MaxChars {
			break
		}
		i := dispensable(d)
		if i < 0 {
			break
		}
		d.Sections = append(d.Sections[:i:i], d.Sections[i+1:]...)
		left++
	}
	return write(w, out.Bytes())
}

// dispensable is the section that goes next, or -1.
func dispensable(d document.Document) int {
	for _, level := range []document.Level{document.Log, document.Evidence} {
		for i := len(d.Sections) - 1; i >= 0; i-- {
			if d.Sections[i].Level == level {
				return i
			}
		}
	}
	return -1
}

// leftOut says that something was cut.
func leftOut(sections int) document.Section {
	parts := "1 part"
	if sections > 1 {
		parts = fmt.Sprintf("%d parts", sections)
	}
	return document.Notice("LEFT OUT", parts+" of the evidence, for want of room; --format json or --save-evidence has all of it.")
}
