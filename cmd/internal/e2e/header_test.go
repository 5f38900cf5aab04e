package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/lab"
)

// headerRules are the rules about a message.
var headerRules = []string{"header/spf", "header/dkim", "header/dmarc", "header/alignment"}

// letter is a message of example.com that arrived at mx.example.org.
type letter struct {
	from, sender, address string
	signer                *lab.Signer // nil for none
	above, below          string      // further lines, each ending in CRLF
	change                func(string) string
}

const (
	authorised = "203.0.113.25" // by the SPF record of example.com in these tests
	stranger   = "198.51.100.9"
	secret     = "the body of the message"
)

// The signers of the tests, whose keys are made anew for each run.
var (
	ownSigner   = lab.NewSigner("example.com", "sel")
	otherSigner = lab.NewRSASigner("example.net", "two", 2048)
)

// text writes a message as it was saved.
func (l letter) text(t *testing.T) string {
	t.Helper()
	or := func(text, otherwise string) string {
		if text == "" {
			return otherwise
		}
		return text
	}
	text := "From: " + or(l.from, "Jo <jo@example.com>") + "\r\nTo: Al <al@example.org>\r\nSubject: confidential\r\n\r\n" + secret + "\r\n"
	if l.signer != nil {
		signed, err := l.signer.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		text = signed
	}
	if l.change != nil {
		text = l.change(text)
	}
	address := or(l.address, authorised)
	return "Return-Path: " + or(l.sender, "<bounce@example.com>") + "\r\n" + l.above + "Received: from mail.example.com (mail.example.com [" + address +
		"]) by mx.example.org (Postfix) with ESMTPS id 1 for <al@example.org>; Mon, 30 Nov 2026 10:00:00 +0000\r\n" + l.below + text
}

// file saves a message, and gives the flag that names it.
func (l letter) file(t *testing.T) []string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "message.eml")
	if err := os.WriteFile(name, []byte(l.text(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--message", name}
}

// sending is example.com with records for its mail: SPF, DMARC and the key, of which each may be otherwise.
func sending(rest, spf, dmarc, key string) string {
	records := good
	for name, text := range map[string]string{"example.com": spf, "_dmarc.example.com": dmarc, ownSigner.Name(): key} {
		if text != "" {
			records += fmt.Sprintf("\n%s. 300 IN TXT %s", name, quotedTXT(text))
		}
	}
	text := domain(records, "", rest)
	return strings.Replace(text, "      ns.example.net. 300 IN A 192.0.2.77\n", "      ns.example.net. 300 IN A 192.0.2.77\n      example.net. 300 IN TXT \"v=spf1 ip4:203.0.113.25 -all\"\n      "+
		otherSigner.Name()+". 300 IN TXT "+quotedTXT(otherSigner.Record())+"\n", 1)
}

// quotedTXT writes a text as strings of 200 bytes.
func quotedTXT(text string) string {
	var parts []string
	for len(text) > 200 {
		parts, text = append(parts, `"`+text[:200]+`"`), text[200:]
	}
	return strings.Join(append(parts, `"`+text+`"`), " ")
}

const (
	spfOwn  = "v=spf1 ip4:203.0.113.25 -all"
	watched = "v=DMARC1; p=none"
	strict  = "v=DMARC1; p=reject"
)

func TestMessages(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
	)
	inOrder := sending("", spfOwn, strict, ownSigner.Record())
	lax := sending("", spfOwn, watched, ownSigner.Record())
	footer := func(s string) string { return s + "-- \r\nadded\r\n" }
	saw := func(results string) string { return "Authentication-Results: mx.example.org; " + results + "\r\n" }
	for _, c := range []struct {
		name, rule, scenario             string
		message                          letter
		verdict, reason, severity, noted string
	}{
		{"all in order", "header/spf", inOrder, letter{signer: ownSigner}, falsely, "changed", "", ""},
		{"another address", "header/spf", inOrder, letter{signer: ownSigner, address: stranger}, policy, "", "", ""},
		{"another address, nothing else", "header/spf", inOrder, letter{address: stranger}, confirmed, "", "medium", ""},
		{"another address, a signature of another domain, only watched", "header/spf", lax, letter{address: stranger, signer: otherSigner}, confirmed, "", "low", ""},
		{"another address, a signature of another domain, rejected", "header/spf", inOrder, letter{address: stranger, signer: otherSigner}, confirmed, "", "medium", ""},
		{"another address, and nobody knows of the signature", "header/spf", inOrder, letter{address: stranger, signer: ownSigner, change: footer}, unknown, "ambiguous", "", ""},
		{"the receiver saw it pass", "header/spf", inOrder, letter{address: stranger, above: saw("spf=pass smtp.mailfrom=example.com")}, unknown, "disagreement", "", "What the receiver found"},
		{"passed on", "header/spf", inOrder, letter{address: stranger, below: "Received: from mail.example.com ([203.0.113.25]) by relay.example.net with ESMTP id 2; Mon, 30 Nov 2026 09:00:00 +0000\r\nDelivered-To: jo@example.net\r\n"}, unknown, "ambiguous", "", ""},
		{"a private address", "header/spf", inOrder, letter{address: "10.1.2.3"}, unknown, "ambiguous", "", ""},
		{"no record", "header/spf", sending("", "", strict, ""), letter{}, confirmed, "", "medium", ""},
		{"no record by one server, and the other is silent", "header/spf", sending(at(firstServer, "behaves: [silent]"), "", strict, ""), letter{}, unknown, "servfail", "", ""},
		{"no record by one server, and the other has one", "header/spf", sending(at(firstServer, `zones: [{name: example.com, records: ""}]`), spfOwn, strict, ""), letter{}, unknown, "disagreement", "", ""},
		{"the resolver has another record", "header/spf", sending(at("203.0.113.1", `lies: "example.com. 300 IN TXT \"v=spf1 -all\""`), spfOwn, strict, ""), letter{}, unknown, "disagreement", "", ""},
		{"a record in error", "header/spf", sending("", "v=spf1 ip4:1", strict, ""), letter{}, confirmed, "", "medium", ""},
		{"the sender of another domain", "header/spf", inOrder, letter{sender: "<b@example.net>", signer: ownSigner}, falsely, "changed", "", ""},

		{"all in order", "header/dkim", inOrder, letter{signer: ownSigner}, falsely, "changed", "", "s=sel: verifies"},
		{"RSA", "header/dkim", inOrder, letter{signer: otherSigner}, falsely, "changed", "", "s=two: verifies"},
		{"the own one is broken, that of a service verifies", "header/dkim", lax, letter{signer: otherSigner, sender: "<b@example.net>", change: func(s string) string {
			return "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=sel; h=To; bh=AA==; b=AA==\r\n" + s
		}}, confirmed, "", "low", "faulty"},
		{"no signature, SPF passes", "header/dkim", inOrder, letter{}, policy, "", "", "no signature at all"},
		{"no signature, SPF does not pass", "header/dkim", inOrder, letter{address: stranger}, confirmed, "", "medium", ""},
		{"no signature, SPF for another domain, only watched", "header/dkim", lax, letter{sender: "<b@example.net>"}, confirmed, "", "low", ""},
		{"a footer", "header/dkim", inOrder, letter{signer: ownSigner, change: footer}, unknown, "ambiguous", "", "not the one that was signed"},
		{"a footer that the receiver saw", "header/dkim", inOrder, letter{signer: ownSigner, change: footer, above: saw("dkim=fail header.d=example.com")}, policy, "", "", "not at fault"},
		{"a footer of a list", "header/dkim", inOrder, letter{signer: ownSigner, change: func(s string) string { return "List-Id: <l.example.net>\r\n" + footer(s) }, above: saw("dkim=fail header.d=example.com"), address: stranger}, confirmed, "", "medium", "mailing list"},
		{"a new key since", "header/dkim", sending("", spfOwn, strict, lab.NewSigner("example.com", "sel").Record()), letter{signer: ownSigner}, unknown, "ambiguous", "", ""},
		{"the key is gone", "header/dkim", sending("", spfOwn, strict, ""), letter{signer: ownSigner}, unknown, "ambiguous", "", "no usable key"},
		{"no key by one server, and the other is silent", "header/dkim", sending(at(firstServer, "behaves: [silent]"), spfOwn, strict, ""), letter{signer: ownSigner, above: saw("dkim=fail header.d=example.com")}, unknown, "servfail", "", ""},
		{"there never was a key", "header/dkim", sending("", spfOwn, strict, ""), letter{signer: ownSigner, above: saw("dkim=permerror header.d=example.com")}, policy, "", "", "no usable key"},

		{"all in order", "header/dmarc", inOrder, letter{signer: ownSigner}, falsely, "changed", "", ""},
		{"SPF alone", "header/dmarc", inOrder, letter{}, falsely, "changed", "", ""},
		{"signature alone", "header/dmarc", inOrder, letter{signer: ownSigner, address: stranger}, falsely, "changed", "", ""},
		{"nothing", "header/dmarc", lax, letter{address: stranger}, confirmed, "", "medium", ""},
		{"for another domain, only watched", "header/dmarc", lax, letter{signer: otherSigner, sender: "<b@example.net>"}, confirmed, "", "low", ""},
		{"for another domain", "header/dmarc", inOrder, letter{signer: otherSigner, sender: "<b@example.net>"}, confirmed, "", "medium", ""},
		{"no record", "header/dmarc", sending("", spfOwn, "", ownSigner.Record()), letter{signer: ownSigner}, policy, "", "", ""},
		{"a footer, and no SPF", "header/dmarc", inOrder, letter{signer: ownSigner, change: footer, address: stranger}, unknown, "ambiguous", "", ""},
		{"of another organisation", "header/dmarc", inOrder, letter{from: "jo@example.net"}, unknown, "needs_message", "", ""},
		{"of two authors", "header/dmarc", inOrder, letter{from: "jo@example.com, al@example.net"}, unknown, "ambiguous", "", ""},

		{"all in order", "header/alignment", inOrder, letter{signer: ownSigner}, falsely, "changed", "", ""},
		{"SPF is for another domain", "header/alignment", inOrder, letter{signer: ownSigner, sender: "<b@example.net>"}, policy, "", "", ""},
		{"the signature is for another domain", "header/alignment", inOrder, letter{signer: otherSigner}, policy, "", "", ""},
		{"neither is", "header/alignment", inOrder, letter{signer: otherSigner, sender: "<b@example.net>"}, confirmed, "", "medium", ""},
		{"neither is, only watched", "header/alignment", lax, letter{signer: otherSigner, sender: "<b@example.net>"}, confirmed, "", "low", ""},
		{"the sender is not certain", "header/alignment", inOrder, letter{signer: ownSigner, above: saw("spf=pass smtp.mailfrom=b@example.net")}, unknown, "ambiguous", "", ""},
	} {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			a, o := judged(t, c.scenario, claim(c.rule), c.message.file(t)...)
			v := a.verdict(c.rule)
			if v.Verdict != c.verdict || v.Severity != c.severity || c.reason != "" && v.Reason != c.reason {
				t.Errorf("%s (%s) %s, want %s (%s) %s: %s %v", v.Verdict, v.Reason, v.Severity, c.verdict, c.reason, c.severity, v.Says, v.Notes)
			}
			if !strings.Contains(strings.Join(v.Notes, "\n"), c.noted) {
				t.Errorf("no note with %q: %q", c.noted, v.Notes)
			}
			wantManners(t, o)
		})
	}
}

// A row that names another address than the one from which the receiver took the message is not denied by what is known of that one.
func TestRowNamesAnotherHop(t *testing.T) {
	parallel(t)
	for address, want := range map[string]string{authorised: "false_positive", stranger: "inconclusive"} {
		a, _ := judged(t, sending("", spfOwn, strict, ownSigner.Record()), "SPF Authentication\tSPF Failed For IP: "+address+"\n", letter{}.file(t)...)
		if v := a.verdict("header/spf"); v.Verdict != want {
			t.Errorf("%s: %s (%s) %s", address, v.Verdict, v.Reason, v.Says)
		}
	}
}

// Without a message nothing is asked of anybody, and the reader is told how to save one.
func TestHeaderRowsWithoutMessage(t *testing.T) {
	parallel(t)
	for name, args := range map[string][]string{"with a target": {"--target", "example.com"}, "without": nil} {
		t.Run(name, func(t *testing.T) {
			scenario := strings.Replace(sending("", spfOwn, strict, ownSigner.Record()), "\ntarget: example.com", "", 1)
			a, o := judged(t, scenario, claim(headerRules...), args...)
			for _, rule := range headerRules {
				if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "needs_message" {
					t.Errorf("%s: %s (%s)", rule, v.Verdict, v.Reason)
				}
			}
			if len(o.queries) > 0 {
				t.Errorf("%d questions were asked", len(o.queries))
			}
			text := inLab(t, scenario, claim("header/dkim"), append(slices.Clone(args), "-v")...).stdout
			for _, word := range []string{"--message", "Gmail", "Outlook", "Thunderbird"} {
				if !strings.Contains(text, word) {
					t.Errorf("nothing of %s:\n%s", word, text)
				}
			}
		})
	}
}

// A report that names nothing is about the author of its message.
func TestMessageNamesTheTarget(t *testing.T) {
	parallel(t)
	scenario := strings.Replace(sending("", spfOwn, strict, ownSigner.Record()), "\ntarget: example.com", "", 1)
	a, _ := judged(t, scenario, claim("header/dkim"), letter{signer: ownSigner}.file(t)...)
	if v := a.verdict("header/dkim"); v.Subject != "example.com" || v.Verdict != "false_positive" {
		t.Errorf("%+v", v)
	}
}

// A row about the key of a domain that names no selector is about the one with which the message was signed in its name; two signatures, and
// one of somebody else, tell none.
func TestMessageNamesTheKey(t *testing.T) {
	parallel(t)
	second := lab.NewSigner("example.com", "other")
	twice := letter{signer: ownSigner, change: func(text string) string {
		signed, err := second.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}}
	for name, test := range map[string]struct {
		message letter
		key     string
		verdict string
	}{
		"there":               {letter{signer: ownSigner}, ownSigner.Record(), "false_positive"},
		"gone":                {letter{signer: ownSigner}, "", "confirmed"},
		"of two selectors":    {twice, ownSigner.Record(), "inconclusive"},
		"of another's domain": {letter{signer: otherSigner}, ownSigner.Record(), "inconclusive"},
		"unsigned":            {letter{}, ownSigner.Record(), "inconclusive"},
	} {
		a, _ := judged(t, sending("", spfOwn, strict, test.key), claim("dkim/missing"), test.message.file(t)...)
		v := a.verdict("dkim/missing")
		if v.Verdict != test.verdict || test.verdict != "inconclusive" && v.Subject != ownSigner.Name() {
			t.Errorf("%s: %s %s about %s: %s", name, v.Verdict, v.Reason, v.Subject, v.Says)
		}
	}
}

// A message that is attached to the mail with the report is the one that is meant.
func TestAttachedMessage(t *testing.T) {
	parallel(t)
	scenario := sending("", spfOwn, strict, ownSigner.Record())
	mail := func(messages ...string) string {
		text := "From: customer@example.com\r\nSubject: help\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n" +
			"--cut\r\nContent-Type: text/plain\r\n\r\n" + claim("header/dkim") + "\r\n"
		for _, m := range messages {
			text += "--cut\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=it.eml\r\n\r\n" + m + "\r\n"
		}
		return text + "--cut--\r\n"
	}
	good := letter{signer: ownSigner}
	report := "From: reports@example.net\r\nSubject: report\r\n\r\n" + claim("header/spf")
	for name, test := range map[string]struct {
		stdin           string
		verdict, reason string
	}{
		"one":                            {mail(good.text(t)), "false_positive", "changed"},
		"a report beside it":             {mail(report, good.text(t)), "false_positive", "changed"},
		"two":                            {mail(good.text(t), letter{}.text(t)), "inconclusive", "needs_message"},
		"none":                           {mail(), "inconclusive", "needs_message"},
		"with the line ends of the mail": {strings.ReplaceAll(mail(good.text(t)), "\r\n", "\n"), "false_positive", "changed"},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := judged(t, scenario, test.stdin)
			if v := a.verdict("header/dkim"); v.Verdict != test.verdict || v.Reason != test.reason {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
		})
	}
	// A flag goes before what is attached.
	a, _ := judged(t, scenario, mail(letter{}.text(t)), good.file(t)...)
	if v := a.verdict("header/dkim"); v.Verdict != "false_positive" {
		t.Errorf("with --message: %s (%s)", v.Verdict, v.Reason)
	}
}

// What keeps the servers from telling of the records leaves every claim open that rests on them, and so does what they say against each
// other.
func TestMessageTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	names := []string{"example.com", "_dmarc.example.com", ownSigner.Name()}
	unlike := func(answer string) string {
		var list []string
		for _, name := range names {
			list = append(list, "{name: "+name+", type: TXT, answer: "+answer+"}")
		}
		manner := "unlike: [" + strings.Join(list, ", ") + "]"
		return "name_servers:\n  - {address: " + firstServer + ", " + manner + "}\n  - {address: " + secondServer + ", " + manner + "}\n"
	}
	records := func(rest string) string { return sending(rest, spfOwn, strict, ownSigner.Record()) }
	other := `zones: [{name: example.com, records: "example.com. 300 IN TXT \"v=spf1 -all\"\n_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=none\"\n` +
		ownSigner.Name() + `. 300 IN TXT \"v=DKIM1; p=\""}]`
	// The sender is of a name below, so that alignment too rests on records.
	message := letter{signer: ownSigner, sender: "<b@news.example.com>"}
	for name, scenario := range map[string]string{
		"timeout":           records(unlike("silence")),
		"SERVFAIL":          records(unlike("SERVFAIL")),
		"REFUSED":           records(unlike("REFUSED")),
		"truncated":         records("name_servers:\n  - {address: " + firstServer + ", behaves: [truncate, no_tcp]}\n  - {address: " + secondServer + ", behaves: [truncate, no_tcp]}\n"),
		"servers differ":    records(at(secondServer, other)),
		"no server answers": records(bothDead),
	} {
		t.Run(name, func(t *testing.T) {
			for _, test := range []struct {
				message letter
				rules   []string
			}{{message, []string{"header/dkim", "header/dmarc", "header/alignment"}}, {letter{signer: ownSigner}, []string{"header/spf", "header/dkim", "header/dmarc"}}} {
				a, o := judged(t, scenario, claim(test.rules...), test.message.file(t)...)
				for _, rule := range test.rules {
					if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason == "" || v.Reason == "untested" {
						t.Errorf("%s is %s (%s): %s %v", rule, v.Verdict, v.Reason, v.Says, v.Notes)
					}
				}
				wantManners(t, o)
			}
		})
	}
}

// Of the message nothing is kept or shown but what servers wrote, and the evidence gives the same verdicts again.
func TestMessageInEvidence(t *testing.T) {
	parallel(t)
	file := filepath.Join(t.TempDir(), "evidence.json")
	l := letter{signer: ownSigner, address: stranger, below: "X-Note: confidential\r\n"}
	a, o := judged(t, sending("", spfOwn, strict, ownSigner.Record()), claim(headerRules...), append(l.file(t), "--save-evidence", file)...)
	saved, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{secret, "confidential", "Jo ", "jo@", "al@", "X-Note"} {
		if strings.Contains(string(saved), word) || strings.Contains(o.stdout, word) {
			t.Errorf("%q is kept or shown", word)
		}
	}
	again := command(t, t.Context(), "replay", "--rules", claims, "--format", "json", file)
	var b answer
	if err := json.Unmarshal([]byte(again.stdout), &b); err != nil {
		t.Fatalf("%v: %s%s", err, again.stdout, again.stderr)
	}
	for _, rule := range headerRules {
		if ending(a.verdict(rule)) != ending(b.verdict(rule)) {
			t.Errorf("%s: %q, and replayed %q", rule, ending(a.verdict(rule)), ending(b.verdict(rule)))
		}
	}
	// A report without a row about a message leaves no message in the evidence.
	o = inLab(t, sending("", spfOwn, strict, ownSigner.Record()), claim("dmarc/missing"), append(l.file(t), "--format", "json")...)
	if strings.Contains(o.stdout, `"message"`) {
		t.Error("a message that nobody asked about is in the evidence")
	}
}

// A message costs a bounded number of questions, whatever is in it.
func TestHostileMessage(t *testing.T) {
	parallel(t)
	var signatures strings.Builder
	for i := range 300 {
		fmt.Fprintf(&signatures, "DKIM-Signature: v=1; a=rsa-sha256; d=%sd%d.example.com; s=s%d; h=From; bh=AA==; b=AA==\r\n", strings.Repeat("a.", 50), i, i)
	}
	for name, l := range map[string]letter{
		"signatures":      {below: signatures.String()},
		"fields":          {below: strings.Repeat("Received: from a by b.example.com; x\r\n", 5000)},
		"a long field":    {below: "Authentication-Results: " + strings.Repeat("a=b (", 50_000) + "\r\n"},
		"a long name":     {from: "jo@" + strings.Repeat("a.", 120) + "example.com"},
		"control codes":   {below: "Authentication-Results: \x1b[31m<script>; dkim=\x07fail\r\n", from: "\x1b[31m <jo@example.com>"},
		"a shell command": {sender: "<b@$(reboot).example.com>", signer: ownSigner},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := judged(t, sending("", spfOwn, strict, ownSigner.Record()), claim(headerRules...), l.file(t)...)
			if len(o.queries) > 600 {
				t.Errorf("%d questions", len(o.queries))
			}
			if text := inLab(t, sending("", spfOwn, strict, ownSigner.Record()), claim(headerRules...), append(l.file(t), "-vv")...).stdout; strings.ContainsAny(text, "\x1b\x07") || strings.Contains(text, "dig TXT $(") {
				t.Errorf("control codes or commands get through:\n%q", text)
			}
		})
	}
}
