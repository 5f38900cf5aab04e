package e2e

import "testing"

// parallel lets a test run beside others, but for those of the race detector: the command-line library keeps its help flag in a variable of
// its own, to which each run of a command writes. The program itself runs one.
func parallel(t *testing.T) {
	t.Helper()
	if !underRace {
		t.Parallel()
	}
}
