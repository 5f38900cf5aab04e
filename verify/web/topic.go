// Package web derives whether a web server stands at a name and what it answers (RFC 9110), what its certificate is worth, and whether the
// files robots.txt (RFC 9309) and llms.txt are there. It says what to ask for that.
//
// It also derives whether a port that a report names takes connections; no other port is tried.
//
// Web servers are no matter of mail. Only the first page of a name and these two files are asked for, and redirects are followed within its
// domain alone: what stands in a report must not send its reader round the world. A failure that may be this network's is unknown. The
// package asks nothing and judges nothing.
package web

import (
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic about a name.
type derivation struct {
	*reading.Reading
	name string
}

// known is what is known of a target. A fact that is missing in it is not put down: nobody had asked for it.
type known = map[facts.Name]facts.Known

var (
	siteFacts = []facts.Name{facts.WebResolves, facts.WebHTTPServed, facts.WebHTTPSServed, facts.WebClosed, facts.WebError, facts.WebServerError, facts.WebStatus,
		facts.WebRedirect, facts.WebAnswers, facts.WebLatency, facts.WebCertificateNames, facts.WebCertificateInDate, facts.WebCertificateTrusted,
		facts.WebCertificateProblems}
	robotsFacts = []facts.Name{facts.WebRobotsPresent, facts.WebRobotsAbsence, facts.WebRobotsPlain, facts.WebRobotsAgents, facts.WebRobotsSitemap}
	tcpFacts    = []facts.Name{facts.TCPOpen, facts.TCPClosed, facts.TCPLatency}
	llmsFacts   = []facts.Name{facts.WebLLMsPresent, facts.WebLLMsAbsence, facts.WebLLMsTitle, facts.WebLLMsSummary, facts.WebLLMsLists, facts.WebLLMsOptional,
		facts.WebLLMsLinks}
)

// Derive derives what visitors of a target find.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d, itself := &derivation{r, dnsanswer.HostName(t.Name)}, facts.Subject{Kind: facts.Target, Name: t.Name}
	// Who was not asked about gets no facts: to say "unknown" of all of it would look like a failed test.
	if t.Kind != "address" && !d.asked() {
		return
	}
	all := make(known, len(siteFacts)+len(tcpFacts)+len(robotsFacts)+len(llmsFacts))
	if why := d.whyNothing(t); why.Code != "" {
		same(all, facts.Because(why), siteFacts, tcpFacts, robotsFacts, llmsFacts)
	} else {
		d.site(all)
		d.tcp(all)
		d.robots(all)
		d.llms(all)
	}
	w.PutAll(itself, all)
}

// asked tells whether anybody wanted to know of the web server of the name: then its addresses were asked for.
func (d *derivation) asked() bool {
	for _, rrtype := range addressTypes {
		if xs, _ := d.Exchanges(evidence.Resolver, "", d.name, rrtype); len(xs) == 0 {
			return false
		}
	}
	return true
}

// whyNothing is why nothing is known of the web server of a target, or the zero value.
func (d *derivation) whyNothing(t *evidence.Target) facts.Unknown {
	if t.Kind == "address" {
		return facts.Unknown{Code: facts.NoTarget, Detail: "an address alone does not tell which of its web sites is meant; name one with --target"}
	}
	// A resolver that invents addresses leads to a web server of its own.
	return d.Invented(t)
}

// same says the same of several facts.
func same(all known, what facts.Known, names ...[]facts.Name) {
	for _, list := range names {
		for _, name := range list {
			all[name] = what
		}
	}
}
