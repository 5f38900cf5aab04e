// Package verify re-tests what a report claims: it plans which questions answer which facts, and asks them over the patient
// SMTP client and the DNS client, at the pace and with the guards that strangers' servers deserve.
//
// Probing ends in an evidence.Bundle. What a bundle shows is the business of package derive, whose facts are a pure function of
// it; what the run shows so far (derive.SoFar) is all that probing goes by. The package judges nothing.
// It opens no connection to private addresses unless told to, and never more than one at a time to one address.
package verify

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Dialer makes connections; *net.Dialer, a SOCKS dialer and the network in memory fit.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Options say from where and how patiently to test.
type Options struct {
	Dialer    Dialer         // for DNS, and for SMTP unless Proxy is set
	Proxy     Dialer         // for SMTP through a proxy; nil for none
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
	Deadline     time.Duration  // longest duration of the whole run
	Settle       time.Duration  // wait before name servers that disagree are asked again; 0 for no second look
	Controls     []string       // domains whose MX hosts show whether this network lets SMTP out
	Samples      int            // sessions with each address that greets; 0 means one
	Every        time.Duration  // distance of the samples; the pace of manners is the least
	Only         netip.Addr     // of the hosts that a name leads to, test this address only; the zero value means all
	Insist       bool           // try an address that cannot be reached a third time, ten minutes after the first
	GreylistWait time.Duration  // after which a deferred recipient is tried again; 0 for never
	AllowPrivate bool           // probe loopback, private and reserved addresses too
	MaxHosts     int            // most targets and most SMTP hosts that each report may touch
	Outbound     string         // whether the tested addresses send mail, by the user's word: evidence.OutboundYes, evidence.OutboundNo or ""
	TrustedRoots *x509.CertPool // of certificates; nil for those of the system
	// ResolverNamed says that the user chose Resolver himself, so that its word on signatures (AD) counts.
	ResolverNamed bool
	Tool          string        // name and version, for the record
	Catalogue     string        // digest of the rules in force, for the record
	Watch         func(Waiting) // told about every wait; nil for nobody. Called from several goroutines.
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
	Reports [][]int // the targets of each report, in its order: what a report may touch is counted for each by itself
}

// Task is what has to be asked about one name or address of a report.
type Task struct {
	Name string
	Host bool // test the host itself, even if it has MX records of its own
	want
}

// want is the set of probes that a task needs.
type want uint32

const (
	wantSession      want = 1 << iota // connect, greeting, EHLO
	wantTLS                           // STARTTLS with a handshake
	wantTransaction                   // MAIL and RCPT
	wantPTR                           // reverse look-up of the addresses
	wantSOA                           // the delegation, and SOA and NS records at each authoritative server
	wantMTASTS                        // MTA-STS record and policy file
	wantTLSA                          // TLSA records of the hosts
	wantAgreement                     // where serials differ, the records at the apex, and a second look
	wantPlain                         // MAIL and RCPT before STARTTLS
	wantPostmaster                    // the postmaster as recipient, from two senders
	wantRelay                         // recipients of other domains
	wantVRFY                          // VRFY and EXPN
	wantForward                       // addresses of the names found by reverse look-up
	wantOutbound                      // SPF records, which tell whether an address sends
	wantGreetingName                  // look-up of the name in the greeting
	wantHostNames                     // look-up of the host names at their own name servers
	wantMail                          // MX records at each server, and the addresses of the hosts that they name
	wantImplicit                      // a session with the name itself, where it has no MX records
	wantRecords                       // the usual types of record of the name itself at its servers
	wantRecursion                     // a foreign question to each server
	wantTransfer                      // the beginning of a zone transfer from each server
	wantServers                       // servers without authority are asked again
	wantTCP                           // the SOA record over TCP
	wantGlue                          // addresses of the name servers in a zone at each of its servers
	wantBareHello                     // a hello of our own bytes in place of the handshake

	// wantLabelled are the probes beside the plain course of a session.
	wantLabelled = wantPlain | wantPostmaster | wantRelay | wantVRFY
)

// hostWants are the probes that take the addresses of hosts.
const hostWants = wantSession | wantPTR | wantForward | wantOutbound | wantHostNames

// leads tells whether verdicts about hosts rest on where a task leads.
func (t Task) leads() bool { return t.has(hostWants | wantImplicit) }

func (w want) has(v want) bool { return w&v != 0 }

// mayVisit tells whether a task can lead to SMTP sessions.
func (t Task) mayVisit() bool { return t.has(wantSession | wantImplicit) }

// visits tells whether the hosts of a target are visited. Its own address is one only where there are no mail hosts.
func (t Task) visits(target *evidence.Target) bool {
	return t.has(wantSession) || t.has(wantImplicit) && target.Kind == "host"
}

// provided tells which probes provide a fact.
func provided(name facts.Name) want {
	if w, ok := providers[name]; ok {
		return w
	}
	if w, ok := recordProviders[name]; ok {
		return w
	}
	if def, _ := facts.Define(name); def.Scope == facts.Server || def.Scope == facts.Zone {
		return wantSOA
	}
	return wantSession
}

// providers are the probes behind the facts that need more than a plain session, or another probe.
var providers = map[facts.Name]want{
	facts.DNSPTRNames:              wantPTR,
	facts.DNSPTRMissing:            wantPTR,
	facts.DNSPTRHostnameValid:      wantPTR,
	facts.DNSPTRGeneric:            wantPTR,
	facts.DNSPTRResolverDiffers:    wantPTR,
	facts.DNSPTRConfirmed:          wantPTR | wantForward,
	facts.IPOutbound:               wantOutbound,
	facts.SMTPGreetingNameResolves: wantSession | wantGreetingName,
	facts.DNSHostResolves:          wantHostNames,
	facts.DNSHostLedBy:             0, // comes with all other facts about hosts
	facts.DNSHostsResolving:        wantHostNames,

	facts.SMTPGreetingHasPTR:    wantPTR | wantSession,
	facts.SMTPSTARTTLSMissing:   wantSession | wantTLS,
	facts.SMTPSTARTTLSVersion:   wantSession | wantTLS,
	facts.SMTPSTARTTLSSometimes: wantSession | wantTLS,
	facts.SMTPMAILLatency:       wantSession | wantTransaction,
	facts.SMTPRCPTLatency:       wantSession | wantTransaction,
	facts.SMTPTransactionTotal:  wantSession | wantTransaction,
	facts.SMTPHangup:            wantSession | wantTransaction,
	facts.SMTPHangupStep:        wantSession | wantTransaction,

	facts.SMTPTLSRequired:        wantSession | wantPlain,
	facts.SMTPPostmasterAccepted: wantSession | wantTLS | wantPostmaster,
	facts.SMTPRelayAccepted:      wantSession | wantTLS | wantRelay,
	facts.SMTPRelaySelective:     wantSession | wantTLS | wantRelay,
	facts.SMTPRelayGreylisted:    wantSession | wantTLS | wantRelay,
	facts.SMTPRelayOddForms:      wantSession | wantTLS | wantRelay,
	facts.SMTPVRFYDiscloses:      wantSession | wantTLS | wantVRFY,
	facts.SMTPEXPNDiscloses:      wantSession | wantTLS | wantVRFY,

	facts.SMTPSTARTTLSSmuggled:       wantSession | wantTLS,
	facts.SMTPSTARTTLSTrouble:        wantSession | wantTLS,
	facts.SMTPCertificateTrusted:     wantSession | wantTLS,
	facts.SMTPCertificateNameMatches: wantSession | wantTLS,
	facts.SMTPCertificateInDate:      wantSession | wantTLS,
	facts.SMTPCertificateSelfSigned:  wantSession | wantTLS,
	facts.SMTPCertificateExpires:     wantSession | wantTLS,
	facts.SMTPCertificateProblem:     wantSession | wantTLS,
	facts.MTASTSDomain:               wantMTASTS,
	facts.MTASTSMode:                 wantMTASTS,
	facts.MTASTSProblem:              wantMTASTS,
	facts.MTASTSCoversHost:           wantMTASTS,
	facts.DANEPublished:              wantTLSA,
	facts.DANEUsable:                 wantTLSA,
	facts.DANEMatches:                wantTLSA | wantSession | wantTLS,

	facts.DNSSOASerialsAgain:    wantSOA | wantAgreement,
	facts.DNSSOADataDiffer:      wantSOA | wantAgreement,
	facts.DNSSOADifferingTypes:  wantSOA | wantAgreement,
	facts.DNSSOASerialBackwards: wantSOA | wantAgreement,
	facts.DNSSOASettled:         wantSOA | wantAgreement,
	facts.DNSSOALagTooLong:      wantSOA | wantAgreement,

	facts.DNSDelegationDiffers:  wantSOA | wantServers,
	facts.DNSDelegationFailing:  wantSOA | wantServers,
	facts.DNSDelegationSomeFail: wantSOA | wantServers,
	facts.DNSNSAuthoritative:    wantSOA | wantServers,
	facts.DNSNSSaid:             wantSOA | wantServers,
	facts.DNSNSWithoutSOA:       wantSOA | wantServers,
	facts.DNSNSTCP:              wantSOA | wantTCP,
	facts.DNSGlueDiffers:        wantSOA | wantServers | wantGlue,
	facts.DNSGlueDiffering:      wantSOA | wantServers | wantGlue,
	facts.DNSGlueDead:           wantSOA | wantServers | wantGlue,
	facts.DNSGlueMissing:        wantSOA | wantServers | wantGlue,
	facts.DNSGlueMissingFor:     wantSOA | wantServers | wantGlue,
	facts.DNSGlueIncomplete:     wantSOA | wantServers | wantGlue,
	facts.DNSGlueLacking:        wantSOA | wantServers | wantGlue,
}

// Make merges what several reports need into one plan: each name once.
func Make(reports ...[]facts.Need) Plan {
	var p Plan
	index := map[string]int{}
	for _, needs := range reports {
		targets := []int{}
		for _, n := range needs {
			i, known := index[n.Target]
			if !known {
				p.Targets = append(p.Targets, Task{Name: n.Target, Host: n.Host})
				i = len(p.Targets) - 1
				index[n.Target] = i
			}
			if !slices.Contains(targets, i) {
				targets = append(targets, i)
			}
			p.Targets[i].Host = p.Targets[i].Host && n.Host
			for _, name := range n.Facts {
				p.Targets[i].want |= provided(name)
			}
		}
		p.Reports = append(p.Reports, targets)
	}
	return p
}

// SMTP tells whether the plan opens SMTP connections at all.
func (p Plan) SMTP() bool {
	return slices.ContainsFunc(p.Targets, Task.mayVisit)
}

// MailHosts tells whether the plan visits the mail hosts of a target, and not only its own address where it has none.
func (p Plan) MailHosts() bool {
	return slices.ContainsFunc(p.Targets, func(t Task) bool { return t.has(wantSession) })
}

// NameServers tells whether the plan puts questions about a zone to its name servers.
func (p Plan) NameServers() bool {
	return slices.ContainsFunc(p.Targets, func(t Task) bool { return t.has(wantSOA | wantMail | wantRecords) })
}
