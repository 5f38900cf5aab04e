package batch

import (
	"strconv"
	"strings"
)

// matched is a verdict before and now; one of them may be nil.
type matched struct{ before, now *judgedVerdict }

// match finds for each verdict on a report the one that it had before. Of the same report, rows have the same numbers; a rule may have another
// subject then, where a host has another address, and a row another rule. Of one that has changed, rows do not correspond: verdicts of one
// rule about one subject do, those that are equal first.
func match(before, now []judgedVerdict, sameContent bool) []matched {
	row := func(v *judgedVerdict) string {
		if v.row() == 0 {
			return ""
		}
		return strconv.Itoa(v.row())
	}
	subject := func(v *judgedVerdict) string { return v.Rule + "\x00" + strings.ToLower(v.Subject) }
	equal := func(v *judgedVerdict) string { return subject(v) + "\x00" + v.Verdict + "\x00" + v.Reason }
	hosts := func(v *judgedVerdict) string {
		return v.Rule + "\x00" + strings.ToLower(strings.Join(hostsOf(v.Subject), "\x00"))
	}
	keys := []func(*judgedVerdict) string{equal, subject, hosts}
	if sameContent {
		keys = []func(*judgedVerdict) string{row, equal, subject}
	}
	m := matching{before: pointers(before), now: pointers(now)}
	for _, key := range keys {
		m.by(key)
	}
	for _, v := range m.now {
		m.found = append(m.found, matched{nil, v})
	}
	for _, v := range m.before {
		m.found = append(m.found, matched{v, nil})
	}
	return m.found
}

// matching holds what has no counterpart yet.
type matching struct {
	before, now []*judgedVerdict
	found       []matched
}

// by matches what has the same key, in the order in which it stands. Each verdict is looked at once; "" matches nothing.
func (m *matching) by(key func(*judgedVerdict) string) {
	if len(m.before) == 0 || len(m.now) == 0 {
		return
	}
	waiting := map[string][]int{}
	for i, v := range m.before {
		if k := key(v); k != "" {
			waiting[k] = append(waiting[k], i)
		}
	}
	var left []*judgedVerdict
	for _, v := range m.now {
		k := key(v)
		if len(waiting[k]) == 0 {
			left = append(left, v)
			continue
		}
		i := waiting[k][0]
		waiting[k] = waiting[k][1:]
		m.found = append(m.found, matched{m.before[i], v})
		m.before[i] = nil
	}
	m.now = left
	var rest []*judgedVerdict
	for _, v := range m.before {
		if v != nil {
			rest = append(rest, v)
		}
	}
	m.before = rest
}

func pointers(list []judgedVerdict) []*judgedVerdict {
	p := make([]*judgedVerdict, len(list))
	for i := range list {
		p[i] = &list[i]
	}
	return p
}
