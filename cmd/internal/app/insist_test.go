package app_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/app"
)

// Two tries half a minute apart do not tell a dead server from a firewall that refuses newcomers for a while. Three over ten
// minutes do, and who answers the third time is not dead.
func TestTriesOfAServerThatCannotBeReached(t *testing.T) {
	const target, control = "203.0.113.21", "203.0.113.98"
	with := func(manner string) string {
		return controlled([]string{target}, [][]string{{control}}, "{address: "+target+", name: mx1.example.com, starttls: true, "+manner+"}", greets(control))
	}
	for _, test := range []struct {
		name, scenario string
		args           []string
		want           string
		sessions       int
		least, most    time.Duration
	}{
		{"refused", with("connect: refused"), nil, "confirmed medium", 2, 30 * time.Second, 35 * time.Second},
		{"silent", with("connect: silent"), nil, "confirmed medium", 2, 60 * time.Second, 70 * time.Second},
		{"refuses newcomers for 45 s", with("refuses_for: 45s"), nil, "confirmed medium", 2, 30 * time.Second, 35 * time.Second},
		{"refuses newcomers for 20 s", with("refuses_for: 20s"), nil, "false_positive changed", 2, 30 * time.Second, 35 * time.Second},
		{"refused, insisting", with("connect: refused"), []string{"--insist"}, "confirmed high", 3, 600 * time.Second, 620 * time.Second},
		{"silent, insisting", with("connect: silent"), []string{"--insist"}, "confirmed high", 3, 630 * time.Second, 650 * time.Second},
		{"refuses newcomers for 45 s, insisting", with("refuses_for: 45s"), []string{"--insist"}, "false_positive changed", 3, 600 * time.Second, 620 * time.Second},
		{"refuses newcomers for 20 s, insisting", with("refuses_for: 20s"), []string{"--insist"}, "false_positive changed", 2, 30 * time.Second, 35 * time.Second},
		{"answers slowly at last, insisting", with("refuses_for: 45s, greeting: {delay: 250s}"), []string{"--insist"}, "false_positive artifact", 3, 850 * time.Second, 870 * time.Second},
		{"insisting in a run that ends before", with("connect: refused"), []string{"--insist", "--deadline", "12m", "--patience", "1s"}, "confirmed high", 3, 600 * time.Second, 620 * time.Second},
		{"insisting where no control greets", controlled([]string{target}, [][]string{{control}}, refused(target), refused(control)), []string{"--insist"},
			"inconclusive network_closed", 1, 0, 10 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := withControls(t, test.scenario, "Failed To Connect\n", append([]string{"--control", "a.test"}, test.args...)...)
			v := s.verdict("smtp/connect")
			if ending(v) != test.want {
				t.Errorf("%s, want %s: %s", ending(v), test.want, v.Says)
			}
			sessions := 0
			for _, session := range s.evidence.Sessions {
				if !session.Control && !session.Decoy {
					sessions++
				}
			}
			if sessions != test.sessions || s.took < test.least || s.took > test.most {
				t.Errorf("%d sessions in %v", sessions, s.took)
			}
			if advised := strings.Contains(strings.Join(v.Notes, " "), "--insist"); advised != (test.want == "confirmed medium") {
				t.Errorf("the next step is told: %v: %v", advised, v.Notes)
			}
		})
	}
}

// One of several addresses that is dead for ten minutes delays mail as one that is dead for half a minute does.
func TestInsistingOnOneOfSeveralAddresses(t *testing.T) {
	text := controlled([]string{"203.0.113.21", "203.0.113.22"}, [][]string{{"203.0.113.98"}}, silent("203.0.113.21"), greets("203.0.113.22"), greets("203.0.113.98"))
	s := withControls(t, text, "Failed To Connect\n", "--control", "a.test", "--insist")
	if v := s.verdict("smtp/connect"); ending(v) != "confirmed low" {
		t.Errorf("%s: %s", ending(v), v.Says)
	}
}

// Ten minutes do not fit into a shorter run.
func TestInsistingNeedsTime(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := app.Run([]string{"mxverdict", "--insist", "--deadline", "5m", "--resolver", "192.0.2.1", "--target", "example.com"}, strings.NewReader("Failed To Connect\n"),
		&stdout, &stderr, app.Env{LoadRules: sharedRules})
	if code != 2 || !strings.Contains(stderr.String(), "--insist") || !strings.Contains(stderr.String(), "--deadline") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}
