package document

import (
	"strings"
	"testing"

	"mxverdict/cmd/internal/document/invented"
	"mxverdict/verify/evidence"
)

// Each line of a dialogue has its time and who speaks, and says what happened in words.
func TestTranscript(t *testing.T) {
	holds(t, flat(whole(invented.Founding())),
		`16.012 s << 220 mail.example.com ESMTP <ready>`, `16.013 s >> EHLO probe.example.net`, `>> MAIL FROM:<>`,
		`TLS handshake finished: TLS 1.3, TLS_AES_128_GCM_SHA256`, "quit failed: the server closed the connection",
		"2.000 s << 220-wait\xff", "the last line of this reply never came",
		"300.010 s -- greeting failed: no answer before our own patience ended (after 300 s)", "attempt 2", "a control",
		"example.com SOA asked of ns1.example.com [192.0.2.53], udp with EDNS: NOERROR aa in 12 ms: example.com. 3600 IN SOA",
		"mx2.example.com AAAA asked of the resolver 192.0.2.1, udp: no answer before our own patience ended (after 5 s)",
		"old.example.com, preference 20; the name does not exist")
}

// A reply without end is cut, and its length is said.
func TestLongReplyIsCut(t *testing.T) {
	r := invented.Founding()
	reply := r.Evidence.Sessions[0].Events[2].Reply
	for range 200 {
		reply.Lines = append(reply.Lines, evidence.Line{Text: "250-ENDLESS"})
	}
	got := whole(r)
	holds(t, got, "203 lines of this reply in all")
	if n := strings.Count(got, "ENDLESS"); n > maxListed {
		t.Errorf("%d lines", n)
	}
}

func TestSmuggledTextIsShown(t *testing.T) {
	r := invented.Founding()
	r.Evidence.Sessions[0].Events[4].TLS.Smuggled = "250 injected"
	holds(t, flat(whole(r)), "not believed: 250 injected")
	// A bare hello is no handshake, whatever stood before it.
	e := &r.Evidence.Sessions[0].Events[4]
	e.Step, e.Hello = evidence.StepHello, &evidence.Hello{Version: "SSL 3.0", Alert: -1}
	got := flat(whole(r))
	holds(t, got, "the server chose SSL 3.0", "not believed: 250 injected")
	if strings.Contains(got, "TLS handshake finished") {
		t.Errorf("a handshake is shown that never was: %s", got)
	}
}

func TestExchange(t *testing.T) {
	for name, c := range map[string]struct {
		x    evidence.Exchange
		want string
	}{
		"nothing": {evidence.Exchange{RCode: "NOERROR"}, "NOERROR in 0 s: no record"},
		"negative answer": {evidence.Exchange{RCode: "NXDOMAIN", AA: true, TC: true, RA: true, AD: true,
			Authority: []string{"example.com.\t60\tIN\tSOA\tns1"}},
			"NXDOMAIN aa tc ra ad in 0 s: no such record; authority: the zone example.com."},
		"denial without SOA": {evidence.Exchange{RCode: "NOERROR", AA: true, Authority: []string{"example.com.\t60\tIN\tNS\tns1.example.com."}},
			"no such record; authority: example.com. 60 IN NS ns1.example.com."},
		"referral": {evidence.Exchange{RCode: "NOERROR", Role: evidence.Authoritative, EDE: "0: Other: \x1b[31m",
			Authority: []string{"example.com. 60 IN NS ns1.example.com."}, Additional: []string{"ns1.example.com. 60 IN A 192.0.2.53"}},
			"a referral: example.com. 60 IN NS ns1.example.com.; additional: ns1.example.com. 60 IN A 192.0.2.53; extended error 0: Other"},
		"nobody asked":    {evidence.Exchange{Role: evidence.Authoritative}, "asked of an authoritative server, "},
		"unusual port":    {evidence.Exchange{Server: "192.0.2.1:5353"}, "the resolver 192.0.2.1:5353"},
		"strange failure": {evidence.Exchange{Failure: &evidence.Failure{Kind: "odd"}}, ": odd"},
	} {
		t.Run(name, func(t *testing.T) { holds(t, exchange(c.x), c.want) })
	}
}
