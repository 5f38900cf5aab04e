//go:build !unix

package check

import (
	"testing"
	"time"
)

// cpu is not to be had on this system, so that nothing is measured.
func cpu(b *testing.B) time.Duration {
	b.Skip("the time of the processor is measured on Unix only")
	return 0
}
