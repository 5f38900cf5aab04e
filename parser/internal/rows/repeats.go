package rows

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"mxverdict/parser/report"
)

// Repeats: a row that stands in the title, the summary and the body of a document, or in the mail that is answered and in the answer, is
// one finding that stands on several lines. Rows of two look-ups are two findings, and so are rows that contradict each other: a finding
// too many costs a line, one too few loses a fault.

// maxAlike bounds how many rows that say the same of different things are compared with each other. Beyond it only copies that agree in
// everything are found, which takes no comparing.
const maxAlike = 128

// repeats knows the rows that were kept so far.
type repeats struct {
	r      *reader
	copies []told         // beside each row that was kept
	alike  map[key][]int  // rows by what they say, and by the name of their test
	same   map[string]int // rows that found no room there, by all that they are
}

// told is what is known of a row from all of its copies, beside its finding.
type told struct {
	says   key // the zero key if it is the bare name of a test
	marked bool
	in     result
}

// result is that of a reporter in which a row stands. What is not known of it is empty.
type result struct {
	run     int
	command string // of the look-up, or the category of a summary that tells of it
	called  string // the addresses that were called
	at      time.Time
}

// joinRepeats makes one finding of the rows that say the same of the same thing. The first of them stays; it gets what only another one
// tells.
func (r *reader) joinRepeats() {
	p := repeats{r: r, copies: make([]told, 0, len(r.rows)), alike: make(map[key][]int, len(r.rows)), same: map[string]int{}}
	repeating := map[int]bool{} // results of which a row was joined to another one
	lines := make([]int, len(r.findings))
	kept := 0
	for i := range r.findings {
		f, t := &r.findings[i], r.told(i)
		k, found := p.find(f, t)
		if !found {
			lines[kept] = f.Line
			f.Lines = lines[kept : kept+1 : kept+1]
			r.findings[kept] = *f
			p.keep(&r.findings[kept], t)
			kept++
			continue
		}
		if t.in.run > 0 && p.copies[k].in.run > 0 {
			repeating[t.in.run] = true
		}
		p.join(k, f, t)
	}
	r.findings, r.rows = r.findings[:kept], nil
	for k := range r.findings {
		f := &r.findings[k]
		f.Add()
		// A result that says a row twice may be two. One that lost a row is not whole any more, so that its rows prove nothing against
		// each other.
		if f.Run = p.copies[k].in.run; repeating[f.Run] {
			f.Run = 0
		}
	}
}

// told looks a row up.
func (r *reader) told(i int) told {
	f, of := &r.findings[i], r.rows[i]
	b := &r.blocks[of.block]
	t := told{marked: of.marked, in: result{run: f.Run, command: cmp.Or(of.category, b.command), at: r.dates[of.result]}}
	if of.mail {
		t.in.called = strings.Join(b.called, " ")
	}
	if !of.nameOnly {
		t.says = saying(f)
	}
	return t
}

// key is by what a row is looked up.
type key struct {
	by                  sort
	rule, test, wording string
}

// sort is one of the sorts of keys.
type sort uint8

const (
	bySaying sort = iota + 1
	byTest        // the name of a test may stand for any row of it
	byName        // it is nothing but that name
)

// saying is the same for two rows that say the same in the words of a reporter. A row that nobody knows says the same only in the same
// words.
func saying(f *report.Finding) key {
	if f.Wording != "" {
		return key{by: bySaying, rule: f.Rule, wording: f.Wording}
	}
	return key{by: bySaying, rule: f.Rule, test: "\x00" + f.Test, wording: letters(f.Text)}
}

// letters is what programs leave of a text when they change its dashes, blanks and quotation marks.
func letters(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, text)
}

// The keys by which rows are looked up beside what they say.
func ofTest(f *report.Finding) key   { return key{by: byTest, test: f.Test} }
func bareName(f *report.Finding) key { return key{by: byName, test: f.Test} }

// find returns the row of which another one is a copy.
func (p *repeats) find(f *report.Finding, t told) (int, bool) {
	lists := [...]key{t.says, bareName(f)}
	n := len(lists)
	if t.says == (key{}) {
		lists[0], n = ofTest(f), 1
	}
	full := false
	for _, list := range lists[:n] {
		alike := p.alike[list]
		for _, k := range alike {
			if p.isCopy(k, f, t) {
				return k, true
			}
		}
		full = full || len(alike) == maxAlike
	}
	if !full {
		return 0, false
	}
	k, found := p.same[everything(f, t)]
	return k, found
}

// keep notes a row that is no copy.
func (p *repeats) keep(f *report.Finding, t told) {
	k := len(p.copies)
	p.copies = append(p.copies, t)
	own := t.says
	if own == (key{}) {
		own = bareName(f)
	}
	if !p.note(own, k) {
		p.same[everything(f, t)] = k
	}
	p.note(ofTest(f), k)
}

// note adds a row to a list, if there is room.
func (p *repeats) note(list key, k int) bool {
	alike := p.alike[list]
	if len(alike) == maxAlike {
		return false
	}
	p.alike[list] = append(alike, k)
	return true
}

// isCopy tells whether a row says the same as one that was kept. A copy may lack the mark, the heading or the details, but it shows no
// other status, names no other subject and no other numbers, and stands in no other result.
func (p *repeats) isCopy(k int, f *report.Finding, t told) bool {
	g, u := &p.r.findings[k], &p.copies[k]
	if f.Subject != g.Subject && f.Subject != "" && g.Subject != "" {
		return false
	}
	if t.says == (key{}) || u.says == (key{}) {
		if f.Test != g.Test {
			return false
		}
	} else if t.says != u.says {
		return false // what was kept by its name was found to say something
	} else if !bothTell(f, g) {
		return false
	}
	if t.in.run != u.in.run && t.in.run > 0 && u.in.run > 0 && f.Subject != g.Subject {
		return false // the heading of one of them was lost: nobody knows what it was about
	}
	return sameStatus(f, t.marked, g, u.marked) && t.in.mayBe(u.in) && agree(f.Values, g.Values)
}

// bothTell tells whether two rows of one wording both hold what it captures. Where one of them was not read, its number may be another
// one, and only the same words are the same.
func bothTell(f, g *report.Finding) bool {
	template := f.Wording
	for {
		_, behind, found := strings.Cut(template, "{")
		if !found {
			return true
		}
		var name string
		name, template, _ = strings.Cut(behind, "}")
		_, a := f.Values[name]
		_, b := g.Values[name]
		if !a || !b {
			return letters(f.Text) == letters(g.Text)
		}
	}
}

// sameStatus tells whether the statuses of two rows may be one: where a row shows none, it has the usual one of its wording.
func sameStatus(f *report.Finding, marked bool, g *report.Finding, gMarked bool) bool {
	switch {
	case f.Status == g.Status, f.Status == report.Unknown, g.Status == report.Unknown:
		return true
	}
	return !(marked && gMarked) && (f.Status == report.OK) == (g.Status == report.OK)
}

// mayBe tells whether two results may be one, or two looks at the same look-up.
func (w result) mayBe(o result) bool {
	return (w.command == o.command || w.command == "" || o.command == "") &&
		(w.called == o.called || w.called == "" || o.called == "") &&
		(w.at.Equal(o.at) || w.at.IsZero() || o.at.IsZero())
}

// join gives a row what a copy of it tells.
func (p *repeats) join(k int, f *report.Finding, t told) {
	g, u := &p.r.findings[k], &p.copies[k]
	g.Lines = append(g.Lines, f.Line)
	g.Subject = cmp.Or(g.Subject, f.Subject)
	if g.Status == report.Unknown || !u.marked && t.marked && f.Status != report.Unknown {
		g.Status = f.Status
	}
	u.marked = u.marked || t.marked
	if u.says == (key{}) && t.says != (key{}) {
		// The row itself is worth more than its name.
		g.Rule, g.Test, g.Text, g.Wording, g.Reporter, u.says = f.Rule, f.Test, f.Text, f.Wording, f.Reporter, t.says
		p.note(u.says, k)
	}
	g.Values = withMore(g.Values, f.Values)
	u.in = result{run: cmp.Or(u.in.run, t.in.run), command: cmp.Or(u.in.command, t.in.command),
		called: cmp.Or(u.in.called, t.in.called), at: cmp.Or(u.in.at, t.in.at)}
}

// everything is the same for two rows that agree in all that is compared.
func everything(f *report.Finding, t told) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %q %q %q %q %q %q %t %q %q %d %d", t.says.by, t.says.rule, t.says.test, t.says.wording, f.Test, f.Subject, f.Status, t.marked, t.in.command, t.in.called,
		t.in.at.Unix(), min(t.in.run, 1))
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if v := f.Values[name]; v.Number != nil {
			fmt.Fprintf(&b, " %q %g", name, *v.Number)
		} else {
			fmt.Fprintf(&b, " %q %q", name, v.Text)
		}
	}
	return b.String()
}

// agree tells whether nothing that two rows both tell differs.
func agree(a, b map[string]report.Value) bool {
	for name, value := range a {
		if other, has := b[name]; has && name != "nameservers" && !equal(value, other) {
			return false
		}
	}
	return someHoldAll(servers(a), servers(b))
}

// servers are the name servers that a row names: one, or a list.
func servers(values map[string]report.Value) []string {
	if one := values["nameserver"].Text; one != "" {
		return []string{one}
	}
	return strings.Fields(values["nameservers"].Text)
}

// someHoldAll tells whether one of two lists holds all that the other holds.
func someHoldAll(a, b []string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// withMore returns the values of a row with those that only a copy tells. Neither is changed: what the vocabulary handed out may be its own.
func withMore(a, b map[string]report.Value) map[string]report.Value {
	if holdsAll(a, b) {
		return a
	}
	all := maps.Clone(b)
	maps.Copy(all, a)
	from := a // whose name servers are told: the longer list
	if len(servers(b)) > len(servers(a)) {
		from = b
	}
	for _, name := range []string{"nameserver", "nameservers"} {
		delete(all, name)
		if value, has := from[name]; has {
			all[name] = value
		}
	}
	return all
}

// holdsAll tells whether a row tells all that a copy of it tells, and names as many servers.
func holdsAll(a, b map[string]report.Value) bool {
	for name := range b {
		if _, has := a[name]; !has {
			return false
		}
	}
	return len(servers(b)) <= len(servers(a))
}

// equal compares numbers as numbers: what a pointer points to.
func equal(a, b report.Value) bool {
	if a.Number == nil || b.Number == nil {
		return a.Number == b.Number && a.Text == b.Text
	}
	return *a.Number == *b.Number
}
