package html

import (
	"strconv"

	"golang.org/x/net/html"
)

// What a skeleton writes: words with the numbers of their lines, line ends, images.

// breakLine writes a line end; a second one makes an empty line.
func (s *skeleton) breakLine(tag string) {
	s.out = append(append(append(s.out, '<'), tag...), '>')
	s.written++
	s.ended, s.space, s.numbers = tag == "hr", false, false
}

// endLine writes the end of a line that may be empty already: what begins or ends a block. In the skeleton "hr" says
// so.
func (s *skeleton) endLine() {
	if !s.ended {
		s.breakLine("hr")
	}
}

// mark writes an image. Its alternative text holds all that may say what it marks.
func (s *skeleton) mark(says string) {
	if says == "" {
		return
	}
	s.number(s.line)
	s.out = append(s.out, "<img"...)
	s.attribute("alt", says)
	s.out = append(s.out, '>')
	s.written++
	s.ended = false
}

// link writes where a link leads. What it says stands behind it like any other text.
func (s *skeleton) link(address string) {
	s.out = append(s.out, "<a"...)
	s.attribute("href", address)
	s.out = append(s.out, "></a>"...)
	s.written++
}

// attribute writes an attribute of the tag that is being written. Its value is foreign and is escaped.
func (s *skeleton) attribute(name, value string) {
	if value != "" {
		s.out = append(append(append(s.out, ' '), name...), `="`...)
		s.out = append(append(s.out, html.EscapeString(value)...), '"')
	}
}

// number writes the line from which the next words come.
func (s *skeleton) number(line int) {
	s.out = append(s.out, string(lineOpens)...)
	s.out = strconv.AppendInt(s.out, int64(line), 10)
	s.out = append(s.out, string(lineCloses)...)
}

// text writes words. Their blanks are folded as a browser does, except in verbatim text and outside of every element,
// where a line end is one.
func (s *skeleton) text(words []byte) {
	if s.skipped != "" {
		if s.named {
			s.drawn.title, s.named = string(words[:min(len(words), maxAttribute)]), false
		}
		return
	}
	loose := !s.whole && len(s.open) == 0
	line := s.line
	s.written++
	for i := 0; i < len(words); {
		c := words[i]
		switch {
		case c == '\n':
			switch {
			case s.verbose > 0:
				s.breakLine("br")
			case loose:
				s.endLine()
			default:
				s.space = true
			}
			line++
			s.numbers = false
			i++
			continue
		case c == ' ' || c == '\t' || c == '\f':
			if s.verbose > 0 {
				s.out = append(s.out, c)
			} else {
				s.space = true
			}
			i++
			continue
		}
		end := i + 1
		for end < len(words) && words[end] > ' ' {
			end++
		}
		s.icon = icon{}
		if s.space && !s.ended {
			s.out = append(s.out, ' ')
		}
		if !s.numbers {
			s.number(line)
			s.numbers = true
		}
		s.ended, s.space = false, false
		s.word(words[i:end])
		i = end
	}
}

// word writes a run of bytes without blanks. Private characters are the pictures of icon fonts; none may pass as the
// number of a line.
func (s *skeleton) word(w []byte) {
	for _, c := range w {
		if c >= 0xee || c == '&' || c == '<' || c == '>' || c < ' ' {
			s.rareWord(w)
			return
		}
	}
	s.out = append(s.out, w...)
}

// rareWord writes a word with characters that would be read as markup or as the number of a line.
func (s *skeleton) rareWord(w []byte) {
	for _, r := range string(w) {
		switch {
		case r == '&':
			s.out = append(s.out, "&amp;"...)
		case r == '<':
			s.out = append(s.out, "&lt;"...)
		case r == '>':
			s.out = append(s.out, "&gt;"...)
		case r < ' ', r >= '\ue000' && r <= '\uf8ff':
		default:
			s.out = append(s.out, string(r)...)
		}
	}
}
