package reading

import (
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

// MailUsed tells whether a name takes or sends mail, by its own records (MX and TXT) as its name servers give them: a null MX (RFC 7505)
// and an SPF record that lets nobody send say no. A name that says nothing of mail may still be used in the sender addresses of
// somebody's mail; nobody can see that from outside, and it is unknown as ambiguous.
func (r *Reading) MailUsed(name string) facts.Known {
	mx, txt := r.OfServers(name, "MX"), r.OfServers(name, "TXT")
	spf := mailpolicy.SPFRecords(dnsanswer.Texts(txt.Records))
	quiet := mailpolicy.SendsNothing(spf)
	null := len(mx.Records) > 0 && len(dnsanswer.Leading(mx.Records)) == 0
	switch {
	// One record that says so is enough, whatever else there is.
	case len(dnsanswer.Leading(mx.Records)) > 0:
		return mx.Shows(facts.BoolValue(true))
	case len(spf) > 0 && !quiet:
		return txt.Shows(facts.BoolValue(true))
	case !mx.Known():
		return facts.Because(mx.Why)
	case !txt.Known():
		return facts.Because(txt.Why)
	case null:
		return mx.Is(facts.BoolValue(false))
	case quiet:
		return txt.Is(facts.BoolValue(false))
	}
	return facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: "neither an MX nor an SPF record says whether " + name + " is used for mail"})
}
