//go:build realservers

package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/cmd/internal/e2e/namespace"
	"mxverdict/rules"
	"mxverdict/verify/lab"
)

// here are the tests of this package, and what they need.
var here = namespace.Tests{
	Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	Package: "./cmd/internal/e2e/commands",
	Tools:   [][2]string{{"ip", "iproute2"}, {"dig", "bind9-dnsutils"}, {"openssl", "openssl"}, {"swaks", "swaks"}, {"curl", "curl"}},
}

func TestMain(m *testing.M) { os.Exit(here.Main(m)) }

// claims holds a reporter that makes the claim of every rule.
const claims = "../../../../testdata/rules"

// verdict is the part of the JSON contract that the tests look at.
type verdict struct {
	Rule, Subject, Verdict, Reason string
	Measured                       []struct {
		Fact  string
		Value json.RawMessage
	}
	Commands []string
}

// judged runs the command in memory and returns its verdicts.
func judged(t *testing.T, s *lab.Scenario, report string) (verdicts []verdict) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var roots []string
		for _, root := range internet.Roots() {
			roots = append(roots, root.String())
		}
		args := []string{"mxverdict", "verify", "--resolver", internet.Resolver().String(), "--root-hints", strings.Join(roots, ","), "--helo", "tester.example.net",
			"--rules", claims, "--control", "none", "--format", "json", "--quiet", "--target", s.Target}
		if anchors := internet.TrustAnchors(); anchors != "" {
			file := filepath.Join(t.TempDir(), "root.ds")
			if err := os.WriteFile(file, []byte(anchors), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, "--trust-anchor", file)
		}
		var stdout, stderr bytes.Buffer
		app.Run(args, strings.NewReader(report), &stdout, &stderr,
			app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet, TrustedRoots: internet.TrustedRoots()})
		time.Sleep(time.Minute) // what is still on its way to a run that did not wait for it arrives
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		var answer struct{ Verdicts []verdict }
		if err := json.Unmarshal(stdout.Bytes(), &answer); err != nil {
			t.Fatalf("no JSON: %v: %s", err, stderr.String())
		}
		verdicts = answer.Verdicts
		synctest.Wait()
	})
	return verdicts
}

var (
	shipped    = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(nil) })
	withClaims = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(os.DirFS(claims)) })
)

// sharedRules hands the same catalogue to every run.
func sharedRules(fs.FS) (*rules.Catalogue, error) { return withClaims() }

// shown is what a command did.
type shown struct {
	output string
	code   int
}

// longest is how long a command may take: the longest greeting of the scenarios, and a resolver that dig asks three times.
const longest = 60 * time.Second

// obey lets the shell run a command, in a process group of its own that ends with it.
func obey(t *testing.T, command string, env []string) shown {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", command)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(longest, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer timer.Stop()
	err := cmd.Wait()
	s := shown{output: out.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() < 0:
		t.Errorf("%s does not end within %v", command, longest)
	case errors.As(err, &exit):
		s.code = exit.ExitCode()
	case err != nil:
		t.Fatalf("%s: %v", command, err)
	}
	return s
}

// own makes all addresses of the scenarios those of this machine.
func own(t *testing.T, all []*lab.Scenario) {
	t.Helper()
	var lines []string
	for _, s := range all {
		for _, a := range s.Addresses() {
			line := "address replace " + a.String() + " dev lo"
			if a.Is6() {
				line += " nodad"
			}
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	cmd := exec.Command("ip", "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
