package web

// This file tells of the web server of a name: whether it is there, what it answers, and how fast.

import (
	"fmt"
	"slices"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// maxAnswers bounds what is listed for people.
const maxAnswers = 8

// site derives all facts about the first page of the name.
func (d *derivation) site(all known) {
	// Nobody asked for it, unless there was no address to ask.
	resolves := d.resolves()
	if !slices.ContainsFunc(schemes, func(s string) bool { return len(d.Fetches(d.page(s))) > 0 }) && !resolves.IsNo() {
		why := resolves.Why
		if resolves.Known() {
			why = d.NotAsked("the web server of " + d.name)
		}
		same(all, facts.Because(why), siteFacts)
		return
	}
	all[facts.WebResolves] = resolves
	all[facts.WebHTTPServed], all[facts.WebHTTPSServed] = d.served("http", resolves), d.served("https", resolves)
	all[facts.WebClosed] = facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "no place refuses connections twice"})
	if closed := d.closed(); len(closed) > 0 {
		all[facts.WebClosed] = facts.Is(facts.ListValue(closed))
	}
	d.answers(all)
	all[facts.WebLatency] = d.latency()
	d.certificates(all)
}

// resolves tells whether the name has an address. The resolver leads visitors; where it is contradicted by the name servers, or these
// contradict each other, it is not known where others are led.
func (d *derivation) resolves() facts.Known {
	for _, rrtype := range addressTypes {
		said, denied := d.saidByAll(rrtype)
		if len(said) > 0 && denied != "" {
			return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: denied + " knows no address of " + d.name + ", and another name server of it does"})
		}
		if stray := d.stray(rrtype); stray != "" {
			return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "the resolver leads to " + stray + ", of which the name servers of " + d.name + " know nothing"})
		}
	}
	return reading.LeadsAnywhere(addressTypes, func(rrtype string) reading.Word { return d.EitherWord(d.name, rrtype) })
}

// stray is an address to which the resolver leads, and of which the name servers that answered know nothing; "" for none.
func (d *derivation) stray(rrtype string) string {
	said, denied := d.saidByAll(rrtype)
	for _, address := range dnsanswer.AddressTexts(d.WordOfResolver(d.name, rrtype).Records) {
		if (len(said) > 0 || denied != "") && !slices.Contains(said, address) {
			return address
		}
	}
	return ""
}

// saidByAll are the addresses of the name by all of its servers that answered, and one that denies that there are any: rotating and
// geographic answers are no difference.
func (d *derivation) saidByAll(rrtype string) (addresses []string, denied string) {
	for _, i := range d.AskedFor(d.name, rrtype) {
		x := &d.Bundle.Exchanges[i]
		if x.Role != evidence.Authoritative {
			continue
		}
		_, end := d.SaidBy(dnsanswer.AddressOf(x.Server), d.name, rrtype)
		addresses = append(addresses, dnsanswer.AddressTexts(end.Records)...)
		addresses = append(addresses, dnsanswer.AddressTexts(d.Records(*x, rrtype))...) // of each round, where they rotate
		if dnsanswer.Absent(end.Failure) {
			denied = x.ServerName
		}
	}
	return addresses, denied
}

// reached tells whether a try shows that a web server is there.
func reached(f *evidence.Fetch) bool { return f.Status > 0 || f.TLS != nil }

// served tells whether a web server answers. That none does takes a refusal at each address, twice, while this network lets us out.
func (d *derivation) served(scheme string, resolves facts.Known) facts.Known {
	if !resolves.IsYes() {
		return resolves
	}
	var last *evidence.Fetch
	for _, address := range d.addresses() {
		tries := d.tries(d.page(scheme), address)
		for _, f := range tries {
			if reached(f) {
				return d.seen(f, facts.Yes())
			}
		}
		if len(tries) == 0 {
			continue
		}
		// An address that is not closed for certain decides what is not known.
		if f := tries[len(tries)-1]; last == nil || !refusedTwice(tries) {
			last = f
		}
	}
	switch {
	case last == nil:
		return facts.Because(d.NotAsked("the web server of " + d.name))
	case !slices.Contains(d.closed(), last.Address):
		return d.seen(last, facts.Because(reading.Unknown(last.Failure, "the web server at "+last.Address)))
	case !d.AnsweredDirectly():
		return d.seen(last, facts.Because(facts.Unknown{Code: facts.NetworkClosed,
			Detail: "the connection was refused, and this network lets nothing else out either: it may refuse by itself"}))
	}
	return d.seen(last, facts.No())
}

// refusedTwice tells whether all tries were refused, two at least.
func refusedTwice(tries []*evidence.Fetch) bool {
	return len(tries) >= reading.Attempts && !slices.ContainsFunc(tries, func(f *evidence.Fetch) bool { return !refused(f) })
}

// closed are the places that refuse connections for certain.
func (d *derivation) closed() (list []string) {
	for _, scheme := range schemes {
		for _, address := range d.addresses() {
			if tries := d.tries(d.page(scheme), address); refusedTwice(tries) {
				list = append(list, tries[0].Address)
			}
		}
	}
	return list
}

// seen says where in the evidence a fetch stands.
func (d *derivation) seen(f *evidence.Fetch, k facts.Known) facts.Known {
	for i := range d.Bundle.Fetches {
		if f == &d.Bundle.Fetches[i] {
			return k.Seen(f.At, reading.FetchNumber(i+1))
		}
	}
	return k
}

// end is what comes at the end of the redirects from one address.
type end struct {
	*evidence.Fetch
	why facts.Unknown // why no status is known there
}

// ends are what comes of the first page at each address, over both schemes. A place that refuses connections answers nothing.
func (d *derivation) ends() (list []end) {
	for _, scheme := range schemes {
		for _, address := range d.addresses() {
			tries := d.tries(d.page(scheme), address)
			if len(tries) == 0 || refusedTwice(tries) {
				continue
			}
			list = append(list, d.end(tries))
		}
	}
	return list
}

// end follows the redirects of one address, and looks whether it says the same when it is asked again. A try that was not answered says
// nothing beside one that was.
func (d *derivation) end(tries []*evidence.Fetch) end {
	first := tries[0]
	for _, f := range tries[1:] {
		switch {
		case f.Status == 0:
		case first.Status == 0:
			first = f
		case (f.Status >= 400) != (first.Status >= 400):
			return end{f, facts.Unknown{Code: facts.Ambiguous, Detail: fmt.Sprintf("the web server at %s says now one thing and now another (status %d, %d)", f.Address, first.Status, f.Status)}}
		}
	}
	last := first
	if reading.Redirects(first) {
		way, early := d.way(first.URL)
		if early != "" {
			return end{first, facts.Unknown{Code: facts.Ambiguous, Detail: first.URL + ": " + early}}
		}
		if last, _ = d.Fetched(way[len(way)-1]); last == nil {
			return end{first, d.NotAsked("the page " + way[len(way)-1])}
		}
	}
	switch {
	case last.Status == 0 && last.Failure != nil:
		return end{last, reading.Unknown(last.Failure, "the page "+last.URL)}
	// It is not believed where such an answer leads.
	case last.Status/100 == 3 && last.Failure != nil:
		return end{last, facts.Unknown{Code: facts.Ambiguous, Detail: last.URL + " redirects, and its certificate is not valid: no browser follows"}}
	}
	return end{last, facts.Unknown{}}
}

// answers tells what the web server answers. An error at one address is one, since any visitor may be led there.
func (d *derivation) answers(all known) {
	ends := d.ends()
	var why facts.Unknown
	worst := &evidence.Fetch{}
	for _, e := range ends {
		switch {
		case e.why.Code != "":
			why = e.why
		case e.Status > worst.Status:
			worst = e.Fetch
		}
	}
	if len(ends) == 0 {
		why = facts.Unknown{Code: facts.NotFound, Detail: "no web server answers at " + d.name}
	}
	all[facts.WebError] = d.seen(worst, facts.Shown(worst.Status >= 400, why))
	all[facts.WebServerError] = d.seen(worst, facts.Shown(worst.Status >= 500, why))
	all[facts.WebStatus] = facts.Because(why)
	if worst.Status > 0 {
		all[facts.WebStatus] = d.seen(worst, facts.Is(facts.IntValue(int64(worst.Status))))
	}
	redirect, list := d.met()
	all[facts.WebRedirect] = facts.Is(facts.IntValue(int64(redirect)))
	all[facts.WebAnswers] = facts.Is(facts.ListValue(list))
}

// met is the highest status of a redirect on the way, and a line for each answer.
func (d *derivation) met() (redirect int, list []string) {
	for _, scheme := range schemes {
		way, _ := d.way(d.page(scheme))
		for _, url := range way {
			for _, f := range d.Fetches(url) {
				if f.Status == 0 {
					continue
				}
				if f.Status/100 == 3 {
					redirect = max(redirect, f.Status)
				}
				line := fmt.Sprintf("%s at %s: %d", f.URL, f.Address, f.Status)
				if !slices.Contains(list, line) && len(list) < maxAnswers {
					list = append(list, line)
				}
			}
		}
	}
	return redirect, list
}

// latency is the time of the slowest answer of the first page.
func (d *derivation) latency() (slowest facts.Known) {
	why := facts.Unknown{Code: facts.NotFound, Detail: "no web server answers at " + d.name}
	longest := time.Duration(-1)
	for _, scheme := range schemes {
		for _, f := range d.Fetches(d.page(scheme)) {
			took, answered := f.Ended(evidence.StepAnswer)
			_, connected := f.Ended(evidence.StepConnect)
			waited := !answered && connected && f.Failure != nil && f.Failure.Kind == evidence.Timeout
			switch {
			case answered && took.D() > longest:
				longest, slowest = took.D(), d.seen(f, facts.Is(facts.DurationValue(took.D())))
			// Our own limit ended the wait: it is a bound.
			case waited && f.Took.D() > longest:
				longest, slowest = f.Took.D(), d.seen(f, facts.AtLeast(facts.DurationValue(f.Took.D())))
			case !answered && f.Failure != nil && !refused(f):
				why = reading.Unknown(f.Failure, "the web server at "+f.Address)
			}
		}
	}
	if longest < 0 {
		return facts.Because(why)
	}
	return slowest
}
