package verify

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// StepGreylist is the wait after which a deferred recipient is tried again; no session has such a step.
const StepGreylist evidence.Step = "greylist"

// reserved are domains that belong to nobody (RFC 2606 section 3): foreign to every server. They have a null MX.
var reserved = []string{"example.net", "example.org", "example.com"}

// foreign is a domain to whose mail a tested server should not say yes.
type foreign struct {
	domain string
	hosts  []string // of its mail
}

// prepareDialogue looks the foreign domains up where a finding is about relaying.
func (r *run) prepareDialogue(ctx context.Context, visits []visit) {
	if !slices.ContainsFunc(visits, func(v visit) bool { return v.Has(facts.FromRelay) }) {
		return
	}
	for _, domain := range r.Controls {
		answer := r.ask(ctx, domain, "MX")
		if dnsanswer.Trouble(answer) != nil {
			continue // a refusal would be about the domain
		}
		f := foreign{domain: domain}
		for _, h := range dnsanswer.MXHosts(answer) {
			f.hosts = append(f.hosts, h.Name)
		}
		r.foreign = append(r.foreign, f)
	}
	for _, domain := range reserved {
		r.foreign = append(r.foreign, foreign{domain: domain})
	}
}

// foreignTo returns the two domains for the relay test of a host: neither its own nor served by its operator.
func (r *run) foreignTo(v visit) []string {
	var domains []string
	for _, f := range r.foreign {
		related := slices.ContainsFunc(append(v.domains, v.host), func(own string) bool {
			return own == f.domain || strings.HasSuffix(own, "."+f.domain) ||
				slices.ContainsFunc(f.hosts, func(h string) bool { return operator(h) == operator(own) })
		})
		if !related && !slices.Contains(domains, f.domain) {
			domains = append(domains, f.domain)
		}
	}
	return domains[:min(2, len(domains))]
}

// operator is a rough name for who runs a host: its last two labels. Under registries with longer suffixes it takes strangers for
// relatives, which only costs a candidate.
func operator(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

// askFor says what a session with a host is to find out.
func (r *run) askFor(v visit) smtpprobe.Ask {
	ask := smtpprobe.Ask{Host: v.host, Address: netip.AddrPortFrom(v.address, r.SMTPPort), TLS: v.Has(facts.FromTLS), BareHello: v.bareHello, Recipient: v.recipient,
		SenderRefused: func(reply evidence.Reply) bool { return transcript.Classify(&reply) == transcript.RefusedSender }}
	if v.Has(facts.FromPlain) {
		ask.Plain = &smtpprobe.Transaction{About: transcript.AboutPlain, Senders: r.senders(), Recipients: []smtpprobe.Recipient{{About: transcript.AboutPlain, Path: v.postmasters()[0]}}}
	}
	if v.Has(facts.FromPostmaster) {
		for _, path := range v.postmasters() {
			ask.Transactions = append(ask.Transactions, one(transcript.AboutPostmaster+path, path, "postmaster@"+r.Helo), one(transcript.AboutPostmasterNull+path, path, ""))
		}
	}
	if v.Has(facts.FromRelay) {
		ask.Transactions = append(ask.Transactions, r.relay(v)...)
	}
	if v.Has(facts.FromVRFY) {
		known, random := v.postmasters()[0], strings.Replace(v.postmasters()[0], "postmaster", r.mailbox, 1)
		ask.Questions = []smtpprobe.Question{
			{Step: evidence.StepVRFY, About: transcript.AboutVRFYKnown, Argument: known}, {Step: evidence.StepVRFY, About: transcript.AboutVRFYRandom, Argument: random},
			{Step: evidence.StepEXPN, About: transcript.AboutEXPNKnown, Argument: known}, {Step: evidence.StepEXPN, About: transcript.AboutEXPNRandom, Argument: random},
		}
	}
	return ask
}

func one(about, recipient string, senders ...string) smtpprobe.Transaction {
	return smtpprobe.Transaction{About: about, Senders: senders, Recipients: []smtpprobe.Recipient{{About: about, Path: recipient}}}
}

// senders are the sender of the labelled part and the one to use where a server refuses it: a mailbox at our own name, if that
// can be one, and the null sender.
func (r *run) senders() []string {
	if strings.HasPrefix(r.Helo, "[") || !strings.Contains(r.Helo, ".") {
		return []string{""}
	}
	return []string{"postmaster@" + r.Helo, ""}
}

// relay asks for the recipients of the relay test, each in a transaction of its own, because some servers defer a second domain in
// one transaction. The forms that older programs rewrote into foreign addresses come last (RFC 2505 section 2.1, RFC 5321
// appendix C for source routes).
func (r *run) relay(v visit) []smtpprobe.Transaction {
	domains, user := r.foreignTo(v), r.mailbox
	if len(domains) < 2 {
		return nil
	}
	first := user + "@" + domains[0]
	transactions := []smtpprobe.Transaction{
		one(transcript.AboutRelayControl, v.postmasters()[0], r.senders()...),
		one(transcript.AboutRelayFirst, first, r.senders()...),
		one(transcript.AboutRelaySecond, user+"@"+domains[1], r.senders()...),
		one(transcript.AboutRelayInvalid, user+"@"+user+".invalid", r.senders()...),
		one(transcript.AboutRelayNull, first, ""), // shows too whether the session still serves us
	}
	own := v.host
	if len(v.domains) > 0 {
		own = v.domains[0]
	}
	if own == "" {
		return transactions
	}
	for _, odd := range []struct{ form, path string }{
		{"percent sign", user + "%" + domains[0] + "@" + own},
		{"quoted", `"` + first + `"@` + own},
		{"source route", "@" + own + ":" + first},
		{"bang path", domains[0] + "!" + user},
	} {
		transactions = append(transactions, one(transcript.AboutRelayOdd+odd.form, odd.path, r.senders()...))
	}
	return transactions
}

// deferred tells whether a session left a labelled recipient put off, as greylisting does, or a server that asks another one first.
func deferred(s *evidence.Session) bool {
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
		return e.About != "" && e.Step == evidence.StepRCPT && e.Reply != nil && e.Reply.Code/100 == 4 && e.Reply.Code != 421 &&
			slices.Contains([]transcript.Objection{transcript.RefusedForNow, transcript.RefusedCallout}, transcript.Classify(e.Reply))
	})
}

// greylisted waits until greylisting should be over, if the user asked for it and the session calls for it.
func (r *run) greylisted(ctx context.Context, v visit, s *evidence.Session) bool {
	return r.GreylistWait > 0 && deferred(s) && r.wait(ctx, v, StepGreylist, r.GreylistWait)
}

// wait lets time pass, and says so; false if the run ends first.
func (r *run) wait(ctx context.Context, v visit, step evidence.Step, d time.Duration) bool {
	defer r.waiting(facts.SessionAt(v.host, v.address.String()).String(), step, d)()
	return pause(ctx, d)
}
