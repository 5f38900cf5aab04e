package message

import (
	"fmt"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/messageprobe"
)

// How programs word their Received lines.
func TestReceivedLines(t *testing.T) {
	for line, want := range map[string]string{
		"from mail.example.com (mail.example.com [203.0.113.25])\tby mx.example.net (Postfix) with ESMTPS id 4XYZ\tfor <a@example.net>; Mon, 30 Nov 2026 10:00:00 +0000 (UTC)":                              "mail.example.com 203.0.113.25 mx.example.net 10:00",
		"from mail.example.com (mail.example.com. [203.0.113.25]) by mx.google.com with ESMTPS id x for <a@example.net> (version=TLS1_3 cipher=X bits=256/256); Mon, 30 Nov 2026 02:00:00 -0800 (PST)":      "mail.example.com 203.0.113.25 mx.google.com 10:00",
		"from mail.example.com (203.0.113.25) by X.mail.protection.outlook.com (10.167.1.2) with Microsoft SMTP Server (version=TLS1_3) id 15.20.1 via Frontend Transport; Mon, 30 Nov 2026 10:00:00 +0000": "mail.example.com 203.0.113.25 x.mail.protection.outlook.com 10:00",
		"from [203.0.113.25] (port=4711 helo=mail.example.com) by mx.example.net with esmtps (Exim 4.98) (envelope-from <a@example.com>) id 1; Mon, 30 Nov 2026 10:00:00 +0000":                             "mail.example.com 203.0.113.25 mx.example.net 10:00",
		"from mail.example.com ([203.0.113.25]:4711) by mx.example.net with esmtp id 1; Mon, 30 Nov 2026 10:00:00 +0000":                                                                                    "mail.example.com 203.0.113.25 mx.example.net 10:00",
		"from unknown (HELO mail.example.com) (203.0.113.25) by mx.example.net with SMTP; 30 Nov 2026 10:00:00 -0000":                                                                                       "mail.example.com 203.0.113.25 mx.example.net 10:00",
		"from 203.0.113.25 (EHLO mail.example.com) by 10.197.41.3 with SMTPs; Mon, 30 Nov 2026 10:00:00 +0000":                                                                                              "mail.example.com 203.0.113.25 10.197.41.3 10:00",
		"from mail.example.com (mail.example.com [IPv6:2001:db8::25]) by mx.example.net; Mon, 30 Nov 2026 10:00:00 +0000":                                                                                   "mail.example.com 2001:db8::25 mx.example.net 10:00",
		"from mail.example.com (mail.example.com [::ffff:203.0.113.25]) by mx.example.net; Mon, 30 Nov 2026 10:00:00 +0000":                                                                                 "mail.example.com 203.0.113.25 mx.example.net 10:00",
		"by 2002:a05:6402:1 with SMTP id a; Mon, 30 Nov 2026 02:00:00 -0800 (PST)":                                                                                                                          " invalid IP 2002:a05:6402:1 10:00",
		"by mx.example.net (Postfix, from userid 1000) id 1; Mon, 30 Nov 2026 10:00:00 +0000":                                                                                                               " invalid IP mx.example.net 10:00",
		"from a (b [203.0.113.25] [198.51.100.9]) by mx.example.net; soon":                                                                                                                                  "a several mx.example.net 00:00",
		"from mail.by.example.com (x by y [203.0.113.25]) by mx.example.net":                                                                                                                                "mail.by.example.com 203.0.113.25 mx.example.net 00:00",
		"from a by b by c ; x":      "a invalid IP b 00:00",
		"(((((from x by y [1.2.3.4": " invalid IP  00:00",
		"":                          " invalid IP  00:00",
		"from from by by with with": " invalid IP  00:00",
	} {
		h := hopOf(line)
		address := h.address.String()
		if h.several {
			address = "several"
		}
		at := "00:00"
		if !h.at.IsZero() {
			at = h.at.UTC().Format("15:04")
		}
		if got := fmt.Sprintf("%s %s %s %s", h.helo, address, h.by, at); got != want {
			t.Errorf("%q:\n%q, want\n%q", line, got, want)
		}
	}
}

// How servers word what they found.
func TestResultLines(t *testing.T) {
	for line, want := range map[string]string{
		"mx.example.net; spf=pass smtp.mailfrom=a@example.com; dkim=pass header.d=example.com": "mx.example.net|spf=pass smtp.mailfrom|dkim=pass header.d",
		"mx.google.com;       dkim=fail header.i=@example.com header.s=sel header.b=AbCdEfGh;  spf=pass (google.com: domain of a@b.example; says = so) smtp.mailfrom=a@b.example; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.com": "mx.google.com|dkim=fail header.b header.i header.s|spf=pass smtp.mailfrom|dmarc=pass header.from",
		"spf=pass (sender IP is 203.0.113.25) smtp.mailfrom=example.com; dkim=none (message not signed) header.d=none;dmarc=fail action=none header.from=example.com;":                                                                          "|spf=pass smtp.mailfrom|dkim=none header.d|dmarc=fail action header.from",
		"i=1; mx.example.net; arc=none; spf=softfail":                         "mx.example.net|arc=none |spf=softfail ",
		"mx.example.net 1; none":                                              "mx.example.net",
		"mx.example.net; dkim = pass header.d = example.com":                  "mx.example.net|dkim=pass header.d",
		"mx.example.net; dkim/1=pass":                                         "mx.example.net|dkim=pass ",
		`mx.example.net; dkim=fail reason="x; spf=pass" header.d=example.com`: "mx.example.net|dkim=fail header.d reason",
		"":                        "",
		"((((;;;===; = ; a= ; =b": "",
	} {
		f := findingsOf(line)
		got := f.by
		for _, one := range f.list {
			var names []string
			for _, name := range []string{"action", "header.b", "header.d", "header.from", "header.i", "header.s", "reason", "smtp.mailfrom"} {
				if _, ok := one.properties[name]; ok {
					names = append(names, name)
				}
			}
			got += "|" + one.method + "=" + one.value + " " + strings.Join(names, " ")
		}
		if got != want {
			t.Errorf("%q:\n%q, want\n%q", line, got, want)
		}
	}
}

// Whole headers as large receivers write them: which address the message came from, and which lines are the receiver's.
func TestReceivers(t *testing.T) {
	const sent = "From: jo@example.com\nSubject: s\n\nbody\n"
	for name, test := range map[string]struct {
		header  string
		address string
		said    int
	}{
		"Gmail": {"Delivered-To: al@example.net\nReceived: by 2002:a05:6402:1 with SMTP id 2; Mon, 30 Nov 2026 02:00:01 -0800 (PST)\n" +
			"ARC-Authentication-Results: i=1; mx.google.com; spf=pass\nReturn-Path: <b@example.com>\n" +
			"Received: from mail.example.com (mail.example.com. [203.0.113.25]) by mx.google.com with ESMTPS id 1; Mon, 30 Nov 2026 02:00:00 -0800 (PST)\n" +
			"Received-SPF: pass (google.com: domain of b@example.com designates 203.0.113.25 as permitted sender) client-ip=203.0.113.25;\n" +
			"Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=b@example.com\n" +
			"Received: by mail.example.com (Postfix, from userid 33) id 1; Mon, 30 Nov 2026 09:59:59 +0000\n", "203.0.113.25", 2},
		"Exchange Online": {"Received: from A.eurprd.prod.outlook.com (2603:10a6::1) by B.eurprd.prod.outlook.com with HTTPS; Mon, 30 Nov 2026 10:00:02 +0000\n" +
			"Received: from C.eurprd.prod.outlook.com (2603:10a6::2) by A.eurprd.prod.outlook.com (2603:10a6::1) with Microsoft SMTP Server; Mon, 30 Nov 2026 10:00:01 +0000\n" +
			"Authentication-Results: spf=pass (sender IP is 203.0.113.25) smtp.mailfrom=example.com; dkim=pass header.d=example.com\n" +
			"Received-SPF: Pass (protection.outlook.com: domain of example.com designates 203.0.113.25 as permitted sender) receiver=protection.outlook.com; client-ip=203.0.113.25; helo=mail.example.com;\n" +
			"Received: from mail.example.com (203.0.113.25) by D.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server; Mon, 30 Nov 2026 10:00:00 +0000\nReturn-Path: b@example.com\n", "203.0.113.25", 2},
		"Exchange Online to Exchange Online": {"Received: from C.prod.outlook.com (2603:10a6::2) by A.prod.outlook.com (2603:10a6::1); Mon, 30 Nov 2026 10:00:01 +0000\n" +
			"Received-SPF: Pass (protection.outlook.com: yes) receiver=protection.outlook.com; client-ip=40.107.1.1; helo=out.outbound.protection.outlook.com;\n" +
			"Received: from out.outbound.protection.outlook.com (40.107.1.1) by D.mail.protection.outlook.com (10.1.1.1); Mon, 30 Nov 2026 10:00:00 +0000\n" +
			"Received: from E.prod.outlook.com ([fe80::1]) by E.prod.outlook.com ([fe80::1%4]) with mapi id 15; Mon, 30 Nov 2026 09:59:58 +0000\n", "40.107.1.1", 1},
		"within Exchange Online": {"Received: from E.prod.outlook.com ([fe80::1]) by E.prod.outlook.com ([fe80::1%4]) with mapi id 15; Mon, 30 Nov 2026 09:59:58 +0000\n", "unknown: ambiguous", 0},
		"Yahoo": {"Received: from 10.197.41.4 by atlas1.free.mail.yahoo.com with HTTPS; Mon, 30 Nov 2026 10:00:01 +0000\nReturn-Path: <b@example.com>\n" +
			"X-Originating-Ip: [203.0.113.25]\nReceived-SPF: pass (domain of example.com designates 203.0.113.25 as permitted sender)\n" +
			"Authentication-Results: atlas1.free.mail.yahoo.com; spf=pass smtp.mailfrom=example.com\n" +
			"Received: from 203.0.113.25 (EHLO mail.example.com) by 10.197.41.3 with SMTPs; Mon, 30 Nov 2026 10:00:00 +0000\n", "203.0.113.25", 2},
		"a draft": {"", "unknown: needs_message", 0},
	} {
		_, set := seen(t, test.header+sent, nil)
		if got := values(set, facts.MessageAddress); got != test.address {
			t.Errorf("%s: from %s, want %s", name, got, test.address)
		}
		f, _ := set.Get(facts.MessageReceiver, facts.Subject{Kind: facts.Target, Name: "example.com"})
		if n := len(f.Value.List()); n != test.said {
			t.Errorf("%s: %d lines of the receiver, want %d: %q", name, n, test.said, f.Value.List())
		}
	}
}

// The way of a message is told so that its reader knows which one it is.
func TestPath(t *testing.T) {
	set := derived(t, below("Received: from [10.0.0.5] by mail.example.com with ESMTPSA id 3; Mon, 30 Nov 2026 09:59:59 +0000"), nil)
	const want = "mail.example.com [203.0.113.25] to mx.example.net at 2026-11-30 10:00:00 UTC, 10.0.0.5 [10.0.0.5] to mail.example.com at 2026-11-30 09:59:59 UTC"
	if got := values(set, facts.MessagePath); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A target of another organisation, an address, several messages and none: nothing is known, and it is said why.
func TestNothingToTell(t *testing.T) {
	for name, test := range map[string]struct {
		message *evidence.Message
		want    string
	}{
		"none":    {nil, "unknown: needs_message"},
		"several": {&evidence.Message{Several: 2}, "unknown: needs_message"},
		"damaged": {&evidence.Message{Froms: 1, From: []string{""}}, "unknown: ambiguous"},
		"empty":   {&evidence.Message{}, "unknown: ambiguous"},
		"a bundle that somebody made up": {&evidence.Message{Froms: 1, From: []string{"example.com"}, Sender: "<<>>@@", Checks: make([]evidence.Check, 3),
			Fields: []evidence.HeaderField{{Name: "DKIM-Signature"}, {Name: "Received", Value: ";;;"}, {}}}, "unknown: untested"},
	} {
		b := &evidence.Bundle{Message: test.message, Targets: []evidence.Target{{Name: "example.com", Kind: "domain"}}}
		if got := values(factsOf(b), facts.MessageDKIMPass); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// Whatever stands in a header, and in a bundle, the lines are read without a panic, and what is shown can be read.
func FuzzLines(f *testing.F) {
	for _, s := range situations[:20] {
		l := order()
		if s.message != nil {
			s.message(l)
		}
		header := ""
		for _, line := range append(l.above, l.below...) {
			header += line + "\r\n"
		}
		f.Add(header + "Received: " + l.edge + "\r\nFrom: jo@example.com\r\n")
	}
	f.Add(":\nReceived:BY 0.0\x00\x7f")
	f.Add("Received: from a\x1b[31m (helo=b\x07 [192.0.2.1]) by c\x00.example")
	f.Fuzz(func(t *testing.T, header string) {
		kept := messageprobe.Read([]byte(header)).Evidence()
		kept.From, kept.Froms = []string{"example.com"}, 1
		b := &evidence.Bundle{Message: &kept, Targets: []evidence.Target{{Name: "example.com", Kind: "domain"}}}
		set := factsOf(b)
		for _, d := range facts.Definitions() {
			fact, _ := set.Get(d.Name, facts.Subject{Kind: facts.Target, Name: "example.com"})
			if strings.ContainsAny(fact.Value.String()+fact.Why.Detail, "\x00\x1b\x07\r\n") {
				t.Fatalf("%s: %q", d.Name, fact.Value)
			}
		}
	})
}
