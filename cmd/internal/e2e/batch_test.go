package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// comparable is a result without what differs between two runs: moments, and the evidence; and without the IDs of rows, which only a batch has.
func comparable(result map[string]any) map[string]any {
	c := map[string]any{}
	for name, value := range result {
		if name != "evidence" && name != "started_at" && name != "finished_at" {
			c[name] = nameless(value)
		}
	}
	return c
}

// nameless is a document without the IDs of its rows.
func nameless(document any) any {
	switch d := document.(type) {
	case map[string]any:
		c := map[string]any{}
		_, row := d["n"]
		for name, value := range d {
			if !row || name != "id" {
				c[name] = nameless(value)
			}
		}
		return c
	case []any:
		c := make([]any, len(d))
		for i := range d {
			c[i] = nameless(d[i])
		}
		return c
	}
	return document
}

// numbered is the number of an exchange: which of two questions is answered first is chance.
var numbered = regexp.MustCompile(`exchange \d+`)

// differs tells where two documents differ first, or "": moments and the order of questions aside.
func differs(a, b any) string {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return fmt.Sprintf("%v and %v", a, b)
		}
		for name := range a {
			if name == "measured_at" {
				continue
			}
			if where := differs(a[name], b[name]); where != "" {
				return name + "." + where
			}
		}
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return fmt.Sprintf("%v and %v", a, b)
		}
		for i := range a {
			if where := differs(a[i], b[i]); where != "" {
				return fmt.Sprint(i, ".", where)
			}
		}
	case string:
		if b, ok := b.(string); !ok || numbered.ReplaceAllString(a, "") != numbered.ReplaceAllString(b, "") {
			return fmt.Sprintf(" %v, and alone %v", a, b)
		}
	default:
		if !reflect.DeepEqual(a, b) {
			return fmt.Sprintf(" %v, and alone %v", a, b)
		}
	}
	return ""
}

const foundingReport = "SOA Serial Number Format is Invalid\nWarning - Reverse DNS does not match SMTP Banner\nWarning - Does not support TLS.\n15,678 seconds - Not good! on Transaction time\n"

// Each result is the one that verify gives to the report alone, and a second run has nothing to do.
func TestBatchEqualsVerify(t *testing.T) {
	parallel(t)
	demo := scenarioFile(t, delayed)
	dir := folderOf(t, map[string]string{
		"deep/founding.txt": "domain: example.com\n" + foundingReport,
		"one.txt":           "smtp:203.0.113.25\nFailed To Connect\n",
		"two.txt":           "smtp:203.0.113.25\nWarning - Does not support TLS.\n",
		"sidecar.txt":       foundingReport, "sidecar.txt.target": "example.com\n",
		"listed.txt": foundingReport,
		"none.txt":   foundingReport,
		"empty.txt":  "", "binary.txt": "\x00\x01\x02PNG\x00\xff\xfe",
		"example.com (2).txt": foundingReport,
	})
	list := reportFile(t, t.TempDir(), "list.csv", "file,target\nlisted.txt,example.com\n")
	out := filepath.Join(dir, "results") // among the reports, of which it is none
	args := []string{dir, filepath.Join(dir, "missing.txt"), "--out", out, "--targets", list, "--each", "ticket", "--each", "json"}
	o, smtp := batched(t, demo, args...)
	if o.code != 2 || smtp == 0 {
		t.Errorf("exit code %d, %d connections: %s", o.code, smtp, o.stderr)
	}
	got := bySource(records(t, out))
	for name, target := range map[string]string{"deep/founding.txt": "", "one.txt": "", "two.txt": "", "sidecar.txt": "example.com", "listed.txt": "example.com"} {
		file := filepath.Join(dir, name)
		alone := []string{"verify", "--control", "none", "--format", "jsonl", "--quiet", file}
		if target != "" {
			alone = append(alone, "--target", target)
		}
		v := run(t, demo, "", nil, alone...)
		var want map[string]any
		if err := json.Unmarshal([]byte(v.stdout), &want); err != nil {
			t.Fatalf("%s: %v: %s", name, err, v.stderr)
		}
		r := got[filepath.Base(name)]
		if r.Code != v.code || r.Evidence == nil || r.Source != file || r.Result["evidence"] != nil {
			t.Errorf("%s: %.300v", name, r)
		}
		if where := differs(comparable(r.Result), comparable(want)); where != "" || len(r.Result) < 5 {
			t.Errorf("%s is not as alone: %s", name, where)
		}
	}
	for _, name := range []string{"none.txt", "empty.txt", "binary.txt", "missing.txt", "example.com (2).txt"} {
		if r := got[name]; r.Error == "" || r.Result != nil || r.Code != 2 || !r.Again {
			t.Errorf("%s: %.300v", name, r)
		}
	}
	if len(got) != 10 {
		t.Errorf("%d records", len(got))
	}
	for _, name := range []string{"summary.txt", "summary.md", "summary.html", "summary.csv"} {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !bytes.Contains(text, []byte("smtp/tls-missing")) {
			t.Errorf("%s: %v: %.300s", name, err, text)
		}
	}
	for _, ending := range []string{".ticket.txt", ".json.json"} {
		text, err := os.ReadFile(filepath.Join(out, "root", dir, "deep", "founding.txt"+ending))
		if err != nil || !bytes.Contains(text, []byte("example.com")) {
			t.Errorf("%s: %v: %.300s", ending, err, text)
		}
	}

	before := records(t, out)
	if o, smtp := batched(t, demo, args...); smtp > 0 || o.code != 2 || !reflect.DeepEqual(records(t, out), before) {
		t.Errorf("the second run: exit code %d, %d connections, %d records: %s", o.code, smtp, len(records(t, out)), o.stderr)
	}

	// With what was missing, an error becomes a result.
	writeReport(t, filepath.Join(dir, "none.txt.target"), "example.com")
	batched(t, demo, append(args, "--target-from", "name")...)
	got = bySource(records(t, out))
	for _, name := range []string{"none.txt", "example.com (2).txt"} {
		if r := got[name]; r.Error != "" || r.Result == nil {
			t.Errorf("%s: %.300v", name, r)
		}
	}
}

// What changed is tested again, and its last state counts, also where that was there before; so does another target.
func TestBatchChangedInputs(t *testing.T) {
	parallel(t)
	const quick, other = "smtp:203.0.113.1\nFailed To Connect\n", "smtp:203.0.113.1\nWarning - Does not support TLS.\n"
	dir := folderOf(t, map[string]string{"a.txt": quick, "b.txt": quick})
	out := filepath.Join(t.TempDir(), "out")
	state := func() string {
		text, err := os.ReadFile(filepath.Join(out, "summary.csv"))
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for line := range strings.Lines(string(text)) {
			if fields := strings.Split(line, ","); fields[0] == "rule" {
				rules = append(rules, fields[1]+" "+fields[len(fields)-2])
			}
		}
		slices.Sort(rules)
		return strings.Join(rules, ", ")
	}
	for i, step := range []struct {
		text    string
		records int
		rules   string
	}{{quick, 2, "smtp/connect 2"}, {other, 3, "smtp/connect 1, smtp/tls-missing 1"}, {quick, 4, "smtp/connect 2"}, {quick, 4, "smtp/connect 2"}} {
		writeReport(t, filepath.Join(dir, "a.txt"), step.text)
		o, _ := batched(t, quickAndSlow, dir, "--out", out)
		if n, rules := len(records(t, out)), state(); n != step.records || rules != step.rules {
			t.Errorf("step %d: %d records, %s: %s", i, n, rules, o.stderr)
		}
	}
	writeReport(t, filepath.Join(dir, "b.txt.target"), "203.0.113.2")
	if _, smtp := batched(t, quickAndSlow, dir, "--out", out); smtp == 0 || len(records(t, out)) != 5 {
		t.Errorf("another target: %d connections, %d records", smtp, len(records(t, out)))
	}
}

// What a run ends with, by --fail-on.
func TestBatchExitCodes(t *testing.T) {
	parallel(t)
	const missing = "smtp:203.0.113.1\nWarning - Does not support TLS.\n" // confirmed, since the server has none
	const well = "smtp:203.0.113.1\nFailed To Connect\n"
	for name, c := range map[string]struct {
		reports map[string]string
		on      string
		code    int
	}{
		"well":                {map[string]string{"a": well}, "", 0},
		"confirmed":           {map[string]string{"a": well, "b": missing}, "", 1},
		"not asked for":       {map[string]string{"a": missing}, "error", 0},
		"error":               {map[string]string{"a": well, "b": ""}, "", 2},
		"error hides nothing": {map[string]string{"a": missing, "b": ""}, "", 1},
		"nothing":             {map[string]string{"a": missing, "b": ""}, "nothing", 0},
		"error alone":         {map[string]string{"a": missing, "b": ""}, "error", 2},
	} {
		args := []string{folderOf(t, c.reports), "--out", t.TempDir()}
		if c.on != "" {
			args = append(args, "--fail-on", c.on)
		}
		if o, _ := batched(t, quickAndSlow, args...); o.code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", name, o.code, c.code, o.stderr)
		}
	}
}

// What the organisation's policy accepts is no reason to end with another code than verify does.
func TestBatchExitCodeOfAccepted(t *testing.T) {
	parallel(t)
	policy := reportFile(t, t.TempDir(), "policy.yaml", "schema: mxverdict/policy/1\norganisation: Example Hosting\n"+
		"accepted: [{rule: smtp/tls-missing, subject: 203.0.113.1, reason: It is old., by: Jane Doe, until: 2027-03-31}]\n")
	dir := folderOf(t, map[string]string{"a": "smtp:203.0.113.1\nWarning - Does not support TLS.\n"})
	for _, c := range []struct {
		code int
		args []string
	}{{1, nil}, {0, []string{"--policy", policy}}} {
		v := run(t, quickAndSlow, "", nil, append([]string{"verify", "--control", "none", "--quiet", filepath.Join(dir, "a")}, c.args...)...)
		if o, _ := batched(t, quickAndSlow, append([]string{dir, "--out", t.TempDir()}, c.args...)...); o.code != c.code || v.code != c.code {
			t.Errorf("%q: exit code %d, alone %d, want %d: %s", c.args, o.code, v.code, c.code, o.stderr)
		}
	}
}

// What cannot be written hides nothing of what is confirmed, and is told whatever else was not asked for.
func TestBatchExitCodeOfFailedWrite(t *testing.T) {
	parallel(t)
	const missing, well = "smtp:203.0.113.1\nWarning - Does not support TLS.\n", "smtp:203.0.113.1\nFailed To Connect\n"
	for name, c := range map[string]struct {
		reports map[string]string
		on      string
		code    int
	}{
		"confirmed": {map[string]string{"a": missing, "b": ""}, "confirmed", 1}, "well": {map[string]string{"a": well}, "confirmed", 2}, "nothing asked for": {map[string]string{"a": missing}, "nothing", 2},
	} {
		out := t.TempDir()
		if err := os.Mkdir(filepath.Join(out, "summary.html"), 0o777); err != nil {
			t.Fatal(err)
		}
		o, _ := batched(t, quickAndSlow, folderOf(t, c.reports), "--out", out, "--fail-on", c.on)
		if o.code != c.code || !strings.Contains(o.stderr, "cannot be written") {
			t.Errorf("%s: exit code %d, want %d: %s", name, o.code, c.code, o.stderr)
		}
	}
}

// A result stands in the folder as soon as it is there, whatever takes longer before it; who interrupts the run has whole results only, and
// the next run does the rest.
func TestBatchStreamsAndIsInterrupted(t *testing.T) {
	parallel(t)
	dir := folderOf(t, map[string]string{"1.txt": "smtp:203.0.113.2\nFailed To Connect\n", "2.txt": "smtp:203.0.113.1\nFailed To Connect\n", "3.txt": "smtp:203.0.113.1\nWarning - Does not support TLS.\n"})
	out := filepath.Join(t.TempDir(), "out")
	early := 0
	o := underWay(t, quickAndSlow, 30*time.Second, func(at time.Duration) {
		if at < 20*time.Second {
			early = len(records(t, out))
		}
	}, dir, "--out", out)
	if early == 0 {
		t.Errorf("%d records before the slow one", early)
	}
	if got := records(t, out); o.code != 130 || !strings.Contains(o.stderr, "goes on where it was") || len(got) != 2 || bySource(got)["1.txt"].ID != "" || o.took > 40*time.Second {
		t.Errorf("exit code %d after %v, %d records: %s", o.code, o.took, len(got), o.stderr)
	}
	if !strings.Contains(o.stderr, "given up: 1") {
		t.Errorf("it says %s", o.stderr)
	}
	o, smtp := batched(t, quickAndSlow, dir, "--out", out)
	if got := records(t, out); o.code != 1 || len(got) != 3 || smtp == 0 {
		t.Errorf("the next run: exit code %d, %d records, %d connections: %s", o.code, len(got), smtp, o.stderr)
	}
}

// What is nearly done when the signal comes is finished, and then nobody is told that something was left.
func TestBatchFinishesWhatIsNearlyDone(t *testing.T) {
	parallel(t)
	dir, out := folderOf(t, map[string]string{"1.txt": "smtp:203.0.113.2\nFailed To Connect\n"}), filepath.Join(t.TempDir(), "out")
	o := underWay(t, quickAndSlow, 58*time.Second, func(time.Duration) {}, dir, "--out", out)
	if got := records(t, out); o.code != 0 || len(got) != 1 || strings.Contains(o.stderr, "goes on where it was") || o.took < time.Minute {
		t.Errorf("exit code %d after %v, %d records: %s", o.code, o.took, len(got), o.stderr)
	}
}

// okReport is a report in which nothing is wrong, so that nothing is asked about it.
func okReport(n int) string {
	return fmt.Sprintf("smtp:203.0.113.%d\nSMTP TLS OK - Supports TLS.\n", n%250)
}

// A network without SMTP servers.
const nobodyThere = "schema: mxverdict/scenario/1\nresolver: 192.0.2.1\nsmtp:\n  - {address: 203.0.113.1, connect: silent}\n"

// A network that lets nothing out ends the run early, and nothing is recorded that the next run would not repeat. What needs no network
// does not speak for it.
func TestBatchOnClosedNetwork(t *testing.T) {
	parallel(t)
	reports := map[string]string{"0-ok.txt": okReport(1)}
	for i := range 60 {
		reports[fmt.Sprintf("%d.txt", 100+i)] = "smtp:203.0.113.1\nFailed To Connect\n"
	}
	for _, name := range []string{"all", "few"} {
		few := name == "few"
		if few {
			for i := range 55 {
				delete(reports, fmt.Sprintf("%d.txt", 100+i))
			}
		}
		dir, out := folderOf(t, reports), filepath.Join(t.TempDir(), "out")
		o, _ := batched(t, nobodyThere, dir, "--out", out)
		got, done := records(t, out), 0
		for _, r := range got {
			if !r.Again {
				done++
			}
		}
		if o.code != 4 || done > 1 || !few && len(got) > 1 || few && len(got) != 6 {
			t.Errorf("%s: exit code %d, %d records, %d done: %s", name, o.code, len(got), done, o.stderr)
		}
		if o, smtp := batched(t, quickAndSlow, dir, "--out", out); o.code != 0 || smtp == 0 || len(bySource(records(t, out))) != len(reports) {
			t.Errorf("%s: on an open network: exit code %d, %d connections, %d records: %s", name, o.code, smtp, len(records(t, out)), o.stderr)
		}
	}
}

// A network that closes in the middle of a run ends it too; what it hindered is tested again. Reports that need name servers alone, between
// the others, do not speak for it.
func TestBatchOnNetworkThatCloses(t *testing.T) {
	parallel(t)
	reports := map[string]string{"0.txt": "smtp:203.0.113.2\nFailed To Connect\n"}
	for i := range 300 {
		reports[fmt.Sprintf("%d.txt", 1000+i)] = "smtp:203.0.113.1\nFailed To Connect\n"
		reports[fmt.Sprintf("%d-zone.txt", 1000+i)] = fmt.Sprintf("dmarc:zone%d.example.com\nDMARC Record Published\tNo DMARC Record found\n", i)
	}
	dir, out := folderOf(t, reports), filepath.Join(t.TempDir(), "out")
	const zone = "zones:\n  - name: example.com\n    servers: [ns1.example.com]\n    records: |\n      ns1.example.com. 300 IN A 192.0.2.53\n" +
		"      example.com. 300 IN MX 10 control.example.com.\n      control.example.com. 300 IN A 203.0.113.3\n"
	scenario := zone + nobodyThere + "  - {address: 203.0.113.2, name: mail.example.com}\n  - {address: 203.0.113.3, connect: silent}\n"
	o, _ := batched(t, scenario, dir, "--out", out, "--jobs", "1", "--control", "example.com")
	again, done := 0, 0
	for _, r := range records(t, out) {
		if strings.HasSuffix(r.Source, "-zone.txt") {
			continue
		}
		if r.Again {
			again++
		} else {
			done++
		}
	}
	if o.code != 4 || done != 1 || again < 100 || again > 150 {
		t.Errorf("exit code %d, %d records are tested again, %d done: %s", o.code, again, done, o.stderr)
	}
	// Where no control tells this network from servers that are dead, the run goes on: a folder may hold hundreds of them.
	out = filepath.Join(t.TempDir(), "out")
	if o, _ := batched(t, scenario, dir, "--out", out, "--jobs", "1"); o.code == 4 || len(bySource(records(t, out))) != len(reports) {
		t.Errorf("without a control: exit code %d, %d records: %s", o.code, len(records(t, out)), o.stderr)
	}
}

// A provider's server sees a bounded number of sessions in a run. Reports for which none is left are tested in the next ones, and each of them
// gets the verdict that it would get alone.
func TestBatchOfOneProvider(t *testing.T) {
	parallel(t)
	const customers = 150
	var zones strings.Builder
	reports := map[string]string{}
	for i := range customers {
		name := fmt.Sprintf("customer%d.test", i)
		fmt.Fprintf(&zones, "  - name: %s\n    servers: [ns1.example.com]\n    records: |\n      %s. 300 IN MX 10 mail.example.com.\n", name, name)
		reports[fmt.Sprintf("%d.txt", i)] = "smtp:" + name + "\n" + claim("smtp/postmaster")
	}
	scenario := strings.Replace(host(t, "starttls: true"), "zones:\n", "zones:\n"+zones.String(), 1)
	dir, out := folderOf(t, reports), filepath.Join(t.TempDir(), "out")
	for run, left := range []int{30, 0} {
		batched(t, scenario, dir, "--out", out, "--rules", claims)
		again := 0
		for _, r := range bySource(records(t, out)) {
			if r.Again {
				again++
				continue
			}
			if v := r.Result["verdicts"].([]any)[0].(map[string]any); v["verdict"] != "false_positive" {
				t.Errorf("run %d, %s: %v (%v)", run, r.Source, v["verdict"], v["reason"])
			}
		}
		if again != left {
			t.Errorf("after run %d, %d reports are tested again", run, again)
		}
	}
}

// A resolver that is dead ends the run early too. What was found without it is right, and stays.
func TestBatchWithDeadResolver(t *testing.T) {
	parallel(t)
	reports := map[string]string{}
	for i := range 60 {
		reports[fmt.Sprintf("%d.txt", i)] = "smtp:mail.example.com\nSMTP TLS\tWarning - Does not support TLS.\n"
	}
	dir, out := folderOf(t, reports), filepath.Join(t.TempDir(), "out")
	scenario := host(t, "starttls: true")
	o, _ := batched(t, scenario+"name_servers: [{address: 192.0.2.1, behaves: [silent]}]\n", dir, "--out", out)
	got := records(t, out)
	if o.code != 4 || len(got) < 20 || len(got) > 40 || !strings.Contains(o.stderr, "resolver 192.0.2.1") {
		t.Errorf("exit code %d, %d records: %s", o.code, len(got), o.stderr)
	}
	for _, r := range got {
		if v := r.Result["verdicts"].([]any)[0].(map[string]any); r.Again || v["verdict"] != "false_positive" {
			t.Errorf("%s: %v, tested again: %v", r.Source, v["verdict"], r.Again)
		}
	}
	if o, _ := batched(t, scenario, dir, "--out", out); o.code != 0 || len(bySource(records(t, out))) != len(reports) {
		t.Errorf("with one that answers: exit code %d: %s", o.code, o.stderr)
	}
}

// Nothing that a report is called, says or is said to be about leads out of the folder of the results, ends the run or fills the records.
func TestBatchOfHostileReports(t *testing.T) {
	long := strings.Repeat("n", 250)
	dir := folderOf(t, map[string]string{
		"work/ok.txt": okReport(1), "work/" + long: okReport(1), "work/" + long[1:]: okReport(1), "work/line\nbreak \x1b[2J": okReport(1), "work/=cmd|x!A1.txt": "",
		"work/ok.txt.text.txt/deep.txt": okReport(1), "work/\xff\xfe": okReport(1), "work/\xff\xfd": okReport(1), "work/-rf": okReport(1), "outside.txt": okReport(1),
		"work/endless.txt": foundingReport, "work/endless.txt.target": strings.Repeat("<script>", 120),
		"work/words.txt": strings.Repeat("smtp:203.0.113.1 ", 1<<16),
	})
	if err := os.Symlink("/", filepath.Join(dir, "work", "all")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "work"))
	o, _ := batched(t, quickAndSlow, ".", "../outside.txt", "--out", "out", "--each", "text")
	got := records(t, "out")
	if o.code != 2 || len(got) != 12 {
		t.Errorf("exit code %d, %d records: %s", o.code, len(got), o.stderr)
	}
	sources, results := map[string]bool{}, 0
	for _, r := range got {
		if sources[r.Source] = true; len(r.Error) > 2000 {
			t.Errorf("an error of %d bytes", len(r.Error))
		}
		if r.Result != nil {
			results++
		}
	}
	files := 0
	filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".text.txt") && !e.IsDir() {
			if files++; !strings.HasPrefix(path, filepath.Join(dir, "work", "out")+"/") {
				t.Errorf("%q was written", path)
			}
		}
		return err
	})
	if len(sources) != len(got) || files != results || results != 9 {
		t.Errorf("%d sources of %d records, %d files of %d results", len(sources), len(got), files, results)
	}
	for _, name := range []string{"summary.txt", "summary.md", "summary.html", "summary.csv"} {
		text, err := os.ReadFile(filepath.Join("out", name))
		if err != nil || bytes.Contains(text, []byte("\x1b")) || bytes.Contains(text, []byte("<script>")) && name == "summary.html" || bytes.Contains(text, []byte("\n=cmd")) || bytes.Contains(text, []byte(",=cmd")) {
			t.Errorf("%s: %v: %s", name, err, text)
		}
	}
}
