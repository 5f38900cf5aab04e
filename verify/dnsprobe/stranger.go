package dnsprobe

import (
	"context"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// Recurse asks an authoritative address with RD=1, as a stranger who takes it for his resolver. Who uses it asks for a
// name that is not the server's business: what comes back then shows whether it resolves for everybody (RFC 5358).
func (p *Probe) Recurse(ctx context.Context, server evidence.Server, name, rrtype string) []evidence.Exchange {
	q, err := p.direct(server, name, rrtype)
	// The role is part of the key, so that the answer never passes for one without recursion.
	q.role = evidence.Foreign
	if err != nil {
		return []evidence.Exchange{q.malformed(server)}
	}
	return p.ask(ctx, q, server.Name)
}

// malformed is a question to what is no address.
func (q question) malformed(server evidence.Server) evidence.Exchange {
	x := q.exchange(udp, true)
	x.ServerName, x.Server = server.Name, clip(server.Address)
	x.Failure = &evidence.Failure{Kind: evidence.Malformed, Detail: "the server's address is not an IP address"}
	return x
}

// Bounds of the beginning of a zone transfer. A message of TCP holds 64 KiB at most.
const (
	maxTransferMessages = 4 // some servers send one record a message
	transferRecords     = 2 // the SOA record and one more prove that the zone is handed out
)

// Transfer asks an address for a whole zone over TCP (AXFR, RFC 5936) and breaks off as soon as it is clear whether it
// would come: nobody's zone is read. It is one try of a round. The exchange counts the records that had come by
// then, and holds the first two.
func (p *Probe) Transfer(ctx context.Context, server evidence.Server, zone string, round int) evidence.Exchange {
	q, err := p.direct(server, zone, "AXFR")
	if err != nil {
		return q.malformed(server)
	}
	// Without EDNS: over TCP there is no size to agree on.
	x := q.exchange(tcp, false)
	x.ServerName = server.Name
	name, ok := canonical(zone)
	if !ok {
		x.Failure = &evidence.Failure{Kind: evidence.Malformed, Detail: "not a domain name that can be asked for"}
		return x
	}
	q.name, x.Name = name, name
	// It is sent once for all reports: a transfer is a burden.
	x = p.over(ctx, q, tcp, false, round, func(ctx context.Context) sent {
		x := sent{Exchange: x}
		release, err := p.slot(ctx, q)
		start := time.Now()
		if err == nil {
			err = p.transfer(ctx, q, &x, start)
			release()
		}
		if err != nil {
			x.Failure = failureOf(ctx, err, q, start, start)
		}
		return x
	})
	x.ServerName = server.Name // another report may have called it otherwise
	return x
}

func (p *Probe) transfer(ctx context.Context, q question, x *sent, start time.Time) error {
	co, stop, err := p.connect(ctx, &x.Exchange, start)
	if err != nil {
		return err
	}
	defer stop()
	query := q.message(false)
	x.At = time.Now()
	if err := co.WriteMsg(query); err != nil {
		return err
	}
	for range maxTransferMessages {
		raw, err := co.ReadMsgHeader(nil)
		if err != nil {
			return err
		}
		x.RTT = evidence.Seconds(time.Since(x.At))
		if err := p.allowance(ctx).pay(len(raw)); err != nil {
			return err
		}
		x.octets += len(raw)
		// An error code ends it as well as enough records: there is nothing more to learn.
		if err := begin(&x.Exchange, query, raw); err != nil || x.RCode != "NOERROR" || x.Transferred >= transferRecords {
			return err
		}
	}
	return nil
}

// begin takes over one message of a transfer. Messages after the first need not repeat the question (RFC 5936 section
// 2.2.1).
func begin(x *evidence.Exchange, query *dns.Msg, raw []byte) error {
	m := new(dns.Msg)
	if err := m.Unpack(raw); err != nil {
		return failure{evidence.Malformed, "the answer is damaged: " + err.Error()}
	}
	follows := x.Transferred > 0 && len(m.Question) == 0 && m.Response && m.Id == query.Id
	if !follows && !answers(m, query) {
		return failure{evidence.Malformed, "what came over TCP does not answer the question"}
	}
	x.RCode, x.AA, x.RA = rcodeText(m), m.Authoritative, m.RecursionAvailable
	wanted := max(0, min(len(m.Answer), transferRecords-x.Transferred))
	space := maxText
	first, err := texts(m.Answer[:wanted], &space)
	x.Answer = append(x.Answer, first...)
	// More may have come than are kept: the count says what was handed out, and the two records that it was.
	x.Transferred += len(m.Answer)
	return err
}
