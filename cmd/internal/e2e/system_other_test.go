//go:build !unix

package e2e

import (
	"os"
	"testing"
)

// pipe is a file of a kind that this system lacks.
func pipe(t *testing.T, _ string) string {
	t.Helper()
	t.Skip("this system has no named pipes")
	return ""
}

// peak is not to be had on this system.
func peak(*os.ProcessState) int64 { return 0 }
