package smtp

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// visited is a host at one address, with the sessions that were held there. The three sessions below need not be the same one, and
// mostly are: only several sessions with one address can differ.
type visited struct {
	*reading.Reading
	place    *reading.Place
	sessions []reading.Session // one at least

	best    reading.Session // came furthest
	slowest reading.Session // shows how long strangers wait for the greeting
	timed   reading.Session // shows how long the dialogue takes
}

// visit gathers what was held at a place, or says why nothing was.
func visit(r *reading.Reading, p *reading.Place) (visited, facts.Unknown) {
	v := visited{Reading: r, place: p, sessions: r.Sessions(p.Subject)}
	switch {
	case p.Nowhere.Code != "":
		return v, p.Nowhere
	// Without a session the reason is that for the greeting, on which all that follows rests.
	case len(v.sessions) == 0:
		return v, r.Greeted(p.Subject).Why
	}
	v.best = reading.BestOf(v.sessions)
	v.slowest = reading.SlowestGreeting(v.sessions, v.best)
	v.timed = v.slowestDialogue()
	return v, facts.Unknown{}
}

// throughout is something that all sessions with the address show together.
func (v visited) throughout(k facts.Known) facts.Known {
	return k.Seen(v.best.StartedAt, "all sessions with the address")
}

// session says what is known of the plain course of the sessions, of the way to them to the reply to RCPT.
func (v visited) session() map[facts.Name]facts.Known {
	waits, samples, tls := v.waits(), v.samples(), v.encryption()
	hangup, hangupStep := v.hangup()
	return map[facts.Name]facts.Known{
		// Of the way to the server, from the session that came furthest.
		facts.SMTPPort:             v.port(),
		facts.SMTPRouteOK:          v.route(),
		facts.SMTPNetworkOpen:      v.networkOpen(),
		facts.SMTPConnectOK:        v.Connected(v.place.Subject),
		facts.SMTPConnectLatency:   v.connectLatency(),
		facts.SMTPConnectFailures:  v.connectFailures(),
		facts.SMTPConnectFailedFor: v.connectFailedFor(),
		facts.SMTPNolisting:        v.nolisting(),

		// Of the greeting, from the session in which it came last: as the reporter met it, who comes for the first time.
		facts.SMTPGreetingReceived:     v.Greeted(v.place.Subject),
		facts.SMTPGreetingCode:         v.greetingCode(),
		facts.SMTPGreetingText:         v.greetingText(),
		facts.SMTPGreetingHasPTR:       v.greetingHasPTR(),
		facts.SMTPGreetingName:         v.greetingName(),
		facts.SMTPGreetingNameValid:    v.greetingNameValid(),
		facts.SMTPGreetingMasked:       v.greetingMasked(),
		facts.SMTPGreetingNameResolves: v.greetingNameResolves(),

		// Of the waits, from the slowest ones, and of all sessions together.
		facts.SMTPGreetingLatency:    waits.greeting,
		facts.SMTPGreetingFirstByte:  waits.firstByte,
		facts.SMTPTransactionTotal:   waits.total,
		facts.SMTPEHLOLatency:        v.latency(v.timed, evidence.StepEHLO),
		facts.SMTPMAILLatency:        v.latency(v.timed, evidence.StepMAIL),
		facts.SMTPRCPTLatency:        v.latency(v.timed, evidence.StepRCPT),
		facts.SMTPDelayKind:          v.delayKind(),
		facts.SMTPDelayFirstContact:  samples.firstContact,
		facts.SMTPDelayEverybody:     v.delayEverybody(),
		facts.SMTPSamplesCount:       samples.count,
		facts.SMTPSamplesGreetingMin: samples.shortest,
		facts.SMTPSamplesGreetingMed: samples.median,
		facts.SMTPSamplesGreetingMax: samples.longest,
		facts.SMTPDrip:               v.drip(),
		facts.SMTPTarpit:             v.tarpit(),
		facts.SMTPHangup:             hangup,
		facts.SMTPHangupStep:         hangupStep,

		// Of encryption, from all sessions: several machines may stand behind an address, of which one lacks it.
		facts.SMTPEHLOSTARTTLS:      v.listed(v.best),
		facts.SMTPSTARTTLSMissing:   tls.missing,
		facts.SMTPSTARTTLSTrouble:   tls.trouble,
		facts.SMTPSTARTTLSVersion:   tls.version,
		facts.SMTPSTARTTLSSometimes: tls.sometimes,
		facts.SMTPSTARTTLSSmuggled:  v.smuggled(),
	}
}
