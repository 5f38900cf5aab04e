package rows

import "strings"

// Lines hands out the lines of a document and lets the reader look ahead. A format writes them.
// It is here because rows need it, and so that this package knows no format.
type Lines interface {
	Next() (Line, bool)      // takes the next line; the text of an empty one is ""
	Peek(k int) (Line, bool) // looks at a line that has not been taken yet
	Notices() []string       // what the lines did not hold of the document
}

// Line is a line of a document without its decoration. Several lines of the source may make up one.
type Line struct {
	N       int // its number in the source
	Text    string
	Links   []string // addresses of the links in it, which are no part of its text
	Quoted  int      // in how many mails it is quoted, as its marks say
	Indent  int      // blanks in front of it, below which a list stands within a list
	Heading bool     // it is marked as a heading
	Aside   bool     // it stands in the signature of a mail
	Item    bool     // it is an item of a list, or a row of a table that shows one cell
	seams   []seam   // where the further lines of the source begin in it
}

// seam is where a further line of the source begins: a finding has to name the line in which its reader will look.
type seam struct{ at, n int }

// Whole tells whether the line is all of one line of the source.
func (l Line) Whole() bool { return len(l.seams) == 0 }

// Number returns the number of the source line from which a byte of the text came.
func (l Line) Number(at int) int {
	n := l.N
	for _, s := range l.seams {
		if at >= s.at {
			n = s.n
		}
	}
	return n
}

// Part returns a piece of the line as a line.
func (l Line) Part(from, to int) Line {
	p := Line{N: l.Number(from), Text: l.Text[from:to], Links: l.Links, Quoted: l.Quoted, Indent: l.Indent, Heading: l.Heading, Aside: l.Aside, Item: l.Item}
	for _, s := range l.seams {
		if s.at > from && s.at < to {
			p.seams = append(p.seams, seam{s.at - from, s.n})
		}
	}
	return p
}

// Joined returns the line with a further line of the source.
// A blank parts what a line end parted, unless the first line ends in the mark that says that the cut is not the author's.
func (l Line) Joined(more Line) Line {
	text, soft := softEnd(l.Text)
	if !soft {
		text += " "
	}
	seams := append(l.seams[:len(l.seams):len(l.seams)], seam{len(text), more.N})
	for _, s := range more.seams {
		seams = append(seams, seam{len(text) + s.at, s.n})
	}
	l.Text, l.seams = text+more.Text, seams
	l.Links = append(l.Links[:len(l.Links):len(l.Links)], more.Links...)
	return l
}

// softEnd takes the soft line end of quoted-printable off (RFC 2045 section 6.7).
func softEnd(text string) (string, bool) { return strings.CutSuffix(text, "=") }
