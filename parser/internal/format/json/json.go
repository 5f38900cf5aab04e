// Package json reads reports that arrive as answers of a reporter's interface: one look-up, a list of them, several one
// after the other, one a line, an answer that wraps another or HTML, or what a person copied out of a program or a log.
// RFC 8259 is what it hopes for; what JavaScript and Python write instead, prose around the values and missing parts
// are read as far as they can be, and the damage is said.
//
// The list in which a check stands is its status. What the check says is asked of the vocabulary: by its number, its
// sentence, its name. The package refuses to read records, transcripts and links to other look-ups as results.
package json

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mxverdict/parser/internal/format/html"
	"mxverdict/parser/internal/format/text"
	"mxverdict/parser/internal/rows"
	"mxverdict/parser/report"
)

const (
	maxDetails = 64   // detail lines of a check
	maxDetail  = 2000 // bytes of a sentence or detail line that are looked at
	maxText    = 500  // bytes of a row as it is shown
	maxNested  = 3    // documents within strings of documents
	maxServers = 13   // name servers that one row lists; the DNS root itself has thirteen
	maxLookups = 1000 // look-ups whose names are offered as targets
)

// lists are the keys under which a look-up keeps its checks, and what a check is whose list is all that is known. A
// block list that did not answer says nothing about the address that was looked up.
var lists = map[string]report.Status{
	"failed": report.Error, "warnings": report.Warning, "passed": report.OK, "timeouts": report.Info,
	"errors": report.Error,
}

// LooksLike tells an answer of an interface from other text: it holds keys of a look-up, one of them before a list of
// checks or before HTML.
func LooksLike(document string) bool {
	const sample = 256 << 10
	head := strings.TrimLeft(document[:min(len(document), sample)], " \t\r\n\ufeff")
	if head == "" || head[0] == '<' || strings.IndexByte(head, '{') < 0 {
		return false
	}
	keys, results, wraps := map[string]bool{}, false, false
	for i := 0; i < len(head); i++ {
		if i > 0 && strings.IndexByte("{,[ \t\r\n\"'`\\>", head[i-1]) < 0 && head[i-1] < 0x80 {
			continue
		}
		key, length := quotedKey(head[i:])
		if length == 0 {
			if i > 0 && quoteLength(head[i-1:]) > 0 {
				continue
			}
			key, length = bareKey(head[i:])
		}
		if length == 0 || !known[key] {
			continue
		}
		keys[key] = true
		next := skipBlanks(head, i+length)
		if next == len(head) {
			break
		}
		_, list := lists[key]
		opens := quoteLength(head[next:]) > 0
		wraps = wraps || key == "htmlvalue" && opens || key == "d" && opens && head[0] == '{'
		results = results || list && head[next] == '[' || key == "info" && opens
	}
	return wraps || results && (keys["commandargument"] || keys["info"] && len(keys) > 1)
}

// known are keys by which an answer is told from other text.
var known = map[string]bool{"failed": true, "warnings": true, "passed": true, "timeouts": true, "errors": true,
	"commandargument": true, "additionalinfo": true, "info": true, "name": true, "id": true, "htmlvalue": true,
	"d": true}

// Read reads a document of valid UTF-8.
func Read(document string, v report.Vocabulary) report.Report {
	r := reader{v: v}
	outside := r.document(document, 0, 0)
	r.around(string(outside))
	return r.report()
}

// reader collects the findings of a document.
type reader struct {
	v        report.Vocabulary
	findings []report.Finding
	aims     []string // "command:argument" of the look-ups
	pages    []report.Report
	testedAt *time.Time
	latest   lookup
	runs     int // look-ups so far
	notices  []string
	full     bool
}

// lookup is the answer about one name.
type lookup struct {
	command, argument, subject string
	greeted                    bool
	run                        int // see report.Finding
}

// document reads the values of a document and returns what stands around them. line is that of the string in which the
// document was found, or 0.
func (r *reader) document(document string, line, depth int) (outside []byte) {
	root, p := scan(document)
	if p.tooDeep {
		r.note(fmt.Sprintf("the JSON is nested more than %d deep; what lies deeper was not read", maxDepth))
	}
	switch {
	case p.tooMany:
		r.note(fmt.Sprintf("the JSON holds more than %d values; what stands from line %d on was not read", maxValues,
			cmp.Or(line, p.line)))
	case p.cut:
		r.note("the JSON is cut off or has a hole: what can be read of it was read, the rest is missing")
	case p.damaged:
		r.note("the JSON is damaged: what can be read of it was read, some of it may be missing")
	}
	r.value(member{value: root}, line, depth, lookup{})
	return p.outside
}

// note adds a notice once.
func (r *reader) note(s string) {
	if !slices.Contains(r.notices, s) {
		r.notices = append(r.notices, s)
	}
}

// value looks for look-ups in a value. Their depth is bounded by the scanner's.
func (r *reader) value(m member, line, depth int, around lookup) {
	switch m.kind {
	case str:
		r.wrapped(m, cmp.Or(line, m.line), depth)
	case array:
		for _, item := range m.members {
			r.value(item, line, depth, around)
		}
	case object:
		switch {
		case slices.ContainsFunc(m.members, func(m member) bool { _, ok := lists[m.key]; return ok }):
			around = r.lookup(m.value, around)
			for _, list := range m.members {
				if _, ok := lists[list.key]; ok {
					r.list(list, line, around)
				} else if list.key == "" { // the document itself, in which a list has lost its look-up
					r.value(list, line, depth, around)
					around = cmp.Or(around, r.latest)
				}
			}
			r.htmlOf(m.value, line, depth)
		case isCheck(m.value):
			r.check(m.value, line, "", around)
		default:
			for _, inner := range m.members {
				r.value(inner, line, depth, around)
			}
		}
	}
}

// htmlOf reads the page that an answer may bring beside, or instead of, its lists.
func (r *reader) htmlOf(v *value, line, depth int) {
	for _, m := range v.members {
		if m.key == "htmlvalue" && m.kind == str && len(r.findings) == 0 {
			r.wrapped(m, cmp.Or(line, m.line), depth)
		}
	}
}

// wrapped reads a string that holds a document itself: HTML, or an answer in an answer.
func (r *reader) wrapped(m member, line, depth int) {
	inner := strings.TrimLeft(m.text, " \t\r\n")
	switch {
	case inner == "" || depth >= maxNested:
	case (inner[0] == '{' || inner[0] == '[') && LooksLike(inner):
		r.document(inner, line, depth+1)
	case m.key == "htmlvalue" || m.key == "html" || m.key == "d" && html.LooksLike(inner):
		page := html.Read(inner, r.v)
		for _, f := range page.Findings {
			f.Line, f.Run = line, 0 // the lists beside it, or another page, may tell of the same run
			r.emit(f)
		}
		page.Findings = nil
		r.pages = append(r.pages, page)
		for _, notice := range page.Notices {
			r.note(notice)
		}
	}
}

// lookup reads what an answer is about.
func (r *reader) lookup(v *value, around lookup) lookup {
	l := lookup{command: strings.ToLower(v.get("command").text), argument: v.get("commandargument").text}
	if l.argument == "" {
		l = around
	}
	if at, err := time.Parse(time.RFC3339Nano, v.get("timerecorded").text); err == nil && r.testedAt == nil {
		r.testedAt = &at
	}
	kind, _ := r.v.Category(l.command)
	l.greeted = kind == report.HostName && greeted(v.get("transcript"))
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
func greeted(transcript *value) bool {
	lines := transcript.text
	for _, m := range transcript.members {
		lines += "\n" + m.text
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
func (r *reader) list(list member, line int, l lookup) {
	for _, item := range list.members {
		if r.full {
			return
		}
		switch item.kind {
		case object:
			r.check(item.value, line, list.key, l)
			for _, inner := range item.members {
				if _, ok := lists[inner.key]; ok {
					r.list(inner, line, l)
				}
			}
		case str:
			if !item.cut && l.argument != "" {
				r.check(&value{line: item.line, members: []member{{"info", item.value}}}, line, list.key, l)
			}
		}
	}
}

// isCheck tells whether an object that stands in no list may be a check: somebody copied one item out of an answer.
func isCheck(v *value) bool {
	return v.get("info").text != "" && (v.get("name").text != "" || v.get("id").text != "")
}

// isWhole tells whether an object has what the checks of an answer have, and lists of other programs have not.
func isWhole(v *value) bool {
	return slices.ContainsFunc(v.members, func(m member) bool {
		return m.key == "additionalinfo" || m.key == "publicdescription" || m.key == "isexcludedbyuser"
	})
}

// check makes a finding of a check. What stands in a list is a row for certain, even if nobody knows what it says.
func (r *reader) check(v *value, line int, list string, l lookup) {
	name, info := r.plain(v.get("name")), r.plain(v.get("info"))
	if name == "" && info == "" {
		return
	}
	if l.argument == "" {
		l = r.lookupOf(v.get("url").text)
	}
	context := report.Context{Test: name, Category: l.command}
	ours := l.argument != "" || isWhole(v)
	if ours {
		context.ID = v.get("id").text
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
	f := report.Finding{Line: cmp.Or(line, v.line), Rule: m.Rule, Status: m.Status, Test: cmp.Or(name, m.Test),
		Text: shorten(strings.TrimSpace(name + " " + info)), Subject: l.subject, Run: l.run, Values: m.Values, Wording: m.Wording, Reporter: m.Reporter}
	f.Status = cmp.Or(lists[list], f.Status)
	r.details(&f, v)
	if _, has := f.Values["code"]; l.greeted && !has {
		f.Values["code"] = report.Number(220)
	}
	r.emit(f)
}

// match asks the vocabulary what a check is: by its number and its sentence, else by its name.
func (r *reader) match(info string, context report.Context) report.Match {
	for _, m := range r.v.Find(info, context) {
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
func (r *reader) plain(v *value) string {
	if v.kind != str || v.cut {
		return ""
	}
	s := v.text[:min(len(v.text), maxDetail)]
	if strings.IndexByte(s, '<') >= 0 || strings.IndexByte(s, '&') >= 0 {
		s = html.Text(s, r.v)
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
}

func shorten(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}

// details adds what the detail lines of a check capture. The check's own words stay, then the first line's numbers.
// Once lines name several servers the check is about all of them: "nameserver" gives way to "nameservers", the list.
func (r *reader) details(f *report.Finding, v *value) {
	own := f.Values
	f.Values = map[string]report.Value{}
	for name, value := range own {
		f.Values[name] = value
	}
	additional := v.get("additionalinfo")
	lines := []member{{value: additional}}
	if additional.kind == array {
		lines = additional.members[:min(len(additional.members), maxDetails)]
	}
	var servers []string
	for _, line := range lines {
		values, ok := r.v.Detail(r.plain(line.value))
		if !ok {
			continue
		}
		for name, value := range values {
			if _, has := f.Values[name]; !has && name != "nameserver" {
				f.Values[name] = value
			}
		}
		server := values["nameserver"].Text
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

// emit adds a finding.
func (r *reader) emit(f report.Finding) {
	if len(r.findings) == rows.MaxFindings {
		if !r.full {
			r.note(fmt.Sprintf("more than %d checks; what stands from line %d on was not read", rows.MaxFindings,
				f.Line))
		}
		r.full = true
		return
	}
	f.Status = cmp.Or(f.Status, report.Unknown)
	r.findings = append(r.findings, f)
}

// around reads the text around the values: somebody's remarks, which may quote a row of their own.
func (r *reader) around(outside string) {
	if strings.IndexFunc(outside, func(c rune) bool { return c > ' ' && !strings.ContainsRune("[]{},;:()=", c) }) < 0 {
		return
	}
	rep := text.Read(outside, r.v)
	for _, f := range rep.Findings {
		f.Run = 0
		r.emit(f)
	}
	rep.Findings = nil
	r.pages = append(r.pages, rep)
}

// report joins what was read. The look-ups say what it is about, then the pages within them and the text around.
func (r *reader) report() report.Report {
	slices.SortStableFunc(r.findings, func(a, b report.Finding) int { return cmp.Compare(a.Line, b.Line) })
	for i := range r.findings {
		r.findings[i].N = i + 1
	}
	rep := text.Read(strings.Join(r.aims, "\n"), r.v)
	rep.Findings, rep.Notices, rep.TestedAt = r.findings, r.notices, r.testedAt
	rep.Reporter = report.MostNamed(r.findings)
	for _, page := range r.pages {
		if rep.Target == (report.Target{}) {
			rep.Target = page.Target
		}
		if rep.TestedAt == nil {
			rep.TestedAt = page.TestedAt
		}
		for _, name := range page.Candidates {
			if len(rep.Candidates) < maxCandidates && !slices.Contains(rep.Candidates, name) {
				rep.Candidates = append(rep.Candidates, name)
			}
		}
	}
	if rep.Findings == nil {
		rep.Findings = []report.Finding{}
	}
	if rep.Notices == nil {
		rep.Notices = []string{}
	}
	return rep
}

// maxCandidates is how many names a report offers as possible targets.
const maxCandidates = 20
