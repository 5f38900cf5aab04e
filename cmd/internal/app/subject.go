package app

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"regexp"
	"strings"

	"golang.org/x/net/idna"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// chosen is what the user said the report is about.
type chosen struct {
	target  string // domain or host
	address string
}

func chooseTarget(target, address string) (chosen, error) {
	var c chosen
	if target != "" {
		name, err := targetName(target)
		if err != nil {
			return c, err
		}
		c.target = name
	}
	if address != "" {
		addr, err := netip.ParseAddr(strings.Trim(address, "[]"))
		if err != nil {
			return c, usage("Such as --address 192.0.2.25", "--address %q is no IP address", address)
		}
		c.address = addr.WithZone("").String()
	}
	return c, nil
}

// hostName is a name of two labels or more, the last of which is no number (RFC 1123 section 2.1).
var hostName = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// targetName reads --target as people type it: a name in any case and script, an address, an e-mail address or a URL.
func targetName(s string) (string, error) {
	name := strings.TrimSpace(s)
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name, _, _ = strings.Cut(rest, "/")
	}
	if _, domain, ok := strings.Cut(name, "@"); ok {
		name = domain
	}
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	name = strings.TrimSuffix(strings.Trim(name, "[]"), ".")
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.WithZone("").String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil || !hostName.MatchString(ascii) {
		return "", usage("Such as --target example.com", "--target %q is no domain, host or address", s)
	}
	return strings.ToLower(ascii), nil
}

// assign gives a subject to every row that names none: what the user chose, else the only target of the report. The row's own
// name wins over a flag that contradicts it, and the row's own address narrows the host that the user chose to it; what is said
// about that is returned.
func assign(r *report.Report, c chosen, catalogue *rules.Catalogue) (says string) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Subject != "" {
			narrowed := c.narrows(f, catalogue)
			if says == "" {
				says = c.contradicts(f.Subject, narrowed)
			}
			if narrowed {
				f.Values = withAddress(f.Values, f.Subject)
				f.Subject = c.target
				continue
			}
			if !zoneless(f, catalogue) {
				continue
			}
		}
		f.Subject = subjectFor(f, c, r.Target, catalogue)
	}
	if r.Target == (report.Target{}) { // the report names nothing as a whole: it is about what the user says
		r.Target = report.Target{Domain: c.target, Address: c.address}
	}
	return says
}

// narrows tells whether a row about a mail host names one address of the host that the user chose, rather than something else: a
// host beats its address.
func (c chosen) narrows(f *report.Finding, catalogue *rules.Catalogue) bool {
	rule := catalogue.Rule(f.Rule)
	return rule != nil && rule.Subject == string(facts.Host) && isAddress(f.Subject) && c.target != "" && !isAddress(c.target) &&
		(c.address == "" || c.address == f.Subject)
}

// withAddress returns the values of a row with its address.
func withAddress(values map[string]report.Value, address string) map[string]report.Value {
	all := map[string]report.Value{"address": report.Text(address)}
	maps.Copy(all, values)
	return all
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

// contradicts says that a row names something else than a flag; the row wins.
func (c chosen) contradicts(subject string, narrowed bool) string {
	switch ofAddress := isAddress(subject); {
	case narrowed:
		return fmt.Sprintf("the report names %s itself; of the addresses of %s (--target), only that one is judged for such rows", subject, c.target)
	case ofAddress && c.address != "" && c.address != subject:
		return fmt.Sprintf("the report names %s itself; --address %s is used for rows that name nothing", subject, c.address)
	case !ofAddress && c.address != "":
		return fmt.Sprintf("the report names %s itself; of the hosts that it leads to, only the address %s is tested (--address)", subject, c.address)
	case c.target != "" && c.target != subject && (!ofAddress || isAddress(c.target)):
		return fmt.Sprintf("the report names %s itself; --target %s is used for rows that name nothing", subject, c.target)
	}
	return ""
}

// zoneless tells whether a row about a zone has only an address for a subject, to which no zone belongs.
func zoneless(f *report.Finding, catalogue *rules.Catalogue) bool {
	rule := catalogue.Rule(f.Rule)
	return isAddress(f.Subject) && rule != nil && rule.Subject == string(facts.Zone)
}

func subjectFor(f *report.Finding, c chosen, t report.Target, catalogue *rules.Catalogue) string {
	rule := catalogue.Rule(f.Rule)
	names := []string{c.target, c.address}
	if rule != nil && rule.Subject == string(facts.Host) {
		names = []string{c.address, c.target, t.Host, t.Address, t.Domain}
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

// nameless tells whether a report has rows to re-test, and none of them says what it is about.
func nameless(r *report.Report, catalogue *rules.Catalogue) bool {
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

// noTarget is the error for such a report: the names found in it, and the command to run.
func (p *program) noTarget(r *report.Report) error {
	example := "example.com"
	says := r.Source + ": the report does not say which domain or host it is about"
	if r.Source == "-" {
		says = strings.TrimPrefix(says, "-: ")
	}
	var hints []string
	if len(r.Candidates) > 0 {
		example = r.Candidates[0]
		hints = append(hints, "Names found in the text: "+strings.Join(r.Candidates, ", "))
	}
	command := []string{"mxverdict"}
	for _, arg := range p.args[min(1, len(p.args)):] {
		command = append(command, quoted(arg))
	}
	command = append(command, "--target", example)
	if r.Source == "-" {
		command = append(command, "< report.txt")
	}
	return usageHints(append(hints, "Run it again with the name: "+strings.Join(command, " ")), "%s", says)
}

// quoted writes an argument as a shell reads it.
func quoted(arg string) string {
	plain := func(c rune) bool {
		return c == '-' || c == '.' || c == '/' || c == '_' || c == ':' || c == '=' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
	}
	if arg != "" && strings.IndexFunc(arg, func(c rune) bool { return !plain(c) }) < 0 {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
