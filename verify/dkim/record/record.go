// Package record reads DKIM key records (RFC 6376 section 3.6.1, with RFC 8301 and RFC 8463): what key a text publishes, for what it may be
// used, and what is wrong with it, each fault with its place.
//
// By the letter of the standard a verifier ignores a record that departs from the format in whatever point (section 6.1.2). Many
// verifiers do not, so that the reader tells what nobody can use from what only some refuse. It looks nothing up and checks no signature.
package record

import (
	"slices"
	"strings"
)

// Type is the kind of a key, the tag k.
type Type string

// The types that are defined (RFC 6376 section 3.6.1, RFC 8463 section 4). The zero Type is one that no verifier knows.
const (
	RSA     Type = "rsa"
	Ed25519 Type = "ed25519"
)

// Key is a record as verifiers read it. Of a tag that stands twice the first counts here.
type Key struct {
	Tags    []Tag
	Type    Type
	Bits    int  // of the modulus of an RSA key that could be read; 0 for any other, as ed25519 keys have one size
	Revoked bool // p= is empty: the key was withdrawn on purpose
	Testing bool // t=y
	Strict  bool // t=s: the domain of i= in a signature is that of d=, and none below it
	// OtherService says that the key is limited to a known service that is not mail (s=tlsrpt).
	OtherService bool
	Faults       []Fault
	worst        Harm // of all faults
}

// Tag is one tag of a record, blanks around its name and value left out.
type Tag struct {
	Name, Value string
	bare        bool   // there is no "=" in it
	raw         string // as it stands
	column      int    // of raw
	valueColumn int    // of Value
}

// Name is where the key of a selector stands (RFC 6376 section 3.6.2.1).
func Name(selector, domain string) string { return selector + "." + Below(domain) }

// Below is the name below which all keys of a domain stand.
func Below(domain string) string { return label + "." + domain }

// label parts the selector from the domain.
const label = "_domainkey"

// Split parts the name of a key into selector and domain. Any other name is a domain without a selector; the name below which keys stand
// leads to its domain.
func Split(name string) (selector, domain string) {
	if domain, ok := strings.CutPrefix(name, label+"."); ok {
		return "", domain
	}
	// The first one: a domain may be called so too.
	if selector, domain, ok := strings.Cut(name, "."+label+"."); ok && selector != "" && domain != "" {
		return selector, domain
	}
	return "", name
}

// Usable tells whether verifiers that accept what they can read have a key for signatures here. Where a tag stands twice they may take
// either; see Worst.
func (k Key) Usable() bool { return k.worst < Unusable && !k.Revoked && !k.OtherService }

// Worst is the worst harm that the faults of a record do; 0 for none.
func (k Key) Worst() Harm { return k.worst }

// Parse reads a text, the strings of the TXT record joined without anything between them (RFC 6376 section 3.6.2.2). It is false of a
// text that nobody meant as a key, such as what a wildcard gives.
func Parse(text string) (Key, bool) {
	k := Key{Type: RSA}
	k.split(text)
	if !k.meant() {
		return Key{}, false
	}
	k.checkList()
	k.checkVersion()
	k.readType()
	k.readKey(len(text) + 1)
	k.readUse()
	slices.SortStableFunc(k.Faults, func(a, b Fault) int { return a.Column - b.Column })
	return k, true
}

// blanks is white space as it may stand around and within values (RFC 6376 section 3.2, FWS). A line end comes in where a zone file was
// pasted whole.
const blanks = " \t\r\n"

// split cuts a record into its tags.
func (k *Key) split(text string) {
	column := 1
	for raw := range strings.SplitSeq(text, ";") {
		trimmed := strings.Trim(raw, blanks)
		at := column + len(raw) - len(strings.TrimLeft(raw, blanks))
		column += len(raw) + 1
		if trimmed == "" {
			// One semicolon may end the record (RFC 6376 section 3.2).
			if column <= len(text)+1 {
				k.fault(Fault{column - 1, ";", "no tag stands before this semicolon", Loose})
			}
			continue
		}
		name, value, assigned := strings.Cut(trimmed, "=")
		tag := Tag{Name: strings.TrimRight(name, blanks), Value: strings.TrimLeft(value, blanks), bare: !assigned, raw: trimmed, column: at}
		tag.valueColumn = at + len(trimmed) - len(tag.Value)
		k.Tags = append(k.Tags, tag)
	}
}

// meant tells whether a text is a key record, however faulty. Records of other kinds have tags p as well; those begin with their version.
func (k *Key) meant() bool {
	if len(k.Tags) == 0 {
		return false
	}
	first := k.Tags[0]
	if strings.EqualFold(strings.Trim(first.Name, `"`), "v") {
		return len(first.Value) >= 4 && strings.EqualFold(first.Value[:4], "dkim")
	}
	return slices.ContainsFunc(k.Tags, func(t Tag) bool { return !t.bare && (t.Name == "p" || t.Name == "k") })
}

// tag is the first tag of a name, or nil.
func (k *Key) tag(name string) *Tag {
	for i := range k.Tags {
		if t := &k.Tags[i]; t.Name == name && !t.bare {
			return t
		}
	}
	return nil
}

// String writes a record so that it is read as the same one again, but for semicolons too many.
func (k Key) String() string {
	parts := make([]string, 0, len(k.Tags))
	for _, t := range k.Tags {
		if t.bare {
			parts = append(parts, t.Name)
		} else {
			parts = append(parts, t.Name+"="+t.Value)
		}
	}
	return strings.Join(parts, "; ")
}

// checkList looks at the grammar of the list of tags (RFC 6376 section 3.2).
func (k *Key) checkList() {
	seen := map[string]string{}
	for _, t := range k.Tags {
		before, again := seen[t.Name]
		switch {
		case t.bare:
			k.tell(t, "this is no tag with a value", Loose)
			continue
		case !tagName(t.Name):
			k.tell(t, "the name of a tag is a letter, with letters, digits and underscores behind it", Loose)
		case strings.ContainsFunc(t.Value, strange) && t.Name != "p": // of the key more is said
			k.tell(t, "a value is of visible ASCII characters and blanks", Loose)
		case !again && len(t.Name) == 1 && strings.Contains("VPKHST", t.Name):
			k.tell(t, "names of tags are in small letters; verifiers pass over this one", Harmless)
		// The list is invalid as a whole then; verifiers that read it all the same differ in which one they take.
		case again && before == t.Value:
			k.tell(t, "the tag "+t.Name+" stands twice", Loose)
		case again:
			k.tell(t, "the tag "+t.Name+" stands twice, with different values", Disputed)
		}
		if !again {
			seen[t.Name] = t.Value
		}
	}
}

// tagName tells whether a name is one of the grammar.
func tagName(name string) bool {
	for i := range len(name) {
		letter := name[i]|0x20 >= 'a' && name[i]|0x20 <= 'z'
		if !letter && (i == 0 || name[i] != '_' && (name[i] < '0' || name[i] > '9')) {
			return false
		}
	}
	return name != ""
}

// strange tells whether a character may not stand in a value.
func strange(r rune) bool { return (r < '!' || r > '~') && !strings.ContainsRune(blanks, r) }

// checkVersion looks at the tag v, which is optional. Where it stands it is compared as it is, and comes first.
func (k *Key) checkVersion() {
	t := k.tag("v")
	switch {
	case t == nil:
	case t.Value != "DKIM1":
		k.tell(*t, "the version is DKIM1, in capitals; verifiers have to discard a record with any other", Unusable)
	case t.column != k.Tags[0].column:
		k.tell(*t, "the version stands first, if it is there", Loose)
	}
}

// readType reads the tag k.
func (k *Key) readType() {
	t := k.tag("k")
	if t == nil {
		return
	}
	k.Type = Type(strings.ToLower(t.Value))
	switch {
	case k.Type != RSA && k.Type != Ed25519:
		k.Type = ""
		k.tell(*t, "no verifier knows keys of this type; rsa and ed25519 are defined", Unusable)
	case string(k.Type) != t.Value:
		k.tell(*t, "the type of a key is written in small letters", Loose)
	}
}
