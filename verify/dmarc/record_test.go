package dmarc

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// What the facts say of one record.
func TestFactsOfRecord(t *testing.T) {
	for text, want := range map[string]map[facts.Name]string{
		"v=DMARC1; p=reject; sp=quarantine; pct=30": {facts.DMARCFound: "yes", facts.DMARCEnforced: "yes", facts.DMARCPolicyApplied: "reject", facts.DMARCSubdomains: "quarantine",
			facts.DMARCSubdomainsLess: "yes", facts.DMARCPercent: "30", facts.DMARCTesting: "no", facts.DMARCPolicyMissing: "no", facts.DMARCInherited: "no", facts.DMARCFaulty: "no",
			facts.DMARCReportsMissing: "yes", facts.DMARCRecord: "v=DMARC1; p=reject; sp=quarantine; pct=30", facts.DMARCSeveral: "no"},
		"v=DMARC1; p=reject; sp=reject":                  {facts.DMARCSubdomainsLess: "no"},
		"v=DMARC1; p=quarantine; sp=reject":              {facts.DMARCSubdomainsLess: "no", facts.DMARCPercent: "100"},
		"v=DMARC1; p=quarantine; t=y":                    {facts.DMARCEnforced: "no", facts.DMARCOlderEnforced: "yes", facts.DMARCTesting: "yes", facts.DMARCPolicyApplied: "quarantine"},
		"v=DMARC1; p=quarantine; pct=0":                  {facts.DMARCEnforced: "yes", facts.DMARCOlderEnforced: "no"},
		"v=DMARC1; p=reject; pct=0":                      {facts.DMARCEnforced: "yes", facts.DMARCOlderEnforced: "yes"},
		"v=DMARC1; rua=mailto:d@example.com":             {facts.DMARCFound: "yes", facts.DMARCOlderFound: "yes", facts.DMARCPolicyMissing: "yes", facts.DMARCEnforced: "no", facts.DMARCFaulty: "yes", facts.DMARCIgnored: "no"},
		"v=DMARC1":                                       {facts.DMARCFound: "unknown: ambiguous", facts.DMARCOlderFound: "no", facts.DMARCEnforced: "no", facts.DMARCIgnored: "unknown: ambiguous"},
		"v=DMARC1; p=none; p=reject":                     {facts.DMARCFound: "unknown: ambiguous", facts.DMARCOlderFound: "unknown: ambiguous", facts.DMARCEnforced: "unknown: ambiguous", facts.DMARCIgnored: "yes"},
		"v=DMARC1; p=x":                                  {facts.DMARCFound: "no", facts.DMARCOlderFound: "no", facts.DMARCEnforced: "no", facts.DMARCIgnored: "yes", facts.DMARCReadAsNone: "no"},
		"v=DMARC1; p=x; rua=mailto:d@example.com":        {facts.DMARCFound: "yes", facts.DMARCEnforced: "no", facts.DMARCIgnored: "no", facts.DMARCReadAsNone: "yes", facts.DMARCPolicyApplied: "none"},
		"v=DMARC1; p=none; rua=d@example.com":            {facts.DMARCLostReport: "yes", facts.DMARCIgnored: "no", facts.DMARCReportsMissing: "yes"},
		"v=DMARC1; p=none; fo=x":                         {facts.DMARCFaulty: "yes", facts.DMARCLostReport: "no", facts.DMARCReadAsNone: "no", facts.DMARCIgnored: "no"},
		"v=dmarc1; p=none":                               {facts.DMARCFound: "no", facts.DMARCMeant: "yes", facts.DMARCFaulty: "yes", facts.DMARCIgnored: "yes", facts.DMARCPolicyApplied: "unknown: not_found"},
		"hello":                                          {facts.DMARCFound: "no", facts.DMARCMeant: "no", facts.DMARCOthers: "hello", facts.DMARCFaulty: "unknown: not_found", facts.DMARCReportsMissing: "unknown: not_found"},
		"v=DMARC1; p=none | v=DMARC1; p=reject":          {facts.DMARCFound: "no", facts.DMARCSeveral: "yes", facts.DMARCRecords: "v=DMARC1; p=none, v=DMARC1; p=reject", facts.DMARCFaulty: "unknown: ambiguous"},
		"v=DMARC1; p=none; x=" + strings.Repeat("y", 99): {facts.DMARCAlias: "unknown: not_found", facts.DMARCOthers: "unknown: not_found"},
	} {
		z := world("example.com", map[string]string{"_dmarc.example.com": text}, scene.OwnA)
		set := factsOf(z)
		for fact, value := range want {
			scene.WantAbout(t, text, set, about(z), fact, value)
		}
	}
}

// The reason says which doubt it is.
func TestWhyReadingIsOpen(t *testing.T) {
	for text, want := range map[string]string{"v=DMARC1; p=none; p=reject": "twice", "v=DMARC1": "neither p nor"} {
		z := world("example.com", map[string]string{"_dmarc.example.com": text}, scene.OwnA)
		if f, _ := factsOf(z).Get(facts.DMARCFound, about(z)); !strings.Contains(f.Why.Detail, want) {
			t.Errorf("%s: %s", text, f.Why.Detail)
		}
	}
}

// Where the zone is not there, or something else answers in its place, nothing is known of its record; where nobody asked, nothing is said.
func TestNoZoneNoRecord(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*scene.Zone)
		want   string
	}{
		"a name that does not exist":  {func(z *scene.Zone) { z.Targets[0].ZoneError = &evidence.Failure{Kind: evidence.NXDomain} }, "unknown: not_found"},
		"a zone that does not answer": {func(z *scene.Zone) { z.Targets[0].ZoneError = &evidence.Failure{Kind: evidence.Timeout} }, "unknown: servfail"},
		"no walk, and no authority": {func(z *scene.Zone) {
			z.Targets[0].Delegation.By = ""
			for i := range z.Exchanges {
				z.Exchanges[i].Answer = nil
			}
		}, "unknown: network_closed"},
	} {
		z := world("example.com", map[string]string{"_dmarc.example.com": "v=DMARC1; p=none"}, scene.OwnA)
		test.change(z)
		set := factsOf(z)
		for _, d := range facts.Definitions() {
			if strings.HasPrefix(string(d.Name), "dmarc.") {
				scene.WantAbout(t, name, set, about(z), d.Name, test.want)
			}
		}
	}
	z := scene.ZoneWith(scene.OwnA)
	silentAbout(t, "nobody asked", z)
	z = world("example.com", map[string]string{"_dmarc.example.com": "v=DMARC1; p=none"}, scene.OwnA)
	z.Targets[0].Delegation.By, z.Vantage.Invents = "", true
	silentAbout(t, "no walk, and a resolver that invents", z)
}

// silentAbout complains if anything was put down.
func silentAbout(t *testing.T, situation string, z *scene.Zone) {
	t.Helper()
	set := factsOf(z)
	never, _ := set.Get("dmarc.nothing", about(z))
	for _, name := range []facts.Name{facts.DMARCFound, facts.DMARCMailUsed} {
		if f, _ := set.Get(name, about(z)); f.Known() || f.Why != never.Why {
			t.Errorf("%s: %s is told of: %v", situation, name, f.Why)
		}
	}
}

// A name is used for mail where any of its records says so, and is not where they say that.
func TestMailUsed(t *testing.T) {
	for name, test := range map[string]struct{ mx, txt, want string }{
		"an MX record":                    {"10 mail.example.com.", "", "yes"},
		"an MX record, and no sender":     {"10 mail.example.com.", `"v=spf1 -all"`, "yes"},
		"a null MX":                       {"0 .", "", "no"},
		"a null MX, and senders":          {"0 .", `"v=spf1 a -all"`, "yes"},
		"no MX record, and no sender":     {"", `"v=spf1 -all"`, "no"},
		"no MX record, and senders":       {"", `"v=spf1 a -all"`, "yes"},
		"nothing":                         {"", "", "unknown: ambiguous"},
		"other texts":                     {"", `"hello"`, "unknown: ambiguous"},
		"an MX record, texts unknown":     {"10 mail.example.com.", "FAIL", "yes"},
		"no MX record, texts unknown":     {"", "FAIL", "unknown: servfail"},
		"a null MX, texts unknown":        {"0 .", "FAIL", "unknown: servfail"},
		"MX records unknown, senders":     {"FAIL", `"v=spf1 a -all"`, "yes"},
		"MX records unknown, and nothing": {"FAIL", "", "unknown: servfail"},
	} {
		z := world("example.com", nil, scene.OwnA)
		for rrtype, data := range map[string]string{"MX": test.mx, "TXT": test.txt} {
			switch data {
			case "":
				z.Says(scene.OwnA, "example.com", rrtype, nil)
			case "FAIL":
				z.Says(scene.OwnA, "example.com", rrtype, nil, servfail)
			default:
				z.Says(scene.OwnA, "example.com", rrtype, []string{data})
			}
		}
		scene.WantAbout(t, name, factsOf(z), about(z), facts.DMARCMailUsed, test.want)
	}
}
