package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const (
	refreshRow = "SOA Refresh Value is outside of the recommended range\n"
	retryRow   = "SOA Retry Value is outside of the recommended range\n"
	expireRow  = "SOA Expire Value out of recommended range\n"
	minimumRow = "SOA Minimum TTL Value is outside of allowed values\n"
	formatRow  = "SOA Serial Number Format is Invalid\n"
	agreeRow   = "Serial numbers do not match\n"
)

// A number of the SOA record is a matter of taste, unless it cannot work in any set-up.
func TestSOANumbers(t *testing.T) {
	parallel(t)
	tests := []struct {
		name, soa, report string
		rule, verdict     string
		severity          string
	}{
		{"a day", "refresh: 86400s, expire: 3600000s", refreshRow, "dns/soa-refresh", "policy_disagreement", ""},
		{"within the span", "refresh: 7200s", refreshRow, "dns/soa-refresh", "false_positive", ""},
		{"refresh zero", "refresh: 0s", refreshRow, "dns/soa-refresh", "confirmed", "medium"},
		{"refresh as long as expire", "refresh: 604800s, expire: 604800s", refreshRow, "dns/soa-refresh", "confirmed", "medium"},
		{"retry of three hours", "retry: 10800s", retryRow, "dns/soa-retry", "policy_disagreement", ""},
		{"retry within the span", "retry: 3600s", retryRow, "dns/soa-retry", "false_positive", ""},
		{"retry zero", "retry: 0s", retryRow, "dns/soa-retry", "confirmed", "medium"},
		{"a week", "refresh: 10000s, retry: 2400s, expire: 604800s", expireRow, "dns/soa-expire", "policy_disagreement", ""},
		{"a large operator's half an hour", "refresh: 900s, retry: 900s, expire: 1800s", expireRow, "dns/soa-expire", "policy_disagreement", ""},
		{"expire below refresh plus retry", "refresh: 86400s, retry: 7200s, expire: 86400s", expireRow, "dns/soa-expire", "confirmed", "medium"},
		{"expire not above retry", "refresh: 0s, retry: 900s, expire: 900s", expireRow, "dns/soa-expire", "confirmed", "medium"},
		{"large minimum, small TTL", "minimum: 172800s", minimumRow, "dns/soa-minimum", "policy_disagreement", ""},
		{"usual minimum", "minimum: 3600s", minimumRow, "dns/soa-minimum", "false_positive", ""},
		{"minimum is no TTL", "minimum: 2147483648s", minimumRow, "dns/soa-minimum", "confirmed", "low"},
		{"one record", "serial: 1", claim("dns/soa-multiple"), "dns/soa-multiple", "false_positive", ""},
		{"a counter", "serial: 1", formatRow, "dns/soa-serial-format", "policy_disagreement", ""},
		{"Unix time", "serial: 940000000", formatRow, "dns/soa-serial-format", "policy_disagreement", ""},
		{"a year beyond the next", "serial: 2312123101", formatRow, "dns/soa-serial-format", "policy_disagreement", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, soaZone(test.soa), test.report)
			if v := a.verdict(test.rule); v.Verdict != test.verdict || v.Severity != test.severity {
				t.Errorf("%s %s, want %s %s: %s", v.Verdict, v.Severity, test.verdict, test.severity, v.Says)
			}
		})
	}
}

// The span is taken from the row itself where it states one.
func TestSpanOfTheRow(t *testing.T) {
	parallel(t)
	row := "ns1.example.com reported Minimum TTL 60 : Minimum TTL is recommended to be between 300 and 86400.\n"
	a, _ := judged(t, soaZone("minimum: 60s"), minimumRow+row)
	if v := a.verdict("dns/soa-minimum"); v.Verdict != "policy_disagreement" || !strings.Contains(v.Subject, "example.com") {
		t.Errorf("%s: %s", v.Verdict, v.Says)
	}
}

// Servers that give no usable answer make every claim about the SOA record inconclusive.
func TestSOATrouble(t *testing.T) {
	parallel(t)
	rules := []string{"dns/soa-multiple", "dns/soa-serial-format", "dns/soa-serial-agreement", "dns/soa-refresh", "dns/soa-retry",
		"dns/soa-expire", "dns/soa-minimum", "dns/primary-not-at-parent"}
	for _, behaviour := range []string{"silent", "servfail", "refused", "not_authoritative"} {
		t.Run(behaviour, func(t *testing.T) {
			a, _ := judged(t, soaZone("serial: 7", "name_servers:", "  - {address: 192.0.2.53, behaves: ["+behaviour+"]}",
				"  - {address: 198.51.100.53, behaves: ["+behaviour+"]}"), claim(rules...))
			for _, rule := range rules {
				if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason == "" {
					t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
				}
			}
		})
	}
}

// The virtual clock of these tests begins at midnight UTC on 1 January 2000, when it is 14 hours later in the east and
// the evening before where the reporter is.
func TestDateThatHasNotBegunEverywhere(t *testing.T) {
	parallel(t)
	a, o := judged(t, soaZone("serial: 2000010101"), formatRow)
	if v := a.verdict("dns/soa-serial-format"); v.Verdict != "false_positive" || v.Reason != "changed" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	for _, want := range []string{"2000-01-01 14:00 at UTC+14:00", "2000-01-01 00:00 at UTC", "1999-12-31 18:00 at UTC-06:00 (MXToolbox)"} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("the clocks lack %q: %s", want, o.stdout)
		}
	}
	// A day that has begun nowhere yet is in the future, and harmless.
	a, _ = judged(t, soaZone("serial: 2000010201"), formatRow)
	if v := a.verdict("dns/soa-serial-format"); v.Verdict != "policy_disagreement" {
		t.Errorf("tomorrow everywhere: %s: %s", v.Verdict, v.Says)
	}
	// It is yesterday everywhere: nobody's clock explains the row, so no clocks are shown.
	_, o = judged(t, soaZone("serial: 1999123001"), formatRow)
	if strings.Contains(o.stdout, "at UTC+14:00") {
		t.Error("the clocks are shown for a date that has begun everywhere")
	}
}

// No sentence about a serial ever advises to set it back, or to jump.
func TestSerialAgreementOfCopies(t *testing.T) {
	parallel(t)
	const second = "name_servers:\n  - {address: 198.51.100.53, soa: {serial: %}}"
	tests := []struct {
		name, text       string
		args             []string
		verdict, reason  string
		severity, stdout string
	}{
		{"equal", soaZone("serial: 8"), nil, "false_positive", "changed", "", ""},
		{"lag, equal data", soaZone("serial: 8", strings.Replace(second, "%", "7", 1)), nil, "inconclusive", "disagreement", "",
			"only a fault if"},
		{"lag without a second look", soaZone("serial: 8", strings.Replace(second, "%", "7", 1)), []string{"--settle", "0s"},
			"inconclusive", "untested", "", ""},
		{"lag beyond refresh plus retry", soaZone("serial: 8, refresh: 60s, retry: 30s", strings.Replace(second, "%", "7", 1)),
			[]string{"--settle", "100s"}, "confirmed", "", "low", ""},
		{"no order between the two", soaZone("serial: 8, refresh: 60s, retry: 30s", strings.Replace(second, "%", "2147483656", 1)),
			[]string{"--settle", "100s"}, "inconclusive", "disagreement", "", ""},
		{"one server silent", soaZone("serial: 8", "name_servers:", "  - {address: 198.51.100.53, behaves: [silent]}"), nil,
			"inconclusive", "servfail", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, o := judged(t, test.text, agreeRow, test.args...)
			v := a.verdict("dns/soa-serial-agreement")
			if v.Verdict != test.verdict || v.Reason != test.reason || v.Severity != test.severity {
				t.Errorf("%s (%s) %s, want %s (%s) %s: %s", v.Verdict, v.Reason, v.Severity, test.verdict, test.reason, test.severity, v.Says)
			}
			if !strings.Contains(strings.ReplaceAll(o.stdout, "a fault only", "only a fault"), test.stdout) {
				t.Errorf("it does not say %q: %s", test.stdout, v.Says)
			}
		})
	}
}

// Two providers that count by themselves need not agree; a secondary elsewhere that copies the same primary has to.
func TestSerialsOfSeveralProviders(t *testing.T) {
	parallel(t)
	text := strings.Replace(soaZone("serial: 8", "  - name: other.example\n    servers: [ns1.example.com]\n    records: |\n      dns.other.example. 300 IN A 198.51.100.99"),
		"servers: [ns1.example.com, ns2.example.com]", "servers: [ns1.example.com, dns.other.example]", 1)
	tests := []struct{ name, soa, verdict string }{
		{"own primary", "serial: 1700000000, mname: dns.other.example", "policy_disagreement"},
		{"same primary", "serial: 7", "inconclusive"},
	}
	text = strings.Replace(text, "other.example\n    servers: [ns1.example.com]", "other.example\n    servers: [dns.other.example]", 1)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, strings.Replace(text, "198.51.100.99", "198.51.100.53", 1)+"name_servers:\n  - {address: 198.51.100.53, soa: {"+test.soa+"}}\n", agreeRow)
			if v := a.verdict("dns/soa-serial-agreement"); v.Verdict != test.verdict {
				t.Errorf("%s (%s), want %s: %s", v.Verdict, v.Reason, test.verdict, v.Says)
			}
		})
	}
}

// What time shows: in transition, persistent, or going backwards.
func TestSerialsOverTime(t *testing.T) {
	parallel(t)
	first := "name_servers:\n  - {address: 198.51.100.53, soa: {serial: 7}}\n"
	data := `name_servers:
  - address: 198.51.100.53
    zones:
      - name: example.com
        soa: {serial: 7}
        records: |
          example.com.     300 IN MX 20 other.example.com.
          ns1.example.com. 300 IN A 192.0.2.53
          ns2.example.com. 300 IN A 198.51.100.53
`
	tests := []struct {
		name, servers             string
		verdict, reason, severity string
		says                      string // in the notes
	}{
		{"settles", first + "  - {address: 198.51.100.53, after: 20s, soa: {serial: 8}}\n", "false_positive", "changed", "", "In transition"},
		{"persists", first, "inconclusive", "disagreement", "", "Persistent for as long"},
		{"settles on a third serial", first + "  - {address: 198.51.100.53, after: 20s, soa: {serial: 9}}\n" +
			"  - {address: 192.0.2.53, after: 20s, soa: {serial: 9}}\n", "false_positive", "changed", "", "In transition"},
		{"goes backwards", first + "  - {address: 192.0.2.53, after: 20s, soa: {serial: 6}}\n", "confirmed", "", "medium", "Persistent"},
		{"goes backwards and agrees", first + "  - {address: 192.0.2.53, after: 20s, soa: {serial: 7}}\n", "confirmed", "", "medium", ""},
		{"other records", data, "confirmed", "", "medium", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, o := judged(t, soaZone("serial: 8", test.servers), agreeRow)
			v := a.verdict("dns/soa-serial-agreement")
			if v.Verdict != test.verdict || v.Reason != test.reason || v.Severity != test.severity {
				t.Errorf("%s (%s) %s, want %s (%s) %s: %s", v.Verdict, v.Reason, v.Severity, test.verdict, test.reason, test.severity, v.Says)
			}
			if !strings.Contains(o.stdout, test.says) {
				t.Errorf("it does not say %q", test.says)
			}
			if again := strings.Contains(o.stdout, `"round": 1`); again == (test.name == "other records") {
				t.Errorf("looked again: %v", again)
			}
			var took struct {
				Started  time.Time `json:"started_at"`
				Finished time.Time `json:"finished_at"`
			}
			if err := json.Unmarshal([]byte(o.stdout), &took); err != nil || took.Finished.Sub(took.Started) > time.Minute {
				t.Errorf("took %v", took.Finished.Sub(took.Started))
			}
		})
	}
}

func TestSeveralSOARecords(t *testing.T) {
	parallel(t)
	a, _ := judged(t, strings.Replace(soaZone("serial: 8"), "    records:", "    soas: 2\n    records:", 1), claim("dns/soa-multiple", "dns/soa-expire"))
	if v := a.verdict("dns/soa-multiple"); v.Verdict != "confirmed" || v.Severity != "medium" {
		t.Errorf("%s %s: %s", v.Verdict, v.Severity, v.Says)
	}
	if v := a.verdict("dns/soa-expire"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
		t.Errorf("a value of one record of several is judged: %s %s: %s", v.Verdict, v.Reason, v.Says)
	}
}

// The provider is named whose default the number is, and the authority that the reporter would reject too.
func TestOpinionsOfAHostedZone(t *testing.T) {
	parallel(t)
	o := inLab(t, scenarioFile(t, "../../../testdata/scenarios/soa-hosted.yaml"), expireRow, "--format", "ticket")
	text := strings.Join(strings.Fields(o.stdout), " ")
	for _, want := range []string{"Cloudflare gives its zones 604800 s", "that is what this zone has", "RIPE-203: 3600000 s", "the reporter would reject"} {
		if !strings.Contains(text, want) {
			t.Errorf("the ticket lacks %q:\n%s", want, o.stdout)
		}
	}
}

// A primary that the parent zone does not list is hidden, not missing. Names are compared without letter case.
func TestPrimaryAtParent(t *testing.T) {
	parallel(t)
	row := "Primary Name Server Not Listed At Parent\n"
	silentRoot := "name_servers:\n  - {address: 192.0.2.254, behaves: [silent]}\n"
	tests := []struct{ name, soa, more, verdict string }{
		{"listed", "mname: NS2.example.COM", "", "false_positive"},
		{"hidden", "mname: hidden.example.com", "", "policy_disagreement"},
		{"none named", "mname: .", "", "policy_disagreement"},
		{"parent not asked", "mname: hidden.example.com", silentRoot, "inconclusive"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, soaZone(test.soa, test.more), row)
			if v := a.verdict("dns/primary-not-at-parent"); v.Verdict != test.verdict {
				t.Errorf("%s (%s), want %s: %s", v.Verdict, v.Reason, test.verdict, v.Says)
			}
		})
	}
}

// What a report says of the SOA record may be true no more.
func TestSOAThatIsFineNow(t *testing.T) {
	parallel(t)
	text := strings.NewReplacer("serial: 2312868412", "serial: 1999123101", "expire: 604800s", "expire: 1209600s").Replace(scenarioFile(t, delayed))
	a, _ := judged(t, text, fiveLines)
	for _, rule := range []string{"dns/soa-serial-format", "dns/soa-expire"} {
		if v := a.verdict(rule); v.Verdict != "false_positive" || v.Reason != "changed" {
			t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
}
