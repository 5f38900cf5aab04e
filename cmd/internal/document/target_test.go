package document

import (
	"strings"
	"testing"

	"mxverdict/cmd/internal/document/invented"
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
		{report.FromOnlyName, report.Target{Domain: "example.com", Host: invented.Host}, "About " + invented.Host + ", example.com", "only domain"},
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
		r := invented.Founding()
		r.Report.Target, r.Report.TargetFrom = test.target, test.from
		out := strings.TrimSpace(whole(r))
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
		// How to run the program again is nothing for customers.
		if sent := plainly(Of(r).Upto(Log, Customer)); strings.Contains(sent, "-t ") || strings.Contains(sent, "About ") {
			t.Errorf("%q: the customer gets\n%s", test.from, sent)
		}
		holds(t, flat(out), firstOf(test.also, "RESULT"))
	}
}
