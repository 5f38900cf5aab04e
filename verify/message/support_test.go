package message

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/lab"
	"mxverdict/verify/messageprobe"
	"mxverdict/verify/reading"
)

// letter is a message in the making: what its author wrote, who signed it, what happened to it, and what servers wrote above.
type letter struct {
	from          []string
	sender        string
	edge          string // the Received line of the receiver's outermost server
	above, below  []string
	signers       []*lab.Signer
	expires       time.Time
	headers       []string // that are signed
	signed, saved []func(string) string
}

// world are texts by name: "" is none, and FAIL a failure. What is not in it is as in the beginning of each situation.
type world map[string]string

// The signers of the tests. The key of broken is published nowhere.
var (
	first  = lab.NewSigner("example.com", "sel")
	second = lab.NewSigner("esp.example", "two")
	lower  = lab.NewSigner("news.example.com", "low")
	broken = lab.NewSigner("example.com", "gone")
)

// order is the beginning of each situation.
func order() *letter {
	return &letter{from: []string{"Jo <jo@example.com>"}, sender: "<bounce@example.com>", edge: greetingLine, signers: []*lab.Signer{first}}
}

// text is the message as it was saved.
func (l *letter) text(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, from := range l.from {
		b.WriteString("From: " + from + "\r\n")
	}
	b.WriteString("To: Al <al@example.net>\r\nSubject: secret subject\r\n\r\nThe secret body.\r\n")
	text := b.String()
	for _, s := range l.signers {
		signer := *s
		signer.Expires, signer.Headers = l.expires, l.headers
		signed, err := signer.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		text = signed
	}
	for _, change := range l.signed {
		text = change(text)
	}
	for _, line := range l.below {
		text = line + "\r\n" + text
	}
	if l.edge != "" {
		text = "Received: " + l.edge + "\r\n" + text
	}
	for _, line := range l.above {
		text = line + "\r\n" + text
	}
	if l.sender != "" {
		text = "Return-Path: " + l.sender + "\r\n" + text
	}
	for _, change := range l.saved {
		text = change(text)
	}
	return text
}

// What is otherwise in a situation.
func both(a, b func(*letter)) func(*letter) { return func(l *letter) { a(l); b(l) } }
func edge(line string) func(*letter)        { return func(l *letter) { l.edge = line } }
func sentBy(sender string) func(*letter)    { return func(l *letter) { l.sender = sender } }
func from(authors ...string) func(*letter) {
	return func(l *letter) {
		if l.from = authors; authors[0] == "" {
			// Nobody can sign a message without an author.
			l.from, l.signers = nil, nil
		}
	}
}
func above(lines ...string) func(*letter) {
	return func(l *letter) { l.above = append(l.above, lines...) }
}

// below puts lines below the receiver's own, the first of them on top.
func below(lines ...string) func(*letter) {
	return func(l *letter) {
		for i := len(lines) - 1; i >= 0; i-- {
			l.below = append(l.below, lines[i])
		}
	}
}

// results are what the receiver found.
func results(list ...string) func(*letter) {
	return above("Authentication-Results: mx.example.net; " + strings.Join(list, ";\r\n\t"))
}
func unsigned(l *letter)                      { l.signers = nil }
func signedBy(s ...*lab.Signer) func(*letter) { return func(l *letter) { l.signers = s } }
func oversigned(l *letter)                    { l.headers = []string{"From", "From", "To", "Subject", "Subject"} }
func changed(f func(string) string) func(*letter) {
	return func(l *letter) { l.signed = append(l.signed, f) }
}
func saved(f func(string) string) func(*letter) {
	return func(l *letter) { l.saved = append(l.saved, f) }
}
func expired(at string) func(*letter) {
	return func(l *letter) { l.expires, _ = time.Parse(time.RFC3339, at) }
}
func replaced(old, now string) func(*letter) {
	return changed(func(s string) string { return strings.Replace(s, old, now, 1) })
}
func added(line string) func(*letter) {
	return changed(func(s string) string { return line + "\r\n" + s })
}

// tag puts a tag into the first signature.
func tag(text string) func(*letter) { return replaced("DKIM-Signature: ", "DKIM-Signature: "+text) }
func footer(l *letter)              { changed(func(s string) string { return s + "-- \r\nChecked by us.\r\n" })(l) }
func subject(l *letter)             { replaced("secret subject", "[list] secret subject")(l) }
func headerOnly(l *letter) {
	saved(func(s string) string { header, _, _ := strings.Cut(s, "\r\n\r\n"); return header + "\r\n" })(l)
}
func bareLines(l *letter) {
	saved(func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") })(l)
}
func mailbox(l *letter) {
	saved(func(s string) string { return "From bounce@example.com Mon Nov 30 10:00:00 2026\n" + s })(l)
}

// published are the records of the beginning.
func published() world {
	return world{"example.com": "v=spf1 ip4:203.0.113.25 -all", "_dmarc.example.com": "v=DMARC1; p=reject",
		first.Name(): first.Record(), second.Name(): second.Record(), lower.Name(): lower.Record()}
}

// derived derives the facts about a message, after all that the topic asks for was asked.
func derived(t *testing.T, change func(*letter), zone world) *facts.Set {
	t.Helper()
	l := order()
	if change != nil {
		change(l)
	}
	_, set := seen(t, l.text(t), zone)
	return set
}

// seen does the same with the text of a message, and returns the evidence too.
func seen(t *testing.T, text string, zone world) (*evidence.Bundle, *facts.Set) {
	t.Helper()
	m := messageprobe.Read([]byte(text))
	kept := m.Evidence()
	b := &scene.ZoneWith().Bundle
	b.Message = &kept
	said := map[string]string{}
	all := published()
	for name, text := range zone {
		all[name] = text
	}
	for name, text := range all {
		if text != "" && text != "FAIL" {
			text = `"` + text + `"`
		}
		said["TXT "+name], said["zone TXT "+name] = text, text
	}
	scene.Inquire(t, b, reading.Wish{Source: facts.FromSOA | facts.FromMessage}, said, Questions)
	b.Message.Checks = m.Check(func(name string) ([]string, bool) { return KeyTexts(&reading.Reading{Bundle: b}, name) })
	return b, scene.Facts(b, Derive)
}

// values writes the list or text of a fact.
func values(set *facts.Set, name facts.Name) string {
	f, _ := set.Get(name, facts.Subject{Kind: facts.Target, Name: "example.com"})
	if !f.Known() {
		return "unknown: " + string(f.Why.Code)
	}
	return cmp.Or(f.Value.String(), "none")
}

func factsOf(b *evidence.Bundle) *facts.Set { return scene.Facts(b, Derive) }
