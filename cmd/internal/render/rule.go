package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// Rule writes one rule for people: what its findings claim, what is required, what decides it, how it ends, and who says what about it.
func Rule(w io.Writer, r *rules.Rule, t *rules.Opinions) error {
	p := &sheet{w: w}
	p.line("%s  %s", r.ID, r.About)
	p.line("%s:%d", r.File, r.Line)
	p.field("claims", r.Claim)
	p.field("tested at", r.Place)
	if r.Urgent {
		p.field("urgent", "stands first, and exits with 3 where it cannot be decided")
	}
	if r.Untested != nil {
		p.field("not re-tested", r.Untested.Reason)
		p.field("instead", r.Untested.Next)
	}
	for _, q := range r.Requirements {
		p.field("requirement", fmt.Sprintf("%s (class %s%s, %s)", q.Says, q.Class, severity(q.Severity), q.Reference))
	}
	for _, name := range sorted(r.Parameters) {
		if d := r.Parameters[name]; d.Source != "" {
			p.field("parameter", fmt.Sprintf("{%s}: %s, unless the report or the reporter says otherwise (%s)",
				name, d.Default, d.Source))
		} else {
			p.field("parameter", fmt.Sprintf("{%s}: stated by the report", name))
		}
	}
	// Whoever doubts a verdict looks these up with "rules facts".
	for _, name := range r.Facts() {
		p.field("looks at", string(name))
	}
	for _, key := range sorted(r.Say) {
		p.field(key, r.Say[key])
	}
	p.field("do not", r.DoNot)
	p.field("fix", r.Fix)
	for _, ref := range r.References {
		p.field("source", ref)
	}
	for _, f := range t.Fields {
		if f.Rule == r.ID {
			p.opinions(t, f.Name)
		}
	}
	if slices.Contains(r.Facts(), facts.BlockListed) {
		p.lists()
	}
	return p.err
}

// Cause writes one cause for people.
func Cause(w io.Writer, c *rules.Cause) error {
	p := &sheet{w: w}
	p.line("cause %s  %s", c.ID, c.About)
	p.line("%s:%d", c.File, c.Line)
	for _, id := range c.Explains {
		p.field("explains", id)
	}
	for _, id := range c.NeverTested {
		p.field("never tested", id)
	}
	for _, name := range c.Facts() {
		p.field("proven by", string(name))
	}
	p.field("says", c.Says)
	p.field("do not", c.DoNot)
	return p.err
}

// Patience writes the table of who waits how long for a greeting.
func Patience(w io.Writer, t *rules.Patience) error {
	p := &sheet{w: w}
	for _, senders := range []bool{true, false} {
		p.line("%s", map[bool]string{true: "Senders of mail", false: "Testers"}[senders])
		for _, c := range t.Clients {
			if c.Sender == senders {
				p.line("  %-34s %6s  %s, seen %s", c.Name, facts.FormatDuration(c.Waits), c.Source, c.Seen)
			}
		}
	}
	return p.err
}

// severity is what a class does not say, and advice has none.
func severity(s rules.Severity) string {
	if s == "" {
		return ""
	}
	return ", severity " + string(s)
}

// sorted gives the keys of a map in one order, for two runs have to give the same bytes.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sheet writes lines and remembers the first error.
// It is a page for the maintainer of rules, who pipes it into other tools: no widths, no colours, no wrapping.
type sheet struct {
	w   io.Writer
	err error
}

// line writes a line, cleaned: rule files may be of others.
func (s *sheet) line(format string, args ...any) {
	// After an error nothing more is tried: half a page that goes on behind a gap would be read as a whole one.
	if s.err == nil {
		s.err = write(s.w, []byte(Clean(strings.TrimRight(fmt.Sprintf(format, args...), "\n"))+"\n"))
	}
}

// field writes a named text; an empty one is left out.
func (s *sheet) field(name, text string) {
	if text != "" {
		s.line("  %-20s %s", name+":", fold(text))
	}
}
