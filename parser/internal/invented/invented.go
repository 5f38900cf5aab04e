// Package invented is a vocabulary of sentences that no reporter says, those of two invented ones, with which the formats are tested: a test of a
// layout must not depend on the wording of a report. Only tests import it. It refuses to be clever: it compares letter
// by letter.
package invented

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"mxverdict/parser/report"
)

// Vocabulary implements report.Vocabulary.
type Vocabulary struct{}

var _ report.Vocabulary = Vocabulary{}

var sentences = []struct {
	says, rule, test string
	status           report.Status
	id, by           string
}{
	{"The frob is wet", "smtp/wet", "Frob State", report.Warning, "", "invented"},
	{"The frob is dry", "smtp/wet", "Frob State", report.OK, "", "invented"},
	{"The zone is cold", "dns/cold", "Zone State", report.Error, "7", "invented"},
	{"The zone is warm", "dns/cold", "Zone State", report.OK, "7", "invented"},
	{"The gizmo is loud", "smtp/loud", "Gizmo Noise", report.Warning, "gizmo-1", "imagined"},
	{"The gizmo is quiet", "smtp/loud", "Gizmo Noise", report.OK, "", "imagined"},
}

var words = []struct {
	says   string
	status report.Status
	icon   bool
}{
	{"Icon Bad", report.Error, true}, {"Icon Good", report.OK, true}, {"Bad", report.Error, false},
	{"Poor", report.Warning, false}, {"Good", report.OK, false},
}

// first returns where the first of the sentences begins, else the end of the text: most texts hold none, and to compare
// them letter by letter takes long under the race detector.
func first(text string) int {
	at := len(text)
	for _, s := range sentences {
		if i := strings.Index(text, s.says); i >= 0 {
			at = min(at, i)
		}
	}
	return at
}

// Find implements report.Vocabulary.
func (v Vocabulary) Find(text string, context report.Context) []report.Match {
	var found []report.Match
	for at := first(text); at < len(text); at++ {
		for _, s := range sentences {
			if strings.HasPrefix(text[at:], s.says) {
				found = append(found, report.Match{Reporter: s.by, Rule: s.rule, Test: s.test, Status: s.status,
					Wording: s.says, Start: at, End: at + len(s.says)})
			}
		}
	}
	for _, s := range sentences {
		if len(found) == 0 && context.ID != "" && s.id == context.ID {
			m, _ := v.Named(s.test)
			found = append(found, m)
		}
	}
	return found
}

// TestName implements report.Vocabulary.
func (Vocabulary) TestName(text string) (string, int, bool) {
	for _, s := range sentences {
		if rest, ok := strings.CutPrefix(text, s.test); ok {
			if strings.HasPrefix(rest, ":") {
				return s.test, len(s.test) + 1, true
			}
			return s.test, len(s.test), true
		}
	}
	return "", 0, false
}

// Named implements report.Vocabulary.
func (Vocabulary) Named(test string) (report.Match, bool) {
	for _, s := range sentences {
		if s.test == test {
			return report.Match{Reporter: s.by, Rule: s.rule, Test: test, Status: s.status}, true
		}
	}
	return report.Match{}, false
}

// Detail implements report.Vocabulary: "asked SERVER" explains a row, "see there" says nothing, and "#SERVER" explains a row
// about zones.
func (Vocabulary) Detail(text string) (report.Detail, bool) {
	if text == "see there" {
		return report.Detail{}, true
	}
	if server, ok := strings.CutPrefix(text, "#"); ok {
		return report.Detail{Values: map[string]report.Value{"nameserver": report.Text(server)}, Rules: []string{"dns/cold"}, Bare: true}, true
	}
	server, ok := strings.CutPrefix(text, "asked ")
	if !ok {
		return report.Detail{}, false
	}
	return report.Detail{Values: map[string]report.Value{"nameserver": report.Text(server)}}, true
}

// Frame implements report.Vocabulary: "alas", perhaps with a colon.
func (Vocabulary) Frame(text string) bool { return strings.TrimSuffix(text, ":") == "alas" }

// Mentions implements report.Vocabulary: "Inventor" is the one, "Imaginer" the other.
func (Vocabulary) Mentions(text string) (reporter string, ok bool) {
	for name, by := range map[string]string{"Inventor": "invented", "Imaginer": "imagined"} {
		if strings.Contains(text, name) {
			return by, true
		}
	}
	return "", false
}

// StatusWord implements report.Vocabulary.
func (Vocabulary) StatusWord(text string) (report.Status, int, bool) {
	for _, w := range words {
		if len(text) < len(w.says) || !strings.EqualFold(text[:len(w.says)], w.says) {
			continue
		}
		rest := text[len(w.says):]
		begin := strings.TrimLeft(rest, " \t")
		switch {
		case begin == "":
			return w.status, len(text), true
		case strings.HasPrefix(begin, "- "), strings.HasPrefix(begin, ": "):
			return w.status, len(text) - len(strings.TrimLeft(begin[2:], " \t")), true
		case w.icon && begin != rest:
			return w.status, len(text) - len(begin), true
		}
	}
	return "", 0, false
}

// Category implements report.Vocabulary.
func (Vocabulary) Category(word string) (report.Kind, bool) {
	switch {
	case strings.EqualFold(word, "dns"), strings.EqualFold(word, "mx"):
		return report.DomainName, true
	case strings.EqualFold(word, "smtp"):
		return report.HostName, true
	}
	return report.AnyName, false
}

// Footer implements report.Vocabulary: "told by SERVER at TIME".
func (Vocabulary) Footer(text string) (report.Footer, bool) {
	rest, ok := strings.CutPrefix(text, "told by ")
	if !ok {
		return report.Footer{}, false
	}
	server, at, _ := strings.Cut(rest, " at ")
	when, _ := time.Parse(time.RFC3339, at)
	return report.Footer{Server: server, At: when}, true
}

// Transcript implements report.Vocabulary: "dialling ADDRESS", "hung up".
func (Vocabulary) Transcript(text string) (called string, ok bool) {
	if rest, ok := strings.CutPrefix(text, "dialling "); ok {
		called, _, _ = strings.Cut(rest, " ")
		return called, true
	}
	return "", text == "hung up"
}

// Column implements report.Vocabulary.
func (Vocabulary) Column(title string) report.Column {
	switch strings.ToLower(title) {
	case "status":
		return report.StatusColumn
	case "test", "name":
		return report.TestColumn
	case "result", "response":
		return report.ResultColumn
	case "category":
		return report.CategoryColumn
	case "host":
		return report.HostColumn
	}
	return report.OtherColumn
}

// ColumnOf implements report.Vocabulary: "column-TITLE".
func (v Vocabulary) ColumnOf(class string) report.Column {
	title, ok := strings.CutPrefix(class, "column-")
	if !ok {
		return report.OtherColumn
	}
	return v.Column(title)
}

// Link implements report.Vocabulary: "…?show=CATEGORY:NAME", perhaps percent-coded, and "…/zone/NAME/".
func (v Vocabulary) Link(address string) (category, name string, ok bool) {
	if _, path, ok := strings.Cut(address, "/zone/"); ok {
		name, _, _ = strings.Cut(path, "/")
		return "", name, name != ""
	}
	_, value, _ := strings.Cut(address, "show=")
	value, _, _ = strings.Cut(value, "&")
	value, err := url.QueryUnescape(value)
	if err != nil {
		return "", "", false
	}
	category, name, _ = strings.Cut(value, ":")
	_, ok = v.Category(category)
	return category, name, ok
}

// OwnName implements report.Vocabulary.
// Argument knows that a key may stand behind the name of a zone: "zone:example.com:key".
func (Vocabulary) Argument(category string) string {
	if category == "zone" {
		return "key"
	}
	return ""
}

func (Vocabulary) OwnName(host string) bool { return host == "tester.example.net" }

// Rows writes the findings of a report in short, "line:rule:status:subject" each, as tests compare them.
func Rows(rep report.Report) string {
	var out []string
	for _, f := range rep.Findings {
		out = append(out, fmt.Sprintf("%d:%s:%s:%s", f.Line, f.Rule, f.Status, f.Subject))
	}
	return strings.Join(out, " ")
}
