package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The most that saved bundles may hold. No run records as much; a bundle that does was not written by one, and would only keep
// whoever judges it busy.
const (
	// A run of a thousand names, each with a full zone, stays below all of these.
	MaxBytes   = 32 << 20  // of a file of bundles
	maxValues  = 1_500_000 // JSON values in it: a text of two bytes takes sixteen
	maxObjects = 200_000   // JSON objects among them: one of two bytes may take four hundred

	maxTargets   = 1000
	MaxHosts     = 200 // of a target; an answer that is kept has no more records
	MaxAddresses = 64  // of a host
	MaxServers   = 26  // of a zone, an entry for each address
	MaxNames     = 200 // of servers, in one delegation
	MaxLists     = 400 // block lists of a target
	maxCuts      = 128 // of a path: a name has no more labels (RFC 1035 section 3.1)
	maxExchanges = 50_000
	MaxRecords   = 200 // in one section of an answer
	maxSessions  = 5000
	maxAttempts  = 100 // sessions with one host at one address
	maxEvents    = 200 // of a session
	MaxLines     = 600 // of a reply
	maxChain     = 100 // certificates of a handshake
	maxFetches   = 5000

	MaxFields     = 200 // of a message that are kept
	MaxSignatures = 8   // of a message that are checked
	MaxFrom       = 10  // domains of authors
	maxTimings    = 10  // of a fetch
	maxAnchors    = 64
)

// Reader reads saved bundles, which are as hostile as what servers say: more than a run records is an error, found before it takes
// memory.
type Reader struct {
	bounded *boundedReader
	decoder *json.Decoder
}

// NewReader reads bundles that stand one after the other.
func NewReader(r io.Reader) *Reader {
	bounded := &boundedReader{r: r}
	return &Reader{bounded, json.NewDecoder(bounded)}
}

// Next returns the next bundle, or io.EOF.
func (r *Reader) Next() (Bundle, error) {
	var b Bundle
	// The bound is looked at first: the decoder only sees that its input ended too soon.
	err := r.decoder.Decode(&b)
	switch {
	case r.bounded.over != nil:
		return b, r.bounded.over
	// Only between two bundles: an end inside one is io.ErrUnexpectedEOF.
	case errors.Is(err, io.EOF):
		return b, io.EOF
	case err != nil:
		return b, fmt.Errorf("no evidence: %w", err)
	}
	return b, b.Check()
}

// boundedReader ends where a file holds too many bytes or JSON values. Each value but the first of a list stands behind a comma,
// the first behind a bracket. It counts before the decoder allocates, because a small file can hold millions of empty objects.
type boundedReader struct {
	r                      io.Reader
	bytes, values, objects int
	quoted                 bool // inside a string
	escaped                bool // behind a backslash in it
	over                   error
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.over != nil {
		return 0, b.over
	}
	n, err := b.r.Read(p)
	for _, c := range p[:n] {
		b.count(c)
	}
	switch b.bytes += n; {
	case b.bytes > MaxBytes:
		b.over = fmt.Errorf("the evidence is larger than %d MiB", MaxBytes>>20)
	case b.values > maxValues || b.objects > maxObjects:
		b.over = fmt.Errorf("the evidence holds more than %d values or %d objects, which no run records", maxValues, maxObjects)
	default:
		return n, err
	}
	return 0, b.over
}

// count need not know JSON whole: text that is not JSON may be miscounted, and is refused by the decoder anyhow.
func (b *boundedReader) count(c byte) {
	switch {
	case b.escaped:
		b.escaped = false
	case b.quoted && c == '\\':
		b.escaped = true
	case c == '"':
		b.quoted = !b.quoted
	case !b.quoted && (c == ',' || c == '[' || c == '{'):
		b.values++
		if c == '{' {
			b.objects++
		}
	}
}

// Check tells what of a bundle is more than a run records; nil if nothing is.
func (b *Bundle) Check() error {
	c := &checker{}
	c.most(len(b.Targets), maxTargets, "targets")
	c.most(len(b.Exchanges), maxExchanges, "exchanges")
	c.most(len(b.Sessions), maxSessions, "sessions")
	c.most(len(b.Fetches), maxFetches, "fetches")
	c.most(len(b.Vantage.TrustAnchors), maxAnchors, "trust anchors")
	for i := range b.Targets {
		c.target(&b.Targets[i])
	}
	for i := range b.Exchanges {
		x := &b.Exchanges[i]
		c.most(max(len(x.Answer), len(x.Authority), len(x.Additional), len(x.Proof)), MaxRecords, "records in one section of an answer")
	}
	with := map[[2]string]int{}
	for i := range b.Sessions {
		s := &b.Sessions[i]
		with[[2]string{s.Host, s.Address}]++
		c.most(with[[2]string{s.Host, s.Address}], maxAttempts, "sessions with one address")
		c.session(s)
	}
	for i := range b.Fetches {
		c.handshake(b.Fetches[i].TLS)
		c.most(len(b.Fetches[i].Steps), maxTimings, "steps of one fetch")
	}
	if m := b.Message; m != nil {
		c.most(len(m.Fields), MaxFields, "fields of a message")
		c.most(len(m.Checks), MaxSignatures, "checked signatures")
		c.most(len(m.From), MaxFrom, "authors of a message")
	}
	return c.err
}

// checker keeps the first thing that is too much.
type checker struct{ err error }

func (c *checker) most(n, limit int, what string) {
	if n > limit && c.err == nil {
		c.err = fmt.Errorf("the bundle holds more than %d %s, which no run records", limit, what)
	}
}

func (c *checker) target(t *Target) {
	c.most(len(t.Hosts), MaxHosts, "hosts of one target")
	for _, h := range t.Hosts {
		c.most(len(h.Addresses), MaxAddresses, "addresses of one host")
	}
	c.most(len(t.Servers), MaxServers, "name servers of one zone")
	c.most(len(t.Lists), MaxLists, "block lists of one target")
	if t.Delegation == nil {
		return
	}
	c.most(len(t.Delegation.Path), maxCuts, "zones on the way to one")
	for _, cut := range t.Delegation.Path {
		c.most(max(len(cut.Asked), len(cut.Servers)), MaxServers, "name servers of one zone")
		c.most(len(cut.Names), MaxNames, "names of name servers of one zone")
	}
}

func (c *checker) session(s *Session) {
	c.most(len(s.Events), maxEvents, "steps in one session")
	for i := range s.Events {
		e := &s.Events[i]
		if e.Reply != nil {
			c.most(len(e.Reply.Lines), MaxLines, "lines in one reply")
		}
		c.handshake(e.TLS)
	}
}

func (c *checker) handshake(t *TLS) {
	if t != nil {
		c.most(len(t.Certificates), maxChain, "certificates in one handshake")
	}
}
