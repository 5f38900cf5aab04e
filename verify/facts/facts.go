// Package facts holds what is known about a server after a test: named, typed values with their provenance, or the reason
// why a value is unknown. Conditions of the rules are evaluated over a Set of them.
//
// It is a leaf: it imports only the standard library and measures nothing. What a fact means and which probes it
// takes is declared once, in the file of its topic; how it is derived from evidence is the business of the topics' packages.
package facts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Name is the name of a fact, such as "smtp.greeting.latency".
type Name string

// Kind is the type of a fact's value.
type Kind uint8

// The kinds of values. The zero Kind is that of no value at all.
const (
	None     Kind = iota
	Bool          // yes or no
	Int           // a count or code
	Duration      // a time span
	Text          // a string as it came over the wire
	List          // several strings
)

func (k Kind) String() string {
	return [...]string{"none", "yes or no", "number", "duration", "text", "list"}[k]
}

// Value is a typed value. The zero Value is no value. Its fields are hidden, so that no value can be of one kind and hold another,
// and lists are copied both ways, so that none changes behind its fact's back.
type Value struct {
	kind Kind
	b    bool
	n    int64
	d    time.Duration
	s    string
	l    []string
}

// The constructors of values, one for each kind.
func BoolValue(b bool) Value              { return Value{kind: Bool, b: b} }
func IntValue(n int64) Value              { return Value{kind: Int, n: n} }
func DurationValue(d time.Duration) Value { return Value{kind: Duration, d: d} }
func TextValue(s string) Value            { return Value{kind: Text, s: s} }
func ListValue(l []string) Value          { return Value{kind: List, l: slices.Clone(l)} }

// The accessors of values; each returns the zero value of its type if the value is of another kind.
func (v Value) Kind() Kind              { return v.kind }
func (v Value) Bool() bool              { return v.b }
func (v Value) Int() int64              { return v.n }
func (v Value) Duration() time.Duration { return v.d }
func (v Value) Text() string            { return v.s }
func (v Value) List() []string          { return slices.Clone(v.l) }

// Equal tells whether two values have the same kind and content. The order of a list counts: whoever derives one sorts it.
func (v Value) Equal(w Value) bool {
	return v.kind == w.kind && v.b == w.b && v.n == w.n && v.d == w.d && v.s == w.s && slices.Equal(v.l, w.l)
}

// String writes the value for people: "yes", "16.0 s", "mail.example.com".
func (v Value) String() string {
	switch v.kind {
	case Bool:
		if v.b {
			return "yes"
		}
		return "no"
	case Int:
		return strconv.FormatInt(v.n, 10)
	case Duration:
		return FormatDuration(v.d)
	case Text:
		return v.s
	case List:
		if len(v.l) == 0 {
			return "none"
		}
		return strings.Join(v.l, ", ")
	}
	return ""
}

const day = 24 * time.Hour

// FormatDuration writes a time span for people: milliseconds below a second, tenths below two minutes, whole seconds
// above, and whole days beside the seconds that DNS counts in ("604800 s (7 days)").
func FormatDuration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + FormatDuration(-d)
	// Reporters print tenths of a second, in which a latency of some milliseconds would read as nothing.
	case d < time.Second && d != 0:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	case d == day:
		return "86400 s (1 day)"
	case d > day && d%day == 0:
		return fmt.Sprintf("%d s (%d days)", d/time.Second, d/day)
	case d%time.Second == 0 || d >= 2*time.Minute:
		return fmt.Sprintf("%d s", int64(d.Round(time.Second)/time.Second))
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// MarshalJSON writes true or false, a number (time spans in seconds), a string, a list, or null for no value.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case Bool:
		return json.Marshal(v.b)
	case Int:
		return json.Marshal(v.n)
	case Duration:
		return json.Marshal(v.d.Seconds())
	case Text:
		return json.Marshal(v.s)
	case List:
		return json.Marshal(append([]string{}, v.l...))
	}
	return []byte("null"), nil
}

// Code classes why a fact is not known. The same codes stand in inconclusive verdicts.
type Code string

// The reasons for which something is unknown.
const (
	NoTarget      Code = "no_target"      // nothing names what to test
	NotFound      Code = "not_found"      // the name does not exist, or leads to no address
	Refused       Code = "refused"        // the server turned the tester away (421, 4xx, 5xx, 554 greeting)
	NoGreeting    Code = "no_greeting"    // connected, but no 220 came
	ConnectFailed Code = "connect_failed" // no connection, or it broke before the answer
	NetworkClosed Code = "network_closed" // this network does not let the test out
	Intercepted   Code = "intercepted"    // something on the way answers for every server, or changes what it says
	ServFail      Code = "servfail"       // a name server gave no usable answer
	Disagreement  Code = "disagreement"   // sources contradict each other
	Ambiguous     Code = "ambiguous"      // what was seen has more than one explanation
	Untested      Code = "untested"       // nothing measured it
	NeedsMessage  Code = "needs_message"  // only a message itself could show it
	Private       Code = "private"        // an address that is not probed
	Interrupted   Code = "interrupted"    // the run was ended first
)

// Codes returns all reasons, in a stable order.
func Codes() []Code {
	return []Code{NoTarget, NotFound, Refused, NoGreeting, ConnectFailed, NetworkClosed, Intercepted, ServFail, Disagreement, Ambiguous, Untested, NeedsMessage,
		Private, Interrupted}
}

// Unknown says why a value is missing, with what the wire showed.
type Unknown struct {
	Code   Code
	Detail string // for people, one clause: "the server closed the connection inside its reply to EHLO"
}

// unmeasured is why a fact is not known of which nobody says anything.
var unmeasured = Unknown{Untested, "nothing in this run measured it"}

// noMessage is why such a fact about a message is unknown.
var noMessage = Unknown{NeedsMessage, "no message was given"}

// Fact is one thing known, or not known, about a subject. The zero Fact is unknown.
type Fact struct {
	Name     Name
	Value    Value
	AtLeast  bool      // our own limit ended the wait: the true value is Value or more
	Why      Unknown   // set when Value is no value
	At       time.Time // when it was measured
	Evidence string    // where in the evidence it stands, for people: "session 1, greeting"
}

// Known tells whether the fact has a value.
func (f Fact) Known() bool { return f.Value.kind != None }

// SubjectKind says what sort of thing a subject is.
type SubjectKind string

// The kinds of subjects.
const (
	Target  SubjectKind = "target"  // the domain, host or address that a report names
	Host    SubjectKind = "host"    // an SMTP host
	Session SubjectKind = "session" // an SMTP host at one address
	Zone    SubjectKind = "zone"    // a DNS zone
	Server  SubjectKind = "server"  // one address of an authoritative server of a zone
	Listing SubjectKind = "listing" // a host at one of its addresses, or a name, on one block list
)

// Subject is what a fact is about. It is comparable.
type Subject struct {
	Kind SubjectKind
	Name string // target, host or zone; "" for an address literal's host
	At   string // of a session: the address; of a server: its name and address; of a listing: the address, "" where it is the name
	List string // of a listing: the block list, as the report names it
}

// SessionAt is the subject of the sessions with a host at one of its addresses.
func SessionAt(host, address string) Subject {
	return Subject{Kind: Session, Name: host, At: address}
}

// String writes the subject for people: "mail.example.com [203.0.113.25]", "example.com at ns1.example.com [192.0.2.53]".
func (s Subject) String() string {
	switch {
	case s.Kind == Listing && s.At == "":
		return s.Name + " on " + s.List
	case s.Kind == Listing:
		return SessionAt(s.Name, s.At).String() + " on " + s.List
	case s.Kind == Session && s.Name == "":
		return "[" + s.At + "]"
	case s.Kind == Session:
		return s.Name + " [" + s.At + "]"
	case s.Kind == Server:
		return s.Name + " at " + s.At
	}
	return s.Name
}

// Parent is the subject whose facts also hold for s: the host of a session, the zone of a server, the session of a listed address.
func (s Subject) Parent() (Subject, bool) {
	switch s.Kind {
	case Session:
		return Subject{Kind: Host, Name: s.Name}, true
	case Listing:
		// A listed name has no address at which anything else could be known of it.
		return SessionAt(s.Name, s.At), s.At != ""
	case Server:
		return Subject{Kind: Zone, Name: s.Name}, true
	}
	return Subject{}, false
}

// Set is what is known after a run. The zero value is ready for use.
type Set struct {
	facts map[Subject]map[Name]Fact
	views map[viewKey][]Subject
	seen  map[view]bool // what stands in views
	none  map[viewKey]Unknown

	delegations map[string]Delegation // by name of the report
	spfTrees    map[string]SPFTree    // likewise
}

type viewKey struct {
	target string
	kind   SubjectKind
}

type view struct {
	target string
	of     Subject
}

// Put records a fact about a subject. A second one of the same name replaces the first.
func (s *Set) Put(about Subject, f Fact) { s.about(about, 0)[f.Name] = f }

// Expect makes room for so many facts about a subject, where they are known to come.
func (s *Set) Expect(about Subject, facts int) { s.about(about, facts) }

// about is what is recorded about a subject, which may have room for as much to begin with.
func (s *Set) about(about Subject, room int) map[Name]Fact {
	recorded := s.facts[about]
	if recorded == nil {
		if s.facts == nil {
			s.facts = map[Subject]map[Name]Fact{}
		}
		recorded = make(map[Name]Fact, room)
		s.facts[about] = recorded
	}
	return recorded
}

// Get returns the fact as it is seen from the first of the subjects for which it is recorded, parents included; each
// subject is asked before the next. A fact that nothing recorded is unknown: untested.
func (s *Set) Get(name Name, from ...Subject) (Fact, Subject) {
	// What is recorded for the subject itself goes before what holds for its parent.
	for _, subject := range from {
		for ok := true; ok; subject, ok = subject.Parent() {
			if f, found := s.facts[subject][name]; found {
				return f, subject
			}
		}
	}
	// It is never an error to ask for a fact: a rule must not fail because a probe was not used.
	unknown := Fact{Name: name, Why: unmeasured}
	if d, _ := Define(name); d.Source.Has(FromMessage) {
		unknown.Why = noMessage
	}
	if len(from) == 0 {
		return unknown, Subject{}
	}
	return unknown, from[0]
}

// AddView records that a name of the report leads to a subject, such as a domain to a session with one of its hosts. A second time
// it does nothing: several hosts may lead to one address.
func (s *Set) AddView(target string, subject Subject) {
	if s.views == nil {
		s.views, s.seen = map[viewKey][]Subject{}, map[view]bool{}
	}
	if of := (view{target, subject}); !s.seen[of] {
		key := viewKey{target, subject.Kind}
		s.views[key], s.seen[of] = append(s.views[key], subject), true
	}
}

// Views returns the subjects of a kind to which a name of the report leads, in the order in which they were added.
func (s *Set) Views(target string, kind SubjectKind) []Subject {
	return slices.Clone(s.views[viewKey{target, kind}])
}

// NoViews records why a name of the report leads to no subject of a kind.
func (s *Set) NoViews(target string, kind SubjectKind, why Unknown) {
	if s.none == nil {
		s.none = map[viewKey]Unknown{}
	}
	s.none[viewKey{target, kind}] = why
}

// WhyNoViews returns what NoViews recorded, else that nothing was tested.
func (s *Set) WhyNoViews(target string, kind SubjectKind) Unknown {
	if why, ok := s.none[viewKey{target, kind}]; ok {
		return why
	}
	return Unknown{Untested, "nothing in this run tested it"}
}

// Need asks for facts about a name or address of a report.
type Need struct {
	Target string
	Host   bool // the report means the host of that name itself, not the mail hosts of a domain
	Facts  []Name
	Ports  []uint16 // that its rows name
	Lists  []string // the block lists that the report names, as it names them; AnyList where it names none
}

// AnyList stands for all block lists there are, where a report says that something is on one and not on which.
const AnyList = ""
