package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// mtastsRules are the rules about MTA-STS that are judged of a domain.
var mtastsRules = []string{"mta-sts/record-missing", "mta-sts/record-syntax", "mta-sts/multiple", "mta-sts/policy-fetch", "mta-sts/policy-certificate",
	"mta-sts/policy-syntax", "mta-sts/mx-mismatch"}

const (
	stsRecord = "v=STSv1; id=20260101"
	stsHost   = "mta-sts.example.com. 300 IN A 203.0.113.27"
	stsFile   = "version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 604800\n"
)

// stsDomain is example.com with mail, a policy host that behaves as its keys say ("" for one at whose address nobody listens), and a text
// at the place of its MTA-STS record for each that is given; rest is as in domain.
func stsDomain(rest, keys string, texts ...string) string {
	return domain(good+"\n"+stsHost+"\n"+textsAt("_mta-sts.example.com", texts...), "", rest+stsWeb("203.0.113.27", keys))
}

// stsWeb is the policy host at an address.
func stsWeb(address, keys string) string {
	if keys == "" {
		return ""
	}
	return "https:\n  - {address: " + address + ", name: mta-sts.example.com, " + keys + "}\n"
}

// serves are the keys of a policy host with a file, further keys behind it.
func serves(file string, more ...string) string {
	return strings.Join(append([]string{fmt.Sprintf("files: {/.well-known/mta-sts.txt: %q}", file)}, more...), ", ")
}

// stsPage is a policy host whose answer for the file has some keys.
func stsPage(keys string) string { return "files: {/.well-known/mta-sts.txt: {" + keys + "}}" }

func TestMTASTS(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
	)
	changed := func(old, new string) string { return serves(strings.Replace(stsFile, old, new, 1)) }
	noHost := func(texts ...string) string {
		return domain(good+"\n"+textsAt("_mta-sts.example.com", texts...), "", "")
	}
	twoHosts := func(first, second string) string {
		return domain(good+"\n"+stsHost+"\nmta-sts.example.com. 300 IN A 203.0.113.28\n"+textsAt("_mta-sts.example.com", stsRecord), "",
			strings.Replace(stsWeb("203.0.113.27", first), "}\n", "}\n  - {address: 203.0.113.28, name: mta-sts.example.com, "+second+"}\n", 1))
	}
	mx := func(records, file string, texts ...string) string {
		return domain(records+"\nmail.example.com. 300 IN A 203.0.113.25\n"+stsHost+"\n"+textsAt("_mta-sts.example.com", texts...), "", stsWeb("203.0.113.27", serves(file)))
	}
	second := func(records string) string {
		return at(secondServer, fmt.Sprintf("zones: [{name: example.com, records: %q}]", records))
	}
	fine := stsDomain("", serves(stsFile), stsRecord)
	runRecordCases(t, []recordCase{
		{name: "nothing at all", rule: "mta-sts/record-missing", scenario: domain(good, "", ""), verdict: policy},
		{name: "there is one", rule: "mta-sts/record-missing", scenario: fine, verdict: falsely, reason: "changed"},
		{name: "one in two strings", rule: "mta-sts/record-missing", scenario: stsDomain("", "", "v=STSv1; x="+strings.Repeat("y", 300)+"; id=1"), verdict: falsely},
		{name: "one without a policy", rule: "mta-sts/record-missing", scenario: noHost(stsRecord), verdict: falsely},
		{name: "other texts beside it", rule: "mta-sts/record-missing", scenario: stsDomain("", "", "hello", stsRecord), verdict: falsely, note: "hello"},
		{name: "a wildcard", rule: "mta-sts/record-missing", scenario: domain(good+"\n*.example.com. 300 IN TXT \"v=spf1 -all\"", "", ""), verdict: policy, note: "wildcard"},
		{name: "a name below inherits none", rule: "mta-sts/record-missing", scenario: fine, args: []string{"--target", "mail.example.com"}, verdict: policy},
		{name: "a version in small letters", rule: "mta-sts/record-missing", scenario: stsDomain("", "", "v=stsv1; id=1"), verdict: confirmed, severity: "medium", note: "column 1"},
		{name: "an id that is none", rule: "mta-sts/record-missing", scenario: stsDomain("", "", "v=STSv1; id=2026-01-01"), verdict: confirmed, severity: "medium", note: "column 10"},
		{name: "two", rule: "mta-sts/record-missing", scenario: stsDomain("", "", stsRecord, "v=STSv1; id=2"), verdict: confirmed, severity: "medium", note: "Keep one"},
		{name: "a blank at the end", rule: "mta-sts/record-missing", scenario: stsDomain("", "", "v=STSv1; id=1 "), verdict: unknown, reason: "ambiguous"},
		{name: "an alias", rule: "mta-sts/record-missing", scenario: domain(good+"\n_mta-sts.example.com. 300 IN CNAME record.example.net.", "", "") +
			at("192.0.2.77", `zones: [{name: example.net, records: "record.example.net. 300 IN TXT \"`+stsRecord+`\""}]`), verdict: falsely, note: "record.example.net"},
		{name: "an alias to nothing", rule: "mta-sts/record-missing", scenario: domain(good+"\n_mta-sts.example.com. 300 IN CNAME gone.example.net.", "", ""), verdict: policy, note: "gone.example.net"},
		{name: "the alias's servers are silent", rule: "mta-sts/record-missing", scenario: domain(good+"\n_mta-sts.example.com. 300 IN CNAME record.example.net.", "", at("192.0.2.77", "behaves: [silent]")), verdict: unknown},
		{name: "one server silent, the other has it", rule: "mta-sts/record-missing", scenario: stsDomain(at(firstServer, "behaves: [silent]"), "", stsRecord), verdict: falsely},
		{name: "one server silent, the other lacks it", rule: "mta-sts/record-missing", scenario: stsDomain(at(firstServer, "behaves: [silent]"), ""), verdict: unknown, reason: "servfail"},
		{name: "one server lacks it", rule: "mta-sts/record-missing", scenario: stsDomain(second(""), "", stsRecord), verdict: unknown, reason: "disagreement"},
		{name: "the resolver fails at it", rule: "mta-sts/record-missing", scenario: stsDomain(at("203.0.113.1", "unlike: [{name: _mta-sts.example.com, answer: SERVFAIL}]"), "", stsRecord), verdict: unknown, reason: "servfail"},
		{name: "the resolver lies", rule: "mta-sts/record-missing", scenario: stsDomain(at("203.0.113.1", `lies: "_mta-sts.example.com. 300 IN TXT \"`+stsRecord+`\""`), ""), verdict: policy},
		{name: "the name does not exist", rule: "mta-sts/record-missing", scenario: fine, args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "an address for a target", rule: "mta-sts/record-missing", scenario: fine, args: []string{"--address", "203.0.113.25"}, verdict: unknown, reason: "no_target"},

		{name: "in order", rule: "mta-sts/record-syntax", scenario: fine, verdict: falsely, reason: "changed"},
		{name: "extensions", rule: "mta-sts/record-syntax", scenario: stsDomain("", "", stsRecord+"; x=y;"), verdict: falsely},
		{name: "no id", rule: "mta-sts/record-syntax", scenario: stsDomain("", "", "v=STSv1;"), verdict: confirmed, severity: "medium"},
		{name: "an id of 33", rule: "mta-sts/record-syntax", scenario: stsDomain("", "", "v=STSv1; id="+strings.Repeat("1", 33)), verdict: confirmed, severity: "medium"},
		{name: "no semicolon", rule: "mta-sts/record-syntax", scenario: stsDomain("", "", "v=STSv1 id=1"), verdict: confirmed, severity: "medium"},
		{name: "an id twice", rule: "mta-sts/record-syntax", scenario: stsDomain("", "", "v=STSv1; id=1; id=2"), verdict: policy},
		{name: "a blank at the end", rule: "mta-sts/record-syntax", scenario: stsDomain("", "", "v=STSv1; id=1 "), verdict: unknown, reason: "ambiguous"},
		{name: "no record", rule: "mta-sts/record-syntax", scenario: domain(good, "", ""), verdict: unknown, reason: "not_found"},
		{name: "two", rule: "mta-sts/record-syntax", scenario: stsDomain("", "", stsRecord, "v=STSv1;"), verdict: unknown, reason: "ambiguous"},

		{name: "two", rule: "mta-sts/multiple", scenario: stsDomain("", "", stsRecord, "v=STSv1; id=2"), verdict: confirmed, severity: "medium"},
		{name: "one beside other texts", rule: "mta-sts/multiple", scenario: stsDomain("", "", stsRecord, "v=spf1 -all"), verdict: falsely, reason: "changed"},
		{name: "none", rule: "mta-sts/multiple", scenario: domain(good, "", ""), verdict: falsely},

		{name: "it comes", rule: "mta-sts/policy-fetch", scenario: fine, verdict: falsely, reason: "changed"},
		{name: "with CRLF", rule: "mta-sts/policy-fetch", scenario: stsDomain("", serves(strings.ReplaceAll(stsFile, "\n", "\r\n")), stsRecord), verdict: falsely},
		{name: "slowly", rule: "mta-sts/policy-fetch", scenario: stsDomain("", serves(stsFile, "delay: 40s"), stsRecord), verdict: falsely},
		{name: "another media type", rule: "mta-sts/policy-fetch", scenario: stsDomain("", serves(stsFile, "content_type: text/html"), stsRecord), verdict: falsely},
		{name: "a page instead", rule: "mta-sts/policy-fetch", scenario: stsDomain("", serves("<html>"), stsRecord), verdict: falsely, note: "is no policy"},
		{name: "not found", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "files: {}", stsRecord), verdict: confirmed, severity: "medium", note: "404"},
		{name: "gone", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "status: 410", stsRecord), verdict: confirmed, severity: "medium", note: "410"},
		{name: "moved", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "status: 301, location: \"https://example.com/mta-sts.txt\"", stsRecord), verdict: confirmed, severity: "medium", note: "redirect"},
		{name: "a redirect to itself", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "status: 308, location: /.well-known/mta-sts.txt", stsRecord), verdict: confirmed, severity: "medium", note: "redirect"},
		{name: "no host", rule: "mta-sts/policy-fetch", scenario: noHost(stsRecord), verdict: confirmed, severity: "medium", note: "no address"},
		{name: "nobody listens", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "", stsRecord), verdict: confirmed, severity: "medium", note: "refuses"},
		{name: "an expired certificate", rule: "mta-sts/policy-fetch", scenario: stsDomain("", serves(stsFile, "certificate: expired"), stsRecord), verdict: confirmed, severity: "medium", note: "certificate"},
		{name: "errors", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "status: 503", stsRecord), verdict: confirmed, severity: "medium", note: "503"},
		{name: "a gibibyte", rule: "mta-sts/policy-fetch", scenario: stsDomain("", stsPage("text: \"x: y\\n\", size: 1073741824"), stsRecord), verdict: confirmed, severity: "low", note: "64 KiB"},
		{name: "nobody asks for it", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "files: {}"), verdict: policy},
		{name: "forbidden", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "status: 403", stsRecord), verdict: unknown, reason: "refused"},
		{name: "no content", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "status: 204", stsRecord), verdict: unknown, reason: "refused"},
		{name: "silence", rule: "mta-sts/policy-fetch", scenario: stsDomain("", "connect: silent", stsRecord), verdict: unknown, reason: "connect_failed"},
		{name: "a second address answers", rule: "mta-sts/policy-fetch", scenario: twoHosts("connect: silent", serves(stsFile)), verdict: falsely},
		{name: "the resolver leads elsewhere", rule: "mta-sts/policy-fetch", scenario: stsDomain(at("203.0.113.1", `lies: mta-sts.example.com. A 203.0.113.99`), serves(stsFile), stsRecord), verdict: falsely},
		{name: "the resolver denies the host", rule: "mta-sts/policy-fetch", scenario: stsDomain(at("203.0.113.1", `unlike: [{name: mta-sts.example.com, answer: NXDOMAIN}]`), serves(stsFile), stsRecord), verdict: falsely},
		{name: "the resolver invents, and the host is there", rule: "mta-sts/policy-fetch", scenario: stsDomain(at("203.0.113.1", "invents: 203.0.113.99"), serves(stsFile), stsRecord), verdict: falsely},
		{name: "the resolver invents the host", rule: "mta-sts/policy-fetch", scenario: domain(good+"\n"+textsAt("_mta-sts.example.com", stsRecord), "", at("203.0.113.1", "invents: 203.0.113.99")), verdict: unknown, reason: "disagreement"},
		{name: "the name servers deny the host", rule: "mta-sts/policy-fetch", scenario: stsDomain(at("203.0.113.1", `lies: mta-sts.example.com. A 203.0.113.99`)+"  - {address: "+firstServer+", unlike: [{name: mta-sts.example.com, answer: NXDOMAIN}]}\n  - {address: "+secondServer+", unlike: [{name: mta-sts.example.com, answer: NXDOMAIN}]}\n", serves(stsFile), stsRecord), verdict: unknown, reason: "disagreement"},
		{name: "a private address", rule: "mta-sts/policy-fetch", scenario: strings.ReplaceAll(fine, "IN A 203.0.113.27", "IN A 10.0.0.27"), verdict: unknown, reason: "private"},

		{name: "valid", rule: "mta-sts/policy-certificate", scenario: fine, verdict: falsely, reason: "changed"},
		{name: "valid, and no file", rule: "mta-sts/policy-certificate", scenario: stsDomain("", "files: {}", stsRecord), verdict: falsely},
		{name: "expired", rule: "mta-sts/policy-certificate", scenario: stsDomain("", serves(stsFile, "certificate: expired"), stsRecord), verdict: confirmed, severity: "medium"},
		{name: "for another name", rule: "mta-sts/policy-certificate", scenario: stsDomain("", serves(stsFile, "certificate: wrong-name"), stsRecord), verdict: confirmed, severity: "medium"},
		{name: "self-signed", rule: "mta-sts/policy-certificate", scenario: stsDomain("", serves(stsFile, "certificate: self-signed"), stsRecord), verdict: confirmed, severity: "medium"},
		{name: "no intermediate", rule: "mta-sts/policy-certificate", scenario: stsDomain("", serves(stsFile, "certificate: trusted-no-intermediate"), stsRecord), verdict: confirmed, severity: "medium"},
		{name: "at one of two addresses", rule: "mta-sts/policy-certificate", scenario: twoHosts(serves(stsFile, "certificate: expired"), serves(stsFile)), verdict: confirmed, severity: "medium", note: "Another address"},
		{name: "at the other of two addresses", rule: "mta-sts/policy-certificate", scenario: twoHosts(serves(stsFile), serves(stsFile, "certificate: expired")), verdict: confirmed, severity: "medium", note: "Another address"},
		{name: "at one of two addresses", rule: "mta-sts/policy-fetch", scenario: twoHosts(serves(stsFile), serves(stsFile, "certificate: expired")), verdict: unknown, reason: "disagreement"},
		{name: "at the other of two addresses", rule: "mta-sts/policy-fetch", scenario: twoHosts("files: {}", serves(stsFile)), verdict: unknown, reason: "disagreement"},
		{name: "nobody looks", rule: "mta-sts/policy-certificate", scenario: stsDomain("", serves(stsFile, "certificate: expired")), verdict: policy},
		{name: "no handshake", rule: "mta-sts/policy-certificate", scenario: stsDomain("", "handshake: alert", stsRecord), verdict: unknown, reason: "connect_failed"},
		{name: "nobody listens", rule: "mta-sts/policy-certificate", scenario: stsDomain("", "", stsRecord), verdict: unknown},

		{name: "in order", rule: "mta-sts/policy-syntax", scenario: fine, verdict: falsely, reason: "changed"},
		{name: "another media type", rule: "mta-sts/policy-syntax", scenario: stsDomain("", serves(stsFile, "content_type: text/html"), stsRecord), verdict: falsely, note: "text/html"},
		{name: "a short time", rule: "mta-sts/policy-syntax", scenario: stsDomain("", changed("604800", "3600"), stsRecord), verdict: falsely, note: "weeks"},
		{name: "two years", rule: "mta-sts/policy-syntax", scenario: stsDomain("", changed("604800", "63115200"), stsRecord), verdict: policy},
		{name: "an empty line", rule: "mta-sts/policy-syntax", scenario: stsDomain("", changed("\nmode", "\n\nmode"), stsRecord), verdict: policy},
		{name: "a mode in capitals", rule: "mta-sts/policy-syntax", scenario: stsDomain("", changed("enforce", "Enforce"), stsRecord), verdict: confirmed, severity: "medium"},
		{name: "no version", rule: "mta-sts/policy-syntax", scenario: stsDomain("", changed("version: STSv1\n", ""), stsRecord), verdict: confirmed, severity: "medium"},
		{name: "a page", rule: "mta-sts/policy-syntax", scenario: stsDomain("", serves("<html>"), stsRecord), verdict: confirmed, severity: "medium"},
		{name: "a page that nobody reads", rule: "mta-sts/policy-syntax", scenario: stsDomain("", serves("<html>")), verdict: policy},
		{name: "a blank before a key", rule: "mta-sts/policy-syntax", scenario: stsDomain("", changed("mode", " mode"), stsRecord), verdict: unknown, reason: "ambiguous"},
		{name: "with a bad certificate", rule: "mta-sts/policy-syntax", scenario: stsDomain("", serves(stsFile, "certificate: expired"), stsRecord), verdict: falsely, note: "do not get that far"},
		{name: "no file", rule: "mta-sts/policy-syntax", scenario: stsDomain("", "files: {}", stsRecord), verdict: unknown, reason: "not_found"},
		{name: "a gibibyte", rule: "mta-sts/policy-syntax", scenario: stsDomain("", stsPage("text: \"x: y\\n\", size: 1073741824"), stsRecord), verdict: unknown},

		{name: "listed", rule: "mta-sts/mx-mismatch", scenario: fine, verdict: falsely, reason: "changed"},
		{name: "by a wildcard", rule: "mta-sts/mx-mismatch", scenario: stsDomain("", changed("mx: mail.", "mx: *."), stsRecord), verdict: falsely},
		{name: "a wildcard of another level", rule: "mta-sts/mx-mismatch", scenario: stsDomain("", changed("mx: mail.example.com", "mx: *.com"), stsRecord), verdict: confirmed, severity: "high"},
		{name: "not listed", rule: "mta-sts/mx-mismatch", scenario: stsDomain("", changed("mail.example.com", "mx.example.com"), stsRecord), verdict: confirmed, severity: "high"},
		{name: "tried out", rule: "mta-sts/mx-mismatch", scenario: mx("example.com. 300 IN MX 10 mail.example.com.", "version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 1\n", stsRecord), verdict: confirmed, severity: "low"},
		{name: "revoked", rule: "mta-sts/mx-mismatch", scenario: mx("example.com. 300 IN MX 10 mail.example.com.", "version: STSv1\nmode: none\nmax_age: 1\n", stsRecord), verdict: policy},
		{name: "not announced", rule: "mta-sts/mx-mismatch", scenario: stsDomain("", changed("mail.example.com", "mx.example.com")), verdict: policy, note: "their copy"},
		{name: "one of two", rule: "mta-sts/mx-mismatch", scenario: mx("example.com. 300 IN MX 10 mail.example.com.\nexample.com. 300 IN MX 20 mail.example.net.", stsFile, stsRecord), verdict: confirmed, severity: "high"},
		{name: "a null MX", rule: "mta-sts/mx-mismatch", scenario: mx("example.com. 300 IN MX 0 .", stsFile, stsRecord), verdict: falsely},
		{name: "no MX, and the domain listed", rule: "mta-sts/mx-mismatch", scenario: mx("example.com. 300 IN A 203.0.113.25", strings.Replace(stsFile, "mail.example.com", "example.com", 1), stsRecord), verdict: falsely},
		{name: "no MX, and the domain not listed", rule: "mta-sts/mx-mismatch", scenario: mx("example.com. 300 IN A 203.0.113.25", stsFile, stsRecord), verdict: confirmed, severity: "high"},
		{name: "with a bad certificate", rule: "mta-sts/mx-mismatch", scenario: stsDomain("", serves(strings.Replace(stsFile, "mail.", "mx.", 1), "certificate: expired"), stsRecord), verdict: confirmed, severity: "high", note: "not valid"},
		{name: "no policy", rule: "mta-sts/mx-mismatch", scenario: stsDomain("", "files: {}", stsRecord), verdict: unknown, reason: "not_found"},
		{name: "no MX at one server that is silent", rule: "mta-sts/mx-mismatch", scenario: mx("example.com. 300 IN A 203.0.113.25", stsFile, stsRecord) + at(firstServer, "behaves: [silent]"), verdict: unknown, reason: "servfail"},
		{name: "servers give different hosts", rule: "mta-sts/mx-mismatch", scenario: stsDomain(second("example.com. 300 IN MX 10 mail.example.net.\nmta-sts.example.com. 300 IN A 203.0.113.27\n"+
			textsAt("_mta-sts.example.com", stsRecord)), serves(stsFile), stsRecord), verdict: unknown, reason: "disagreement"},
	})
}

// What the hosts show is judged under the policy that senders find.
func TestMTASTSTLS(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
	)
	mail := func(scenario, keys string) string {
		return strings.Replace(scenario, "name: mail.example.com}", "name: mail.example.com, "+keys+"}", 1)
	}
	const none, expired, valid = "starttls: false", "starttls: {certificate: expired}", "starttls: {certificate: trusted}"
	enforced := stsDomain("", serves(stsFile), stsRecord)
	tried := stsDomain("", serves(strings.Replace(stsFile, "enforce", "testing", 1)), stsRecord)
	runRecordCases(t, []recordCase{
		{name: "as it should be", rule: "mta-sts/tls", scenario: mail(enforced, valid), verdict: falsely, reason: "changed"},
		{name: "no TLS", rule: "mta-sts/tls", scenario: mail(enforced, none), verdict: confirmed, severity: "high", note: "not offered"},
		{name: "expired", rule: "mta-sts/tls", scenario: mail(enforced, expired), verdict: confirmed, severity: "high", note: "expired"},
		{name: "for another name", rule: "mta-sts/tls", scenario: mail(enforced, "starttls: {certificate: wrong-name}"), verdict: confirmed, severity: "high"},
		{name: "self-signed, tried out", rule: "mta-sts/tls", scenario: mail(tried, "starttls: {certificate: self-signed}"), verdict: confirmed, severity: "low"},
		{name: "no TLS, tried out", rule: "mta-sts/tls", scenario: mail(tried, none), verdict: confirmed, severity: "low"},
		{name: "expired, no policy", rule: "mta-sts/tls", scenario: mail(domain(good, "", ""), expired), verdict: policy},
		{name: "no TLS, no policy", rule: "mta-sts/tls", scenario: mail(domain(good, "", ""), none), verdict: policy},
		{name: "expired, not listed", rule: "mta-sts/tls", scenario: mail(stsDomain("", serves(strings.Replace(stsFile, "mail.", "mx.", 1)), stsRecord), expired), verdict: policy, note: "does not list"},
		{name: "expired, and the policy's certificate too", rule: "mta-sts/tls", scenario: mail(stsDomain("", serves(stsFile, "certificate: expired"), stsRecord), expired), verdict: policy, note: "older copy"},
		{name: "the policy is not known", rule: "mta-sts/tls", scenario: mail(stsDomain("", "status: 503", stsRecord), expired), verdict: unknown, reason: "refused"},
		{name: "the host is silent", rule: "mta-sts/tls", scenario: mail(enforced, "connect: silent"), verdict: unknown},
	})
}

// What keeps the servers from telling of record, policy or hosts leaves every claim about them open, and so does what they say against
// each other. The world has a fault for each claim, so that none is untrue whatever became of the rest.
func TestMTASTSTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	unlike := func(answer string) string {
		var entries []string
		for _, name := range []string{"_mta-sts.example.com", "mta-sts.example.com"} {
			entries = append(entries, "{name: "+name+", answer: "+answer+"}")
		}
		entries = append(entries, "{name: example.com, type: MX, answer: "+answer+"}")
		return "unlike: [" + strings.Join(entries, ", ") + "]"
	}
	withResolver := func(answer string) string {
		return bothServers(unlike(answer)) + "  - {address: 203.0.113.1, " + unlike(answer) + "}\n"
	}
	const faulty = "version: STSv1\nmode: Enforce\nmx: mx.example.com\nmax_age: 1\n"
	bad := serves(faulty, "certificate: expired")
	wantOpen(t, mtastsRules, map[string]string{
		"timeout":           stsDomain(withResolver("silence"), bad, stsRecord),
		"SERVFAIL":          stsDomain(withResolver("SERVFAIL"), bad, stsRecord),
		"REFUSED":           stsDomain(withResolver("REFUSED"), bad, stsRecord),
		"truncated":         stsDomain(bothServers("behaves: [truncate, no_tcp]"), bad, stsRecord),
		"without authority": stsDomain(bothServers("behaves: [not_authoritative]"), bad, stsRecord),
		"no server answers": stsDomain(bothDead, bad, stsRecord),
		"servers differ": stsDomain(at(secondServer, fmt.Sprintf("zones: [{name: example.com, records: %q}]", "example.com. 300 IN MX 10 mail.example.net.\n"+stsHost+"\n"+textsAt("_mta-sts.example.com", "v=STSv1; id=2"))),
			serves(strings.Replace(stsFile, "enforce", "Enforce", 1), "certificate: expired"), stsRecord),
	})
}

// Trouble of the web server leaves the claims about the policy open, unless it is wrong for everybody.
func TestMTASTSWebTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	rules := []string{"mta-sts/policy-fetch", "mta-sts/policy-certificate", "mta-sts/policy-syntax", "mta-sts/mx-mismatch"}
	for name, test := range map[string]struct {
		keys string
		bad  bool // the handshake shows the certificate all the same
	}{
		"silence":             {"connect: silent", false},
		"a silent handshake":  {"handshake: silent", false},
		"an alert":            {"handshake: alert", false},
		"no TLS":              {"handshake: garbage", false},
		"hangs up":            {"handshake: close", false},
		"no answer":           {"delay: 5m", true},
		"no HTTP":             {stsPage("raw: hello"), true},
		"an answer cut off":   {stsPage(`raw: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"`), true},
		"a body cut off":      {stsPage("text: " + strings.Repeat("x", 100) + ", ends: cut"), true},
		"a body that drips":   {stsPage("text: \"x: y\\n\", size: 4000, drip: 1s"), true},
		"a body without end":  {stsPage(`raw: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nversion: STSv1\n"`), true},
		"forbidden":           {"status: 403", true},
		"too many requests":   {"status: 429", true},
		"wants a password":    {"status: 401", true},
		"not for this region": {"status: 451", true},
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, stsDomain("", test.keys, stsRecord), claim(rules...))
			for _, rule := range rules {
				want := "inconclusive"
				if test.bad && rule == "mta-sts/policy-certificate" {
					want = "false_positive"
				}
				if v := a.verdict(rule); v.Verdict != want || v.Reason == "untested" {
					t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
				}
			}
			wantManners(t, o)
		})
	}
}

// A hostile policy costs a bounded number of requests, goes nowhere else, and is judged all the same.
func TestHostilePolicies(t *testing.T) {
	parallel(t)
	many := strings.Repeat("mx: a.example.com\n", 3000)
	for name, test := range map[string]struct {
		keys, rule, verdict string
		requests            int
	}{
		"a gibibyte":                {stsPage("text: \"mx: mail.example.com\\n\", size: 1073741824"), "mta-sts/policy-fetch", "confirmed", 1},
		"a loop of redirects":       {"status: 302, location: \"https://mta-sts.example.com/.well-known/mta-sts.txt\"", "mta-sts/policy-fetch", "confirmed", 1},
		"a redirect to a private":   {"status: 302, location: \"http://127.0.0.1/\"", "mta-sts/policy-fetch", "confirmed", 1},
		"thousands of hosts":        {serves(stsFile + many), "mta-sts/mx-mismatch", "false_positive", 1},
		"thousands of broken lines": {serves(strings.Repeat("x\n", 30_000)), "mta-sts/policy-syntax", "confirmed", 1},
		"interim answers":           {stsPage("raw: \"" + strings.Repeat(`HTTP/1.1 103 Early\r\n\r\n`, 1000) + "\""), "mta-sts/policy-fetch", "inconclusive", 1},
		"headers without end":       {stsPage(`raw: "HTTP/1.1 200 OK\r\nX: ` + strings.Repeat("x", 300_000) + `"`), "mta-sts/policy-fetch", "inconclusive", 1},
		"terminal escapes":          {serves("\x1b[31mversion: STSv1\n"), "mta-sts/policy-syntax", "confirmed", 1},
		"errors for ever":           {"status: 500", "mta-sts/policy-fetch", "confirmed", 2},
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, stsDomain("", test.keys, stsRecord), claim(test.rule))
			if v := a.verdict(test.rule); v.Verdict != test.verdict || strings.ContainsRune(v.Says, '\x1b') {
				t.Errorf("%s (%s) %s %q", v.Verdict, v.Reason, v.Says, v.Notes)
			}
			if len(o.requests) != test.requests {
				t.Errorf("requests %q", o.requests)
			}
		})
	}
}

// A record behind broken signatures is one that senders who check them do not find.
func TestSTSAndTLSRPTBehindSignatures(t *testing.T) {
	parallel(t)
	var cases []recordCase
	for how, want := range map[string][2]string{"good": {"false_positive", ""}, "expired": {"confirmed", "high"}, "no-key": {"confirmed", "high"}} {
		cases = append(cases,
			recordCase{name: how, rule: "mta-sts/record-missing", scenario: signedAs("example.com", how, stsDomain("", "", stsRecord)), verdict: want[0], severity: want[1]},
			recordCase{name: how, rule: "tlsrpt/missing", scenario: signedAs("example.com", how, tlsrptDomain("", "v=TLSRPTv1; rua=mailto:tls@example.com")), verdict: want[0], severity: want[1]})
	}
	runRecordCases(t, cases)
}
