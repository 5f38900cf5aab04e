package message

// This file finds the receiver's outermost server among the lines of a header, and the lines that are the receiver's own word. Servers put
// their lines on top, so that what stands above is later. Below the receiver's own lines a sender may have written what he liked.

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
)

// maxBefore bounds the hops for which SPF is evaluated besides. The number is our own: filters and forwarders stand one or two deep.
const maxBefore = 5

// trace is what the lines of a header show of the way of a message.
type trace struct {
	hops      []hop
	edge      hop           // of the receiver's outermost server
	why       facts.Unknown // why it is not known which that is
	findings  []findings    // of the receiver
	spf       []spfLine     // likewise
	said      []string      // the lines of both, as they stand
	others    []string      // such lines of others
	passedOn  bool          // it had arrived somewhere before: below the receiver's lines stand results of others
	signature []signature
}

// organisation is the domain of a server's owner by the public suffix list; "" of an address, or of a name without a dot.
func organisation(server string) string {
	if _, err := netip.ParseAddr(server); err == nil || !strings.Contains(server, ".") {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(server)
	if err != nil {
		return ""
	}
	return domain
}

// traceOf reads the fields of a message.
func traceOf(m *evidence.Message) *trace {
	t := &trace{}
	for i, f := range m.Fields {
		switch {
		case strings.EqualFold(f.Name, "Received"):
			h := hopOf(f.Value)
			h.place = i
			t.hops = append(t.hops, h)
		case strings.EqualFold(f.Name, signatureField):
			t.signature = append(t.signature, signatureOf(f.Value))
		}
	}
	last, owner := t.outermost()
	t.results(m.Fields, last, owner)
	t.settle(last)
	return t
}

// outermost is the place, among the hops, of the last of the receiver's own lines, and who the receiver is; -1 where that is not known.
func (t *trace) outermost() (last int, owner string) {
	last = -1
	for i, h := range t.hops {
		o := organisation(h.by)
		// Large receivers name some of their servers by private addresses or single words.
		if o == "" {
			continue
		}
		if owner != "" && o != owner {
			break
		}
		owner, last = o, i
	}
	// Behind a private address of its own the receiver's outermost server may be one that goes by an address alone.
	for last >= 0 && last+1 < len(t.hops) && !public(t.hops[last].address) && isPrivate(t.hops[last+1].by) {
		last++
	}
	return last, owner
}

// public tells whether an address is one of the Internet.
func public(a netip.Addr) bool { return a.IsValid() && !netrange.Private(a) }

// isPrivate tells whether a server goes by a private address.
func isPrivate(server string) bool {
	addr, err := netip.ParseAddr(server)
	return err == nil && netrange.Private(addr)
}

// results sorts what servers found into the receiver's own word and that of others. Its own stands above the line of the next server before
// it, and bears its name; a border has to take lines away that bear the name and come from outside (RFC 8601 section 5). Some receivers
// leave their name out, which is believed only above their outermost line.
func (t *trace) results(fields []evidence.HeaderField, last int, owner string) {
	edge, end := -1, -1
	if last >= 0 {
		edge, end = t.hops[last].place, len(fields)
		if last+1 < len(t.hops) {
			end = t.hops[last+1].place
		}
	}
	for i, f := range fields {
		name := strings.ToLower(f.Name)
		line := fmt.Sprintf("%s: %s", f.Name, shown(f.Value))
		switch name {
		case "authentication-results":
			said := findingsOf(f.Value)
			if i < end && (said.by == "" && i < edge || said.by != "" && t.bears(said.by, owner, last)) {
				t.findings, t.said = append(t.findings, said), append(t.said, line)
				continue
			}
		case "received-spf":
			said := spfLineOf(f.Value)
			if i < edge || i < end && t.bears(said.by, owner, last) {
				t.spf, t.said = append(t.spf, said), append(t.said, line)
				continue
			}
		case "arc-authentication-results":
		case "delivered-to", "x-forwarded-to":
			t.passedOn = t.passedOn || end >= 0 && i > end
			continue
		default:
			continue
		}
		t.others = append(t.others, line)
		t.passedOn = t.passedOn || end >= 0 && i > end
	}
}

// bears tells whether a name is that of the receiver: of its organisation, or of one of its servers.
func (t *trace) bears(name, owner string, last int) bool {
	return organisation(name) == owner && owner != "" || slices.ContainsFunc(t.hops[:last+1], func(h hop) bool { return h.by == name })
}

// settle finds the address from which the receiver took the message.
func (t *trace) settle(last int) {
	switch {
	case len(t.hops) == 0:
		t.why = facts.Unknown{Code: facts.NeedsMessage, Detail: "the message has no Received line, so that it was not saved as it arrived, or was saved by its sender"}
		return
	case last < 0:
		t.why = open("no Received line names the server that wrote it")
		return
	}
	t.edge = t.hops[last]
	var stated []netip.Addr
	for _, l := range t.spf {
		if addr, err := netip.ParseAddr(l.client); err == nil && !slices.Contains(stated, addr.Unmap()) {
			stated = append(stated, addr.Unmap())
		}
	}
	if len(stated) > 1 {
		t.why = open("the receiver's Received-SPF lines name several addresses")
		return
	}
	// Where the receiver names the address itself, its line is that of the edge: senders of the same organisation have lines below it.
	if len(stated) == 1 {
		i := slices.IndexFunc(t.hops[:last+1], func(h hop) bool { return h.address == stated[0] && !h.several })
		if i < 0 {
			t.why = open("the receiver's Received-SPF line names " + stated[0].String() + ", and none of its Received lines does")
			return
		}
		t.edge = t.hops[i]
	}
	switch {
	// Of whom its own provider lets in by a password SPF says nothing, and what stays in the house is not signed.
	case t.edge.login:
		t.why = facts.Unknown{Code: facts.NeedsMessage, Detail: "the message was handed in at " + t.edge.by +
			" by somebody who had logged in there, and was saved in the same house; save one that arrived at another provider"}
	case t.edge.several:
		t.why = open("the Received line of " + t.edge.by + " names several addresses")
	case !t.edge.address.IsValid():
		t.why = open("the Received line of " + t.edge.by + " names no address")
	case netrange.Private(t.edge.address):
		t.why = open("the outermost Received line of the receiver, of " + t.edge.by + ", names a private address")
	}
}

// before are the hops before the receiver's edge by which a server took the message from another one, as far as their lines are true.
func (t *trace) before() (list []hop) {
	for _, h := range t.hops {
		if h.place > t.edge.place && public(h.address) && !h.several && !h.login {
			list = append(list, h)
		}
	}
	return list[:min(len(list), maxBefore)]
}

// open is why the lines of a header leave something open.
func open(detail string) facts.Unknown { return facts.Unknown{Code: facts.Ambiguous, Detail: detail} }
