package dnsprobe

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

//go:embed named.root
var namedRoot string

// iana are the root servers that walks begin at unless others are named. It is read at the first walk, since most commands make
// none.
var iana = sync.OnceValue(func() []evidence.Server {
	servers, err := hints(strings.NewReader(namedRoot))
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return servers
})

// MaxHints bounds a file of root hints, in bytes. That of IANA has 3 KiB.
const MaxHints = 64 << 10

// Hints reads the addresses of root servers from a file in the format of named.root: master file format (RFC 1035
// section 5) with the address records of the servers.
func Hints(r io.Reader) ([]netip.Addr, error) {
	servers, err := hints(r)
	var list []netip.Addr
	for _, s := range servers {
		list = append(list, netip.MustParseAddr(s.Address))
	}
	return list, err
}

func hints(r io.Reader) ([]evidence.Server, error) {
	zone := dns.NewZoneParser(io.LimitReader(r, MaxHints), ".", "")
	var servers []evidence.Server
	for rr, ok := zone.Next(); ok; rr, ok = zone.Next() {
		// NS records are passed over: a root server without an address is of no use here.
		if addr, is := dnsanswer.Address(rr); is {
			servers = append(servers, evidence.Server{Name: dnsanswer.Bare(rr.Header().Name), Address: addr.String()})
		}
	}
	if err := zone.Err(); err != nil {
		return nil, fmt.Errorf("dnsprobe: root hints: %w", err)
	}
	if len(servers) == 0 {
		return nil, errors.New("dnsprobe: root hints: no address of a root server")
	}
	return servers, nil
}

// root is the cut at which walks begin.
func (p *Probe) root() *cut {
	if len(p.Roots) == 0 {
		return &cut{zone: ".", glue: iana()}
	}
	c := &cut{zone: "."}
	for _, addr := range p.Roots {
		// The user names addresses only. A name would have to be made up.
		c.glue = append(c.glue, evidence.Server{Address: addr.String()})
	}
	return c
}
