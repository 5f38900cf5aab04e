package smtp

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

func TestPostmasterFact(t *testing.T) {
	spurned := func(about string) []string { return []string{about + "; mail; 550 5.1.8 Sender refused"} }
	for _, test := range []struct {
		name, want string
		sessions   []evidence.Session
	}{
		{"known", "yes", []evidence.Session{script(rcpt("ours", ok), rcpt("nobody", ok))}},
		{"unknown", "no", []evidence.Session{script(rcpt("ours", noUser), rcpt("nobody", noUser))}},
		{"unknown to one sender only", "ambiguous", []evidence.Session{script(rcpt("ours", ok), rcpt("nobody", noUser))}},
		{"unknown, asked once", "untested", []evidence.Session{script(rcpt("ours", noUser))}},
		{"unknown, then refused", "refused", []evidence.Session{script(rcpt("ours", noUser), rcpt("nobody", hated))}},
		{"refused, then unknown", "refused", []evidence.Session{script(rcpt("ours", hated), rcpt("nobody", noUser))}},
		{"refused", "refused", []evidence.Session{script(rcpt("ours", hated), rcpt("nobody", hated))}},
		{"policy", "refused", []evidence.Session{script(rcpt("ours", "550 5.1.1 Refused by policy"), rcpt("nobody", "550 5.1.1 Refused by policy"))}},
		{"unknown for a while", "refused", []evidence.Session{script(rcpt("ours", "450 4.1.1 User unknown"), rcpt("nobody", "450 4.1.1 User unknown"))}},
		{"full", "refused", []evidence.Session{script(rcpt("ours", "552 5.2.2 full"), rcpt("nobody", "552 5.2.2 full"))}},
		{"known, and our sender refused", "yes", []evidence.Session{script(spurned("ours"), rcpt("nobody", ok))}},
		{"known, and our sender refused at RCPT", "yes", []evidence.Session{script(rcpt("ours", "550 SPF fail"), rcpt("nobody", ok))}},
		{"both senders refused", "refused", []evidence.Session{script(spurned("ours"), spurned("nobody"))}},
		{"known, and put off", "refused", []evidence.Session{script(rcpt("ours", later), rcpt("nobody", ok))}},
		{"known, and a limit reached", "refused", []evidence.Session{script(rcpt("ours", ok), []string{"nobody; mail; 550 Quota exceeded"})}},
		{"unknown, and our sender refused", "refused", []evidence.Session{script(spurned("ours"), rcpt("nobody", noUser))}},
		{"both senders refused, in words for a mailbox", "refused", []evidence.Session{script([]string{"ours; mail; " + noUser, "nobody; mail; " + noUser})}},
		{"known, then unknown", "disagreement", []evidence.Session{script(rcpt("ours", ok), rcpt("nobody", ok)), script(rcpt("ours", noUser), rcpt("nobody", noUser))}},
		{"put off, then known", "yes", []evidence.Session{script(rcpt("ours", later), rcpt("nobody", later)), script(rcpt("ours", ok), rcpt("nobody", ok))}},
		{"broken", "connect_failed", []evidence.Session{script(rcpt("ours", "-"))}},
		{"not asked", "untested", []evidence.Session{scripted()}},
	} {
		if got := factOf(facts.SMTPPostmasterAccepted, test.sessions...); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	// The reason is that of the open question, not that of another one.
	f := fact(facts.SMTPPostmasterAccepted, script(rcpt("ours", noUser), rcpt("nobody", hated)))
	if !strings.Contains(f.Why.Detail, "blacklisted") {
		t.Errorf("unknown, then refused: %s", f.Why.Detail)
	}
}
