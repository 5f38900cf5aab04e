package e2e

import (
	"encoding/json"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"mxverdict/verify/lab"
)

// oddRuns is how many odd servers are met where MXVERDICT_ODD_DIALOGUES does not name another number.
const oddRuns = 200

// A server that does something odd at any step never leads to a verdict that it contradicts by its own account. The servers are
// those of the seeds from 1 on; MXVERDICT_ODD_SEED begins elsewhere.
func TestOddDialogues(t *testing.T) {
	parallel(t)
	setting := func(name string, usual int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return usual
	}
	report := "Warning - Reverse DNS does not match SMTP Banner\n" +
		claim("smtp/open-relay", "smtp/postmaster", "smtp/tls-missing", "smtp/tls-required", "smtp/vrfy", "smtp/disconnected")
	text := host(t)
	decided := map[string]int{}
	first := setting("MXVERDICT_ODD_SEED", 1)
	for seed := first; seed < first+setting("MXVERDICT_ODD_DIALOGUES", oddRuns); seed++ {
		s := newOddServer(uint64(seed))
		serve := func(n *lab.Internet) { n.Serve(netip.MustParseAddr("203.0.113.25"), s.serve) }
		o := inLabWith(t, serve, text, report, "--format", "json")
		var a answer
		if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
			t.Fatalf("seed %d: %v: %s", seed, err, o.stderr)
		}
		for _, v := range a.Verdicts {
			if v.Verdict == "inconclusive" {
				continue
			}
			decided[v.Rule+" "+strings.Replace(v.Verdict, "policy_disagreement", "confirmed", 1)]++ // the claim is true
			if why := s.contradicts(v); why != "" {
				t.Errorf("seed %d: %s is %s (%s), but %s: %s%s", seed, v.Rule, v.Verdict, v.Reason, why, v.Says, s.describe())
			}
		}
		for _, said := range s.said {
			if strings.EqualFold(said.verb, "DATA") || strings.EqualFold(said.verb, "BDAT") {
				t.Errorf("seed %d: the client sent %s", seed, said.verb)
			}
		}
	}
	for _, rule := range []string{"smtp/open-relay", "smtp/postmaster", "smtp/tls-missing", "smtp/tls-required", "smtp/vrfy", "smtp/banner-mismatch"} {
		if decided[rule+" confirmed"] == 0 || decided[rule+" false_positive"] == 0 {
			t.Errorf("the servers lead to %d confirmed and %d others of %s, so the test shows nothing", decided[rule+" confirmed"], decided[rule+" false_positive"], rule)
		}
	}
}
