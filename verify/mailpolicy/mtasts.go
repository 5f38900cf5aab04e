// Package mailpolicy parses what domains publish about their mail: MTA-STS (RFC 8461), DMARC (RFC 9989) and BIMI. Parsing is pure; the package
// asks nobody and judges nothing. Texts are strangers': sizes are bounded by whoever fetched them, and by the limits here.
package mailpolicy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxverdict/verify/internal/lazy"
)

// ErrNoRecord says that no text announces a policy at all.
var ErrNoRecord = errors.New("no text announces a policy")

var (
	// The version stands first and is written just so (RFC 8461 section 3.1); whoever leaves it out announces nothing.
	announces = lazy.Regexp(`^v=STSv1[ \t]*;`)
	// record is the grammar of RFC 8461 section 3.1: an id beside any number of extensions.
	record = lazy.Regexp(`^v=STSv1(?:[ \t]*;[ \t]*[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[!-:<>-~]+)+(?:[ \t]*;[ \t]*)?$`)
	recID  = lazy.Regexp(`;[ \t]*id=([^; \t]*)`)
	goodID = lazy.Regexp(`^[A-Za-z0-9]{1,32}$`)
)

// STSRecord reads the texts at _mta-sts.DOMAIN and returns the id of the announced policy. Texts that do not begin as
// such a record are passed over; several records count as none (RFC 8461 section 3.1). The id tells senders only whether the policy
// has changed.
func STSRecord(texts []string) (id string, err error) {
	var found []string
	for _, t := range texts {
		if announces().MatchString(t) {
			found = append(found, t)
		}
	}
	switch {
	case len(found) == 0:
		return "", ErrNoRecord
	case len(found) > 1:
		return "", fmt.Errorf("%d records announce a policy, and only one may", len(found))
	// The grammar is asked as a whole: senders that parse strictly ignore a record that only nearly fits.
	case !record().MatchString(found[0]):
		return "", errors.New("the record breaks the grammar")
	}
	ids := recID().FindStringSubmatch(found[0])
	if ids == nil || !goodID().MatchString(ids[1]) {
		return "", errors.New("the record has no id of letters and digits")
	}
	return ids[1], nil
}

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
	MaxAge int64    // seconds for which senders may keep it, a year and a bit at most
	MX     []string // patterns, in lower case: a name, or "*." and the rest of a name
}

// The bounds of a policy. A year and a bit is the longest time in RFC 8461; the patterns are bounded as memory is.
const (
	maxSTSAge = 31557600
	maxMX     = 1000
)

var (
	field   = lazy.Regexp(`^([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*(.*?)[ \t]*$`)
	pattern = lazy.Regexp(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)
	age     = lazy.Regexp(`^[0-9]{1,10}$`)
)

// ParseSTS reads a policy file. Lines end with LF or CRLF; of a key that stands twice the first one counts, but each mx
// counts; unknown keys are extensions.
func ParseSTS(text string) (STSPolicy, error) {
	var p STSPolicy
	first := map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.Trim(line, " \t") == "" {
			continue
		}
		// A file with a broken line is no policy: what stood there cannot be guessed, and half a policy would refuse mail.
		m := field().FindStringSubmatch(line)
		if m == nil {
			return p, fmt.Errorf("line %d of the policy is no key with a value", i+1)
		}
		key, value := m[1], m[2]
		if key == "mx" {
			if !pattern().MatchString(value) || len(p.MX) == maxMX {
				return p, fmt.Errorf("line %d of the policy is no pattern of a host name", i+1)
			}
			p.MX = append(p.MX, strings.ToLower(value))
			// RFC 8461 section 3.2: but for mx, all but the first of a key are ignored.
		} else if _, again := first[key]; !again {
			first[key] = value
		}
	}
	// A mode in other letter case is none: the values are fixed strings of the grammar (RFC 8461 section 3.2).
	p.Mode = STSMode(first["mode"])
	switch {
	case first["version"] != "STSv1":
		return p, errors.New("the policy lacks version: STSv1")
	case !slices.Contains([]STSMode{Enforce, Testing, None}, p.Mode):
		return p, errors.New("the mode of the policy is none of enforce, testing and none")
	case !age().MatchString(first["max_age"]):
		return p, errors.New("the policy lacks a proper max_age")
	// Mode none revokes a policy (RFC 8461 section 8.3), and needs no host for that.
	case len(p.MX) == 0 && p.Mode != None:
		return p, errors.New("the policy names no mx")
	}
	// RFC 8461 section 3.2 has a longest time, yet ten digits fit its grammar, and what fits the grammar has to be accepted. A domain
	// that asks for two years has a policy, for one.
	seconds, _ := strconv.ParseInt(first["max_age"], 10, 64) // ten digits at most
	p.MaxAge = min(seconds, maxSTSAge)
	return p, nil
}

// Covers tells whether a policy lists an MX host. A wildcard stands for exactly one label (RFC 8461 section 4.1).
func (p STSPolicy) Covers(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	_, rest, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(p.MX, func(mx string) bool {
		if parent, wild := strings.CutPrefix(mx, "*."); wild {
			return rest != "" && rest == parent
		}
		return host == mx
	})
}
