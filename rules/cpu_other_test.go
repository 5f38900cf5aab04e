//go:build !unix

package rules

import (
	"testing"
	"time"
)

// processorTime is not to be had on this system, so that nothing is measured.
func processorTime(b *testing.B) time.Duration {
	b.Skip("the time of the processor is measured on Unix only")
	return 0
}
