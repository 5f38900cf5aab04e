// Package invented holds results that no run led to, for the tests of those who write results down: package document decides what is said of
// them, and package render how it looks. No program needs it.
package invented

import (
	"sync"
	"time"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

const (
	Host    = "mail.example.com"
	Session = "mail.example.com [203.0.113.25]"
)

var Start = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

func seconds(f float64) evidence.Seconds { return evidence.Seconds(f * float64(time.Second)) }

// Founding is the story of the server that greets late: two false positives and three policy disagreements, of which
// three have one cause; beside them a fault that is real, one that could not be tested, and a row that no wording
// knows.
func Founding() result.Result {
	madeAt, measuredAt := Start.Add(-3*time.Hour), Start.Add(16*time.Second)
	r := result.Result{
		Report: report.Report{
			Schema: report.Schema, Source: "report.txt", Reporter: "mxtoolbox",
			Target: report.Target{Domain: "example.com", Host: Host}, TestedAt: &madeAt,
			Findings: rows(), Notices: []string{"2 bytes of the input were not UTF-8"},
		},
		StartedAt: Start, FinishedAt: Start.Add(17200 * time.Millisecond),
		Evidence: seen(),
		Language: English(),
		Notices:  []string{"1 host was left out: this network has no IPv6"},
	}
	f := r.Report.Findings
	greeting := rules.Measured{Fact: facts.SMTPGreetingLatency, Subject: Session,
		Value: facts.DurationValue(16 * time.Second), Evidence: "session 1, greeting"}
	timing := func(v rules.Verdict) rules.Verdict {
		v.Subject, v.MeasuredAt = Session, &measuredAt
		v.Measured = append([]rules.Measured{greeting}, v.Measured...)
		v.WouldSee, v.Patience = views(), patience()
		return v
	}
	r.Judgement = rules.Judgement{
		Summary: rules.Summary{Confirmed: 1, FalsePositive: 2, PolicyDisagreement: 3, Inconclusive: 1, Unrecognised: 1,
			Rows: rules.Rows{Total: 10, Judged: 7, Undecided: 1, OK: 1, NotUnderstood: 1}},
		Causes: []rules.CauseFound{{ID: "greeting-delay", Subject: Session,
			Says: "The server greets 16.0 s after the connection is made.\nMXToolbox hangs up after 15 s and then reports " +
				"what it did not see: an empty greeting, no encryption, a slow dialogue.\n",
			Plain:    "your server waits 16 seconds before it greets. MXToolbox left after 15 seconds; please leave the delay on.",
			DoNot:    "Do not switch the greeting delay off. It keeps spam programs out.",
			Findings: []int{1, 2, 3}, NeverTested: []int{6}}},
		Verdicts: []rules.Verdict{
			timing(rules.Verdict{Findings: f[0:1], Rule: "smtp/banner-mismatch", Topic: "greeting of your mail server",
				Plain: "your mail server gives its proper name.", About: "Name in the greeting",
				Verdict: rules.FalsePositive, Reason: rules.Artifact,
				Claim: "No name found by reverse look-up stands in the greeting.",
				Says:  "The greeting names mail.example.com, as reverse look-up does. The reporter never saw a greeting.",
				Measured: []rules.Measured{
					{Fact: facts.SMTPGreetingText, Subject: Session,
						Value: facts.TextValue("mail.example.com ESMTP <ready>"), Evidence: "session 1, greeting"},
					{Fact: facts.SMTPGreetingHasPTR, Subject: Session, Value: facts.BoolValue(true)}},
				Trail:      []string{"a reverse name stands in the greeting: yes"},
				References: []string{"rfc5321#4.5.3.2.1"},
				Commands:   []string{"dig +short -x 203.0.113.25"}}),
			timing(rules.Verdict{Findings: f[1:2], Rule: "smtp/tls-missing", Topic: "encryption of your mail server",
				Plain: "your mail server encrypts (TLS 1.3).", About: "Encryption offered (STARTTLS)",
				Verdict: rules.FalsePositive, Reason: rules.Artifact,
				Claim: "The server does not offer STARTTLS.",
				Says:  "The server offers STARTTLS, and a handshake with TLS 1.3 was finished.",
				DoNot: "Do not change the TLS settings because of this row.",
				Measured: []rules.Measured{{Fact: facts.SMTPSTARTTLSMissing, Subject: Session,
					Value: facts.BoolValue(false), Evidence: "session 1, handshake"}},
				References: []string{"rfc3207", "local policy 7"},
				Commands: []string{"openssl s_client -connect mail.example.com:25 -starttls smtp " +
					"-servername mail.example.com -brief -ign_eof"}}),
			timing(rules.Verdict{Findings: f[2:3], Rule: "smtp/transaction-time", Topic: "time that your mail server takes",
				Plain: "the wait is allowed and keeps spam out.", About: "Transaction time",
				Verdict: rules.PolicyDisagreement,
				Claim:   "The dialogue took longer than 5 s.",
				Says:    "The wait is the greeting delay, which RFC 5321 allows for up to five minutes.",
				Notes:   []string{"The reporter's limit is not published; our yardstick is 5 s."}}),
			{Findings: f[3:4], Rule: "dns/soa-serial-format", Topic: "version number of your zone",
				Plain: "any number that grows is right.", About: "SOA serial format", Subject: "example.com",
				Verdict: rules.PolicyDisagreement, Claim: "The serial is not of the form YYYYMMDDnn.",
				Says: "Any serial that grows is right.", References: []string{"rfc1912#2.2"}},
			{Findings: f[4:5], Rule: "dns/soa-expire", Topic: "how long spare name servers keep your zone",
				Plain: "a week is common, and no mail depends on it.", About: "SOA expire value", Subject: "example.com",
				Verdict: rules.PolicyDisagreement, Claim: "The expire value lies outside 1209600 s to 2419200 s.",
				Says: "A week is common; longer is a matter of taste.", Opinions: opinions(), Delegation: Delegation(), Measured: []rules.Measured{{Fact: facts.DNSSOAExpire,
					Subject: "example.com at ns1.example.com [192.0.2.53]", Value: facts.DurationValue(604800 * time.Second)}}},
			{Findings: f[6:8], Rule: "dns/ns-unresponsive", Topic: "name server that does not answer",
				Plain: "a name server of yours does not answer. Please have it started, or taken out of the list.", About: "Name server without answer", Subject: "example.com",
				Verdict: rules.Confirmed, Severity: rules.High, Claim: "A name server of the zone does not answer.",
				Says: "ns2.example.com refused three questions over UDP and TCP.", Notes: []string{"true at 1 of 2 addresses"},
				Fix: "Start the name server, or take it out of the delegation."},
			{Findings: f[8:9], Rule: "smtp/open-relay", Topic: "mail passed on for strangers",
				Plain: "the server did not speak to us, so we cannot tell whether it passes on mail for strangers. Please have its log looked at.", About: "Open relay", Subject: "mx2.example.com [203.0.113.26]",
				Verdict: rules.Inconclusive, Reason: string(facts.NoGreeting),
				Says: "The server accepted the connection but gave no greeting.", Fix: "Look at the server's log.",
				Measured: []rules.Measured{
					{Fact: facts.SMTPGreetingLatency, Subject: "mx2.example.com [203.0.113.26]",
						Value: facts.DurationValue(300 * time.Second), AtLeast: true},
					{Fact: facts.SMTPRCPTLatency, Subject: "mx2.example.com [203.0.113.26]", Unknown: "no greeting came"}}},
		},
		Unrecognised: f[9:10],
	}
	return r
}

func rows() []report.Finding {
	list := []report.Finding{
		{Rule: "smtp/banner-mismatch", Status: report.Warning, Test: "SMTP Banner Check",
			Text: "Warning - Reverse DNS does not match SMTP Banner"},
		{Rule: "smtp/tls-missing", Status: report.Warning, Test: "SMTP TLS", Text: "Warning - Does not support TLS."},
		{Rule: "smtp/transaction-time", Status: report.Warning, Test: "SMTP Transaction Time",
			Text:   "15.678 seconds - Not good! on Transaction Time",
			Values: map[string]report.Value{"seconds": report.Number(15.678)}},
		{Rule: "dns/soa-serial-format", Status: report.Warning, Text: "SOA Serial Number Format is Invalid"},
		{Rule: "dns/soa-expire", Status: report.Warning, Text: "SOA Expire Value out of recommended range",
			Values: map[string]report.Value{"max": report.Number(2419200), "min": report.Number(1209600)}},
		{Rule: "smtp/open-relay", Status: report.OK, Test: "SMTP Open Relay", Text: "OK - Not an open relay."},
		{Rule: "dns/ns-unresponsive", Status: report.Error, Text: "One of your name servers did not respond",
			Values: map[string]report.Value{"nameserver": report.Text("ns2.example.com")}},
		{Rule: "dns/ns-unresponsive", Status: report.Error, Text: "Name server ns2.example.com timed out"},
		{Rule: "smtp/open-relay", Status: report.Error, Text: "May be an open relay.", Subject: "mx2.example.com"},
		{Status: report.Unknown, Text: "The moon is in the wrong phase"},
	}
	for i := range list {
		list[i].N, list[i].Line, list[i].Lines = i+1, i+3, []int{i + 3}
		if list[i].Rule != "" {
			list[i].Wording, list[i].Reporter = list[i].Text, "mxtoolbox"
		}
	}
	return list
}

func views() []rules.WouldSee {
	return []rules.WouldSee{
		{Subject: Session, Limit: 10, Greeting: rules.False, STARTTLS: rules.False},
		{Subject: Session, Limit: 15, Greeting: rules.False, STARTTLS: rules.False, Whose: "MXToolbox"},
		{Subject: Session, Limit: 20, Greeting: rules.True, STARTTLS: rules.True},
	}
}

func opinions() []rules.Opinion {
	return []rules.Opinion{
		{Who: "Cloudflare", Kind: rules.OpinionProvider, Says: "gives its zones 604800 s (7 days); most of its customers cannot change it",
			Agrees: rules.True, Source: "published records", Seen: "2026-09"},
		{Who: "RIPE-203", Kind: rules.OpinionAuthority, Class: "A", Says: "3600000 s", Agrees: rules.False, Rejected: true,
			Source: "ripe-203", Seen: "2026-09"},
		{Who: "Zonemaster", Kind: rules.OpinionAuthority, Class: "A", Says: "at least 604800 s (7 days)", Agrees: rules.True,
			Source: "https://github.com/zonemaster/zonemaster", Seen: "2026-09"},
	}
}

func patience() []rules.PatienceRow {
	return []rules.PatienceRow{
		{Name: "Postfix", Sender: true, Waits: 300, GivesUp: rules.False, Source: "smtp_helo_timeout", Seen: "2026-08"},
		{Name: "Exim", Sender: true, Waits: 300, GivesUp: rules.False, Source: "command_timeout", Seen: "2026-08"},
		{Name: "MXToolbox", Waits: 15, GivesUp: rules.True, Source: "its own page", Seen: "2026-03"},
		{Name: "swaks", Waits: 30, GivesUp: rules.False, Source: "--timeout", Seen: "2026-08"},
	}
}

func seen() evidence.Bundle {
	reply := func(code int, at float64, lines ...string) *evidence.Reply {
		r := &evidence.Reply{Code: code, Complete: true, FirstByte: seconds(at), LastByte: seconds(at)}
		for _, text := range lines {
			r.Lines = append(r.Lines, evidence.Line{Text: text, At: seconds(at)})
		}
		return r
	}
	return evidence.Bundle{
		Schema: evidence.Schema, Tool: "mxverdict 1.0.0", StartedAt: Start,
		FinishedAt: Start.Add(17 * time.Second),
		Vantage:    evidence.Vantage{Helo: "probe.example.net", Resolver: "192.0.2.1:53", Patience: seconds(300)},
		Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com",
			Hosts: []evidence.Host{
				{Name: Host, Preference: 10, Addresses: []string{"203.0.113.25"}},
				{Name: "old.example.com", Preference: 20, Trouble: &evidence.Failure{Kind: evidence.NXDomain}}},
			Servers:   []evidence.Server{{Name: "ns1.example.com", Address: "192.0.2.53"}},
			ZoneError: &evidence.Failure{Kind: evidence.ServFail, Detail: "ns2.example.com answered REFUSED"}}},
		Exchanges: []evidence.Exchange{
			{At: Start, Role: evidence.Authoritative, ServerName: "ns1.example.com", Server: "192.0.2.53:53",
				Transport: "udp", EDNS: true, Name: "example.com", Type: "SOA", RTT: seconds(0.012), RCode: "NOERROR", AA: true,
				Answer: []string{"example.com.\t3600\tIN\tSOA\tns1.example.com. hostmaster.example.com. 7 7200 3600 604800 3600"}},
			{At: Start, Role: evidence.Resolver, Server: "192.0.2.1:53", Transport: "udp", Name: "mx2.example.com",
				Type: "AAAA", Failure: &evidence.Failure{Kind: evidence.Timeout, Waited: seconds(5)}},
		},
		Sessions: []evidence.Session{
			{Host: Host, Address: "203.0.113.25", Port: 25, Attempt: 1, StartedAt: Start, Events: []evidence.Event{
				{Step: evidence.StepConnect, End: seconds(0.012)},
				{Step: evidence.StepGreeting, Start: seconds(0.012), End: seconds(16.012),
					Reply: reply(220, 16.012, "220 mail.example.com ESMTP <ready>")},
				{Step: evidence.StepEHLO, Sent: "EHLO probe.example.net", Start: seconds(16.013), End: seconds(16.03),
					Reply: reply(250, 16.03, "250-mail.example.com", "250-SIZE 52428800", "250 STARTTLS")},
				{Step: evidence.StepSTARTTLS, Sent: "STARTTLS", Start: seconds(16.031), End: seconds(16.04),
					Reply: reply(220, 16.04, "220 2.0.0 Ready to start TLS")},
				{Step: evidence.StepHandshake, Start: seconds(16.041), End: seconds(16.08), TLS: &evidence.TLS{
					Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", ServerName: Host,
					Certificates: [][]byte{{0x30, 0}}}},
				{Step: evidence.StepMAIL, Sent: "MAIL FROM:<>", Start: seconds(16.09), End: seconds(16.1),
					Reply: reply(250, 16.1, "250 2.1.0 Ok")},
				{Step: evidence.StepQUIT, Sent: "QUIT", Start: seconds(16.2), End: seconds(16.21),
					Failure: &evidence.Failure{Kind: evidence.EOF, At: seconds(16.21)}},
			}},
			{Host: "mx2.example.com", Address: "203.0.113.26", Port: 25, Attempt: 2,
				StartedAt: Start, Events: []evidence.Event{
					{Step: evidence.StepConnect, End: seconds(0.01)},
					{Step: evidence.StepGreeting, Start: seconds(0.01), End: seconds(300.01),
						Reply: &evidence.Reply{Code: 220, Lines: []evidence.Line{
							{Text: "220-wait\ufffd", Raw: []byte("220-wait\xff"), At: seconds(2)}}, LastByte: seconds(2)},
						Failure: &evidence.Failure{Kind: evidence.Timeout, Waited: seconds(300)}},
				}},
			{Address: "198.51.100.7", Port: 25, Attempt: 1, Control: true, StartedAt: Start, Events: []evidence.Event{
				{Step: evidence.StepConnect, End: seconds(0.02)}}},
		},
	}
}

// English is the frame of the reply as it is shipped.
var English = sync.OnceValue(func() *rules.Language {
	c, err := rules.Load(nil)
	if err != nil {
		panic(err) // the tests of package rules tell more
	}
	return c.Language()
})
