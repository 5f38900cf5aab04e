package zone

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// soaFacts are the facts that a server's SOA record itself gives.
var soaFacts = []facts.Name{
	facts.DNSSOASerial, facts.DNSSOASerialIsDate, facts.DNSSOASerialStyle, facts.DNSSOASerialDate, facts.DNSSOASerialDateBegun,
	facts.DNSSOAMName, facts.DNSSOARefresh, facts.DNSSOARefreshUnworkable, facts.DNSSOARetry, facts.DNSSOARetryZero,
	facts.DNSSOAExpire, facts.DNSSOAExpireTooShort, facts.DNSSOAMinimum, facts.DNSSOAMinimumInvalid, facts.DNSSOANegativeTTL,
}

// soa derives the facts of one server's SOA record. Only an authoritative answer counts: anything else may be a stale copy.
func (d *derivation) soa(here about, s *server) {
	// The first look alone: later ones belong to the comparison of serials.
	exchanges, n := d.Exchanges(evidence.Authoritative, s.Address, d.t.Zone, "SOA")
	x, where := dnsanswer.Last(exchanges), ""
	if n > 0 {
		where = fmt.Sprintf("DNS exchange %d", n)
	}
	here = here.seen(x.At, where)
	records, why := d.AuthoritativeSOA(exchanges, d.t.Zone, s.label)
	// Several SOA records have no value that would be the zone's.
	values := map[facts.Name]facts.Value{}
	answered, count := facts.Because(why), facts.Because(why)
	if len(records) > 0 {
		answered, count = facts.Yes(), facts.Is(facts.IntValue(int64(len(records))))
	}
	switch {
	case len(records) == 1:
		values = soaValues(records[0], x.At)
		why = facts.Unknown{Code: facts.NotFound, Detail: "the serial holds no date"} // all else has a value
	case len(records) > 1:
		why = facts.Unknown{Code: facts.Disagreement, Detail: fmt.Sprintf("%s gave %d different SOA records", s.label, len(records))}
	}
	here.put(answered, facts.DNSSOAAnswered)
	here.put(count, facts.DNSSOACount)
	for _, name := range soaFacts {
		// A fact whose value is missing takes the reason; one that has a value drops it (Known.As).
		here.put(facts.Known{Value: values[name], Why: why}, name)
	}
	d.primary(here, facts.Known{Value: values[facts.DNSSOAMName], Why: why})
}

// soaValues reads one SOA record. The times are what the fields hold, and judged by rules.
func soaValues(soa *dns.SOA, now time.Time) map[facts.Name]facts.Value {
	// A time span of 32 bits in seconds is at most 136 years, which fits into a duration.
	seconds := func(n uint32) facts.Value { return facts.DurationValue(time.Duration(n) * time.Second) }
	// The time of the answer decides what is in the future, so that a replay reads a serial as it was read then.
	style, date := serialStyle(soa.Serial, now)
	values := map[facts.Name]facts.Value{
		facts.DNSSOASerial:       facts.IntValue(int64(soa.Serial)),
		facts.DNSSOASerialIsDate: facts.BoolValue(style == styleDate),
		facts.DNSSOASerialStyle:  facts.TextValue(style),
		// The root as MNAME says that there is no primary to reach; it is shown as a dot, since an empty text would look like none.
		facts.DNSSOAMName:             facts.TextValue(cmp.Or(dnsanswer.HostName(soa.Ns), ".")),
		facts.DNSSOARefresh:           seconds(soa.Refresh),
		facts.DNSSOARefreshUnworkable: facts.BoolValue(soa.Refresh == 0 || soa.Refresh >= soa.Expire),
		facts.DNSSOARetry:             seconds(soa.Retry),
		facts.DNSSOARetryZero:         facts.BoolValue(soa.Retry == 0),
		facts.DNSSOAExpire:            seconds(soa.Expire),
		facts.DNSSOAExpireTooShort:    facts.BoolValue(expireTooShort(soa)),
		facts.DNSSOAMinimum:           seconds(soa.Minttl),
		facts.DNSSOAMinimumInvalid:    facts.BoolValue(soa.Minttl >= firstBadTTL),
		// How long "no such name" is kept is the smaller of the two (RFC 2308 section 3).
		facts.DNSSOANegativeTTL: seconds(min(usableTTL(soa.Minttl), usableTTL(soa.Hdr.Ttl))),
	}
	if !date.IsZero() {
		values[facts.DNSSOASerialDate] = facts.TextValue(date.Format(time.DateOnly))
		// The last place on earth where a day begins is at UTC-12.
		values[facts.DNSSOASerialDateBegun] = facts.BoolValue(!date.After(now.UTC().Add(-12 * time.Hour)))
	}
	return values
}

// primary compares the primary that a server's SOA record names with the delegation in the parent zone. What a resolver
// tells of a delegation is the zone's own word, so it decides nothing here. A primary that is not listed there is no fault: RFC
// 1996 section 2 foresees a hidden one.
func (d *derivation) primary(here about, mname facts.Known) {
	parent := d.parentNames()
	here.put(parent, facts.DNSSOAParentServers)
	switch {
	case !parent.Known():
		here.put(parent, facts.DNSSOAMNameAtParent)
	case !mname.Known():
		here.put(mname, facts.DNSSOAMNameAtParent)
	default:
		here.put(facts.Truth(slices.Contains(parent.Value.List(), mname.Value.Text())), facts.DNSSOAMNameAtParent)
	}
}

// expireTooShort tells whether a secondary drops the zone before it has repeated a failed refresh once. The sums are
// wider than the fields, which hold 32 bits each.
func expireTooShort(soa *dns.SOA) bool {
	return uint64(soa.Expire) < uint64(soa.Refresh)+uint64(soa.Retry) || soa.Expire <= soa.Retry
}

// firstBadTTL is the smallest number that is no TTL (RFC 2181 section 8), in seconds.
const firstBadTTL = 1 << 31

// usableTTL is what a resolver makes of a TTL field: one with the top bit set counts as zero (RFC 2181 section 8).
func usableTTL(ttl uint32) uint32 {
	if ttl >= firstBadTTL {
		return 0
	}
	return ttl
}
