package check

import (
	"strings"
	"testing"
	"time"

	"mxverdict/verify"
)

// Who is asked beside the servers under test is announced where it is asked, and nowhere else: without controls, or on a port that networks
// do not close, there is nobody.
func TestControlsAreAnnouncedWhereTheyAreAsked(t *testing.T) {
	for name, test := range map[string]struct {
		options verify.Options
		want    bool
	}{
		"controls on the mail port":  {verify.Options{Controls: []string{"example.net"}, SMTPPort: 25}, true},
		"no controls":                {verify.Options{SMTPPort: 25}, false},
		"controls, and another port": {verify.Options{Controls: []string{"example.net"}, SMTPPort: 2525}, false},
	} {
		says := strings.Join(Make(about(tlsMissing, "mail.example.com"), catalogue(t)).Announce(test.options, false), "\n")
		if got := strings.Contains(says, "nobody stands"); got != test.want || strings.Contains(says, "example.net") != test.want {
			t.Errorf("%s: announced %v, want %v: %s", name, got, test.want, says)
		}
	}
}

// The first line says how long it takes, from the options: samples are waited for as a rule, nothing goes beyond the deadline, and where
// nobody is asked nothing is said.
func TestDurationIsAnnouncedFirst(t *testing.T) {
	for name, test := range map[string]struct {
		options verify.Options
		usually string
		most    string
	}{
		"the defaults": {verify.Options{Samples: 1, Every: 2 * time.Minute, Deadline: 12 * time.Minute}, "20 s", "12 minutes"},
		"samples":      {verify.Options{Samples: 4, Every: time.Minute, Deadline: 12 * time.Minute}, "200 s", "12 minutes"},
		"no time":      {verify.Options{Samples: 4, Every: time.Minute, Deadline: time.Minute}, "60 s", "60 s"},
	} {
		for _, rule := range []string{tlsMissing, "dns/soa-expire"} {
			says := Make(about(rule, "mail.example.com"), catalogue(t)).Announce(test.options, false)
			if len(says) == 0 || !strings.Contains(says[0], "less than "+test.usually+",") || !strings.Contains(says[0], test.most+" at most") {
				t.Errorf("%s, %s: %q", name, rule, says)
			}
		}
	}
	if says := Make(about("domain/expiry", "example.com"), catalogue(t)).Announce(verify.Options{}, false); len(says) > 0 {
		t.Errorf("nobody is asked, but: %q", says)
	}
}
