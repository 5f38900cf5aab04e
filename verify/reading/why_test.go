package reading

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// A run that ended early, by whoever's hand, is worth repeating as it was; one in which nobody wanted to know is not.
func TestWhatWasNotLookedAt(t *testing.T) {
	for want, bundles := range map[facts.Code][]evidence.Bundle{
		facts.Interrupted: {{Interrupted: true}, {Expired: true}, {Interrupted: true, Expired: true}},
		facts.Untested:    {{}},
	} {
		for _, b := range bundles {
			r := &Reading{Bundle: &b}
			for name, why := range map[string]facts.Unknown{"not looked at": r.NotAsked("the record"), "not asked": r.Unasked("the question")} {
				if why.Code != want {
					t.Errorf("%s, interrupted %v, expired %v: %s, want %s", name, b.Interrupted, b.Expired, why.Code, want)
				}
			}
		}
	}
}
