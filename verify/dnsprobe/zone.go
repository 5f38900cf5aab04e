package dnsprobe

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

const (
	// Thirteen names, as the root has, fit a referral of 512 octets.
	maxNames     = 13
	maxAddresses = 26

	// addressLookups is how many look-ups of name server addresses run at the same time.
	addressLookups = 4
)

// Zone is a zone with the addresses of its authoritative servers.
type Zone struct {
	Name    string            // without the final dot; "." is the root, "" an unknown zone
	Servers []evidence.Server // by name and address, each once; at most 26 addresses of 13 names

	// Trouble says why the zone or its servers are not known. It is NXDomain only if the name that was asked for does
	// not exist; then the zone that would hold it and its servers stand beside it, and the zone may be a public suffix.
	// Name servers without an address are no trouble while others have one: the exchanges show them.
	Trouble *evidence.Failure
}

// Zone finds the zone that holds a name, and the addresses of its authoritative servers, by the word of the resolver. A
// walk from the root would find the same without having to trust one.
func (p *Probe) Zone(ctx context.Context, name string) (Zone, []evidence.Exchange) {
	apex, trouble, all := p.apex(ctx, name)
	if apex == "" {
		return Zone{Trouble: trouble}, all
	}
	z := Zone{Name: apex}
	xs := p.Lookup(ctx, apex, "NS")
	all = append(all, xs...)
	if names := nameServers(xs); len(names) == 0 {
		z.Trouble = unknown(dnsanswer.Trouble(xs), "the zone has no NS records")
	} else {
		z.Servers, z.Trouble, xs = p.servers(ctx, names)
		all = append(all, xs...)
	}
	// That the name does not exist is known, whatever became of the servers.
	if trouble != nil {
		z.Trouble = trouble
	}
	return z, all
}

// apex finds the name of the zone that holds a name: where the name has no SOA record of its own, the negative answer
// names the zone (RFC 2308 section 3). Some resolvers leave that out, and an alias answers for the zone of its target;
// but then the name is no apex, so its parent lies in the same zone and is asked instead.
func (p *Probe) apex(ctx context.Context, name string) (
	zone string, trouble *evidence.Failure, all []evidence.Exchange,
) {
	// Each step takes a label away, so that it ends at the root.
	for depth := 0; ; depth++ {
		xs := p.Lookup(ctx, name, "SOA")
		all = append(all, xs...)
		last, f := xs[len(xs)-1], dnsanswer.Trouble(xs)
		name = last.Name
		switch {
		case aliased(last):
		case f == nil:
			return name, trouble, all
		// A resolver that fails says nothing of the zones above either.
		case !dnsanswer.Absent(f):
			return "", f, all
		default:
			// Only of the name itself: one above it that does not exist would have made this one not exist either.
			if depth == 0 && f.Kind == evidence.NXDomain {
				trouble = f
			}
			if zone = dnsanswer.Holder(last, name); zone != "" {
				return zone, trouble, all
			}
			if slices.ContainsFunc(dnsanswer.Parse(last.Authority), dnsanswer.IsSOA) {
				return "", unknown(nil, "the answer names a zone that cannot hold "+name), all
			}
		}
		if name == "." {
			return "", unknown(nil, "no answer names the zone"), all
		}
		name = parent(name)
	}
}

// aliased tells whether the question name is an alias, whatever became of its target.
func aliased(x evidence.Exchange) bool {
	answered := x.Failure == nil && !x.TC && (x.RCode == "NOERROR" || x.RCode == "NXDOMAIN")
	return answered && len(dnsanswer.Records(x, "CNAME")) > 0
}

// parent returns the name without its first label.
func parent(name string) string {
	if _, rest, ok := strings.Cut(name, "."); ok {
		return rest
	}
	return "."
}

// nameServers returns the names in the NS records of a zone. An alias has none of its own.
func nameServers(xs []evidence.Exchange) []string {
	var names []string
	if dnsanswer.Trouble(xs) != nil {
		return nil
	}
	x := xs[len(xs)-1]
	for _, rr := range dnsanswer.Records(x, "NS") {
		if dnsanswer.Bare(rr.Header().Name) == x.Name {
			names = append(names, dnsanswer.Bare(rr.(*dns.NS).Ns))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), maxNames)]
}

// servers looks up the addresses of name servers, of both families because each address is asked by itself.
func (p *Probe) servers(ctx context.Context, names []string) (
	servers []evidence.Server, trouble *evidence.Failure, all []evidence.Exchange,
) {
	types := []string{"A", "AAAA"}
	found := make([][]evidence.Exchange, len(names)*len(types))
	var group errgroup.Group
	group.SetLimit(addressLookups)
	for i := range found {
		group.Go(func() error {
			found[i] = p.Lookup(ctx, names[i/len(types)], types[i%len(types)])
			return nil
		})
	}
	group.Wait()

	for i, xs := range found {
		f := dnsanswer.Trouble(xs)
		switch {
		case f == nil:
			for _, address := range addresses(xs[len(xs)-1]) {
				servers = append(servers, evidence.Server{Name: names[i/len(types)], Address: address})
			}
		case !dnsanswer.Absent(f) && (trouble == nil || f.Kind == evidence.Interrupted):
			// An address that is only not known outweighs all that are known to be missing.
			trouble = f
		}
	}
	slices.SortFunc(servers, func(a, b evidence.Server) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	servers = slices.Compact(servers)
	servers = servers[:min(len(servers), maxAddresses)]
	switch {
	case len(servers) == 0:
		trouble = unknown(trouble, "no name server of the zone has an address")
	case trouble != nil && trouble.Kind != evidence.Interrupted:
		trouble = nil
	}
	return servers, trouble, slices.Concat(found...)
}

// addresses returns the addresses in an answer.
func addresses(x evidence.Exchange) []string {
	return dnsanswer.AddressTexts(dnsanswer.Records(x, x.Type))
}

// unknown says why something is not known. What does not exist there must not pass for the name that was asked for.
func unknown(f *evidence.Failure, detail string) *evidence.Failure {
	if f == nil || dnsanswer.Absent(f) {
		return &evidence.Failure{Kind: evidence.ServFail, Detail: detail}
	}
	return f
}
