package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mxverdict/verify/lab"
)

// The command as a user meets it: scripts of shell lines, against servers of the lab on loopback sockets.
func TestScripts(t *testing.T) {
	if underRace {
		t.Skip("each command is a process of its own, under the detector a slow one; the other tests run the same command in this one")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               startLab,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"interrupt": interrupt,
			"fill":      fill,
			"bytes":     writeBytes,
			"readme":    readme,
		},
	})
}

// startLab tells a script where saved evidence lies, and runs the scenario of the script, if it has one.
func startLab(env *testscript.Env) error {
	stories, err := filepath.Abs("../../../testdata/stories")
	if err != nil {
		return err
	}
	env.Setenv("STORIES", stories)
	text, err := os.ReadFile(env.WorkDir + "/lab.yaml")
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	scenario, err := lab.Load("lab.yaml", text)
	if err != nil {
		return err
	}
	internet, err := scenario.OnLoopback()
	if err != nil {
		return err
	}
	env.Defer(func() { internet.Close() })
	env.Values[labKey{}] = internet
	env.Setenv("RESOLVER", internet.Resolver().String())
	env.Setenv("ROOTS", rootHints(internet))
	env.Setenv("SMTPPORT", fmt.Sprint(internet.SMTPPort()))
	// A wrapper, because a script cannot split a variable into several arguments.
	wrapper := fmt.Sprintf("#!/bin/sh\nexec mxverdict \"$@\" --resolver=%s --root-hints=%s --dns-port=%d --smtp-port=%d --allow-private --control=none "+
		"--helo=tester.example.net --quiet\n", internet.Resolver(), rootHints(internet), internet.DNSPort(), internet.SMTPPort())
	return os.WriteFile(env.WorkDir+"/onlab", []byte(wrapper), 0o700)
}

// labKey is where a script keeps its lab.
type labKey struct{}

// interrupt ADDRESS N sends Ctrl-C to the background command, once the SMTP host at an address has its n-th connection.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	fmt.Sscan(args[1], &n)
	internet := ts.Value(labKey{}).(*lab.Internet)
	for range 1000 { // ten seconds
		if internet.Connections(args[0]) >= n {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // the host counts before the command knows that it is connected
	for _, command := range ts.BackgroundCmds() {
		ts.Check(command.Process.Signal(os.Interrupt))
	}
}

// fill FILE SIZE-IN-MiB TEXT writes a file of repeated text.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	var size int
	fmt.Sscan(args[1], &size)
	text := args[2] + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(text, size<<20/len(text)+1)), 0o600))
}

// bytes FILE TEXT writes a text with the escapes of a Go string.
func writeBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// readme HEADING FILE writes the lines that the README sets off below a heading, without what stands between them.
func readme(ts *testscript.TestScript, _ bool, args []string) {
	text, err := os.ReadFile("../../../README.md")
	ts.Check(err)
	_, section, found := strings.Cut(string(text), "# "+args[0]+"\n")
	if !found {
		ts.Fatalf("the README has no heading %q", args[0])
	}
	section, _, _ = strings.Cut(section, "\n#")
	var lines strings.Builder
	for line := range strings.Lines(section) {
		if code, indented := strings.CutPrefix(line, "    "); indented {
			lines.WriteString(code)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(lines.String()), 0o600))
}
