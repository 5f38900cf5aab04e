package document

import (
	"fmt"
	"strings"
	"testing"

	"mxverdict/verify/facts"
)

func sampleDelegation() *facts.Delegation {
	return &facts.Delegation{By: "walk", Zones: []facts.DelegationZone{
		{Zone: ".", Servers: []facts.DelegationServer{{Name: "a.root.example", Address: "192.0.2.251", Says: facts.SaysRefers, RTT: 0.04,
			Names: []string{"a.tld.example"}, Glue: []string{"a.tld.example 192.0.2.11"}}}},
		{Zone: "com", Servers: []facts.DelegationServer{{Name: "a.tld.example", Address: "192.0.2.11", Says: facts.SaysRefers, RTT: 0.04,
			Names: []string{"ns1.example.com", "ns2.example.com"}, Glue: []string{}},
			{Name: "b.tld.example", Address: "192.0.2.12", Says: facts.SaysOther, Names: []string{}, Glue: []string{}, Detail: "no answer within 5 s"}}},
		{Zone: "example.com", Servers: []facts.DelegationServer{
			{Name: "ns1.example.com", Address: "192.0.2.53", Says: facts.SaysServes, RTT: 0.04, Names: []string{"ns1.example.com"}, Glue: []string{}},
			{Name: "ns2.example.com", Address: "198.51.100.53", Says: facts.SaysLame, RTT: 0.04, Names: []string{}, Glue: []string{}, Detail: "answers REFUSED"},
			{Name: "ns3.example.com", Address: "2001:db8::53", Says: facts.SaysSilent, Names: []string{}, Glue: []string{}}}},
	}}
}

func TestDelegationTree(t *testing.T) {
	p := newPage(Terminal{Width: 100})
	p.delegation(sampleDelegation(), 1)
	want := "   Delegation\n" +
		"      . (the root)\n" +
		"      |- a.root.example [192.0.2.251], 40 ms: com is at a.tld.example; glue a.tld.example 192.0.2.11\n" +
		"      `- com\n" +
		"         |- a.tld.example [192.0.2.11], 40 ms: example.com is at ns1.example.com, ns2.example.com;\n" +
		"              no glue\n" +
		"         |- b.tld.example [192.0.2.12]: no answer within 5 s\n" +
		"         `- example.com\n" +
		"            |- ns1.example.com [192.0.2.53], 40 ms: serves the zone, which names ns1.example.com\n" +
		"            |- ns2.example.com [198.51.100.53], 40 ms: does not serve the zone, answers REFUSED\n" +
		"            `- ns3.example.com [2001:db8::53]: does not answer\n"
	if got := p.out.String(); got != want {
		t.Errorf("drawn:\n%s\nwant:\n%s", got, want)
	}
}

// Hostile names do nothing, lines are bounded in number and in width, and a ticket holds no sign that is markup.
func TestDelegationTreeIsBounded(t *testing.T) {
	d := sampleDelegation()
	hostile := "evil\x1b[2J\u202e.example\n- item|<script>{code}"
	for i := range 100 {
		d.Zones[2].Servers = append(d.Zones[2].Servers, facts.DelegationServer{Name: hostile, Address: fmt.Sprint(i), Says: facts.SaysServes,
			Names: []string{hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile}})
	}
	for range 20 {
		d.Zones = append(d.Zones, facts.DelegationZone{Zone: hostile})
	}
	for name, p := range map[string]*page{"narrow": newPage(Terminal{Width: 40}), "ticket": {width: ticketWidth, ticket: true}} {
		p.delegation(d, 1)
		out := p.out.String()
		if strings.ContainsAny(out, "\x1b\u202e") || p.ticket && strings.ContainsAny(out, "<>{}`") {
			t.Errorf("%s: passes what is hostile", name)
		}
		if !strings.Contains(fold(out), "--format json") || strings.Count(out, "evil") > (maxTreeLines+20)*(maxTreeNames+1) {
			t.Errorf("%s: not bounded", name)
		}
		for line := range strings.Lines(out) {
			if len(strings.TrimSpace(line)) > 0 && p.ticket && (len(line) > ticketWidth+1 || ticketMark.MatchString(line)) {
				t.Errorf("%s: %q", name, line)
			}
		}
	}
}
