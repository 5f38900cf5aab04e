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
var SoaFacts = []facts.Name{
	facts.DNSSOASerial, facts.DNSSOASerialIsDate, facts.DNSSOASerialStyle, facts.DNSSOASerialDate, facts.DNSSOASerialDateBegun,
	facts.DNSSOAMName, facts.DNSSOARefresh, facts.DNSSOARefreshUnworkable, facts.DNSSOARetry, facts.DNSSOARetryZero,
	facts.DNSSOAExpire, facts.DNSSOAExpireTooShort, facts.DNSSOAMinimum, facts.DNSSOAMinimumInvalid, facts.DNSSOANegativeTTL,
}

// soa derives the facts of one server's SOA record. Only an authoritative answer counts: anything else may be a stale copy.
func (d *derivation) soa(subject facts.Subject, server evidence.Server, zone string) {
	exchanges, n := d.Exchanges(evidence.Authoritative, server.Address, zone, "SOA")
	x := dnsanswer.Last(exchanges)
	put := func(name facts.Name, value facts.Value, why facts.Unknown) {
		f := facts.Fact{Name: name, Value: value, Why: why, At: x.At}
		if n > 0 {
			f.Evidence = fmt.Sprintf("DNS exchange %d", n)
		}
		d.Put(subject, f)
	}
	records, why := d.AuthoritativeSOA(exchanges, zone, subject.At)
	if len(records) == 0 {
		for _, name := range append([]facts.Name{facts.DNSSOAAnswered, facts.DNSSOACount}, SoaFacts...) {
			put(name, facts.Value{}, why)
		}
		return
	}
	put(facts.DNSSOAAnswered, facts.BoolValue(true), facts.Unknown{})
	put(facts.DNSSOACount, facts.IntValue(int64(len(records))), facts.Unknown{})
	values := map[facts.Name]facts.Value{}
	if len(records) == 1 {
		values = SoaValues(records[0], x.At)
	} else {
		why = facts.Unknown{Code: facts.Disagreement, Detail: fmt.Sprintf("%s gave %d different SOA records", subject.At, len(records))}
	}
	for _, name := range SoaFacts {
		unknown := why
		if values[name].Kind() == facts.None && len(records) == 1 {
			unknown = facts.Unknown{Code: facts.NotFound, Detail: "the serial holds no date"}
		}
		put(name, values[name], unknown)
	}
}

// soaValues reads one SOA record.
func SoaValues(soa *dns.SOA, now time.Time) map[facts.Name]facts.Value {
	seconds := func(n uint32) facts.Value { return facts.DurationValue(time.Duration(n) * time.Second) }
	style, date := SerialStyle(soa.Serial, now)
	values := map[facts.Name]facts.Value{
		facts.DNSSOASerial:            facts.IntValue(int64(soa.Serial)),
		facts.DNSSOASerialIsDate:      facts.BoolValue(style == styleDate),
		facts.DNSSOASerialStyle:       facts.TextValue(style),
		facts.DNSSOAMName:             facts.TextValue(cmp.Or(dnsanswer.HostName(soa.Ns), ".")),
		facts.DNSSOARefresh:           seconds(soa.Refresh),
		facts.DNSSOARefreshUnworkable: facts.BoolValue(soa.Refresh == 0 || soa.Refresh >= soa.Expire),
		facts.DNSSOARetry:             seconds(soa.Retry),
		facts.DNSSOARetryZero:         facts.BoolValue(soa.Retry == 0),
		facts.DNSSOAExpire:            seconds(soa.Expire),
		facts.DNSSOAExpireTooShort:    facts.BoolValue(expireTooShort(soa)),
		facts.DNSSOAMinimum:           seconds(soa.Minttl),
		facts.DNSSOAMinimumInvalid:    facts.BoolValue(soa.Minttl >= firstBadTTL),
		facts.DNSSOANegativeTTL:       seconds(min(usableTTL(soa.Minttl), usableTTL(soa.Hdr.Ttl))),
	}
	if !date.IsZero() {
		values[facts.DNSSOASerialDate] = facts.TextValue(date.Format(time.DateOnly))
		// The last place on earth where a day begins is at UTC-12.
		values[facts.DNSSOASerialDateBegun] = facts.BoolValue(!date.After(now.UTC().Add(-12 * time.Hour)))
	}
	return values
}

// primary compares the primary that a server's SOA record names with the delegation in the parent zone. What a resolver
// tells of a delegation is the zone's own word, so it decides nothing here.
func (d *derivation) primary(subject facts.Subject, t *evidence.Target) {
	put := func(name facts.Name, value facts.Value, why facts.Unknown, of facts.Fact) {
		d.Put(subject, facts.Fact{Name: name, Value: value, Why: why, At: of.At, Evidence: of.Evidence})
	}
	mname, _ := d.Get(facts.DNSSOAMName, subject)
	names, why := d.ParentNames(t)
	if why.Code != "" {
		put(facts.DNSSOAParentServers, facts.Value{}, why, facts.Fact{})
		put(facts.DNSSOAMNameAtParent, facts.Value{}, why, facts.Fact{})
		return
	}
	put(facts.DNSSOAParentServers, facts.ListValue(names), why, mname)
	if !mname.Known() {
		put(facts.DNSSOAMNameAtParent, facts.Value{}, mname.Why, mname)
		return
	}
	put(facts.DNSSOAMNameAtParent, facts.BoolValue(slices.Contains(names, mname.Value.Text())), why, mname)
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

// The styles of serials.
const (
	styleDate       = "date"
	styleFutureDate = "future_date"
	styleUnixTime   = "unix_time"
	styleCounter    = "counter"
	styleOther      = "other"
)

// serialStyle tells what a serial looks like, and the date in it if it holds one. A date YYYYMMDDnn counts as begun when
// it has begun somewhere on earth: the most easterly clock zone is UTC+14. Earlier than 1980 there was no DNS to write
// serials for; a date further ahead than two years is a counter that happens to look like one.
func SerialStyle(serial uint32, now time.Time) (style string, date time.Time) {
	digits := fmt.Sprint(serial)
	easternmost := now.UTC().Add(14 * time.Hour)
	if len(digits) == 10 {
		date, err := time.Parse("20060102", digits[:8])
		switch {
		case err != nil || date.Year() < 1980:
		case !date.After(easternmost):
			return styleDate, date
		case date.Before(easternmost.AddDate(2, 0, 0)):
			return styleFutureDate, date
		}
	}
	// Ten digits of Unix time began in September 2001; a clock may be a day ahead.
	const tenDigits = 1_000_000_000
	switch century := digits[:min(2, len(digits))]; {
	case serial >= tenDigits && int64(serial) <= now.Add(24*time.Hour).Unix():
		return styleUnixTime, time.Time{}
	case len(digits) == 10 && (century == "19" || century == "20"):
		return styleOther, time.Time{}
	}
	return styleCounter, time.Time{}
}

// serialOrder compares serials by RFC 1982 section 3.2: -1 if a is older than b, +1 if newer, 0 if equal. For two that lie
// 2^31 apart the order is not defined.
func SerialOrder(a, b uint32) (order int, defined bool) {
	const half = 1 << 31
	switch distance := b - a; { // modulo 2^32
	case distance == 0:
		return 0, true
	case distance == half:
		return 0, false
	case distance < half:
		return -1, true
	}
	return 1, true
}
