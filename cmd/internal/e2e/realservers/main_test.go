//go:build realservers

package realservers

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// workplace is the environment variable that tells the test process inside the namespaces where its files are.
const workplace = "REALSERVERS_DIR"

// tools are the programs that the tests start, with Debian's names of their packages.
var tools = [][2]string{{"ip", "iproute2"}, {"postfix", "postfix"}, {"named", "bind9"}, {"dnssec-keygen", "bind9-utils"}, {"dnssec-signzone", "bind9-utils"}}

// missing says what this machine lacks for the tests, or "".
var missing string

// TestMain runs the tests in namespaces of their own: it starts this very program a second time, as their first process.
func TestMain(m *testing.M) {
	if os.Getenv(workplace) != "" {
		flag.Parse()
		if err := flag.Set("test.parallel", "1000"); err != nil { // they wait more than they work
			fmt.Fprintln(os.Stderr, "realservers:", err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	if missing = lacking(); missing != "" {
		os.Exit(m.Run()) // where the test is skipped, or fails
	}
	code, err := inside()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) { // clone(2)
		missing = "real servers need a kernel that lets this process make namespaces for network, processes, mounts and host name: " + err.Error()
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "realservers:", err)
		code = 1
	}
	os.Exit(code)
}

func lacking() string {
	var lacks []string
	if os.Geteuid() != 0 {
		lacks = append(lacks, "root")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool[0]); err != nil {
			lacks = append(lacks, fmt.Sprintf("%s (Debian package %s)", tool[0], tool[1]))
		}
	}
	if len(lacks) == 0 {
		return ""
	}
	return "real servers need " + strings.Join(lacks, ", ") +
		`; then: sudo env "PATH=$PATH" go test -tags realservers ./cmd/internal/e2e/realservers -count=1 -v`
}

// inside builds the command and runs the tests in new namespaces. The process in there is the first of its process namespace and
// is killed when this one dies, and with it everything that it started.
func inside() (code int, err error) {
	dir, err := os.MkdirTemp("", "realservers-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil { // the servers run as users of their own
		return 1, err
	}
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "mxverdict"), "mxverdict/cmd/mxverdict")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("%s: %w\n%s", build, err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	runtime.LockOSThread() // the kernel sends the death signal when the thread ends that started the child
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), workplace+"="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}

// TestRealServers runs the command against every server side by side, because nearly all of the time is waiting, and looks
// afterwards at what the servers recorded.
func TestRealServers(t *testing.T) {
	if missing != "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	dir := os.Getenv(workplace)
	enter(t, dir)
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
