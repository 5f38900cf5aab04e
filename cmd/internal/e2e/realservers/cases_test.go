//go:build realservers

package realservers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// claimsReporter holds a reporter that makes the claim of every rule.
const claimsReporter = "../../../../testdata/rules"

// cluster is the report that an impatient tester writes about a server that greets late.
const cluster = `Failed To Connect
Warning - Reverse DNS does not match SMTP Banner
Warning - Does not support TLS.
12.5 seconds - Not good! on Connection time
15.678 seconds - Not good! on Transaction Time
`

// oneCase is one run of the command: a report about a target, and all the verdicts that have to come out of it.
type oneCase struct {
	name, target, report string
	args                 []string
	want                 map[string]string // rule: "verdict", "verdict reason" or "verdict severity"; a verdict of a rule not named here is a fault
	path                 []string          // the zones from the root to the one that holds the target; nil: not looked at
	untimed              bool              // no verdict is about time
	delay                int               // of the greeting in seconds, for the table; -1 elsewhere
}

// about is a run with rows that claim what each rule claims.
func about(target string, want map[string]string, args ...string) oneCase {
	var report strings.Builder
	for rule := range want {
		report.WriteString("The claim of " + rule + " is made\n")
	}
	return oneCase{name: target, target: target, report: report.String(), want: want, args: args, delay: -1}
}

func host(name string) string { return name + ".example.com" }

func cases() []oneCase {
	list := []oneCase{
		about(host("closed"), map[string]string{"smtp/connect": "confirmed medium"}),
		about("example.com", map[string]string{"smtp/connect": "false_positive", "smtp/banner-mismatch": "false_positive",
			"smtp/tls-missing": "false_positive", "smtp/open-relay": "false_positive", "smtp/postmaster": "false_positive", "smtp/vrfy": "policy_disagreement", // 252 beside 550: Postfix tells, although it says that it does not
			"smtp/tls-required": "false_positive", "smtp/tls-certificate": "policy_disagreement", "smtp/ptr-missing": "false_positive",
			"smtp/ptr-mismatch": "false_positive", "smtp/ptr-not-hostname": "false_positive", "smtp/banner-invalid": "false_positive",
			"smtp/hostname-unresolved": "false_positive", "dns/soa-serial-format": "policy_disagreement", "dns/soa-expire": "policy_disagreement"}),
		about("nolisting.test", map[string]string{"smtp/connect": "policy_disagreement", "smtp/disconnected": "false_positive"}),
		about(host("notls"), map[string]string{"smtp/tls-missing": "confirmed medium", "smtp/banner-mismatch": "false_positive"}),
		about(host("trusted"), map[string]string{"smtp/tls-certificate": "false_positive", "smtp/tls-version": "false_positive", "smtp/tls-missing": "false_positive"}),
		about("wrongname.test", map[string]string{"smtp/tls-certificate": "policy_disagreement", "smtp/tls-missing": "false_positive"}),
		about("expired.test", map[string]string{"smtp/tls-certificate": "policy_disagreement", "smtp/tls-missing": "false_positive"}),
		about(host("tlsrequired"), map[string]string{"smtp/tls-required": "confirmed medium", "smtp/open-relay": "false_positive",
			"smtp/postmaster": "false_positive", "smtp/tls-missing": "false_positive", "smtp/transaction-time": "false_positive"}),
		about(host("othername"), map[string]string{"smtp/banner-mismatch": "policy_disagreement"}),
		about("noptr.test", map[string]string{"smtp/ptr-missing": "confirmed high"}),
		about("strayptr.test", map[string]string{"smtp/ptr-mismatch": "confirmed high", "smtp/ptr-missing": "false_positive"}),
		about(host("nothere"), map[string]string{"smtp/hostname-unresolved": "confirmed high"}),
		about(host("noptr"), map[string]string{"smtp/banner-mismatch": "policy_disagreement"}),
		about(host("strayptr"), map[string]string{"smtp/banner-mismatch": "policy_disagreement"}),
		// Behind its greeting postscreen puts every recipient off, until the client comes again; after twenty commands it says 421,
		// so that the many questions about relaying lead to a second session.
		about(host("after220"), map[string]string{"smtp/tls-missing": "false_positive", "smtp/banner-mismatch": "false_positive",
			"smtp/transaction-time": "false_positive", "smtp/open-relay": "false_positive", "smtp/postmaster": "false_positive"}),
		about(host("impatient220"), map[string]string{"smtp/postmaster": "inconclusive"}),
		about(host("patient220"), map[string]string{"smtp/postmaster": "false_positive"}, "--greylist-wait", "35s"),
		about(host("greylists"), map[string]string{"smtp/transaction-time": "false_positive"}),
		about("greylists.test", map[string]string{"smtp/postmaster": "inconclusive", "smtp/open-relay": "inconclusive"}),
		about("nopostmaster.test", map[string]string{"smtp/postmaster": "confirmed medium"}),
		about(host("relay"), map[string]string{"smtp/open-relay": "confirmed high", "smtp/postmaster": "false_positive"}),
		about(host("acceptall"), map[string]string{"smtp/open-relay": "inconclusive"}),
		about(host("rejects"), map[string]string{"smtp/open-relay": "false_positive"}),
		about(host("novrfy"), map[string]string{"smtp/vrfy": "false_positive"}),
	}
	for i := range list {
		if list[i].target == "example.com" {
			list[i].path = []string{".", "com", "example.com"}
		}
	}
	list = append(list, zoneCases()...)
	list = append(list, listCases()...)
	list = append(list, webCases()...)
	for _, d := range delays {
		list = append(list, oneCase{name: fmt.Sprintf("greeting after %d s", d), target: host(fmt.Sprintf("delay%d", d)), report: cluster, want: late(d), delay: d})
	}
	for _, action := range []string{"ignore", "enforce", "drop"} {
		list = append(list, oneCase{name: "postscreen " + action, target: host(action), report: cluster, want: late(16), delay: 16})
	}
	return list
}

// late are the verdicts on the cluster where the greeting comes after so many seconds and everything else is fine.
func late(delay int) map[string]string {
	all := func(mistakes, times string) map[string]string {
		return map[string]string{"smtp/connect": mistakes, "smtp/banner-mismatch": mistakes, "smtp/tls-missing": mistakes,
			"smtp/connection-time": times, "smtp/transaction-time": times}
	}
	switch {
	case delay < 5:
		return all("false_positive changed", "false_positive changed")
	case delay < 14:
		return all("false_positive changed", "policy_disagreement")
	case delay < 15: // a loaded machine may add the second that is left
		return all("false_positive", "policy_disagreement")
	case delay < 30:
		return all("false_positive artifact", "policy_disagreement")
	case delay < 300:
		return all("false_positive artifact", "confirmed low")
	}
	want := all("inconclusive no_greeting", "inconclusive no_greeting")
	want["smtp/connect"] = "confirmed high"
	return want
}

// answer is the part of the JSON contract that the tests look at.
type answer struct {
	Verdicts []struct{ Rule, Subject, Verdict, Reason, Severity, Says string }
	Evidence struct {
		Targets []struct {
			Delegation *struct {
				By   string
				Path []struct {
					Zone  string
					Asked []struct{ Address string }
				}
			}
		}
		Sessions []struct {
			Host    string
			Control bool
			Events  []struct {
				Step    string
				Sent    string
				End     float64
				Failure *struct{ Kind string }
			}
		}
	}
}

// run runs the command with its default settings and compares its verdicts.
func (c oneCase) run(t *testing.T, dir string) answer {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	args := append([]string{"verify", "--format", "json", "--quiet", "--rules", claimsReporter, "--target", c.target}, c.args...)
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "mxverdict"), args...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+filepath.Join(dir, trusted))
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.report), &stdout, &stderr
	err := cmd.Run()
	var a answer
	if e := json.Unmarshal(stdout.Bytes(), &a); e != nil {
		t.Fatalf("%s: %v: %v\n%s%s", cmd, err, e, &stdout, &stderr)
	}
	seen := map[string]bool{}
	for _, v := range a.Verdicts {
		seen[v.Rule] = true
		if want, ok := c.want[v.Rule]; !ok {
			t.Errorf("a verdict on %s that nobody asked for: %s", v.Rule, v.Verdict)
		} else if got := []string{v.Verdict, v.Reason, v.Severity}; !within(strings.Fields(want), got) {
			t.Errorf("%s of %s is %s, want %s: %s", v.Rule, v.Subject, strings.Join(got, " "), want, v.Says)
		}
	}
	for rule := range c.want {
		if !seen[rule] {
			t.Errorf("no verdict on %s", rule)
		}
	}
	if c.path != nil {
		a.walked(t, c.path)
	}
	if t.Failed() {
		t.Logf("%s\n%s", cmd, &stdout)
	}
	return a
}

// walked checks that the delegation was followed from the root, and that at least two servers of each parent zone were asked
// about the last cut.
func (a answer) walked(t *testing.T, want []string) {
	t.Helper()
	d := a.Evidence.Targets[0].Delegation
	if d == nil || d.By != "walk" {
		t.Fatal("the delegation was not walked")
	}
	var path []string
	for _, cut := range d.Path {
		path = append(path, cut.Zone)
	}
	if !slices.Equal(path, want) {
		t.Errorf("the walk went over %v, want %v", path, want)
	}
	if last := d.Path[len(d.Path)-1]; len(last.Asked) < 2 {
		t.Errorf("only %v were asked where %s is", last.Asked, last.Zone)
	}
}

// within tells whether every word is among the others.
func within(words, among []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(among, w) })
}

func (a answer) verdict(rule string) string {
	for _, v := range a.Verdicts {
		if v.Rule == rule {
			return strings.TrimSpace(strings.ReplaceAll(v.Verdict, "_", " ") + " " + v.Severity)
		}
	}
	return "none"
}

// greeting is when the greeting was complete, or why it was not.
func (a answer) greeting() string {
	for _, s := range a.Evidence.Sessions {
		for _, e := range s.Events {
			if e.Step == "greeting" && !s.Control && e.Failure != nil {
				return fmt.Sprintf("none in %.0f s", e.End)
			} else if e.Step == "greeting" && !s.Control {
				return fmt.Sprintf("%.1f s", e.End)
			}
		}
	}
	return "no session"
}

// results are what the runs gave, for the table.
type results struct {
	mu   sync.Mutex
	rows []row
}

type row struct {
	oneCase
	answer
}

func (r *results) add(c oneCase, a answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, row{c, a})
}

// greetings is the table of greeting delays and verdicts.
func (r *results) greetings(version string) string {
	slices.SortFunc(r.rows, func(a, b row) int {
		if a.delay != b.delay {
			return a.delay - b.delay
		}
		return strings.Compare(a.name, b.name)
	})
	var b strings.Builder
	b.WriteString("\n| server (" + version + ") | delay | greeting seen after | connect | banner | TLS | connection time | transaction time |\n|---|---|---|---|---|---|---|---|\n")
	for _, row := range r.rows {
		if row.delay < 0 {
			continue
		}
		program, _, _ := strings.Cut(row.target, ".")
		fmt.Fprintf(&b, "| %s | %d s | %s |", program, row.delay, row.greeting())
		for _, rule := range []string{"connect", "banner-mismatch", "tls-missing", "connection-time", "transaction-time"} {
			fmt.Fprintf(&b, " %s |", row.verdict("smtp/"+rule))
		}
		b.WriteString("\n")
	}
	return b.String()
}
