//go:build large && linux

package large

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// delay is after which time each address greets.
const delay = 15 * time.Second

// BenchmarkLateGreetings tests addresses that greet after 15 s, each in a network /24 of its own, by reports of one row. Budgets: 1.2 × the wait,
// 64 KiB of memory and no thread for each conversation that waits, which is what 10,000 of them take more than 10.
//
// The plain client says the same to the same addresses (greeting, EHLO, QUIT, a line of output each) and nothing else: what the system and
// the runtime take by themselves.
func BenchmarkLateGreetings(b *testing.B) {
	few := 0.0
	for _, count := range []int{10, 10_000} {
		b.Run(fmt.Sprint("mxverdict/", count), func(b *testing.B) {
			dir := b.TempDir()
			for i := range count {
				write(b, dir, i, fmt.Sprintf("%s\tWarning\tSMTP Connection Time\t15.678 seconds - Not good! on Connection time\n", address(i)))
			}
			for b.Loop() {
				at, end := listening(b, "greeters", delay.String())
				out := filepath.Join(b.TempDir(), "out")
				used := measure(b, batch(b, at, dir, out))
				reached := end()
				if found := verdicts(b, out); found["policy_disagreement"] != count {
					b.Fatalf("verdicts: %v", found)
				}
				if reached.Sessions != count {
					b.Fatalf("%d sessions", reached.Sessions)
				}
				report(b, used, count)
				b.ReportMetric(float64(reached.AtOnce), "at-once")
				b.ReportMetric(float64(reached.Questions), "DNS-questions")
				waiting := float64(used.before(delay))
				if count == 10 {
					few = waiting
				} else if few > 0 {
					b.ReportMetric((waiting-few)/float64(count-10)/1024, "KiB/conversation")
				}
			}
		})
	}
	others := map[string]func(ready) *exec.Cmd{"plain client": func(at ready) *exec.Cmd { return again("client", strconv.Itoa(at.SMTPPort)) }}
	if *beside != "" {
		others["beside"] = func(at ready) *exec.Cmd {
			words := strings.Fields(strings.NewReplacer("{port}", strconv.Itoa(at.SMTPPort), "{count}", "10000").Replace(*beside))
			return exec.Command(words[0], words[1:]...)
		}
	}
	for name, start := range others {
		b.Run(name+"/10000", func(b *testing.B) {
			var addresses strings.Builder
			for i := range 10_000 {
				fmt.Fprintln(&addresses, address(i))
			}
			for b.Loop() {
				at, end := listening(b, "greeters", delay.String())
				c := start(at)
				c.Stdin = strings.NewReader(addresses.String())
				used := measure(b, c)
				if reached := end(); reached.Sessions != 10_000 {
					b.Fatalf("%d sessions", reached.Sessions)
				}
				report(b, used, 10_000)
			}
		})
	}
}

// address is a loopback address in a network /24 of its own.
func address(n int) string { return fmt.Sprintf("127.%d.%d.1", 1+n/256, n%256) }

// report reports what a process used.
func report(b *testing.B, u usage, count int) {
	b.ReportMetric(u.wall.Seconds()/delay.Seconds(), "×wait")
	b.ReportMetric(u.cpu.Seconds(), "s-CPU")
	b.ReportMetric(float64(u.before(delay))/(1<<20), "MiB-waiting")
	b.ReportMetric(float64(u.peak)/(1<<20), "MiB-peak")
	b.ReportMetric(float64(u.threads), "threads")
	b.ReportMetric(0, "ns/op") // says nothing that the others do not
}

// client is the plain client. It reads addresses from its standard input; the port is its argument.
func client(args []string) error {
	var all sync.WaitGroup
	var mu sync.Mutex
	out := bufio.NewWriter(os.Stdout)
	for addresses := bufio.NewScanner(os.Stdin); addresses.Scan(); {
		address := addresses.Text()
		all.Go(func() {
			conn, err := net.Dial("tcp", net.JoinHostPort(address, args[0]))
			if err != nil {
				return
			}
			defer conn.Close()
			replies := bufio.NewReader(conn)
			var said []string
			for _, command := range []string{"", "EHLO tester.example.net\r\n", "QUIT\r\n"} {
				conn.Write([]byte(command))
				reply, _ := replies.ReadString('\n')
				said = append(said, reply)
			}
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(out, "%s %q\n", address, said)
		})
	}
	all.Wait()
	return out.Flush()
}
