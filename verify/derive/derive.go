// Package derive turns evidence into facts: everything that reads a bundle, and nothing that asks.
//
// Facts is a pure function of the bundle: no network, no clock, no state of the system, so that a saved bundle gives the same facts
// without a network. Part cuts out of a bundle what the facts of some targets rest on. SoFar answers what a run that is under way
// has to know to ask on, by the same reading. The package judges nothing: whether a fact makes a finding right is not its
// business.
//
// A file holds the facts of one subject: soa.go those of SOA records, mx.go those of mail hosts, time.go those about the times of
// sessions. What it reads of single answers and replies is in packages dnsanswer and transcript, which probing shares.
package derive

import (
	"cmp"
	"net/netip"
	"sync"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// Facts turns evidence into facts. It is pure: the same bundle gives the same facts, now and in ten years. What the bundle does
// not show is unknown, with the reason; a timeout, a refusal or a missing answer never becomes a no.
func Facts(b *evidence.Bundle) *facts.Set {
	return from(b, nil)
}

// from calls noted, if it is not nil, with every question to which an answer is looked for.
func from(b *evidence.Bundle, noted func(name string)) *facts.Set {
	d := &derivation{bundle: b, set: &facts.Set{}, noted: noted, outboundRanks: map[facts.Subject]int{}, agreed: map[facts.Subject]bool{}}
	for i := range b.Targets {
		d.target(&b.Targets[i])
	}
	d.nolistings()
	d.ownNetwork()
	return d.set
}

type derivation struct {
	bundle        *evidence.Bundle
	set           *facts.Set
	noted         func(name string)      // nil for nobody
	outboundRanks map[facts.Subject]int  // how much what is known of ip.outbound weighs
	agreed        map[facts.Subject]bool // some target said whether its policy covers this host

	indexing sync.Once
	index    *index // use found
}

// target derives everything about one name or address of the report.
func (d *derivation) target(t *evidence.Target) {
	if d.bundle.Vantage.Invents && t.Kind != "address" {
		why := facts.Unknown{Code: facts.Disagreement, Detail: "the resolver " + d.bundle.Vantage.Resolver +
			" answers for names that do not exist, so its answers cannot be trusted; name another with --resolver"}
		d.set.NoViews(t.Name, facts.Session, why)
		if t.Delegation != nil && t.Delegation.By == evidence.ByWalk {
			d.zone(t) // no word of the resolver is in it
			d.names(t)
			return
		}
		d.set.NoViews(t.Name, facts.Server, why)
		d.set.NoViews(t.Name, facts.Zone, why)
		d.set.NoViews(t.Name, facts.Target, why)
		return
	}
	greeting := d.hosts(t)
	d.set.Put(facts.Subject{Kind: facts.Target, Name: t.Name}, greeting)
	d.set.Put(facts.Subject{Kind: facts.Target, Name: t.Name}, d.hostsResolving(t))
	d.policies(t)
	d.zone(t)
	d.names(t)
}

// hosts derives everything about the hosts of a target, and counts those of their addresses that greet.
func (d *derivation) hosts(t *evidence.Target) facts.Fact {
	greeting := facts.Fact{Name: facts.SMTPHostsGreeting, At: d.bundle.FinishedAt, Evidence: "all sessions"}
	led := d.mxLead(t)
	if led.astray.Code != "" { // nobody else is led to these hosts
		d.set.NoViews(t.Name, facts.Session, led.astray)
		greeting.Why = led.astray
		return greeting
	}
	count := 0
	for _, h := range t.Hosts {
		said := d.addressesSaid(h.Name)
		for _, a := range h.Addresses {
			if d.host(t, facts.SessionAt(h.Name, a), led.and(said.lead(h.Name, a, d.bundle.Vantage.Resolver))) {
				count++
			} else if !d.proveDead(facts.SessionAt(h.Name, a)) {
				greeting.AtLeast = true // it may greet others
			}
		}
		if len(h.Addresses) == 0 {
			d.hostWithoutAddress(t.Name, h.Name, whyNoAddress(h))
		}
		if len(h.Addresses) == 0 || h.Trouble != nil || said.untested(h.Addresses) {
			greeting.AtLeast = true // there may be more addresses, and they may greet
		}
	}
	greeting.Value = facts.IntValue(int64(count))
	if d.bundle.Vantage.Intercepted {
		greeting.Value, greeting.Why = facts.Value{}, interceptedWhy
	}
	switch own, why := d.ownHost(t); {
	case len(d.set.Views(t.Name, facts.Session)) > 0:
	case own: // there is something to say of the name itself
		d.hostWithoutAddress(t.Name, t.Name, d.whyNoHosts(t))
		greeting.AtLeast = true
	case why.Code != "":
		d.set.NoViews(t.Name, facts.Session, why)
	default:
		d.set.NoViews(t.Name, facts.Session, d.whyNoHosts(t))
	}
	return greeting
}

// host derives everything about a host at one address, and tells whether it greeted.
func (d *derivation) host(t *evidence.Target, subject facts.Subject, led lead) (greeted bool) {
	d.set.AddView(t.Name, subject)
	d.set.Put(subject, d.hostResolves(subject.Name))
	d.putOutbound(t, subject)
	greeted = d.session(subject)
	d.ownPostmaster(t, subject)
	d.putLead(subject, led)
	return greeted && led.astray.Code == ""
}

// network is what the run shows about our own way out to an address.
func (d *derivation) network(address string) evidence.WayOut {
	if addr, err := netip.ParseAddr(address); err == nil && addr.Is6() {
		return d.bundle.Vantage.SMTPOut6
	}
	return d.bundle.Vantage.SMTPOut
}

// proveDead tells whether it is known that an address does not serve: no connection, or no greeting for as long as any sender
// has to wait. Who waited less knows nothing.
func (d *derivation) proveDead(subject facts.Subject) bool {
	connected, _ := d.set.Get(facts.SMTPConnectOK, subject)
	latency, _ := d.set.Get(facts.SMTPGreetingLatency, subject)
	if everybody, _ := d.set.Get(facts.SMTPDelayEverybody, subject); !everybody.Known() {
		return false
	}
	return connected.Known() && !connected.Value.Bool() || latency.AtLeast && latency.Value.Duration() >= transcript.ReplyLimit
}

func (d *derivation) whyNoHosts(t *evidence.Target) facts.Unknown {
	switch {
	case t.Trouble != nil && (t.Trouble.Kind == evidence.NXDomain || t.Trouble.Kind == evidence.NoData):
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " leads to no address: " + because(t.Trouble)}
	case t.Trouble != nil:
		return unanswered(t.Trouble, "the look-up of "+t.Name)
	case t.Kind == "domain":
		return facts.Unknown{Code: facts.NotFound, Detail: "the MX records of " + t.Name + " lead to no host; a null MX says that it takes no mail"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "no address of " + t.Name + " was tested"}
}

// hostWithoutAddress keeps a host that could not be followed visible: nothing about it is known but that, and it is named.
func (d *derivation) hostWithoutAddress(target, host string, why facts.Unknown) {
	subject := facts.SessionAt(host, "no address")
	d.set.AddView(target, subject)
	for _, def := range facts.Definitions() {
		if def.Scope == facts.Session {
			d.set.Put(subject, facts.Fact{Name: def.Name, Why: why})
		}
	}
	d.set.Put(subject, d.hostResolves(host))
	d.putLead(subject, d.nowhereLead(host))
}

func whyNoAddress(h evidence.Host) facts.Unknown {
	if h.Trouble != nil && h.Trouble.Kind != evidence.NXDomain && h.Trouble.Kind != evidence.NoData {
		return unanswered(h.Trouble, "the look-up of "+h.Name)
	}
	return facts.Unknown{Code: facts.NotFound, Detail: h.Name + " has no address"}
}

// because writes a failure as a clause.
func because(f *evidence.Failure) string {
	words := map[evidence.FailureKind]string{
		evidence.Timeout: "no answer within " + facts.FormatDuration(f.Waited.D()), evidence.Refused: "the connection was refused",
		evidence.Unreachable: "the address cannot be reached", evidence.Reset: "the connection was reset",
		evidence.EOF: "the other end closed the connection", evidence.TooLong: "the answer was longer than any proper one",
		evidence.Malformed: "the answer was not proper", evidence.OutOfStep: "the replies were out of step with the commands", evidence.TLSFailed: "the TLS handshake failed",
		evidence.BadCert:     "the certificate is not valid for the name",
		evidence.ProxyFailed: "the proxy gave no connection", evidence.NXDomain: "the name does not exist",
		evidence.NoData: "there is no such record", evidence.ServFail: "the name server gave no usable answer",
		evidence.Private: "the address is private, local or reserved", evidence.NoRoute: "this machine has no route of that address family",
		evidence.Limit: cmp.Or(f.Detail, "left out, the run touches enough hosts already"), evidence.Interrupted: "the run was ended first",
		evidence.Narrowed: "left out, another address was to be tested",
	}[f.Kind]
	if words == "" {
		words = "it failed"
	}
	return words
}

// unknown turns a failure into the reason why a fact is not known.
func unknown(f *evidence.Failure, what string) facts.Unknown {
	code, ok := map[evidence.FailureKind]facts.Code{
		evidence.Interrupted: facts.Interrupted, evidence.Private: facts.Private, evidence.Limit: facts.Untested,
		evidence.Narrowed: facts.Untested, evidence.OutOfStep: facts.Ambiguous,
		evidence.NXDomain: facts.ServFail, evidence.NoData: facts.ServFail, evidence.ServFail: facts.ServFail,
	}[f.Kind]
	if !ok {
		code = facts.ConnectFailed
	}
	return facts.Unknown{Code: code, Detail: what + " gave nothing: " + because(f)}
}

// unanswered is unknown for a look-up: whatever kept the name server from answering, it gave no usable answer.
func unanswered(f *evidence.Failure, what string) facts.Unknown {
	why := unknown(f, what)
	if why.Code == facts.ConnectFailed {
		why.Code = facts.ServFail
	}
	return why
}
