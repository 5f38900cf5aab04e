package wording

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// Lines around the rows, which are no findings: the footer below a result, and what a reporter prints around the
// transcript of a session. Such a line counts only where it stands at the beginning of its line, and what follows it
// does not matter.

// aroundLine is one such line: a template that begins with a word. Few reports hold more than one or two of them, so its
// expression is made when its first words are met.
type aroundLine struct {
	says    string
	begins  []word // its first words
	first   byte   // the first letter of them, in lower case
	example string
	plain   bool   // it has no placeholders
	only    string // the placeholder, if it has one of one word behind its first words
	tail    string // what stands behind that
	dated   bool   // it has a date
	line    int
	regexp  func() *regexp.Regexp
}

// footerGaps are the placeholders of footers, each with what it takes. A date has all its parts or none: half a date is
// a guess.
var footerGaps = map[string]string{
	"nameserver": `\S+`, anyPlaceholder: `.*?`, "year": `\d{4}`, "month": `\d{1,2}`, "day": `\d{1,2}`,
	"time": `\d{1,2}:\d{2}:\d{2}(?: ?[AP]M)?`,
	"zone": `UTC ?(?:(?P<sign>[+\-\x{2212}\x{2013}])(?P<hours>\d{1,2})(?::(?P<minutes>\d{2}))?)?`,
}

// dateGaps are the parts of a date.
var dateGaps = []string{"year", "month", "day", "time", "zone"}

// transcriptGaps are the placeholders of the lines around a session.
var transcriptGaps = map[string]string{"address": `\S+`, "milliseconds": `\d+`, anyPlaceholder: `.*?`}

// lines reads the lines around the rows.
func (l *loader) lines(raw *reporterFile) error {
	var m strict.Mistakes
	var err error
	l.out.footers, err = l.aroundLines(raw.Footers, footerGaps)
	m.Add(err)
	l.out.transcripts, err = l.aroundLines(raw.Transcripts, transcriptGaps)
	m.Add(err)
	return m.Err()
}

// aroundLines reads the lines of a list.
func (l *loader) aroundLines(nodes []yaml.Node, gaps map[string]string) ([]aroundLine, error) {
	var m strict.Mistakes
	var list []aroundLine
	for i := range nodes {
		if f, err := l.aroundLine(&nodes[i], gaps); !m.Add(err) {
			list = append(list, f)
		}
	}
	return list, m.Err()
}

// aroundLine reads a line of the file.
func (l *loader) aroundLine(node *yaml.Node, gaps map[string]string) (aroundLine, error) {
	var n sentenceNodes
	if err := strict.Fields(l.file, node, n.fields()...); err != nil {
		return aroundLine{}, err
	}
	f := aroundLine{says: text(n.says), example: text(n.example), line: node.Line}
	if err := l.seen(node, n); err != nil {
		return f, err
	}
	expr, used, err := lineExpr(f.says, gaps)
	if err != nil {
		return f, l.errorf(n.says, "%v", err)
	}
	literal, _, _ := strings.Cut(f.says, "{")
	if f.begins = wordsOfName(literal); len(f.begins) == 0 {
		return f, l.errorf(node, "says must begin with a word: by that such a line is known")
	}
	f.first = lower(literal[0])
	has := func(gap string) bool { return slices.Contains(used, gap) }
	f.plain = len(used) == 0
	if _, tail, _ := strings.Cut(f.says, "}"); len(used) == 1 && used[0] != anyPlaceholder && strings.HasSuffix(literal, " ") &&
		(tail == "" || used[0] == "milliseconds") {
		f.only, f.tail = used[0], tail
	}
	f.dated = slices.ContainsFunc(dateGaps, has)
	if f.dated && slices.ContainsFunc(dateGaps, func(gap string) bool { return !has(gap) }) {
		return f, l.errorf(n.says, "a date has all of {%s}, or none", strings.Join(dateGaps, "} {"))
	}
	f.regexp = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	if f.example == "" && !f.plain {
		return f, l.errorf(node, "an example is missing")
	}
	f.example = cmp.Or(f.example, f.says)
	return f, nil
}

// lineExpr writes a template as an expression whose groups are its placeholders, and lists these.
func lineExpr(says string, gaps map[string]string) (expr string, used []string, err error) {
	var b strings.Builder
	b.WriteString(`(?i)^\s*`)
	for rest := says; rest != ""; {
		literal, behind, found := strings.Cut(rest, "{")
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(literal), " ", `\s+`))
		if !found {
			break
		}
		name, after, closed := strings.Cut(behind, "}")
		takes, known := gaps[name]
		switch {
		case !closed:
			return "", nil, errors.New("a { without a } behind it")
		case !known:
			return "", nil, fmt.Errorf("unknown placeholder {%s}; such a line may have {%s}", name, strings.Join(gapNames(gaps), "} {"))
		case slices.Contains(used, name):
			return "", nil, fmt.Errorf("placeholder {%s} stands here twice", name)
		}
		fmt.Fprintf(&b, "(?P<%s>%s)", name, takes)
		used, rest = append(used, name), after
	}
	return b.String(), used, nil
}

// gapNames lists placeholders for a mistake, always in one order.
func gapNames(gaps map[string]string) []string {
	return slices.Sorted(maps.Keys(gaps))
}

// read returns what the placeholders took out of a text that begins with the line.
func (f *aroundLine) read(o *opening, text string) (taken, bool) {
	end, ok := o.begins(f.begins)
	switch {
	case !ok:
		return taken{}, false
	case f.plain:
		return taken{}, true
	case f.only != "":
		return f.readOnly(text[end:])
	}
	t := taken{by: f.regexp()}
	t.groups = t.by.FindStringSubmatch(text)
	return t, t.groups != nil
}

// readOnly reads the only placeholder of a line, which stands behind its first words: transcripts have two such lines each,
// and an expression would take several times as long.
func (f *aroundLine) readOnly(rest string) (taken, bool) {
	value := strings.TrimLeft(rest, " \t")
	end := 0
	for end < len(value) && value[end] > ' ' && (f.only != "milliseconds" || value[end] >= '0' && value[end] <= '9') {
		end++
	}
	behind := value[end:]
	if end == 0 || len(value) == len(rest) || len(behind) < len(f.tail) || !strings.EqualFold(behind[:len(f.tail)], f.tail) {
		return taken{}, false
	}
	return taken{only: f.only, value: value[:end]}, true
}

// taken is what the placeholders of a line took: the only one, or the groups of its expression.
type taken struct {
	only, value string
	by          *regexp.Regexp
	groups      []string
}

// of returns what a placeholder took, or "".
func (t taken) of(gap string) string {
	if t.only == gap {
		return t.value
	}
	if t.by == nil {
		return ""
	}
	if i := t.by.SubexpIndex(gap); i >= 0 {
		return t.groups[i]
	}
	return ""
}

// lineSet are the lines of all reporters. They are a handful.
type lineSet struct {
	list  []aroundLine
	files []string // of each
}

// add keeps the order of the files: of two lines with one beginning the first is read.
func (x *lineSet) add(file string, list []aroundLine) {
	for _, f := range list {
		x.list, x.files = append(x.list, f), append(x.files, file)
	}
}

// read returns what the first line with which a text begins took out of it. Most lines begin with another letter.
func (x *lineSet) read(text string) (taken, bool) {
	at := blanksFrom(text, 0)
	if at == len(text) {
		return taken{}, false
	}
	first := lower(text[at])
	var o opening
	o.lexer.text = text
	for i := range x.list {
		if f := &x.list[i]; first == f.first || first >= utf8.RuneSelf {
			if took, ok := f.read(&o, text); ok {
				return took, true
			}
		}
	}
	return taken{}, false
}

// Footer implements report.Vocabulary.
// A date that does not exist is left out rather than set right: a report is dated wrongly or not at all.
func (v *Vocabulary) Footer(text string) (report.Footer, bool) {
	took, ok := v.footers.read(text)
	if !ok {
		return report.Footer{}, false
	}
	return report.Footer{Server: took.of("nameserver"), At: moment(took)}, true
}

// moment reads the date of a footer, or returns the zero time if there is no such day, hour or zone. The sign of the
// zone may be any dash: pages and word processors change it.
func moment(took taken) time.Time {
	const furthest = 14 // hours; no zone lies further east
	ahead, err := time.ParseDuration("0" + took.of("hours") + "h0" + took.of("minutes") + "m")
	if err != nil || ahead >= (furthest+1)*time.Hour || took.of("minutes") > "59" {
		return time.Time{}
	}
	if took.of("sign") != "+" {
		ahead = -ahead
	}
	clock := strings.ToUpper(strings.ReplaceAll(took.of("time"), " ", ""))
	layout := "2006-1-2 15:04:05"
	if strings.HasSuffix(clock, "M") {
		layout = "2006-1-2 3:04:05PM"
	}
	at, err := time.ParseInLocation(layout, took.of("year")+"-"+took.of("month")+"-"+took.of("day")+" "+clock,
		time.FixedZone("", int(ahead.Seconds())))
	if err != nil {
		return time.Time{}
	}
	return at
}

// Transcript implements report.Vocabulary.
// The address is the reporter's word, and as foreign as all that is read here.
func (v *Vocabulary) Transcript(text string) (called string, ok bool) {
	took, ok := v.transcripts.read(text)
	return took.of("address"), ok
}
