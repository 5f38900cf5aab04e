// Package record reads SPF records by the grammar of RFC 7208 section 12: every term with its place, its value, and what is wrong with it.
// It serves whoever asks what stands in a record; it looks nothing up and evaluates nothing.
//
// A verifier stops at the first error (section 4.6) and this package does not: a repair needs all of them, and the other terms still
// show what their author meant.
package record

import (
	"net/netip"
	"strings"
)

// Record is an SPF record as it stands, errors included.
type Record struct{ Terms []Term }

// Term is one mechanism or modifier.
type Term struct {
	Text      string // as it stands
	Column    int    // place of its first octet in the record, from 1
	Qualifier byte   // '+', '-', '~' or '?'; 0 for a modifier
	Name      string // of the mechanism or modifier, in lower case; "" where none can be made out
	Modifier  bool
	Target    Spec         // the domain after ":" or "="; empty where none stands there
	Network   netip.Prefix // of ip4 and ip6
	Lengths   string       // of a and mx: the lengths of the networks, as they stand ("/24//64")
	Fault     string       // why it breaks the grammar, as a clause for people; or ""
}

// version begins every SPF record (RFC 7208 section 4.5). Strings of the grammar match without regard to case (section 12, RFC 5234).
const version = "v=spf1"

// Is tells whether a text is an SPF record: the version, and then a blank or the end. Another version, or none, is another text.
func Is(text string) bool {
	return len(text) >= len(version) && strings.EqualFold(text[:len(version)], version) && (len(text) == len(version) || text[len(version)] == ' ')
}

// Parse reads a record; false if the text is none.
func Parse(text string) (Record, bool) {
	var r Record
	if !Is(text) {
		return r, false
	}
	seen := map[string]bool{}
	for at := len(version); at < len(text); {
		if text[at] == ' ' { // and no other white space: a tab is part of a term, and breaks it
			at++
			continue
		}
		end := len(text)
		if blank := strings.IndexByte(text[at:], ' '); blank >= 0 {
			end = at + blank
		}
		term := parseTerm(text[at:end])
		term.Column = at + 1
		// Either may stand in a record once (section 6).
		if term.Modifier && (term.Name == "redirect" || term.Name == "exp") {
			if seen[term.Name] && term.Fault == "" {
				term.Fault = term.Name + "= may stand in a record only once"
			}
			seen[term.Name] = true
		}
		r.Terms = append(r.Terms, term)
		at = end
	}
	return r, true
}

// String prints a record with single blanks and names in lower case, and without the qualifier "+", which says nothing. What breaks the
// grammar is printed as it stands.
func (r Record) String() string {
	var b strings.Builder
	b.WriteString(version)
	for _, t := range r.Terms {
		b.WriteString(" " + t.String())
	}
	return b.String()
}

// String prints a term.
func (t Term) String() string {
	switch {
	case t.Fault != "":
		return t.Text
	case t.Modifier:
		return t.Name + t.Text[len(t.Name):]
	case t.Qualifier == '+':
		return t.Name + strings.TrimPrefix(t.Text, "+")[len(t.Name):]
	}
	return string(t.Qualifier) + t.Name + t.Text[1+len(t.Name):]
}

// Faulty are the terms that break the grammar. One of them makes verifiers discard the whole record (section 4.6).
func (r Record) Faulty() (terms []Term) {
	for _, t := range r.Terms {
		if t.Fault != "" {
			terms = append(terms, t)
		}
	}
	return terms
}

// Modifier returns a modifier of the record, errors in it aside; nil if there is none.
func (r Record) Modifier(name string) *Term {
	for i := range r.Terms {
		if t := &r.Terms[i]; t.Modifier && t.Name == name {
			return t
		}
	}
	return nil
}

// All is the place among the terms of the first mechanism all, at which every evaluation ends (section 5.1); -1 if there is none.
func (r Record) All() int {
	for i, t := range r.Terms {
		if t.Name == "all" && !t.Modifier && t.Fault == "" {
			return i
		}
	}
	return -1
}
