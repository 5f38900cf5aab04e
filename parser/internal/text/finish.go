package text

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mxverdict/parser/report"
)

// emit adds a finding. Its subject and number are settled when the document has been read.
func (r *reader) emit(f report.Finding, category string) {
	if len(r.rows) == MaxFindings {
		r.full = true
		r.notices = append(r.notices,
			fmt.Sprintf("more than %d rows; what stands from line %d on was not read", MaxFindings, f.Line))
		return
	}
	f.Text = foldSpace(f.Text)
	if f.Status == "" {
		f.Status = report.Unknown
	}
	if f.Values == nil {
		f.Values = map[string]report.Value{}
	}
	mail := r.isMail(area(f.Rule)) || r.isMail(category) || f.Rule == "" && r.isMail(r.block().command)
	if mail {
		if called, ok := f.Values["address"]; ok {
			r.call(normalName(called.Text), true)
		}
	}
	r.findings = append(r.findings, f)
	r.rows = append(r.rows, row{len(r.blocks) - 1, r.results, r.talking, r.quoted, mail})
	r.last = len(r.rows) - 1
}

// aims are what headings, host columns and transcripts name, prose left out: what the report as a whole may be about.
type aims struct{ domains, hosts, addresses []string }

// aim notes a name in such a place. The command or category beside it says what it stands for.
func (r *reader) aim(kind report.Kind, name string) {
	r.seen.named(name)
	switch {
	case r.v.OwnName(name):
	case isAddress(name):
		note(&r.aims.addresses, name)
	case kind == report.HostName:
		note(&r.aims.hosts, name)
	case kind == report.DomainName:
		note(&r.aims.domains, name)
	}
}

// kindOf is what a name beside a category stands for.
func (r *reader) kindOf(category string) report.Kind {
	kind, _ := r.v.Category(category)
	return kind
}

func (r *reader) isCategory(word string) bool {
	_, ok := r.v.Category(word)
	return ok
}

// isMail tells whether what stands under a category is about the sessions of a mail server.
func (r *reader) isMail(category string) bool { return r.kindOf(category) == report.HostName }

// area is what a rule is about; reporters call their categories so.
func area(rule string) string {
	category, _, _ := strings.Cut(rule, "/")
	return category
}

// note keeps two different names at most: the second already says that there is no only one.
func note(names *[]string, name string) {
	if len(*names) < 2 && !slices.Contains(*names, name) {
		*names = append(*names, name)
	}
}

// target is what the report is about, where it names exactly one.
func (a aims) target() report.Target {
	only := func(names []string) string {
		if len(names) == 1 {
			return names[0]
		}
		return ""
	}
	return report.Target{Domain: only(a.domains), Host: only(a.hosts), Address: only(a.addresses)}
}

// addDetail adds what a line below a row captured. What is known stays: the row's own words, then the first server's
// numbers. Once lines name several servers the row is about all of them: "nameserver", which narrows it to one, gives
// way to "nameservers", the list.
func (r *reader) addDetail(values map[string]report.Value) {
	f := &r.findings[r.last]
	if server := values["nameserver"].Text; server != "" {
		r.seen.server(server)
		r.addServer(f, server)
	}
	for name, value := range values {
		if _, known := f.Values[name]; !known && name != "nameserver" {
			f.Values[name] = value
		}
	}
}

func (r *reader) addServer(f *report.Finding, server string) {
	list, first := f.Values["nameservers"].Text, f.Values["nameserver"].Text
	switch {
	case list == "" && (first == "" || first == server):
		f.Values["nameserver"] = report.Text(server)
		return
	case list == "":
		list = first
		delete(f.Values, "nameserver")
	}
	servers := strings.Fields(list)
	if !slices.Contains(servers, server) && len(servers) < maxServers {
		servers = append(servers, server)
	}
	f.Values["nameservers"] = report.Text(strings.Join(servers, " "))
}

// report finishes what can be told only from the whole document.
func (r *reader) report() report.Report {
	for i := range r.rows {
		r.finish(&r.findings[i], r.rows[i])
	}
	r.dropRepeats()
	for i := range r.findings {
		r.findings[i].N = i + 1
	}
	r.numberRuns()
	return report.Report{Reporter: report.MostNamed(r.findings), Target: r.aims.target(), TestedAt: r.testedAt,
		Candidates: r.seen.candidates(r.v), Findings: slices.Clip(r.findings), Notices: append([]string{}, r.notices...)}
}

// finish gives a row that names no subject that of its heading, else, if it is about a mail server, the address that its block
// called. Two addresses in one block cannot be told apart, so then it has none. The address in a row about a mail server narrows the host of
// its heading to it. A greeting in the transcript is noted as "code": such a row was measured on a session, whatever it says.
func (r *reader) finish(f *report.Finding, of row) {
	b := &r.blocks[of.block]
	one := len(b.called) == 1
	own := f.Values["address"].Text
	if of.mail && isAddress(f.Subject) {
		own, f.Subject = f.Subject, ""
	}
	switch {
	case f.Subject != "":
	case of.mail && own != "" && (b.subject == "" || isAddress(b.subject)):
		f.Subject = own
	case b.subject != "":
		f.Subject = b.subject
		if of.mail && own != "" {
			f.Values["address"] = report.Text(own)
		}
	case of.mail && one:
		f.Subject = b.called[0]
	}
	if !of.mail || !b.greeted || len(b.called) > 1 {
		return
	}
	if _, has := f.Values["code"]; !has {
		f.Values["code"] = report.Number(220)
	}
}

// numberRuns tells which rows stand in one result. Prose, loose rows and quoted ones may be of any day, and where the words of two
// reporters mix nobody knows whose result it is.
func (r *reader) numberRuns() {
	type place struct{ block, result int }
	whose := map[place]string{}
	const several = "\x00"
	for i, of := range r.rows {
		at, reporter := place{of.block, of.result}, r.findings[i].Reporter
		if first, ok := whose[at]; reporter != "" && ok && first != "" && first != reporter {
			whose[at] = several
		} else if first == "" {
			whose[at] = reporter
		}
	}
	numbers := map[place]int{}
	for i, of := range r.rows {
		at := place{of.block, of.result}
		loose := of.block == 0 && of.result == 0 // above the first heading and the first title
		if of.quoted || of.prose || loose || !r.blocks[of.block].table || whose[at] == several || whose[at] == "" {
			continue
		}
		if numbers[at] == 0 {
			numbers[at] = len(numbers) + 1
		}
		r.findings[i].Run = numbers[at]
	}
}

// ownNames reads the host and the address with which a row begins: "192.0.2.25  …", "[2001:db8::25]:25: …",
// "mail.example.com (192.0.2.25) …". An address elsewhere may be anybody's: that of the reporter, or of a name server.
func (r *reader) ownNames(lead string) (host, address string) {
	x := result{line: line{text: lead}}
	r.takeMark(&x)
	first, rest := nextWord(x.rest())
	if r.isCategory(first) {
		first, rest = nextWord(rest)
	}
	if i := strings.IndexAny(first, "[("); i > 0 { // as mail servers write it in their logs
		first, rest = first[:i], first[i:]
	}
	switch name := nameOrPort(first); {
	case isAddress(name):
		return "", name
	case name != "" && !r.v.OwnName(name):
		second, _ := nextWord(rest)
		if address := nameOrPort(second); isAddress(address) {
			return name, address
		}
	}
	return "", ""
}

// narrow notes the address with which the last row begins, where its sentence names none.
func (r *reader) narrow(address string) {
	if address == "" || r.last == none {
		return
	}
	f := &r.findings[r.last]
	if _, has := f.Values["address"]; !has && f.Subject != address {
		f.Values = maps.Clone(f.Values)
		f.Values["address"] = report.Text(address)
	}
}

// nameOrPort reads a name or address in brackets or parentheses, perhaps with a port, in front of a colon or a dash.
func nameOrPort(word string) string {
	word = strings.TrimRight(strings.TrimPrefix(word, "("), ",;)-")
	if name := targetName(word); name != "" {
		return name
	}
	return targetName(strings.TrimRight(word, ":)"))
}

// dropRepeats drops the rows that quoted mail repeats. The answer above may quote a row without the heading that
// says what it is about, so a copy that names no subject repeats a row about any.
func (r *reader) dropRepeats() {
	if !slices.ContainsFunc(r.rows, func(x row) bool { return x.quoted }) {
		return
	}
	type saying struct {
		rule   string
		status report.Status
		words  string
	}
	told := map[saying][]int{} // the rows that are kept
	kept := 0
	for i := range r.findings {
		f := &r.findings[i]
		key := saying{f.Rule, f.Status, cmp.Or(f.Wording, f.Text)}
		alike := told[key]
		same := slices.IndexFunc(alike, func(k int) bool {
			return (r.rows[k].quoted || r.rows[i].quoted) && repeats(&r.findings[k], f)
		})
		if same < 0 {
			if len(alike) < maxCopies {
				told[key] = append(alike, kept)
			}
			r.findings[kept], r.rows[kept] = *f, r.rows[i]
			kept++
			continue
		}
		first := &r.findings[alike[same]]
		first.Subject = cmp.Or(first.Subject, f.Subject)
		for name, value := range f.Values {
			if _, known := first.Values[name]; !known {
				first.Values[name] = value
			}
		}
	}
	r.findings, r.rows = r.findings[:kept], r.rows[:kept]
}

// maxCopies bounds how many rows that say the same of different things are compared with each other.
const maxCopies = 256

// repeats tells whether one of two rows that say the same may be a copy of the other. A copy may lack the heading or the
// details, but it names no other subject and no other numbers.
func repeats(a, b *report.Finding) bool {
	if a.Subject != b.Subject && a.Subject != "" && b.Subject != "" {
		return false
	}
	for name, value := range a.Values {
		if other, has := b.Values[name]; has && !equal(value, other) {
			return false
		}
	}
	return true
}

func equal(a, b report.Value) bool {
	if a.Number == nil || b.Number == nil {
		return a.Number == b.Number && a.Text == b.Text
	}
	return *a.Number == *b.Number
}
