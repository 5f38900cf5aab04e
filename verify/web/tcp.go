package web

// This file tells of bare connections to ports that a report names.

import (
	"slices"
	"strconv"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/weburl"
	"mxverdict/verify/reading"
)

// toPorts asks each address for a connection to some ports, and again where it was refused.
func (d *derivation) toPorts(ports []uint16) (list []reading.Question) {
	for _, port := range ports {
		name := weburl.TCP(d.name, port)
		for _, address := range d.addresses() {
			ask := reading.Question{Kind: reading.Connect, Name: name, Type: address}
			list = append(list, ask)
			if d.Done(ask) && slices.ContainsFunc(d.tries(name, address), refused) {
				ask.Round, ask.Pause = 1, again
				list = append(list, ask)
			}
		}
	}
	return list
}

// tcp derives the facts about all ports to which connections were tried.
func (d *derivation) tcp(all known) {
	ports := d.portsTried()
	if resolves := d.resolves(); len(ports) == 0 {
		why := d.NotAsked("the port")
		switch {
		case resolves.IsNo():
			why = facts.Unknown{Code: facts.NotFound, Detail: d.name + " has no address"}
		case !resolves.Known():
			why = resolves.Why
		}
		same(all, facts.Because(why), tcpFacts)
		return
	} else if !resolves.Known() {
		same(all, resolves, tcpFacts)
		return
	}
	var open, closed []string
	var why facts.Unknown
	slowest := facts.Known{}
	longest := time.Duration(-1)
	for _, port := range ports {
		took, f := d.connected(port)
		switch {
		case f.Failure == nil:
			open = append(open, strconv.Itoa(int(port)))
			if took > longest {
				longest, slowest = took, d.seen(f, facts.Is(facts.DurationValue(took)))
			}
		case d.portClosed(port) && d.AnsweredDirectly():
			closed = append(closed, strconv.Itoa(int(port)))
			why = facts.Unknown{Code: facts.NotFound, Detail: "the port takes no connection"}
		default:
			why = reading.Unknown(f.Failure, "the connection to "+f.Address)
		}
	}
	// What is open is known to be; of a port that is in neither list nothing is known.
	all[facts.TCPOpen] = facts.AtLeast(facts.ListValue(open))
	if len(open) == 0 && len(closed) == 0 {
		all[facts.TCPOpen] = facts.Because(why)
	}
	all[facts.TCPClosed] = facts.Is(facts.ListValue(closed))
	all[facts.TCPLatency] = slowest
	if longest < 0 {
		all[facts.TCPLatency] = facts.Because(why)
	}
}

// portsTried are the ports of the name to which connections were tried, in order.
func (d *derivation) portsTried() (ports []uint16) {
	for i := range d.Bundle.Fetches {
		if host, port, ok := weburl.ParseTCP(d.Bundle.Fetches[i].URL); ok && host == d.name && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	return ports
}

// connected is the slowest connection to a port, or else a try that failed.
func (d *derivation) connected(port uint16) (took time.Duration, decides *evidence.Fetch) {
	for _, f := range d.Fetches(weburl.TCP(d.name, port)) {
		end, done := f.Ended(evidence.StepConnect)
		switch {
		case done && (decides == nil || decides.Failure != nil || end.D() > took):
			took, decides = end.D(), f
		// A failure that may pass goes before a refusal: the port is not closed for certain.
		case !done && (decides == nil || decides.Failure != nil && refused(decides)):
			decides = f
		}
	}
	return took, decides
}

// portClosed tells whether a port refuses connections at each address, twice.
func (d *derivation) portClosed(port uint16) bool {
	for _, address := range d.addresses() {
		if !refusedTwice(d.tries(weburl.TCP(d.name, port), address)) {
			return false
		}
	}
	return true
}
