package zone

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// A serial in the form of a date is read by the most easterly clock: it is in the future only if it is so everywhere.
func TestSerialStyles(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) // 23:00 at UTC+14
	evening := now.Add(2 * time.Hour)                    // 01:00 of the 24th at UTC+14
	tests := []struct {
		serial uint32
		at     time.Time
		want   string
		date   string
	}{
		{2026112301, now, "date", "2026-11-23"},
		{2026112399, now, "date", "2026-11-23"},
		{2026112401, now, "future_date", "2026-11-24"},
		{2026112401, evening, "date", "2026-11-24"},
		{2026112501, evening, "future_date", "2026-11-25"},
		{2028112001, now, "future_date", "2028-11-20"},
		{2312123101, now, "counter", ""}, // a counter that happens to read as a date
		{2312868412, now, "counter", ""},
		{3000000003, now, "counter", ""},
		{1, now, "counter", ""},
		{0, now, "counter", ""},
		{20261123, now, "counter", ""},
		{202611230, now, "counter", ""},
		{4294967295, now, "counter", ""},
		{1700000000, now, "unix_time", ""},
		{uint32(now.Unix()), now, "unix_time", ""},
		{2019105603, now, "other", ""},
		{2026022901, now, "other", ""}, // no such day
		{2024022901, now, "date", "2024-02-29"},
		{2026130101, now, "other", ""},
		{2026110001, now, "other", ""},
		{1979010101, now, "other", ""},
		{1979123199, now, "other", ""}, // the year before there was a DNS
		{1980010100, now, "date", "1980-01-01"},
		{2028112399, now, "future_date", "2028-11-23"}, // two years ahead of the most easterly clock
		{2028112401, now, "other", ""},
		{999999999, now, "counter", ""},
		{1000000000, now, "unix_time", ""}, // September 2001
		{uint32(now.Unix()) + 86400, now, "unix_time", ""},
		{uint32(now.Unix()) + 86401, now, "counter", ""},
		{1999123101, now, "date", "1999-12-31"},
	}
	for _, test := range tests {
		style, date := serialStyle(test.serial, test.at)
		text := ""
		if !date.IsZero() {
			text = date.Format(time.DateOnly)
		}
		if style != test.want || text != test.date {
			t.Errorf("%d at %v: %s %q, want %s %q", test.serial, test.at, style, text, test.want, test.date)
		}
	}
}

// RFC 1982 section 5.2 and 3.2 with 32 bits: the numbers form a circle, and opposite ones have no order.
func TestSerialOrder(t *testing.T) {
	tests := []struct {
		a, b    uint32
		want    int
		defined bool
	}{
		{7, 7, 0, true},
		{7, 8, -1, true},
		{8, 7, 1, true},
		{0, 1 << 31, 0, false},
		{1 << 31, 0, 0, false},
		{5, 5 + 1<<31, 0, false},
		{0, 1<<31 - 1, -1, true},
		{1<<31 + 1, 0, -1, true}, // round the circle
		{4294967295, 0, -1, true},
		{0, 4294967295, 1, true},
		{2026112301, 1, 1, true},  // from a date back to 1 is older
		{3000000003, 1, -1, true}, // but not from here
	}
	for _, test := range tests {
		got, defined := serialOrder(test.a, test.b)
		if got != test.want || defined != test.defined {
			t.Errorf("%d and %d: %d %v, want %d %v", test.a, test.b, got, defined, test.want, test.defined)
		}
	}
}

func TestSOAValues(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	record := func(ttl, refresh, retry, expire, minimum uint32) *dns.SOA {
		return &dns.SOA{Hdr: dns.RR_Header{Name: "example.com.", Ttl: ttl}, Ns: "NS1.Example.com.", Serial: 2026112401,
			Refresh: refresh, Retry: retry, Expire: expire, Minttl: minimum}
	}
	seconds := func(n int) facts.Value { return facts.DurationValue(time.Duration(n) * time.Second) }
	yes, no := facts.BoolValue(true), facts.BoolValue(false)
	tests := []struct {
		soa  *dns.SOA
		fact facts.Name
		want facts.Value
	}{
		{record(3600, 7200, 900, 1209600, 86400), facts.DNSSOANegativeTTL, seconds(3600)},
		{record(86400, 7200, 900, 1209600, 300), facts.DNSSOANegativeTTL, seconds(300)},
		{record(86400, 7200, 900, 1209600, 1<<31), facts.DNSSOANegativeTTL, seconds(0)},
		{record(1<<31, 7200, 900, 1209600, 300), facts.DNSSOANegativeTTL, seconds(0)},
		{record(1, 0, 0, 0, 1<<31-1), facts.DNSSOAMinimumInvalid, no},
		{record(1, 0, 0, 0, 1<<31), facts.DNSSOAMinimumInvalid, yes},
		{record(1, 0, 900, 1209600, 1), facts.DNSSOARefreshUnworkable, yes},
		{record(1, 7200, 900, 7200, 1), facts.DNSSOARefreshUnworkable, yes},
		{record(1, 7200, 900, 7201, 1), facts.DNSSOARefreshUnworkable, no},
		{record(1, 7200, 0, 7201, 1), facts.DNSSOARetryZero, yes},
		{record(1, 7200, 1, 7201, 1), facts.DNSSOARetryZero, no},
		{record(1, 7200, 900, 8099, 1), facts.DNSSOAExpireTooShort, yes},
		{record(1, 7200, 900, 8100, 1), facts.DNSSOAExpireTooShort, no},
		{record(1, 0, 900, 900, 1), facts.DNSSOAExpireTooShort, yes},
		{record(1, 4294967295, 4294967295, 4294967295, 1), facts.DNSSOAExpireTooShort, yes},
		{record(1, 1, 1, 1, 1), facts.DNSSOAMName, facts.TextValue("ns1.example.com")},
		{record(1, 1, 1, 1, 1), facts.DNSSOASerialDate, facts.TextValue("2026-11-24")},
		{record(1, 1, 1, 1, 1), facts.DNSSOASerialDateBegun, no},
	}
	for _, test := range tests {
		if got := soaValues(test.soa, now)[test.fact]; !got.Equal(test.want) {
			t.Errorf("%s of %v is %v, want %v", test.fact, test.soa, got, test.want)
		}
	}
	// A day has begun everywhere when it has begun at UTC-12.
	for at, want := range map[string]facts.Value{"2026-11-24T11:59:59Z": no, "2026-11-24T12:00:00Z": yes} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := soaValues(record(1, 1, 1, 1, 1), now)[facts.DNSSOASerialDateBegun]; !got.Equal(want) {
			t.Errorf("at %s begun everywhere: %v, want %v", at, got, want)
		}
	}
}

func TestOperators(t *testing.T) {
	for name, want := range map[string]string{
		"ns-1.awsdns-01.com": "awsdns", "ns-2.awsdns-33.co.uk": "awsdns", "ns1-05.azure-dns.net": "azure-dns",
		"a.ns.cloudflare.com": "cloudflare", "ns1.example.com": "example", "ns.1984.is": "1984.is", "localhost": "localhost",
	} {
		if got := providerOf(name); got != want {
			t.Errorf("%s is run by %s, want %s", name, got, want)
		}
	}
}

// soaAnswer is one server's answer in a bundle.
func soaAnswer(server, address, rrtype string, round int, at time.Time, records ...string) evidence.Exchange {
	return evidence.Exchange{At: at, Role: evidence.Authoritative, ServerName: server, Server: address + ":53", Transport: "udp",
		Round: round, Name: "example.com", Type: rrtype, RCode: "NOERROR", AA: true, Answer: records}
}

// Letter case, order and TTLs make no difference between two copies; numbers and letters inside texts do.
func TestCopiesAreComparedAsSets(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	soa := func(serial string) string {
		return "example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. " + serial + " 7200 3600 604800 3600"
	}
	tests := []struct {
		name, rrtype string
		one, two     []string
		want         facts.Value
	}{
		{"case and order", "NS", []string{"example.com. 1 IN NS ns1.Example.com.", "example.com. 1 IN NS ns2.example.com."},
			[]string{"EXAMPLE.com. 2 IN NS NS2.example.com.", "example.com. 2 IN NS ns1.example.com."}, facts.BoolValue(false)},
		{"another server", "NS", []string{"example.com. 1 IN NS ns1.example.com."}, []string{"example.com. 1 IN NS ns3.example.com."}, facts.BoolValue(true)},
		{"preference", "MX", []string{"example.com. 1 IN MX 10 m.example.com."}, []string{"example.com. 1 IN MX 20 m.example.com."}, facts.BoolValue(true)},
		{"case in a text", "TXT", []string{`example.com. 1 IN TXT "a"`}, []string{`example.com. 1 IN TXT "A"`}, facts.BoolValue(true)},
		{"parts of a text", "TXT", []string{`example.com. 1 IN TXT "ab" "c"`}, []string{`example.com. 1 IN TXT "abc"`}, facts.BoolValue(false)},
		{"an address", "A", []string{"example.com. 1 IN A 192.0.2.9"}, []string{"example.com. 1 IN A 192.0.2.8"}, facts.BoolValue(true)},
		{"none on one side", "AAAA", []string{"example.com. 1 IN AAAA 2001:db8::1"}, nil, facts.BoolValue(true)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com", Servers: []evidence.Server{
				{Name: "ns1.example.com", Address: "192.0.2.1"}, {Name: "ns2.example.com", Address: "192.0.2.2"}}}}}
			b.Exchanges = append(b.Exchanges, soaAnswer("ns1.example.com", "192.0.2.1", "SOA", 0, start, soa("8")),
				soaAnswer("ns2.example.com", "192.0.2.2", "SOA", 0, start, soa("7")))
			for _, rrtype := range apexTypes {
				one, two := []string(nil), []string(nil)
				if rrtype == test.rrtype {
					one, two = test.one, test.two
				}
				b.Exchanges = append(b.Exchanges, soaAnswer("ns1.example.com", "192.0.2.1", rrtype, 0, start, one...),
					soaAnswer("ns2.example.com", "192.0.2.2", rrtype, 0, start, two...))
			}
			zone := facts.Subject{Kind: facts.Zone, Name: "example.com"}
			if f, _ := factsOf(&b).Get(facts.DNSSOADataDiffer, zone); !f.Value.Equal(test.want) {
				t.Errorf("differ: %v (%v), want %v", f.Value, f.Why, test.want)
			}
		})
	}
}

// Only an answer with authority about the zone itself is its SOA record. Copies of one record are one; two make the values unknown.
func TestWhatIsTheSOARecord(t *testing.T) {
	const record = "example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. 2026112301 7200 900 1209600 300"
	answer := func(change func(*evidence.Exchange), records ...string) evidence.Exchange {
		x := soaAnswer("ns1.example.com", "192.0.2.1", "SOA", 0, scene.SeenAt, records...)
		change(&x)
		return x
	}
	as := func(*evidence.Exchange) {}
	bundle := func(xs ...evidence.Exchange) *evidence.Bundle {
		return &evidence.Bundle{Exchanges: xs, Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com",
			Servers: []evidence.Server{{Name: "ns1.example.com", Address: "192.0.2.1"}}}}}
	}
	ended := func(change func(*evidence.Bundle)) *evidence.Bundle {
		b := bundle()
		change(b)
		return b
	}
	for name, test := range map[string]struct {
		bundle                  *evidence.Bundle
		answered, count, serial string
	}{
		"one":                         {bundle(answer(as, record)), "yes", "1", "2026112301"},
		"the same twice":              {bundle(answer(as, record, "EXAMPLE.com. 60 IN SOA NS1.example.com. hostmaster.EXAMPLE.com. 2026112301 7200 900 1209600 300")), "yes", "1", "2026112301"},
		"two":                         {bundle(answer(as, record, record[:len(record)-3]+"600")), "yes", "2", "unknown: disagreement"},
		"one beside another zone's":   {bundle(answer(as, record, "example.net"+record[len("example.com"):])), "yes", "1", "2026112301"},
		"another zone's":              {bundle(answer(as, "example.net"+record[len("example.com"):])), "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		"without authority":           {bundle(answer(func(x *evidence.Exchange) { x.AA = false }, record)), "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		"none":                        {bundle(answer(as)), "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		"not asked":                   {bundle(), "unknown: untested", "unknown: untested", "unknown: untested"},
		"the run was ended":           {ended(func(b *evidence.Bundle) { b.Interrupted = true }), "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		"the time was over":           {ended(func(b *evidence.Bundle) { b.Expired = true }), "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		"silence":                     {bundle(answer(func(x *evidence.Exchange) { x.RCode, x.Failure = "", &evidence.Failure{Kind: evidence.Timeout} })), "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		"silence, then an answer":     {bundle(answer(func(x *evidence.Exchange) { x.RCode, x.Failure = "", &evidence.Failure{Kind: evidence.Timeout} }), answer(as, record)), "yes", "1", "2026112301"},
		"at another look":             {bundle(answer(func(x *evidence.Exchange) { x.Round = 1 }, record)), "unknown: untested", "unknown: untested", "unknown: untested"},
		"by another server":           {bundle(answer(func(x *evidence.Exchange) { x.Server = "192.0.2.10:53" }, record)), "unknown: untested", "unknown: untested", "unknown: untested"},
		"a serial that holds no date": {bundle(answer(as, strings.Replace(record, "2026112301", "7", 1))), "yes", "1", "7"},
	} {
		set := factsOf(test.bundle)
		server := facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1.example.com [192.0.2.1]"}
		scene.WantAbout(t, name, set, server, facts.DNSSOAAnswered, test.answered)
		scene.WantAbout(t, name, set, server, facts.DNSSOACount, test.count)
		scene.WantAbout(t, name, set, server, facts.DNSSOASerial, test.serial)
		for _, fact := range soaFacts {
			f, _ := set.Get(fact, server)
			dated := fact != facts.DNSSOASerialDate && fact != facts.DNSSOASerialDateBegun || test.serial == "2026112301"
			if f.Known() != (test.serial[0] != 'u' && dated) || !f.Known() && f.Why.Code == "" {
				t.Errorf("%s: %s is %q (%v)", name, fact, scene.Shown(f), f.Why)
			}
			if f.Known() && (!f.At.Equal(scene.SeenAt) || f.Evidence == "") {
				t.Errorf("%s: %s was seen at %v in %q", name, fact, f.At, f.Evidence)
			}
		}
	}
}

// The primary is looked for among the names of the parent zone's delegation, which only the parent's own servers know.
func TestPrimaryAtTheParent(t *testing.T) {
	server := facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1.example.com [198.51.100.1]"}
	byResolver := scene.GoodZone()
	byResolver.Targets[0].Delegation.By = evidence.ByResolver
	noSOA := scene.ZoneWith(scene.OwnA).Refers(scene.ParentA, scene.Both).Says(scene.OwnA, "example.com", "SOA", nil, scene.Silent)
	for name, test := range map[string]struct {
		scene               *scene.Zone
		atParent, delegated string
	}{
		"among them":              {scene.GoodZone(), "yes", "ns1.example.com, ns2.example.com"},
		"not among them":          {scene.ZoneWithLists([]string{"ns2.example.com", "ns3.example.com"}, scene.Both, scene.Both), "no", "ns2.example.com, ns3.example.com"},
		"the parent is not known": {byResolver, "unknown: network_closed", "unknown: network_closed"},
		"the record is not known": {noSOA, "unknown: servfail", "ns1.example.com, ns2.example.com"},
	} {
		set := factsOf(&test.scene.Bundle)
		scene.WantAbout(t, name, set, server, facts.DNSSOAMNameAtParent, test.atParent)
		scene.WantAbout(t, name, set, server, facts.DNSSOAParentServers, test.delegated)
	}
}
