package verify

import (
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/transcript"
)

// What is kept of sessions and fetches for other reports, in bytes.
const (
	mostHeld    = 64 << 20
	mostFetched = 16 << 20
)

// costOf is about what sessions take in memory, in bytes.
func costOf(sessions []evidence.Session) (bytes int) {
	for _, s := range sessions {
		bytes += 512
		for _, e := range s.Events {
			bytes += 256 + len(e.Sent)
			if e.Reply != nil {
				for _, line := range e.Reply.Lines {
					bytes += 64 + len(line.Text)
				}
			}
			bytes += certificates(e.TLS)
		}
	}
	return bytes
}

// ageOf is for how long sessions serve other reports. Whether a server or this network is to blame for silence, or for what a device on the
// way may have changed, is told by a control at about the same time, so that such a session serves no longer than a control does: else an
// outage of ours would be taken for theirs as soon as it is over. Who turned us away may be asked again when its peace is over; and what came
// through hours ago is no word on what comes through now.
func ageOf(sessions []evidence.Session) time.Duration {
	doubtful := func(s evidence.Session) bool {
		return transcript.Unanswered(s) || transcript.Touched(&s) || slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
			return e.Failure != nil && (e.Failure.Kind == evidence.Timeout || e.Step == evidence.StepHandshake)
		})
	}
	if slices.ContainsFunc(sessions, doubtful) {
		return fresh
	}
	return peace
}

// costOfFetches is the same of fetches.
func costOfFetches(fetches []evidence.Fetch) (bytes int) {
	for _, f := range fetches {
		bytes += 1024 + len(f.Body) + len(f.Raw) + certificates(f.TLS)
	}
	return bytes
}

func certificates(t *evidence.TLS) (bytes int) {
	if t == nil {
		return 0
	}
	for _, c := range t.Certificates {
		bytes += len(c)
	}
	return bytes + 512
}
