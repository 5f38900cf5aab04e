package check

import (
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
)

// Whether a finding is accepted is decided by the time of the test, and an acceptance that is over is told to the reader and to who keeps
// the policy.
func TestAcceptedByTheTimeOfTheTest(t *testing.T) {
	under, err := catalogue(t).Under("policy.yaml", []byte("schema: mxverdict/policy/1\norganisation: Example Hosting\n"+
		"accepted: [{rule: "+tlsMissing+", subject: mail.example.com, reason: It is old., by: Jane Doe, until: 2027-03-31}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for day, over := range map[int]bool{31: false, 32: true} {
		b := unreached(evidence.Open)
		b.StartedAt = time.Date(2027, 3, day, 12, 0, 0, 0, time.UTC)
		r := Judge(about(tlsMissing, "mail.example.com"), b, under)
		v := r.Judgement.Verdicts[0]
		told := strings.Contains(strings.Join(r.Notices, " "), "Example Hosting accepted "+tlsMissing)
		aside := strings.Contains(strings.Join(r.Asides, " "), "2027-03-31")
		if (v.Accepted == nil) != over || told != over || aside != over || r.Hindered {
			t.Errorf("day %d: accepted %v, notices %q, asides %q", day, v.Accepted, r.Notices, r.Asides)
		}
	}
	if r := Judge(about(tlsMissing, "mail.example.com"), unreached(evidence.Open), catalogue(t)); len(r.Judgement.Verdicts[0].Policy) > 0 {
		t.Error("without a policy something rests on one")
	}
}
