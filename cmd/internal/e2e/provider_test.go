package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Many domains may have their mail taken by one server. It sees a bounded number of sessions, whoever they are for; those reports for
// which none was left know how the others' sessions opened, and nothing of their own mailboxes. None tells of another's.
func TestManyDomainsOfOneProvider(t *testing.T) {
	parallel(t)
	const customers = 60
	var zones strings.Builder
	dir := t.TempDir()
	args := []string{"--format", "jsonl"}
	for i := range customers {
		name := fmt.Sprintf("customer%d.test", i)
		fmt.Fprintf(&zones, "  - name: %s\n    servers: [ns1.example.com]\n    records: |\n      %s. 300 IN MX 10 mail.example.com.\n", name, name)
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("smtp:"+name+"\n"+claim("smtp/postmaster", "smtp/tls-missing")), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	o := inLab(t, strings.Replace(host(t, "starttls: true"), "zones:\n", "zones:\n"+zones.String(), 1), "", args...)
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(lines) != customers {
		t.Fatalf("%d results: %s", len(lines), o.stderr)
	}
	asked := 0
	for i, line := range lines {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if v := a.verdict("smtp/tls-missing"); v.Verdict != "false_positive" {
			t.Errorf("report %d: %s (%s): %s", i, v.Verdict, v.Reason, v.Says)
		}
		switch v := a.verdict("smtp/postmaster"); {
		case v.Verdict == "false_positive":
			asked++
		case v.Verdict != "inconclusive" || v.Reason != "untested":
			t.Errorf("report %d: %s (%s): %s", i, v.Verdict, v.Reason, v.Says)
		}
		for j := range customers {
			if other := fmt.Sprintf("customer%d.test", j); j != i && strings.Contains(line, "@"+other) {
				t.Errorf("report %d tells of %s", i, other)
			}
		}
	}
	if asked < 20 || asked > 30 {
		t.Errorf("%d of %d reports had a session of their own", asked, customers)
	}
}
