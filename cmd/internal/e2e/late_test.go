package e2e

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/lab"
)

// hosts is how many addresses greet late: go test ./cmd/internal/e2e -run '^$' -bench LateGreetings -hosts 10000 (which needs as many
// open files on either side: ulimit -n 32768).
var hosts = flag.Int("hosts", 500, "addresses of BenchmarkLateGreetings")

// greetsAfter is what each of them lets its clients wait.
const greetsAfter = 15 * time.Second

// BenchmarkLateGreetings is the whole process over many reports of one row, each about an address of its own that greets after 15 s,
// over loopback sockets. Its metrics are the wall time as a multiple of that wait (budget: 1.2 for 10,000 addresses on two cores), and
// CPU and peak memory of the process. The servers, which cost as much, are in another one: this.
func BenchmarkLateGreetings(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("needs a loopback network of more than one address, and memory counted in KiB")
	}
	program := build(b)
	listener, err := net.Listen("tcp4", "0.0.0.0:0") // 127.0.0.0/8 leads here, whatever the address
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go greetLate(listener)
	s, err := lab.Load("scenario", []byte("schema: mxverdict/scenario/1\nresolver: 192.0.2.1\n"))
	if err != nil {
		b.Fatal(err)
	}
	internet, err := s.OnLoopback()
	if err != nil {
		b.Fatal(err)
	}
	defer internet.Close()
	args := []string{"--allow-private", "--control", "none", "--quiet", "--format", "jsonl", "--helo", "tester.example.net", "--resolver", internet.Resolver().String(),
		"--root-hints", rootHints(internet), "--dns-port", fmt.Sprint(internet.DNSPort()), "--smtp-port", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)}
	dir := b.TempDir()
	for i := range *hosts {
		name := fmt.Sprint(i)
		report := fmt.Sprintf("smtp:127.%d.%d.%d\nFailed To Connect\n", 1+i/62500, i/250%250, 1+i%250)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(report), 0o600); err != nil {
			b.Fatal(err)
		}
		args = append(args, name)
	}
	for b.Loop() {
		var stderr bytes.Buffer
		results, err := os.Create(filepath.Join(dir, "results")) // a pipe would be emptied by this process, at the cost of the processors
		if err != nil {
			b.Fatal(err)
		}
		command := exec.Command(program, args...)
		command.Dir, command.Stdout, command.Stderr = dir, results, &stderr
		start := time.Now()
		if err := command.Run(); err != nil {
			b.Fatalf("%v: %s", err, stderr.String())
		}
		took := time.Since(start)
		results.Close()
		stdout, err := os.ReadFile(results.Name())
		if n := bytes.Count(stdout, []byte(`"verdict":"false_positive"`)); err != nil || n != *hosts {
			b.Fatalf("%d of %d were seen to greet: %v: %.2000s", n, *hosts, err, stdout)
		}
		cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		b.ReportMetric(took.Seconds()/greetsAfter.Seconds(), "×wait")
		b.ReportMetric(cpu.Seconds()*1000/float64(*hosts), "ms-CPU/report")
		b.ReportMetric(float64(peak(command.ProcessState))/(1<<20), "MiB-peak")
		b.ReportMetric(float64(peak(command.ProcessState))/(1<<10)/float64(*hosts), "KiB/conversation")
	}
}

// greetLate is the smallest mail server that a patient client can finish with.
func greetLate(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		time.AfterFunc(greetsAfter, func() {
			defer conn.Close()
			fmt.Fprint(conn, "220 mail.example.com ESMTP\r\n")
			for commands := bufio.NewScanner(conn); commands.Scan(); {
				switch verb, _, _ := strings.Cut(strings.ToUpper(commands.Text()), " "); verb {
				case "EHLO", "HELO":
					fmt.Fprint(conn, "250 mail.example.com\r\n")
				case "QUIT":
					fmt.Fprint(conn, "221 2.0.0 Bye\r\n")
					return
				default:
					fmt.Fprint(conn, "502 5.5.1 Command not implemented\r\n")
				}
			}
		})
	}
}
