package mailpolicy

// This file reads DMARC records (RFC 9989 section 4.7). Most of what is wrong in one harms nothing, because receivers pass over it; some
// of it makes them pass over the whole record. The reader tells these apart and says where each fault stands.

import (
	"slices"
	"strconv"
	"strings"

	"mxverdict/verify/internal/lazy"
)

// DMARCPolicy is what a domain asks receivers to do with mail that fails; "" is none that could be read.
type DMARCPolicy string

// The policies of RFC 9989 section 4.7.
const (
	NoPolicy   DMARCPolicy = "none"
	Quarantine DMARCPolicy = "quarantine"
	Reject     DMARCPolicy = "reject"
)

// DMARC is a record as receivers read it.
type DMARC struct {
	Tags        []DMARCTag
	Policy      DMARCPolicy // for the domain itself; none where RFC 9989 section 4.10.1 says so, "" where the record is ignored for it
	Subdomains  DMARCPolicy // for names below; "" for the same
	Nonexistent DMARCPolicy // for names that do not exist; "" for the same as for names below
	HasPolicy   bool        // a tag p is there, whatever it says
	RUA, RUF    []ReportAddress
	Testing     bool          // t=y: the policy is not to be applied yet
	PSD         byte          // y, n or u: whether the domain is a public suffix
	Percent     int           // the removed tag pct, which readers of RFC 7489 obey
	Faults      []Fault       // some of too many
	worst       Harm          // of all
	reporting   bool          // rua holds a URI, of mail or not
	misread     []DMARCPolicy // what is not valid among p, sp and np
}

// DMARCTag is one tag of a record, blanks around its name and value left out.
type DMARCTag struct {
	Name, Value string
	bare        bool // there is no "=" in it
	column      int  // from 1, in bytes
	raw         string
}

var (
	// The version stands first and is written just so (RFC 9989 section 4.8). What has another one is passed over in silence.
	dmarcAnnounces = lazy.Regexp(`^[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)`)
	// Whoever wrote such a text meant a record: a version that is spelled otherwise or stands elsewhere, or a policy without one.
	dmarcMeant = lazy.Regexp(`(?i)^\W*v\W{0,4}dmarc|^\W*dmarc1\b|(?:^|;)\s*v\s*=\s*dmarc1|(?:^|;)\s*p\s*=\s*(?:none|quarantine|reject)\s*(?:;|$)`)
	// RFC 9989 section 4.8: names of tags are of letters.
	dmarcTagName = lazy.Regexp(`^[A-Za-z]+$`)
	dmarcFO      = lazy.Regexp(`(?i)^[01ds](?:[ \t]*:[ \t]*[01ds])*$`)
)

// DMARCName is where the DMARC record of a domain stands (RFC 9989 section 4.5).
func DMARCName(domain string) string { return "_dmarc." + domain }

// SortDMARC sorts the texts at such a name: those that receivers take for DMARC records, those that were meant as one, and all others,
// such as what a wildcard gives.
func SortDMARC(texts []string) (records, meant []DMARC, others []string) {
	return sorted(texts, ReadDMARC, func(r DMARC) bool { return len(r.Tags) > 0 })
}

// ReadDMARC reads a text, the strings of the TXT record joined. announces tells whether receivers take it for a DMARC record; one that was
// only meant as one is read all the same, to say what is wrong with it. Any other text has no tags.
func ReadDMARC(text string) (r DMARC, announces bool) {
	announces = dmarcAnnounces().MatchString(text)
	if !announces && !dmarcMeant().MatchString(text) {
		return r, false
	}
	r = DMARC{PSD: 'u', Percent: 100}
	if !announces {
		first, _, _ := strings.Cut(text, ";")
		r.fault(Fault{1, first, "receivers pass over a text that does not begin with v=DMARC1 and a semicolon", Ignored, 0})
	}
	r.split(text)
	r.look()
	if announces { // else nothing is decided by what else there is
		r.settle(len(text) + 1)
	}
	return r, announces
}

// split cuts a record into its tags.
func (r *DMARC) split(text string) {
	column := 1
	for raw := range strings.SplitSeq(text, ";") {
		trimmed := strings.Trim(raw, " \t")
		at := column + len(raw) - len(strings.TrimLeft(raw, " \t"))
		column += len(raw) + 1
		if trimmed == "" {
			// One semicolon may end the record; more are against the grammar, and every reader known to us passes over them.
			if column <= len(text)+1 {
				r.fault(Fault{column - 1, ";", "no tag stands before it", Harmless, 0})
			}
			continue
		}
		name, value, assigned := strings.Cut(trimmed, "=")
		r.Tags = append(r.Tags, DMARCTag{strings.TrimRight(name, " \t"), strings.TrimLeft(value, " \t"), !assigned, at, trimmed})
	}
}

// String writes a record so that it is read as the same one again.
func (r DMARC) String() string {
	var parts []string
	for _, tag := range r.Tags {
		if tag.bare {
			parts = append(parts, tag.Name)
		} else {
			parts = append(parts, tag.Name+"="+tag.Value)
		}
	}
	return strings.Join(parts, "; ")
}

// look reads the tags. Of one that stands twice the first counts here: whether the record counts at all is another matter.
func (r *DMARC) look() {
	seen := map[string]bool{}
	for i, tag := range r.Tags {
		name := strings.ToLower(tag.Name)
		switch {
		case tag.bare:
			r.tell(tag, "this is no tag with a value, and is passed over", Harmless)
		case !dmarcTagName().MatchString(tag.Name):
			r.tell(tag, "the name of a tag is of letters; this one is passed over", Harmless)
		case seen[name] && dmarcTags[name] != nil:
			// RFC 6376 section 3.2, by which the tags of DMARC are written: such a list is invalid as a whole.
			r.tell(tag, "the tag "+name+" stands twice, which makes the record invalid", Repeated)
		case dmarcTags[name] != nil:
			if name != tag.Name && i > 0 {
				r.tell(tag, "some receivers know tags in small letters only", Harmless)
			}
			dmarcTags[name](r, tag)
		}
		seen[name] = true
	}
}

// dmarcTags are the tags of RFC 9989 section 4.7, and pct, which it removed and others still read. It is only read.
var dmarcTags = map[string]func(*DMARC, DMARCTag){
	"v":     func(*DMARC, DMARCTag) {},
	"p":     func(r *DMARC, tag DMARCTag) { r.HasPolicy, r.Policy = true, r.policy(tag) },
	"sp":    func(r *DMARC, tag DMARCTag) { r.Subdomains = r.policy(tag) },
	"np":    func(r *DMARC, tag DMARCTag) { r.Nonexistent = r.policy(tag) },
	"rua":   func(r *DMARC, tag DMARCTag) { r.RUA, r.reporting = r.addresses(tag) },
	"ruf":   func(r *DMARC, tag DMARCTag) { r.RUF, _ = r.addresses(tag) },
	"t":     func(r *DMARC, tag DMARCTag) { r.Testing = r.letter(tag, "yn") == 'y' },
	"adkim": func(r *DMARC, tag DMARCTag) { r.letter(tag, "rs") },
	"aspf":  func(r *DMARC, tag DMARCTag) { r.letter(tag, "rs") },
	"psd": func(r *DMARC, tag DMARCTag) {
		if c := r.letter(tag, "ynu"); c != 0 {
			r.PSD = c
		}
	},
	"fo": func(r *DMARC, tag DMARCTag) {
		if !dmarcFO().MatchString(tag.Value) {
			r.tell(tag, "the options for failure reports are 0, 1, d and s; others are passed over", Harmless)
		}
	},
	"pct": func(r *DMARC, tag DMARCTag) {
		n, err := strconv.Atoi(tag.Value)
		if err != nil || n < 0 || n > 100 {
			r.tell(tag, "this is no percentage, and is passed over", Harmless)
			return
		}
		r.Percent = n
	},
}

// policy reads the value of p, sp or np, in any letter case.
func (r *DMARC) policy(tag DMARCTag) DMARCPolicy {
	p := DMARCPolicy(strings.ToLower(tag.Value))
	if slices.Contains([]DMARCPolicy{NoPolicy, Quarantine, Reject}, p) {
		return p
	}
	r.misread = append(r.misread, p)
	// How bad that is shows when all tags are read.
	r.tell(tag, "a policy is none, quarantine or reject", ReadAsNone)
	return ""
}

// letter reads a value of one letter; 0 for any other, in whose place the default counts (RFC 9989 section 4.7).
func (r *DMARC) letter(tag DMARCTag, letters string) byte {
	value := strings.ToLower(tag.Value)
	if len(value) == 1 && strings.Contains(letters, value) {
		return value[0]
	}
	r.tell(tag, "the value is one of the letters "+strings.Join(strings.Split(letters, ""), ", ")+"; with this one the default counts", Harmless)
	return 0
}

// settle decides what a record is worth whose policy is missing or wrong (RFC 9989 section 4.10.1). end is the column behind it.
func (r *DMARC) settle(end int) {
	switch {
	case len(r.misread) > 0 && r.reporting:
		// One wrong policy spoils the others: the whole record is read as p=none.
		r.Policy, r.Subdomains, r.Nonexistent = NoPolicy, "", ""
	case len(r.misread) > 0:
		r.Policy, r.Subdomains, r.Nonexistent = "", "", ""
		r.fault(Fault{end, "", "with a wrong policy and no usable rua the record is passed over", Ignored, 0})
	case !r.HasPolicy && r.reporting:
		r.Policy = NoPolicy
		r.fault(Fault{end, "", "the tag p is missing: it is read as p=none; older receivers ask for it (RFC 7489)", Older, 0})
	case !r.HasPolicy:
		r.Policy = NoPolicy
		r.fault(Fault{end, "", "neither p nor a usable rua: by one section of RFC 9989 that is p=none (4.7), by another nothing (4.10.1)", Disputed, 0})
	default:
		r.order()
	}
}

// order looks whether p stands second, as RFC 7489 section 6.3 demands. RFC 9989 leaves the order free.
func (r *DMARC) order() {
	i := slices.IndexFunc(r.Tags, func(tag DMARCTag) bool { return strings.EqualFold(tag.Name, "p") })
	if i > 1 {
		r.tell(r.Tags[i], "older receivers want p right behind the version (RFC 7489); newer ones take it anywhere", Older)
	}
}

// StrictSPF tells whether the domain for which SPF vouches has to be the author's own (aspf=s, RFC 9989 section 4.7), and not only one of
// the same organisation.
func (r DMARC) StrictSPF() bool { return r.strict("aspf") }

// StrictDKIM tells the same of the domain of a signature (adkim=s).
func (r DMARC) StrictDKIM() bool { return r.strict("adkim") }

// strict reads a mode of alignment; what is neither r nor s counts as r, the default.
func (r DMARC) strict(tag string) bool {
	return slices.ContainsFunc(r.Tags, func(t DMARCTag) bool { return strings.EqualFold(t.Name, tag) && strings.EqualFold(t.Value, "s") })
}
