package verify

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
)

// An answer that several reports share stands in the evidence once: twice, it would look like two tries. Another try, over another
// transport or at another time, is none of its copies.
func TestSharedAnswerIsRecordedOnce(t *testing.T) {
	r := (&Prober{}).newRun(Plan{})
	x := evidence.Exchange{At: time.Unix(1, 0), Server: "192.0.2.53:53", Transport: "udp", Name: "example.com", Type: "MX"}
	later, stream, round, other := x, x, x, x
	later.At, stream.Transport, round.Round, other.Server = x.At.Add(time.Second), "tcp", 1, "192.0.2.54:53"
	r.add([]evidence.Exchange{x, later, stream})
	r.add([]evidence.Exchange{stream, x, round, other, x})
	if n := len(r.bundle.Exchanges); n != 5 {
		t.Errorf("%d exchanges, want 5", n)
	}
}
