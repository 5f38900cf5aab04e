// Package verify re-tests what a report claims: it plans which questions answer which facts, and asks them over the patient
// SMTP client (RFC 5321) and the DNS client (RFC 1034, RFC 1035), at the pace and with the guards that strangers' servers deserve.
//
// Probing ends in an evidence.Bundle. What a bundle shows is said by the topics (topics.go), whose facts are a pure function of it. They
// say too what is worth asking next, and they know nothing but the same bundle on its way (package reading): so a replay, which has the
// bundle alone, comes to the facts that the run itself went by.
//
// The package judges nothing and knows no rule. It opens no connection to private addresses unless told to, never more than one at a
// time to one address (but for a control, which is asked at most once in five minutes), and never sends DATA.
package verify

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/blocklist"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/messageprobe"
)

// Dialer makes connections; *net.Dialer, a SOCKS dialer and the network in memory fit.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Options say from where and how patiently to test.
type Options struct {
	Dialer    Dialer         // for DNS, and for SMTP and the web unless Proxy is set
	Proxy     Dialer         // for SMTP and the web through a proxy; nil for none
	ProxyName string         // of the proxy, without credentials, for the record
	Resolver  netip.AddrPort // the resolver to ask
	SMTPPort  uint16         // normally 25
	Roots     []netip.Addr   // root servers at which the walks begin; none means those of IANA
	DNSPort   uint16         // of authoritative servers, normally 53
	Helo      string         // name for EHLO
	// From returns the address of this machine from which a connection to another one goes out, or the zero value; nil where
	// nobody knows. A server in the network of that address is a neighbour.
	From         func(netip.Addr) netip.Addr
	Patience     time.Duration  // longest wait for one SMTP reply
	Deadline     time.Duration  // longest duration of the run of a report, waits for the tests of others not counted
	Connections  int            // most TCP connections to mail and web servers at a time; 0 for no limit
	Sessions     int            // most sessions with one server in a run of the program; 0 means 24
	Rate         int            // most new ones a minute; 0 for no limit
	Since        time.Time      // when an earlier run, which this one goes on with, last talked to servers; the zero value for never
	Settle       time.Duration  // wait before name servers that disagree are asked again; 0 for no second look
	Controls     []string       // domains whose MX hosts show whether this network lets SMTP out
	Samples      int            // sessions with each address that greets; 0 means one
	Every        time.Duration  // distance of the samples; the pace of manners is the least
	Only         netip.Addr     // of the hosts that a name leads to, test this address only; the zero value means all
	Insist       bool           // try an address that cannot be reached a third time, ten minutes after the first
	GreylistWait time.Duration  // after which a deferred recipient is tried again; 0 for never
	AllowPrivate bool           // probe loopback, private and reserved addresses too
	MaxHosts     int            // most SMTP hosts that the run may touch
	ListKeys     blocklist.Keys // for block lists that ask for one; they stand in nothing that is kept
	Outbound     string         // whether the tested addresses send mail, by the user's word: evidence.OutboundYes, evidence.OutboundNo or ""
	TrustedRoots *x509.CertPool // of certificates; nil for those of the system
	TrustAnchors []dns.RR       // DS and DNSKEY records of zones that are trusted, as dnssec.Anchors reads them; none means those of the root
	// ResolverNamed says that the user chose Resolver himself, so that its word on signatures (AD) counts.
	ResolverNamed bool
	Tool          string        // name and version, for the record
	Catalogue     string        // digest of the rules in force, for the record
	Watch         func(Waiting) // told about every wait; nil for nobody. Called from several goroutines.
	// Queued is told 1 when a report begins to wait for its turn behind others, and -1 when it goes on; nil for nobody. Called from several
	// goroutines.
	Queued func(change int)
	// Talking is told 1 when a report begins to talk to a mail server, for which it will wait most of the time, and -1 when it talks to none
	// any more; nil for nobody. Called from several goroutines.
	Talking func(change int)
}

// outward makes the connections to hosts: directly, or through the proxy of a user whose own network closes the way.
func (o Options) outward() Dialer {
	if o.Proxy != nil {
		return o.Proxy
	}
	return o.Dialer
}

// StepPause is the wait between two sessions with one address; no session has such a step.
const StepPause evidence.Step = "pause"

// StepSettle is the wait for name servers that disagree; no session has such a step.
const StepSettle evidence.Step = "settle"

// StepResolver and StepServers are the look-ups of a name: where it leads to, by the resolver, and what the name servers of
// its zone say. No session has such steps.
const (
	StepResolver evidence.Step = "resolver"
	StepServers  evidence.Step = "name servers"
)

// Waiting describes what is waited for, for a progress line. A zero Step says that the wait is over.
type Waiting struct {
	Subject string // "mail.example.com [203.0.113.25]", or the name that is looked up
	Step    evidence.Step
	Since   time.Time
	Limit   time.Duration // 0 where none is known
}

// Plan is what has to be asked, once for all findings together.
type Plan struct {
	Targets []Task
	Message *messageprobe.Message // that some of the facts are about; nil for none
}

// Task is what has to be asked about one name or address of a report.
type Task struct {
	Name         string
	Host         bool     // test the host itself, even if it has MX records of its own
	facts.Source          // the probes that it takes
	Ports        []uint16 // to connect to, as rows name them
	Lists        []string // the block lists to ask, as the report names them
}

// maxPorts bounds the ports of one name to which connections are made. The number is our own.
const maxPorts = 4

// Make merges what several reports need into one plan: each name once, with all probes that the facts about it take. Without a message
// nobody is asked for the sake of facts about one.
func Make(needs []facts.Need) Plan { return MakeWith(nil, needs) }

// MakeWith is Make with a message that was given beside the reports. It has no place in the evidence where no fact is about it.
func MakeWith(message *messageprobe.Message, needs []facts.Need) Plan {
	var p Plan
	places := map[string]int{}
	for _, n := range needs {
		if slices.ContainsFunc(n.Facts, ofMessage) {
			p.Message = message
			if n.Facts = slices.DeleteFunc(slices.Clone(n.Facts), func(name facts.Name) bool { return message == nil && ofMessage(name) }); len(n.Facts) == 0 {
				continue
			}
		}
		i, known := places[n.Target]
		if !known {
			i = len(p.Targets)
			places[n.Target] = i
			p.Targets = append(p.Targets, Task{Name: n.Target, Host: n.Host})
		}
		task := &p.Targets[i]
		// Where one finding means the domain, its mail hosts are visited, whatever another one means.
		task.Host = task.Host && n.Host
		for _, port := range n.Ports {
			// A few that a report names are no scan; a report that names all of them would be one.
			if len(task.Ports) < maxPorts && !slices.Contains(task.Ports, port) {
				task.Ports = append(task.Ports, port)
			}
		}
		for _, list := range n.Lists {
			if len(task.Lists) < evidence.MaxLists && !slices.Contains(task.Lists, list) {
				task.Lists = append(task.Lists, list)
			}
		}
		for _, name := range n.Facts {
			fact, _ := facts.Define(name)
			// WithHosts asks for nothing by itself: such a fact is shown by whatever else is asked.
			task.Source |= fact.Source &^ facts.WithHosts
		}
	}
	return p
}

// ofMessage tells whether a fact is about a message.
func ofMessage(name facts.Name) bool {
	fact, _ := facts.Define(name)
	return fact.Source.Has(facts.FromMessage)
}

// SMTP tells whether the plan opens SMTP connections at all.
func (p Plan) SMTP() bool {
	return slices.ContainsFunc(p.Targets, func(t Task) bool { return t.Has(facts.FromSession | facts.FromImplicit) })
}

// MailHosts tells whether the plan visits the mail hosts of a target, and not only its own address where it has none.
func (p Plan) MailHosts() bool {
	return slices.ContainsFunc(p.Targets, func(t Task) bool { return t.Has(facts.FromSession) })
}

// NameServers tells whether the plan puts questions about a zone to its name servers.
func (p Plan) NameServers() bool {
	return slices.ContainsFunc(p.Targets, func(t Task) bool { return t.Has(facts.FromSOA | facts.FromMX | facts.FromRecords) })
}

// ListKeys reads the keys of block lists out of the environment. The error names the variable, and not what it holds.
func ListKeys(getenv func(string) string) (blocklist.Keys, error) { return blocklist.NewKeys(getenv) }
