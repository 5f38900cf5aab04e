//go:build realservers

package realservers

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// The resolver of this internet, which the command finds in /etc/resolv.conf.
const (
	resolver  = "192.0.2.1"
	resolver6 = "2001:db8::1"
)

// liar is a resolver with a policy: whatever name it is asked for leads to the inner network, and some zones are moved.
const liar = "192.0.2.2"

// nameServers is what runs: one named that is every authoritative server, a view for each, and the two resolvers.
type nameServers struct {
	version string
	logs    []string // of all, with the questions that they were asked
}

func startNamed(t *testing.T, dir string) *nameServers {
	t.Helper()
	version, _, _ := strings.Cut(run(t, "named", "-V"), " <")
	n := &nameServers{version: version}
	for name, config := range map[string]func(*testing.T, string) string{"authority": authoritative, "resolver": recursive, "liar": lying} {
		folder := filepath.Join(dir, name)
		must(t, os.MkdirAll(folder, 0o755))
		n.logs = append(n.logs, runNamed(t, folder, config(t, folder)))
	}
	relayUDP(t, oddServers["udp only"], viewOf("a").addresses()[0].String())
	holdPeace(t, oddServers["silent"])
	holdPeace(t, oddServers["silent too"])
	awaitAnswer(t, resolver, "gmail.com")
	awaitAnswer(t, liar, "good.test")
	for _, z := range zones() { // a zone that named did not load would look like a fault of a scenario
		for _, view := range z.views() {
			awaitAnswer(t, viewOf(view).addresses()[0].String(), z.name)
		}
	}
	return n
}

// runNamed starts a named on a configuration and returns its log; it ends with the test.
func runNamed(t *testing.T, dir, config string) string {
	t.Helper()
	file := filepath.Join(dir, "named.conf")
	must(t, os.WriteFile(file, []byte(config), 0o644))
	log, err := os.Create(filepath.Join(dir, "log"))
	must(t, err)
	cmd := exec.Command("named", "-g", "-n", "1", "-c", file)
	cmd.Stdout, cmd.Stderr = log, log
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		_ = log.Close()
		if t.Failed() {
			t.Log(tail(log.Name()))
		}
	})
	return log.Name()
}

// namedOptions are those of all: no control channel, no built-in zones for documentation addresses, every question logged. In the foreground named
// writes its log to standard error, whatever its configuration says of logs.
const namedOptions = `controls {};
options {
	directory %q;
	pid-file none;
	session-keyfile none;
	empty-zones-enable no;
	dnssec-validation no;
	allow-query { any; };
	notify no;
	check-integrity no;
	check-mx-cname ignore;
	check-names primary ignore;
	querylog yes;
	%s
};
`

// authoritative is the configuration of all authoritative servers.
func authoritative(t *testing.T, dir string) string {
	t.Helper()
	var all []netip.Addr
	for _, v := range views {
		all = append(all, v.addresses()...)
	}
	var config strings.Builder
	fmt.Fprintf(&config, namedOptions, dir, listen(all)+"minimal-responses no-auth;")
	signing := newSigning(t, dir)
	for _, v := range views {
		fmt.Fprintf(&config, "view %q {\n\tmatch-destinations { %s };\n\t%s\n", v.name, list(v.addresses()), v.options())
		for _, z := range zones() {
			if !slices.Contains(z.views(), v.name) {
				continue
			}
			file := filepath.Join(dir, v.name+"-"+z.name)
			must(t, os.WriteFile(file, []byte(z.text(v.name)+signing.delegations(z.name)), 0o644))
			signing.sign(t, z, file)
			fmt.Fprintf(&config, "\tzone %q { type primary; file %q; };\n", z.name, file)
		}
		if v.recursive {
			must(t, os.WriteFile(filepath.Join(dir, "hints"), []byte(hints()), 0o644))
			fmt.Fprintf(&config, "\tzone \".\" { type hint; file \"hints\"; };\n")
		}
		config.WriteString("};\n")
	}
	return config.String()
}

// recursive is the configuration of the resolver.
func recursive(t *testing.T, dir string) string {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, "hints"), []byte(hints()), 0o644))
	own := []netip.Addr{netip.MustParseAddr(resolver), netip.MustParseAddr(resolver6)}
	// The addresses from which it asks tell its questions from the tester's.
	options := listen(own) + "recursion yes; allow-recursion { any; }; query-source address " + resolver + "; query-source-v6 address " + resolver6 + ";"
	return fmt.Sprintf(namedOptions, dir, options) + "zone \".\" { type hint; file \"hints\"; };\n"
}

// lying is the configuration of the resolver that lies.
func lying(t *testing.T, dir string) string {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, "hints"), []byte(hints()), 0o644))
	var config strings.Builder
	options := listen([]netip.Addr{netip.MustParseAddr(liar)}) + "recursion yes; allow-recursion { any; }; response-policy { zone \"policy\"; } qname-wait-recurse no; query-source address " + liar + ";"
	fmt.Fprintf(&config, namedOptions, dir, options)
	config.WriteString("zone \".\" { type hint; file \"hints\"; };\n")
	for name, text := range lies() {
		file := filepath.Join(dir, name)
		must(t, os.WriteFile(file, []byte(text), 0o644))
		fmt.Fprintf(&config, "zone %q { type primary; file %q; };\n", name, file)
	}
	return config.String()
}

// lies are the zone files of the resolver that lies: its policy, and a zone below "test" for each that is asked about, with name
// servers, addresses and mail hosts of its own.
func lies() map[string]string {
	files := map[string]string{"policy": "$TTL 300\n@ SOA localhost. nobody.localhost. 1 86400 7200 3600000 3600\n@ NS localhost.\n* A 10.66.66.66\n*.test CNAME rpz-passthru.\n"}
	for _, z := range zoneTable {
		if _, rest, _ := strings.Cut(z.name, "."); rest == "test" {
			files[z.name] = "$TTL 300\n@ SOA ns.elsewhere.test. nobody.elsewhere.test. 7 1 2 3 4\n@ NS ns.elsewhere.test.\n@ NS ns1\n" +
				"ns1 A 10.66.66.53\nns2 CNAME ns1\n@ MX 10 mail\nmail A 10.66.66.25\n"
		}
	}
	return files
}

func listen(addresses []netip.Addr) string {
	var v4, v6 []netip.Addr
	for _, a := range addresses {
		if a.Is4() {
			v4 = append(v4, a)
		} else {
			v6 = append(v6, a)
		}
	}
	return "listen-on { " + list(v4) + " }; listen-on-v6 { " + list(v6) + " }; "
}

func list(addresses []netip.Addr) string {
	var b strings.Builder
	for _, a := range addresses {
		b.WriteString(a.String() + "; ")
	}
	return b.String()
}

// awaitAnswer waits until a server answers for a zone.
func awaitAnswer(t *testing.T, server, name string) {
	t.Helper()
	question := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeSOA)
	var last string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		answer, err := dns.Exchange(question, net.JoinHostPort(server, "53"))
		if err == nil && len(answer.Answer) > 0 {
			return
		}
		last = fmt.Sprint(err, answer)
	}
	t.Fatalf("%s does not answer for %s: %s", server, name, last)
}

// relayUDP makes an address a name server without TCP: datagrams are passed on to a server of BIND.
func relayUDP(t *testing.T, from, to string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", net.JoinHostPort(from, "53"))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 65535)
		for {
			n, client, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			question := slices.Clone(buffer[:n])
			go func() {
				behind, err := net.Dial("udp", net.JoinHostPort(to, "53"))
				if err != nil {
					return
				}
				defer behind.Close()
				_ = behind.SetDeadline(time.Now().Add(5 * time.Second))
				if _, err := behind.Write(question); err != nil {
					return
				}
				answer := make([]byte, 65535)
				if n, err := behind.Read(answer); err == nil {
					_, _ = conn.WriteTo(answer[:n], client)
				}
			}()
		}
	}()
}

// holdPeace makes an address a name server that takes every question and answers none.
func holdPeace(t *testing.T, address string) {
	t.Helper()
	udp, err := net.ListenPacket("udp", net.JoinHostPort(address, "53"))
	must(t, err)
	tcp, err := net.Listen("tcp", net.JoinHostPort(address, "53"))
	must(t, err)
	t.Cleanup(func() { _, _ = udp.Close(), tcp.Close() })
	go func() {
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn); _ = conn.Close() }()
		}
	}()
}

// logged is a line of named's query log: who asked, the question, and which server.
var logged = regexp.MustCompile(`client @\S+ (\S+)#\d+ \(\S+\): (?:view \S+: )?query: (\S+) IN (\S+) [+-]\S* \((\S+)\)`)

// askedNoStranger reads what the servers were asked: nothing but names of this internet and of the block lists in reports, and random ones, and
// no zone transfer but of the zones below "test", about which reports speak of one.
func (n *nameServers) askedNoStranger(t *testing.T) {
	known := []string{"invalid", "root-servers.net", "nic.test", "113.10"} // the last is the end of a name: the MX record of literal.test, 203.0.113.10
	for _, z := range zones() {
		if z.name != "." && strings.Contains(z.name, ".") {
			known = append(known, z.name)
		}
	}
	var count int
	for _, file := range n.logs {
		b, err := os.ReadFile(file)
		must(t, err)
		for _, m := range logged.FindAllStringSubmatch(string(b), -1) {
			count++
			client, name, rrtype, server := m[1], strings.ToLower(m[2]), m[3], m[4]
			fine := name == "." || strings.HasPrefix(name, "mxverdict-") || !strings.Contains(name, ".") || slices.ContainsFunc(known, func(z string) bool { return dns.IsSubDomain(z, name) }) ||
				ofNamedList(name)
			if !fine {
				t.Errorf("%s asked %s for %s %s", client, server, name, rrtype)
			}
			if !strings.HasSuffix(name, ".test") && (rrtype == "AXFR" || rrtype == "IXFR") {
				t.Errorf("%s asked %s for a transfer of %s", client, server, name)
			}
		}
	}
	if count == 0 {
		t.Error("named logged no question")
	}
	t.Logf("named logged %d questions", count)
}
