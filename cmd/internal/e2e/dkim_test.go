package e2e

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dkimRules are the rules about DKIM keys.
var dkimRules = []string{"dkim/missing", "dkim/syntax", "dkim/key", "dkim/test"}

// dkimName is the name of the key of the selector s1.
const dkimName = "s1._domainkey.example.com"

// ofS1 tests the key of the selector s1.
var ofS1 = []string{"--target", dkimName}

// ed25519Key is a key as RFC 8463 has it, 32 bytes.
var ed25519Key = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))

// rsaKey is an RSA key of so many bits, as a record has it. Nobody signs with it, so that its modulus is any odd number.
func rsaKey(bits int) string {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n.Add(n, big.NewInt(12345)), E: 65537})
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

// rsaRecord is a sound record with a key of so many bits.
func rsaRecord(bits int) string { return "v=DKIM1; k=rsa; p=" + rsaKey(bits) }

// textsAt are TXT records at a name, cut into strings of a size that one string can hold (RFC 1035 section 3.3).
func textsAt(name string, texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&b, "%s. 300 IN TXT", name)
		for i := 0; i == 0 || i < len(text); i += 250 {
			b.WriteString(` "`)
			for _, c := range []byte(text[i:min(i+250, len(text))]) {
				if c < ' ' || c > '~' || c == '"' || c == '\\' {
					fmt.Fprintf(&b, `\%03d`, c)
				} else {
					b.WriteByte(c)
				}
			}
			b.WriteString(`"`)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// dkimDomain is example.com with mail, and texts at the name of its key; rest is as in domain.
func dkimDomain(rest string, texts ...string) string {
	return domain(good+"\n"+textsAt(dkimName, texts...), "", rest)
}

// chained is example.com with a key behind two aliases, each in another zone, and the manner of the last server.
func chained(text, behaves string) string {
	last := "- name: provider.example\n  servers: [ns.provider.example]\n  records: |\n    ns.provider.example. 300 IN A 192.0.2.91\n"
	if text != "" {
		last += "    " + textsAt("x.provider.example", text)
	}
	rest := at("192.0.2.77", "zones: [{name: example.net, records: 's1.keys.example.net. 300 IN CNAME x.provider.example.'}]")
	if behaves != "" {
		rest += "  - {address: 192.0.2.91, behaves: [" + behaves + "]}\n"
	}
	return domain(good+"\n"+dkimName+". 300 IN CNAME s1.keys.example.net.", last, rest)
}

func TestDKIMKeys(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
	)
	sound := rsaRecord(2048)
	plain := func(records string) string { return domain(records, "", "") }
	aliased := func(rest string) string {
		return domain(good+"\n"+dkimName+". 300 IN CNAME s1.keys.example.net.", "", rest)
	}
	kept := at("192.0.2.77", "zones: [{name: example.net, records: '"+strings.TrimSpace(textsAt("s1.keys.example.net", sound))+"'}]")
	second := func(text string) string {
		return at(secondServer, "zones: [{name: example.com, records: '"+strings.TrimSpace(textsAt(dkimName, text))+"'}]")
	}
	delegated := domain(good, "- name: _domainkey.example.com\n  servers: [ns.example.net]\n  records: |\n    "+textsAt(dkimName, sound), "")
	cases := []recordCase{
		{name: "nothing", rule: "dkim/missing", scenario: dkimDomain(""), verdict: confirmed, severity: "medium", note: `"s1"`},
		{name: "a key", rule: "dkim/missing", scenario: dkimDomain("", sound), verdict: falsely, reason: "changed"},
		{name: "another selector has one", rule: "dkim/missing", scenario: plain(good + "\n" + textsAt("s2._domainkey.example.com", sound)), verdict: confirmed, severity: "medium"},
		{name: "a damaged one", rule: "dkim/missing", scenario: dkimDomain("", sound[:100]), verdict: confirmed, severity: "medium", note: "cut off"},
		{name: "withdrawn", rule: "dkim/missing", scenario: dkimDomain("", "v=DKIM1; p="), verdict: falsely, note: "withdraws"},
		{name: "a null MX", rule: "dkim/missing", scenario: plain("example.com. 300 IN MX 0 ."), verdict: policy},
		{name: "no word about mail", rule: "dkim/missing", scenario: plain("www.example.com. 300 IN A 203.0.113.25"), verdict: confirmed, severity: "medium"},
		{name: "a wildcard gives another text", rule: "dkim/missing", scenario: plain(good + "\n*.example.com. 300 IN TXT \"v=spf1 -all\""), verdict: confirmed, severity: "medium", note: "v=spf1 -all"},
		{name: "a wildcard withdraws all keys", rule: "dkim/missing", scenario: plain(good + "\n*._domainkey.example.com. 300 IN TXT \"v=DKIM1; p=\""), verdict: falsely, note: "withdraws"},
		{name: "an alias", rule: "dkim/missing", scenario: aliased(kept), verdict: falsely, note: "s1.keys.example.net"},
		{name: "an alias to nothing", rule: "dkim/missing", scenario: aliased(""), verdict: confirmed, severity: "medium", note: "s1.keys.example.net"},
		{name: "the alias's servers are silent", rule: "dkim/missing", scenario: aliased(at("192.0.2.77", "behaves: [silent]")), verdict: unknown},
		{name: "a zone of its own", rule: "dkim/missing", scenario: delegated, verdict: falsely},
		{name: "aliases over three zones", rule: "dkim/missing", scenario: chained(sound, ""), verdict: falsely, note: "x.provider.example"},
		{name: "aliases over three zones to nothing", rule: "dkim/missing", scenario: chained("", ""), verdict: confirmed, severity: "medium"},
		{name: "aliases over three zones, the last is silent", rule: "dkim/missing", scenario: chained(sound, "silent"), verdict: unknown, reason: "servfail"},
		{name: "aliases over three zones, the last fails", rule: "dkim/missing", scenario: chained(sound, "servfail"), verdict: unknown, reason: "servfail"},
		{name: "a zone of its own, which is silent", rule: "dkim/missing", scenario: delegated + at("192.0.2.77", "behaves: [silent]"), verdict: unknown},
		{name: "one server lacks it", rule: "dkim/missing", scenario: dkimDomain(at(secondServer, `zones: [{name: example.com, records: ""}]`), sound), verdict: unknown, reason: "disagreement"},
		{name: "one server has another", rule: "dkim/missing", scenario: dkimDomain(second(rsaRecord(1024)), sound), verdict: unknown, reason: "disagreement"},
		{name: "one server silent, the other has it", rule: "dkim/missing", scenario: dkimDomain(at(firstServer, "behaves: [silent]"), sound), verdict: falsely},
		{name: "one server silent, the other lacks it", rule: "dkim/missing", scenario: dkimDomain(at(firstServer, "behaves: [silent]")), verdict: unknown, reason: "servfail"},
		{name: "one server refuses this, the other lacks it", rule: "dkim/missing", scenario: dkimDomain(at(firstServer, "unlike: [{name: "+dkimName+", answer: REFUSED}]")), verdict: unknown, reason: "servfail"},
		{name: "the servers deny the name above it", rule: "dkim/missing", scenario: dkimDomain(bothServers("unlike: [{name: _domainkey.example.com, answer: NXDOMAIN}]"), sound), verdict: falsely},
		{name: "the resolver fails at it", rule: "dkim/missing", scenario: dkimDomain(at("203.0.113.1", "unlike: [{name: "+dkimName+", answer: SERVFAIL}]"), sound), verdict: unknown, reason: "servfail"},
		{name: "the resolver lies", rule: "dkim/missing", scenario: dkimDomain(at("203.0.113.1", `lies: "`+dkimName+`. 300 IN TXT \"v=DKIM1; p=\""`)), verdict: confirmed, severity: "medium"},
		{name: "the resolver invents", rule: "dkim/missing", scenario: dkimDomain(at("203.0.113.1", "invents: 203.0.113.99"), sound), verdict: falsely},
		{name: "the domain does not exist", rule: "dkim/missing", scenario: dkimDomain(""), args: []string{"--target", "s1._domainkey.nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "a damaged key, and a sound one in the same record", rule: "dkim/missing", scenario: dkimDomain("", "v=DKIM1; p="+rsaKey(2048)[:100]+"; p="+rsaKey(2048)), verdict: unknown, reason: "ambiguous"},
		{name: "two keys", rule: "dkim/missing", scenario: dkimDomain("", sound, rsaRecord(1024)), verdict: falsely, note: "More than one"},

		{name: "in order", rule: "dkim/syntax", scenario: dkimDomain("", sound), verdict: falsely, reason: "changed"},
		{name: "ed25519", rule: "dkim/syntax", scenario: dkimDomain("", "v=DKIM1; k=ed25519; p="+ed25519Key), verdict: falsely, reason: "changed"},
		{name: "no version", rule: "dkim/syntax", scenario: dkimDomain("", "p="+rsaKey(2048)), verdict: falsely},
		{name: "withdrawn", rule: "dkim/syntax", scenario: dkimDomain("", "v=DKIM1; p="), verdict: falsely},
		{name: "blanks within the key", rule: "dkim/syntax", scenario: dkimDomain("", strings.Replace(sound, "AQAB", "AQ AB", 1)), verdict: falsely},
		{name: "the version later", rule: "dkim/syntax", scenario: dkimDomain("", "k=rsa; v=DKIM1; p="+rsaKey(2048)), verdict: confirmed, severity: "low"},
		{name: "another version", rule: "dkim/syntax", scenario: dkimDomain("", "v=DKIM2; p="+rsaKey(2048)), verdict: confirmed, severity: "medium"},
		{name: "an old tag", rule: "dkim/syntax", scenario: dkimDomain("", "v=DKIM1; g=; p="+rsaKey(2048)), verdict: policy},
		{name: "a backslash", rule: "dkim/syntax", scenario: dkimDomain("", strings.Replace(sound, "AQAB", `A\QAB`, 1)), verdict: confirmed, severity: "medium"},
		{name: "the key is missing", rule: "dkim/syntax", scenario: dkimDomain("", "v=DKIM1; k=rsa"), verdict: confirmed, severity: "medium"},
		{name: "sha1 only", rule: "dkim/syntax", scenario: dkimDomain("", "v=DKIM1; h=sha1; p="+rsaKey(2048)), verdict: confirmed, severity: "medium"},
		{name: "a tag twice", rule: "dkim/syntax", scenario: dkimDomain("", sound+"; p="), verdict: confirmed, severity: "low"},
		{name: "two keys", rule: "dkim/syntax", scenario: dkimDomain("", sound, rsaRecord(1024)), verdict: confirmed, severity: "medium", note: "What stands there"},
		{name: "a key and another text", rule: "dkim/syntax", scenario: dkimDomain("", sound, "hello"), verdict: confirmed, severity: "medium", note: "hello"},
		{name: "no record", rule: "dkim/syntax", scenario: dkimDomain(""), verdict: unknown, reason: "not_found"},

		{name: "accepted", rule: "dkim/key", scenario: dkimDomain("", sound), verdict: falsely, reason: "changed"},
		{name: "1024 bits", rule: "dkim/key", scenario: dkimDomain("", rsaRecord(1024)), verdict: falsely, note: "1024 bits"},
		{name: "768 bits", rule: "dkim/key", scenario: dkimDomain("", rsaRecord(768)), verdict: confirmed, severity: "medium", note: "768 bits"},
		{name: "ed25519", rule: "dkim/key", scenario: dkimDomain("", "v=DKIM1; k=ed25519; p="+ed25519Key), verdict: falsely, note: "RFC 8463"},
		{name: "ed25519 wrapped as others are", rule: "dkim/key", scenario: dkimDomain("", "v=DKIM1; k=ed25519; p="+rsaKey(1024)), verdict: confirmed, severity: "medium", note: "32 bytes"},
		{name: "withdrawn", rule: "dkim/key", scenario: dkimDomain("", "v=DKIM1; p="), verdict: policy, note: "withdrawn on purpose"},
		{name: "for reports about TLS", rule: "dkim/key", scenario: dkimDomain("", "v=DKIM1; s=tlsrpt; p="+rsaKey(2048)), verdict: policy, note: "another service"},
		{name: "cut off", rule: "dkim/key", scenario: dkimDomain("", sound[:100]), verdict: confirmed, severity: "medium", note: "cut off"},
		{name: "the version later", rule: "dkim/key", scenario: dkimDomain("", "k=rsa; v=DKIM1; p="+rsaKey(2048)), verdict: falsely, note: "Some verifiers"},
		{name: "the resolver fails at it", rule: "dkim/key", scenario: dkimDomain(at("203.0.113.1", "unlike: [{name: "+dkimName+", answer: SERVFAIL}]"), sound), verdict: unknown, reason: "servfail"},
		{name: "no record", rule: "dkim/key", scenario: dkimDomain(""), verdict: confirmed, severity: "medium"},
		{name: "no record, no mail", rule: "dkim/key", scenario: plain("example.com. 300 IN MX 0 ."), verdict: policy},
		{name: "a tag twice", rule: "dkim/key", scenario: dkimDomain("", sound+"; p="), verdict: unknown, reason: "ambiguous"},
		{name: "a damaged key, and a sound one in the same record", rule: "dkim/key", scenario: dkimDomain("", "v=DKIM1; p="+rsaKey(2048)[:100]+"; p="+rsaKey(2048)), verdict: unknown, reason: "ambiguous"},
		{name: "two keys, both sound", rule: "dkim/key", scenario: dkimDomain("", sound, "v=DKIM1; p="+rsaKey(2048)), verdict: falsely},
		{name: "two keys, one withdrawn", rule: "dkim/key", scenario: dkimDomain("", sound, "v=DKIM1; p="), verdict: unknown, reason: "ambiguous"},

		{name: "tried out", rule: "dkim/test", scenario: dkimDomain("", "v=DKIM1; t=y; p="+rsaKey(2048)), verdict: policy},
		{name: "tried out, and strict", rule: "dkim/test", scenario: dkimDomain("", "v=DKIM1; t=s:y; p="+rsaKey(2048)), verdict: policy, note: "t=s"},
		{name: "not tried out", rule: "dkim/test", scenario: dkimDomain("", sound), verdict: falsely, reason: "changed"},
		{name: "no record", rule: "dkim/test", scenario: dkimDomain(""), verdict: unknown, reason: "not_found"},
	}
	for i := range cases {
		if cases[i].args == nil {
			cases[i].args = ofS1
		}
	}
	runRecordCases(t, cases)
}

// Where no selector is known, only the denial of the name below which all keys stand is an answer, and only that of the name servers.
func TestDKIMWithoutASelector(t *testing.T) {
	parallel(t)
	const confirmed, policy, unknown = "confirmed", "policy_disagreement", "inconclusive"
	sound := rsaRecord(2048)
	const denied = "unlike: [{name: _domainkey.example.com, answer: NXDOMAIN}]"
	with := func(name, rest string) string {
		return domain(good+"\n"+textsAt(name+"._domainkey.example.com", sound), "", rest)
	}
	runRecordCases(t, []recordCase{
		{name: "no keys at all", rule: "dkim/missing", scenario: domain(good, "", ""), verdict: confirmed, severity: "medium"},
		{name: "no keys at all", rule: "dkim/key", scenario: domain(good, "", ""), verdict: confirmed, severity: "medium"},
		{name: "no keys at all", rule: "dkim/syntax", scenario: domain(good, "", ""), verdict: unknown, reason: "not_found"},
		{name: "no keys at all, no mail", rule: "dkim/missing", scenario: domain("example.com. 300 IN MX 0 .", "", ""), verdict: policy},
		{name: "no keys at all, no word about mail", rule: "dkim/missing", scenario: domain("www.example.com. 300 IN A 203.0.113.25", "", ""), verdict: unknown, reason: "ambiguous"},
		{name: "the target is the name below which keys stand", rule: "dkim/missing", scenario: domain(good, "", ""), args: []string{"--target", "_domainkey.example.com"}, verdict: confirmed, severity: "medium"},
		{name: "some key", rule: "dkim/missing", scenario: with("x7", ""), verdict: unknown, reason: "needs_message"},
		{name: "a usual selector", rule: "dkim/missing", scenario: with("google", ""), verdict: unknown, reason: "needs_message"},
		{name: "a wildcard", rule: "dkim/missing", scenario: domain(good+"\n*.example.com. 300 IN TXT \"v=spf1 -all\"", "", ""), verdict: unknown, reason: "needs_message"},
		{name: "servers deny a name of their own without records", rule: "dkim/missing", scenario: with("google", bothServers(denied)), verdict: unknown, reason: "ambiguous"},
		{name: "servers deny a name of their own without records, and fail at the key", rule: "dkim/missing", scenario: with("google", bothServers(denied[:len(denied)-1]+", {name: google._domainkey.example.com, answer: SERVFAIL}]")), verdict: unknown, reason: "servfail"},
		{name: "servers deny a name of their own without records, and are silent about the key", rule: "dkim/missing", scenario: with("google", bothServers(denied[:len(denied)-1]+", {name: google._domainkey.example.com, answer: silence}]")), verdict: unknown, reason: "servfail"},
		{name: "one server denies it, the other does not", rule: "dkim/missing", scenario: with("x7", at(firstServer, denied)), verdict: unknown, reason: "needs_message"},
		{name: "only the resolver denies it", rule: "dkim/missing", scenario: with("x7", at("203.0.113.1", denied)), verdict: unknown, reason: "needs_message"},
		{name: "one server silent about it", rule: "dkim/missing", scenario: domain(good, "", at(firstServer, "unlike: [{name: _domainkey.example.com, answer: silence}]")), verdict: unknown, reason: "servfail"},
		{name: "one server fails at it", rule: "dkim/missing", scenario: domain(good, "", at(firstServer, "unlike: [{name: _domainkey.example.com, answer: SERVFAIL}]")), verdict: unknown, reason: "servfail"},
		{name: "the domain does not exist", rule: "dkim/missing", scenario: domain(good, "", ""), args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "an address for a target", rule: "dkim/missing", scenario: domain(good, "", ""), args: []string{"--address", "203.0.113.25"}, verdict: unknown, reason: "no_target"},
		{name: "some key", rule: "dkim/syntax", scenario: with("x7", ""), verdict: unknown, reason: "needs_message"},
		{name: "some key", rule: "dkim/key", scenario: with("x7", ""), verdict: unknown, reason: "needs_message"},
		{name: "some key", rule: "dkim/test", scenario: with("x7", ""), verdict: unknown, reason: "needs_message"},
	})
	// What usual selectors show is told, and where to look.
	a, o := judged(t, with("google", ""), claim("dkim/missing"))
	if v := a.verdict("dkim/missing"); !strings.Contains(v.Says, "google") {
		t.Errorf("no word of the key that was found: %s", v.Says)
	}
	if strings.Contains(o.stdout, "dig TXT SELECTOR") || strings.Contains(o.stdout, "dig +norecurse TXT SELECTOR") {
		t.Errorf("a command asks for a word that stands for what nobody knows: %s", o.stdout)
	}
}

// What keeps the servers from telling of the key leaves every claim about it open, and so does what they say against each other.
func TestDKIMTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	sound := rsaRecord(2048)
	unlike := func(answer string) string {
		return bothServers("unlike: [{name: " + dkimName + ", type: TXT, answer: " + answer + "}, {name: _domainkey.example.com, answer: " + answer + "}]")
	}
	other := strings.TrimSpace(textsAt(dkimName, rsaRecord(1024)))
	for name, scenario := range map[string]string{
		"timeout":             dkimDomain(unlike("silence"), sound),
		"SERVFAIL":            dkimDomain(unlike("SERVFAIL"), sound),
		"REFUSED":             dkimDomain(unlike("REFUSED"), sound),
		"truncated":           dkimDomain(bothServers("behaves: [truncate, no_tcp]"), sound),
		"without authority":   dkimDomain(bothServers("behaves: [not_authoritative]"), sound),
		"servers differ":      dkimDomain(at(secondServer, "zones: [{name: example.com, records: '"+other+"'}]"), sound),
		"no server answers":   dkimDomain(bothDead, sound),
		"too many to be kept": dkimDomain("", manyTexts()...),
	} {
		for _, target := range []string{dkimName, "example.com"} {
			t.Run(name+" "+target, func(t *testing.T) {
				a, o := judged(t, scenario, claim(dkimRules...), "--target", target)
				for _, rule := range dkimRules {
					if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason == "" || v.Reason == "untested" {
						t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
					}
				}
				wantManners(t, o)
			})
		}
	}
}

// A reporter that wants longer keys than the standard is judged by its own limit, with who says what beside it.
func TestDKIMKeySize(t *testing.T) {
	parallel(t)
	dir := t.TempDir()
	reporter := func(bits int) string {
		file := filepath.Join(dir, fmt.Sprint(bits), "reporters", "sizes.yaml")
		text := fmt.Sprintf(`schema: mxverdict/reporter/1
id: sizes
name: Size Check
thresholds:
  dkim/key: {bits: %d, source: this test, seen: 2026-11}
tests:
  - name: Size of the key
    rule: dkim/key
    usual: warning
    wordings:
      - {says: "Size Check wants a longer key", status: warning, source: seen, seen: 2026-11}
`, bits)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, fmt.Sprint(bits))
	}
	for _, test := range []struct {
		record            string
		wants             int
		verdict, severity string
	}{
		{rsaRecord(1024), 2048, "confirmed", "low"},
		{rsaRecord(2048), 4096, "policy_disagreement", ""},
		{rsaRecord(2048), 2048, "false_positive", ""},
		{rsaRecord(768), 2048, "confirmed", "medium"},
		{"v=DKIM1; k=ed25519; p=" + ed25519Key, 2048, "false_positive", ""},
	} {
		a, o := judged(t, dkimDomain("", test.record), "Size Check wants a longer key\n", append([]string{"--rules", reporter(test.wants)}, ofS1...)...)
		v := a.verdict("dkim/key")
		if v.Verdict != test.verdict || v.Severity != test.severity {
			t.Errorf("%.40s of %d bits: %s %s, want %s %s", test.record, test.wants, v.Verdict, v.Severity, test.verdict, test.severity)
		}
		if told := strings.Contains(o.stdout, "personal Gmail accounts"); told != (test.verdict == "policy_disagreement") {
			t.Errorf("%.40s of %d bits: who says what is told: %t", test.record, test.wants, told)
		}
	}
}

// Hostile texts cost a bounded number of questions and do not keep the rules from being judged; whatever is in them, nobody is led
// anywhere by them.
func TestHostileDKIMRecord(t *testing.T) {
	parallel(t)
	for name, test := range map[string]struct {
		texts   []string
		verdict string
	}{
		"semicolons":        {[]string{"v=DKIM1" + strings.Repeat(";", 20000) + "p=" + rsaKey(2048)}, "confirmed"},
		"tags":              {[]string{rsaRecord(2048) + strings.Repeat("; a=b", 4000)}, "confirmed"},
		"notes":             {[]string{rsaRecord(2048) + "; n=" + strings.Repeat("x", 20000)}, "false_positive"},
		"a key without end": {[]string{"v=DKIM1; p=" + strings.Repeat("MIIB", 15000)}, "confirmed"},
		"terminal escapes":  {[]string{"v=DKIM1; n=\x1b[2J; p=" + rsaKey(2048)}, "confirmed"},
		"many keys":         {strings.Split(strings.Repeat("v=DKIM1; p=\n", 20), "\n"), "confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range test.texts { // equal records are one record
				if len(test.texts) > 1 {
					test.texts[i] += fmt.Sprint("; n=", i)
				}
			}
			a, o := judged(t, dkimDomain("", test.texts...), claim("dkim/syntax"), ofS1...)
			if v := a.verdict("dkim/syntax"); v.Verdict != test.verdict || len(v.Says) > 8000 || strings.Contains(v.Says, "\x1b") {
				t.Errorf("%s (%s) %.300s", v.Verdict, v.Reason, v.Says)
			}
			if len(o.queries) > 100 {
				t.Errorf("%d questions", len(o.queries))
			}
		})
	}
	// Aliases in a circle end.
	a, o := judged(t, domain(good+"\n"+dkimName+". 300 IN CNAME s2._domainkey.example.com.\ns2._domainkey.example.com. 300 IN CNAME "+dkimName+".", "", ""), claim(dkimRules...), ofS1...)
	for _, rule := range dkimRules {
		if v := a.verdict(rule); v.Verdict != "inconclusive" {
			t.Errorf("a circle: %s is %s", rule, v.Verdict)
		}
	}
	if len(o.queries) > 150 {
		t.Errorf("a circle: %d questions", len(o.queries))
	}
}
