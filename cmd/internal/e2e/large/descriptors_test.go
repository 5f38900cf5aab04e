//go:build large && linux

package large

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// Where the files that a process may have open run out, tests wait for free ones: every verdict is the right one.
func TestFewDescriptors(t *testing.T) {
	const count = 1000
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for i := range count {
		write(t, dir, i, fmt.Sprintf("smtp:%s\nFailed To Connect\n12.5 seconds - Not good! on Connection time\n", address(i)))
	}
	at, end := listening(t, "greeters", "2s")
	c := batch(t, at, dir, out)
	limited := exec.Command("sh", append([]string{"-c", `ulimit -n 256 && exec "$@"`, "sh"}, c.Args...)...)
	if said, err := limited.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	reached, found := end(), verdicts(t, out)
	t.Logf("%d sessions, %d at once", reached.Sessions, reached.AtOnce)
	if len(found) != 1 || found["false_positive changed"] != 2*count {
		t.Errorf("verdicts: %v", found)
	}
}
