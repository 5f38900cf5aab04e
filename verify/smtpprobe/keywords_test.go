package smtpprobe

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/transcript"
)

func TestKeywords(t *testing.T) {
	tests := []struct {
		name  string
		reply []string
		want  []string
	}{
		{"first", []string{"250-a.example.com", "250-starttls", "250-SIZE 1000", "250 HELP"},
			[]string{"STARTTLS", "SIZE", "HELP"}},
		{"middle", []string{"250-a.example.com", "250-SIZE", "250-STARTTLS", "250 HELP"},
			[]string{"SIZE", "STARTTLS", "HELP"}},
		{"last", []string{"250-a.example.com", "250-SIZE", "250 STARTTLS"}, []string{"SIZE", "STARTTLS"}},
		{"one line", []string{"250 STARTTLS"}, []string{"STARTTLS"}},
		{"on the name's line", []string{"250-StartTLS", "250 SIZE"}, []string{"STARTTLS", "SIZE"}},
		{"name only", []string{"250 a.example.com"}, nil},
		{"in the greeting text only", []string{"250 a.example.com greets; no STARTTLS here"}, nil},
		{"as a parameter only", []string{"250-a", "250 X STARTTLS"}, []string{"X"}},
		{"masked by a firewall", []string{"250-a", "250 XXXXXXXA"}, []string{"XXXXXXXA"}},
		{"a name that begins like it", []string{"250 starttls.example.com"}, nil},
		{"empty lines", []string{"250-a", "250-", "250-STARTTLS", "250"}, []string{"STARTTLS"}},
		{"refused", []string{"550-STARTTLS", "550 STARTTLS"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// The reply comes over the wire, so that the reader's cut counts too.
			session := talk(t, Ask{Address: address}, func(p *peer) {
				p.say("220 a")
				p.answer("EHLO", test.reply...)
				p.answer("QUIT", "221 bye")
			})
			reply := *session.Event(evidence.StepEHLO).Reply
			if got := transcript.Keywords(reply); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			reply.Complete = false
			if got := transcript.Keywords(reply); got != nil {
				t.Errorf("an incomplete reply gives %q", got)
			}
		})
	}
}
