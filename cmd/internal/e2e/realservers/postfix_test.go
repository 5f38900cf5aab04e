//go:build realservers

package realservers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// closedHost is an address at which nothing listens.
const closedHost = "203.0.113.9"

// trusted is the file of the authorities that the command trusts, in the folder of the tests.
const trusted = "roots.pem"

// service is one listener of Postfix, at addresses of its own.
type service struct {
	name     string
	options  []string // of its smtpd, as in main.cf
	screen   []string // of a postscreen before it; nil: none
	ptr      string   // its reverse name; "": its own name, "-": none
	dual     bool     // also over IPv6
	position int
}

func (s service) host() string { return s.name + ".example.com" }

func (s service) reverse() string {
	switch s.ptr {
	case "":
		return s.host()
	case "-":
		return ""
	}
	return s.ptr
}

func (s service) at() []string {
	list := []string{fmt.Sprintf("203.0.113.%d", 10+s.position)}
	if s.dual {
		list = append(list, fmt.Sprintf("2001:db8::%d", 100+s.position))
	}
	return list
}

func (s service) addresses() []netip.Addr {
	var list []netip.Addr
	for _, a := range s.at() {
		list = append(list, netip.MustParseAddr(a))
	}
	return list
}

// delays are the greeting delays of the table, in seconds.
var delays = []int{0, 5, 9, 14, 16, 25, 40, 100, 310}

// after220 are the tests of postscreen behind the greeting: who passes has to come again.
var after220 = []string{"postscreen_greet_wait=2s", "postscreen_pipelining_enable=yes", "postscreen_non_smtp_command_enable=yes",
	"postscreen_bare_newline_enable=yes"}

func services() []service {
	list := []service{
		{name: "control"},
		{name: "plain", dual: true},
		{name: "notls", options: []string{"smtpd_tls_security_level=none"}},
		{name: "tlsrequired", options: []string{"smtpd_tls_security_level=encrypt"}},
		{name: "trusted", options: []string{"smtpd_tls_chain_files=$config_directory/trusted.pem"}},
		{name: "wrongname", options: []string{"smtpd_tls_chain_files=$config_directory/wrongname.pem"}},
		{name: "expired", options: []string{"smtpd_tls_chain_files=$config_directory/expired.pem"}},
		// The usual way to become an open relay: everybody is of the own network.
		{name: "relay", options: []string{"mynetworks=0.0.0.0/0", "smtpd_relay_restrictions=permit_mynetworks reject_unauth_destination",
			"smtpd_recipient_restrictions=reject_unknown_recipient_domain", "unknown_address_reject_code=550"}},
		{name: "acceptall", options: []string{"mynetworks=0.0.0.0/0", "smtpd_relay_restrictions=permit_mynetworks reject_unauth_destination"}},
		{name: "rejects", options: []string{"smtpd_relay_restrictions=reject_unauth_destination"}},
		{name: "novrfy", options: []string{"disable_vrfy_command=yes"}},
		{name: "greylists", options: []string{"smtpd_recipient_restrictions=check_recipient_access inline:{{greylists.test=450 4.7.1 Greylisted, try again later}}"}},
		{name: "nopostmaster", options: []string{"smtpd_recipient_restrictions=check_recipient_access inline:{{nopostmaster.test=550 5.1.1 No such user}}"}},
		{name: "othername", options: []string{"smtpd_banner=smtp.example.org ESMTP"}},
		{name: "noptr", ptr: "-"},
		{name: "strayptr", ptr: "plain.example.com"},
		{name: "after220", screen: after220},
		{name: "impatient220", screen: after220},
		{name: "patient220", screen: after220},
	}
	for _, d := range delays {
		list = append(list, service{name: fmt.Sprintf("delay%d", d), options: sleep(d)})
	}
	for _, action := range []string{"ignore", "enforce", "drop"} {
		list = append(list, service{name: action, screen: []string{"postscreen_greet_wait=16s", "postscreen_greet_action=" + action}})
	}
	for i := range list {
		list[i].position = i
	}
	return list
}

// sleep delays the greeting: the restrictions on clients are looked at before it.
func sleep(seconds int) []string {
	if seconds == 0 {
		return nil
	}
	return []string{"smtpd_delay_reject=no", fmt.Sprintf("smtpd_client_restrictions=sleep %d", seconds)}
}

// mailServers is one Postfix with all services.
type mailServers struct {
	version, config, queue, log string
	ca                          *authority
}

func startPostfix(t *testing.T, dir string) *mailServers {
	t.Helper()
	dir = filepath.Join(dir, "postfix")
	m := &mailServers{config: filepath.Join(dir, "etc"), queue: filepath.Join(dir, "queue"), log: filepath.Join(dir, "log")}
	data := filepath.Join(dir, "data")
	for _, d := range []string{m.config, m.queue, data} {
		must(t, os.MkdirAll(d, 0o755))
	}
	owner, err := user.Lookup("postfix")
	must(t, err)
	uid, err := strconv.Atoi(owner.Uid)
	must(t, err)
	must(t, os.Chown(data, uid, -1))
	must(t, os.WriteFile(filepath.Join(m.config, "main.cf"), []byte(mainConfig(dir)), 0o644))
	must(t, os.WriteFile(filepath.Join(m.config, "master.cf"), []byte(masterConfig()), 0o644))
	m.ca = certificates(t, m.config, filepath.Join(filepath.Dir(dir), trusted))
	m.version = "Postfix " + strings.TrimSpace(run(t, "postconf", "-c", m.config, "-h", "mail_version"))

	cmd := exec.Command("postfix", "-c", m.config, "start-fg")
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = exec.Command("postfix", "-c", m.config, "abort").Run()
		_ = cmd.Wait()
	})
	awaitListener(t, net.JoinHostPort(services()[0].at()[0], "25"), m.log)
	return m
}

// awaitListener waits until the master listens; it binds all its addresses before it serves any.
func awaitListener(t *testing.T, address, log string) {
	t.Helper()
	var last error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			return
		}
		last = err
	}
	t.Fatal(last, tail(log))
}

func mainConfig(dir string) string {
	var addresses []string
	for _, s := range services() {
		addresses = append(addresses, s.at()...)
	}
	return fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
maillog_file_prefixes = %[1]s
maillog_file = %[1]s/log
myhostname = mail.example.com
myorigin = example.com
mydestination = example.com greylists.test nopostmaster.test
inet_interfaces = %[2]s
mynetworks = 127.0.0.2/32
alias_maps =
alias_database =
local_recipient_maps = inline:{{postmaster=here}}
smtpd_client_connection_rate_limit = 0
smtpd_tls_security_level = may
smtpd_tls_chain_files = $config_directory/self-signed.pem
smtpd_tls_session_cache_database =
`, dir, strings.Join(addresses, ", "))
}

func masterConfig() string {
	var b strings.Builder
	line := func(name, kind, private, limit, program string, options ...string) {
		fmt.Fprintf(&b, "%s %s %s - n - %s %s\n", name, kind, private, limit, program)
		for _, o := range options {
			key, value, _ := strings.Cut(o, "=")
			fmt.Fprintf(&b, "  -o { %s = %s }\n", key, value)
		}
	}
	for _, s := range services() {
		smtpd := append([]string{"myhostname=" + s.host(), "syslog_name=postfix/" + s.name}, s.options...)
		for _, a := range s.at() {
			if a = net.JoinHostPort(a, "25"); s.screen == nil {
				line(a, "inet", "n", "-", "smtpd", smtpd...)
				continue
			}
			line(a, "inet", "n", "1", "postscreen", append([]string{"myhostname=" + s.host(), "syslog_name=postfix/" + s.name,
				"smtpd_service_name=" + s.name, "postscreen_cache_map=btree:$data_directory/" + s.name}, s.screen...)...)
			line(s.name, "pass", "-", "-", "smtpd", smtpd...)
		}
	}
	for _, program := range []string{"proxymap", "local", "error", "discard", "smtp"} {
		line(program, "unix", "-", "-", program)
	}
	line("cleanup", "unix", "n", "0", "cleanup")
	line("showq", "unix", "n", "-", "showq")
	for _, program := range []string{"dnsblog", "tlsproxy"} {
		line(program, "unix", "-", "0", program)
	}
	for _, name := range []string{"bounce", "defer", "trace"} {
		line(name, "unix", "-", "0", "bounce")
	}
	line("tlsmgr", "unix", "-", "1", "tlsmgr")
	line("anvil", "unix", "-", "1", "anvil")
	line("qmgr", "unix", "n", "1", "qmgr")
	line("rewrite", "unix", "-", "-", "trivial-rewrite")
	line("postlog", "unix-dgram", "n", "1", "postlogd")
	return b.String()
}

// authority signs certificates; the command trusts it through SSL_CERT_FILE.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of the tests"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	certificate, err := x509.ParseCertificate(der)
	must(t, err)
	return &authority{certificate, key}
}

// issue makes a certificate with its key, as Postfix reads them.
func (a *authority) issue(t *testing.T, name string, until time.Time, selfSigned bool) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().AddDate(0, -2, 0), NotAfter: until}
	parent, signer := a.certificate, a.key
	if selfSigned {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
}

// certificates writes those that the services show, and returns who signed them. Most services sign their own, for a name of no service.
func certificates(t *testing.T, config, roots string) *authority {
	t.Helper()
	ca := newAuthority(t)
	past, future := time.Now().Add(-24*time.Hour), time.Now().AddDate(0, 2, 0)
	for file, content := range map[string][]byte{
		"self-signed.pem": ca.issue(t, "mail.example.com", future, true),
		"trusted.pem":     ca.issue(t, host("trusted"), future, false),
		"wrongname.pem":   ca.issue(t, "elsewhere.example.org", future, false),
		"expired.pem":     ca.issue(t, host("expired"), past, false),
	} {
		must(t, os.WriteFile(filepath.Join(config, file), content, 0o600))
	}
	must(t, os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.certificate.Raw}), 0o644))
	return ca
}

// trouble are words of the log that must not stand there: the beginning of a message, a tester that talked before the
// greeting, and a server that did not do what the tests take it to do.
var trouble = regexp.MustCompile(`(?i)\bdata=|\bbdat=|message-id=|PREGREET|status=(sent|deferred|bounced)|fatal:|panic:|warning:`)

// sentNothing looks for traces of a message in the queue and in the log.
func (m *mailServers) sentNothing(t *testing.T) {
	if out := run(t, "postqueue", "-c", m.config, "-p"); !strings.Contains(out, "Mail queue is empty") {
		t.Error(out)
	}
	for _, name := range []string{"maildrop", "incoming", "active", "deferred", "hold", "corrupt", "bounce", "defer"} {
		must(t, filepath.WalkDir(filepath.Join(m.queue, name), func(file string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("a file is left in the queue: %s", file)
			}
			return err
		}))
	}
	log, err := os.ReadFile(m.log)
	must(t, err)
	if !strings.Contains(string(log), "disconnect from") {
		t.Error("the log holds no session; does this test still read it rightly?")
	}
	for line := range strings.Lines(string(log)) {
		if trouble.MatchString(line) {
			t.Errorf("the log of Postfix says %s", line)
		}
	}
}
