package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// examplePolicy is the commented example of a policy.
const examplePolicy = "../../../testdata/policies/example.yaml"

// houseFile writes a policy of Example Hosting.
func houseFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte("schema: mxverdict/policy/1\norganisation: Example Hosting\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// styled is what of a verdict a policy can change.
type styled struct {
	Rule, Verdict, Severity, Says, Plain, Fix string
	DemandedBy                                string `json:"demanded_by"`
	Policy                                    []string
	Accepted                                  *struct{ Reason, By, Until string }
}

// replayed judges saved evidence under a policy; "" for none.
func replayed(t *testing.T, bundle, policy string) (map[string]styled, outcome, int) {
	t.Helper()
	args := []string{"replay", "--format", "json", "--rules", claims, filepath.Join(bundles, bundle)}
	if policy != "" {
		args = append(args, "--policy", policy)
	}
	out := command(t, t.Context(), args...)
	var document struct {
		Summary  struct{ Accepted int }
		Verdicts []styled
	}
	if err := json.Unmarshal([]byte(out.stdout), &document); err != nil {
		t.Fatalf("%v: %s%s", err, out.stdout, out.stderr)
	}
	byRule := map[string]styled{}
	for _, v := range document.Verdicts {
		byRule[v.Rule] = v
	}
	return byRule, out, document.Summary.Accepted
}

func mentions(v styled, text string) bool {
	return slices.ContainsFunc(v.Policy, func(s string) bool { return strings.Contains(s, "Example Hosting") && strings.Contains(s, text) })
}

// The same evidence, judged under another policy, gives the verdicts of that policy, and says which of them rest on it.
func TestPolicyOverSavedEvidence(t *testing.T) {
	parallel(t)
	const story = "greeting-delay.json"
	plain, out, _ := replayed(t, story, "")
	if out.code != 0 || plain["dns/soa-serial-format"].Verdict != "policy_disagreement" {
		t.Fatalf("without a policy: %d %+v", out.code, plain)
	}
	for rule, v := range plain {
		if len(v.Policy) > 0 || v.Accepted != nil || v.DemandedBy != "" {
			t.Errorf("without a policy %s rests on one: %+v", rule, v)
		}
	}
	got, out, accepted := replayed(t, story, examplePolicy)
	if out.code != 1 || accepted != 0 {
		t.Errorf("exit code %d, %d confirmed ones accepted", out.code, accepted)
	}
	serial := got["dns/soa-serial-format"]
	if serial.Verdict != "confirmed" || serial.Severity != "low" || serial.DemandedBy != "Example Hosting" || !mentions(serial, "its own demand") {
		t.Errorf("advice that is demanded: %+v", serial)
	}
	if v := got["smtp/transaction-time"]; v.Verdict != "policy_disagreement" || !mentions(v, "the limit is 20 s, and is kept") || !strings.Contains(v.Says, "as we want it") || !strings.HasPrefix(v.Plain, "Our mail server") {
		t.Errorf("a limit and words: %+v", v)
	}
	if v := got["dns/soa-expire"]; v.Verdict != "policy_disagreement" || v.Accepted == nil || v.Accepted.By != "Jane Doe" || v.Accepted.Until != "2027-03-31" {
		t.Errorf("accepted: %+v", v)
	}
	for _, format := range []string{"text", "ticket", "markdown"} {
		page := strings.Join(strings.Fields(command(t, t.Context(), "replay", "-v", "--format", format, "--policy", examplePolicy, filepath.Join(bundles, story)).stdout), " ")
		for _, says := range []string{"By the policy of Example Hosting: the limit is 20 s", "Example Hosting demands", "accepted until 2027-03-31"} {
			if !strings.Contains(page, says) {
				t.Errorf("%s does not say %q", format, says)
			}
		}
	}
	for _, rule := range []string{"smtp/banner-mismatch", "smtp/tls-missing"} {
		if v := got[rule]; v.Verdict != plain[rule].Verdict || v.Says != plain[rule].Says || len(v.Policy) > 0 {
			t.Errorf("%s: the policy says nothing of it, and it changed: %+v", rule, v)
		}
	}
}

// What is confirmed and accepted does not count for the exit code, as long as the acceptance lasts; the time is that of the test.
func TestAcceptedFindingsAndExitCode(t *testing.T) {
	parallel(t)
	accept := func(until string) string {
		return houseFile(t, "accepted:\n  - {rule: smtp/tls-missing, subject: example.com, reason: A device of the lab., by: Jane Doe, until: "+until+"}\n"+
			"  - {rule: smtp/tls-version, subject: \"*.example.com\", reason: A device of the lab., by: Jane Doe, until: "+until+"}\n"+
			"  - {rule: smtp/tls-version, subject: example.com, reason: A device of the lab., by: Jane Doe, until: "+until+"}\n")
	}
	const bundle = "tls-broken.json"
	if _, out, _ := replayed(t, bundle, ""); out.code != 1 {
		t.Fatalf("without a policy: %d", out.code)
	}
	got, out, accepted := replayed(t, bundle, accept("2027-03-31"))
	if out.code != 0 || accepted != 2 || got["smtp/tls-missing"].Verdict != "confirmed" || got["smtp/tls-missing"].Accepted == nil {
		t.Errorf("exit code %d, %d accepted, %+v", out.code, accepted, got["smtp/tls-missing"])
	}
	got, out, accepted = replayed(t, bundle, accept("1999-12-31"))
	if out.code != 1 || accepted != 0 || got["smtp/tls-missing"].Accepted != nil || !mentions(got["smtp/tls-missing"], "no more") {
		t.Errorf("after its last day: exit code %d, %d accepted, %+v", out.code, accepted, got["smtp/tls-missing"])
	}
	if strings.Count(out.stdout, "the finding counts again") != 2 {
		t.Errorf("not told once for each that is over: %s", out.stdout)
	}
	one := houseFile(t, "accepted: [{rule: smtp/tls-missing, subject: example.com, reason: x, by: Jane Doe, until: 2027-03-31}]\n")
	if _, out, accepted := replayed(t, bundle, one); out.code != 1 || accepted != 1 {
		t.Errorf("one of two is accepted: exit code %d, %d accepted", out.code, accepted)
	}
}

// A requirement that is switched off convicts nobody.
func TestRequirementOff(t *testing.T) {
	parallel(t)
	plain, _, _ := replayed(t, "mx-broken.json", "")
	off := houseFile(t, "rules:\n  mx/private-address:\n    say: {policy_disagreement: 'One of the addresses is private, as we want it.'}\n    requirements:\n"+
		"      any-public: {demanded: false, because: It is an inner domain.}\n      all-public: {demanded: false, because: It is an inner domain.}\n")
	got, _, _ := replayed(t, "mx-broken.json", off)
	if before, v := plain["mx/private-address"], got["mx/private-address"]; before.Verdict != "confirmed" || v.Verdict != "policy_disagreement" ||
		!mentions(v, "It is an inner domain") || !strings.Contains(v.Says, "as we want it") {
		t.Errorf("was %s, and is %+v", before.Verdict, v)
	}
}

// A file with mistakes judges nothing; the texts of a policy are as harmless on a page as all others.
func TestPoliciesOfStrangers(t *testing.T) {
	parallel(t)
	bundle := filepath.Join(bundles, "greeting-delay.json")
	for name, test := range map[string]struct{ text, says string }{
		"a misspelt key": {"acepted: []\n", `did you mean "accepted"`},
		"no unit":        {"rules: {smtp/transaction-time: {parameters: {limit: 20}}}\n", "policy.yaml:3: "},
	} {
		out := command(t, t.Context(), "replay", bundle, "--policy", houseFile(t, test.text))
		if out.code != 2 || out.stdout != "" || !strings.Contains(out.stderr, test.says) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", name, out.code, out.stdout, out.stderr)
		}
	}
	for _, file := range []string{"no-such-file.yaml", t.TempDir()} {
		if out := command(t, t.Context(), "replay", bundle, "--policy", file); out.code != 2 || out.stdout != "" {
			t.Errorf("%s: exit code %d", file, out.code)
		}
	}
	hostile := houseFile(t, `reply: {salutation: "\e[31m<script>alert(1)</script>", signature: "::error::x"}
rules:
  smtp/transaction-time: {say: {policy_disagreement: "\e]0;title\a<script>alert(1)</script>"}, plain: {policy_disagreement: "\e[2J<script>alert(1)</script> [x](https://example.net)"}}
accepted: [{rule: dns/soa-expire, subject: example.com, reason: "\e[2J<script>", by: "\u202eenaJ", until: 2027-03-31}]
`)
	for _, args := range [][]string{{"replay", bundle, "-vv"}, {"replay", bundle, "--format", "json"}, {"replay", bundle, "--format", "ticket"},
		{"rules", "show", "policy"}, {"rules", "show", "smtp/transaction-time"}, {"rules", "show", "dns/soa-expire"}} {
		out := command(t, t.Context(), append(args, "--policy", hostile)...)
		if out.code != 0 || strings.ContainsAny(out.stdout+out.stderr, "\x1b\a\u202e") {
			t.Errorf("%v: exit code %d, %s%s", args, out.code, out.stderr, out.stdout)
		}
		if slices.Contains(args, "ticket") && strings.Contains(out.stdout, "<script>") {
			t.Errorf("%v: markup survives", args)
		}
	}
}
