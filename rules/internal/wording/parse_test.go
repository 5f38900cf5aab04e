package wording_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/rules/internal/wording"
)

// These tests join the parser with the wordings that are shipped.

func shipped(t testing.TB) *wording.Vocabulary {
	t.Helper()
	const file = "../../reporters/mxtoolbox.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := wording.Load(file, data)
	if err != nil {
		t.Fatal(err)
	}
	v, err := wording.NewVocabulary([]*wording.Reporter{r})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parse(t testing.TB, v report.Vocabulary, text string) report.Report {
	t.Helper()
	rep, err := parser.Parse(strings.NewReader(text), "-", v)
	if err != nil && !errors.Is(err, parser.ErrNoFindings) {
		t.Fatalf("%v in %q", err, text)
	}
	return rep
}

// brief writes findings as "line rule status subject values", the parts that the rules work with.
func brief(rep report.Report) []string {
	lines := []string{}
	for _, f := range rep.Findings {
		s := fmt.Sprintf("%d %s %s", f.Line, f.Rule, f.Status)
		if f.Subject != "" {
			s += " @" + f.Subject
		}
		for _, name := range []string{"seconds", "serial", "year", "expire", "min", "max", "nameserver", "nameservers",
			"address", "ptr", "code", "selector", "port"} {
			if v, ok := f.Values[name]; ok {
				b, _ := v.MarshalJSON()
				s += " " + name + "=" + string(b)
			}
		}
		lines = append(lines, s)
	}
	return lines
}

func TestLayouts(t *testing.T) {
	v := shipped(t)
	tests := []struct {
		name, text string
		want       []string
	}{
		{"bare sentence", "Name Servers are on the Same Subnet", []string{"1 dns/ns-same-subnet warning"}},
		{"status and dash", "Warning - Reverse DNS is not a valid Hostname",
			[]string{"1 smtp/ptr-not-hostname warning"}},
		{"typographic dash", "Warning – Does not support TLS", []string{"1 smtp/tls-missing warning"}},
		{"dash without blanks", "Warning—Does not support TLS.", []string{"1 smtp/tls-missing warning"}},
		{"lower case, no full stop", "warning - does not support tls", []string{"1 smtp/tls-missing warning"}},
		{"non-breaking blanks", "Warning\u00a0-\u00a0Does\u00a0not support\u00a0TLS.",
			[]string{"1 smtp/tls-missing warning"}},
		{"soft hyphen and zero-width blank", "Reverse DNS does not match SM\u00adTP\u200b Banner",
			[]string{"1 smtp/banner-mismatch warning"}},
		{"terminal colours", "\x1b[33mWarning\x1b[0m - Does not support TLS.", []string{"1 smtp/tls-missing warning"}},
		{"name and result, one blank", "SMTP TLS Warning - Does not support TLS.",
			[]string{"1 smtp/tls-missing warning"}},
		{"name, colon, result", "SMTP Open Relay: May be an open relay.", []string{"1 smtp/open-relay error"}},
		{"name, tab, result", "SMTP TLS\tOK - Supports TLS.", []string{"1 smtp/tls-missing ok"}},
		{"name, blanks, result", "SMTP Connect      Failed To Connect", []string{"1 smtp/connect error"}},
		{"name, dash, result", "SMTP TLS – Does not support TLS", []string{"1 smtp/tls-missing warning"}},
		{"Markdown table", "| Test | Result |\n|---|---|\n| SMTP TLS | Does not support TLS. |",
			[]string{"3 smtp/tls-missing warning"}},
		{"bulletin board table", "[TR][TD]SMTP TLS[/TD][TD]OK - Supports TLS.[/TD][/TR]",
			[]string{"1 smtp/tls-missing ok"}},
		{"bold", "**SMTP TLS**: Warning - `Does not support TLS.`", []string{"1 smtp/tls-missing warning"}},
		{"bullets and numbers",
			"- Warning - Does not support TLS.\n2. Serial numbers do not match\n• DNS Record not found",
			[]string{"1 smtp/tls-missing warning", "2 dns/soa-serial-agreement warning", "3 dns/record-missing error"}},
		{"name line, result line", "SMTP Transaction Time\n15.363 seconds - Not good! on Transaction Time",
			[]string{"2 smtp/transaction-time warning seconds=15.363"}},
		{"blank line between", "SMTP Connect\n\nFailed To Connect\n", []string{"3 smtp/connect error"}},
		{"misspelt name", "SMTP Correction Time\n0.799 seconds - Good on Connection time",
			[]string{"2 smtp/connection-time ok seconds=0.799"}},
		{"quoted in prose", `They say "Does not support TLS" and nothing else.`, []string{"1 smtp/tls-missing warning"}},
		{"two sentences and prose",
			"I see SOA Expire Value out of recommended range and also SOA Serial Number Format is Invalid?",
			[]string{"1 dns/soa-expire warning", "1 dns/soa-serial-format warning"}},
		{"a whole old report on one line",
			"OK - 192.0.2.1 resolves to mail.example.com Warning - Reverse DNS does not match " +
				"SMTP Banner 0 seconds - Good on Connection time Not an open relay. 0.390 seconds - Good on Transaction time",
			[]string{`1 smtp/ptr-mismatch ok @192.0.2.1 address="192.0.2.1" ptr="mail.example.com"`,
				"1 smtp/banner-mismatch warning @192.0.2.1", "1 smtp/connection-time ok @192.0.2.1 seconds=0",
				"1 smtp/open-relay ok @192.0.2.1", "1 smtp/transaction-time ok @192.0.2.1 seconds=0.39"}},
		{"connected, then silence", "Timeout waiting for response after 15 seconds. : Completed Connect",
			[]string{"1 smtp/connect error seconds=15"}},
		{"the same as a detail",
			"SMTP Connect\tFailed To Connect\nTimeout waiting for response after 15 seconds. : Completed Connect",
			[]string{"1 smtp/connect error seconds=15"}},
		{"an old name over another test's sentence",
			"SMTP Reverse DNS Mismatch\tWarning - Reverse DNS does not match SMTP Banner",
			[]string{"1 smtp/banner-mismatch warning"}},
		{"an empty value", "SMTP Reverse DNS Mismatch\t.", []string{}},
		{"good sentence under a bad name", "DNS Bad Glue Detected\tNo Bad Glue Detected",
			[]string{"1 dns/glue-mismatch ok"}},
		{"the row's mark wins over the usual status", "Problem - Does not support TLS.",
			[]string{"1 smtp/tls-missing error"}},
		{"detail below",
			"SOA Expire Value out of recommended range\nns1.example.com reported Expire 604800 : Expire is " +
				"recommended to be between 1209600 and 2419200.",
			[]string{`1 dns/soa-expire warning expire=604800 min=1209600 max=2419200 nameserver="ns1.example.com"`}},
		{"detail on the same line",
			"SOA Serial Number Format is Invalid ns1.example.com reported Serial 2312868412 : Serial year " +
				"was 2312 which is in the future.",
			[]string{`1 dns/soa-serial-format warning serial=2312868412 year=2312 nameserver="ns1.example.com"`}},
		{"details of two servers", "SOA Serial Number Format is Invalid\nns1.example.com reported Serial 7\n" +
			"ns2.example.com reported Serial 8", []string{
			`1 dns/soa-serial-format warning serial=7 nameservers="ns1.example.com ns2.example.com"`}},
		{"a detail without its row", "ns1.example.com reported Expire 604800", []string{}},
		{"summary table",
			"dns\texample.com\tName Servers are on the Same Subnet\nsmtp  mail.Example.com.   Does not support TLS.",
			[]string{"1 dns/ns-same-subnet warning @example.com", "2 smtp/tls-missing warning @mail.example.com"}},
		{"summary table, single blanks", "smtp mail.example.com Reverse DNS does not match SMTP Banner",
			[]string{"1 smtp/banner-mismatch warning @mail.example.com"}},
		{"summary row of another record", "dmarc \texample.com \tDNS Record not found",
			[]string{"1 dmarc/missing error @example.com"}},
		{"summary row that nobody knows", "spf\texample.com\tThe record frobs without need",
			[]string{"1  unknown @example.com"}},
		{"international name", "dns\tb\u00fccher.example\tName Servers are on the Same Subnet",
			[]string{"1 dns/ns-same-subnet warning @xn--bcher-kva.example"}},
		{"address as host", "smtp\t[2001:DB8::25]\tDoes not support TLS.",
			[]string{"1 smtp/tls-missing warning @2001:db8::25"}},
		{"marked row that nobody knows", "Warning - Frobnicates without need", []string{"1  warning"}},
		{"unknown and known on one line", "Warning - Frobnicates without need. Warning - Does not support TLS.",
			[]string{"1  warning", "1 smtp/tls-missing warning"}},
		{"known and unknown on one line", "Warning - Does not support TLS. Warning - Frobnicates without need",
			[]string{"1 smtp/tls-missing warning", "1  warning"}},
		{"unknown sentence beside its test's name", "SMTP Server Disconnected\tHung up after EHLO", []string{}},
		{"unknown sentence beside its test's name, in a table", "smtp:mail.example.com\nSMTP TLS\tEncryption works great",
			[]string{"2 smtp/tls-missing unknown @mail.example.com"}},
		{"what somebody says of a test", "SMTP TLS - fixed\nSMTP Open Relay\tNo\n| SMTP TLS | Kim |", []string{}},
		{"a number of which only the end was read", "smtp:a.example.com\nTook -3 seconds - Not good! on Transaction Time\nsmtp:b.example.com\n" +
			"15 678 seconds - Not good! on Transaction Time\nsmtp:c.example.com\n- 9.5 seconds - Not good! on Transaction Time", []string{
			"2 smtp/transaction-time warning @a.example.com", "4 smtp/transaction-time warning @b.example.com",
			"6 smtp/transaction-time warning @c.example.com seconds=9.5"}},
		{"cells of the table of name servers", "dns:example.com\nNS\nns1.example.com\n24 hrs\nStatus Ok\n31\nAUTH\nNS\nStatus Warning\nNA\nns2.example.com\n",
			[]string{}},
		{"unknown sentence with status", "SMTP DNS Resolution\nWarning - No idea what that is",
			[]string{"2 smtp/hostname-unresolved warning"}},
		{"copied page",
			"Status Problem\nDMARC Record Published\nNo DMARC Record found\nInformation More Info\n" +
				"Status Ok\nDNS Record Published\nDNS Record found", []string{"3 dmarc/missing error", "7 dns/record-missing ok"}},
		{"copied page, one column", "Result\nStatus Warning\nFrobnicates without need\nStatus Ok\nSerial numbers match",
			[]string{"3  warning", "5 dns/soa-serial-agreement ok"}},
		{"copied page, last row lacks its result", "Status Problem\nDNS Lookup Timeout",
			[]string{"2 dns/ns-unresponsive error"}},
		{"copied page on one line", "Status Warning\tSMTP TLS\tDoes not support TLS.\tInformation More Info",
			[]string{"1 smtp/tls-missing warning"}},
		{"mx block: another record is meant", "mx:example.com\nDNS Record Published\tDNS Record not found",
			[]string{"2 mx/missing error @example.com"}},
		{"headings", "smtp:192.0.2.1\nDoes not support TLS.\ndns:Example.COM 2 Tests Failed\nSerial numbers do not match",
			[]string{"2 smtp/tls-missing warning @192.0.2.1", "4 dns/soa-serial-agreement warning @example.com"}},
		{"transcript names the address and shows a greeting",
			"Warning - Does not support TLS.\n\nConnecting to 192.0.2.1\n\n" +
				"220 mail.example.com ESMTP [562 ms]\nEHLO keeper-us-east-1d.mxtoolbox.com\n250-mail.example.com\n" +
				"250 SIZE [343 ms]\nLookupServer 2815ms", []string{"1 smtp/tls-missing warning @192.0.2.1 code=220"}},
		{"transcript of a silent server",
			"Connecting to 192.0.2.1\nSendSMTPCommand: Timeout waiting for response after 15 seconds.\n" +
				"LookupServerv2 26157ms\nWarning - Does not support TLS.",
			[]string{"4 smtp/tls-missing warning @192.0.2.1"}},
		{"two transcripts tell no address",
			"Connecting to 192.0.2.1\nConnecting to 192.0.2.2\nWarning - Does not support TLS.",
			[]string{"3 smtp/tls-missing warning"}},
		{"a server cannot put rows into its replies", "Connecting to 192.0.2.1\n220 Does not support TLS.\n" +
			"250-Warning - Does not support TLS.\nWarning - Does not support TLS.",
			[]string{"4 smtp/tls-missing warning @192.0.2.1 code=220"}},
		{"a duration that looks like a reply code",
			"Connecting to 192.0.2.1\n250 seconds - Not good! on Transaction Time",
			[]string{"2 smtp/transaction-time warning @192.0.2.1 seconds=250"}},
		{"repeated in quoted mail", "Does not support TLS.\n\n> Does not support TLS.\n>> Does not support TLS.",
			[]string{"1 smtp/tls-missing warning"}},
		{"repeated, not quoted", "Does not support TLS.\n\nDoes not support TLS.",
			[]string{"1 smtp/tls-missing warning"}},
		{"quoted, of another host",
			"smtp:mail.example.com\nDoes not support TLS.\n> smtp:mail.example.net\n> Does not support TLS.",
			[]string{"2 smtp/tls-missing warning @mail.example.com", "4 smtp/tls-missing warning @mail.example.net"}},
		{"a server a column", "Test\tmx1.example.com\tmx2.example.com\nSMTP TLS\tOK - Supports TLS.\tDoes not support TLS.\nSMTP Connect\t\tFailed To Connect\n",
			[]string{"2 smtp/tls-missing ok @mx1.example.com", "2 smtp/tls-missing warning @mx2.example.com", "3 smtp/connect error @mx2.example.com"}},
		{"names in a row are no columns", "mx1.example.com\tmx2.example.com\tmx3.example.com\nSMTP TLS\tDoes not support TLS.\n",
			[]string{"2 smtp/tls-missing warning"}},
		{"headings between rules and brackets",
			"== example.com ==\nNo DMARC Record found\n[example.net]\nNo DMARC Record found\n【example.org】\nNo DMARC Record found\n--- example.edu ---\nNo DMARC Record found\n",
			[]string{"2 dmarc/missing error @example.com", "4 dmarc/missing error @example.net", "6 dmarc/missing error @example.org",
				"8 dmarc/missing error @example.edu"}},
		{"a heading in brackets makes no headings of other names", "[example.com]\nNo DMARC Record found\nmail.example.net\nSPF Record found",
			[]string{"2 dmarc/missing error @example.com", "4 spf/missing ok @example.com"}},
		{"a result below that of the same test stays", "SMTP Open Relay          asked Monday\nSMTP Connect: Failed To Connect\nOK - Not an open relay.\n",
			[]string{"1 smtp/open-relay unknown", "2 smtp/connect error", "3 smtp/open-relay ok"}},
		{"a list in a list", "* mail.example.com\n  * SMTP TLS: Does not support TLS.\n* example.net\n  * SMTP TLS: OK - Supports TLS.\n* rest\n  * SMTP Connect: Failed To Connect\n",
			[]string{"2 smtp/tls-missing warning @mail.example.com", "4 smtp/tls-missing ok @example.net", "6 smtp/connect error"}},
		{"three columns, wrapped", "SMTP Banner Check    Reverse DNS does not match SMTP    see\n                     Banner                           below\n",
			[]string{"1 smtp/banner-mismatch warning"}},
		{"a remark in another column", "SMTP Open Relay          asked Monday\n  OK - Not an open relay.\n", []string{"2 smtp/open-relay ok"}},
		{"a selector behind the name", "dkim:example.com:Sel1._x\nDKIM Record Published\tDNS Record not found\nName Servers are on the Same Subnet\n" +
			"dkim:example.net\nDKIM Record Published\tDNS Record not found\nspf:example.org:x\nSPF Record Published\tNo SPF Record found",
			[]string{"2 dkim/missing error @example.com selector=\"sel1._x\"", "3 dns/ns-same-subnet warning @example.com",
				"5 dkim/missing error @example.net", "7 spf/missing error @example.org"}},
		{"a selector of digits", "dkim:example.com:2024\nDKIM Record Published\tDNS Record not found", []string{"2 dkim/missing error @example.com selector=\"2024\""}},
		{"a port behind the name", "tcp:example.com:8080\nTCP Connect\tFailed To Connect\nhttp:example.net\nHTTP Connect\tFailed To Connect\nsmtp:mail.example.org\nSMTP Connect\tFailed To Connect",
			[]string{"2 tcp/connect error @example.com port=8080", "4 http/connect error @example.net", "6 smtp/connect error @mail.example.org"}},
		{"a selector in a link", "https://mxtoolbox.com/SuperTool.aspx?action=dkim%3aexample.com%3asel2&run=toolpage\nDKIM Record Published: DNS Record not found",
			[]string{"2 dkim/missing error @example.com selector=\"sel2\""}},
		{"a selector in an answer", `{"Command":"dkim","CommandArgument":"example.com:sel3","Failed":[{"Name":"DKIM Record Published","Info":"DNS Record not found"}]}`,
			[]string{"1 dkim/missing error @example.com selector=\"sel3\""}},
		{"a word that somebody quotes", "What does \"Warning\" mean for our mail?\nDoes not support TLS.", []string{"2 smtp/tls-missing warning"}},
		{"Windows line ends", "SMTP TLS\r\nDoes not support TLS.\r\n", []string{"2 smtp/tls-missing warning"}},
		{"old line ends", "SMTP TLS\rDoes not support TLS.\r", []string{"2 smtp/tls-missing warning"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, brief(parse(t, v, tt.text))); diff != "" {
				t.Errorf("of %q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestNothingToFind(t *testing.T) {
	v := shipped(t)
	tests := map[string]string{
		"question":       "What does SMTP TLS mean, and should I worry about the SMTP Banner Check?",
		"name in prose":  "SMTP TLS is what my customer asks about.\nSMTP Open Relay and SMTP Connect as well.",
		"names only":     "SMTP TLS\nSMTP Open Relay\nDNS SOA Expire Value\n",
		"name, prose":    "SMTP TLS\nWe should talk about this next week.",
		"legend":         "SMTP TLS: tells whether the server offers encryption.\nSMTP Connect: tells whether it answers at all.",
		"titles":         "Test  Result\nCategory\tHost\tResult\nPref  Hostname  IP Address  TTL",
		"badges":         "3 Errors\n2 Warnings\n149 Passed\nCritical (3)\nWarning (2)\nPassing (1)",
		"banner of mail": "Warning: this message comes from outside of the company.",
		"answers":        "OK\nThanks.\nProblem\nsolved",
		"mail log": "Nov 23 09:56:28 mx smtpd[4711]: Client keeper-us-east-1b.mxtoolbox.com:49265 closed connection before SMTP greeting\n" +
			"Nov 23 09:56:29 mx postfix/smtp[4712]: connect to mail.example.com[192.0.2.1]:25: Connection timed out\n" +
			"Nov 23 09:56:30 mx postfix/smtpd[4713]: warning: hostname host.example.net does not resolve to address 192.0.2.9",
		"failed to connect, in prose": "The printer failed to connect to mail.example.com on Monday.",
		"everyday words":              "Our old printer does not support TLS 1.2, and our server supports TLS since May.",
		"wrapped everyday words":      "We know that the name servers are on the same subnet as the mail server.",
		"transcript": "Connecting to 192.0.2.1\n220 mail.example.com ESMTP Warning - Does not support TLS.\nEHLO test.example.net\n" +
			"250 mail.example.com\nMAIL FROM:<a@example.net>\n250 OK - queued",
		"links":     "dns lookup\tmx lookup\tdmarc lookup\tspf lookup\tdns propagation",
		"addresses": "dns:example.com\nNS\nns1.example.com\n192.0.2.53\n24 hrs",
		"records":   "example.com. 300 IN MX 10 mail.example.com.\nexample.com. 300 IN TXT \"v=spf1 mx -all\"",
		"advice":    "Please enable encryption on your mail server and set a reverse DNS entry.",
		"headers":   "From: a@example.com\nSubject: Warning about our domain\nReceived: from mail.example.net (192.0.2.1)",
		"number":    "The delivery took 15.678 seconds, which is not good for us.",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			rep, err := parser.Parse(strings.NewReader(text), "-", v)
			if !errors.Is(err, parser.ErrNoFindings) || len(rep.Findings) != 0 {
				t.Errorf("%q: error %v, findings %q", text, err, brief(rep))
			}
		})
	}
}

// founding is the paste with which the project began; each line with the rule and number it must lead to.
var founding = []struct{ line, want string }{
	{"SOA Serial Number Format is Invalid", "dns/soa-serial-format warning"},
	{"SOA Expire Value out of recommended range", "dns/soa-expire warning"},
	{"Warning - Reverse DNS does not match SMTP Banner", "smtp/banner-mismatch warning"},
	{"Warning - Does not support TLS.", "smtp/tls-missing warning"},
	{"15,678 seconds - Not good! on Transaction time", "smtp/transaction-time warning seconds=15.678"},
}

func TestFoundingPaste(t *testing.T) {
	v := shipped(t)
	forms := map[string]string{
		"alone":        "%s\n",
		"quoted":       "> %s\n",
		"quoted twice": "On Monday somebody wrote:\n> > %s\n",
		"prose before": "Hello, the report says: %s\n",
		"prose behind": "%s This is what it shows; can you help?\n",
		"both":         "We get the message \"%s\" for our server. Is it bad?\n",
		"indented":     "      %s\t\n",
		"trailing dot": "%s.\n",
	}
	for form, format := range forms {
		for _, f := range founding {
			text := fmt.Sprintf(format, f.line)
			want := fmt.Sprintf("%d %s", strings.Count(text, "\n"), f.want)
			if got := brief(parse(t, v, text)); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %q: got %q, want %q", form, text, got, want)
			}
		}
	}
	orders := 0
	permute([]int{0, 1, 2, 3, 4}, 0, func(order []int) {
		orders++
		for _, separator := range []string{"\n", " ", "\n\nand then\n"} {
			var lines, want []string
			for i, k := range order {
				lines = append(lines, founding[k].line)
				line := 1 + i*strings.Count(separator, "\n")
				want = append(want, fmt.Sprintf("%d %s", line, founding[k].want))
			}
			text := strings.Join(lines, separator)
			if diff := cmp.Diff(want, brief(parse(t, v, text))); diff != "" {
				t.Errorf("%q (-want +got):\n%s", text, diff)
			}
		}
	})
	if orders != 120 {
		t.Errorf("tried %d orders, want 120", orders)
	}
}

func permute(order []int, from int, use func([]int)) {
	if from == len(order) {
		use(order)
		return
	}
	for i := from; i < len(order); i++ {
		order[from], order[i] = order[i], order[from]
		permute(order, from+1, use)
		order[from], order[i] = order[i], order[from]
	}
}

func TestTextAndTest(t *testing.T) {
	v := shipped(t)
	tests := []struct{ name, text, test, row string }{
		{"sentence with its mark", "SMTP TLS\nWarning - Does  not support TLS.", "SMTP TLS",
			"Warning - Does not support TLS."},
		{"name and result", "SMTP TLS\tDoes not support TLS.", "SMTP TLS", "SMTP TLS Does not support TLS."},
		{"out of prose", "It says Warning - Does not support TLS. Why?", "SMTP TLS", "Warning - Does not support TLS."},
		{"summary row", "smtp   mail.example.com\tDoes not support TLS", "SMTP TLS",
			"smtp mail.example.com Does not support TLS"},
		{"the sentence's own test, not the name above", "SMTP Reverse DNS Mismatch\nReverse DNS does not match SMTP Banner",
			"SMTP Banner Check", "Reverse DNS does not match SMTP Banner"},
		{"unknown name and sentence", "Status Warning\nFrob Check\nIt does not frob", "Frob Check", "It does not frob"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep := parse(t, v, tt.text)
			if len(rep.Findings) != 1 {
				t.Fatalf("findings %q", brief(rep))
			}
			if f := rep.Findings[0]; f.Test != tt.test || f.Text != tt.row || f.N != 1 {
				t.Errorf("got N %d, test %q, text %q; want 1, %q, %q", f.N, f.Test, f.Text, tt.test, tt.row)
			}
		})
	}
	long := parse(t, v, "Warning - "+strings.Repeat("frob\u00fc ", 1000)).Findings[0].Text
	if len(long) > 510 || !strings.HasPrefix(long, "Warning - frob") {
		t.Errorf("a long row was kept with %d bytes", len(long))
	}
}

func TestReportAsAWhole(t *testing.T) {
	v := shipped(t)
	read := func(name string) report.Report {
		data, err := os.ReadFile(filepath.Join("../../../testdata/reports", name))
		if err != nil {
			t.Fatal(err)
		}
		return parse(t, v, string(data))
	}
	minus := func(hours int) *time.Location { return time.FixedZone("", -hours*3600) }
	tests := []struct {
		file       string
		findings   int
		bad        int
		target     report.Target
		candidates []string
		tested     time.Time
	}{
		{"founding.txt", 5, 5, report.Target{}, []string{}, time.Time{}},
		{"supertool-smtp.txt", 7, 3, report.Target{Host: "mail.example.com", Address: "192.0.2.1"},
			[]string{"mail.example.com", "192.0.2.1"}, time.Date(2023, 6, 28, 1, 23, 56, 0,
				minus(5))},
		{"supertool-dns.txt", 4, 2, report.Target{Domain: "example.com"},
			[]string{"example.com", "192.0.2.53", "ns1.example.com", "ns2.example.com"},
			time.Date(2026, 11, 3, 16, 5, 6, 0, minus(6))},
		{"domain-health.txt", 5, 5, report.Target{Domain: "example.com", Host: "mail.example.com"},
			[]string{"example.com", "mail.example.com"}, time.Time{}},
		{"old-diagnostic.txt", 5, 1, report.Target{Host: "mail.example.com", Address: "192.0.2.1"},
			[]string{"192.0.2.1", "mail.example.com"}, time.Time{}},
		{"thread.txt", 4, 4, report.Target{Host: "mail.example.net"}, []string{"mail.example.net"}, time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			rep := read(tt.file)
			bad := 0
			for _, f := range rep.Findings {
				if f.Status.Bad() {
					bad++
				}
			}
			if len(rep.Findings) != tt.findings || bad != tt.bad {
				t.Errorf("%d findings, %d of them bad; want %d, %d: %q", len(rep.Findings), bad, tt.findings, tt.bad,
					brief(rep))
			}
			if rep.Reporter != "mxtoolbox" {
				t.Errorf("reporter %q", rep.Reporter)
			}
			if rep.Target != tt.target {
				t.Errorf("target %+v, want %+v", rep.Target, tt.target)
			}
			if diff := cmp.Diff(tt.candidates, rep.Candidates); diff != "" {
				t.Errorf("candidates (-want +got):\n%s", diff)
			}
			if tested := rep.TestedAt; (tested == nil) != tt.tested.IsZero() || tested != nil &&
				!tested.Equal(tt.tested) {
				t.Errorf("tested at %v, want %v", tested, tt.tested)
			}
		})
	}
}

// A row of a test that nobody knows is listed, never dropped; prose with a status word in it is no row.
func TestStrangeTests(t *testing.T) {
	v := shipped(t)
	for text, want := range map[string][]string{
		"SMTP Moon Phase\tWarning - The moon is wrong\n":                        {"1  warning"},
		"SMTP Moon Phase    Problem - The moon is wrong\n":                      {"1  error"},
		"> SMTP Moon Phase Warning - The moon is wrong\n":                       {"1  warning"},
		"Moon Phase\tOK - The moon is right\nWarning - Does not support TLS.\n": {"1  ok", "2 smtp/tls-missing warning"},
		"We saw a Warning - strange, is it not\n":                               {},
		"dns is OK - or so they say, but smtp is not\n":                         {},
	} {
		got := brief(parse(t, v, text))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestConcurrentReaders(t *testing.T) {
	v := shipped(t)
	data, err := os.ReadFile("../../../testdata/reports/supertool-smtp.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := brief(parse(t, v, string(data)))
	got := make([][]string, 8)
	var readers sync.WaitGroup
	for i := range got {
		readers.Go(func() {
			for range 20 {
				rep, _ := parser.Parse(bytes.NewReader(data), "-", v)
				got[i] = brief(rep)
			}
		})
	}
	readers.Wait()
	for _, g := range got {
		if diff := cmp.Diff(want, g); diff != "" {
			t.Fatalf("a reader beside others saw something else (-want +got):\n%s", diff)
		}
	}
}

func FuzzText(f *testing.F) {
	files, err := filepath.Glob("../../../testdata/reports/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no sample reports", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("Status Warning\n\n\nSMTP TLS\n| | |\n[TD]\x1b[1m15,678 seconds - Not good! on Transaction time"))
	f.Add([]byte("\xff\xfeW\x00a\x00"))
	v := shipped(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		rep, err := parser.Parse(bytes.NewReader(data), "-", v)
		again, err2 := parser.Parse(bytes.NewReader(data), "-", v)
		if !reflect.DeepEqual(rep, again) || !errors.Is(err2, err) {
			t.Fatalf("two readings of %q differ:\n%+v %v\n%+v %v", data, rep, err, again, err2)
		}
		lines := 1 + bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r"))
		if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
			lines = 1 + len(data) // the line ends are counted in another encoding
		}
		if len(rep.Findings) > parser.MaxFindings || len(rep.Candidates) > 20 {
			t.Fatalf("%d findings, %d candidates", len(rep.Findings), len(rep.Candidates))
		}
		for i, x := range rep.Findings {
			if x.Line < 1 || x.Line > lines || x.N != i+1 || len(x.Text) > 510 || x.Text == "" || x.Status == "" {
				t.Fatalf("finding %d of %q: %+v", i, data, x)
			}
		}
	})
}

func BenchmarkText(b *testing.B) {
	v := shipped(b)
	for _, name := range []string{"supertool-smtp.txt", "supertool-dns.txt", "old-diagnostic.txt", "thread.txt"} {
		data, err := os.ReadFile(filepath.Join("../../../testdata/reports", name))
		if err != nil {
			b.Fatal(err)
		}
		text := bytes.Repeat(data, 1<<20/len(data))
		b.Run(strings.TrimSuffix(name, ".txt"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parser.Parse(bytes.NewReader(text), "-", v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	dense := bytes.Repeat([]byte(strings.Join([]string{founding[0].line, founding[1].line, founding[2].line,
		founding[3].line,
		founding[4].line, ""}, "\n")), 1900)
	b.Run("rows-only", func(b *testing.B) {
		b.SetBytes(int64(len(dense)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := parser.Parse(bytes.NewReader(dense), "-", v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
