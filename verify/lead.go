package verify

import (
	"context"
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// The resolver leads to hosts where it leads anywhere. Where it fails, or knows of nothing, the name servers of the zone lead: senders
// have other resolvers. Beside the sessions the name servers are asked whether the world is led to the same hosts; only verdicts
// about hosts call for these questions.

// mailHosts tells a domain from a host: a name with MX records is a domain, unless the report calls it a host; else a name
// with an address is a host.
func (r *run) mailHosts(ctx context.Context, task Task) (kind string, hosts []evidence.Host, trouble *evidence.Failure) {
	itself := []evidence.Host{{Name: task.Name, Preference: -1}}
	if task.Host {
		if addresses, _ := r.addresses(ctx, task.Name); len(addresses) > 0 {
			return "host", itself, nil
		}
	}
	answer := r.ask(ctx, task.Name, "MX")
	if trouble = dnsanswer.Trouble(answer); trouble == nil || dnsanswer.Cut(answer) { // of too many records, those that were read
		return "domain", dnsanswer.MXHosts(answer), trouble
	}
	if trouble.Kind == evidence.NoData { // then mail goes to its own address (RFC 5321 section 5.1)
		var addresses []string
		if addresses, trouble = r.addresses(ctx, task.Name); len(addresses) > 0 {
			return "host", itself, nil
		}
	}
	if task.leads() {
		return r.mailHostsByZone(ctx, task, answer, trouble)
	}
	return "", []evidence.Host{}, trouble
}

// mailHostsByZone takes the word of the name servers, because the resolver led nowhere.
func (r *run) mailHostsByZone(ctx context.Context, task Task, resolver []evidence.Exchange, trouble *evidence.Failure) (string, []evidence.Host, *evidence.Failure) {
	if task.Host {
		if addresses, _ := r.addressesAnyhow(ctx, task.Name); len(addresses) > 0 {
			return "host", []evidence.Host{{Name: task.Name, Preference: -1}}, nil
		}
	}
	r.authoritative(ctx, task.Name, "MX", resolver)
	records, absent := r.snapshot().Records(task.Name, "MX")
	if len(records) > 0 {
		return "domain", dnsanswer.HostsOf(records), nil
	}
	if absent {
		if addresses, _ := r.addressesAnyhow(ctx, task.Name); len(addresses) > 0 {
			return "host", []evidence.Host{{Name: task.Name, Preference: -1}}, nil
		}
	}
	return "", []evidence.Host{}, trouble
}

// addressesAnyhow is addresses, and where the resolver gives none, or fails at one family, what the name servers give.
func (r *run) addressesAnyhow(ctx context.Context, name string) ([]string, *evidence.Failure) {
	addresses, trouble := r.addresses(ctx, name)
	if trouble == nil {
		return addresses, nil
	}
	none, open := len(addresses) == 0, false
	for _, rrtype := range []string{"A", "AAAA"} {
		resolver := r.ask(ctx, name, rrtype)
		if f := dnsanswer.Trouble(resolver); f == nil || dnsanswer.Absent(f) && !none {
			continue
		}
		r.authoritative(ctx, name, rrtype, resolver)
		records, absent := r.snapshot().Records(name, rrtype)
		addresses = append(addresses, dnsanswer.AddressTexts(records)...)
		open = open || len(records) == 0 && !absent
	}
	if len(addresses) > 0 && !open {
		trouble = nil
	}
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	return addresses[:min(len(addresses), maxAddresses)], trouble
}

// askAnyhow asks the resolver, and the name servers where it fails or knows of nothing.
func (r *run) askAnyhow(ctx context.Context, name, rrtype string) []evidence.Exchange {
	resolver := r.ask(ctx, name, rrtype)
	if dnsanswer.Trouble(resolver) == nil {
		return resolver
	}
	return slices.Concat(resolver, r.authoritative(ctx, name, rrtype, resolver))
}

// recordsAnyhow is what askAnyhow finds.
func (r *run) recordsAnyhow(ctx context.Context, name, rrtype string) []dns.RR {
	if xs := r.askAnyhow(ctx, name, rrtype); dnsanswer.Last(xs).Role == evidence.Resolver {
		return dnsanswer.Records(dnsanswer.Last(xs), rrtype)
	}
	records, _ := r.snapshot().Records(name, rrtype)
	return records
}
