package smtpprobe

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
)

// labels lists the events beside the plain course: "step label code".
func labels(session evidence.Session) []string {
	var out []string
	for _, e := range session.Events {
		if e.About == "" {
			continue
		}
		line := string(e.Step) + " " + e.About
		if e.Reply != nil {
			line += " " + e.Reply.Lines[0].Text[:3]
		}
		if e.Failure != nil {
			line += " " + string(e.Failure.Kind)
		}
		out = append(out, line)
	}
	return out
}

func wantLabels(t *testing.T, session evidence.Session, want ...string) {
	t.Helper()
	if got := labels(session); !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// Each transaction ends with RSET, and its events are never those of the plain course.
func TestLabelledTransactions(t *testing.T) {
	ask := plain
	ask.Plain = &Transaction{About: "plain", Senders: []string{""}, Recipients: []Recipient{{"plain", "postmaster"}}}
	ask.Transactions = []Transaction{{About: "two", Senders: []string{"a@b.example"}, Recipients: []Recipient{{"one", "x@y.example"}, {"other", `"u@f.example"@y.example`}}}}
	ask.Questions = []Question{{evidence.StepVRFY, "known", "postmaster"}, {evidence.StepEXPN, "list", "staff"}}
	session := talk(t, ask, func(p *peer) {
		p.say("220 mail.example.com")
		p.answer("EHLO", "250 mail.example.com")
		for _, step := range [][2]string{
			{"MAIL FROM:<>", "250 Ok"}, {"RCPT TO:<postmaster>", "530 5.7.0 Must issue a STARTTLS command first"}, {"RSET", "250 Ok"},
			{"MAIL FROM:<>", "250 Ok"}, {"RCPT TO:<postmaster@example.com>", "250 Ok"}, {"RSET", "250 Ok"},
			{"MAIL FROM:<a@b.example>", "250 Ok"}, {"RCPT TO:<x@y.example>", "550 no"}, {`RCPT TO:<"u@f.example"@y.example>`, "451 later"}, {"RSET", "250 Ok"},
			{"VRFY postmaster", "252 maybe"}, {"EXPN staff", "502 no"}, {"QUIT", "221 Bye"},
		} {
			p.answer(step[0], step[1])
		}
	})
	wantLabels(t, session, "mail plain 250", "rcpt plain 530", "rset plain 250", "rset two 250",
		"mail two 250", "rcpt one 550", "rcpt other 451", "rset two 250", "vrfy known 252", "expn list 502")
	if e := session.Event(evidence.StepRCPT); e == nil || e.Reply.Code != 250 {
		t.Errorf("the recipient of the plain course is %+v", e)
	}
}

// A second sender is tried only where the caller takes the reply for a refusal of the first.
func TestSendersInTurn(t *testing.T) {
	ask := Ask{Host: "mail.example.com", Address: address, SenderRefused: func(r evidence.Reply) bool { return strings.Contains(r.Lines[0].Text, "sender") }}
	for _, about := range []string{"at MAIL", "at RCPT", "for another reason"} {
		ask.Transactions = append(ask.Transactions, Transaction{about, []string{"a@b.example", ""}, []Recipient{{about, "x@y.example"}}})
	}
	session := talk(t, ask, func(p *peer) {
		p.say("220 mail.example.com")
		p.answer("EHLO", "250 mail.example.com")
		for _, step := range [][2]string{
			{"MAIL FROM:<a@b.example>", "550 bad sender"}, {"RSET", "250 Ok"},
			{"MAIL FROM:<>", "250 Ok"}, {"RCPT TO:<x@y.example>", "250 Ok"}, {"RSET", "250 Ok"},
			{"MAIL FROM:<a@b.example>", "250 Ok"}, {"RCPT TO:<x@y.example>", "550 bad sender"}, {"RSET", "250 Ok"},
			{"MAIL FROM:<>", "550 bad sender too"}, {"RSET", "250 Ok"},
			{"MAIL FROM:<a@b.example>", "550 no"}, {"RSET", "250 Ok"}, {"QUIT", "221 Bye"},
		} {
			p.answer(step[0], step[1])
		}
	})
	wantLabels(t, session, "mail at MAIL 550", "rset at MAIL 250", "mail at MAIL 250", "rcpt at MAIL 250", "rset at MAIL 250",
		"mail at RCPT 250", "rcpt at RCPT 550", "rset at RCPT 250", "mail at RCPT 550", "rset at RCPT 250",
		"mail for another reason 550", "rset for another reason 250")
}

// Nothing that could end a command, or add one, is sent.
func TestUnsafeLabelledArguments(t *testing.T) {
	const evil = "a@b>\r\nDATA"
	ask := Ask{Host: "mail.example.com", Address: address,
		Transactions: []Transaction{
			{"sender", []string{evil}, []Recipient{{"sender", "x@y.example"}}},
			{"recipient", []string{""}, []Recipient{{"recipient", evil}}},
		},
		Questions: []Question{{evidence.StepVRFY, "vrfy", evil}, {evidence.StepMAIL, "no question", "postmaster"}}}
	session := talk(t, ask, func(p *peer) {
		p.say("220 mail.example.com")
		p.answer("EHLO", "250 mail.example.com")
		p.answer("RSET", "250 Ok")
		p.answer("MAIL FROM:<>", "250 Ok")
		p.answer("RSET", "250 Ok")
		p.answer("QUIT", "221 Bye")
	})
	wantLabels(t, session, "mail sender malformed", "rset sender 250", "mail recipient 250", "rcpt recipient malformed", "rset recipient 250",
		"vrfy vrfy malformed", "mail no question malformed")
}

// After 421 or a broken connection nothing more is asked.
func TestTheSessionEndsInsideATransaction(t *testing.T) {
	ask := Ask{Host: "mail.example.com", Address: address, Questions: []Question{{evidence.StepVRFY, "vrfy", "postmaster"}},
		Transactions: []Transaction{{"first", []string{"a@b.example", ""}, []Recipient{{"first", "x@y.example"}, {"second", "x@z.example"}}}}}
	session := talk(t, ask, func(p *peer) {
		p.say("220 mail.example.com")
		p.answer("EHLO", "250 mail.example.com")
		p.answer("MAIL FROM:<a@b.example>", "250 Ok")
		p.answer("RCPT TO:<x@y.example>", "421 4.7.0 Too many")
	})
	wantLabels(t, session, "mail first 250", "rcpt first 421")
}
