package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
)

const soaRows = "SOA Serial Number Format is Invalid\nSOA Expire Value out of recommended range\n"

// found is what a run found out about the zone of its first target.
func found(t *testing.T, scenario string, args ...string) (evidence.Target, evidence.Bundle) {
	t.Helper()
	var v struct{ Evidence evidence.Bundle }
	o := inLab(t, scenario, soaRows, append([]string{"--format", "json"}, args...)...)
	if err := json.Unmarshal([]byte(o.stdout), &v); err != nil || len(v.Evidence.Targets) == 0 {
		t.Fatalf("%v\nstdout: %s\nstderr: %s", err, o.stdout, o.stderr)
	}
	return v.Evidence.Targets[0], v.Evidence
}

func TestDelegationIsWalkedFromTheRoot(t *testing.T) {
	parallel(t)
	target, bundle := found(t, scenarioFile(t, delayed))
	d := target.Delegation
	if d == nil || d.By != evidence.ByWalk || d.Trouble != nil || len(d.Path) < 2 {
		t.Fatalf("delegation %+v", d)
	}
	if last := d.Path[len(d.Path)-1]; d.Path[0].Zone != "." || last.Zone != "example.com" || target.Zone != "example.com" ||
		len(last.Asked) == 0 || len(last.Names) == 0 || len(last.Servers) == 0 {
		t.Errorf("the path is %+v", d.Path)
	}
	asked := map[string]int{}
	for _, x := range bundle.Exchanges {
		if x.Role == evidence.Authoritative && x.Name == "example.com" && (x.Type == "SOA" || x.Type == "NS") && x.AA {
			asked[x.Type]++
		}
	}
	if asked["SOA"] != len(target.Servers) || asked["NS"] < len(target.Servers) {
		t.Errorf("%v answers of %d servers", asked, len(target.Servers))
	}
}

// What is found out about a delegation does not depend on the resolver.
func TestResolverChangesNoDelegation(t *testing.T) {
	parallel(t)
	honest := scenarioFile(t, delayed)
	want, _ := found(t, honest)
	for name, scenario := range map[string]string{
		"silent":   strings.Replace(honest, "smtp:\n", "name_servers:\n  - {address: 192.0.2.1, behaves: [silent]}\nsmtp:\n", 1),
		"servfail": strings.Replace(honest, "smtp:\n", "name_servers:\n  - {address: 192.0.2.1, behaves: [servfail]}\nsmtp:\n", 1),
		"refused":  strings.Replace(honest, "smtp:\n", "name_servers:\n  - {address: 192.0.2.1, behaves: [refused]}\nsmtp:\n", 1),
		"lying": strings.Replace(honest, "smtp:\n", `name_servers:
  - address: 192.0.2.1
    lies: |
      example.com. NS ns.forged.example.
      ns1.example.com. A 203.0.113.66
      ns2.example.com. A 203.0.113.66
      com. NS ns.forged.example.
smtp:
`, 1),
		"inventing": strings.Replace(honest, "smtp:\n", "name_servers:\n  - {address: 192.0.2.1, invents: 203.0.113.66}\nsmtp:\n", 1),
	} {
		got, _ := found(t, scenario)
		if !reflect.DeepEqual(got.Delegation, want.Delegation) || !reflect.DeepEqual(got.Servers, want.Servers) || got.Zone != want.Zone {
			t.Errorf("resolver %s: %+v, want %+v", name, got, want)
		}
	}
}

func TestWithoutRootsTheResolverIsAsked(t *testing.T) {
	parallel(t)
	target, _ := found(t, scenarioFile(t, delayed), "--root-hints", "198.51.100.250,2001:db8::250")
	if d := target.Delegation; d.By != evidence.ByResolver || target.Zone != "example.com" || len(target.Servers) == 0 {
		t.Errorf("delegation %+v, servers %v", d, target.Servers)
	}
}

// A silent server costs its three tries of five seconds, and no other question waits for it in vain.
func TestTimeOfASilentServer(t *testing.T) {
	parallel(t)
	scenario := strings.Replace(scenarioFile(t, delayed), "smtp:\n", "name_servers:\n  - {address: 192.0.2.53, behaves: [silent]}\nsmtp:\n", 1)
	for _, name := range []string{"example.com", "mail.example.com"} {
		_, bundle := found(t, scenario, "--target", name)
		chain := 15 * time.Second
		if name != "example.com" {
			chain *= 2 // whether the host is a zone of its own is asked before
		}
		if took := bundle.FinishedAt.Sub(bundle.StartedAt); took < 15*time.Second || took > chain*12/10 {
			t.Errorf("%s: %v", name, took)
		}
	}
}

// Where nothing can be asked, that is known within a minute.
func TestTimeOfAClosedNetwork(t *testing.T) {
	parallel(t)
	var silent, roots, records []string
	for i := range 13 {
		address := "198.51.100." + strconv.Itoa(200+i)
		silent, roots = append(silent, "  - {address: "+address+", behaves: [silent]}\n"), append(roots, address)
		records = append(records, "      root"+strconv.Itoa(i)+".example.com. 300 IN A "+address+"\n")
	}
	scenario := strings.Replace(scenarioFile(t, delayed), "smtp:\n", "name_servers:\n  - {address: 192.0.2.53, behaves: [silent]}\n"+
		"  - {address: 198.51.100.53, behaves: [silent]}\n"+strings.Join(silent, "")+"smtp:\n", 1)
	scenario = strings.Replace(scenario, "      ns1.example.com.   300", strings.Join(records, "")+"      ns1.example.com.   300", 1)
	target, bundle := found(t, scenario, "--root-hints", strings.Join(roots, ","))
	if took := bundle.FinishedAt.Sub(bundle.StartedAt); took > time.Minute {
		t.Errorf("took %v", took)
	}
	if target.Delegation == nil || target.Delegation.By != evidence.ByResolver {
		t.Errorf("delegation %+v", target.Delegation)
	}
}

func TestRootHintsFile(t *testing.T) {
	parallel(t)
	file := filepath.Join(t.TempDir(), "named.root")
	if err := os.WriteFile(file, []byte(". 3600 IN NS a.root.\na.root. 3600 IN A 198.51.100.250\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	target, bundle := found(t, scenarioFile(t, delayed), "--root-hints", file)
	if target.Delegation.By != evidence.ByResolver {
		t.Errorf("delegation %+v", target.Delegation)
	}
	asked := false
	for _, x := range bundle.Exchanges {
		asked = asked || x.Server == "198.51.100.250:53"
	}
	if !asked {
		t.Error("the root server of the file was not asked")
	}
	for _, bad := range []string{"nosuch", filepath.Dir(file), "192.0.2.1,", ",", "192.0.2.1:53"} {
		if o := inLab(t, scenarioFile(t, delayed), soaRows, "--root-hints", bad); o.code != 2 || !strings.Contains(o.stderr, "--root-hints") {
			t.Errorf("%q: exit code %d, %s", bad, o.code, o.stderr)
		}
	}
}

// The second report's evidence begins at the root too, although the first one's walk had asked it.
func TestEachPartHoldsItsPath(t *testing.T) {
	parallel(t)
	scenario := strings.Replace(scenarioFile(t, delayed), "zones:\n", "zones:\n"+`  - name: com
    servers: [ns1.example.com]
    records: ""
  - name: other.com
    servers: [ns1.example.com]
    records: ""
`, 1)
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"example.com", "other.com"} {
		file := filepath.Join(dir, name+".txt")
		if err := os.WriteFile(file, []byte("mx:"+name+"\n"+soaRows), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	o := inLab(t, scenario, " ", append([]string{"--format", "jsonl"}, files...)...)
	decoder := json.NewDecoder(strings.NewReader(o.stdout))
	for _, name := range []string{"example.com", "other.com"} {
		var v struct{ Evidence evidence.Bundle }
		if err := decoder.Decode(&v); err != nil {
			t.Fatalf("%v: %s %s", err, o.stdout, o.stderr)
		}
		b := v.Evidence
		if len(b.Targets) != 1 || b.Targets[0].Name != name || b.Targets[0].Delegation == nil {
			t.Fatalf("targets %+v", b.Targets)
		}
		referrals := 0
		for _, x := range b.Exchanges {
			if len(x.Authority) > 0 && strings.HasPrefix(x.Authority[0], "com. ") {
				referrals++
			}
		}
		if referrals == 0 {
			t.Errorf("%s: the root's referral is missing", name)
		}
	}
}

func TestWalkThroughTheLab(t *testing.T) {
	parallel(t)
	const usual = ". com example.com | ns.other.net 198.51.100.53, ns.other.net 2001:db8::53, ns1.example.com 192.0.2.53"
	behaves := func(address, manners string) string {
		return "name_servers:\n  - {address: " + address + ", behaves: [" + manners + "]}\n"
	}
	tests := []struct{ name, old, new, more, want string }{
		{"all well", "", "", "", usual},
		{"a root that refuses", "", "", behaves("192.0.2.251", "refused"), usual},
		{"a root that refers upwards", "", "", behaves("192.0.2.251", "upward"), usual},
		{"a TLD server that is lame", "", "", behaves("192.0.2.11", "lame"), ". com example.com | ns1.example.com 192.0.2.53"}, // net is on it
		{"a TLD server without EDNS", "", "", behaves("192.0.2.11", "no_edns"), usual},
		{"a TLD server that drops EDNS", "", "", behaves("192.0.2.11", "drops_edns"), usual},
		{"a TLD server that truncates", "", "", behaves("192.0.2.11", "truncate"), usual},
		{"a TLD server that answers another ID", "", "", behaves("192.0.2.12", "wrong_id"), usual},
		{"a TLD server that answers another question", "", "", behaves("192.0.2.12", "wrong_question"), usual},
		{"a TLD server that spoofs", "", "", "name_servers:\n  - address: 192.0.2.12\n    spoofs: |\n      ns.other.net. A 203.0.113.66\n", usual},
		{"a server that drips", "", "", behaves("192.0.2.53", "truncate, drip: 1s"), usual},
		{"a server that is lame", "", "", behaves("192.0.2.53", "lame"), usual},
		{"a server named by the zone only", "servers: [ns1.example.com, ns.other.net]", "servers: [ns1.example.com, ns.other.net, ns3.example.com]",
			"", usual},
		{"no glue", "      ns1.example.com. 300 IN A 192.0.2.53\n  - name: net", "  - name: net", "", usual},
		{"wrong glue", "      ns1.example.com. 300 IN A 192.0.2.53\n  - name: net", "      ns1.example.com. 300 IN A 192.0.2.66\n  - name: net",
			"", usual + ", ns1.example.com 192.0.2.66"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(treeOfZones, test.old, test.new, 1) + test.more
			if strings.Contains(test.new, "ns3") {
				text = strings.Replace(text, "    records: |\n      ns1.example.com. 300 IN A 192.0.2.53\n",
					"    records: |\n      ns1.example.com. 300 IN A 192.0.2.53\n      ns3.example.com. 300 IN A 192.0.2.55\n", 1)
				test.want += ", ns3.example.com 192.0.2.55"
			}
			target, _ := found(t, text)
			var words, servers []string
			for _, c := range target.Delegation.Path {
				words = append(words, c.Zone)
			}
			for _, s := range target.Servers {
				servers = append(servers, s.Name+" "+s.Address)
			}
			if got := strings.Join(words, " ") + " | " + strings.Join(servers, ", "); got != test.want {
				t.Errorf("found %s, want %s", got, test.want)
			}
			if last := target.Delegation.Path[len(target.Delegation.Path)-1]; len(last.Asked) != 2 {
				t.Errorf("asked for the delegation: %v", last.Asked)
			}
		})
	}
}

// What stands in place of a name server above the zone and denies what lies below is no witness (a real one refers, RFC 1034
// section 4.3.2): it makes no verdict other than it would be, but may leave it undecided. In place of the root it keeps nobody from
// what the zone's own servers say.
func TestImpostorsAboveTheZone(t *testing.T) {
	parallel(t)
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

// A name that a real root or a real TLD denies does not exist, whatever the resolver remembers.
func TestNamesThatDoNotExist(t *testing.T) {
	parallel(t)
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
