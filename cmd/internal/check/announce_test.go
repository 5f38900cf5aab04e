package check

import (
	"strings"
	"testing"

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
