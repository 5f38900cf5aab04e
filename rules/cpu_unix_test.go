//go:build unix

package rules

import (
	"syscall"
	"testing"
	"time"
)

// processorTime is what this process has used so far, its collector included.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
