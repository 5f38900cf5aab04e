//go:build realservers

package namespace

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

// Tests are the tests of one package that run in namespaces.
type Tests struct {
	Package string                 // as it is named to go test
	Tools   [][2]string            // the programs that they start, with Debian's names of their packages
	Prepare func(dir string) error // makes what they need outside of the namespaces; may be nil

	Stdin, Stdout, Stderr *os.File // those of the tests

	missing string // what this machine lacks for them
}

// Main runs the tests in namespaces of their own: it starts the test program a second time, as the first process in there. It returns
// the code with which to exit.
func (w *Tests) Main(m *testing.M) int {
	if Folder() != "" {
		flag.Parse()
		if err := flag.Set("test.parallel", "1000"); err != nil { // they wait more than they work
			fmt.Fprintln(w.Stderr, "namespace:", err)
			return 1
		}
		return m.Run()
	}
	if w.missing = w.lacking(); w.missing != "" {
		return m.Run() // where the test is skipped, or fails
	}
	code, err := w.inside()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) { // clone(2)
		w.missing = "this needs a kernel that lets this process make namespaces for network, processes, mounts and host name: " + err.Error()
		return m.Run()
	}
	if err != nil {
		fmt.Fprintln(w.Stderr, "namespace:", err)
		return 1
	}
	return code
}

// Folder is where the tests have their files, in the namespaces.
func Folder() string { return os.Getenv(workplace) }

// Need skips the test where the machine lacks something, or lets it fail where that is not allowed.
func (w *Tests) Need(t *testing.T) {
	t.Helper()
	if w.missing != "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(w.missing)
		}
		t.Skip(w.missing)
	}
}

func (w *Tests) lacking() string {
	var lacks []string
	if os.Geteuid() != 0 {
		lacks = append(lacks, "root")
	}
	for _, tool := range w.Tools {
		if _, err := exec.LookPath(tool[0]); err != nil {
			lacks = append(lacks, fmt.Sprintf("%s (Debian package %s)", tool[0], tool[1]))
		}
	}
	if len(lacks) == 0 {
		return ""
	}
	return "this needs " + strings.Join(lacks, ", ") + `; then: sudo env "PATH=$PATH" go test -tags realservers ` + w.Package + ` -count=1 -v`
}

// inside runs the tests in new namespaces. The process in there is the first of its process namespace and is killed when this one dies,
// and with it everything that it started.
func (w *Tests) inside() (code int, err error) {
	dir, err := os.MkdirTemp("", "realservers-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil { // servers run as users of their own
		return 1, err
	}
	if w.Prepare != nil {
		if err := w.Prepare(dir); err != nil {
			return 1, err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	runtime.LockOSThread() // the kernel sends the death signal when the thread ends that started the child
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), workplace+"="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = w.Stdin, w.Stdout, w.Stderr
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

// Enter makes the new namespaces usable: a host name, a resolver, and the loopback device, which is the only one, so that nothing can
// leave.
func Enter(t *testing.T, resolver string) {
	t.Helper()
	resolvers := filepath.Join(Folder(), "resolv.conf")
	for _, err := range []error{
		os.WriteFile(resolvers, []byte("nameserver "+resolver+"\n"), 0o644),
		syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""), // so that no mount shows outside
		syscall.Mount("proc", "/proc", "proc", 0, ""),
		syscall.Mount(resolvers, "/etc/resolv.conf", "", syscall.MS_BIND, ""),
		syscall.Sethostname([]byte("tester.example.net")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
