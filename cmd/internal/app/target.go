package app

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"mxverdict/cmd/internal/check"
	"mxverdict/parser/report"
	"mxverdict/rules"
)

// chooseTarget reads what the user says that the reports are about.
func chooseTarget(target, address string) (check.Chosen, error) {
	var c check.Chosen
	if target != "" {
		name, err := targetName(target)
		if err != nil {
			return c, err
		}
		c.Target = name
	}
	if address != "" {
		addr, err := netip.ParseAddr(strings.Trim(address, "[]"))
		if err != nil {
			return c, usage("Such as --address 192.0.2.25", "--address %q is no IP address", address)
		}
		c.Address = addr.WithZone("").String()
	}
	return c, nil
}

// hostName is a name of two labels or more, the last of which is no number (RFC 1123 section 2.1).
var hostName = lazily(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// targetName reads --target as people type it: a name in any case and script, an address, an e-mail address or a URL.
func targetName(s string) (string, error) {
	name := strings.TrimSpace(s)
	// People paste what their browser shows.
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
	// Names in ASCII stay as they are: those of records have underscores (RFC 8552), which no name in another script has.
	if hostName().MatchString(name) && !strings.Contains(strings.ToLower(name), "xn--") {
		return strings.ToLower(name), nil
	}
	// The rules for looking a name up (RFC 5891 section 5), and not the stricter ones for registering it.
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil || !hostName().MatchString(ascii) {
		return "", usage("Such as --target example.com", "--target %q is no domain, host or address", s)
	}
	return strings.ToLower(ascii), nil
}

// name gives a report that names nothing what the user answers when he is asked. In a run of many reports nobody is: he
// has gone for coffee.
func (p *program) name(r *report.Report, catalogue *rules.Catalogue, many bool) error {
	if many {
		return p.noTargetOfMany(r)
	}
	answer, err := p.askTarget(r)
	switch {
	case err != nil:
		return errInterrupted
	case answer == "":
		return p.noTarget(r)
	}
	check.Assign(r, check.Chosen{Target: answer, From: report.FromQuestion}, catalogue)
	return nil
}

// noTargetOfMany is the error for such a report in a run of many: one line.
func (p *program) noTargetOfMany(r *report.Report) error {
	names := "it names none"
	if len(r.Candidates) > 0 {
		names = "it names " + some(r.Candidates)
	}
	return usage("", "%s: the report does not say what it is about (%s); -t says it", r.Source, names)
}

// noTarget is the error for such a report: the names found in it, and the command to run.
func (p *program) noTarget(r *report.Report) error {
	says := r.Source + ": the report does not say which domain or host it is about"
	if r.Source == "-" {
		says = strings.TrimPrefix(says, "-: ")
	}
	var hints []string
	// The most likely name goes into the command: a reader then has to correct it only, and not to write it.
	if len(r.Candidates) > 0 {
		hints = append(hints, "It names "+some(r.Candidates)+".")
	}
	command := []string{"mxverdict"}
	for _, arg := range p.args[min(1, len(p.args)):] {
		command = append(command, quoted(arg))
	}
	command = append(command, "-t", "NAME")
	if r.Source == "-" {
		command = append(command, "< report.txt")
	}
	return usageHints(append(hints, "Run it again with the name: "+strings.Join(command, " ")), "%s", says)
}

// some lists the first of many names.
func some(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// quoted writes an argument as a shell reads it. What needs no quotes gets none, because a command is copied more gladly that looks
// as it was typed.
func quoted(arg string) string {
	plain := func(c rune) bool {
		return c == '-' || c == '.' || c == '/' || c == '_' || c == ':' || c == '=' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
	}
	if arg != "" && strings.IndexFunc(arg, func(c rune) bool { return !plain(c) }) < 0 {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
