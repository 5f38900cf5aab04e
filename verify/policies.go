package verify

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/webprobe"
)

// maxPolicyAddresses bounds the addresses of a policy host that are tried.
const maxPolicyAddresses = 4

// maxParents is how many parents of a host's name are asked whether their mail goes to it.
const maxParents = 4

// policies asks what the targets and their hosts demand of senders. A policy file may take a minute beyond the time of the DNS
// questions, so that no other look-up waits for it.
func (r *run) policies(ctx, dns context.Context, plan Plan) {
	r.each(dns, plan, func(dns context.Context, i int, task Task) {
		t := &r.bundle.Targets[i]
		if task.Has(facts.FromTLSA) {
			r.tlsa(dns, t.Hosts)
		}
		if task.Has(facts.FromMTASTS) {
			if url, at := r.mtaSTS(dns, t); url != "" {
				r.fetch(ctx, url, at)
			}
		}
	})
}

// mtaSTS finds where the policy stands that speaks for mail to a target; nowhere unless a record announces one, as senders
// see it.
func (r *run) mtaSTS(ctx context.Context, t *evidence.Target) (url string, at []netip.AddrPort) {
	t.PolicyDomain = r.policyDomain(ctx, t)
	if t.PolicyDomain == "" {
		return "", nil
	}
	if _, err := mailpolicy.STSRecord(dnsanswer.Texts(r.recordsAnyhow(ctx, mailpolicy.STSRecordName(t.PolicyDomain), "TXT"))); err != nil {
		return "", nil
	}
	addresses, _ := r.addressesAnyhow(ctx, mailpolicy.STSHost(t.PolicyDomain))
	for _, a := range addresses[:min(len(addresses), maxPolicyAddresses)] {
		if addr, err := netip.ParseAddr(a); err == nil {
			at = append(at, netip.AddrPortFrom(addr, httpsPort))
		}
	}
	return mailpolicy.STSURL(t.PolicyDomain), at
}

// fetch gets a file, and records every try.
func (r *run) fetch(ctx context.Context, url string, at []netip.AddrPort) {
	r.mu.Lock()
	again := r.files[url]
	r.files[url] = true
	r.mu.Unlock()
	if again {
		return
	}
	tries := r.fetches.Do(ctx, url+" "+fmt.Sprint(at), func(ctx context.Context) ([]evidence.Fetch, bool) {
		return webprobe.Probe{Dialer: r.guarded(r.Dialer), Roots: r.TrustedRoots}.Get(ctx, url, at), ctx.Err() == nil
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bundle.Fetches = append(r.bundle.Fetches, tries...)
}

// httpsPort is the port of policy hosts; the policy's address has no room for another (RFC 8461 section 3.3).
const httpsPort = 443

// policyDomain is the domain whose policy counts: the target itself where it is a domain, or where it is a host with a
// record of its own; else the nearest parent of the host's name that sends its mail there. A host alone does not tell
// whose mail it takes.
func (r *run) policyDomain(ctx context.Context, t *evidence.Target) string {
	switch t.Kind {
	case "domain":
		return t.Name
	case "host":
	default:
		return ""
	}
	// A wildcard may answer with a text of another kind.
	if _, err := mailpolicy.STSRecord(dnsanswer.Texts(r.recordsAnyhow(ctx, mailpolicy.STSRecordName(t.Name), "TXT"))); !errors.Is(err, mailpolicy.ErrNoRecord) {
		return t.Name
	}
	parent := t.Name
	for range maxParents {
		_, rest, found := strings.Cut(parent, ".")
		if !found || !strings.Contains(rest, ".") {
			return ""
		}
		parent = rest
		leads := func(h evidence.Host) bool { return h.Name == dnsanswer.HostName(t.Name) }
		if slices.ContainsFunc(dnsanswer.MXHosts(r.ask(ctx, parent, "MX")), leads) {
			return parent
		}
	}
	return ""
}

// tlsa asks for the TLSA records of every host.
func (r *run) tlsa(ctx context.Context, hosts []evidence.Host) {
	sideBySide(hosts, func(_ int, h evidence.Host) {
		if h.Name != "" {
			r.recordsAnyhow(ctx, mailpolicy.TLSAName(h.Name), "TLSA")
		}
	})
}
