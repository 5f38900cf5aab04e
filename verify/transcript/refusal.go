package transcript

import (
	"regexp"
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/lazy"
)

// Objection is why a server says no to a sender or a recipient. Only the first three speak of the recipient; the others turn away
// this tester, this sender or this moment, and say nothing about what strangers may do.
type Objection string

// The objections.
const (
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

// refusals finds the class of a refusal: the first entry with the enhanced status code (RFC 3463, its class digit left out) or
// with one of the words decides. The order is part of it. Block lists come before relaying, because lists have names such as
// "open relays"; what speaks of relaying comes before softer words for senders and testers ("relaying denied to your IP
// address"). The words are those that Postfix, Exim, sendmail, qmail, Exchange, OpenSMTPD, Haraka and cPanel are known for; only Postfix
// was asked itself. A refusal in other words, or in another language, is one that did not say why.
var refusals = []struct {
	class Objection
	codes []string
	words func() *regexp.Regexp
}{
	{RefusedTester, []string{"7.25"}, anyOf(`blocked using`, `block ?list`, `black[ -]?list`, `deny ?list`, `dnsb?l`, `rbl`, `spamhaus`, `spamcop`,
		`is listed`, `listed (in|at|by|on|as)`, `reputation`, `helo`, `ehlo`)},
	{RefusedSender, []string{"1.7", "1.8", "7.23", "7.24", "7.26", "7.27"}, anyOf(`spf`, `dmarc`, `dkim`)},
	{RefusedDomain, []string{"1.2", "1.10", "4.4"}, anyOf(`null ?mx`)},
	{RefusedRelay, []string{"7.54", "7.64"}, anyOf(`relay(s|ed|ing)?`, `rcpthosts`, `(not|isn't)( a)? local`, `non-?local`, `not hosted`, `not one of (our|my)`)},
	{RefusedAuth, nil, anyOf(`auth(entication|enticated|enticate)?`, `unauthenticated`, `log(ged)?[ -]?(in|on)`)},
	{RefusedTLS, []string{"7.10"}, anyOf(`starttls`, `(tls|ssl|encryption|encrypted)\b.*\b(required?|needed|first|only|mandatory)`,
		`(requires?|must|needs?|use|without|only)\b.*\b(tls|ssl|encryption|encrypted)`)},
	{RefusedSender, nil, anyOf(`sender`, `mail from`, `from address`, `return[ -]path`, `envelope from`, `forged`, `spoof(ed|ing)?`)},
	{RefusedCallout, nil, anyOf(`undeliverable address`, `call-?outs?`, `verification`, `verify`, `verified`, `unverified`, `said`)},
	{RefusedTester, nil, anyOf(`client`, `your (ip|host|network|server|mail server)`, `ip address`, `banned`, `blocked`, `spam(mer|ming)?`, `rate`, `too many`,
		`reverse`, `rdns`, `ptr`, `policy`, `suspicious`)},
	{RefusedDomain, nil, anyOf(`domain not found`, `domain does not exist`, `no such domain`, `unknown host`, `host unknown`, `host not found`,
		`un-?routeable`, `does not accept mail`, `name service`)},
	// A mailbox that the server cannot read, such as one without a domain, is not one that it does not know.
	{RefusedOther, []string{"1.3"}, nil},
	{RefusedRecipient, []string{"1.1", "1.6", "2.1", "2.2", "4.1"}, anyOf(`(user|recipient|mailbox|address|local part) (is )?(unknown|unavailable|not found|full|disabled|invalid)`,
		`(unknown|invalid|no such|nonexistent) (local )?(user|recipient|mailbox|address|person)`, `(does not|doesn't|not) exist`, `no mailbox`)},
}

func anyOf(patterns ...string) func() *regexp.Regexp {
	return lazy.Regexp(`(^|[^a-z])(` + strings.Join(patterns, "|") + `)($|[^a-z])`)
}

var (
	enhancedCode = lazy.Regexp(`^[245]\.([0-9]{1,3}\.[0-9]{1,3})$`)
	legacyCode   = lazy.Regexp(`\(#[245]\.([0-9]{1,3}\.[0-9]{1,3})\)`) // qmail's place for it
	echoed       = lazy.Regexp(`<[^>]*>|\[[^\]]*\]|\S*@\S*`)
	dotted       = lazy.Regexp(`\S+\.\S+`)
)

// Classify reads a refusal of MAIL or RCPT. Names and mailboxes in it are echoes, of which no word counts: a domain may be
// called relay.example. A temporary refusal (4xx) keeps its class if it has one that waiting does not change, as in "454 4.7.1
// Relay access denied"; else it only puts us off.
func Classify(r *evidence.Reply) Objection {
	code, text := Enhanced(r)
	switch {
	case r.Code < 400:
		return RefusedNot
	case r.Code == 421:
		return RefusedForNow
	case r.Code == 556: // RFC 7504
		return RefusedDomain
	}
	for _, entry := range refusals {
		if !slices.Contains(entry.codes, code) && (entry.words == nil || !entry.words().MatchString(text)) {
			continue
		}
		if r.Code < 500 && (entry.class == RefusedRecipient || entry.class == RefusedCallout || entry.class == RefusedOther) {
			return RefusedForNow
		}
		// A code of security or policy may hide anything behind a friendly word: only plain words for relaying count with it.
		if entry.class == RefusedRecipient && strings.HasPrefix(code, "7.") {
			return RefusedOther
		}
		return entry.class
	}
	if r.Code < 500 {
		return RefusedForNow
	}
	return RefusedOther
}

// Enhanced returns the enhanced status code of a reply without its class, and the text in lower case without echoes.
func Enhanced(r *evidence.Reply) (code, text string) {
	for _, l := range r.Lines {
		line := l.Text[min(4, len(l.Text)):]
		if found := legacyCode().FindStringSubmatch(line); found != nil && code == "" {
			code = found[1]
		}
		first, rest, _ := strings.Cut(line, " ")
		if found := enhancedCode().FindStringSubmatch(first); found != nil {
			code, line = found[1], rest
		}
		text += " " + line
	}
	text = echoed().ReplaceAllString(strings.ToLower(text), " ")
	return code, dotted().ReplaceAllString(text, " ")
}

// NotServed tells whether the text of a refusal says that nobody gets an answer to VRFY or EXPN.
func NotServed(text string) bool { return unserved().MatchString(text) }

var unserved = anyOf(`vrfy`, `expn`, `command`, `operation`, `administrative prohibition`, `disabled`, `not (allowed|permitted|supported|implemented)`, `disallowed`)
