package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// spf is a domain with mail and an SPF record; of its includes those below example.org lie on two name servers. Others are TXT records of
// that zone, "a v=spf1 -all"; what begins with a type is a record as it stands, "b A 203.0.113.9".
func spf(own string, others ...string) string { return spfWith("", own, others...) }

// spfWith is spf with further top-level keys.
func spfWith(rest, own string, others ...string) string {
	records := good
	for _, text := range strings.Split(own, "\n") {
		if text != "" {
			records += "\nexample.com. 300 IN TXT " + text
		}
	}
	more := "- name: example.org\n  servers: [ns1.example.org, ns2.example.org]\n  records: |\n    ns1.example.org. 300 IN A " + firstOther +
		"\n    ns2.example.org. 300 IN A " + secondOther
	for _, other := range others {
		more += "\n    " + otherRecord(other)
	}
	return domain(records, more, rest)
}

// otherRecord is a record of the zone of includes.
func otherRecord(other string) string {
	name, data, _ := strings.Cut(other, " ")
	if strings.HasPrefix(data, "v=spf1") {
		data = "TXT \"" + data + "\""
	}
	return name + ".example.org. 300 IN " + data
}

const firstOther, secondOther = "192.0.2.61", "198.51.100.61"

// included has an own record that includes a name of the other zone.
const included = `"v=spf1 include:a.example.org -all"`

// behave lets both servers of the zone of includes behave in a way.
func behave(manner string) string {
	return "name_servers:\n" + behaving(firstOther, manner) + behaving(secondOther, manner)
}

// repeated writes a text several times, numbered.
func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestSPFRecords(t *testing.T) {
	parallel(t)
	const confirmed, falsely, policy, unknown = "confirmed", "false_positive", "policy_disagreement", "inconclusive"
	web := []string{"--target", "www.example.com"}
	runRecordCases(t, []recordCase{
		{name: "a domain with mail", rule: "spf/missing", scenario: spf(""), verdict: confirmed, severity: "medium"},
		{name: "other texts only", rule: "spf/missing", scenario: spf(`"v=spf10 -all"` + "\n" + `"v=spf1-all"` + "\n" + `"hello"`), verdict: confirmed, severity: "medium"},
		{name: "a parked domain", rule: "spf/missing", scenario: domain("example.com. 300 IN A 203.0.113.80", "", ""), verdict: policy, note: "inherited"},
		{name: "a domain that takes no mail", rule: "spf/missing", scenario: domain("example.com. 300 IN MX 0 .", "", ""), verdict: policy},
		{name: "a host below a domain that has one", rule: "spf/missing", scenario: domain(good+"\nexample.com. 300 IN TXT \"v=spf1 -all\"\nwww.example.com. 300 IN A 203.0.113.80", "", ""), args: web, verdict: policy, note: "inherited"},
		{name: "a sub-domain with mail", rule: "spf/missing", scenario: domain(good+"\nexample.com. 300 IN TXT \"v=spf1 -all\"\nwww.example.com. 300 IN MX 10 mail.example.com.", "", ""), args: web, verdict: confirmed, severity: "medium"},
		{name: "an alias of a name that has one", rule: "spf/missing", scenario: strings.Replace(spf("", "a v=spf1 -all"), "example.com. 300 IN MX", "www.example.com. 300 IN CNAME a.example.org.\n      example.com. 300 IN MX", 1), args: web, verdict: falsely},
		{name: "there is one", rule: "spf/missing", scenario: spf(`"v=spf1 -all"`), verdict: falsely, reason: "changed", note: "v=spf1 -all"},
		{name: "in capitals, in two strings", rule: "spf/missing", scenario: spf(`"V=SP" "F1 -all"`), verdict: falsely},
		{name: "two", rule: "spf/missing", scenario: spf(`"v=spf1 -all"` + "\n" + `"v=spf1 mx -all"`), verdict: falsely, note: "cancel"},
		{name: "the name does not exist", rule: "spf/missing", scenario: spf(""), args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "one server lacks it", rule: "spf/missing", scenario: spfWith(at(secondServer, `zones: [{name: example.com, records: "`+strings.ReplaceAll(good, "\n", `\n`)+`"}]`), `"v=spf1 -all"`), verdict: unknown, reason: "disagreement"},
		{name: "one server silent, the other has none", rule: "spf/missing", scenario: spfWith(at(secondServer, "behaves: [silent]"), ""), verdict: unknown, reason: "servfail"},
		{name: "stale resolver with one", rule: "spf/missing", scenario: spfWith(at("203.0.113.1", `lies: "example.com. 300 IN TXT \"v=spf1 -all\""`), ""), verdict: confirmed, severity: "medium", note: "TXT example.com"},

		{name: "a resolver that finds nothing in this zone", rule: "spf/missing", scenario: spfWith(at("203.0.113.1", "unlike: [{name: example.com, answer: SERVFAIL}]"), `"v=spf1 -all"`), verdict: unknown, reason: "servfail"},
		{name: "a resolver of no use", rule: "spf/missing", scenario: spfWith(at("203.0.113.1", "behaves: [servfail]"), `"v=spf1 -all"`), verdict: falsely},

		{name: "two", rule: "spf/multiple", scenario: spf(`"v=spf1 -all"` + "\n" + `"v=spf1 mx -all"`), verdict: confirmed, severity: "medium"},
		{name: "one beside other texts", rule: "spf/multiple", scenario: spf(`"v=spf1 -all"` + "\n" + `"hello"`), verdict: falsely, reason: "changed"},
		{name: "none", rule: "spf/multiple", scenario: spf(""), verdict: falsely, note: "none at all"},
		{name: "each server another one", rule: "spf/multiple", scenario: spfWith(at(secondServer, `zones: [{name: example.com, records: "example.com. 300 IN TXT \"v=spf1 mx -all\""}]`), `"v=spf1 -all"`), verdict: falsely, note: "different"},

		{name: "a term in error", rule: "spf/syntax", scenario: spf(`"v=spf1 mx ip4:1.2.3.4/33 -all"`), verdict: confirmed, severity: "medium", note: "column 11"},
		{name: "a dash of a word processor", rule: "spf/syntax", scenario: spf(`"v=spf1 mx \226\128\147all"`), verdict: confirmed, severity: "medium", note: "column 11"},
		{name: "redirect with a colon", rule: "spf/syntax", scenario: spf(`"v=spf1 redirect:a.example.org"`), verdict: confirmed, severity: "medium", note: "redirect="},
		{name: "in an include", rule: "spf/syntax", scenario: spf(included, "a v=spf1 ipv4:192.0.2.1 -all"), verdict: confirmed, severity: "medium", note: "a.example.org: column 8"},
		{name: "an include of two records", rule: "spf/syntax", scenario: spf(included, "a v=spf1 -all", "a v=spf1 ~all"), verdict: confirmed, severity: "medium", note: "several"},
		{name: "an equals sign", rule: "spf/syntax", scenario: spf(`"v=spf1 ip4=192.0.2.1 -all"`), verdict: confirmed, severity: "low", note: "ip4=192.0.2.1"},
		{name: "many blanks and a modifier of another standard", rule: "spf/syntax", scenario: spf(`"v=spf1   mx ra=postmaster   -all  "`), verdict: falsely, reason: "changed"},
		{name: "no record", rule: "spf/syntax", scenario: spf(""), verdict: unknown, reason: "not_found"},

		{name: "left over", rule: "spf/deprecated-type", scenario: domain(good+"\nexample.com. 300 IN TXT \"v=spf1 -all\"\nexample.com. 300 IN SPF \"v=spf1 -all\"", "", ""), verdict: confirmed, severity: "low"},
		{name: "the only one", rule: "spf/deprecated-type", scenario: domain(good+"\nexample.com. 300 IN SPF \"v=spf1 -all\"", "", ""), verdict: confirmed, severity: "medium"},
		{name: "none", rule: "spf/deprecated-type", scenario: spf(`"v=spf1 -all"`), verdict: falsely, reason: "changed"},

		{name: "a mechanism", rule: "spf/after-all", scenario: spf(`"v=spf1 mx -all ip4:192.0.2.1"`), verdict: confirmed, severity: "medium"},
		{name: "a redirect", rule: "spf/after-all", scenario: spf(`"v=spf1 mx -all redirect=a.example.org"`), verdict: confirmed, severity: "medium"},
		{name: "a modifier", rule: "spf/after-all", scenario: spf(`"v=spf1 mx -all exp=a.example.org"`), verdict: policy},
		{name: "a second all", rule: "spf/after-all", scenario: spf(`"v=spf1 mx ~all -all"`), verdict: policy},
		{name: "blanks", rule: "spf/after-all", scenario: spf(`"v=spf1 mx -all  "`), verdict: falsely, reason: "changed"},

		{name: "a blank is missing", rule: "spf/string-length", scenario: spf(`"v=spf1 ip4:192.0.2.1" "ip4:192.0.2.2 -all"`), verdict: confirmed, severity: "medium"},
		{name: "two includes in one", rule: "spf/string-length", scenario: spf(`"v=spf1 include:a.example.org" "include:b.example.org -all"`), verdict: confirmed, severity: "medium"},
		{name: "parted within a name", rule: "spf/string-length", scenario: spf(`"v=spf1 include:a.exam" "ple.org -a" "ll"`), verdict: falsely, reason: "changed"},

		{name: "short", rule: "spf/size", scenario: spf(`"v=spf1 -all"`), verdict: falsely, reason: "changed"},
		{name: "long and delivered", rule: "spf/size", scenario: spf(`"v=spf1 -all"` + repeated(3, "\n\"%d"+strings.Repeat("x", 200)+"\"")), verdict: policy},
		{name: "too long for a datagram, over TCP", rule: "spf/size", scenario: spf(`"v=spf1 -all"` + repeated(8, "\n\"%d"+strings.Repeat("x", 250)+"\"")), verdict: policy},
		{name: "cut, and no TCP", rule: "spf/size", scenario: spfWith("name_servers:\n"+behaving(firstServer, "truncate", "no_tcp")+behaving(secondServer, "truncate", "no_tcp"), `"v=spf1 -all"`), verdict: confirmed, severity: "low"},

		{name: "neither all nor a redirect", rule: "spf/all-missing", scenario: spf(`"v=spf1 mx"`), verdict: policy},
		{name: "a typing error", rule: "spf/all-missing", scenario: spf(`"v=spf1 mx -al"`), verdict: policy, note: "column 11"},
		{name: "a redirect", rule: "spf/all-missing", scenario: spf(`"v=spf1 redirect=a.example.org"`, "a v=spf1 -all"), verdict: falsely, reason: "changed"},
		{name: "all", rule: "spf/all-missing", scenario: spf(`"v=spf1 -ALL"`), verdict: falsely, reason: "changed"},
	})
}

func TestSPFIncludes(t *testing.T) {
	parallel(t)
	const confirmed, falsely, policy, unknown = "confirmed", "false_positive", "policy_disagreement", "inconclusive"
	leaves := func(n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf("i%d v=spf1 ip4:192.0.2.%d -all", i, i))
		}
		return list
	}
	includes := func(n int, rest string) string {
		return `"v=spf1` + repeated(n, " include:i%d.example.org") + rest + `"`
	}
	long := func(own string) string { // in strings of 255 octets at most
		text := strings.Trim(own, `"`)
		var parts []string
		for len(text) > 200 {
			parts, text = append(parts, `"`+text[:200]+`"`), text[200:]
		}
		return strings.Join(append(parts, `"`+text+`"`), " ")
	}
	runRecordCases(t, []recordCase{
		{name: "ten", rule: "spf/lookups", scenario: spf(long(includes(10, " -all")), leaves(10)...), verdict: falsely, reason: "changed"},
		{name: "eleven", rule: "spf/lookups", scenario: spf(long(includes(10, " mx -all")), leaves(10)...), verdict: confirmed, severity: "medium"},
		{name: "eleven by a redirect", rule: "spf/lookups", scenario: spf(long(includes(10, " redirect=i0.example.org")), leaves(10)...), verdict: confirmed, severity: "medium"},
		{name: "below an include", rule: "spf/lookups", scenario: spf(included, "a v=spf1 a mx ptr a:b.example.org a:c.example.org mx:d.example.org mx:e.example.org exists:f.example.org a:g.example.org a:h.example.org -all"), verdict: confirmed, severity: "medium", note: "include:a.example.org (11)"},
		{name: "ip4, ip6, all and exp cost nothing", rule: "spf/lookups", scenario: spf(long(includes(10, " ip4:192.0.2.1 ip6:2001:db8::1 exp=x.example.org -all")), leaves(10)...), verdict: falsely},
		{name: "behind all", rule: "spf/lookups", scenario: spf(`"v=spf1 mx -all"` + ` " a a a a a a a a a a a a"`), verdict: falsely, note: "13 terms"},
		{name: "the same include three times, of four each", rule: "spf/lookups", scenario: spf(`"v=spf1 include:a.example.org include:a.example.org include:a.example.org -all"`, "a v=spf1 a mx a:b.example.org -all"), verdict: confirmed, severity: "medium"},
		{name: "an include by the domain's own name", rule: "spf/lookups", scenario: spf(`"v=spf1 include:%{d2}.example.org -all"`, "example.com v=spf1 a mx -all"), verdict: falsely},
		{name: "an include by the sender's address", rule: "spf/lookups", scenario: spf(`"v=spf1 include:%{ir}.%{v}.example.org -all"`, "*.in-addr v=spf1 a mx -all"), verdict: falsely},
		{name: "an include by the sender's address that strangers have not", rule: "spf/lookups", scenario: spf(`"v=spf1 include:%{ir}.%{v}.example.org -all"`), verdict: unknown, reason: "ambiguous"},
		{name: "an include in error", rule: "spf/lookups", scenario: spf(included, "a v=spf1 a mxx -all"), verdict: unknown, reason: "ambiguous"},
		{name: "an include in error, and enough beside it", rule: "spf/lookups", scenario: spf(long(includes(11, " -all")), append(leaves(10), "i10 v=spf1 mxx -all")...), verdict: confirmed, severity: "medium"},
		{name: "itself", rule: "spf/lookups", scenario: spf(`"v=spf1 include:example.com -all"`), verdict: confirmed, severity: "medium", note: "circle"},

		{name: "three", rule: "spf/void-lookups", scenario: spf(`"v=spf1 a:x.example.org mx:y.example.org exists:z.example.org -all"`), verdict: confirmed, severity: "low"},
		{name: "two", rule: "spf/void-lookups", scenario: spf(`"v=spf1 mx a:x.example.org mx:y.example.org -all"`), verdict: falsely, reason: "changed", note: "a:x.example.org"},
		{name: "in an include", rule: "spf/void-lookups", scenario: spf(included, "a v=spf1 a:x.example.org a:y.example.org a:z.example.org -all"), verdict: confirmed, severity: "low"},
		{name: "hosts of IPv6 only", rule: "spf/void-lookups", scenario: spf(`"v=spf1 a:x.example.org a:y.example.org a:z.example.org -all"`, "x AAAA 2001:db8::1", "y AAAA 2001:db8::2", "z AAAA 2001:db8::3"), verdict: confirmed, severity: "low"},
		{name: "hosts of IPv4 only", rule: "spf/void-lookups", scenario: spf(`"v=spf1 a:x.example.org a:y.example.org a:z.example.org -all"`, "x A 192.0.2.1", "y A 192.0.2.2", "z A 192.0.2.3"), verdict: policy},
		{name: "names for each sender", rule: "spf/void-lookups", scenario: spf(`"v=spf1 exists:%{i}.a.example.org exists:%{l}.b.example.org exists:%{h}.example.org -all"`), verdict: unknown, reason: "ambiguous"},
		{name: "two, and an include that does not answer", rule: "spf/void-lookups", scenario: spfWith(behave("servfail"), included), verdict: unknown, reason: "servfail"},

		{name: "eleven", rule: "spf/mx-records", scenario: spf(`"v=spf1 mx:a.example.org -all"`, strings.Split(strings.TrimSpace(repeated(11, "a MX 10 m%d.example.com.\n")), "\n")...), verdict: confirmed, severity: "medium"},
		{name: "ten", rule: "spf/mx-records", scenario: spf(`"v=spf1 mx:a.example.org -all"`, strings.Split(strings.TrimSpace(repeated(10, "a MX 10 m%d.example.com.\n")), "\n")...), verdict: falsely, reason: "changed", note: "10"},
		{name: "no answer", rule: "spf/mx-records", scenario: spfWith(behave("servfail"), `"v=spf1 mx:a.example.org -all"`), verdict: unknown, reason: "servfail"},

		{name: "in the record", rule: "spf/ptr", scenario: spf(`"v=spf1 ptr -all"`), verdict: confirmed, severity: "low"},
		{name: "its macro", rule: "spf/ptr", scenario: spf(`"v=spf1 exists:%{p}.example.org -all"`), verdict: confirmed, severity: "low"},
		{name: "in an include", rule: "spf/ptr", scenario: spf(included, "a v=spf1 ptr -all"), verdict: policy},
		{name: "nowhere", rule: "spf/ptr", scenario: spf(included, "a v=spf1 -all"), verdict: falsely, reason: "changed"},

		{name: "an include", rule: "spf/null-lookup", scenario: spf(included), verdict: confirmed, severity: "medium"},
		{name: "an include with another text", rule: "spf/null-lookup", scenario: spf(included, `a TXT "hello"`), verdict: confirmed, severity: "medium"},
		{name: "an include of an include", rule: "spf/null-lookup", scenario: spf(included, "a v=spf1 include:b.example.org -all"), verdict: confirmed, severity: "medium"},
		{name: "a redirect", rule: "spf/null-lookup", scenario: spf(`"v=spf1 redirect=a.example.org"`), verdict: confirmed, severity: "medium"},
		{name: "a host", rule: "spf/null-lookup", scenario: spf(`"v=spf1 a:x.example.org -all"`), verdict: policy},
		{name: "a host of IPv6 only", rule: "spf/null-lookup", scenario: spf(`"v=spf1 a:x.example.org -all"`, "x AAAA 2001:db8::1"), verdict: falsely},
		{name: "all is there", rule: "spf/null-lookup", scenario: spf(included, "a v=spf1 mx:b.example.org -all", "b MX 10 mail.example.com."), verdict: falsely, reason: "changed"},
		{name: "behind an alias", rule: "spf/null-lookup", scenario: spf(included, "a CNAME b.example.org.", "b v=spf1 -all"), verdict: falsely},
		{name: "behind an alias, of servers that differ", rule: "spf/null-lookup", scenario: strings.Replace(spfWith(at(secondOther, `zones: [{name: example.org, records: "b.example.org. 300 IN TXT x"}]`), `"v=spf1 include:a.example.com -all"`, "b v=spf1 -all"),
			"example.com. 300 IN MX", "a.example.com. 300 IN CNAME b.example.org.\n      example.com. 300 IN MX", 1), verdict: unknown, reason: "disagreement"},
		{name: "one server has it, the other not", rule: "spf/null-lookup", scenario: spfWith(at(secondOther, `zones: [{name: example.org, records: ""}]`), included, "a v=spf1 -all"), verdict: unknown, reason: "disagreement"},

		{name: "itself", rule: "spf/loop", scenario: spf(`"v=spf1 include:example.com -all"`), verdict: confirmed, severity: "medium"},
		{name: "by two others", rule: "spf/loop", scenario: spf(included, "a v=spf1 include:b.example.org -all", "b v=spf1 redirect=a.example.org"), verdict: confirmed, severity: "medium"},
		{name: "behind all", rule: "spf/loop", scenario: spf(`"v=spf1 -all include:example.com"`), verdict: falsely},
		{name: "in two branches", rule: "spf/loop", scenario: spf(`"v=spf1 include:a.example.org include:b.example.org -all"`, "a v=spf1 include:b.example.org -all", "b v=spf1 -all"), verdict: falsely, reason: "changed"},

		{name: "twice", rule: "spf/duplicate-include", scenario: spf(`"v=spf1 include:a.example.org include:A.example.org. -all"`, "a v=spf1 -all"), verdict: policy},
		{name: "in two branches", rule: "spf/duplicate-include", scenario: spf(`"v=spf1 include:a.example.org include:b.example.org -all"`, "a v=spf1 include:b.example.org -all", "b v=spf1 -all"), verdict: policy},
		{name: "once", rule: "spf/duplicate-include", scenario: spf(included, "a v=spf1 -all"), verdict: falsely, reason: "changed"},

		{name: "a redirect to nothing", rule: "spf/redirect", scenario: spf(`"v=spf1 redirect=a.example.org"`), verdict: confirmed, severity: "medium"},
		{name: "a redirect to an error", rule: "spf/redirect", scenario: spf(`"v=spf1 redirect=a.example.org"`, "a v=spf1 mxx -all"), verdict: confirmed, severity: "medium"},
		{name: "a redirect to itself", rule: "spf/redirect", scenario: spf(`"v=spf1 redirect=example.com"`), verdict: confirmed, severity: "medium"},
		{name: "a redirect beside all", rule: "spf/redirect", scenario: spf(`"v=spf1 redirect=a.example.org -all"`, "a v=spf1 -all"), verdict: confirmed, severity: "low"},
		{name: "an explanation that is not there", rule: "spf/redirect", scenario: spf(`"v=spf1 -all exp=a.example.org"`), verdict: policy},
		{name: "in order", rule: "spf/redirect", scenario: spf(`"v=spf1 redirect=a.example.org"`, "a v=spf1 -all"), verdict: falsely, reason: "changed"},

		{name: "neutral", rule: "spf/all-neutral", scenario: spf(`"v=spf1 mx ?all"`), verdict: policy},
		{name: "neutral by a redirect", rule: "spf/all-neutral", scenario: spf(`"v=spf1 redirect=a.example.org"`, "a v=spf1 ?all"), verdict: policy},
		{name: "softfail", rule: "spf/all-neutral", scenario: spf(`"v=spf1 mx ~all"`), verdict: falsely, reason: "changed"},

		{name: "all", rule: "spf/all-permissive", scenario: spf(`"v=spf1 mx all"`), verdict: confirmed, severity: "high"},
		{name: "all of an include", rule: "spf/all-permissive", scenario: spf(included, "a v=spf1 +all"), verdict: confirmed, severity: "high"},
		{name: "all of an include with another sign", rule: "spf/all-permissive", scenario: spf(`"v=spf1 ~include:a.example.org -all"`, "a v=spf1 +all"), verdict: falsely},
		{name: "all addresses", rule: "spf/all-permissive", scenario: spf(`"v=spf1 ip4:0.0.0.0/0 -all"`), verdict: confirmed, severity: "high"},
		{name: "all addresses around a host", rule: "spf/all-permissive", scenario: spf(`"v=spf1 a:x.example.org/0 -all"`, "x A 192.0.2.1"), verdict: confirmed, severity: "high"},
		{name: "a name that exists for everybody", rule: "spf/all-permissive", scenario: spf(`"v=spf1 exists:x.example.org -all"`, "x A 127.0.0.2"), verdict: confirmed, severity: "high"},
		{name: "a name that exists for nobody", rule: "spf/all-permissive", scenario: spf(`"v=spf1 exists:x.example.org exists:%{i}.example.org -all"`), verdict: falsely},
		{name: "behind another all", rule: "spf/all-permissive", scenario: spf(`"v=spf1 -all +all"`), verdict: falsely},
		{name: "not all", rule: "spf/all-permissive", scenario: spf(included, "a v=spf1 mx ~all"), verdict: falsely, reason: "changed"},
	})
}

// ownRules are decided by the record of the name itself alone, treeRules take those that it includes.
var (
	ownRules  = []string{"missing", "multiple", "deprecated-type", "after-all", "string-length", "size", "all-missing"}
	treeRules = []string{"syntax", "lookups", "void-lookups", "mx-records", "ptr", "null-lookup", "loop", "duplicate-include", "redirect", "all-neutral", "all-permissive"}
)

// Servers in trouble make every claim inconclusive: those of the domain itself, and those of a record that it leads to.
func TestSPFInTrouble(t *testing.T) {
	parallel(t)
	both := func(first, second, manner string) string {
		return "name_servers:\n  - {address: " + first + ", " + manner + "}\n  - {address: " + second + ", " + manner + "}\n"
	}
	unlike := func(answer string) string {
		return "unlike: [{type: TXT, answer: " + answer + "}, {type: SPF, answer: " + answer + "}]"
	}
	const otherContent = `zones: [{name: example.%s, records: "%s"}]`
	troubles := map[string]struct{ manner, second string }{
		"timeout":            {manner: unlike("silence")},
		"all silent":         {manner: "behaves: [silent]"},
		"SERVFAIL":           {manner: unlike("SERVFAIL")},
		"REFUSED":            {manner: unlike("REFUSED")},
		"truncated":          {manner: "behaves: [truncate, no_tcp]"},
		"without authority":  {manner: "behaves: [not_authoritative]"},
		"disagreeing":        {second: "hello"},
		"disagreeing wholly": {second: "v=spf1 mx +all"},
	}
	run := func(name, rule, scenario string) {
		t.Run(rule+" "+name, func(t *testing.T) {
			a, o := judged(t, scenario, claim("spf/"+rule))
			if v := a.verdict("spf/" + rule); v.Verdict != "inconclusive" || v.Reason == "" || !strings.Contains(v.Says, "Missing: ") {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
			wantManners(t, o)
		})
	}
	const own, type99 = `"v=spf1 redirect=a.example.org"`, "example.com. 300 IN SPF x"
	for name, trouble := range troubles {
		for _, rule := range append(ownRules, treeRules...) {
			rest := both(firstServer, secondServer, trouble.manner)
			switch {
			case trouble.second != "":
				rest = at(secondServer, fmt.Sprintf(otherContent, "com", `example.com. 300 IN TXT \"`+trouble.second+`\"\nexample.com. 300 IN MX 10 mail.example.com.`))
			// What is cut and does not come over TCP is what the claim about the size is about.
			case name == "truncated" && rule == "size":
				continue
			}
			// How long an answer is, and whether there is one record or another, and whether something stands behind all, is known whichever of two different ones counts.
			if trouble.second != "" && (rule == "size" || strings.HasPrefix(trouble.second, "v=") && slices.Contains([]string{"missing", "multiple", "after-all"}, rule)) {
				continue
			}
			run("at home: "+name, rule, strings.Replace(spfWith(rest, own, "a v=spf1 -all"), "example.com. 300 IN MX", type99+"\n      example.com. 300 IN MX", 1))
		}
		for _, rule := range treeRules {
			rest := both(firstOther, secondOther, trouble.manner)
			if trouble.second != "" {
				rest = at(secondOther, fmt.Sprintf(otherContent, "org", `a.example.org. 300 IN TXT \"`+trouble.second+`\"`))
			}
			run("in a redirect: "+name, rule, spfWith(rest, own, "a v=spf1 mx -all"))
		}
	}
}

// What is proven does not hang on what is not known.
func TestSPFProvenInTrouble(t *testing.T) {
	parallel(t)
	for rule, own := range map[string]string{
		"spf/lookups":           `"v=spf1 a a a a a a a a a a include:a.example.org -all"`,
		"spf/syntax":            `"v=spf1 ipv4:192.0.2.1 include:a.example.org -all"`,
		"spf/ptr":               `"v=spf1 ptr include:a.example.org -all"`,
		"spf/loop":              `"v=spf1 include:a.example.org include:example.com -all"`,
		"spf/duplicate-include": `"v=spf1 include:a.example.org include:a.example.org -all"`,
		"spf/all-permissive":    `"v=spf1 include:a.example.org +all"`,
		"spf/null-lookup":       `"v=spf1 include:a.example.org include:gone.example.net -all"`,
		"spf/void-lookups":      `"v=spf1 include:a.example.org a:x.example.net a:y.example.net a:z.example.net -all"`,
	} {
		a, _ := judged(t, spfWith(behave("servfail"), own), claim(rule))
		if v := a.verdict(rule); v.Verdict != "confirmed" && v.Verdict != "policy_disagreement" {
			t.Errorf("%s: %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// What records add up to is told record by record: each with all below it, what is included twice once more.
func TestSPFTree(t *testing.T) {
	parallel(t)
	tree := func(own string, others ...string) string {
		var a struct {
			Verdicts []struct {
				Says string
				Tree []struct {
					Depth      int
					Term, Name string
					Lookups    int
					Says       string
				} `json:"spf_tree"`
			}
		}
		o := inLab(t, spf(own, others...), claim("spf/lookups"), "--format", "json")
		if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, b := range a.Verdicts[0].Tree {
			lines = append(lines, fmt.Sprintf("%d %s %d %s", b.Depth, b.Name, b.Lookups, b.Says))
		}
		return strings.Join(lines, ", ")
	}
	for own, test := range map[string]struct {
		others []string
		want   string
	}{
		`"v=spf1 mx -all"`: {nil, "0 example.com 1 sound"},
		`"v=spf1 include:a.example.org include:b.example.org mx -all"`: {[]string{"a v=spf1 a mx include:c.example.org -all", "b v=spf1 include:c.example.org -all", "c v=spf1 ptr -all"},
			"0 example.com 9 sound, 1 a.example.org 5 sound, 2 c.example.org 2 sound, 1 b.example.org 3 sound, 2 c.example.org 2 again"},
		`"v=spf1 include:%{d2}.example.org -all"`:        {[]string{"example.com v=spf1 a mx -all"}, "0 example.com 3 sound, 1 example.com.example.org 3 sound"},
		`"v=spf1 include:%{ir}.%{v}.example.org -all"`:   {[]string{"*.in-addr v=spf1 a mx -all"}, "0 example.com 3 sound, 1 1.2.0.192.in-addr.example.org 3 sound"},
		`"v=spf1 include:a.example.org -all a mx a mx"`:  {[]string{"a v=spf1 mxx a -all"}, "0 example.com 2 sound, 1 a.example.org 2 faulty"},
		`"v=spf1 redirect=a.example.org"`:                {[]string{"a v=spf1 include:example.com -all"}, "0 example.com 2 sound, 1 a.example.org 2 sound, 2 example.com 3 around"},
		`"v=spf1 include:a.example.org ~all"`:            {[]string{"a v=spf1 -all", "a v=spf1 ~all"}, "0 example.com 1 sound, 1 a.example.org 1 several"},
		`"v=spf1 include:a.example.org ?all"`:            {nil, "0 example.com 1 sound, 1 a.example.org 1 none"},
		`"v=spf1 -all include:a.example.org redirect=b"`: {nil, "0 example.com 0 faulty"},
	} {
		if got := tree(own, test.others...); got != test.want {
			t.Errorf("%s: %s, want %s", own, got, test.want)
		}
	}
}

// Hostile records end in time, cost no more questions than a tree may, and are told as far as they are proven.
func TestHostileSPF(t *testing.T) {
	parallel(t)
	strs := func(text string) string {
		var parts []string
		for len(text) > 255 {
			parts, text = append(parts, `"`+text[:255]+`"`), text[255:]
		}
		return strings.Join(append(parts, `"`+text+`"`), " ")
	}
	fan := func(name string, n int) string { return strings.Repeat(" include:"+name+".example.org", n) }
	var doubling []string // each record includes the next one twice
	for i := range 30 {
		doubling = append(doubling, fmt.Sprintf("d%d v=spf1 include:d%d.example.org include:d%d.example.org -all", i, i+1, i+1))
	}
	for name, test := range map[string]struct {
		own     string
		others  []string
		rule    string
		verdict string
	}{
		"many includes":        {strs("v=spf1" + repeated(1500, " include:i%d.example.org") + " -all"), nil, "spf/lookups", "confirmed"},
		"one include often":    {strs("v=spf1" + fan("a", 2000) + " -all"), []string{"a v=spf1 -all"}, "spf/lookups", "confirmed"},
		"records that double":  {`"v=spf1 include:d0.example.org -all"`, doubling, "spf/lookups", "confirmed"},
		"doubling, for all":    {`"v=spf1 include:d0.example.org -all"`, doubling, "spf/all-permissive", "false_positive"},
		"a macro of 4 KiB":     {strs("v=spf1 include:" + strings.Repeat("%{s128r.-+,/_=}", 273) + ".example.org -all"), nil, "spf/lookups", "inconclusive"},
		"32 KiB of one string": {strs("v=spf1 include:" + strings.Repeat("a", 32<<10) + ".example.org -all"), nil, "spf/lookups", "false_positive"}, // cut to example.org (RFC 7208 section 7.3)
		"64 KiB":               {strs("v=spf1 " + strings.Repeat("a ", 30<<10) + " -all"), nil, "spf/lookups", "confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, spf(test.own, test.others...), claim(test.rule))
			if v := a.verdict(test.rule); v.Verdict != test.verdict {
				t.Errorf("%s (%s): %.400s", v.Verdict, v.Reason, v.Says)
			}
			if len(o.queries) > 400 || len(o.stdout) > 4<<20 {
				t.Errorf("%d questions, %d octets of output", len(o.queries), len(o.stdout))
			}
			t.Logf("%d questions, %d octets, %v", len(o.queries), len(o.stdout), o.took)
		})
	}
}
