package render

import (
	"io"
	"strings"
	"testing"

	"mxverdict/parser/report"
)

// The first line says what a report is taken to be about where it does not say so itself, and how to name another.
func TestAboutLine(t *testing.T) {
	for _, test := range []struct {
		from        report.Origin
		target      report.Target
		first, also string // of the first line; "" is none
	}{
		{report.FromOnlyName, report.Target{Domain: "example.com"}, "About example.com", "only name"},
		{report.FromOnlyName, report.Target{Domain: "example.com", Host: sampleHost}, "About " + sampleHost + ", example.com", "only domain"},
		{report.FromFrequency, report.Target{Domain: "example.com"}, "About example.com", "often"},
		{report.FromLink, report.Target{Domain: "example.com"}, "About example.com", "link"},
		{report.FromTranscript, report.Target{Address: "203.0.113.25"}, "About 203.0.113.25", "connected"},
		{report.FromHeading, report.Target{Domain: "example.com"}, "About example.com", "heading"},
		{report.FromRow, report.Target{Domain: "example.com"}, "", ""},
		{report.FromCommand, report.Target{Domain: "example.com"}, "", ""},
		{report.FromFlag, report.Target{Domain: "example.com"}, "", ""},
		{report.FromQuestion, report.Target{Domain: "example.com"}, "", ""},
		{"", report.Target{}, "", ""},
	} {
		r := founding()
		r.Report.Target, r.Report.TargetFrom = test.target, test.from
		out := written(t, func(w io.Writer) error { return Text(w, r, Terminal{Width: 200}) })
		first, _, _ := strings.Cut(out, "\n")
		if test.first == "" {
			if strings.HasPrefix(first, "About") {
				t.Errorf("%q: %q, want no such line", test.from, first)
			}
			continue
		}
		if !strings.HasPrefix(first, test.first) || !strings.Contains(first, test.also) {
			t.Errorf("%q: the first line is %q", test.from, first)
		}
		// A flag does not move the rows below a heading.
		if strings.Contains(first, "-t ") == (test.from == report.FromHeading) {
			t.Errorf("%q: the first line is %q", test.from, first)
		}
		ticket := written(t, func(w io.Writer) error { return Ticket(w, r) })
		if strings.Contains(ticket, "-t ") || !strings.Contains(flat(ticket), test.also) {
			t.Errorf("%q: the ticket is\n%s", test.from, ticket)
		}
	}
}
