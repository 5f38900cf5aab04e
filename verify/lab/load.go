package lab

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
	"gopkg.in/yaml.v3"
)

// Schema names the scenario format.
const Schema = "mxverdict/scenario/1"

// defaultTTL is that of records without one; maxRecords bounds a zone.
const (
	defaultTTL = 3600
	maxRecords = 10000
)

// Load reads a scenario file. Every mistake in it is an error with file and line.
func Load(file string, data []byte) (*Scenario, error) {
	r := reader{file}
	root, err := r.document(data)
	if err != nil {
		return nil, err
	}
	s := &Scenario{File: file}
	var schema string
	var nameServers *yaml.Node
	err = r.mapping(root, map[string]field{
		"schema":       r.word(&schema, Schema),
		"about":        r.text(&s.About),
		"target":       r.text(&s.Target),
		"latency":      r.duration(&s.latency),
		"no_ipv4":      r.flag(&s.noIPv4),
		"no_ipv6":      r.flag(&s.noIPv6),
		"intercepts":   r.flag(&s.intercepts),
		"resolver":     r.address(&s.resolver),
		"zones":        r.list(func(n *yaml.Node) error { return r.zone(n, s) }),
		"name_servers": func(n *yaml.Node) error { nameServers = n; return nil },
		"smtp":         r.list(func(n *yaml.Node) error { return r.host(n, s) }),
		"https":        r.list(func(n *yaml.Node) error { return r.webHost(n, s, false) }),
		"http":         r.list(func(n *yaml.Node) error { return r.webHost(n, s, true) }),
		"report":       r.text(&s.Report),
		"expect":       func(n *yaml.Node) error { return r.expect(n, &s.Expect) },
	})
	switch {
	case err != nil:
		return nil, err
	case schema == "":
		return nil, r.fail(root, "the key schema is missing: schema: %s", Schema)
	case !s.resolver.IsValid():
		return nil, r.fail(root, "the key resolver is missing: every scenario has one")
	}
	// Name servers may differ from the zones, wherever these stand in the file.
	if nameServers != nil {
		if err := r.list(func(n *yaml.Node) error { return r.nameServer(n, s) })(nameServers); err != nil {
			return nil, err
		}
	}
	if err := s.withRoot(); err != nil {
		return nil, err
	}
	if err := r.crossCheck(s); err != nil {
		return nil, err
	}
	s.delegate()
	s.signZones()
	return s, nil
}

// crossCheck finds what no part of the file can see alone.
func (r reader) crossCheck(s *Scenario) error {
	known := s.addresses()
	for _, entry := range s.manners {
		// Manners of an address at which nobody is asked would be a slip of the pen that no test notices.
		if entry.address != s.resolver && !slices.Contains(known, entry.address) {
			return &mistake{r.file, entry.line, fmt.Sprintf("no address record leads to %v", entry.address)}
		}
	}
	for _, z := range s.zones {
		for _, name := range z.servers {
			if slices.Contains(s.addressesOf(name), s.resolver) {
				says := fmt.Sprintf("server %s of zone %s is the resolver; keep them apart", name, z.name)
				return &mistake{r.file, z.line, says}
			}
		}
	}
	return nil
}

func (r reader) expect(n *yaml.Node, e *Expect) error {
	verdicts := func(into *[]Expected) field {
		return r.list(func(n *yaml.Node) error {
			var v Expected
			*into = append(*into, v)
			last := &(*into)[len(*into)-1]
			return r.mapping(n, map[string]field{
				"rule": r.text(&last.Rule), "subject": r.text(&last.Subject), "verdict": r.text(&last.Verdict), "reason": r.text(&last.Reason)})
		})
	}
	return r.mapping(n, map[string]field{
		"must": verdicts(&e.Must), "must_not": verdicts(&e.MustNot), "causes": r.list(r.item(&e.Causes))})
}

// item reads a scalar to the end of a list.
func (r reader) item(into *[]string) field {
	return func(n *yaml.Node) error {
		var s string
		err := r.text(&s)(n)
		*into = append(*into, s)
		return err
	}
}

// domain reads a domain name in canonical form.
func (r reader) domain(into *string) field {
	return value(r, into, "a domain name", func(s string) (string, error) {
		if _, ok := dns.IsDomainName(s); !ok || s == "" || strings.ContainsAny(s, " \t\r\n") {
			return "", strconv.ErrSyntax
		}
		return dns.CanonicalName(s), nil
	})
}

// zoneText is a zone as a file has it.
type zoneText struct {
	at      *yaml.Node
	name    string
	servers *[]string // nil where the file says nothing
	soa     []func(*dns.SOA)
	soas    *uint32
	records *yaml.Node
	dnssec  string
}

func (r reader) zoneFields(t *zoneText) map[string]field {
	return map[string]field{
		"name": r.domain(&t.name),
		"servers": func(n *yaml.Node) error {
			t.servers = new([]string)
			return r.list(r.server(t.servers))(n)
		},
		"soa": func(n *yaml.Node) error { return r.soa(n, &t.soa) },
		"soas": func(n *yaml.Node) error {
			t.soas = new(uint32)
			return r.number(t.soas)(n)
		},
		"records": func(n *yaml.Node) error { t.records = n; return nil },
		"dnssec":  r.word(&t.dnssec, signings...),
	}
}

func (r reader) zone(n *yaml.Node, s *Scenario) error {
	t := zoneText{at: n}
	delegated, signed := true, false
	fields := r.zoneFields(&t)
	fields["delegated"] = r.flag(&delegated)
	fields["signed"] = r.flag(&signed)
	if err := r.mapping(n, fields); err != nil {
		return err
	}
	z, err := r.build(t, nil)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(s.zones, func(o *zone) bool { return o.name == z.name }) {
		return r.fail(n, "zone %s stands here a second time", z.name)
	}
	z.hidden, z.signed = !delegated, signed
	s.zones = append(s.zones, z)
	return nil
}

// build makes a zone. What its text leaves out comes from base, if there is one, or is usual.
func (r reader) build(t zoneText, base *zone) (*zone, error) {
	if t.name == "" {
		return nil, r.fail(t.at, "this zone has no name")
	}
	var servers []string
	if t.servers != nil {
		servers = *t.servers
	} else if base != nil {
		servers = base.servers
	}
	z := newZone(t.name, usualSOA(t.name, servers))
	z.line, z.soas = t.at.Line, 1
	if base != nil {
		// A copy: changes for one server must not reach the others.
		*z.soa = *base.soa
		z.soas, z.signed, z.dnssec = base.soas, base.signed, base.dnssec
	}
	z.dnssec = cmp.Or(t.dnssec, z.dnssec)
	for _, change := range t.soa {
		change(z.soa)
	}
	if t.soas != nil {
		z.soas = *t.soas
	}
	z.serve(servers)
	switch {
	case t.records != nil:
		return z, r.records(t.records, z)
	case base != nil:
		z.copy(base, t.servers == nil)
	}
	return z, nil
}

// server reads the name of a name server to the end of a list.
func (r reader) server(into *[]string) field {
	return func(n *yaml.Node) error {
		var name string
		err := r.domain(&name)(n)
		*into = append(*into, name)
		return err
	}
}

// usualSOA has values that no one objects to (RIPE-203 proposes such for small zones).
func usualSOA(zone string, servers []string) *dns.SOA {
	soa := &dns.SOA{
		Hdr: dns.RR_Header{Name: zone, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: defaultTTL},
		Ns:  "ns." + strings.TrimPrefix(zone, "."), Mbox: "hostmaster." + strings.TrimPrefix(zone, "."),
		Serial: 2000010101, Refresh: 14400, Retry: 3600, Expire: 1209600, Minttl: 3600,
	}
	if len(servers) > 0 {
		soa.Ns = servers[0]
	}
	return soa
}

// soa collects the changes that a file makes to an SOA record.
func (r reader) soa(n *yaml.Node, changes *[]func(*dns.SOA)) error {
	change := func(set func(*dns.SOA)) { *changes = append(*changes, set) }
	name := func(set func(*dns.SOA, string)) field {
		return func(n *yaml.Node) error {
			var s string
			err := r.domain(&s)(n)
			change(func(soa *dns.SOA) { set(soa, s) })
			return err
		}
	}
	span := func(set func(*dns.SOA, uint32)) field {
		return r.seconds(func(v uint32) { change(func(soa *dns.SOA) { set(soa, v) }) })
	}
	return r.mapping(n, map[string]field{
		"mname": name(func(soa *dns.SOA, s string) { soa.Ns = s }),
		"rname": name(func(soa *dns.SOA, s string) { soa.Mbox = s }),
		"serial": func(n *yaml.Node) error {
			var serial uint32
			err := r.number(&serial)(n)
			change(func(soa *dns.SOA) { soa.Serial = serial })
			return err
		},
		"refresh": span(func(soa *dns.SOA, v uint32) { soa.Refresh = v }),
		"retry":   span(func(soa *dns.SOA, v uint32) { soa.Retry = v }),
		"expire":  span(func(soa *dns.SOA, v uint32) { soa.Expire = v }),
		"minimum": span(func(soa *dns.SOA, v uint32) { soa.Minttl = v }),
	})
}

// lineReader hands a zone's text to its parser byte by byte, so that it knows the line of the record just read.
type lineReader struct {
	text string
	at   int
	line int
}

func (l *lineReader) ReadByte() (byte, error) {
	if l.at == len(l.text) {
		return 0, io.EOF
	}
	b := l.text[l.at]
	l.at++
	if b == '\n' {
		l.line++
	}
	return b, nil
}

// Read only makes it an io.Reader, which the parser asks for; the parser reads by ReadByte where it can.
func (l *lineReader) Read([]byte) (int, error) {
	return 0, errors.New("lab: a zone is read byte by byte")
}

var parserLine = regexp.MustCompile(`^dns: (.*) at line: ([0-9]+):[0-9]+$`)

// records reads the master file text of a zone (RFC 1035 section 5).
func (r reader) records(n *yaml.Node, z *zone) error {
	var text string
	if err := r.text(&text)(n); err != nil {
		return err
	}
	first := n.Line
	if n.Style == yaml.LiteralStyle || n.Style == yaml.FoldedStyle {
		first++ // the text begins below its | sign
	}
	source := &lineReader{text: text + "\n"} // so that the last line is counted too
	parser := dns.NewZoneParser(source, z.name, "")
	parser.SetDefaultTTL(defaultTTL)
	for count := 0; ; count++ {
		rr, ok := parser.Next()
		if !ok {
			return r.parserError(parser.Err(), first)
		}
		at := &yaml.Node{Line: first + max(source.line-1, 0)}
		switch header := rr.Header(); {
		case count >= maxRecords:
			return r.fail(at, "a zone holds at most %d records here", maxRecords)
		case header.Class != dns.ClassINET:
			return r.fail(at, "%s is not of class IN", header.Name)
		case !dns.IsSubDomain(z.name, header.Name):
			return r.fail(at, "%s is outside of zone %s", header.Name, z.name)
		case header.Rrtype == dns.TypeSOA:
			return r.fail(at, "the SOA record is written under the key soa")
		}
		z.add(rr)
	}
}

// parserError moves a mistake in a master file to the line of the scenario in which it stands.
func (r reader) parserError(err error, first int) error {
	if err == nil {
		return nil
	}
	parts := parserLine.FindStringSubmatch(err.Error())
	if parts == nil {
		return r.fail(&yaml.Node{Line: first}, "%v", err)
	}
	line, _ := strconv.Atoi(parts[2])
	return r.fail(&yaml.Node{Line: first + max(line-1, 0)}, "%s", parts[1])
}

func (r reader) host(n *yaml.Node, s *Scenario) error {
	h := &host{connect: "accept"}
	b := behaviour{startTLS: notOffered}
	var sequence *yaml.Node
	fields := r.behaviour(&b)
	fields["address"] = r.address(&h.address)
	fields["connect"] = r.word(&h.connect, "accept", "refused", "silent")
	fields["refuses_for"] = r.duration(&h.refusesFor)
	fields["sequence"] = func(n *yaml.Node) error { sequence = n; return nil }
	err := r.mapping(n, fields)
	switch {
	case err != nil:
		return err
	case !h.address.IsValid():
		return r.fail(n, "this SMTP host has no address")
	// Its greeting and its certificate would have no name.
	case b.name == "" && h.connect == "accept":
		return r.fail(n, "this SMTP host has no name")
	case slices.ContainsFunc(s.hosts, func(o *host) bool { return o.address == h.address }):
		return r.fail(n, "an SMTP host at %v stands here a second time", h.address)
	}
	s.hosts = append(s.hosts, h)
	h.phases = []phase{{1, b}}
	if sequence == nil {
		return nil
	}
	return r.list(func(n *yaml.Node) error { return r.phase(n, h) })(sequence)
}

// phase reads an entry of a sequence: what it does not say is as in the host itself.
func (r reader) phase(n *yaml.Node, h *host) error {
	p := phase{behaviour: h.phases[0].behaviour}
	fields := r.behaviour(&p.behaviour)
	fields["from_connection"] = r.number(&p.from)
	if err := r.mapping(n, fields); err != nil {
		return err
	}
	if p.from <= h.phases[len(h.phases)-1].from {
		return r.fail(n, "from_connection must grow from entry to entry, from 2 on")
	}
	h.phases = append(h.phases, p)
	return nil
}

func (r reader) behaviour(b *behaviour) map[string]field {
	step := func(into *step) field {
		return func(n *yaml.Node) error {
			*into = step{}
			return r.mapping(n, r.step(into))
		}
	}
	fields := r.dialogue(&b.dialogue)
	maps.Copy(fields, map[string]field{
		"name":                r.plain(&b.name),
		"software":            r.plain(&b.software),
		"greeting":            step(&b.greeting),
		"ehlo":                step(&b.ehlo),
		"mail":                step(&b.mail),
		"rcpt":                step(&b.rcpt),
		"quit":                step(&b.quit),
		"rset":                step(&b.rset),
		"starttls":            func(n *yaml.Node) error { return r.startTLS(n, &b.startTLS) },
		"drops_early_talkers": r.flag(&b.dropsEarly),
		"keywords":            func(n *yaml.Node) error { b.keywords = nil; return r.list(r.keyword(&b.keywords))(n) },
	})
	return fields
}

// plain reads a text that stands within one line.
func (r reader) plain(into *string) field {
	return value(r, into, "a text of one line", func(s string) (string, error) {
		if strings.ContainsAny(s, "\r\n") {
			return "", strconv.ErrSyntax
		}
		return s, nil
	})
}

func (r reader) keyword(into *[]string) field {
	return func(n *yaml.Node) error {
		var s string
		if err := r.plain(&s)(n); err != nil {
			return err
		}
		if strings.EqualFold(s, "STARTTLS") {
			return r.fail(n, "STARTTLS is listed by the key starttls")
		}
		*into = append(*into, s)
		return nil
	}
}

func (r reader) step(s *step) map[string]field {
	return map[string]field{
		"delay": r.duration(&s.delay),
		"reply": r.reply(&s.reply),
		"pause": r.duration(&s.pause),
		"drip":  r.duration(&s.drip),
		"again": r.reply(&s.again),
		"apart": r.duration(&s.apart),
		"then":  r.word(&s.then, "close", "reset", "silent"),
	}
}

var replyLine = regexp.MustCompile(`^[2-5][0-9][0-9]([ -].*)?$`)

// reply reads the lines of a reply as they go over the wire (RFC 5321 section 4.2.1), or that none comes. A last line that
// promises another one lets a host end inside its reply.
func (r reader) reply(into *string) field {
	return value(r, into, `a reply: each line a code, "-" or a blank, and text, all lines but the last with "-"; or none`,
		func(s string) (string, error) {
			s = strings.TrimRight(s, "\n")
			if s == noReply {
				return s, nil
			}
			lines := strings.Split(s, "\n")
			for i, line := range lines {
				continues := len(line) > 3 && line[3] == '-'
				last := i == len(lines)-1
				if !replyLine.MatchString(line) || strings.Contains(line, "\r") || !continues && !last {
					return "", strconv.ErrSyntax
				}
			}
			return s, nil
		})
}

// startTLS reads true, false or the details.
func (r reader) startTLS(n *yaml.Node, t *startTLS) error {
	*t = startTLS{handshake: properHandshake, certificate: selfSigned, listed: true}
	if n.Kind != yaml.MappingNode {
		var offered bool
		err := r.flag(&offered)(n)
		if !offered {
			*t = notOffered
		}
		return err
	}
	fields := r.step(&t.step)
	fields["listed"] = r.flag(&t.listed)
	fields["handshake"] = r.word(&t.handshake, handshakeNames()...)
	fields["words"] = r.plain(&t.words)
	fields["certificate"] = r.word(&t.certificate, certificateKinds...)
	fields["smuggles"] = r.plain(&t.smuggles)
	fields["min_version"] = r.version(&t.min)
	fields["max_version"] = r.version(&t.max)
	return r.mapping(n, fields)
}

func (r reader) version(into *uint16) field {
	return value(r, into, "a TLS version: 1.0, 1.1, 1.2 or 1.3", func(s string) (uint16, error) {
		versions := map[string]uint16{
			"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
		v, ok := versions[s]
		if !ok {
			return 0, errors.New("unknown version")
		}
		return v, nil
	})
}
