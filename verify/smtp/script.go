package smtp

import (
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// Script is what a session asks beside its plain course, under labels (package transcript). The zero script asks nothing:
// connection, greeting, EHLO and QUIT are a plain course that needs none.
type Script struct {
	Plain        *Transaction  // before STARTTLS; nil for none
	Transactions []Transaction // after it, and after the plain course
	Questions    []Question    // asked last
}

// Transaction is a recipient whose acceptance is asked for, of whichever sender is not refused. It ends with RSET, never with DATA
// (RFC 5321 section 4.1.1.5): nothing is delivered, and a recipient gets no trace of it.
type Transaction struct {
	About     string
	Senders   []string // "" is the null sender; the next one is tried where a server refuses the one before it
	Recipient string   // a path without angle brackets
}

// Question is an argument for VRFY or EXPN (RFC 5321 section 3.5).
type Question struct {
	Step     evidence.Step // StepVRFY or StepEXPN
	About    string
	Argument string
}

// Tester is who asks.
type Tester struct {
	Helo    string // the name for EHLO
	Mailbox string // a local part that cannot exist, the same in every session, because greylisting knows recipients again
}

// Script is what the session of a visit asks. The foreign domains are those of the relay test.
func (v Visit) Script(by Tester, foreign []string) (s Script) {
	mailboxes := v.postmasters()
	// It comes before STARTTLS, since it asks what a client without encryption may do. The postmaster is the one recipient that the
	// server has to know.
	if v.Has(facts.FromPlain) {
		s.Plain = &Transaction{transcript.AboutPlain, by.senders(), mailboxes[0]}
	}
	if v.Has(facts.FromPostmaster) {
		for _, path := range mailboxes {
			s.Transactions = append(s.Transactions, Transaction{transcript.AboutPostmaster + path, []string{"postmaster@" + by.Helo}, path},
				Transaction{transcript.AboutPostmasterNull + path, []string{""}, path})
		}
	}
	// Two domains, because a server that takes mail for one of them may be serving it.
	if v.Has(facts.FromRelay) && len(foreign) >= 2 {
		s.Transactions = append(s.Transactions, v.relay(by, foreign[0], foreign[1])...)
	}
	if v.Has(facts.FromVRFY) {
		// Both differ in the local part alone, so that a difference between the answers can only be about the mailbox.
		known, random := mailboxes[0], strings.Replace(mailboxes[0], "postmaster", by.Mailbox, 1)
		s.Questions = []Question{
			{evidence.StepVRFY, transcript.AboutVRFYKnown, known}, {evidence.StepVRFY, transcript.AboutVRFYRandom, random},
			{evidence.StepEXPN, transcript.AboutEXPNKnown, known}, {evidence.StepEXPN, transcript.AboutEXPNRandom, random},
		}
	}
	return s
}

// senders are the sender of the labelled part and the one to use where a server refuses it: a mailbox at our own name, if that
// can be one, and the null sender.
func (by Tester) senders() []string {
	// A sender at an address literal, or at a name without a dot, is refused by many for its form, which would answer nothing.
	if strings.HasPrefix(by.Helo, "[") || !strings.Contains(by.Helo, ".") {
		return []string{""}
	}
	return []string{"postmaster@" + by.Helo, ""}
}

// relay asks for the recipients of the relay test, each in a transaction of its own, because some servers defer a second domain in
// one transaction. The forms that older programs rewrote into foreign addresses come last (RFC 2505 section 2.1, RFC 5321
// appendix C for source routes).
func (v Visit) relay(by Tester, domain, second string) []Transaction {
	user := by.Mailbox
	first := user + "@" + domain
	transactions := []Transaction{
		// The control comes first, before a foreign recipient can have turned the server against us.
		{transcript.AboutRelayControl, by.senders(), v.postmasters()[0]},
		{transcript.AboutRelayFirst, by.senders(), first},
		{transcript.AboutRelaySecond, by.senders(), user + "@" + second},
		{transcript.AboutRelayInvalid, by.senders(), user + "@" + user + ".invalid"},
		{transcript.AboutRelayNull, []string{""}, first}, // shows too whether the session still serves us
	}
	// The odd forms need a domain for which the server takes mail, else it would refuse them as it does the plain form.
	own := v.Host
	if len(v.Domains) > 0 {
		own = v.Domains[0]
	}
	if own == "" {
		return transactions
	}
	return append(transactions,
		Transaction{transcript.AboutRelayOdd + "percent sign", by.senders(), user + "%" + domain + "@" + own},
		Transaction{transcript.AboutRelayOdd + "quoted", by.senders(), `"` + first + `"@` + own},
		Transaction{transcript.AboutRelayOdd + "source route", by.senders(), "@" + own + ":" + first},
		Transaction{transcript.AboutRelayOdd + "bang path", by.senders(), domain + "!" + user})
}

// reserved are domains that belong to nobody (RFC 2606 section 3): foreign to every server. They have a null MX. They serve where
// the user gives no domains of his own: no real server is troubled by a recipient there.
var reserved = []string{"example.net", "example.org", "example.com"}

// ForeignQuestions are the look-ups that tell whose the domains of the relay test are. They are asked before the sessions: a session does
// not wait for look-ups in the middle of it.
func ForeignQuestions(domains []string) (questions []reading.Question) {
	for _, domain := range domains {
		questions = append(questions, reading.ToResolver(domain, "MX")...)
	}
	return questions
}

// Foreign returns the two domains for the relay test of a host: neither its own nor served by its operator. Of the given ones those count
// that are known to take mail, because a refusal of another would be about the domain. There may be fewer than two, and then there is no
// relay test.
func Foreign(r *reading.Reading, v Visit, domains []string) (foreign []string) {
	for _, domain := range domains {
		xs, _ := r.Exchanges(evidence.Resolver, "", domain, "MX")
		if dnsanswer.Trouble(xs) == nil && !v.related(domain, dnsanswer.MXHosts(xs)) {
			foreign = append(foreign, domain)
		}
	}
	for _, domain := range reserved {
		if !v.related(domain, nil) && !slices.Contains(foreign, domain) {
			foreign = append(foreign, domain)
		}
	}
	// Given ones come before reserved ones: a server may know example.com for what it is, and refuse it for that.
	return foreign[:min(2, len(foreign))]
}

// related tells whether a domain, with the hosts of its mail, is the visited host's own, or its operator's.
func (v Visit) related(domain string, hosts []evidence.Host) bool {
	return slices.ContainsFunc(append(slices.Clone(v.Domains), v.Host), func(own string) bool {
		// A parent domain counts as the host's own: whoever runs mail.example.com may well take mail for example.com.
		return own == domain || strings.HasSuffix(own, "."+domain) ||
			slices.ContainsFunc(hosts, func(h evidence.Host) bool { return operator(h.Name) == operator(own) })
	})
}

// operator is a rough name for who runs a host: its last two labels. Under registries with longer suffixes it takes strangers for
// relatives, which only costs a candidate.
func operator(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
