package lab

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// dialogue is how a host answers by what a command names: senders, recipients, mailboxes and lists.
type dialogue struct {
	domains     []string // whose mail it takes, where relays is not "everywhere"
	relays      string   // everywhere, nothing or valid; "" is everywhere
	greylists   time.Duration
	requiresTLS string // what is refused without TLS: mail, rcpt or everything that may be (RFC 3207 section 4); "" for nothing
	limits      limits
	senders     []answer
	recipients  []answer
	mailboxes   []answer // VRFY
	lists       []answer // EXPN
}

// limits are how many senders and recipients a host takes in one conversation, 0 for any number, and the reply to all that follow.
type limits struct {
	senders, recipients uint32
	reply               string
}

// limits reads how many a conversation takes. Without a reply they would be a number of which nobody hears.
func (r reader) limits(into *limits) field {
	return func(n *yaml.Node) error {
		*into = limits{}
		err := r.mapping(n, map[string]field{"senders": r.number(&into.senders), "recipients": r.number(&into.recipients), "reply": r.reply(&into.reply)})
		if err == nil && (into.reply == "" || into.reply == noReply) {
			err = r.fail(n, "limits have the key reply")
		}
		return err
	}
}

// over counts one more and tells whether that is too many.
func over(limit uint32, count *uint32) bool {
	*count++
	return limit > 0 && *count > limit
}

// answer is the reply to an argument that matches, and that was given by a sender that matches.
type answer struct {
	matches, from *regexp.Regexp
	reply         string
}

// dialogue lists the keys. A list that is written again takes the place of the former one: a phase of a sequence must be able to
// take something away.
func (r reader) dialogue(d *dialogue) map[string]field {
	answers := func(into *[]answer) field {
		return func(n *yaml.Node) error {
			*into = nil
			return r.list(func(n *yaml.Node) error { return r.answer(n, into) })(n)
		}
	}
	return map[string]field{
		"domains":      func(n *yaml.Node) error { d.domains = nil; return r.list(r.item(&d.domains))(n) },
		"relays":       r.word(&d.relays, "everywhere", "nothing", "valid"),
		"greylists":    r.duration(&d.greylists),
		"requires_tls": r.word(&d.requiresTLS, "mail", "rcpt", "everything"),
		"limits":       r.limits(&d.limits),
		"mail_from":    answers(&d.senders),
		"rcpt_to":      answers(&d.recipients),
		"vrfy":         answers(&d.mailboxes),
		"expn":         answers(&d.lists),
	}
}

// answer reads one entry to the end of a list. Without from it holds for every sender.
func (r reader) answer(n *yaml.Node, into *[]answer) error {
	a := answer{from: regexp.MustCompile("")}
	err := r.mapping(n, map[string]field{
		"matches": r.pattern(&a.matches), "from": r.pattern(&a.from), "reply": r.reply(&a.reply)})
	switch {
	case err != nil:
		return err
	case a.matches == nil || a.reply == "" || a.reply == noReply:
		return r.fail(n, "an answer has the keys matches and reply")
	}
	*into = append(*into, a)
	return nil
}

// pattern reads a text in which * stands for anything; letter case does not count.
func (r reader) pattern(into **regexp.Regexp) field {
	return value(r, into, "a pattern", func(s string) (*regexp.Regexp, error) {
		return regexp.Compile("(?i)^" + strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, ".*") + "$")
	})
}

// find returns the reply of the first answer that fits, or the usual one.
func find(answers []answer, argument, sender, usual string) string {
	for _, a := range answers {
		if a.matches.MatchString(argument) && a.from.MatchString(sender) {
			return a.reply
		}
	}
	return usual
}

// path is what stands between the angle brackets of MAIL and RCPT.
func path(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	path, _, _ := strings.Cut(rest, ">")
	return path
}

// needsTLS is the reply of RFC 3207 section 4, with the code that RFC 3463 gives to security.
const needsTLS = "530 5.7.0 Must issue a STARTTLS command first"

// mailReply is the usual reply to MAIL.
func (c *conversation) mailReply(sender string) string {
	switch {
	case c.requiresTLS == "mail" && !c.secure:
		return needsTLS
	case over(c.limits.senders, &c.senderCount):
		return c.limits.reply
	}
	return find(c.senders, sender, "", "250 2.1.0 Ok")
}

// rcptReply is the usual reply to RCPT.
func (c *conversation) rcptReply(recipient string) string {
	reply := find(c.recipients, recipient, c.from, c.routing(recipient))
	code, _ := strconv.Atoi(reply[:min(3, len(reply))])
	switch {
	// Encryption and limits come before greylisting, which costs a server a look-up.
	case c.requiresTLS == "rcpt" && !c.secure:
		return needsTLS
	case over(c.limits.recipients, &c.recipientCount):
		return c.limits.reply
	case code/100 == 2 && c.greylists > 0 && !c.net.known(c.address+" "+c.from+" "+recipient, c.greylists):
		return "450 4.2.0 <" + recipient + ">: Recipient address rejected: Greylisted, come back later"
	}
	return reply
}

// routing is what a host says to a recipient because of the recipient's domain.
func (c *conversation) routing(recipient string) string {
	local, domain, full := cutDomain(recipient)
	// The old signs of routes count as foreign too, as a host that refuses to relay takes them (RFC 5321 appendix C, RFC 2505
	// section 2.1).
	foreign := full && !c.ours(domain) || strings.ContainsAny(local, `%!@"`)
	switch {
	case c.relays == "nothing" && foreign:
		return "554 5.7.1 <" + recipient + ">: Relay access denied"
	case c.relays == "valid" && strings.HasSuffix(strings.ToLower(recipient), ".invalid"):
		return "550 5.1.2 <" + recipient + ">: Recipient address rejected: Domain not found"
	}
	return "250 2.1.5 Ok"
}

// cutDomain splits a mailbox, without its source route, at the last @.
func cutDomain(recipient string) (local, domain string, full bool) {
	if strings.HasPrefix(recipient, "@") {
		_, recipient, _ = strings.Cut(recipient, ":")
	}
	at := strings.LastIndex(recipient, "@")
	if at < 0 {
		return recipient, "", false
	}
	return recipient[:at], recipient[at+1:], true
}

// ours tells whether a host takes mail for a domain: its own name's among them, without which no postmaster could be reached.
func (c *conversation) ours(domain string) bool {
	for _, own := range append([]string{c.name}, c.domains...) {
		if strings.EqualFold(own, domain) {
			return true
		}
	}
	return false
}

// known tells whether a triplet of client, sender and recipient was first seen that long ago, and remembers it (RFC 6647).
func (n *Internet) known(triplet string, wait time.Duration) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	first, seen := n.triplets[triplet]
	if !seen && len(n.triplets) < maxNotes {
		n.triplets[triplet] = time.Now()
	}
	return seen && time.Since(first) >= wait
}
