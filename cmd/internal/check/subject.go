package check

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// Chosen is what the user says that reports are about, for rows that name nothing themselves.
type Chosen struct {
	Target  string // domain, host or address
	Address string
	From    report.Origin // how he said it; "" is a flag
	Message *Message      // about which rows are that speak of one; nil for none
}

// Assign gives a subject to every row that names none: what the user chose, else the only target of the report. The row's own
// name wins over a flag that contradicts it, and the row's own address narrows the host that the user chose to it; what is said
// about that is returned.
// It comes before the plan: what is asked of whom hangs on what each row is about.
func Assign(r *report.Report, c Chosen, catalogue *rules.Catalogue) (says string) {
	c = byAuthor(r, c, catalogue)
	says = c.replaces(r)
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
	nameKeys(r, c, catalogue)
	return says
}

// replaces lets what the user says take the place of the report's target, unless rows or a look-up name that themselves: a link
// or a name that was merely met says less than he does. What a link contradicts is said.
func (c Chosen) replaces(r *report.Report) (says string) {
	if c.Target == "" && c.Address == "" {
		return ""
	}
	t, from := r.Target, r.TargetFrom
	switch {
	case t == (report.Target{}):
	case c.Target == "" || from == "" || from == report.FromRow || from == report.FromCommand || from == report.FromHeading:
		return ""
	case from == report.FromLink && !related(c.Target, t.Name()):
		says = fmt.Sprintf("a link in the report leads to %s; --target %s is used for rows that name nothing", t.Name(), c.Target)
	}
	r.Target, r.TargetFrom = report.Target{Domain: c.Target, Address: c.Address}, cmp.Or(c.From, report.FromFlag)
	return says
}

// related tells whether one of two names stands below the other, as a mail host below its domain.
func related(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
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
	names := []string{c.Target, c.Address, t.Domain, t.Host, t.Address}
	switch rule := catalogue.Rule(f.Rule); {
	case rule == nil:
	case rule.Subject == string(facts.Host):
		names = []string{c.Address, c.Target, t.Host, t.Address, t.Domain}
	case rule.Subject == string(facts.Zone): // an address alone gives no zone
		names = []string{c.Target, t.Domain, t.Host, c.Address, t.Address}
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
func Nameless(r *report.Report, c Chosen, catalogue *rules.Catalogue) bool {
	retest := false
	for _, f := range r.Findings {
		rule := catalogue.Rule(f.Rule)
		if rule == nil || rule.Untested != nil || !f.Status.Bad() || c.lacksMessage(r, rule) {
			continue
		}
		retest = true
		if f.Subject != "" {
			return false
		}
	}
	return retest
}
