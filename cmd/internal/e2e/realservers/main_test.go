//go:build realservers

package realservers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"mxverdict/cmd/internal/e2e/namespace"
)

// here are the tests of this package, and what they need.
var here = namespace.Tests{
	Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	Package: "./cmd/internal/e2e/realservers",
	Tools: [][2]string{{"ip", "iproute2"}, {"postfix", "postfix"}, {"named", "bind9"}, {"dnssec-keygen", "bind9-utils"},
		{"dnssec-signzone", "bind9-utils"}},
	Prepare: func(dir string) error {
		build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "mxverdict"), "mxverdict/cmd/mxverdict")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", build, err, out)
		}
		return nil
	},
}

func TestMain(m *testing.M) { os.Exit(here.Main(m)) }

// TestRealServers runs the command against every server side by side, because nearly all of the time is waiting, and looks
// afterwards at what the servers recorded.
func TestRealServers(t *testing.T) {
	here.Need(t)
	dir := namespace.Folder()
	enter(t)
	dns := startNamed(t, dir)
	mail := startPostfix(t, dir)
	startWeb(t, mail.ca)
	t.Logf("Servers: %s; %s", mail.version, dns.version)

	table := &results{}
	few := make(chan struct{}, 4) // so that the load of many runs at once is not taken for slow servers
	t.Run("run", func(t *testing.T) {
		for _, c := range cases() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				if c.untimed {
					few <- struct{}{}
					defer func() { <-few }()
				}
				table.add(c, c.run(t, dir))
			})
		}
	})
	t.Run("nothing was sent", mail.sentNothing)
	t.Run("no stranger was asked", dns.askedNoStranger)
	t.Log(table.greetings(mail.version))
	if t.Failed() {
		t.Log(tail(mail.log))
	}
}

// tail is the end of a log, for the reader of a failure.
func tail(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	const most = 20_000
	return fmt.Sprintf("the end of %s:\n%s", file, b[max(0, len(b)-most):])
}
