package mtasts

import (
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// maxParents is how many parents of a host's name are asked whether their mail goes to it. The number is our own: each costs a question.
const maxParents = 4

// Questions lists what is worth asking about the policy that speaks for mail to a target, after what is known: where it stands, and the
// file. None is asked for unless a record announces one, as senders see it (RFC 8461 section 3.1).
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	list := toOwn(r, t, want)
	if !want.Has(facts.FromMTASTS) {
		return list
	}
	domain, asked := policyDomain(r, t)
	list = append(list, asked...)
	if domain == "" {
		return list
	}
	announced := r.ToEither(mailpolicy.STSRecordName(domain), "TXT")
	list = append(list, announced...)
	// Without a record no sender asks for the file.
	if !r.Done(announced...) || !announces(r, domain) {
		return list
	}
	// Who wants to know of the file itself has it asked for at each address.
	if want.Has(facts.FromMTASTSPolicy) && t.Delegation != nil && domain == dnsanswer.HostName(t.Name) {
		return list
	}
	// A redirect is not followed (RFC 8461 section 3.3).
	return append(list, r.ToFile(mailpolicy.STSURL(domain), 0)...)
}

// Learn writes down in a target which domain's policy counts, as far as a run has found out.
func Learn(r *reading.Reading, t *evidence.Target) { t.PolicyDomain, _ = policyDomain(r, t) }

// policyDomain is the domain whose policy counts, and what is asked to find it: the target itself where it is a domain, or where it is a
// host with a record of its own; else the nearest parent of the host's name that sends its mail there. A host alone does not tell
// whose mail it takes.
func policyDomain(r *reading.Reading, t *evidence.Target) (domain string, asked []reading.Question) {
	switch t.Kind {
	case "domain":
		return t.Name, nil
	case "host":
	default:
		return "", nil
	}
	asked = r.ToEither(mailpolicy.STSRecordName(t.Name), "TXT")
	if !r.Done(asked...) {
		return "", asked
	}
	// A wildcard may answer with a text of another kind.
	if records, meant, _ := sorted(r, t.Name); len(records)+len(meant) > 0 {
		return t.Name, asked
	}
	// A parent of one label is a registry's: it says nothing of a host below it, and is not asked.
	parent := t.Name
	for range maxParents {
		_, rest, found := strings.Cut(parent, ".")
		if !found || !strings.Contains(rest, ".") {
			break
		}
		parent = rest
		if asked = append(asked, reading.ToResolver(parent, "MX")...); !r.Done(asked...) {
			break
		}
		// The nearest parent is taken whose MX records name the host: that its name contains another name says nothing by itself.
		leads := func(h evidence.Host) bool { return h.Name == dnsanswer.HostName(t.Name) }
		if slices.ContainsFunc(dnsanswer.HostsOf(r.WordOfResolver(parent, "MX").Records), leads) {
			return parent, asked
		}
	}
	return "", asked
}

// announces tells whether a domain announces a policy to senders, to those that are not strict at least.
func announces(r *reading.Reading, domain string) bool {
	records, _, _ := sorted(r, domain)
	return len(records) == 1 && records[0].Worst() < mailpolicy.Ignored
}

// sorted are the texts where a domain would announce a policy.
func sorted(r *reading.Reading, domain string) (records, meant []mailpolicy.TextRecord, others []string) {
	return mailpolicy.SortSTS(dnsanswer.Texts(r.RecordsFound(mailpolicy.STSRecordName(domain), "TXT")))
}
