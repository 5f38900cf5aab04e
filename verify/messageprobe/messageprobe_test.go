package messageprobe

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/lab"
)

const body = "\r\nHello, this is nobody's business.\r\n"

func read(header ...string) evidence.Message {
	return Read([]byte(strings.Join(header, "\r\n") + "\r\n" + body)).Evidence()
}

// Who the authors are, however the field is written.
func TestAuthors(t *testing.T) {
	for value, want := range map[string]string{
		"jo@example.com":                                   "example.com",
		"Jo <jo@Example.COM>":                              "example.com",
		"=?utf-8?Q?J=C3=B6?= <jo@example.com>":             "example.com",
		"=?x-unknown?Q?J?= <jo@example.com>":               "example.com",
		`"a@example.org" <jo@example.com>`:                 "example.com",
		`a@example.org <jo@example.com>`:                   "example.com",
		"jo@example.com, al@example.com":                   "example.com",
		"jo@example.com, al@example.net":                   "example.com example.net",
		"team: jo@example.com, al@example.net;":            "example.com example.net",
		"jo@bücher.example":                                "xn--bcher-kva.example",
		"Jo Roe":                                           "",
		"<>":                                               "",
		"jo@example.com.":                                  "example.com",
		"jo@exa mple.com <jo@example.com> (a@example.org)": "example.com",
		"jo@[192.0.2.1]":                                   "",
	} {
		if got := strings.TrimSpace(strings.Join(read("From: "+value).From, " ")); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	if m := read("From: a@example.com", "from: b@example.com"); m.Froms != 2 || len(m.From) != 1 {
		t.Errorf("two fields: %+v", m)
	}
}

// Of the correspondents, and of what they write, nothing is kept.
func TestWhatIsKept(t *testing.T) {
	m := read("Return-Path: <bounce+jo=example.org@example.com>", "Delivered-To: secret@example.org",
		`Received: from a (a [192.0.2.1]) by b for <secret@example.org>; x`, "Authentication-Results: b; spf=pass smtp.mailfrom=secret@example.com",
		`Received-SPF: pass envelope-from="secret@example.com"`, `Authentication-Results: b; dkim=pass header.i="sec ret"@example.com`,
		"DKIM-Signature: v=1; d=example.com; i=secret@example.com", "From: Secret Name <secret@example.com>", "To: secret@example.org", "Cc: secret@example.org",
		"Subject: secret", "X-Secret: secret", "Message-ID: <secret@example.com>", "List-Id: secret <secret.example.com>", "Bcc: secret@example.org",
		// Services write the recipient into the sender; some programs write down names without a domain; a signature may hold copies of fields.
		"Authentication-Results: b; auth=pass smtp.auth=secret smtp.mailfrom=bounce+12-secret=example.org@example.com; dkim=pass header.i=@example.com",
		"Received-SPF: pass (b: domain of se.cret=example.org@example.com is secret.name=example.org@example.com) envelope-from=<bounce+secret=example.org@example.com>; helo=a",
		"Received: from pc ([192.0.2.1]) (Authenticated sender: secret) by b with ESMTPSA; x", "Received: from pc ([192.0.2.1]) (AUTH: LOGIN secret, TLS: x) by b with ESMTPSA; x",
		"Delivered-To: secret", "X-Forwarded-To: secret, other@example.org",
		"DKIM-Signature: v=1; d=example.com; s=sel;\r\n\tz=From:Secret=20Name=20<x@example.com>|\r\n\tSubject:=20secret; bh=x; b=y")
	if m.Sender != "bounce+jo=example.org@example.com" || !m.List || len(m.Fields) != 13 {
		t.Errorf("%+v", m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"ecret", "sec ret", "se.cret", "business"} {
		if strings.Contains(string(text), word) {
			t.Errorf("%q is kept: %s", word, text)
		}
	}
	// What servers found can be read all the same.
	for _, word := range []string{"smtp.mailfrom=...@example.com", "header.i=...@example.com", "helo=a", "bh=x; b=y", "i=...@example.com"} {
		if !strings.Contains(string(text), word) {
			t.Errorf("%q is not kept: %s", word, text)
		}
	}
}

// What is too much is left out and said, and no signature of such a message is checked.
func TestBounds(t *testing.T) {
	signer := lab.NewSigner("example.com", "sel")
	message, err := signer.Sign("From: jo@example.com\r\nTo: al@example.org\r\nSubject: s\r\n" + body)
	if err != nil {
		t.Fatal(err)
	}
	keys := func(string) ([]string, bool) { return []string{signer.Record()}, true }
	check := func(m *Message) string {
		if checks := m.Check(keys); len(checks) > 0 {
			return string(checks[0].Result)
		}
		return "none"
	}
	if got := check(Read([]byte(message))); got != "verifies" {
		t.Fatalf("the message itself: %s", got)
	}
	for name, test := range map[string]struct{ text, says string }{
		"a large body":      {message + strings.Repeat("x", MaxBytes), "25 MiB"},
		"empty lines":       {message + strings.Repeat("\n", maxEmpty+1) + "x\n", "empty lines"},
		"blank lines":       {message + strings.Repeat(" \t\r\n", maxEmpty+1) + "x\n", "empty lines"},
		"a large header":    {"X-A: " + strings.Repeat("x", maxHeader) + "\r\n" + message, "256 KiB"},
		"many fields":       {strings.Repeat("X: y\r\n", maxFields) + message, "1000 fields"},
		"a large field":     {"Received: " + strings.Repeat("x", maxValue+1) + "\r\n" + message, "8 KiB"},
		"many lines of way": {strings.Repeat("Received: x\r\n", evidence.MaxFields) + message, "200 fields"},
	} {
		m := Read([]byte(test.text))
		kept := m.Evidence()
		if !strings.Contains(kept.Cut, test.says) || check(m) != "none" {
			t.Errorf("%s: %q, %s", name, kept.Cut, check(m))
		}
		if b := (evidence.Bundle{Message: &kept}); b.Check() != nil {
			t.Errorf("%s: %v", name, b.Check())
		}
	}
}

// Each kind of failure is told apart by the words of the library; a new version of it must not change that unseen.
func TestChecks(t *testing.T) {
	own := lab.NewRSASigner("example.com", "sel", 2048)
	short := lab.NewRSASigner("example.com", "sel", 1024)
	message := func(s *lab.Signer) string {
		text, err := s.Sign("From: jo@example.com\r\nTo: al@example.org\r\nSubject: s\r\n" + body)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := message(own)
	replaced := func(old, now string) string { return strings.Replace(good, old, now, 1) }
	tagged := func(tag string) string { return replaced("DKIM-Signature: ", "DKIM-Signature: "+tag+"; ") }
	for name, test := range map[string]struct {
		text, key string
		want      evidence.CheckResult
	}{
		"good":                                 {good, own.Record(), evidence.Verifies},
		"1024 bits":                            {message(short), short.Record(), evidence.Verifies},
		"the body":                             {good + "more\r\n", own.Record(), evidence.BodyDiffers},
		"the subject":                          {replaced("Subject: s", "Subject: t"), own.Record(), evidence.WrongSign},
		"another key":                          {good, short.Record(), evidence.WrongSign},
		"no key":                               {good, "", evidence.UnusableKey},
		"not known":                            {good, "?", ""},
		"withdrawn":                            {good, "v=DKIM1; p=", evidence.UnusableKey},
		"no text of a key":                     {good, "hello", evidence.UnusableKey},
		"broken":                               {good, "v=DKIM1; p=!", evidence.UnusableKey},
		"no key in it":                         {good, "v=DKIM1; p=aGVsbG8=", evidence.UnusableKey},
		"another version":                      {good, "v=DKIM2; p=aGVsbG8=", evidence.UnusableKey},
		"another kind":                         {good, lab.NewSigner("example.com", "sel").Record(), evidence.UnusableKey},
		"another algorithm":                    {good, own.Record() + "; h=sha1", evidence.UnusableKey},
		"another service":                      {good, own.Record() + "; s=other", evidence.UnusableKey},
		"an unknown kind":                      {good, "v=DKIM1; k=dsa; p=aGVsbG8=", evidence.UnusableKey},
		"a short Ed25519":                      {good, "v=DKIM1; k=ed25519; p=aGVsbG8=", evidence.UnusableKey},
		"too long":                             {good, "v=DKIM1; p=" + strings.Repeat("A", 9000), evidence.UnusableKey},
		"a tag twice":                          {tagged("s=sel"), own.Record(), evidence.Unverifiable},
		"sha1":                                 {replaced("a=rsa-sha256", "a=rsa-sha1"), own.Record(), evidence.Unverifiable},
		"a version":                            {replaced("v=1", "v=2"), own.Record(), evidence.Unverifiable},
		"no domain":                            {replaced("d=example.com", "g=x"), own.Record(), evidence.Unverifiable},
		"an agent in capitals":                 {tagged("i=@Example.COM"), own.Record(), ""},
		"an agent of a name below in capitals": {tagged("i=@News.Example.COM"), own.Record(), ""},
		"another agent":                        {tagged("i=@example.org"), own.Record(), evidence.Unverifiable},
		"expired":                              {tagged("x=1"), own.Record(), evidence.Unverifiable},
		"a time that is none":                  {tagged("x=soon"), own.Record(), evidence.Unverifiable},
		"a part of the body":                   {tagged("l=1"), own.Record(), evidence.Unverifiable},
		"a way that is not DNS":                {tagged("q=http"), own.Record(), evidence.Unverifiable},
		"a canonical form":                     {replaced("c=relaxed/relaxed", "c=odd/odd"), own.Record(), evidence.Unverifiable},
		"the author is unsigned":               {strings.ReplaceAll(good, "h=From:", "h="), own.Record(), evidence.Unverifiable},
	} {
		keys := func(string) ([]string, bool) {
			switch test.key {
			case "":
				return nil, true
			case "?":
				return nil, false
			}
			return []string{test.key}, true
		}
		checks := Read([]byte(test.text)).Check(keys)
		if len(checks) != 1 || checks[0].Result != test.want || (checks[0].Problem == "") != (test.want == evidence.Verifies) {
			t.Errorf("%s: %+v, want %q", name, checks, test.want)
		}
	}
	two := func(string) ([]string, bool) { return []string{own.Record(), own.Record()}, true }
	if checks := Read([]byte(good)).Check(two); len(checks) != 1 || checks[0].Result != evidence.UnusableKey {
		t.Errorf("two keys: %+v", checks)
	}
	if checks := Read([]byte(strings.Repeat("DKIM-Signature: v=1\r\n", 50) + good)).Check(two); len(checks) != evidence.MaxSignatures {
		t.Errorf("%d of 51 signatures were checked", len(checks))
	}
}

// What the library says of a line that is no field is never taken for what it says of the field behind it.
func TestHiddenSignatures(t *testing.T) {
	foreign, own := lab.NewSigner("example.net", "sel"), lab.NewSigner("example.com", "sel")
	text, err := foreign.Sign("From: jo@example.com\r\nSubject: s\r\n" + body)
	if err != nil {
		t.Fatal(err)
	}
	forged := "DKIM-Signature: v=1; a=ed25519-sha256; d=example.com; s=sel; h=from; bh=eA==; b=eA==\r\n"
	keys := func(name string) ([]string, bool) {
		return []string{map[bool]string{true: own.Record(), false: foreign.Record()}[strings.HasSuffix(name, "example.com")]}, true
	}
	signature, rest, _ := strings.Cut(text, "\r\nFrom:")
	for name, hidden := range map[string]string{"as a continuation of nothing": "\t" + signature + "\r\n" + forged + "From:" + rest,
		"without a colon": "DKIM-Signature\r\n" + forged + text} {
		m := Read([]byte(hidden))
		checks, n := m.Check(keys), 0
		for _, f := range m.Evidence().Fields {
			if n < len(checks) && checks[n].Result == evidence.Verifies && !strings.Contains(f.Value, "d=example.net") {
				t.Errorf("%s: %q verifies", name, f.Value)
			}
			n++
		}
		if len(checks) > n {
			t.Errorf("%s: %d checks of %d signatures", name, len(checks), n)
		}
	}
}

// However a file ends its lines, and whatever programs write above the header, the message is the same.
func TestSavedInOtherWays(t *testing.T) {
	want := fmt.Sprint(read("From: jo@example.com", "Received: from a", "\tby b; x").Fields)
	text := "From: jo@example.com\r\nReceived: from a\r\n\tby b; x\r\n" + body
	for name, other := range map[string]string{
		"bare lines": strings.ReplaceAll(text, "\r\n", "\n"), "a mailbox": "From jo@example.com Mon Nov 30\n" + text, "a mark": "\xef\xbb\xbf" + text,
		"empty lines above": "\r\n\r\n" + text, "no body": strings.TrimSuffix(text, body), "no end": strings.TrimSuffix(text, "\r\n"),
	} {
		if got := fmt.Sprint(Read([]byte(other)).Evidence().Fields); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Whatever is read, the bounds hold, nothing of the body is kept, and a check ends.
func FuzzRead(f *testing.F) {
	signer := lab.NewSigner("example.com", "sel")
	signed, err := signer.Sign("From: jo@example.com\r\nTo: al@example.org\r\nSubject: s\r\n" + body)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{signed, "", "\n", "From: <", "From: a@b, =?utf-8?Q?=", "Return-Path: <>", "DKIM-Signature: v=1; a=rsa-sha256; d=a; s=b; h=from; bh=; b=",
		"Received: from [", ": \n :\n\n", "DKIM-Signature\n", strings.Replace(signed, "b=", "b =", 1), "DKIM-Signature: =;=\r\nFrom: a@b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const mark = "zqxjk"
		if strings.Contains(text, mark) {
			t.Skip()
		}
		m := Read([]byte(text + "\n\n" + mark))
		kept := m.Evidence()
		kept.Checks = m.Check(func(string) ([]string, bool) { return []string{signer.Record()}, true })
		b := evidence.Bundle{Message: &kept}
		if err := b.Check(); err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(written), mark) {
			t.Fatalf("the body is kept: %s", written)
		}
		if slices.Contains(kept.From, mark) {
			t.Fatal("an author out of the body")
		}
	})
}
