package json

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mxverdict/parser/internal/format/html"
	"mxverdict/parser/internal/format/json/loose"
	"mxverdict/parser/internal/format/text"
	"mxverdict/parser/internal/rows"
	"mxverdict/parser/report"
)

// A look-up: the answer about one name, with its checks in lists.

const (
	maxDetails = 64   // detail lines of a check
	maxDetail  = 2000 // bytes of a sentence or detail line that are looked at
	maxText    = 500  // bytes of a row as it is shown
	maxNested  = 3    // documents within strings of documents
	maxServers = 13   // name servers that one row lists; the DNS root itself has thirteen
	maxLookups = 1000 // look-ups whose names are offered as targets
)

// lookup reads what an answer is about.
func (r *reader) lookup(v *loose.Value, around lookup) lookup {
	l := lookup{command: strings.ToLower(v.Get("command").Text), argument: v.Get("commandargument").Text}
	if l.argument == "" {
		l = around
	}
	if at, err := time.Parse(time.RFC3339Nano, v.Get("timerecorded").Text); err == nil && r.testedAt == nil {
		r.testedAt = &at
	}
	kind, _ := r.v.Category(l.command)
	l.greeted = kind == report.HostName && greeted(v.Get("transcript"))
	l.subject = r.subject(l)
	if l.argument != "" {
		r.runs++
		l.run = r.runs
	}
	r.latest = l
	return l
}

// subject is the name of a look-up as names are written.
func (r *reader) subject(l lookup) string {
	heading := strings.TrimSpace(l.command + ":" + l.argument)
	if l.argument == "" || len(heading) > maxText || strings.ContainsAny(heading, "\r\n") {
		return ""
	}
	if len(r.aims) < maxLookups && !slices.Contains(r.aims, heading) {
		r.aims = append(r.aims, heading)
	}
	return text.Name(l.argument, r.v)
}

// greeted tells whether a transcript shows that the server greeted (RFC 5321 section 4.2: reply code 220).
func greeted(transcript *loose.Value) bool {
	lines := transcript.Text
	for _, m := range transcript.Members {
		lines += "\n" + m.Text
	}
	lines = strings.NewReplacer("&emsp;", "", "&nbsp;", " ", "<br/>", "\n", "<br />", "\n", "<br>", "\n").Replace(lines)
	for line := range strings.SplitSeq(lines, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "220 ") || strings.HasPrefix(line, "220-") {
			return true
		}
	}
	return false
}

// list reads the checks of a list. Where an answer has a hole, the next list may stand within a check of the last.
func (r *reader) list(list loose.Member, line int, l lookup) {
	for _, item := range list.Members {
		if r.full {
			return
		}
		switch item.Kind {
		case loose.Object:
			r.check(item.Value, line, list.Key, l)
			for _, inner := range item.Members {
				if _, ok := lists[inner.Key]; ok {
					r.list(inner, line, l)
				}
			}
		case loose.String:
			if !item.Cut && l.argument != "" {
				r.check(&loose.Value{Line: item.Line, Members: []loose.Member{{Key: "info", Value: item.Value}}}, line, list.Key, l)
			}
		}
	}
}

// isCheck tells whether an object that stands in no list may be a check: somebody copied one item out of an answer.
func isCheck(v *loose.Value) bool {
	return v.Get("info").Text != "" && (v.Get("name").Text != "" || v.Get("id").Text != "")
}

// isWhole tells whether an object has what the checks of an answer have, and lists of other programs have not.
func isWhole(v *loose.Value) bool {
	return slices.ContainsFunc(v.Members, func(m loose.Member) bool {
		return m.Key == "additionalinfo" || m.Key == "publicdescription" || m.Key == "isexcludedbyuser"
	})
}

// check makes a finding of a check. What stands in a list is a row for certain, even if nobody knows what it says.
func (r *reader) check(v *loose.Value, line int, list string, l lookup) {
	name, info := r.plain(v.Get("name")), r.plain(v.Get("info"))
	if name == "" && info == "" {
		return
	}
	if l.argument == "" {
		l = r.lookupOf(v.Get("url").Text)
	}
	context := report.Context{Test: name, Category: l.command}
	ours := l.argument != "" || isWhole(v)
	if ours {
		context.ID = v.Get("id").Text
	}
	if known, length, ok := r.v.TestName(name); ok && length == len(name) {
		context.Test = known
	}
	if _, ok := r.v.Category(context.Category); !ok {
		context.Category = ""
	}
	m := r.match(info, context)
	if m.Rule == "" && !ours {
		return // a list of anything
	}
	f := report.Finding{Line: cmp.Or(line, v.Line), Rule: m.Rule, Status: m.Status, Test: cmp.Or(name, m.Test),
		Text: shorten(strings.TrimSpace(name + " " + info)), Subject: l.subject, Run: l.run, Values: m.Values, Wording: m.Wording, Reporter: m.Reporter}
	if m.Wording == "" || m.Status != report.Info { // a sentence that says nothing was found out says so in any list
		f.Status = cmp.Or(lists[list], f.Status)
	}
	r.details(&f, v)
	rows.AddArgument(&f, l.command, l.argument, r.v)
	if _, has := f.Values["code"]; l.greeted && !has {
		f.Values["code"] = report.Number(220)
	}
	r.emit(f)
}

// match asks the vocabulary what a check is: by its number and its sentence, else by its name.
func (r *reader) match(info string, context report.Context) report.Match {
	for _, m := range rows.Find(r.v, info, context) {
		if m.Rule != "" || m.Status != report.Info {
			return m
		}
	}
	m, _ := r.v.Named(context.Test)
	return m
}

// lookupOf reads what a check is about out of the link to its explanation.
func (r *reader) lookupOf(link string) lookup {
	command, argument, ok := r.v.Link(link)
	if !ok {
		return lookup{}
	}
	l := lookup{command: strings.ToLower(command), argument: argument}
	l.subject = r.subject(l)
	return l
}

// plain returns the words of a string: without the tags and line ends that some hold, and "" if its end is missing.
func (r *reader) plain(v *loose.Value) string {
	if v.Kind != loose.String || v.Cut {
		return ""
	}
	s := v.Text[:min(len(v.Text), maxDetail)]
	if strings.IndexByte(s, '<') >= 0 || strings.IndexByte(s, '&') >= 0 {
		s = html.Text(s, r.v)
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
}

// shorten cuts a text to what is shown of a row.
func shorten(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}

// details adds what the detail lines of a check capture. The check's own words stay, then the first line's numbers.
// Once lines name several servers the check is about all of them: "nameserver" gives way to "nameservers", the list.
func (r *reader) details(f *report.Finding, v *loose.Value) {
	own := f.Values
	f.Values = map[string]report.Value{}
	for name, value := range own {
		f.Values[name] = value
	}
	additional := v.Get("additionalinfo")
	lines := []loose.Member{{Value: additional}}
	if additional.Kind == loose.Array {
		lines = additional.Members[:min(len(additional.Members), maxDetails)]
	}
	var servers []string
	for _, line := range lines {
		d, ok := r.v.Detail(r.plain(line.Value))
		if !ok || d.Bare && !slices.Contains(d.Rules, f.Rule) {
			continue
		}
		for name, value := range d.Values {
			if _, has := f.Values[name]; !has && name != "nameserver" {
				f.Values[name] = value
			}
		}
		server := d.Values["nameserver"].Text
		if server != "" && !slices.Contains(servers, server) && len(servers) < maxServers {
			servers = append(servers, server)
		}
	}
	switch {
	case len(servers) == 1:
		f.Values["nameserver"] = report.Text(servers[0])
	case len(servers) > 1:
		f.Values["nameservers"] = report.Text(strings.Join(servers, " "))
	}
}
