package app_test

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
)

// honestMail is a domain whose mail is in order.
func honestMail(manners string) string {
	return delegatedZone{manners: manners, records: rightOwn + "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25\nwww.example.com. 300 IN A 203.0.113.80\n",
		more: "  - name: 113.0.203.in-addr.arpa\n    servers: [ns1.example.com]\n    records: |\n      25.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.\n"}.String() +
		"smtp: [{address: 203.0.113.25, name: mail.example.com}]\n"
}

// What stands in place of a name server above the zone and denies what lies below is no witness (a real one refers, RFC 1034
// section 4.3.2): it makes no verdict other than it would be, but may leave it undecided. In place of the root it keeps nobody from
// what the zone's own servers say.
func TestImpostorsAboveTheZone(t *testing.T) {
	rules := []string{"mx/missing", "mx/single", "mx/unresolvable", "mx/cname", "mx/address", "mx/private-address", "dns/record-missing", "dns/cname-conflict",
		"dns/ns-not-authoritative", "dns/ns-unresponsive", "dns/ns-unresolvable", "dns/ns-too-few", "dns/parent-child-mismatch", "dns/soa-serial-agreement",
		"dns/soa-expire", "dns/glue-mismatch", "dns/tcp-unavailable", "smtp/hostname-unresolved", "smtp/ptr-missing", "smtp/ptr-mismatch", "smtp/banner-mismatch", "smtp/connect"}
	honest, _ := judged(t, honestMail(""), claim(rules...))
	const root = "192.0.2.251"
	tld := []string{"192.0.2.11", "192.0.2.12"}
	places := map[string][]string{"root": {root}, "TLD": tld, "everywhere": append([]string{root, firstServer, secondServer}, tld...)}
	scenarios := map[string]string{"root empty": emptyRoot()}
	for place, addresses := range places {
		for _, how := range []string{"nxdomain", "nxdomain-soa", "nodata", "nodata-soa"} {
			manners := ""
			for _, address := range addresses {
				manners += behaving(address, "denies: "+how)
			}
			scenarios[place+" "+how] = honestMail(manners)
		}
	}
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			a, _ := judged(t, scenario, claim(rules...))
			for _, v := range a.Verdicts {
				if want := honest.verdict(v.Rule); v.Verdict != want.Verdict && v.Verdict != "inconclusive" {
					t.Errorf("%s is %s (%s), without the impostor %s: %s", v.Rule, v.Verdict, v.Reason, want.Verdict, v.Says)
				}
			}
			if !strings.HasPrefix(name, "root") {
				return
			}
			for _, rule := range []string{"mx/missing", "mx/unresolvable", "dns/record-missing", "smtp/hostname-unresolved", "smtp/ptr-missing", "smtp/ptr-mismatch"} {
				if got, want := a.verdict(rule), honest.verdict(rule); got.Verdict != want.Verdict {
					t.Errorf("%s is %s (%s), want %s", rule, got.Verdict, got.Reason, want.Verdict)
				}
			}
			if target, _ := found(t, scenario); target.Delegation == nil || target.Delegation.By != evidence.ByResolver {
				t.Errorf("the delegation does not say that the resolver told it: %+v", target.Delegation)
			}
		})
	}
}

// emptyRoot has a root server that knows the root zone, and no top-level domain but that of its own name.
func emptyRoot() string {
	scenario := strings.Replace(honestMail(""), "  - name: com\n", "  - name: com\n    delegated: false\n", 1)
	return strings.Replace(scenario, "smtp: ", "name_servers:\n  - address: 192.0.2.251\n    zones: [{name: ., servers: [a.root.example], records: \"a.root.example. A 192.0.2.251\"}]\nsmtp: ", 1)
}

// A name that a real root or a real TLD denies does not exist, whatever the resolver remembers.
func TestNamesThatDoNotExist(t *testing.T) {
	stale := "  - {address: 192.0.2.1, lies: \"gone.com. NS ns1.example.com.\\ngone.com. MX 10 mail.example.com.\"}\n"
	for name, manners := range map[string]string{"": "", "remembered by the resolver": stale} {
		for _, target := range []string{"gone.com", "mail.gone.com", "gone.example.com", "example.invalid", "mail.example.invalid"} {
			t.Run(target+" "+name, func(t *testing.T) {
				got, _ := found(t, honestMail(manners), "--target", target)
				d := got.Delegation
				if d == nil || d.By != evidence.ByWalk || d.Trouble == nil || d.Trouble.Kind != evidence.NXDomain {
					t.Errorf("delegation %+v", d)
				}
			})
		}
	}
	a, _ := judged(t, honestMail(""), "a:mail.gone.com\nResult\nDNS Record Published DNS Record not found\n")
	if v := a.verdict("dns/record-missing"); !slices.Contains([]string{"confirmed", "policy_disagreement"}, v.Verdict) {
		t.Errorf("the record of a name in no domain: %s (%s) %s", v.Verdict, v.Reason, v.Says)
	}
}
