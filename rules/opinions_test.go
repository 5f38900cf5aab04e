package rules

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// A policy disagreement shows who accepts the value and who does not, and the provider that gives it, which is known by
// the names of all name servers.
func TestOpinionsOfAVerdict(t *testing.T) {
	c := load(t)
	verdictOf := func(servers ...string) Verdict {
		known := []facts.Fact{
			{Name: facts.DNSSOAAnswered, Value: facts.BoolValue(true)}, {Name: facts.DNSSOAExpireTooShort, Value: facts.BoolValue(false)},
			{Name: facts.DNSSOAExpire, Value: facts.DurationValue(604800 * time.Second)},
			{Name: facts.DNSZoneServers, Value: facts.ListValue(servers)},
		}
		view := caseView(known, facts.Server)
		r := c.Rule("dns/soa-expire")
		cl := &claim{catalogue: c, rule: r, target: caseTarget, parameters: c.parametersOf(r, report.Finding{}, "mxtoolbox")}
		cl.judge(around(view.Set))
		return cl.verdict()
	}
	of := func(v Verdict, who string) *Opinion {
		for i := range v.Opinions {
			if v.Opinions[i].Who == who {
				return &v.Opinions[i]
			}
		}
		return nil
	}
	v := verdictOf("ada.ns.cloudflare.com", "BOB.ns.cloudflare.com")
	if o := of(v, "Cloudflare"); v.Verdict != PolicyDisagreement || o == nil || o.Agrees != True || !strings.Contains(o.Says, "cannot change") {
		t.Errorf("%s: %+v", v.Verdict, v.Opinions)
	}
	if o := of(v, "RIPE-203"); o == nil || o.Agrees != False || !o.Rejected {
		t.Errorf("RIPE-203: %+v", o)
	}
	if o := of(v, "Zonemaster"); o == nil || o.Agrees != True || o.Rejected {
		t.Errorf("Zonemaster: %+v", o)
	}
	for _, servers := range [][]string{{"ada.ns.cloudflare.com", "ns1.example.com"}, {"x.ada.ns.cloudflare.com"}, {"ns.cloudflare.com"},
		{"ada.ns.cloudflare.com.example.net"}, {}} {
		if v := verdictOf(servers...); of(v, "Cloudflare") != nil {
			t.Errorf("%v passes for Cloudflare", servers)
		}
	}
	if v := verdictOf("ns-1.awsdns-01.com", "ns-2.awsdns-33.co.uk"); of(v, "AWS Route 53") == nil || of(v, "AWS Route 53").Agrees != False {
		t.Errorf("AWS Route 53: %+v", v.Opinions)
	}
}

// Who says what about a value is beside the point where there is no value, as with the size of a key that was withdrawn.
func TestNoOpinionsWithoutValue(t *testing.T) {
	c := load(t)
	r := c.Rule("dkim/key")
	for _, want := range []bool{false, true} {
		bits := facts.Value{}
		if want {
			bits = facts.IntValue(2048)
		}
		known := []facts.Fact{{Name: facts.DKIMFound, Value: facts.BoolValue(true)}, {Name: facts.DKIMKeyUsable, Value: facts.BoolValue(want)},
			{Name: facts.DKIMKeyRevoked, Value: facts.BoolValue(!want)}, {Name: facts.DKIMKeyElsewise, Value: facts.BoolValue(false)},
			{Name: facts.DKIMKeyType, Value: facts.TextValue("rsa")}, {Name: facts.DKIMKeyBits, Value: bits}}
		view := caseView(known, facts.Target)
		cl := &claim{catalogue: c, rule: r, target: caseTarget, parameters: map[string]Parameter{"bits": {Value: facts.IntValue(4096), Origin: FromFinding}}}
		cl.judge(around(view.Set))
		if v := cl.verdict(); v.Verdict != PolicyDisagreement || len(v.Opinions) > 0 != want {
			t.Errorf("%s: %s %+v", bits, v.Verdict, v.Opinions)
		}
	}
}

// Authorities and providers are added in YAML; a mistake is an error.
func TestOpinionsOfAnOverlay(t *testing.T) {
	const head = "schema: mxverdict/opinions/1\n"
	good := head + `authorities:
  - {name: Our house, class: A, source: "https://example.com", seen: 2026-11, stances: {expire: {min: 604800s}}}
providers:
  - {name: Example DNS, servers: ["ns*.example.net"], expire: 604800s, changeable: unknown, source: its page, seen: 2026-11}
`
	c, err := Load(fstest.MapFS{"opinions/house.yaml": {Data: []byte(good)}})
	if err != nil {
		t.Fatal(err)
	}
	if n, m := len(c.Opinions().Authorities), len(load(t).Opinions().Authorities); n != m+1 {
		t.Errorf("%d authorities, want one more than %d", n, m)
	}
	for from, to := range map[string]string{
		"class: A": "class: Z", "seen: 2026-11, stances": "stances", "{expire: {min": "{expires: {min", "min: 604800s": "min: week",
		"min: 604800s}": "}", "changeable: unknown": "changeable: maybe", "ns*.example.net": "ns[.example.net", "name: Our house": "name: RIPE-203",
		"name: Example DNS": "name: Cloudflare", "expire: 604800s, c": "expires: 604800s, c",
		`servers: ["ns*.example.net"], `: "", "name: Example DNS, ": "", "source: its page, seen: 2026-11": "seen: 2026-11", ", source: its page, seen: 2026-11": ", source: its page",
		head: head + "fields: {colour: {rule: dns/soa-colour, fact: dns.soa.expire}}\n", // opinions about what no rule judges
	} {
		if _, err := Load(fstest.MapFS{"opinions/house.yaml": {Data: []byte(strings.Replace(good, from, to, 1))}}); err == nil || !strings.Contains(err.Error(), "opinions/house.yaml") {
			t.Errorf("%s: %v", to, err)
		}
	}
}
