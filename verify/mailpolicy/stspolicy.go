package mailpolicy

import (
	"slices"
	"strconv"
	"strings"

	"mxverdict/verify/internal/lazy"
)

// STSMode is what senders do with mail for a host that fails the checks of a policy.
type STSMode string

// The modes of RFC 8461 section 5.
const (
	Enforce STSMode = "enforce" // they do not deliver
	Testing STSMode = "testing" // they deliver, and report it
	None    STSMode = "none"    // they do nothing
)

// STSPolicy is a policy file (RFC 8461 section 3.2).
type STSPolicy struct {
	Mode   STSMode
	MaxAge int64    // seconds for which senders may keep it; those beyond LongestSTSAge do not count
	MX     []string // patterns, in lower case: a name, or "*." and the rest of a name
	Faults
}

// LongestSTSAge is a year and a bit, in seconds, the longest time for which a policy is kept (RFC 8461 section 3.2).
const LongestSTSAge = 31557600

// maxMX bounds the patterns as memory is. A file of 64 KiB has no room for so many.
const maxMX = 20_000

var (
	stsField   = lazy.Regexp(`^([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*(.*?)[ \t]*$`)
	stsValue   = lazy.Regexp(`^[^\x00-\x1f\x7f]+$`)
	stsPattern = lazy.Regexp(`^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)
	stsAge     = lazy.Regexp(`^[0-9]{1,10}$`)
)

// stsReader reads a policy file line by line.
type stsReader struct {
	STSPolicy
	line int
	text string // of the line
	seen map[string]bool
}

// ParseSTS reads a policy file. Lines end with LF or CRLF; of a key that stands twice the first one counts, but each mx counts; unknown
// keys are extensions. Where a fault has senders ignore it, there is no policy: what was meant cannot be guessed, and half a policy would
// refuse mail.
func ParseSTS(text string) STSPolicy {
	r := stsReader{seen: map[string]bool{}}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		r.line = i + 1
		if i == len(lines)-1 && line == "" {
			break // behind the last line end is no line
		}
		r.read(strings.TrimSuffix(line, "\r"))
	}
	for _, key := range []string{"version", "mode", "max_age"} {
		if !r.seen[key] {
			r.end(key + " is missing")
		}
	}
	// Mode none revokes a policy (RFC 8461 section 8.3), and needs no host for that.
	if len(r.MX) == 0 && r.Mode != None {
		r.end("no mx names a host")
	}
	return r.STSPolicy
}

// end says what is missing at the end of the file.
func (r *stsReader) end(says string) { r.Faults.add(Fault{1, "", says, Ignored, r.line}) }

// tell says what is wrong with a line.
func (r *stsReader) tell(says string, harm Harm) {
	r.Faults.add(Fault{1, r.text, says, harm, r.line})
}

// read reads one line.
func (r *stsReader) read(line string) {
	r.text = line
	if strings.Trim(line, " \t") == "" {
		r.tell("an empty line, which the grammar does not know", Harmless)
		return
	}
	if trimmed := strings.TrimLeft(line, " \t"); trimmed != line && stsField().MatchString(trimmed) {
		r.tell("blanks before the key", Disputed)
		line = trimmed
	}
	m := stsField().FindStringSubmatch(line)
	if m == nil || !stsValue().MatchString(m[2]) && !slices.Contains([]string{"version", "mode", "max_age", "mx"}, m[1]) {
		r.tell("no key with a value", Ignored)
		return
	}
	key, value := m[1], m[2]
	again := r.seen[key]
	r.seen[key] = true
	switch {
	case key == "mx":
		r.mx(value)
	// RFC 8461 section 3.2: but for mx, all but the first of a key are ignored.
	case again:
		r.tell("the key stands a second time; the first one counts", Harmless)
	case key == "version" && value != "STSv1":
		r.tell("the version is STSv1, written just so", Ignored)
	case key == "mode":
		r.mode(value)
	case key == "max_age":
		r.age(value)
	}
}

func (r *stsReader) mx(value string) {
	switch {
	case !stsPattern().MatchString(value) || len(value) > maxHostName+len("*."):
		r.tell(`no name of a host, and no "*." with the rest of one`, Ignored)
	case len(r.MX) == maxMX:
		r.tell("more hosts than are read", Disputed)
	default:
		r.MX = append(r.MX, strings.ToLower(value))
	}
}

// mode reads the mode. One in other letter case is none: the values are fixed strings of the grammar.
func (r *stsReader) mode(value string) {
	if !slices.Contains([]STSMode{Enforce, Testing, None}, STSMode(value)) {
		r.tell("the mode is none of enforce, testing and none", Ignored)
		return
	}
	r.Mode = STSMode(value)
}

// age reads the time. Ten digits fit the grammar, and what fits it has to be accepted, so that a domain that asks for two years has a
// policy, for one.
func (r *stsReader) age(value string) {
	if !stsAge().MatchString(value) {
		r.tell("max_age is a number of seconds", Ignored)
		return
	}
	r.MaxAge, _ = strconv.ParseInt(value, 10, 64) // ten digits at most
	if r.MaxAge > LongestSTSAge {
		r.tell("longer than the 31557600 seconds of the standard, beyond which no sender keeps it", Harmless)
	}
}

// Covers tells whether a policy lists an MX host. A wildcard stands for exactly one label (RFC 8461 section 4.1).
func (p STSPolicy) Covers(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	first, rest, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(p.MX, func(mx string) bool {
		if parent, wild := strings.CutPrefix(mx, "*."); wild {
			return first != "" && rest != "" && rest == parent
		}
		return host == mx
	})
}
