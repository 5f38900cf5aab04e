package verify

import "mxverdict/verify/evidence"

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
