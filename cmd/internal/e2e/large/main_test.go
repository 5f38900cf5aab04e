//go:build large && linux

package large

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// beside is another program for the work of BenchmarkLateGreetings.
var beside = flag.String("beside", "", "a command that is measured beside mxverdict; {port} and {count} are replaced, addresses come on its standard input")

// role is the variable that makes this program one of the processes of a benchmark instead of the benchmark.
const role = "MXVERDICT_LARGE_ROLE"

// roles are these processes. Each serves until its standard input ends.
var roles = map[string]func(args []string) error{"greeters": greeters, "internet": internet, "client": client}

func TestMain(m *testing.M) {
	if play := roles[os.Getenv(role)]; play != nil {
		if err := play(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	os.RemoveAll(built)
	os.Exit(code)
}

// ready is what a listening process says once it listens.
type ready struct {
	SMTPPort, DNSPort int
	Resolver, Root    string
}

// counts is what reached a listening process, which says so at its end.
type counts struct{ Sessions, AtOnce, Questions int }

// listening starts a listening process. The second result ends it.
func listening(b testing.TB, role string, args ...string) (at ready, end func() counts) {
	b.Helper()
	c := again(role, args...)
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); c.Wait() })
	said := json.NewDecoder(bufio.NewReader(out))
	if err := said.Decode(&at); err != nil {
		b.Fatalf("the listening process does not listen: %v", err)
	}
	return at, func() (n counts) {
		in.Close()
		if err := said.Decode(&n); err != nil {
			b.Errorf("the listening process did not count: %v", err)
		}
		return n
	}
}

// again is this program in a role.
func again(as string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), role+"="+as)
	return c
}

// serve says that a listening process is ready, waits until its standard input ends, and says what reached it.
func serve(at ready, count func() counts) error {
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(at); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return out.Encode(count())
}
