package rows

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxverdict/parser/report"
)

// What the report as a whole is about. Rows that name nothing are tested there, so that evidence which points to two
// names points to none: to test the wrong one would acquit or convict somebody else's server.

// classes are the places whose evidence weighs the same, the heaviest first. What a class leaves in doubt a lighter one
// does not settle.
var classes = [][]place{{inRow, inCommand, inLink}, {inHeading}, {inTranscript}}

// called is what each place is called in a report.
var called = [places]report.Origin{report.FromRow, report.FromCommand, report.FromLink, report.FromHeading,
	report.FromTranscript}

// field is one of the names that a target has.
type field uint8

const (
	domainField field = iota
	hostField
	addressField
	fields
)

// decision is a target in the making.
type decision struct {
	names []*sighting
	is    [fields]string
	doubt [fields]bool // several names were found where one was wanted
	from  report.Origin
}

// target is what the report is about, and by what evidence.
func (s *sightings) target(v report.Vocabulary) (report.Target, report.Origin) {
	d := decision{names: slices.DeleteFunc(slices.Clone(s.order), func(x *sighting) bool { return v.OwnName(x.name) })}
	for _, class := range classes {
		d.weigh(class)
	}
	if d.is[domainField]+d.is[hostField] == "" && !d.doubt[domainField] && !d.doubt[hostField] {
		d.count()
	}
	return report.Target{Domain: d.is[domainField], Host: d.is[hostField], Address: d.is[addressField]}, d.from
}

// weigh takes from one class of places what the heavier ones leave open.
func (d *decision) weigh(class []place) {
	before := *d
	for f := range fields {
		if before.is[f] != "" || before.doubt[f] {
			continue
		}
		found := before.found(func(x *sighting) bool { return x.in(class)&wanted[f] != 0 && isAddress(x.name) == (f == addressField) })
		if len(found) == 0 && f != addressField {
			// Where nothing beside a name tells a domain from a host its form does, if the name belongs to what is known.
			found = before.found(func(x *sighting) bool {
				return x.in(class) == asAny && !isAddress(x.name) && isDomain(x.name) == (f == domainField) && before.admits(x.name)
			})
		}
		d.doubt[f] = len(found) > 1
		if len(found) == 1 {
			d.is[f] = found[0].name
			d.credit(found[0], class)
		}
	}
}

// wanted is what must stand beside a name for it to fill a field. An address is told by its form.
var wanted = [fields]kinds{domainField: asDomain, hostField: asHost, addressField: asAny | asDomain | asHost}

// found lists the names of which something holds.
func (d *decision) found(holds func(*sighting) bool) (found []*sighting) {
	for _, x := range d.names {
		if holds(x) {
			found = append(found, x)
		}
	}
	return found
}

// admits tells whether a name belongs to the domain of those that are known, if any are.
func (d *decision) admits(name string) bool {
	for _, f := range []field{domainField, hostField} {
		if d.doubt[f] || d.is[f] != "" && family(d.is[f]) != family(name) {
			return false
		}
	}
	return true
}

// credit notes by what evidence the target was chosen: the heaviest of the places where its first name stands.
func (d *decision) credit(x *sighting, class []place) {
	for _, p := range class {
		if x.as[p] != 0 && (d.from == "" || slices.Index(called[:], d.from) > int(p)) {
			d.from = called[p]
		}
	}
}

// Frequency decides only where it is clear.
const (
	leastMentions = 3
	leastRatio    = 2
)

// count chooses by what the report merely mentions: the only domain there is, else the one that is named far more often
// than any other. Of an address and a host that are merely mentioned the host is chosen, for the address may be anybody's; but
// where it is known which address was tested, that is the host, unless a row too says the name.
func (d *decision) count() {
	names := d.found(func(x *sighting) bool { return x.mentions() > 0 && !isAddress(x.name) })
	group, from := clearest(names, family)
	if len(names) == 0 && d.is[addressField] == "" {
		group, from = clearest(d.found(func(x *sighting) bool { return x.mentions() > 0 }), func(name string) string { return name })
		if len(group) == 1 {
			d.is[addressField], d.from = group[0].name, from
		}
		return
	}
	var hosts []*sighting
	for _, x := range group {
		switch {
		case isDomain(x.name):
			d.is[domainField] = x.name
		case mayTakeMail(x.name):
			hosts = append(hosts, x)
		}
	}
	if len(hosts) == 1 && (d.is[addressField] == "" || hosts[0].aside > 0) {
		d.is[hostField] = hosts[0].name
	}
	if d.from == "" && d.is[domainField]+d.is[hostField] != "" {
		d.from = from
	}
}

// clearest groups names and returns the only group, or the one that is clearly met most often; nil if there is none.
func clearest(names []*sighting, key func(string) string) ([]*sighting, report.Origin) {
	groups, counts := map[string][]*sighting{}, map[string]int{}
	best, next := "", 0
	for _, x := range names {
		groups[key(x.name)] = append(groups[key(x.name)], x)
		counts[key(x.name)] += x.mentions()
	}
	for k, n := range counts {
		if best == "" || n > counts[best] {
			best = k
		}
	}
	for k, n := range counts {
		if k != best {
			next = max(next, n)
		}
	}
	switch {
	case len(groups) == 1:
		return groups[best], report.FromOnlyName
	case counts[best] >= leastMentions && counts[best] >= leastRatio*next:
		return groups[best], report.FromFrequency
	}
	return nil, ""
}

// family is the domain that somebody registered, to which a name belongs; the name itself if there is none.
func family(name string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return domain
	}
	return name
}

// isDomain tells whether a name is what somebody registered, rather than a host below it.
func isDomain(name string) bool { return family(name) == name }

// mayTakeMail tells whether a host that is merely mentioned may be the one whose mail is tested. Web servers and name
// servers have names of their own by custom (RFC 2219 section 4), and are mentioned as often.
func mayTakeMail(name string) bool {
	label, _, _ := strings.Cut(name, ".")
	label = strings.TrimRight(label, "0123456789")
	if n := len(label); n >= 2 && n <= 4 && label[n-2] == 'n' && label[n-1] == 's' {
		return false
	}
	return !slices.Contains(noMail, label)
}

// noMail are the names of hosts that have other services by custom.
var noMail = []string{"www", "ftp", "blog", "shop", "forum", "cpanel", "webmail", "autodiscover", "autoconfig"}
