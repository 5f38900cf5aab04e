package lab

import (
	"strings"
	"testing"
	"time"
)

func TestAnswersByWhatACommandNames(t *testing.T) {
	s := smtp(t, `
domains: [example.com]
relays: nothing
mail_from: [{matches: "*@forged.example", reply: 550 5.1.8 Sender refused}]
rcpt_to:
  - {matches: odd@example.com, from: "", reply: 452 4.2.2 Full}
  - {matches: odd@example.com, reply: 550 5.1.1 Nobody}
vrfy: [{matches: postmaster*, reply: 250 2.1.5 Postmaster}]
expn: [{matches: staff, reply: 250 2.1.5 Jo <jo@example.com>}]`)
	inBubble(t, s, func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.reply()
		c.ask("EHLO probe.example.net")
		for _, step := range []struct{ command, reply string }{
			{"MAIL FROM:<a@forged.example>", "550 5.1.8 Sender refused"},
			{"MAIL FROM:<a@b.example>", "250 2.1.0 Ok"},
			{"RCPT TO:<POSTMASTER>", "250 2.1.5 Ok"},
			{"RCPT TO:<anybody@Example.COM>", "250 2.1.5 Ok"},
			{"RCPT TO:<a@mail.example.com>", "250 2.1.5 Ok"},
			{"RCPT TO:<a@example.net>", "554 5.7.1 <a@example.net>: Relay access denied"},
			{"RCPT TO:<@example.com:a@example.net>", "554 5.7.1 <@example.com:a@example.net>: Relay access denied"},
			{"RCPT TO:<a%example.net@example.com>", "554 5.7.1 <a%example.net@example.com>: Relay access denied"},
			{"RCPT TO:<odd@example.com>", "550 5.1.1 Nobody"},
			{"RSET", "250 2.0.0 Ok"},
			{"MAIL FROM:<>", "250 2.1.0 Ok"},
			{"RCPT TO:<odd@example.com>", "452 4.2.2 Full"},
			{"VRFY postmaster@example.com", "250 2.1.5 Postmaster"},
			{"VRFY nobody", "252 2.1.5 Cannot verify; send mail and see"},
			{"EXPN staff", "250 2.1.5 Jo <jo@example.com>"},
			{"EXPN others", "502 5.5.1 Command not recognised"},
		} {
			c.expect(c.ask(step.command), step.reply)
		}
	})
}

func TestGreylisting(t *testing.T) {
	inBubble(t, smtp(t, "greylists: 300s\nrelays: valid"), func(t *testing.T, n *Internet) {
		try := func(recipient string) string {
			c := dialSMTP(t, n, mail)
			c.reply()
			c.ask("EHLO probe.example.net")
			c.ask("MAIL FROM:<a@example.net>")
			return c.ask("RCPT TO:<" + recipient + ">")[:3]
		}
		for _, step := range []struct {
			wait            time.Duration
			recipient, code string
		}{
			{0, "b@example.com", "450"},
			{299 * time.Second, "b@example.com", "450"},
			{time.Second, "b@example.com", "250"},
			{0, "c@example.com", "450"},
			{0, "c@x.invalid", "550"},
		} {
			time.Sleep(step.wait)
			if code := try(step.recipient); code != step.code {
				t.Errorf("after %v, %s gets %s, want %s", step.wait, step.recipient, code, step.code)
			}
		}
	})
}

func TestRequiredTLS(t *testing.T) {
	for command, at := range map[string]int{"mail": 1, "rcpt": 0} {
		inBubble(t, smtp(t, "starttls: true\nrequires_tls: "+command), func(t *testing.T, n *Internet) {
			c := dialSMTP(t, n, mail)
			c.reply()
			c.ask("EHLO probe.example.net")
			want := []string{"250 2.1.0 Ok", needsTLS}[at:]
			for i, line := range []string{"MAIL FROM:<>", "RCPT TO:<postmaster>"}[:len(want)] {
				c.expect(c.ask(line), want[i])
			}
		})
	}
}

// What RFC 3207 section 4 leaves without encryption.
func TestEverythingRequiresTLS(t *testing.T) {
	inBubble(t, smtp(t, "starttls: true\nrequires_tls: everything"), func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.reply()
		for _, line := range []string{"RSET", "MAIL FROM:<>", "VRFY postmaster"} {
			c.expect(c.ask(line), needsTLS)
		}
		for _, line := range []string{"NOOP", "EHLO probe.example.net"} {
			if reply := c.ask(line); !strings.HasPrefix(reply, "250") {
				t.Errorf("%s gets %s", line, reply)
			}
		}
	})
}
