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
	"mxverdict/parser/internal/format/json/loose"
	"mxverdict/parser/internal/format/text"
	"mxverdict/parser/internal/rows"
	"mxverdict/parser/report"
)

// lists are the keys under which a look-up keeps its checks, and what a check is whose list is all that is known. A
// block list that did not answer says nothing about the address that was looked up.
var lists = map[string]report.Status{
	"failed": report.Error, "warnings": report.Warning, "passed": report.OK, "timeouts": report.Info,
	"errors": report.Error,
}

// LooksLike tells an answer of an interface from other text: it holds keys of a look-up, one of them before a list of
// checks or before HTML.
// One key alone proves nothing: "name" and "id" stand in the JSON of any program.
func LooksLike(document string) bool {
	const sample = 256 << 10
	head := strings.TrimLeft(document[:min(len(document), sample)], " \t\r\n\ufeff")
	if head == "" || head[0] == '<' || strings.IndexByte(head, '{') < 0 {
		return false
	}
	keys, results, wraps := map[string]bool{}, false, false
	for key, behind := range loose.Keys(head) {
		if !known[key] {
			continue
		}
		keys[key] = true
		if behind == "" {
			break
		}
		_, list := lists[key]
		opens := loose.OpensString(behind)
		wraps = wraps || key == "htmlvalue" && opens || key == "d" && opens && head[0] == '{'
		results = results || list && behind[0] == '[' || key == "info" && opens
	}
	return wraps || results && (keys["commandargument"] || keys["info"] && len(keys) > 1)
}

// known are keys by which an answer is told from other text.
var known = map[string]bool{"failed": true, "warnings": true, "passed": true, "timeouts": true, "errors": true,
	"commandargument": true, "additionalinfo": true, "info": true, "name": true, "id": true, "htmlvalue": true,
	"d": true}

// Read reads a document of valid UTF-8.
// There is no document that it refuses; its notices tell of damage.
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
	doc := loose.Scan(document)
	if doc.TooDeep {
		r.note(fmt.Sprintf("the JSON is nested more than %d deep; what lies deeper was not read", loose.MaxDepth))
	}
	switch {
	case doc.TooMany:
		r.note(fmt.Sprintf("the JSON holds more than %d values; what stands from line %d on was not read", loose.MaxValues,
			cmp.Or(line, doc.Line)))
	case doc.Cut:
		r.note("the JSON is cut off or has a hole: what can be read of it was read, the rest is missing")
	case doc.Damaged:
		r.note("the JSON is damaged: what can be read of it was read, some of it may be missing")
	}
	r.value(loose.Member{Value: doc.Root}, line, depth, lookup{})
	return doc.Outside
}

// note adds a notice once.
func (r *reader) note(s string) {
	if !slices.Contains(r.notices, s) {
		r.notices = append(r.notices, s)
	}
}

// value looks for look-ups in a value. Their depth is bounded by the scanner's.
func (r *reader) value(m loose.Member, line, depth int, around lookup) {
	switch m.Kind {
	case loose.String:
		r.wrapped(m, cmp.Or(line, m.Line), depth)
	case loose.Array:
		for _, item := range m.Members {
			r.value(item, line, depth, around)
		}
	case loose.Object:
		switch {
		case slices.ContainsFunc(m.Members, func(m loose.Member) bool { _, ok := lists[m.Key]; return ok }):
			around = r.lookup(m.Value, around)
			for _, list := range m.Members {
				if _, ok := lists[list.Key]; ok {
					r.list(list, line, around)
				} else if list.Key == "" { // the document itself, in which a list has lost its look-up
					r.value(list, line, depth, around)
					around = cmp.Or(around, r.latest)
				}
			}
			r.htmlOf(m.Value, line, depth)
		case isCheck(m.Value):
			r.check(m.Value, line, "", around)
		default:
			for _, inner := range m.Members {
				r.value(inner, line, depth, around)
			}
		}
	}
}

// htmlOf reads the page that an answer may bring beside, or instead of, its lists.
func (r *reader) htmlOf(v *loose.Value, line, depth int) {
	for _, m := range v.Members {
		if m.Key == "htmlvalue" && m.Kind == loose.String && len(r.findings) == 0 {
			r.wrapped(m, cmp.Or(line, m.Line), depth)
		}
	}
}

// wrapped reads a string that holds a document itself: HTML, or an answer in an answer.
func (r *reader) wrapped(m loose.Member, line, depth int) {
	inner := strings.TrimLeft(m.Text, " \t\r\n")
	switch {
	case inner == "" || depth >= maxNested:
	case (inner[0] == '{' || inner[0] == '[') && LooksLike(inner):
		r.document(inner, line, depth+1)
	case m.Key == "htmlvalue" || m.Key == "html" || m.Key == "d" && html.LooksLike(inner):
		page := html.Read(inner, r.v)
		for _, f := range page.Findings {
			f.Line, f.Lines, f.Run = line, nil, 0 // the lists beside it, or another page, may tell of the same run
			r.emit(f)
		}
		page.Findings = nil
		r.pages = append(r.pages, page)
		for _, notice := range page.Notices {
			r.note(notice)
		}
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
	if len(f.Lines) == 0 {
		f.Lines = []int{f.Line}
	}
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
			rep.Target, rep.TargetFrom = page.Target, page.TargetFrom
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
