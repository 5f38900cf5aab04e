//go:build large && linux

package large

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where the files that a process may have open run out, nothing is said of the servers that were not reached for it: a verdict is the right one
// or none.
func TestDescriptorsRunOut(t *testing.T) {
	const count = 1000
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for i := range count {
		write(t, dir, i, fmt.Sprintf("smtp:%s\nFailed To Connect\nWarning - Does not support TLS.\n12.5 seconds - Not good! on Connection time\n", address(i)))
	}
	at, end := listening(t, "greeters", "2s")
	c := batch(t, at, dir, out)
	limited := exec.Command("sh", append([]string{"-c", `ulimit -n 256 && exec "$@"`, "sh"}, c.Args...)...)
	said, err := limited.CombinedOutput()
	t.Logf("%v; it said: %s", err, said)
	reached, found := end(), verdicts(t, out)
	t.Logf("%d sessions, %d at once; verdicts: %v", reached.Sessions, reached.AtOnce, found)
	text, _ := exec.Command("sh", "-c", "mkdir -p /tmp/scale/d; rm -rf /tmp/scale/d/*; cp -r "+out+" /tmp/scale/d/").CombinedOutput()
	t.Logf("%s", text)
	for what := range found {
		if !strings.HasPrefix(what, "policy_disagreement") && !strings.HasPrefix(what, "inconclusive") {
			t.Errorf("verdicts: %v", found)
		}
	}
}
