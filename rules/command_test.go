package rules

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"mxverdict/verify/facts"
)

// filling fills a command with names, parameters and facts of the target example.com.
func filling(command string, names map[string]string, known ...facts.Fact) (string, bool) {
	set := &facts.Set{}
	subject := facts.Subject{Kind: facts.Target, Name: "example.com"}
	for _, f := range known {
		set.Put(subject, f)
	}
	cl := &claim{rule: &Rule{}, target: "example.com"}
	return cl.fillCommand(command, View{Set: set, Subjects: []facts.Subject{subject}}, names)
}

func TestCommandsAreFilled(t *testing.T) {
	tests := []struct {
		command, value string
		want           string // "" where the command is left out
	}{
		{"dig A {host}", "mail.example.com", "dig A mail.example.com"},
		{"dig TXT _dmarc.{host}", "example.com", "dig TXT _dmarc.example.com"},
		{"dig TXT {host}", "_dmarc.example.com", "dig TXT _dmarc.example.com"},
		{"openssl s_client -connect {socket}", "192.0.2.1:25", "openssl s_client -connect 192.0.2.1:25"},
		{"openssl s_client -connect {socket}", "[2001:db8::1]:25", "openssl s_client -connect '[2001:db8::1]:25'"},
		{"curl smtp://{socket} -v", "[2001:db8::1]:25", "curl 'smtp://[2001:db8::1]:25' -v"},
		{"swaks --server {host}", "2001:db8::1", "swaks --server 2001:db8::1"},
		{"curl http://{host}/", "2001:db8::1", ""},
		{"openssl s_client -connect {host}:443", "2001:db8::1", ""},
		{"openssl s_client -connect {host}", "[2001:db8::1]:25", ""},
		{"curl {host}", "https://example.com/logo.svg", "curl https://example.com/logo.svg"},
		{"curl {host}", "https://example.com/logo.svg?size=1&kind=a", "curl 'https://example.com/logo.svg?size=1&kind=a'"},
		{"dig TXT {host}", "", ""},
		{"dig TXT {host}", strings.Repeat("a", 256), ""},
	}
	// A stranger's values that a shell, a program or a help desk might obey, or that lead into the reader's own network.
	for _, hostile := range []string{"mail.example.com;reboot", "$(id)", "a b", "-oProxyCommand=x", "+trace", "@192.0.2.1", "`id`", "a\nb", "a'b", `a"b`, "a\\b", "~root",
		"a*b", "{a,b}", "<b>", "é.example", "a\x00b", "file:///etc/passwd", "http://example.com/", "https://192.0.2.1/", "https://router/", "https://example.com:8443/",
		"https://user@example.com/", "https://example.com/[1-9]", "https://example.com/a'b", "https://example.com/a b", "https://example.com/{a}", "https://example.com/#x"} {
		tests = append(tests, struct{ command, value, want string }{"dig TXT {host}", hostile, ""})
	}
	for _, test := range tests {
		names := map[string]string{"host": test.value, "socket": test.value}
		if got, ok := filling(test.command, names); ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%s of %q: %q, %v, want %q", test.command, test.value, got, ok, test.want)
		}
	}
}

func TestFactsInCommands(t *testing.T) {
	url := known(facts.BIMILogoURL, facts.TextValue("https://example.com/a?b&c"))
	if got, ok := filling("curl {bimi.logo.url}", nil, url); !ok || got != "curl 'https://example.com/a?b&c'" {
		t.Errorf("a page: %q, %v", got, ok)
	}
	if got, ok := filling("dig A {mx.unresolvable}", nil, known(facts.MXUnresolvable, facts.ListValue([]string{"a.example.com [10.0.0.1]", "b.example.com"}))); !ok || got != "dig A a.example.com" {
		t.Errorf("the first of a list: %q, %v", got, ok)
	}
	for name, known := range map[string][]facts.Fact{"not known": nil, "an empty list": {known(facts.MXUnresolvable, facts.ListValue(nil))},
		"what no name can be": {known(facts.MXUnresolvable, facts.ListValue([]string{"$(id) [192.0.2.1]"}))}} {
		if got, ok := filling("dig A {mx.unresolvable}", nil, known...); ok {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A template that could not be filled safely, or that a help desk would rewrite, is a mistake of its rule.
func TestCommandsThatAreRefused(t *testing.T) {
	for _, command := range []string{"swaks --from '<>'", "curl -w '%{time_total}' {target}", "dig `id`", "openssl -connect '{socket}'", `dig "{target}"`, "dig $({target})",
		"dig TXT @example.net", "curl [x](y)", "ping {target}; id", "true && dig {target}", "dig {target} > out", "dig {unheard}"} {
		r := &Rule{Commands: []string{command}}
		if err := errors.Join(r.checkTemplates(fmt.Errorf), r.checkCommands(fmt.Errorf)); err == nil {
			t.Errorf("%s is taken", command)
		}
	}
	r := &Rule{Commands: []string{"true | openssl s_client -connect {socket} -cipher ALL@SECLEVEL=0", "dig TXT _dmarc.{dmarc.domain} @{server_address}", "swaks --from \"$(printf '\\074\\076')\" --to postmaster@{target}"}}
	if err := errors.Join(r.checkTemplates(fmt.Errorf), r.checkCommands(fmt.Errorf)); err != nil {
		t.Error(err)
	}
}

// Only programs that a postmaster has are called, and none of them can wait for ever for what its reader would type.
func TestProgramsOfCommands(t *testing.T) {
	for _, r := range load(t).Rules() {
		for _, command := range r.Commands {
			parts := strings.Split(command, " | ")
			for i, part := range parts {
				program := strings.Fields(part)[0]
				if !slices.Contains([]string{"dig", "openssl", "swaks", "curl"}, program) && (i > 0 || part != "true") {
					t.Errorf("%s calls %s: %s", r.ID, program, command)
				}
				if strings.Contains(part, "s_client") && (i == 0 || parts[i-1] != "true") {
					t.Errorf("%s waits for its reader: %s", r.ID, command)
				}
				if program == "swaks" && (!strings.Contains(part, "--quit-after ") || !strings.Contains(part, "--timeout 300 ")) {
					t.Errorf("%s sends a message, or leaves before five minutes (RFC 5321 section 4.5.3.2.1): %s", r.ID, command)
				}
				if strings.Contains(part, "http") && !strings.Contains(part, "--max-time ") {
					t.Errorf("%s waits for ever: %s", r.ID, command)
				}
			}
		}
	}
}

// The same for a domain whose record is its own, and for a name whose domain has it.
func TestCommandsForTheRecordThatCounts(t *testing.T) {
	verdict := func(domain, zone string) []string {
		s := &facts.Set{}
		s.AddView("a.example.com", facts.Subject{Kind: facts.Target, Name: "a.example.com"})
		for _, f := range []facts.Fact{yes(facts.DMARCFound), known(facts.DMARCDomain, facts.TextValue(domain))} {
			s.Put(facts.Subject{Kind: facts.Target, Name: "a.example.com"}, f)
		}
		server := facts.Subject{Kind: facts.Server, Name: zone, At: "ns1.example.net [192.0.2.1]"}
		s.AddView("a.example.com", server)
		s.Put(server, yes(facts.DNSSOAAnswered))
		row := bad("dmarc/reports-missing", 1)
		row.Subject = "a.example.com"
		return one(t, s, row).Commands
	}
	for name, test := range map[string]struct {
		domain, zone string
		want         []string
	}{
		"its own": {"a.example.com", "example.com", []string{"dig +norecurse TXT _dmarc.a.example.com @192.0.2.1", "dig TXT _dmarc.a.example.com"}},
		"of the domain above": {"example.com", "example.com", []string{"dig +norecurse TXT _dmarc.example.com @192.0.2.1",
			"dig +norecurse TXT _dmarc.a.example.com @192.0.2.1", "dig TXT _dmarc.example.com"}},
		"of a zone above": {"example.com", "a.example.com", []string{"dig +norecurse TXT _dmarc.a.example.com @192.0.2.1", "dig TXT _dmarc.example.com"}},
	} {
		if got := verdict(test.domain, test.zone); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// What nobody knows is not asked for: no word stands in a command for the reader to replace.
func TestCommandsWithoutAValue(t *testing.T) {
	cl := &claim{rule: &Rule{Place: "{selector}._domainkey.{subject}"}, target: "example.com"}
	for _, names := range []map[string]string{
		{"place": cl.rule.placeName("example.com")}, {"host": "192.0.2.1", "address": "192.0.2.1"}, {"entry": "1.2.0.192.your-key.zen.example.net"},
	} {
		left := cl.commandNames(View{Set: &facts.Set{}}, names)
		for _, key := range []string{"place", "host", "entry"} {
			if left[key] != "" {
				t.Errorf("{%s} becomes %q", key, left[key])
			}
		}
	}
}

// A desk without IPv6 can look where an IPv4 address shows the same.
func TestIPv4First(t *testing.T) {
	s := &facts.Set{}
	for _, address := range []string{"2001:db8::25", "203.0.113.25"} {
		session(s, "example.com", address, yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)), yes(facts.SMTPSTARTTLSMissing))
	}
	if v := one(t, s, bad("smtp/tls-missing", 1)); !slices.ContainsFunc(v.Commands, func(c string) bool { return strings.Contains(c, "203.0.113.25") }) ||
		slices.ContainsFunc(v.Commands, func(c string) bool { return strings.Contains(c, "2001:db8::25") }) {
		t.Errorf("%q", v.Commands)
	}
	s = &facts.Set{}
	session(s, "example.com", "203.0.113.25", yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)), no(facts.SMTPSTARTTLSMissing))
	session(s, "example.com", "2001:db8::25", yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)), yes(facts.SMTPSTARTTLSMissing))
	if v := one(t, s, bad("smtp/tls-missing", 1)); !slices.ContainsFunc(v.Commands, func(c string) bool { return strings.Contains(c, "'[2001:db8::25]:25'") }) {
		t.Errorf("the fault is at the IPv6 address only: %q", v.Commands)
	}
}

// FuzzShell has a real shell read the commands. Whatever a value holds, nothing runs but the program of the command, with as many
// arguments as its template has.
func FuzzShell(f *testing.F) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("no sh on this machine")
	}
	stub := newStub(f)
	for _, seed := range []string{"example.com", "[2001:db8::1]:25", "https://example.com/a?b=c&d", "$(echo x)", "`echo x`", "a;echo x", "a\necho x", "'", `"`, `\`, "*", "~", "a b", "-x", "#",
		"a>b", "a|b", "a&", "!!", "", "\xff", "é", "$PATH", "%s", "\\'", "'\\''"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.ContainsRune(value, 0) {
			t.Skip("no argument of a program holds a zero byte")
		}
		// Any word at all can be quoted, and is read as itself.
		stub.wants(t, shell, "stub "+quote(value)+" end", []string{value, "end"})
		for command, want := range map[string][]string{
			"stub -connect {socket} end":               {"-connect", value, "end"},
			"stub {bimi.logo.url} end":                 {value, "end"},
			"stub @{host} _dmarc.{host} http://{host}": {"@" + value, "_dmarc." + value, "http://" + value},
			"true | stub --server {host} | stub x":     {"--server", value},
		} {
			command, ok := filling(command, map[string]string{"socket": value, "host": value}, known(facts.BIMILogoURL, facts.TextValue(value)))
			if !ok {
				continue
			}
			if !utf8.ValidString(value) || strings.ContainsAny(value, "<>{}`\n\r\t ") {
				t.Errorf("%q stands in %q", value, command)
			}
			if strings.Contains(command, "| stub x") {
				command = strings.TrimSuffix(command, " | stub x")
			}
			stub.wants(t, shell, command, want)
		}
	})
}

// recorder is a folder with the one program that a shell can find, and what it was called with.
type recorder struct{ dir string }

func newStub(t testing.TB) recorder {
	r := recorder{t.TempDir()}
	// One argument a file, since they may hold whatever parts lists.
	program := "#!/bin/sh\nn=0\nfor a in \"$@\"; do n=$((n+1)); printf %s \"$a\" >\"$RECORD/$n\"; done\n: >\"$RECORD/called\"\n"
	if err := os.WriteFile(filepath.Join(r.dir, "stub"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	return r
}

// wants lets the shell obey a command and compares the arguments with which the program was called.
func (r recorder) wants(t *testing.T, shell, command string, want []string) {
	t.Helper()
	record, empty := t.TempDir(), t.TempDir()
	cmd := exec.Command(shell, "-c", command)
	cmd.Dir, cmd.Env = empty, []string{"PATH=" + r.dir, "RECORD=" + record, "HOME=/nowhere"}
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
	for i, arg := range want {
		if got, err := os.ReadFile(filepath.Join(record, strconv.Itoa(i+1))); err != nil || string(got) != arg {
			t.Errorf("%s: argument %d is %q (%v), want %q", command, i+1, got, err, arg)
		}
	}
	if _, err := os.Stat(filepath.Join(record, strconv.Itoa(len(want)+1))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: more than %d arguments", command, len(want))
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Errorf("%s wrote %v", command, left)
	}
}
