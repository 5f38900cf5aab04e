package mailpolicy

// This file reads BIMI records (draft-brand-indicators-for-message-identification-10, section 4.3). The draft is strict: a receiver does not
// mend what is wrong, and shows no logo. Nothing in such a record touches the mail itself.

import (
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"

	"mxverdict/verify/internal/lazy"
)

// BIMI is a record as receivers read it.
type BIMI struct {
	Tags        []BIMITag
	Logo        string // where the logo is (l=), an address of HTTPS; "" for none that could be used
	Certificate string // where its mark certificate is (a=), likewise
	Personal    bool   // avp=personal: a picture of the sender goes before the logo
	LocalPart   bool   // lps=true: senders may have records of their own
	Faults      []BIMIFault
	worst       BIMIHarm
	empty       bool // the tag l stands there without a value
}

// BIMITag is one tag of a record, blanks around its name and value left out.
type BIMITag struct {
	Name, Value string
	bare        bool // there is no "=" in it
	column      int  // from 1, in bytes
	raw         string
}

// BIMIHarm is what a fault in a record does, the worst last.
type BIMIHarm uint8

// What receivers make of a fault.
const (
	BIMIHarmless BIMIHarm = iota + 1 // they pass over it
	BIMIDisputed                     // the draft lets them take the record, or refuse it
	BIMIIgnored                      // they show no logo by such a record
)

// String names the harm in one word, "fine" for none.
func (h BIMIHarm) String() string { return [...]string{"fine", "harmless", "disputed", "ignored"}[h] }

// BIMIFault is something in a record that is not as it should be.
type BIMIFault struct {
	Column int    // where it stands, in bytes of the text from 1
	Token  string // what stands there; "" at the end of the text
	Says   string
	Harm   BIMIHarm
}

// String writes a fault for people: what, where, why. What cannot be seen is written as its code.
func (f BIMIFault) String() string { return placed(f.Token, f.Column, f.Says) }

// maxBIMIFaults is how many faults of a record are kept. People mend the first few; a hostile record has thousands.
const maxBIMIFaults = 10

var (
	// The version stands first and is written just so; any other text at the place is passed over (section 7.2, step 4).
	bimiAnnounces = lazy.Regexp(`^v[ \t]*=[ \t]*BIMI1[ \t]*(?:;|$)`)
	// Whoever wrote such a text meant a record: a version that is spelled otherwise or stands elsewhere, or a logo without one.
	bimiMeant = lazy.Regexp(`(?i)^\W*v\W{0,4}bimi|^\W*bimi1\b|(?:^|;)\s*v\s*=\s*bimi1|^\s*[la]\s*=\s*https?://`)
	// What an address is made of (RFC 3986 section 2). Any other character has to be encoded.
	bimiAddress = lazy.Regexp(`^[A-Za-z0-9:/?#@!$&'()*+,=._~%\[\]-]+$`)
	// A name of at least two labels: the draft wants a fully qualified one.
	bimiHost = lazy.Regexp(`^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?$`)
)

// BIMIName is where the BIMI record of a domain stands for mail that names no other selector (section 4.4).
func BIMIName(domain string) string { return "default._bimi." + domain }

// SortBIMI sorts the texts at such a name: those that receivers take for BIMI records, those that were meant as one, and all others,
// such as what a wildcard gives.
func SortBIMI(texts []string) (records, meant []BIMI, others []string) {
	return sorted(texts, ReadBIMI, func(r BIMI) bool { return len(r.Tags) > 0 })
}

// ReadBIMI reads a text, the strings of the TXT record joined. announces tells whether receivers take it for a BIMI record; one that was
// only meant as one is read all the same, to say what is wrong with it, and leads nowhere. Any other text has no tags.
func ReadBIMI(text string) (r BIMI, announces bool) {
	announces = bimiAnnounces().MatchString(text)
	if !announces && !bimiMeant().MatchString(text) {
		return r, false
	}
	if !announces {
		first, _, _ := strings.Cut(text, ";")
		r.fault(BIMIFault{1, first, "receivers pass over a text that does not begin with v=BIMI1 and a semicolon", BIMIIgnored})
	}
	r.split(text)
	if announces {
		r.look()
		r.settle(len(text) + 1)
	}
	return r, announces
}

// split cuts a record into its tags (RFC 6376 section 3.2).
func (r *BIMI) split(text string) {
	column := 1
	for raw := range strings.SplitSeq(text, ";") {
		trimmed := strings.Trim(raw, " \t")
		at := column + len(raw) - len(strings.TrimLeft(raw, " \t"))
		column += len(raw) + 1
		if trimmed == "" {
			// One semicolon may end the record; more are against the grammar, and readers pass over them.
			if column <= len(text)+1 {
				r.fault(BIMIFault{column - 1, ";", "no tag stands before it", BIMIHarmless})
			}
			continue
		}
		name, value, assigned := strings.Cut(trimmed, "=")
		r.Tags = append(r.Tags, BIMITag{strings.TrimRight(name, " \t"), strings.TrimLeft(value, " \t"), !assigned, at, trimmed})
	}
}

// String writes a record so that it is read as the same one again.
func (r BIMI) String() string {
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

// look reads the tags. Of one that stands twice the first counts here: the record is of no use anyhow.
func (r *BIMI) look() {
	seen := map[string]bool{}
	for _, tag := range r.Tags {
		switch {
		case tag.bare || tag.Name == "":
			r.tell(tag, "this is no tag with a value, which strict receivers refuse", BIMIDisputed)
		case seen[tag.Name]:
			// RFC 6376 section 3.2, by which the tags of BIMI are written: such a list is invalid as a whole.
			r.tell(tag, "the tag stands twice, which makes the record invalid", BIMIIgnored)
		case bimiTags[tag.Name] != nil:
			bimiTags[tag.Name](r, tag)
		}
		seen[tag.Name] = true
	}
}

// bimiTags are the tags of the draft. Any other is passed over, one in capitals too (RFC 6376 section 3.2). It is only read.
var bimiTags = map[string]func(*BIMI, BIMITag){
	"l": func(r *BIMI, tag BIMITag) {
		r.empty = tag.Value == ""
		if r.Logo = r.address(tag); r.Logo != "" {
			r.format(tag)
		}
	},
	"a": func(r *BIMI, tag BIMITag) { r.Certificate = r.address(tag) },
	"avp": func(r *BIMI, tag BIMITag) {
		r.Personal = tag.Value == "personal"
		r.word(tag, "personal", "brand")
	},
	"lps": func(r *BIMI, tag BIMITag) {
		r.LocalPart = tag.Value == "true"
		r.word(tag, "true", "false")
	},
}

// address reads the value of l or a: one address of HTTPS with a full host name, or nothing.
func (r *BIMI) address(tag BIMITag) string {
	if tag.Value == "" {
		return ""
	}
	u, err := url.Parse(tag.Value)
	switch {
	case !bimiAddress().MatchString(tag.Value) || err != nil:
		r.tell(tag, "this is no web address: characters in it have to be encoded, or do not belong there", BIMIIgnored)
	case u.Scheme != "https" || u.Opaque != "":
		r.tell(tag, "the address has to begin with https://", BIMIIgnored)
	case !fullName(u.Hostname()):
		r.tell(tag, "the address has to name a host by its full name", BIMIIgnored)
	case strings.Contains(tag.Value, ","):
		// Early drafts let a list stand here.
		r.tell(tag, "a comma in an address is written %2C; some receivers take it for a list, which is not allowed", BIMIDisputed)
		return tag.Value
	default:
		return tag.Value
	}
	return ""
}

// fullName tells whether a host is named by at least two labels, and not by its address.
func fullName(host string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil && bimiHost().MatchString(host)
}

// pictures are suffixes of pictures that are no SVG. It is only read.
var pictures = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".tif", ".tiff", ".avif", ".pdf", ".eps", ".ai"}

// format looks at the suffix of the logo: that of another kind of picture is a lasting error, whatever is there (section 4.3.2).
func (r *BIMI) format(tag BIMITag) {
	u, err := url.Parse(tag.Value)
	if err == nil && slices.Contains(pictures, strings.ToLower(path.Ext(u.Path))) {
		r.tell(tag, "the logo has to be an SVG, and its address names another kind of picture", BIMIIgnored)
	}
}

// word looks whether a value is one of two words. Receivers may pass over any other, or refuse the record.
func (r *BIMI) word(tag BIMITag, one, other string) {
	if tag.Value != one && tag.Value != other {
		r.tell(tag, "the value is "+one+" or "+other+"; receivers may refuse a record with another one", BIMIDisputed)
	}
}

// settle looks whether the record leads to a logo, or declines to. end is the column behind it.
func (r *BIMI) settle(end int) {
	switch named := slices.ContainsFunc(r.Tags, func(tag BIMITag) bool { return tag.Name == "l" && !tag.bare }); {
	case !named:
		r.fault(BIMIFault{end, "", "the tag l is missing, which says where the logo is", BIMIIgnored})
	case r.empty && r.Certificate != "":
		r.fault(BIMIFault{end, "", "the tag l is empty beside a certificate: without the address of the logo none is shown", BIMIIgnored})
	}
}

// Declines tells whether the record says on purpose that no logo is to be shown (section 4.3.1).
func (r BIMI) Declines() bool { return r.empty && r.Certificate == "" && r.worst < BIMIIgnored }

// Worst is the worst harm that the faults of a record do; 0 for none.
func (r BIMI) Worst() BIMIHarm { return r.worst }

// fault keeps a fault. Of too many the last one gives way to a worse one.
func (r *BIMI) fault(f BIMIFault) {
	r.worst = max(r.worst, f.Harm)
	switch last := len(r.Faults) - 1; {
	case len(r.Faults) < maxBIMIFaults:
		r.Faults = append(r.Faults, f)
	case f.Harm > r.Faults[last].Harm:
		r.Faults[last] = f
	}
}

// tell keeps a fault of a whole tag.
func (r *BIMI) tell(tag BIMITag, says string, harm BIMIHarm) {
	r.fault(BIMIFault{tag.column, tag.raw, says, harm})
}
