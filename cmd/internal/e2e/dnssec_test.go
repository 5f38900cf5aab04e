package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// signedAs signs a zone of a scenario in a way of the lab's.
func signedAs(zone, how, scenario string) string {
	head := "  - name: " + zone + "\n"
	if !strings.Contains(scenario, head) {
		panic("no zone " + zone)
	}
	return strings.Replace(scenario, head, head+"    dnssec: "+how+"\n", 1)
}

// complete are the records of a domain about which no claim of something missing is true.
const complete = good + "\nexample.com. 300 IN TXT \"v=spf1 mx -all\"\n_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\""

// missing are the rules whose claims are true for those who check signatures, where these are broken.
var missing = []string{"mx/missing", "spf/missing", "dmarc/missing", "mx/unresolvable", "smtp/hostname-unresolved"}

// What a zone's signatures make of the claims that its records are not there, behind resolvers that check none, that do, and that fail. The
// table was written before the code.
func TestRecordsBehindSignatures(t *testing.T) {
	parallel(t)
	const confirmed, falsely, open = "confirmed high", "false_positive", "inconclusive"
	servfail := at("203.0.113.1", "unlike: [{name: example.com, answer: SERVFAIL}, {name: _dmarc.example.com, answer: SERVFAIL}, {name: mail.example.com, answer: SERVFAIL}]")
	for _, c := range []struct {
		name, how, rest string
		want            string
		says            string // of each confirmed verdict
		change          func(string) string
	}{
		{name: "signed well", how: "good", want: falsely},
		{name: "not signed, below a signed zone", how: "", want: falsely},
		{name: "expired", how: "expired", want: confirmed, says: "ended on"},
		{name: "not yet valid", how: "not-yet-valid", want: confirmed, says: "does not begin before"},
		{name: "another key", how: "wrong-key", want: confirmed, says: "key that the zone does not publish"},
		{name: "DS without that key", how: "no-key", want: confirmed, says: "none of the keys to which the zone above points"},
		{name: "not signed behind DS", how: "unsigned", want: confirmed, says: "none of the keys to which the zone above points"},
		{name: "signatures are taken out", how: "stripped", want: confirmed, says: "no signature of the zone"},
		{name: "broken denials of other names", how: "no-denial", want: falsely},
		{name: "an algorithm that nobody knows", how: "unknown", want: falsely},

		{name: "signed well, and the resolver fails", how: "good", rest: servfail, want: falsely},
		{name: "not signed, and the resolver fails", how: "", rest: servfail, want: falsely},
		{name: "expired, and the resolver fails", how: "expired", rest: servfail, want: confirmed, says: "ended on"},
		{name: "no zone is signed, and the resolver fails", how: "none", rest: servfail, want: open},

		{name: "one of two servers is behind", how: "good", rest: at(secondServer, "zones: [{name: example.com, dnssec: expired}]"), want: open},
		{name: "one of two servers is ahead", how: "expired", rest: at(secondServer, "zones: [{name: example.com, dnssec: good}]"), want: open},
		{name: "one of two servers is silent", how: "expired", rest: at(secondServer, "behaves: [silent]"), want: open},
		{name: "one of two servers fails", how: "no-key", rest: at(secondServer, "behaves: [servfail]"), want: open},
		{name: "one of two servers does not have the zone", how: "expired", rest: at(secondServer, "behaves: [lame]"), want: confirmed, says: "ended on"},
		{name: "one of two servers is silent, and the zone is well", how: "good", rest: at(secondServer, "behaves: [silent]"), want: falsely},
		{name: "both servers are behind", how: "good", rest: at(firstServer, "zones: [{name: example.com, dnssec: expired}]") +
			"  - {address: " + secondServer + ", zones: [{name: example.com, dnssec: expired}]}\n", want: confirmed, says: "ended on"},
		{name: "the TLD is not signed as it must be", how: "good", want: confirmed, says: "zone com", change: func(s string) string { return signedAs("com", "expired", s) }},
		{name: "the keys do not come", how: "good", rest: "name_servers:\n" + keyless(firstServer) + keyless(secondServer), want: open},
		{name: "the keys of the root do not come", how: "good", rest: "name_servers:\n" + keyless("192.0.2.254"), want: open},
		{name: "the keys are refused", how: "good", rest: "name_servers:\n" + strings.ReplaceAll(keyless(firstServer)+keyless(secondServer), "silence", "REFUSED"), want: open},
		{name: "the keys fail", how: "expired", rest: "name_servers:\n" + strings.ReplaceAll(keyless(firstServer)+keyless(secondServer), "silence", "SERVFAIL"), want: open},
		{name: "one server lost its EDNS", how: "good", rest: "name_servers:\n" + behaving(firstServer, "no_edns"), want: falsely},
		{name: "every second datagram is lost", how: "expired", rest: "name_servers:\n" + behaving(firstServer, "drops: 2") + behaving(secondServer, "drops: 2"), want: confirmed},
		{name: "no server knows EDNS", how: "expired", rest: "name_servers:\n" + behaving(firstServer, "no_edns") + behaving(secondServer, "no_edns"), want: open},
		{name: "long answers need TCP", how: "expired", rest: "name_servers:\n" + behaving(firstServer, "truncate") + behaving(secondServer, "truncate"), want: confirmed, says: "ended on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			scenario := domain(complete, "", c.rest)
			switch c.how {
			case "none":
			case "":
				scenario = signedAs("com", "good", scenario)
			default:
				scenario = signedAs("example.com", c.how, scenario)
			}
			if c.change != nil {
				scenario = c.change(scenario)
			}
			a, o := judged(t, scenario, claim(missing...))
			for _, rule := range missing {
				v := a.verdict(rule)
				if got := strings.TrimSpace(v.Verdict + " " + v.Severity); got != c.want {
					t.Errorf("%s: %s (%s), want %s: %s %q", rule, got, v.Reason, c.want, v.Says, v.Measured)
				}
				if c.says != "" && !strings.Contains(v.Says, c.says) {
					t.Errorf("%s does not say %q: %s", rule, c.says, v.Says)
				}
				if c.says != "" && (!strings.Contains(v.Fix, "DS record at the registrar") || !strings.Contains(v.Fix, "Sign the zone anew")) {
					t.Errorf("%s: what to repair: %s", rule, v.Fix)
				}
			}
			wantManners(t, o)
		})
	}
}

// keyless is a name server that does not answer the question for keys.
func keyless(address string) string {
	return "  - {address: " + address + ", unlike: [{type: DNSKEY, answer: silence}]}\n"
}

// A root that does not fit the trust anchors shows nothing of the zones below it, however these are signed.
func TestAnotherRootProvesNothing(t *testing.T) {
	parallel(t)
	file := filepath.Join(t.TempDir(), "other.ds")
	if err := os.WriteFile(file, []byte(". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, how := range []string{"good", "expired", "no-key"} {
		a, _ := judged(t, signedAs("example.com", how, domain(complete, "", "")), claim("mx/missing"), "--trust-anchor", file)
		if v := a.verdict("mx/missing"); v.Verdict != "inconclusive" {
			t.Errorf("%s: %s %s", how, v.Verdict, v.Says)
		}
	}
}

// A zone below a signed one need not be signed, and the servers that have both do not refer to it.
func TestUnsignedZonesBelowOnTheSameServers(t *testing.T) {
	parallel(t)
	const records = "example.com. 300 IN MX 10 mail.sub.example.com.\nexample.com. 300 IN TXT \"v=spf1 mx -all\""
	const below = "- name: sub.example.com\n  servers: [ns1.example.com, ns2.example.com]\n  records: mail.sub.example.com. 300 IN A 203.0.113.25\n" +
		"- name: _dmarc.example.com\n  servers: [ns1.example.com, ns2.example.com]\n  records: _dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject; rua=mailto:d@example.com\""
	for how, want := range map[string]string{"good": "false_positive ", "expired": "confirmed high"} {
		a, _ := judged(t, signedAs("example.com", how, domain(records, below, "")), claim(missing...))
		for _, rule := range missing {
			if v := a.verdict(rule); v.Verdict+" "+v.Severity != want {
				t.Errorf("%s, %s: %s %s, want %s: %s", how, rule, v.Verdict, v.Severity, want, v.Says)
			}
		}
	}
}

// The host of a domain may lie in another zone, whose signatures are broken; another host may be left.
func TestMailHostsBehindSignatures(t *testing.T) {
	parallel(t)
	const alone = "example.com. 300 IN MX 10 mail.example.net."
	for _, c := range []struct {
		name, how, records, want string
	}{
		{"signed well", "good", alone, "false_positive "},
		{"expired", "expired", alone, "confirmed high"},
		{"expired, and another host is left", "expired", alone + "\n" + good, "confirmed low"},
		{"no key", "no-key", alone, "confirmed high"},
	} {
		a, _ := judged(t, signedAs("example.net", c.how, domain(c.records, "", "")), claim("mx/unresolvable", "mx/missing"))
		if v := a.verdict("mx/unresolvable"); v.Verdict+" "+v.Severity != c.want || c.how != "good" && !strings.Contains(v.Says, "mail.example.net") {
			t.Errorf("%s: %s %s, want %s: %s", c.name, v.Verdict, v.Severity, c.want, v.Says)
		}
		if v := a.verdict("mx/missing"); v.Verdict != "false_positive" {
			t.Errorf("%s: the MX records themselves are seen: %s %s", c.name, v.Verdict, v.Says)
		}
	}
}

// A zone that is not signed costs no question more than it did; one that is, the keys on the way from the root. How many questions a run
// puts hangs on which answer comes first, so that the fewest of several runs are compared.
func TestQuestionsOfSignedZones(t *testing.T) {
	parallel(t)
	count := func(scenario string) (fewest, keys int) {
		for i := range 8 {
			_, o := judged(t, scenario, claim("mx/missing", "spf/missing", "dmarc/missing", "smtp/hostname-unresolved"))
			if keys = 0; i == 0 || len(o.queries) < fewest {
				fewest = len(o.queries)
			}
			for _, q := range o.queries {
				if q.Type == "DNSKEY" || q.Type == "DS" {
					keys++
				}
			}
		}
		return fewest, keys
	}
	plain, none := count(domain(complete, "", ""))
	below, unsigned := count(signedAs("com", "good", domain(complete, "", "")))
	signed, keys := count(signedAs("example.com", "good", domain(complete, "", "")))
	if none > 0 || unsigned > 0 || below != plain {
		t.Errorf("a zone without signatures costs %d questions, and %d below a signed one, %d and %d of them for keys", plain, below, none, unsigned)
	}
	if keys != 3 || signed != plain+keys {
		t.Errorf("a signed zone costs %d questions, %d of them for keys; without signatures %d", signed, keys, plain)
	}
}

// What was recorded is judged again as it was, with the keys that were trusted then.
func TestSignaturesAreReplayed(t *testing.T) {
	parallel(t)
	file := filepath.Join(t.TempDir(), "evidence.json")
	a, _ := judged(t, signedAs("example.com", "expired", domain(complete, "", "")), claim(missing...), "--save-evidence", file)
	again := keptOf(t, command(t, t.Context(), "replay", "--format", "json", "--rules", claims, file).stdout)
	for _, rule := range missing {
		if v := a.verdict(rule); v.Verdict != "confirmed" || !slices.ContainsFunc(again, func(k kept) bool { return k.Rule == rule && k.Verdict == v.Verdict && k.Severity == v.Severity }) {
			t.Errorf("%s: %s %s, and again %+v", rule, v.Verdict, v.Says, again)
		}
	}
}

// TLSA records count where they are proven to be signed, whatever the resolver says of that, and do not where it is proven that their zone is
// not.
func TestTLSAByProof(t *testing.T) {
	parallel(t)
	fits, other := tlsaOf(t, 3, "mail.example.com"), tlsaOf(t, 3, "another host")
	const reverse = "113.0.203.in-addr.arpa"
	for _, c := range []struct {
		name, records, zone, how, want string
		vouches                        bool // the resolver sets AD
	}{
		{name: "signed, and it fits", records: fits, zone: "example.com", how: "good", want: "policy_disagreement "},
		{name: "signed, and it does not fit", records: other, zone: "example.com", how: "good", want: "confirmed high"},
		{name: "not signed", records: other, zone: reverse, how: "good", want: "policy_disagreement "},
		{name: "not signed, and the resolver says it is", records: other, zone: reverse, how: "good", vouches: true, want: "inconclusive "},
		{name: "expired", records: other, zone: "example.com", how: "expired", want: "inconclusive "},
		{name: "expired, and the resolver vouches for it", records: other, zone: "example.com", how: "expired", vouches: true, want: "inconclusive "},
		{name: "an algorithm that nobody knows", records: other, zone: "example.com", how: "unknown", want: "policy_disagreement "},
	} {
		text := signedAs(c.zone, c.how, encrypted(t, "{certificate: self-signed}", c.records, ""))
		if c.vouches {
			text = signed(text)
		}
		a, _ := judged(t, text, claim("smtp/tls-certificate"))
		if v := a.verdict("smtp/tls-certificate"); v.Verdict+" "+v.Severity != c.want {
			t.Errorf("%s: %s %s (%s), want %s: %s", c.name, v.Verdict, v.Severity, v.Reason, c.want, v.Says)
		}
	}
}

// Each type of record is hidden by its own signatures, and broken ones of a name server's neighbour hide nothing.
func TestUsualRecordsBehindSignatures(t *testing.T) {
	parallel(t)
	var cases []recordCase
	for how, want := range map[string][2]string{"good": {"false_positive", ""}, "expired": {"confirmed", "high"}, "no-key": {"confirmed", "high"}, "unknown": {"false_positive", ""}} {
		cases = append(cases, recordCase{name: how, rule: "dns/record-missing", scenario: signedAs("example.com", how, domain(complete, "", "")),
			report: "txt:example.com\nResult\nDNS Record Published DNS Record not found\n", verdict: want[0], severity: want[1]})
	}
	cases = append(cases, recordCase{name: "the keys do not come", rule: "dns/record-missing", report: "txt:example.com\nResult\nDNS Record Published DNS Record not found\n",
		scenario: signedAs("example.com", "good", domain(complete, "", "name_servers:\n"+keyless(firstServer)+keyless(secondServer))), verdict: "inconclusive", reason: "servfail"})
	runRecordCases(t, cases)
}

// A file of trust anchors that cannot be used is refused with its line, before anything is asked.
func TestTrustAnchorFile(t *testing.T) {
	parallel(t)
	file := filepath.Join(t.TempDir(), "anchors")
	for text, says := range map[string]string{"": "no DS or DNSKEY", "; root\n. IN DS 1 8 2 AB\n": "line 2", "\n\nhello\n": "line 3", ". IN A 192.0.2.1\n": "line 1"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := command(t, t.Context(), "verify", "--target", "example.com", "--resolver", "192.0.2.1", "--trust-anchor", file, os.DevNull)
		if o.code != 2 || !strings.Contains(o.stderr, "--trust-anchor") || !strings.Contains(o.stderr, says) {
			t.Errorf("%q: code %d, %s; want %q", text, o.code, o.stderr, says)
		}
	}
	if o := command(t, t.Context(), "verify", "--target", "example.com", "--resolver", "192.0.2.1", "--trust-anchor", file+".none", os.DevNull); o.code != 2 {
		t.Errorf("a file that is not there: code %d, %s", o.code, o.stderr)
	}
}

// A key behind broken signatures is none for those who check these, and neither is one whose zone cannot be validated known to be seen.
func TestDKIMKeysBehindSignatures(t *testing.T) {
	parallel(t)
	var cases []recordCase
	for how, want := range map[string][2]string{"good": {"false_positive", ""}, "expired": {"confirmed", "high"}, "no-key": {"confirmed", "high"}, "unknown": {"false_positive", ""}} {
		cases = append(cases, recordCase{name: how, rule: "dkim/missing", scenario: signedAs("example.com", how, dkimDomain("", rsaRecord(2048))), args: ofS1, verdict: want[0], severity: want[1]})
	}
	runRecordCases(t, cases)
}
