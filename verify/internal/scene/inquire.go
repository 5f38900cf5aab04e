package scene

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
)

// Inquire puts what a topic wants to know of the first target of a bundle until nothing is new, and returns what was asked at each step:
// "TYPE NAME" of the resolver and of the servers of a name's zone, and whatever else by kind. A resolver that is asked says what stands in
// said under that text, as data of records; nothing where nothing stands there, and SERVFAIL for "FAIL".
func Inquire(t *testing.T, b *evidence.Bundle, want reading.Wish, said map[string]string,
	questions func(*reading.Reading, *evidence.Target, reading.Wish) []reading.Question) (steps []string) {
	t.Helper()
	r := &reading.Reading{Bundle: b}
	// More steps than any topic takes; without a bound a question that makes itself new would keep the test busy for ever.
	for range 30 {
		var step []string
		for _, q := range questions(r, &b.Targets[0], want) {
			text := map[reading.Kind]string{reading.Authoritative: "zone ", reading.Walk: "walk ", reading.Fetch: "fetch "}[q.Kind] + q.Type + " " + q.Name
			if r.Done(q) || slices.Contains(step, text) {
				continue
			}
			step = append(step, text)
			if q.Kind == reading.Resolver || q.Kind == reading.Authoritative {
				r.Add(lookedUp(q, said[text]))
			}
			// Whatever it was, it counts as answered: the next step is asked after what is known then.
			r.Answer(q)
		}
		if len(step) == 0 {
			return steps
		}
		steps = append(steps, strings.Join(step, ", "))
	}
	t.Fatal("it never ends")
	return nil
}

// lookedUp is what came of a question.
func lookedUp(q reading.Question, data string) evidence.Exchange {
	x := evidence.Exchange{At: SeenAt, Role: evidence.Resolver, Server: "192.0.2.53:53", Name: q.Name, Type: q.Type, RCode: "NOERROR", RA: true}
	if q.Kind == reading.Authoritative {
		x.Role, x.RA, x.AA = evidence.Authoritative, false, true
	}
	switch data {
	case "":
		x.Authority = []string{q.Name + ". 300 IN SOA ns1.example.com. a.example.com. 1 2 3 4 5"}
	case "FAIL":
		x.RCode, x.AA = "SERVFAIL", false
	default:
		x.Answer = []string{q.Name + ". 300 IN " + q.Type + " " + data}
	}
	return x
}
