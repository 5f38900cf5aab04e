package rows

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"mxverdict/parser/internal/invented"
	"mxverdict/parser/report"
)

// listed hands out lines.
type listed []Line

func (l *listed) Next() (Line, bool) {
	next, ok := l.Peek(0)
	if ok {
		*l = (*l)[1:]
	}
	return next, ok
}

func (l *listed) Peek(k int) (Line, bool) {
	if k >= len(*l) {
		return Line{}, false
	}
	return (*l)[k], true
}

func (*listed) Notices() []string { return nil }

// measured gives each sentence values of its own, which a finding may change. Its gizmos are loud in everyday language too.
type measured struct{ invented.Vocabulary }

func (v measured) Find(text string, context report.Context) []report.Match {
	found := v.Vocabulary.Find(text, context)
	for i := range found {
		if found[i].Test == "Gizmo Noise" {
			found[i].Place = report.Row
		}
		found[i].Values = map[string]report.Value{"level": report.Text(found[i].Test + context.Test)}
	}
	return found
}

// What is kept of a line must be what is told of it anew: wherever it stands, and whatever a finding made of the values that it got.
func TestLinesThatRepeat(t *testing.T) {
	said := []string{"", "", "Frob State", "Bad", "Icon Bad", "The frob is wet", "The frob is dry", "Frob State\tBad\tThe frob is wet", "Frob State: Poor - The frob is wet",
		"Zone State", "The zone is cold", "dns:example.com", "smtp:mx.example.com", "mx.example.net", "Domain: example.org", "dialling 192.0.2.1", "dialling 192.0.2.2", "hung up", "220 mx.example.com ESMTP",
		"250 OK", "they say that The zone is cold.", "Is \"The frob is wet\" serious?", "is", "The frob", "is wet", "asked ns1.example.com", "asked ns2.example.com", "see there", "#ns1.example.com", "told by ns1.example.com at 2026-03-01T10:00:00Z", "Inventor says", "Test\tResult", "Test",
		"Result", "alas:", "alas", "Errors found:", "All is well", "The gizmo is loud", "Gizmo Noise", "-----Original Message-----", "On Monday somebody wrote:", "Kind regards",
		"Problems found: The zone is cold", "The gizmo is loud they say", "the report of last week was for mx.example.org"}
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, seed))
		var lines listed
		for n := range 300 {
			lines = append(lines, Line{N: n + 1, Text: said[random.IntN(len(said))], Quoted: random.IntN(20) / 19, Heading: random.IntN(4) == 0})
		}
		reader := func() *reader {
			these := append(listed{}, lines...)
			return &reader{v: measured{}, lines: &these, blocks: []block{{}}, last: none, icons: map[string]bool{}}
		}
		keeping, anew := reader(), reader()
		anew.texts.lines = -len(lines)
		got, want := keeping.read(), anew.read()
		if len(keeping.texts.byText) == 0 || len(anew.texts.byText) > 0 {
			t.Fatalf("%d and %d texts are kept", len(keeping.texts.byText), len(anew.texts.byText))
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("with seed %d a line says something else when it is met again:\n%+v\n%+v", seed, difference(got, want), difference(want, got))
		}
	}
}

// difference lists the findings of the one report that the other one has not.
func difference(a, b report.Report) (only []report.Finding) {
	for i, f := range a.Findings {
		if i >= len(b.Findings) || !reflect.DeepEqual(f, b.Findings[i]) {
			only = append(only, f)
		}
	}
	return only
}
