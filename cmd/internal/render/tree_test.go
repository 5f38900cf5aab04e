package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// judged is a result with these verdicts.
func judged(verdicts ...rules.Verdict) result.Result {
	for i := range verdicts {
		verdicts[i].About, verdicts[i].Plain, verdicts[i].Findings = "Way to the zone", "this is so.", founding().Report.Findings[i:i+1]
	}
	return result.Result{Language: invented.English(), Judgement: rules.Judgement{Verdicts: verdicts}}
}

// Trees are drawn with signs at a terminal. A ticket has indents and words in their place, because help desks take such signs for markup.
func TestTreesAreDrawn(t *testing.T) {
	delegation := judged(rules.Verdict{Verdict: rules.Confirmed, Delegation: invented.Delegation()})
	spf := judged(rules.Verdict{Verdict: rules.Confirmed, SPFTree: invented.SPFTree()})
	for _, test := range []struct{ got, want string }{
		{text(t, delegation, Options{Width: 100}), "   Delegation\n" +
			"      . (the root)\n" +
			"      |- a.root.example [192.0.2.251], 40 ms: com is at a.tld.example; glue a.tld.example 192.0.2.11\n" +
			"      `- com\n" +
			"         |- a.tld.example [192.0.2.11], 40 ms: example.com is at ns1.example.com, ns2.example.com;\n" +
			"              no glue\n" +
			"         |- b.tld.example [192.0.2.12]: no answer within 5 s\n" +
			"         `- example.com\n" +
			"            |- ns1.example.com [192.0.2.53], 40 ms: serves the zone, which names ns1.example.com\n" +
			"            |- ns2.example.com [198.51.100.53], 40 ms: does not serve the zone, answers REFUSED\n" +
			"            `- ns3.example.com [2001:db8::53]: does not answer\n"},
		{ticket(t, delegation), "Delegation:\n" +
			"    zone . (the root)\n" +
			"      at a.root.example [192.0.2.251], 40 ms: com is at a.tld.example; glue\n" +
			"           a.tld.example 192.0.2.11\n" +
			"      zone com\n"},
		{text(t, spf, Options{Width: 100}), "   SPF tree\n" +
			"      example.com: 12 look-ups\n" +
			"      |- include:a.example: 4 look-ups, and a term that breaks the grammar\n" +
			"         |- include:b.example: 1 look-up\n" +
			"         `- redirect=a.example: leads back to where it came from, without end\n" +
			"      |- include:b.example: 1 look-up, as above\n" +
			"      `- include:c.example: no SPF record\n"},
	} {
		if !strings.Contains(test.got, test.want) {
			t.Errorf("drawn:\n%s\nwant in it:\n%s", test.got, test.want)
		}
	}
}

// Hostile names in a tree do nothing, a deep tree leaves room for words on a narrow page, and a ticket holds no sign that is markup.
func TestHostileTrees(t *testing.T) {
	hostile := "evil\x1b[2J\u202e.example\n- item|<script>{code}"
	d := invented.Delegation()
	for i := range 100 {
		d.Zones[2].Servers = append(d.Zones[2].Servers, facts.DelegationServer{Name: hostile, Address: fmt.Sprint(i), Says: facts.SaysServes,
			Names: slices.Repeat([]string{hostile}, 10)})
	}
	for range 20 {
		d.Zones = append(d.Zones, facts.DelegationZone{Zone: hostile})
	}
	record := facts.SPFTree{{Name: "example.com", Lookups: 100, Says: facts.SPFSound}}
	for range 100 {
		record = append(record, facts.SPFBranch{Depth: 9, Term: "include:" + hostile, Says: facts.SPFOpen})
	}
	r := judged(rules.Verdict{Verdict: rules.Confirmed, Delegation: d}, rules.Verdict{Verdict: rules.Confirmed, SPFTree: record})
	for name, out := range map[string]string{"narrow": text(t, r, Options{Width: 40}), "ticket": ticket(t, r)} {
		checkText(t, out)
		if !strings.Contains(flat(out), "--format json") {
			t.Errorf("%s: not bounded", name)
		}
		if name == "ticket" {
			checkTicket(t, out)
		} else {
			checkWidth(t, out, 40, nil)
		}
	}
	for line := range strings.Lines(text(t, r, Options{Width: 40})) {
		if words := strings.TrimLeft(line, " "); utf8.RuneCountInString(line)-utf8.RuneCountInString(words) > 30 {
			t.Errorf("no room for words: %q", line)
		}
	}
}
