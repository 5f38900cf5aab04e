package reading

import (
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// This file decides whether what was seen is believed. It is asked before a fact is put down, so that none is ever taken back: a topic
// that had read it before would go on with what is no longer true. Topics say what was seen, whatever the network; here is the one place
// that knows of networks, so that a new topic cannot forget to doubt.

// Writer puts down facts that a reading shows. What the reading does not believe is put down as unknown, with the reason. A topic has no
// other way to the set, and none to read in it.
type Writer struct {
	*facts.Set
	reading *Reading
}

// Writer returns what puts facts into a set.
func (r *Reading) Writer(set *facts.Set) Writer { return Writer{set, r} }

// Put puts a fact down.
func (w Writer) Put(about facts.Subject, f facts.Fact) {
	w.PutAs(about, facts.Known{Value: f.Value, AtLeast: f.AtLeast, Why: f.Why, At: f.At, Evidence: f.Evidence}, f.Name)
}

// PutAs puts down what is known of a subject, under each of several names. It hides the method of the set, which believes everything.
func (w Writer) PutAs(about facts.Subject, k facts.Known, names ...facts.Name) {
	for _, name := range names {
		w.Set.PutAs(about, w.reading.believed(about, name, k), name)
	}
}

// PutAll puts down all that a topic found out about a subject. The order does not matter: facts do not look at one another.
func (w Writer) PutAll(about facts.Subject, found map[facts.Name]facts.Known) {
	w.Set.Expect(about, len(found))
	for name, k := range found {
		w.PutAs(about, k, name)
	}
}

// NoViews puts down why a name of the report leads to no subject of a kind. It goes by the same doubts as a fact does: that a name
// leads nowhere may be this network's doing.
func (w Writer) NoViews(target string, kind facts.SubjectKind, why facts.Unknown) {
	w.Set.NoViews(target, kind, w.reading.ownNetwork("", why))
}

// believed is what is known, as far as it may be believed.
func (r *Reading) believed(about facts.Subject, name facts.Name, k facts.Known) facts.Known {
	// Only what was seen of hosts goes through devices that read SMTP along; of DNS the walk from the root tells (Direct).
	if about.Kind == facts.Session {
		if why := r.doubt(about, name); why.Code != "" {
			return facts.Because(why)
		}
	}
	// A value stands: somebody answered. Only silence may be this network's.
	if !k.Known() {
		k.Why = r.ownNetwork(name, k.Why)
	}
	return k
}

// doubt is why a fact about a host at an address is not believed, or the zero value.
func (r *Reading) doubt(about facts.Subject, name facts.Name) facts.Unknown {
	// Each fact about a place asks for them.
	d, known := r.indexed().doubts[about]
	if !known {
		d = r.doubts(about)
		r.indexed().doubts[about] = d
	}
	switch {
	// That the name resolves is true wherever it leads, and so is what its signatures are worth.
	case d.astray.Code != "" && !slices.Contains(ofName, name):
		return d.astray
	// The order is that of reach: a wrong host spoils all that was seen there, interception all that was said, rewriting some of
	// it.
	case d.intercepted && OverSMTP(name):
		return InterceptedWhy
	}
	return d.rewritten[name]
}

// ofName are the facts about a place that are about the name of its host alone.
var ofName = []facts.Name{facts.DNSHostResolves, facts.DNSHostHidden, facts.DNSHostHiddenBy}

// doubts are the reasons for not believing what was seen at a place.
type doubts struct {
	astray      facts.Unknown // the world is led elsewhere
	intercepted bool          // something else answers in the place of every server
	rewritten   map[facts.Name]facts.Unknown
}

// doubts gathers what speaks against a place. In one session the doing of a server and that of a device on the way look the same; a
// control, which is known to greet and to encrypt, tells them apart.
func (r *Reading) doubts(about facts.Subject) (d doubts) {
	if p := r.place(about); p != nil {
		d.astray = p.Lead.Astray
	}
	sessions := r.Sessions(about)
	// Without a session nothing was seen that could be an interceptor's; why there was none is the better reason.
	d.intercepted = r.Bundle.Vantage.Intercepted && len(sessions) > 0
	d.rewritten = map[facts.Name]facts.Unknown{}
	for i, way := range Rewritings {
		if !slices.ContainsFunc(sessions, func(s Session) bool { return way.Shows(s.Session) }) {
			continue
		}
		// Without such a control the server is taken at its word: most servers that lack STARTTLS do lack it.
		if control := r.rewrittenControl(about.At, i); control != nil {
			why := facts.Unknown{Code: facts.Intercepted, Detail: "the control " + facts.SessionAt(control.Host, control.Address).String() +
				" was seen " + way.Seen + " as well, so that a device on this side may be the reason"}
			for _, name := range way.Facts {
				d.rewritten[name] = why
			}
		}
	}
	return d
}

// OverSMTP tells whether a fact is learnt from what a server says in a session. The port is our own choice.
func OverSMTP(name facts.Name) bool {
	return strings.HasPrefix(string(name), "smtp.") && name != facts.SMTPPort
}

// InterceptedWhy is why nothing that sessions showed is believed where something answers for an address at which nobody stands.
var InterceptedWhy = facts.Unknown{Code: facts.Intercepted,
	Detail: "a connection to an address at which no server can stand (RFC 5737) was answered"}

// ownNetwork takes silence for this network's where nobody, or nobody but the resolver, answered it: nothing follows about servers,
// and another resolver, or another hour, would not help.
func (r *Reading) ownNetwork(name facts.Name, why facts.Unknown) facts.Unknown {
	said := map[evidence.WayOut]string{
		evidence.Closed:       "no name server at all answered from here",
		evidence.ResolverOnly: "no name server but the resolver answered from here",
	}[r.Bundle.Vantage.DNSOut]
	// A fact about a session is not concerned: the name servers led there, or there would be none.
	ofDNS := name == "" || strings.HasPrefix(string(name), "dns.") || strings.HasPrefix(string(name), "mx.") || strings.HasPrefix(string(name), "blocklist.")
	if said == "" || why.Code != facts.ServFail || !ofDNS {
		return why
	}
	return facts.Unknown{Code: facts.NetworkClosed, Detail: said + ", so it may be this network that lets nothing through"}
}
