package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// plainly writes a document as bare lines, so that tests can look for what is said; how it looks is tested where it is written.
func plainly(d Document) string {
	var b strings.Builder
	for _, s := range d.Sections {
		number := ""
		if s.Of > 0 {
			number = fmt.Sprintf("%d. ", s.Number)
		}
		fmt.Fprintf(&b, "%s%s  %s\n", number, s.Title, s.Lead)
		for _, block := range s.Blocks {
			for _, line := range bare(block) {
				fmt.Fprintf(&b, "   %s\n", line)
			}
		}
	}
	return b.String()
}

// bare are the lines of a block.
func bare(block Block) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch block := block.(type) {
	case *Paragraph:
		say("%s", block.Text)
	case *Item:
		for i, text := range block.Texts {
			if i > 0 || block.Label == "" {
				say("%s", text)
			} else {
				say("%s: %s", block.Label, text)
			}
		}
	case *List:
		for _, point := range block.Points {
			say("- %s", point)
		}
	case *Lines:
		for _, line := range block.Lines {
			say("%s: %s", line.Label, line.Text)
		}
	case *Tree:
		say("%s", block.Title)
		for _, branch := range block.Branches {
			say("%s%s%s", strings.Repeat("  ", branch.Depth), branch.Word, branch.Text)
		}
	case *Commands:
		say("%s", block.Title)
		lines = append(lines, block.Lines...)
	case *Transcript:
		for _, said := range block.Lines {
			who := map[Speaker]string{Nobody: "", We: ">> ", Server: "<< ", Remark: "-- "}[said.Who]
			say("%s  %s%s", said.Lead, who, said.Text)
		}
	}
	return lines
}

// whole writes all that there is to say of a result.
func whole(r result.Result) string { return plainly(Of(r)) }

// flat makes one line of a text.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// holds demands that each of the texts stands in another.
func holds(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// titled are the sections with a title.
func titled(d Document, title string) (found []Section) {
	for _, s := range d.Sections {
		if s.Title == title {
			found = append(found, s)
		}
	}
	return found
}

// The answer stands before the evidence and the evidence before the log; what harms stands before what is open, and both before the rest.
func TestOrderOfADocument(t *testing.T) {
	d := Of(invented.Founding())
	var titles []string
	for _, s := range d.Sections {
		titles = append(titles, s.Title)
	}
	want := []string{"RESULT", "REPLY", "VERDICTS", "NOTICES", "REPORT", "CAUSE", "CONFIRMED", "INCONCLUSIVE", "FALSE POSITIVE", "FALSE POSITIVE",
		"POLICY DISAGREEMENT", "POLICY DISAGREEMENT", "POLICY DISAGREEMENT", "PATIENCE", "NOT UNDERSTOOD", "LOOKED UP", "SMTP SESSION 1", "SMTP SESSION 2",
		"SMTP SESSION 3", "DNS EXCHANGES", "HOW LONG OTHERS WAIT"}
	if !slices.Equal(titles, want) {
		t.Errorf("the order is %q", titles)
	}
	var overview []string
	for _, line := range titled(d, "VERDICTS")[0].Blocks[0].(*Lines).Lines {
		overview = append(overview, line.Label)
	}
	if want := []string{"confirmed", "inconclusive", "false positive", "false positive", "policy disagreement", "policy disagreement", "policy disagreement"}; !slices.Equal(overview, want) {
		t.Errorf("the overview is %q", overview)
	}
}

// A verdict in a line says what it is about, where, and on which line of the report; the addresses stand with the evidence.
func TestVerdictInALine(t *testing.T) {
	for _, test := range []struct {
		v    rules.Verdict
		want string
	}{
		{rules.Verdict{About: "Open relay", Rule: "smtp/open-relay", Subject: "mx2.example.com [203.0.113.26]", Verdict: rules.Inconclusive, Urgent: true,
			Findings: onLines(11)}, "inconclusive, urgent: Open relay, mx2.example.com (line 11)"},
		{rules.Verdict{Rule: "smtp/vrfy", Subject: "a.example [192.0.2.1], a.example [192.0.2.2], b.example [192.0.2.3]", Verdict: rules.Confirmed,
			Findings: onLines(3, 9)}, "confirmed: smtp/vrfy, a.example, b.example (lines 3, 9)"},
		{rules.Verdict{About: "SOA", Verdict: rules.PolicyDisagreement}, "policy disagreement: SOA"},
	} {
		line := verdictLine(test.v)
		if got := line.Label + ": " + line.Text.String(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// An answer asks for nothing deeper, evidence for no log, and each audience sees nothing of the other's.
func TestLevelsAndAudiences(t *testing.T) {
	d := Of(invented.Founding())
	titles := func(level Level, audience Audience) string {
		var out []string
		for _, s := range d.Upto(level, audience).Sections {
			out = append(out, s.Title)
		}
		return strings.Join(out, " ")
	}
	if got := titles(Answer, Both); got != "RESULT REPLY VERDICTS NOTICES" {
		t.Errorf("the answer has %s", got)
	}
	if got := titles(Evidence, Both); !strings.Contains(got, "CONFIRMED") || !strings.Contains(got, "PATIENCE") || strings.Contains(got, "DNS EXCHANGES") {
		t.Errorf("evidence has %s", got)
	}
	if got := titles(Log, Both); !strings.HasPrefix(got, titles(Evidence, Both)[:20]) || !strings.Contains(got, "DNS EXCHANGES") {
		t.Errorf("the log has %s", got)
	}
	if got := titles(Log, Customer); got != "REPLY" {
		t.Errorf("customers get %s", got)
	}
	if got := titles(Log, Internal); strings.Contains(got, "REPLY") || !strings.Contains(got, "RESULT") {
		t.Errorf("the desk gets %s", got)
	}
	if n := len(d.Sections); len(d.Upto(Log, Both).Sections) != n {
		t.Error("the log for both is not the whole document")
	}
}

// The first dialogue with each of two hosts is evidence, and all others are in the log.
func TestOneDialogueAHostIsEvidence(t *testing.T) {
	r := invented.Founding()
	session := func(host string) evidence.Session {
		return evidence.Session{Host: host, Address: "192.0.2.1", Port: 25}
	}
	control := session("control.example.net")
	control.Control = true
	r.Evidence.Sessions = []evidence.Session{control, session("a"), session("a"), session("b"), session("c")}
	var levels []Level
	for _, s := range Of(r).Sections {
		if strings.HasPrefix(s.Title, "SMTP SESSION") {
			levels = append(levels, s.Level)
		}
	}
	if want := []Level{Log, Evidence, Log, Evidence, Log}; !slices.Equal(levels, want) {
		t.Errorf("levels %v, want %v", levels, want)
	}
}

// What came over the wire, or from a file of somebody's, is never taken for words of the program.
func TestForeignTextIsKnownAsSuch(t *testing.T) {
	const mark = "FOREIGN"
	for _, d := range []Document{Of(invented.Hostile(mark)), OfReport(invented.Hostile(mark).Report)} {
		for _, s := range d.Sections {
			if strings.Contains(s.Title, mark) {
				t.Errorf("a title is foreign: %s", s.Title)
			}
			check := func(text Text) {
				for _, part := range text {
					if part.Kind == Ours && strings.Contains(part.Text, mark) {
						t.Errorf("%s: %q is taken for ours", s.Title, part.Text)
					}
				}
			}
			check(s.Lead)
			for _, block := range s.Blocks {
				for _, text := range texts(block) {
					check(text)
				}
			}
		}
	}
}

// texts are all texts of a block; those that stand as strings in it are not among them.
func texts(block Block) (out []Text) {
	switch block := block.(type) {
	case *Paragraph:
		out = append(out, block.Text)
	case *Item:
		out = block.Texts
	case *List:
		out = block.Points
	case *Lines:
		for _, line := range block.Lines {
			out = append(out, line.Text)
		}
	case *Tree:
		for _, branch := range block.Branches {
			out = append(out, branch.Text)
		}
	case *Transcript:
		for _, said := range block.Lines {
			out = append(out, said.Text)
		}
	}
	return out
}
