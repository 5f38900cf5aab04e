// Package evidence holds what was seen on the wire: SMTP transcripts and DNS exchanges as plain data, with times. It is the
// only thing that passes from probing to judging: facts are derived from a Bundle and from nothing else, so that a
// saved bundle gives the same verdicts again without a network.
//
// It is a leaf: it imports only the standard library and draws no conclusion. Everything in it came from strangers; a
// loaded bundle is as hostile as a live answer.
package evidence

import (
	"encoding/json"
	"math"
	"time"
)

// Schema names the JSON contract of Bundle. A bundle outlives the program that saved it: people keep it with the ticket, and every
// later program has to judge it as it was judged then, unless that judgement was a fault. So:
//
//   - Within a schema number a field, a role, a step, a kind of failure or a whole list may be added, if its zero value means "not
//     recorded" or "as it always was", never "no": an old bundle has it everywhere. What was not recorded is unknown. A program
//     ignores fields that it does not know, so that it still reads what a later one saved.
//   - A new number is needed to remove or rename a field, to change its type, unit or meaning, or what its zero value means, and
//     where an old program would read a new bundle wrongly instead of knowing less. The program then reads both numbers, and
//     turns the old form into the new one while loading, in this package and nowhere else.
//   - The limits of Check may be raised, and lowered no further than to what any released program recorded.
//
// testdata/bundles holds bundles with the verdicts that were given on them when they were saved. A test replays them. They are never
// saved afresh; where a verdict on one was a fault, its verdict alone is corrected there. A change of the schema adds one of its kind.
const Schema = "mxverdict/evidence/1"

// Seconds is a time span that is written to JSON as a decimal number of seconds.
type Seconds time.Duration

// MarshalJSON writes seconds with at most nine decimals.
func (s Seconds) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).Seconds()) }

// UnmarshalJSON reads a number of seconds.
func (s *Seconds) UnmarshalJSON(b []byte) error {
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	// Rounding to the nanosecond keeps a saved and loaded time equal to itself; absurd times of a hostile file are cut.
	const most = 1e9
	*s = Seconds(math.Round(max(-most, min(f, most)) * 1e9))
	return nil
}

// D returns the span as a time.Duration.
func (s Seconds) D() time.Duration { return time.Duration(s) }

// Bundle is everything one run saw.
type Bundle struct {
	Schema      string          `json:"schema"`
	Tool        string          `json:"tool"`      // name and version of the program that recorded it
	Catalogue   string          `json:"catalogue"` // digest of the rules in force then
	StartedAt   time.Time       `json:"started_at"`
	FinishedAt  time.Time       `json:"finished_at"`
	Interrupted bool            `json:"interrupted"`      // the user ended the run before it was done
	Expired     bool            `json:"expired"`          // the run's own deadline ended it
	Spared      bool            `json:"spared,omitempty"` // a server that had seen enough of the run was not asked for this report's sake
	Vantage     Vantage         `json:"vantage"`
	Report      json.RawMessage `json:"report,omitempty"` // the report in its own contract; set in saved bundles only
	Targets     []Target        `json:"targets"`
	Exchanges   []Exchange      `json:"exchanges"`
	Sessions    []Session       `json:"sessions"`
	Fetches     []Fetch         `json:"fetches"`
	Message     *Message        `json:"message,omitempty"` // that was given beside the report, where a row is about one; nil for none
}

// Vantage says from where we looked.
type Vantage struct {
	Helo     string  `json:"helo"`      // name given in EHLO
	Resolver string  `json:"resolver"`  // address and port of the resolver asked
	Proxy    string  `json:"proxy"`     // SOCKS proxy, without credentials, or ""
	Patience Seconds `json:"patience"`  // longest wait for one reply
	SMTPOut  WayOut  `json:"smtp_out"`  // whether this network lets SMTP out over IPv4
	SMTPOut6 WayOut  `json:"smtp_out6"` // the same over IPv6
	DNSOut   WayOut  `json:"dns_out"`   // which name servers could be asked
	Invents  bool    `json:"invents"`   // the resolver answers for a name that cannot exist
	Outbound string  `json:"outbound"`  // whether the tested addresses send mail, by the user's word: OutboundYes, OutboundNo or ""
	// Intercepted says that something answers SMTP connections for addresses at which nobody can stand.
	Intercepted bool `json:"intercepted"`
	// TrustAnchors are the keys that the user trusted beside or in place of those of the root that the program ships, as DS or DNSKEY
	// records.
	TrustAnchors []string `json:"trust_anchors,omitempty"`
	// ResolverNamed says that the user chose the resolver: only then what it says of signatures (AD) counts.
	ResolverNamed bool `json:"resolver_named"`
}

// What the user says of the tested addresses.
const (
	OutboundYes = "yes" // they send mail
	OutboundNo  = "no"  // they only receive
)

// WayOut is what a run showed about the tester's own network.
type WayOut string

// The ways out. The zero value says that nothing was learned.
const (
	Open   WayOut = "open"   // some server of that kind answered
	Closed WayOut = "closed" // none did, of several that should

	// ResolverOnly: of name servers the resolver answered, and none of several others.
	ResolverOnly WayOut = "resolver_only"
)

// Target is a name or address of the report and what the look-ups made of it.
type Target struct {
	Name      string   `json:"name"`
	Kind      string   `json:"kind"`       // "domain", "host" or "address"; "" if it could not be told
	Zone      string   `json:"zone"`       // the zone that holds it, or ""
	Hosts     []Host   `json:"hosts"`      // SMTP hosts, in order of preference
	Servers   []Server `json:"servers"`    // authoritative servers of the zone, an entry for each address
	Trouble   *Failure `json:"trouble"`    // why the name could not be followed at all, or nil
	ZoneError *Failure `json:"zone_error"` // why the zone or its servers are not known, or nil
	// PolicyDomain is the domain whose MTA-STS policy speaks for mail to this target, or "" if none was found or looked for.
	PolicyDomain string `json:"policy_domain"`

	// Delegation is how the zone was found; nil if it was not looked for.
	Delegation *Delegation `json:"delegation"`

	// Lists are the block lists on which the report says that it is, as the report names them; facts.AnyList where it names none.
	Lists []string `json:"lists,omitempty"`
}

// Delegation is how the zone that holds a name was found, from the root down.
type Delegation struct {
	By   string `json:"by"`   // ByWalk, or ByResolver where no root server could be asked
	Path []Cut  `json:"path"` // the zones from the root, first, to the zone that holds the name, last

	// Trouble says why the walk ended before the zone was found, or is nil. It is NXDomain if the name does not exist;
	// then the last zone is the one that would hold it, and may be a public suffix.
	Trouble *Failure `json:"trouble"`
}

// Who told of a delegation.
const (
	ByWalk     = "walk"     // the servers of the zones above
	ByResolver = "resolver" // the resolver, which may be wrong or lie
)

// Cut is one zone on the way and who was asked about it.
type Cut struct {
	Zone    string   `json:"zone"`
	Asked   []Server `json:"asked"`   // servers of the parent zone that were asked, at least two where there are two; none for the root
	Names   []string `json:"names"`   // servers that the parent zone's delegation names, by all servers asked together
	Servers []Server `json:"servers"` // addresses of these: glue, or looked up by a walk of their own
}

// Host is an SMTP host of a target with its addresses.
type Host struct {
	Name       string   `json:"name"`       // "" for an address literal
	Preference int      `json:"preference"` // of the MX record; -1 without one
	Addresses  []string `json:"addresses"`
	Trouble    *Failure `json:"trouble"` // why it has no addresses, or why some were left out
}

// Server is one address of an authoritative name server.
type Server struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// FailureKind classes how something ended without an answer.
type FailureKind string

// How a wait, a connection or a look-up failed. The zero value is not a failure.
const (
	Timeout     FailureKind = "timeout"     // our own limit ended the wait; At says after how long
	Refused     FailureKind = "refused"     // TCP RST or ICMP port unreachable
	Unreachable FailureKind = "unreachable" // no route, ICMP host or network unreachable
	Reset       FailureKind = "reset"       // the connection was reset after it stood
	EOF         FailureKind = "eof"         // the peer closed the connection inside or before a reply
	TooLong     FailureKind = "too_long"    // the peer sent more than a reply or session may hold
	Malformed   FailureKind = "malformed"   // what came is not the protocol
	OutOfStep   FailureKind = "out_of_step" // a reply that cannot be the one to its command, or that came without any
	TLSFailed   FailureKind = "tls"         // the handshake failed
	BadCert     FailureKind = "certificate" // the certificate is not valid for the name, where it had to be
	ProxyFailed FailureKind = "proxy"       // the proxy did not give us the connection
	NXDomain    FailureKind = "nxdomain"    // the name does not exist
	NoData      FailureKind = "nodata"      // the name exists without records of the type
	ServFail    FailureKind = "servfail"    // SERVFAIL, REFUSED or another code that is no answer
	Private     FailureKind = "private"     // what is not probed: an address that is loopback, private or reserved, a port that is not of the web
	NoRoute     FailureKind = "no_route"    // this machine has no route of that address family
	Limit       FailureKind = "limit"       // left out: more hosts than one report may touch
	Narrowed    FailureKind = "narrowed"    // left out: the user named the one address to test
	Interrupted FailureKind = "interrupted" // the user or the deadline ended the run
)

// Failure says how and when something ended without an answer. At and Waited differ where a step began before the wait that failed.
type Failure struct {
	Kind   FailureKind `json:"kind"`
	Detail string      `json:"detail"` // the system's or peer's words, for people
	At     Seconds     `json:"at"`     // since the start of the session or question
	Waited Seconds     `json:"waited"` // how long this one wait had lasted
}

// Step names a part of an SMTP session.
type Step string

// The steps of a session, in the order in which they happen.
const (
	// The names stand in bundles and in reasons for people, so that they are not changed.
	StepConnect   Step = "connect"
	StepGreeting  Step = "greeting"
	StepEHLO      Step = "ehlo"
	StepHELO      Step = "helo" // where EHLO is not known
	StepSTARTTLS  Step = "starttls"
	StepHandshake Step = "handshake"
	StepHello     Step = "hello"    // in place of the handshake: whether any server hello comes at all
	StepEHLOTLS   Step = "ehlo-tls" // EHLO again after the handshake
	StepMAIL      Step = "mail"
	StepRCPT      Step = "rcpt"
	StepRSET      Step = "rset"
	StepVRFY      Step = "vrfy"
	StepEXPN      Step = "expn"
	StepQUIT      Step = "quit"
)

// Session is one SMTP connection, from the dial to the end.
type Session struct {
	Host    string `json:"host"`    // the name that led here; "" for an address literal
	Address string `json:"address"` // the IP address
	Port    int    `json:"port"`
	Attempt int    `json:"attempt"` // counts the sessions to this address from 1
	Control bool   `json:"control"` // a control that shows whether this network can reach port 25 at all
	Decoy   bool   `json:"decoy"`   // a connection to an address at which nobody can stand: it must fail
	HeldAs  string `json:"held_as"` // another name of the address under which it was held; "" for Host itself
	// SameNetwork says that our own address lies in the network of the server (the same /24 or /64), or that the server is
	// private: then it may relay for us and not for strangers. The address itself is not recorded.
	SameNetwork bool      `json:"same_network"`
	StartedAt   time.Time `json:"started_at"`
	Events      []Event   `json:"events"`
}

// Event is one step of a session: what we did, and what came back or why nothing came.
type Event struct {
	Step    Step     `json:"step"`
	About   string   `json:"about,omitempty"` // what a step beside the plain course of a session is for: "relay: foreign domain"
	Sent    string   `json:"sent"`            // the command without CRLF; "" where nothing is sent
	Start   Seconds  `json:"start"`           // since StartedAt: dial begun, wait for the greeting begun, or command written
	End     Seconds  `json:"end"`             // since StartedAt: connected, last byte of the reply, handshake done, or failure
	Reply   *Reply   `json:"reply"`           // nil if no complete or partial reply came
	TLS     *TLS     `json:"tls"`             // of StepHandshake, and of StepHello where text was smuggled
	Hello   *Hello   `json:"hello,omitempty"` // of StepHello
	Failure *Failure `json:"failure"`         // nil if the step was completed
}

// Waited is how long the step took.
func (e Event) Waited() time.Duration { return e.End.D() - e.Start.D() }

// Reply is an SMTP reply as it came (RFC 5321 section 4.2).
type Reply struct {
	Code      int     `json:"code"`     // 0 if the first line is not a reply line
	Lines     []Line  `json:"lines"`    // all lines, the incomplete last one of a broken reply included
	Complete  bool    `json:"complete"` // the final line (code, space or end) has come
	FirstByte Seconds `json:"first_byte"`
	LastByte  Seconds `json:"last_byte"`
}

// Line is one line of a reply without its line end.
type Line struct {
	Text string  `json:"text"`          // code and text; bytes that are not UTF-8 replaced by U+FFFD
	Raw  []byte  `json:"raw,omitempty"` // the bytes as they came, where Text differs from them
	At   Seconds `json:"at"`            // when its line end came, since StartedAt
}

// TLS describes a finished handshake. The peer was not verified on the way; verification is a separate finding. Of a handshake
// that failed, and of a bare hello, there is no more than ServerName, Smuggled and AsksClient, and that only if there was something
// to tell.
type TLS struct {
	Version      string   `json:"version"` // such as "TLS 1.3"
	Cipher       string   `json:"cipher"`
	ServerName   string   `json:"server_name"`           // the name we asked for (SNI)
	Certificates [][]byte `json:"certificates"`          // DER, leaf first
	Smuggled     string   `json:"smuggled"`              // plain-text bytes that stood behind the 220 to STARTTLS; must be empty
	AsksClient   bool     `json:"asks_client,omitempty"` // the server asked for a certificate of ours, and got none
	Chain        *Chain   `json:"chain"`                 // nil where the chain was not looked at
}

// Hello is what answered a hello that offers all versions and ciphers that there have been since SSL 3.
type Hello struct {
	Version string `json:"version"` // that the server chose, such as "SSL 3.0"; "" if no server hello came
	Cipher  string `json:"cipher"`  // that it chose
	Alert   int    `json:"alert"`   // description of the alert that came instead (RFC 5246 section 7.2); -1 for none
}

// Chain is what became of the check whether the certificates lead to a root that the testing machine trusts. Name and dates
// of the server's own certificate are no part of it: they are in the certificate for everybody to see.
type Chain struct {
	At      time.Time   `json:"at"`
	Result  ChainResult `json:"result"`
	Problem string      `json:"problem"` // why it is not trusted, or not known
}

// ChainResult is how a check of a chain ended.
type ChainResult string

// The results. The zero value says that it could not be checked.
const (
	Trusted   ChainResult = "trusted"
	Untrusted ChainResult = "untrusted"
)

// Event returns the first event of the step in the plain course of the session, or nil. Events with a label are passed over: what a
// server says to a relay test is no reply of the plain course.
func (s *Session) Event(step Step) *Event {
	for i := range s.Events {
		if s.Events[i].Step == step && s.Events[i].About == "" {
			return &s.Events[i]
		}
	}
	return nil
}

// Exchange is one DNS question and what became of it. A truncated UDP answer and the TCP question that follows are two.
type Exchange struct {
	At         time.Time `json:"at"`
	Role       Role      `json:"role"`
	ServerName string    `json:"server_name"` // name of an authoritative server; "" for a resolver
	Server     string    `json:"server"`      // address and port
	Transport  string    `json:"transport"`   // "udp" or "tcp"
	Round      int       `json:"round"`       // 0; counts how often the same question was asked anew, after a time to settle
	EDNS       bool      `json:"edns"`
	DO         bool      `json:"do,omitempty"` // signatures were asked for (RFC 3225), and what came of them was kept whole
	Name       string    `json:"name"`         // question name, lower case, without the final dot
	Type       string    `json:"type"`
	RTT        Seconds   `json:"rtt"`
	RCode      string    `json:"rcode"` // "NOERROR", "NXDOMAIN", …; "" if no answer came
	AA         bool      `json:"aa"`
	TC         bool      `json:"tc"`
	RA         bool      `json:"ra"`
	AD         bool      `json:"ad"`
	Answer     []string  `json:"answer"`    // records in presentation format
	Authority  []string  `json:"authority"` // records in presentation format
	// Additional holds the records of the additional section without OPT. A referral carries glue there; everything
	// else in it is a stranger's offer.
	Additional []string `json:"additional"`
	// Proof holds the records of DNSSEC that came in any section: signatures, denials (NSEC, NSEC3) and, in a referral, DS records. They
	// stand in no other list.
	Proof []string `json:"proof,omitempty"`
	EDE   string   `json:"ede"` // extended error, code and text (RFC 8914), or ""

	// Transferred counts the records that came before a zone transfer (AXFR) was broken off. Answer holds the first two.
	Transferred int `json:"transferred,omitempty"`

	Failure *Failure `json:"failure"` // nil if an answer came
}

// Role is whose answer an exchange is.
type Role string

// The roles of a DNS server.
const (
	Resolver      Role = "resolver"      // asked with RD=1
	Authoritative Role = "authoritative" // asked with RD=0
	Foreign       Role = "foreign"       // an authoritative server, asked with RD=1 for a name that is not its business
)

// Fetch is one try to get a file over HTTPS or HTTP from one address. Redirects are not followed: where one leads is a fetch of its own.
type Fetch struct {
	URL         string    `json:"url"`
	Address     string    `json:"address"` // address and port
	At          time.Time `json:"at"`
	Took        Seconds   `json:"took"`
	Steps       []Timing  `json:"steps,omitempty"`       // those that were done, in order; nil in bundles that did not record them
	TLS         *TLS      `json:"tls"`                   // nil if there was no handshake
	StatusLine  string    `json:"status_line,omitempty"` // as it came: "HTTP/1.1 200 OK"
	Status      int       `json:"status"`                // of HTTP; 0 if none came
	ContentType string    `json:"content_type"`
	Encoding    string    `json:"encoding,omitempty"` // Content-Encoding: the body is not decoded
	Location    string    `json:"location"`           // where a redirect leads
	Body        string    `json:"body"`               // as far as it came, 64 KiB at most; bytes that are not UTF-8 replaced by U+FFFD
	Raw         []byte    `json:"raw,omitempty"`      // the bytes of the body as they came, where Body differs from them
	// Failure is nil if an answer came whole, whatever its status. A certificate that is not valid for the name is a failure (BadCert),
	// and stays the only one told: the file is asked for all the same, and what came stands in the other fields. So who does not look at
	// them believes nothing that a stranger may have sent.
	Failure *Failure `json:"failure"`
}

// Content is the body as it came. A bundle that did not record the bytes has the text.
func (f *Fetch) Content() []byte {
	if len(f.Raw) > 0 {
		return f.Raw
	}
	return []byte(f.Body)
}

// Timing is a step that was done.
type Timing struct {
	Step Step    `json:"step"`
	End  Seconds `json:"end"` // since the beginning
}

// The steps of a fetch are StepConnect, over HTTPS StepHandshake, and these.
const (
	StepAnswer Step = "answer" // status line and headers
	StepBody   Step = "body"
)

// Ended is when a step of a fetch was done, since its beginning; false where it was not, or was not recorded.
func (f *Fetch) Ended(step Step) (Seconds, bool) {
	for _, s := range f.Steps {
		if s.Step == step {
			return s.End, true
		}
	}
	return 0, false
}
