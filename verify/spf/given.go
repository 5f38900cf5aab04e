package spf

// This file reads what each name server says of the TXT records of a name, each by itself: it takes two words to see a difference.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/record"
)

// given is what one name server says of the TXT records of a name, at the end of its aliases.
type given struct {
	server  evidence.Server
	records []spfText
	size    int               // of the message with all TXT records, in octets
	more    bool              // there are more TXT records than were read
	trouble *evidence.Failure // why there are none, or not all
}

// spfText is one SPF record as it came: its strings, which count as one text without anything between them (RFC 7208 section 3.3).
type spfText []string

// joined is the record.
func (t spfText) joined() string { return strings.Join(t, "") }

// usable tells whether a server gave an answer: records, or the word that there are none.
func (a given) usable() bool { return a.trouble == nil || dnsanswer.Absent(a.trouble) || a.more }

// set writes the SPF records of a server so that equal sets are equal texts. Where the strings part is no difference.
func (a given) set() string {
	var texts []string
	for _, r := range a.records {
		texts = append(texts, fmt.Sprintf("%q", r.joined()))
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

// givenBy reads the word of each server, or, where no server was asked by itself, of whichever answered.
func givenBy(r *reading.Reading, name string, servers []evidence.Server) (all []given) {
	// An answer then has no server's name: it stands for the zone.
	if len(servers) == 0 {
		servers = []evidence.Server{{}}
	}
	for _, s := range servers {
		_, said := r.SaidBy(s.Address, name, "TXT")
		all = append(all, givenOf(s, name, said))
	}
	return all
}

// givenOf reads what was said of the TXT records of a name.
func givenOf(s evidence.Server, name string, said dnsanswer.Said) given {
	a := given{server: s, trouble: said.Failure}
	records := said.Records
	if said.Failure != nil {
		records = said.Seen
		a.more = len(said.Seen) > 0
	}
	a.records = spfTexts(records)
	// Header and question, and for each record a name that points to the question's, type, class, time, length and data (RFC 1035
	// sections 4.1 and 4.1.4).
	a.size = 12 + len(name) + 2 + 4
	for _, rr := range records {
		if txt, ok := rr.(*dns.TXT); ok {
			a.size += 12
			for _, s := range dnsanswer.Strings(txt) {
				a.size += 1 + len(s)
			}
		}
	}
	return a
}

// spfTexts are those of some TXT records that are SPF records.
func spfTexts(records []dns.RR) (texts []spfText) {
	for _, rr := range records {
		if txt, ok := rr.(*dns.TXT); ok {
			if text := spfText(dnsanswer.Strings(txt)); record.Is(text.joined()) {
				texts = append(texts, text)
			}
		}
	}
	return texts
}
