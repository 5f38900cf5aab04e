package reading

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// Delegated is what one server of the parent zone says of a zone's delegation.
type Delegated struct {
	Server evidence.Server
	Names  []string            // of the zone's servers, as ServerName writes them
	Ttl    uint32              // smallest of the NS records, in seconds
	Glue   []dns.RR            // of a referral
	glue   map[string][]string // addresses of each name in it
	Hosts  bool                // it serves the zone itself, and answered with the zone's own records
	X      evidence.Exchange   // in which it said so
	N      int                 // number of the exchange in the evidence
}

// Walked tells whether the delegation of a target was learned from the servers of the zones above. Where it was not, the delegation came
// from a resolver, which knows the zone's own NS records and not those of the parent (RFC 2181 section 5.4.1 ranks them higher).
func (r *Reading) Walked(t *evidence.Target) bool {
	return t.Delegation != nil && t.Delegation.By == evidence.ByWalk
}

// CutOf is the delegation of a target's zone. It is false where the walk ended above the zone: then nothing is known of its delegation.
func CutOf(t *evidence.Target) (evidence.Cut, bool) {
	if t.Delegation == nil || len(t.Delegation.Path) == 0 {
		return evidence.Cut{}, false
	}
	cut := t.Delegation.Path[len(t.Delegation.Path)-1]
	return cut, t.Zone != "" && cut.Zone == t.Zone
}

// delegation is what all servers of the parent zone say of a target's zone.
type delegation struct {
	said  []Delegated
	names []string // of all servers that any of them names
}

// delegationOf is read once for each target, because each fact about a server of the zone asks for it.
func (r *Reading) delegationOf(t *evidence.Target) *delegation {
	known := r.zoned()
	d := known.parents[t]
	if d == nil {
		d = &delegation{said: r.parents(t)}
		known.parents[t] = d
		for _, p := range d.said {
			d.names = append(d.names, p.Names...)
		}
		slices.Sort(d.names)
		d.names = slices.Compact(d.names)
	}
	return d
}

// Parents gathers what the servers of the parent zone say of a delegation. Where one of them refers, the answers of those that serve the
// zone itself do not count: they tell the zone's own list. They are the authority on a delegation as seen from above (RFC 1034 section
// 4.2.1), and may contradict each other for as long as one of them lags. Nobody may change the list.
func (r *Reading) Parents(t *evidence.Target) []Delegated { return r.delegationOf(t).said }

// parents asks for the word of each server above that the walk asked. The root has nobody above it.
func (r *Reading) parents(t *evidence.Target) (said []Delegated) {
	cut, ok := CutOf(t)
	if !ok || !r.Walked(t) || t.Zone == "." {
		return nil
	}
	// All of them, and not the first that answers: a registry's servers may differ while a change spreads.
	for _, server := range cut.Asked {
		if p, ok := r.Parent(server, t.Zone); ok {
			said = append(said, p)
		}
	}
	refers := func(p Delegated) bool { return !p.Hosts }
	if slices.ContainsFunc(said, refers) {
		said = slices.DeleteFunc(said, func(p Delegated) bool { return p.Hosts })
	}
	return said
}

// Parent returns what one server says of a zone below its own.
func (r *Reading) Parent(server evidence.Server, zone string) (said Delegated, ok bool) {
	for _, i := range r.toldOf(ServerName(zone), server.Address) {
		x := r.Bundle.Exchanges[i]
		// Later rounds are second looks, at what may have changed meanwhile.
		if x.Role != evidence.Authoritative || x.Round != 0 || dnsanswer.AddressOf(x.Server) != server.Address {
			continue
		}
		p := Delegated{Server: server, X: x, N: i + 1}
		if owner, records := r.refersTo(i); owner == ServerName(zone) {
			p.Names, p.Ttl = NamesIn(records, zone)
			p.Glue, p.glue = r.Parse(x.Additional), map[string][]string{}
			for _, rr := range p.Glue {
				name := ServerName(rr.Header().Name)
				p.glue[name] = append(p.glue[name], dnsanswer.AddressTexts([]dns.RR{rr})...)
			}
			// A server of both zones answers instead of referring (RFC 1034 section 4.3.2 step 3a), with the list of the child.
		} else if x.Type == "NS" && x.AA && x.Name == zone && x.Failure == nil && !x.TC && x.RCode == "NOERROR" {
			p.Names, p.Ttl = NamesIn(r.Parse(x.Answer), zone)
			p.Hosts = true
		}
		// What did not fit a datagram may have been left out of it. A referral comes before an answer of the child's data, and an
		// answer over TCP before one over UDP.
		whole := p.Hosts == said.Hosts && x.Transport == "tcp" && said.X.Transport == "udp"
		if len(p.Names) > 0 && (!ok || said.Hosts && !p.Hosts || whole) {
			said, ok = p, true
		}
	}
	return said, ok
}

// DelegatedTo lists all servers that any server of the parent zone names. A name that stands with one server only counts: some
// resolvers are led there.
func (r *Reading) DelegatedTo(t *evidence.Target) []string {
	return slices.Clone(r.delegationOf(t).names)
}

// glued tells whether some referral has glue for a name of a server.
func (r *Reading) glued(t *evidence.Target, name string) bool {
	return slices.ContainsFunc(r.Parents(t), func(p Delegated) bool { _, glued := p.glue[name]; return glued })
}

// GlueOf is the glue of one name in a referral. A name without glue gets an empty list; the caller may change it.
func (p Delegated) GlueOf(name string) []string { return append([]string{}, p.glue[name]...) }

// ParentOf is the zone above that of a target, or "" if that is not known. It need not be the name one label shorter: a zone may lie
// several labels below another (RFC 1034 section 4.2).
func ParentOf(t *evidence.Target) string {
	if t.Delegation == nil || len(t.Delegation.Path) < 2 {
		return ""
	}
	return t.Delegation.Path[len(t.Delegation.Path)-2].Zone
}
