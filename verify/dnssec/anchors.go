package dnssec

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

//go:embed root.ds
var rootDS string

// shipped are the keys of the root as they are shipped. They are read at the first validation: most commands make none.
var shipped = sync.OnceValue(func() []dns.RR {
	anchors, err := Anchors(strings.NewReader(rootDS))
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return anchors
})

// Root returns the keys of the root zone as they are shipped: DS records, each dated in the file root.ds.
func Root() []dns.RR { return slices.Clone(shipped()) }

const (
	// MaxAnchors bounds a file of trust anchors, in bytes; each key takes less than one KiB.
	MaxAnchors = 64 << 10
	// mostAnchors bounds the records in it.
	mostAnchors = 64
)

// Anchors reads trust anchors: DS or DNSKEY records in presentation format (RFC 1035 section 5), as files for validating resolvers hold
// them. They speak for the zone of their owner, mostly the root. An error names the line.
func Anchors(r io.Reader) ([]dns.RR, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxAnchors+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("dnssec: trust anchors: %w", err)
	case len(data) > MaxAnchors:
		return nil, fmt.Errorf("dnssec: trust anchors: the file is larger than %d KiB", MaxAnchors>>10)
	}
	var anchors []dns.RR
	number, first, record := 0, 0, ""
	for line := range strings.Lines(string(data)) {
		number++
		if record == "" {
			first = number
		}
		// A record may go on over lines within parentheses.
		if record += withoutComment(line); strings.Count(record, "(") > strings.Count(record, ")") {
			continue
		}
		rr, err := anchor(record)
		if err != nil {
			return nil, fmt.Errorf("dnssec: trust anchors: line %d: %w", first, err)
		}
		if record = ""; rr != nil {
			anchors = append(anchors, rr)
		}
	}
	switch {
	case strings.TrimSpace(record) != "":
		return nil, fmt.Errorf("dnssec: trust anchors: line %d: a parenthesis is not closed", first)
	case len(anchors) == 0:
		return nil, fmt.Errorf("dnssec: trust anchors: there is no DS or DNSKEY record")
	case len(anchors) > mostAnchors:
		return nil, fmt.Errorf("dnssec: trust anchors: there are more than %d records", mostAnchors)
	}
	return anchors, nil
}

// withoutComment cuts a comment off. Keys and digests hold no semicolon and no quoted text.
func withoutComment(line string) string {
	before, _, _ := strings.Cut(line, ";")
	return strings.TrimRight(before, "\r\n") + " "
}

// anchor reads one record; nil for an empty line.
func anchor(text string) (dns.RR, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	// A directive could name another file.
	if strings.HasPrefix(strings.TrimSpace(text), "$") {
		return nil, fmt.Errorf("a directive is no trust anchor")
	}
	zone := dns.NewZoneParser(strings.NewReader(text+"\n"), ".", "")
	zone.SetDefaultTTL(0)
	rr, ok := zone.Next()
	if !ok {
		return nil, fmt.Errorf("this is no DS or DNSKEY record, such as \". IN DS 12345 8 2 49AA…\"")
	}
	switch rr := rr.(type) {
	case *dns.DS:
		if _, err := hex.DecodeString(rr.Digest); err != nil || len(rr.Digest) != digestLength[rr.DigestType] {
			return nil, fmt.Errorf("the digest is of a type that cannot be checked, or has the wrong length: type 2 has 64 hexadecimal digits, type 4 has 96")
		}
		return rr, nil
	case *dns.DNSKEY:
		// A key that is revoked, or is none of a zone, opens nothing (RFC 5011 section 2.1, RFC 4034 section 2.1.1).
		if !usableKey(rr) || rr.KeyTag() == 0 {
			return nil, fmt.Errorf("this key is revoked, is no zone key, or is damaged")
		}
		return rr, nil
	}
	return nil, fmt.Errorf("a record of type %s is no trust anchor: DS or DNSKEY is wanted", dns.TypeToString[rr.Header().Rrtype])
}
