package blocklist

import (
	_ "embed"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"mxverdict/verify/facts"
)

// List is one block list, as its operator describes it. What nobody is known to say is left empty, and never guessed.
type List struct {
	Name    string   `yaml:"name"`    // as reporters print it
	Aliases []string `yaml:"aliases"` // other spellings
	Holds   string   `yaml:"holds"`   // facts.HoldsAddresses or facts.HoldsNames
	IPv6    bool     `yaml:"ipv6"`    // it is known to hold IPv6 addresses too
	Zone    string   `yaml:"zone"`    // below which it is asked; "" where that is not known
	Key     *Key     `yaml:"key"`     // nil where everybody may ask
	Tests   Tests    `yaml:"tests"`

	Scope string `yaml:"scope"` // of an entry whose code says nothing else
	Bits  bool   `yaml:"bits"`  // the last octet of a code is a sum of those below
	Codes []Code `yaml:"codes"`

	About   string `yaml:"about"`
	Use     string `yaml:"use"` // facts.UseMany, UseFew or UseNone
	UsedBy  string `yaml:"used_by"`
	Page    string `yaml:"page"`
	Removal string `yaml:"removal"`
	Paid    bool   `yaml:"paid"`
	Terms   string `yaml:"terms"`  // who may ask
	Closed  string `yaml:"closed"` // when and how it ended; "" where it is not known to have
	Source  string `yaml:"source"` // who says all this
	Seen    string `yaml:"seen"`   // year and month in which that was last read
}

// Key is what a list asks of those who ask it.
type Key struct {
	Variable string `yaml:"variable"` // of the environment, in which the user says it
	Kind     string `yaml:"kind"`     // a key of KeyLabel or KeyPromise
	Zone     string `yaml:"zone"`     // of KeyLabel: below which it is asked with the key
	Optional bool   `yaml:"optional"` // everybody may ask, and the key only gets better service
}

// The kinds of keys.
const (
	KeyLabel   = "label"   // a secret that stands as a label in each question
	KeyPromise = "promise" // the user registered his address with the operator, and says so
)

// Tests are the entries by which a list shows that it works (RFC 5782 section 5). Empty ones are those of the standard.
type Tests struct {
	There    string `yaml:"there"`     // as it stands before the zone: must be listed
	NotThere string `yaml:"not_there"` // must not be listed
}

// Code is one return code.
type Code struct {
	Code  netip.Addr `yaml:"code"`
	Scope string     `yaml:"scope"` // one of facts.Scope…, or codeNone or codeError; "" is that of the list
	Means string     `yaml:"means"`
}

// What a return code can be beside an entry.
const (
	codeNone  = "none"  // no listing: the list holds good senders too
	codeError = "error" // the question was refused
)

//go:embed lists.yaml
var shipped []byte

// Lists are all lists that are known. Nobody may change them.
var Lists = sync.OnceValue(func() []*List {
	lists, err := Load("lists.yaml", shipped)
	if err != nil {
		panic(err) // a fault of this program, which a test finds
	}
	return lists
})

// spellings are the lists by all their spellings.
var spellings = sync.OnceValue(func() map[string]*List {
	known := map[string]*List{}
	for _, l := range Lists() {
		for _, spelling := range l.spellings() {
			known[spelling] = l
		}
	}
	return known
})

// Find returns the list that a name means, or nil.
func Find(name string) *List { return spellings()[spelling(name)] }

// spellings are all that the list is called.
func (l *List) spellings() (all []string) {
	for _, name := range slices.Concat([]string{l.Name, l.Zone}, l.Aliases) {
		if s := spelling(name); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// spelling is the same for two ways to write one name: reporters differ in capitals, blanks and dashes.
func spelling(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// Variables are the names of the variables of the environment in which the user may give keys.
func Variables() (names []string) {
	for _, l := range Lists() {
		if l.Key != nil && !slices.Contains(names, l.Key.Variable) {
			names = append(names, l.Key.Variable)
		}
	}
	return names
}

// zones are the names below which a list may have been asked: with the key, and without.
func (l *List) zones() (zones []string) {
	if l.Key != nil && l.Key.Kind == KeyLabel {
		zones = append(zones, l.AskedWithKey())
	}
	if l.Zone != "" && (l.Key == nil || l.Key.Optional || l.Key.Kind == KeyPromise) {
		zones = append(zones, l.Zone)
	}
	return zones
}

// openZone is the name below which a list is asked by somebody who has the keys in some variables; "" where he may not.
func (l *List) openZone(variables []string) string {
	switch has := l.Key != nil && slices.Contains(variables, l.Key.Variable); {
	case has && l.Key.Kind == KeyLabel:
		return l.AskedWithKey()
	case l.Key == nil || has || l.Key.Optional:
		return l.Zone
	}
	return ""
}

// AskedWithKey is the name below which a list is asked with a key, which stands in it as a placeholder; "" if there is no such key.
func (l *List) AskedWithKey() string {
	if l.Key == nil || l.Key.Kind != KeyLabel {
		return ""
	}
	return Placeholder + "." + l.Key.Zone
}

// AsksFor says what a list asks of those who ask it, or "".
func (l *List) AsksFor() string {
	switch {
	case l.Key == nil:
		return ""
	case l.Key.Kind == KeyPromise:
		return "register this machine with the operator, then set " + l.Key.Variable + "=registered"
	case l.Key.Optional:
		return "asked without one, or better with one in " + l.Key.Variable
	}
	return "in " + l.Key.Variable + "; not asked without"
}

// living are the lists that a row may mean which names none: all that are not closed.
func living() (lists []*List) {
	for _, l := range Lists() {
		if l.Closed == "" {
			lists = append(lists, l)
		}
	}
	return lists
}

// many tells whether many receivers go by the list.
func (l *List) many() bool { return l.Use == facts.UseMany }
