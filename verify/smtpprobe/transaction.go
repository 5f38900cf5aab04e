package smtpprobe

import "mxverdict/verify/evidence"

// Transaction is one sender with recipients whose acceptance is asked for. It ends with RSET: no message follows (RFC 5321
// section 4.1.1.5), so that nothing is ever delivered to anybody.
type Transaction struct {
	About      string   // label of MAIL and RSET in the evidence
	Senders    []string // "" is the null sender; the next one is tried where a server refuses the one before it
	Recipients []Recipient
}

// Recipient is a path for RCPT.
type Recipient struct {
	About string // label in the evidence
	Path  string // mailbox, without angle brackets
}

// Question is an argument for VRFY or EXPN (RFC 5321 section 3.5).
type Question struct {
	Step     evidence.Step // StepVRFY or StepEXPN
	About    string        // label in the evidence
	Argument string
}

// verbs are the commands of Question. Any other step in a question is refused, so that no caller can slip a command in.
var verbs = map[evidence.Step]string{evidence.StepVRFY: "VRFY", evidence.StepEXPN: "EXPN"}

// labelled holds what is asked beside the plain course of a session.
func (s *session) labelled() {
	for _, t := range s.ask.Transactions {
		s.hold(t)
	}
	// Last, because servers count such commands against a client (Postfix: smtpd_junk_command_limit).
	for _, q := range s.ask.Questions {
		s.question(q)
	}
}

// hold tries a transaction with one sender after the other, until one is not refused.
func (s *session) hold(t Transaction) {
	for i, sender := range t.Senders {
		refused := s.try(t, sender)
		s.about = t.About
		// Also after a refused MAIL, where it does nothing: the next transaction begins alike in every case.
		s.command(evidence.StepRSET, "RSET", s.probe.Patience)
		s.about = ""
		if !refused || i == len(t.Senders)-1 {
			return
		}
	}
}

// try asks for all recipients with one sender, and tells whether it was the sender that was refused.
func (s *session) try(t Transaction, sender string) (refused bool) {
	defer func() { s.about = "" }()
	s.about = t.About
	if sender != "" && !isArgument(sender) {
		s.refuse(evidence.StepMAIL, "the sender cannot stand in a command; MAIL was not sent")
		return true
	}
	if code := s.command(evidence.StepMAIL, "MAIL FROM:<"+sender+">", s.probe.Patience); code/100 != 2 {
		return s.refusesSender()
	}
	for _, r := range t.Recipients {
		s.about = r.About
		if !isArgument(r.Path) {
			s.refuse(evidence.StepRCPT, "the recipient cannot stand in a command; RCPT was not sent")
			continue
		}
		// Many servers judge the sender only here (Postfix: smtpd_delay_reject), so that the next sender is tried from the start.
		if code := s.command(evidence.StepRCPT, "RCPT TO:<"+r.Path+">", s.probe.Patience); code/100 != 2 && s.refusesSender() {
			return true
		}
	}
	return false
}

// refusesSender asks whether the reply that just came refuses the sender. Who refuses a sender is for the caller to say: words of
// refusals are read elsewhere. Without SenderRefused no second sender is tried.
func (s *session) refusesSender() bool {
	last := s.record.Events[len(s.record.Events)-1]
	return !s.over && last.Reply != nil && s.ask.SenderRefused != nil && s.ask.SenderRefused(*last.Reply)
}

// question puts an argument as it is: it is no path, and neither command takes brackets (RFC 5321 section 4.1.1.6).
func (s *session) question(q Question) {
	defer func() { s.about = "" }()
	s.about = q.About
	if !isArgument(q.Argument) || verbs[q.Step] == "" {
		s.refuse(q.Step, "the argument cannot stand in a command, which was not sent")
		return
	}
	s.command(q.Step, verbs[q.Step]+" "+q.Argument, s.probe.Patience)
}
