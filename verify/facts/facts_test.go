package facts

import (
	"testing"
	"time"
)

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 900 * time.Microsecond: "1 ms", 1500 * time.Millisecond: "1.5 s", 15678 * time.Millisecond: "15.7 s",
		150500 * time.Millisecond: "151 s", 24 * time.Hour: "86400 s (1 day)", 48 * time.Hour: "172800 s (2 days)",
		25 * time.Hour: "90000 s", -2 * time.Second: "-2 s",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}
