package rows

import (
	"slices"
	"strings"

	"mxverdict/parser/report"
)

// Details: the lines below a row that explain it.

// detail adds a line that explains the row above it.
func (r *reader) detail(text string) bool {
	// Below nothing there is nothing to explain; such a line stands in prose.
	if text == "" || r.last == none && !r.pending.begun() {
		return false
	}
	detail, ok := r.detailOf(text)
	// A bare value may be anything; only directly below a row of its test it is one.
	if !ok || detail.Bare && (r.last == none || r.pending.begun() || !r.explainsLast(detail)) {
		return false
	}
	r.flush()
	if r.last != none {
		r.addDetail(detail)
	}
	return true
}

// detailOf asks whether a text is a detail. Of most lines it is asked twice, so the last answer is kept.
func (r *reader) detailOf(text string) (report.Detail, bool) {
	if f := r.facts; f.often && f.text == text {
		if f.asked.text != text {
			f.asked = r.ask(text)
		}
		return f.asked.detail, f.asked.ok
	}
	if text != r.asked.text {
		r.asked = r.ask(text)
	}
	return r.asked.detail, r.asked.ok
}

func (r *reader) ask(text string) asked {
	d, ok := r.v.Detail(text)
	return asked{text, d, ok}
}

// asked is a text that the vocabulary was asked about, and its answer.
type asked struct {
	text   string
	detail report.Detail
	ok     bool
}

// explainsLast tells whether a detail belongs to the test of the last row.
func (r *reader) explainsLast(d report.Detail) bool {
	return len(d.Rules) == 0 || slices.Contains(d.Rules, r.findings[r.last].Rule)
}

// addDetail adds what a line below a row captured. What is known stays: the row's own words, then the first server's
// numbers. Once lines name several servers the row is about all of them: "nameserver", which narrows it to one, gives
// way to "nameservers", the list.
func (r *reader) addDetail(d report.Detail) {
	if !r.explainsLast(d) {
		return
	}
	values := d.Values
	f := &r.findings[r.last]
	if server := values["nameserver"].Text; server != "" {
		r.seen.setAside(server)
		r.addServer(f, server)
	}
	for name, value := range values {
		if _, known := f.Values[name]; !known && name != "nameserver" {
			f.Values[name] = value
		}
	}
}

// maxServers bounds the name servers that one row lists; the DNS root itself has thirteen.
const maxServers = 13

// addServer adds a name server to those of a row, each once.
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
