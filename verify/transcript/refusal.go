package transcript

import (
	"regexp"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/lazy"
)

// Objection is why a server says no to a command. Only the first three speak of the recipient; the others turn away this
// tester, this sender or this moment, and say nothing about what strangers may do.
type Objection string

// The objections.
const (
	// The texts go into reasons that people read, behind a colon.
	RefusedNot       Objection = ""
	RefusedRelay     Objection = "the domain is not one that it takes mail for"
	RefusedAuth      Objection = "only users who have logged in may do that"
	RefusedRecipient Objection = "it knows no such mailbox"
	RefusedDomain    Objection = "it could not find or reach the recipient's domain"
	RefusedCallout   Objection = "it asked another server about the recipient"
	RefusedSender    Objection = "it did not like the sender"
	RefusedTester    Objection = "it did not like this tester"
	RefusedTLS       Objection = "it wants encryption first"
	RefusedForNow    Objection = "it put the recipient off"
	RefusedOther     Objection = "it did not say why"
)

// Classify reads a refusal of any command, or in place of a greeting. Names and mailboxes in it are echoes, of which no word
// counts: a domain may be called relay.example. A refusal in words that are not known here is one that did not say why. A
// temporary refusal (4xx) keeps its class if it has one that waiting does not change, as in "454 4.7.1 Relay access denied"
// (Postfix defers relaying where it is told to); else it only puts us off. That holds of encryption too, which is demanded with
// 530 (RFC 3207 section 4) and not for a while.
func Classify(r *evidence.Reply) Objection {
	if r.Code < 400 {
		return RefusedNot
	}
	said := read(r)
	switch class := said.objection(); {
	case r.Code == 421 && class != RefusedTester && class != RefusedSender: // RFC 5321 section 3.8: it ends the connection, whatever was asked
		return RefusedForNow
	// A 4xx that denies a mailbox is the usual form of greylisting and of a directory that is down, so that it denies nothing.
	case r.Code < 500 && (class == RefusedRecipient || class == RefusedTLS || class == RefusedOther || class == RefusedDomain && momentary().MatchString(said.text)):
		return RefusedForNow
	default:
		return class
	}
}

// MailboxFull tells whether a refusal is for a mailbox that exists and has no room (RFC 5321 section 4.2.3: 552; RFC 3463: x.2.2).
func MailboxFull(r *evidence.Reply) bool {
	said := read(r)
	return said.basic == 552 || said.enhanced == "2.2" || full().MatchString(said.text)
}

// refusal is what a reply says.
type refusal struct {
	basic    int    // reply code
	enhanced string // status code without its class digit, or ""
	text     string // in lower case, without echoes; # stands for an address
	names    string // the same with host names, among which those of block lists are found
}

// objection finds the class in four steps. First, whatever says that the no is for this tester, this sender or this moment, by
// code or by word, since then nothing else in the reply need be true for others. Second, a phrase that names relaying. Third,
// what other enhanced status codes say (RFC 3463 and its registry; x.7.1 is given for every reason, so it says none). Last, words.
func (r refusal) objection() Objection {
	// Some servers answer a bad sequence with words such as "need MAIL before RCPT", which would be read as an objection to the
	// sender.
	if r.basic != 503 || strings.HasPrefix(r.enhanced, "7.") { // a wrong order of commands names them, and no reason
		if e := first(personal, r); e != nil {
			return e.class
		}
	}
	switch {
	case wantsTLS.fits(r): // before relaying, which may be allowed inside TLS
		return RefusedTLS
	// Before the other codes, because servers refuse to relay under codes of every kind.
	case r.namesRelaying():
		return RefusedRelay
	case wantsLogIn.fits(r): // RFC 4954 section 6
		return RefusedAuth
	case r.basic == 556: // RFC 7504
		return RefusedDomain
	}
	e := first(rest, r)
	// To take a refusal of policy for an unknown mailbox would call a server closed that is open to others.
	if e == nil || e.class == RefusedRecipient && r.doubtful() {
		return RefusedOther
	}
	return e.class
}

// doubtful tells whether a reply that denies a mailbox speaks of policy too. A code of security may hide anything behind a
// friendly word, and 550 itself stands for both (RFC 5321 section 4.2.3).
func (r refusal) doubtful() bool {
	return strings.HasPrefix(r.enhanced, "7.") || policy().MatchString(r.text)
}

// namesRelaying tells whether the reply refuses to relay, or says that the domain is not one of the server's. An "open relay" is
// what somebody else is accused of, unless the reply goes on that there is none here; and a relay that cannot be reached is the
// next server.
func (r refusal) namesRelaying() bool {
	if relayCodes().MatchString(r.enhanced) {
		return true
	}
	// What is only so now, or hangs on a look-up, may be otherwise for the next client.
	if momentary().MatchString(r.text) || lookedUp().MatchString(r.text) {
		return false
	}
	text := relayNoun().ReplaceAllString(r.text, " ")
	return notServed().MatchString(r.text) || noOpenRelay().MatchString(r.text) || relaying().MatchString(text) && denial().MatchString(text) ||
		foreignRelaying().MatchString(text) && foreignDenial().MatchString(text) && !foreignReason().MatchString(text)
}

var (
	enhancedCode = lazy.Regexp(`^[245]\.([0-9]{1,3}\.[0-9]{1,3})$`)
	legacyCode   = lazy.Regexp(`\(#[245]\.([0-9]{1,3}\.[0-9]{1,3})\)`) // qmail's place for it
	quoted       = lazy.Regexp(`(?s)\bsaid: .*|: ?[45][0-9]{2}[ -].*`) // a reply of another server
	echoed       = lazy.Regexp(`<>|<[^<>\s]*[@.:][^<>\s]*>|\S*@\S*`)
	address      = lazy.Regexp(`\[?\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b\]?|\[(ipv6:)?[0-9a-f]*:[0-9a-f:.]*\]`)
	dotted       = lazy.Regexp(`\[[^\]\s]*[0-9.:][^\]\s]*\]|\S+\.\S+`)
	optional     = lazy.Regexp(`\b(not|no longer) (required|needed|mandatory|compulsory|necessary)\b`)
	apostrophe   = strings.NewReplacer("\u2019", "'", "`", "'")
)

// maxRead is about how much of a reply is read. A line has at most 512 bytes (RFC 5321 section 4.5.3.1.5), and whoever writes more
// than some lines only takes our time.
const maxRead = 1024

func read(r *evidence.Reply) refusal {
	said := refusal{basic: r.Code}
	// The code and its sign are cut off each line; what is left are the words.
	for _, l := range r.Lines {
		if len(said.names) >= maxRead {
			break
		}
		line := l.Text[min(4, len(l.Text)):]
		line = line[:min(maxRead, len(line))]
		if found := legacyCode().FindStringSubmatch(line); found != nil && said.enhanced == "" {
			said.enhanced = found[1]
		}
		first, rest, _ := strings.Cut(line, " ")
		if found := enhancedCode().FindStringSubmatch(first); found != nil {
			said.enhanced, line = found[1], rest
		}
		said.names += " " + line
	}
	// The order matters: mailboxes go first, because they hold host names, then the reply of another server, whose words are not
	// this one's, and then addresses, which hold dots as names do.
	names := echoed().ReplaceAllString(apostrophe.Replace(strings.ToLower(said.names)), " ")
	said.names = address().ReplaceAllString(quoted().ReplaceAllString(names, " another server said "), " # ")
	said.text = strings.Join(strings.Fields(dotted().ReplaceAllString(said.names, " ")), " ")
	// "TLS is not required" would otherwise be read as a demand.
	said.text = optional().ReplaceAllString(said.text, "optional")
	return said
}

// Enhanced returns the enhanced status code of a reply without its class, and the text in lower case without echoes. It is for VRFY
// and EXPN, whose refusals Classify does not know.
func Enhanced(r *evidence.Reply) (code, text string) {
	said := read(r)
	return said.enhanced, said.text
}

// NotServed tells whether the text of a refusal says that nobody gets an answer to VRFY or EXPN.
func NotServed(text string) bool { return unserved().MatchString(text) }

var unserved = anyOf(`vrfy`, `expn`, `command`, `operation`, `administrative prohibition`, `disabled`, `not (allowed|permitted|supported|implemented)`, `disallowed`)

// Denied tells whether the text of a refusal speaks of a ban or a policy rather than of a mailbox.
func Denied(text string) bool { return banned().MatchString(text) || policy().MatchString(text) }

var banned = anyOf(`(access|permission|request) denied`, `refused`, `rejected`)

// anyOf matches whole words. A letter of any script is part of a word.
func anyOf(patterns ...string) func() *regexp.Regexp {
	return lazy.Regexp(`(^|[^\pL])(` + strings.Join(patterns, "|") + `)($|[^\pL])`)
}
