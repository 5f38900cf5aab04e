package check

import (
	"fmt"
	"maps"
	"net/netip"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// Chosen is what the user says that reports are about, for rows that name nothing themselves.
type Chosen struct {
	Target  string // domain, host or address
	Address string
}

// Assign gives a subject to every row that names none: what the user chose, else the only target of the report. The row's own
// name wins over a flag that contradicts it, and the row's own address narrows the host that the user chose to it; what is said
// about that is returned.
// It comes before the plan: what is asked of whom hangs on what each row is about.
func Assign(r *report.Report, c Chosen, catalogue *rules.Catalogue) (says string) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Subject != "" {
			narrowed := c.narrows(f, catalogue)
			if says == "" {
				says = c.contradicts(f.Subject, narrowed)
			}
			if narrowed {
				f.Values = withAddress(f.Values, f.Subject)
				f.Subject = c.Target
				continue
			}
			if !zoneless(f, catalogue) {
				continue
			}
		}
		f.Subject = subjectFor(f, c, r.Target, catalogue)
	}
	if r.Target == (report.Target{}) { // the report names nothing as a whole: it is about what the user says
		r.Target = report.Target{Domain: c.Target, Address: c.Address}
	}
	return says
}

// narrows tells whether a row about a mail host names one address of the host that the user chose, rather than something else: a
// host beats its address.
func (c Chosen) narrows(f *report.Finding, catalogue *rules.Catalogue) bool {
	rule := catalogue.Rule(f.Rule)
	return rule != nil && rule.Subject == string(facts.Host) && isAddress(f.Subject) && c.Target != "" && !isAddress(c.Target) &&
		(c.Address == "" || c.Address == f.Subject)
}

// withAddress returns the values of a row with its address.
// It copies them, for rows of one wording may share a map.
func withAddress(values map[string]report.Value, address string) map[string]report.Value {
	all := map[string]report.Value{"address": report.Text(address)}
	maps.Copy(all, values)
	return all
}

// isAddress knows literals alone; whether a name has addresses is for the run to find out.
func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

// contradicts says that a row names something else than a flag; the row wins.
func (c Chosen) contradicts(subject string, narrowed bool) string {
	switch ofAddress := isAddress(subject); {
	case narrowed:
		return fmt.Sprintf("the report names %s itself; of the addresses of %s (--target), only that one is judged for such rows", subject, c.Target)
	case ofAddress && c.Address != "" && c.Address != subject:
		return fmt.Sprintf("the report names %s itself; --address %s is used for rows that name nothing", subject, c.Address)
	case !ofAddress && c.Address != "":
		return fmt.Sprintf("the report names %s itself; of the hosts that it leads to, only the address %s is tested (--address)", subject, c.Address)
	case c.Target != "" && c.Target != subject && (!ofAddress || isAddress(c.Target)):
		return fmt.Sprintf("the report names %s itself; --target %s is used for rows that name nothing", subject, c.Target)
	}
	return ""
}

// zoneless tells whether a row about a zone has only an address for a subject, to which no zone belongs.
// The zone of the reverse name is another one, and nobody who complains about an SOA record means that.
func zoneless(f *report.Finding, catalogue *rules.Catalogue) bool {
	rule := catalogue.Rule(f.Rule)
	return isAddress(f.Subject) && rule != nil && rule.Subject == string(facts.Zone)
}

// subjectFor is what a row without a name is about. A row about a mail host takes the most particular name, a row about a zone the name
// of the domain; what the user says goes before what the report says, because the row itself says nothing.
func subjectFor(f *report.Finding, c Chosen, t report.Target, catalogue *rules.Catalogue) string {
	rule := catalogue.Rule(f.Rule)
	names := []string{c.Target, c.Address}
	if rule != nil && rule.Subject == string(facts.Host) {
		names = []string{c.Address, c.Target, t.Host, t.Address, t.Domain}
	} else {
		names = append(names, t.Domain, t.Host, t.Address)
	}
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

// Nameless tells whether a report has rows to re-test, and none of them says what it is about.
// One row that says it is enough to go on with; the others become inconclusive, with the flag that would help.
func Nameless(r *report.Report, catalogue *rules.Catalogue) bool {
	retest := false
	for _, f := range r.Findings {
		rule := catalogue.Rule(f.Rule)
		if rule == nil || rule.Untested != nil || !f.Status.Bad() {
			continue
		}
		retest = true
		if f.Subject != "" {
			return false
		}
	}
	return retest
}
