package web

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/pki"
	"mxverdict/verify/internal/weburl"
	"mxverdict/verify/reading"
)

// certificates tells what the certificates on the way are worth: those of the name itself, and those of the hosts of its domain to which it
// redirects. A visitor meets all of them.
func (d *derivation) certificates(all known) {
	var names, inDate, trusted facts.Known
	var problems []string
	for _, f := range d.handshakes() {
		host := hostOf(f)
		c := pki.Look(host, f.TLS, f.At)
		names, inDate, trusted = worse(names, d.seen(f, c.NameMatches)), worse(inDate, d.seen(f, c.InDate)), worse(trusted, d.seen(f, c.Trusted))
		if c.Problem.Known() && c.Problem.Value.Text() != "" {
			if line := host + ": " + c.Problem.Value.Text(); !slices.Contains(problems, line) {
				problems = append(problems, line)
			}
		}
	}
	// Behind an address that showed nothing another one may stand.
	if hidden := d.unseen(); !nothing(names) && hidden.Why.Code != "" {
		names, inDate, trusted = worse(names, hidden), worse(inDate, hidden), worse(trusted, hidden)
	}
	list := facts.Is(facts.ListValue(problems))
	if nothing(names) {
		names = facts.Because(d.noHandshake())
		inDate, trusted, list = names, names, names
	}
	all[facts.WebCertificateNames], all[facts.WebCertificateInDate], all[facts.WebCertificateTrusted] = names, inDate, trusted
	all[facts.WebCertificateProblems] = list
}

// unseen is why no certificate was seen at an address that may show one, or the zero value. One that refuses connections shows nobody any, and
// visitors go on to the next.
func (d *derivation) unseen() facts.Known {
	for _, address := range d.addresses() {
		tries := d.tries(d.page("https"), address)
		shows := func(f *evidence.Fetch) bool { return f.TLS != nil }
		if len(tries) == 0 || refusedTwice(tries) || slices.ContainsFunc(tries, shows) {
			continue
		}
		last := tries[len(tries)-1]
		return d.seen(last, facts.Because(reading.Unknown(last.Failure, "the web server at "+last.Address)))
	}
	return facts.Known{}
}

// nothing tells whether nothing was said yet.
func nothing(k facts.Known) bool { return !k.Known() && k.Why.Code == "" }

// worse joins what is known of two certificates: one that is bad is enough, and one that is unknown leaves it open.
func worse(a, b facts.Known) facts.Known {
	switch {
	case nothing(a), b.IsNo():
		return b
	case a.IsNo(), !a.Known():
		return a
	}
	return b
}

// handshakes are the tries on the way that showed a certificate.
func (d *derivation) handshakes() (list []*evidence.Fetch) {
	var urls []string
	for _, scheme := range schemes {
		way, _ := d.way(d.page(scheme))
		for _, url := range way {
			if !slices.Contains(urls, url) {
				urls = append(urls, url)
			}
		}
	}
	for _, url := range urls {
		for _, f := range d.Fetches(url) {
			if f.TLS != nil && len(f.TLS.Certificates) > 0 {
				list = append(list, f)
			}
		}
	}
	return list
}

// noHandshake is why no certificate was seen.
func (d *derivation) noHandshake() facts.Unknown {
	if k := d.served("https", d.resolves()); !k.Known() {
		return k.Why
	}
	return facts.Unknown{Code: facts.NotFound, Detail: "no web server over HTTPS stands at " + d.name + ", and so no certificate"}
}

// hostOf is the host that was asked.
func hostOf(f *evidence.Fetch) string {
	u, err := weburl.Parse(f.URL)
	if err != nil {
		return ""
	}
	return weburl.Host(u)
}
