package rules

import (
	"regexp"
	"slices"
	"strings"

	"mxverdict/parser/report"
)

// This file tells which name is tested for a finding, where that is not its subject itself: what many names of one domain may have, such
// as a DKIM key, is tested at the name that the row means.

// subjectPlaceholder stands in a place for what the row is about.
const subjectPlaceholder = "subject"

// placeTemplate is the shape of a place: values that rows capture, a fixed part, and the subject.
var placeTemplate = regexp.MustCompile(`^\{[a-z_]+\}\.(_[a-z-]+)\.\{subject\}$`)

// placeLabels are labels of names as they are published for machines (RFC 8552): a value that is none names no place.
var placeLabels = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$`)

// maxPlace is how long a name may be (RFC 1035 section 2.3.4), the final dot left out.
const maxPlace = 253

// checkPlace refuses a place that no row could fill.
func (r *Rule) checkPlace(at func(string, ...any) error) error {
	if r.Place != "" && !placeTemplate.MatchString(r.Place) {
		return at(`place %q is not of the form "{selector}._domainkey.{subject}"`, r.Place)
	}
	return nil
}

// placeOf is the name that is tested for a finding: its subject, or the place of the rule where the row says which. A subject that is
// such a place already stays as it is.
func (r *Rule) placeOf(f report.Finding) string {
	if r.Place == "" || f.Subject == "" || r.atPlace(f.Subject) {
		return f.Subject
	}
	value := placeholders(r.Place)[0]
	label := strings.ToLower(strings.TrimSuffix(f.Values[value].Text, "."))
	place := r.fillPlace(label, f.Subject)
	if !placeLabels.MatchString(label) || len(place) > maxPlace {
		return f.Subject
	}
	return place
}

// atPlace tells whether a name holds the fixed part of the place.
func (r *Rule) atPlace(name string) bool {
	fixed := placeTemplate.FindStringSubmatch(r.Place)
	return fixed != nil && slices.Contains(strings.Split(name, "."), fixed[1])
}

// placeName is the place for the sentences and commands of a verdict. Where nothing says which place is meant, the value is left to the
// reader, in capitals.
func (r *Rule) placeName(target string) string {
	if r.Place == "" || r.atPlace(target) {
		return target
	}
	return r.fillPlace(strings.ToUpper(placeholders(r.Place)[0]), target)
}

// fillPlace fills the template.
func (r *Rule) fillPlace(value, subject string) string {
	return strings.NewReplacer("{"+placeholders(r.Place)[0]+"}", value, "{"+subjectPlaceholder+"}", subject).Replace(r.Place)
}
