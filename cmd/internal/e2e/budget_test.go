package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/lab"
)

// crowd is the demonstration's internet with two more domains of honest people, and a stranger's with 300 hosts and twenty domains of
// twenty-five mail hosts each, all at addresses of their own.
func crowd(t *testing.T) string {
	t.Helper()
	var zones, hosts strings.Builder
	for n, name := range []string{"example.org", "example.edu"} {
		fmt.Fprintf(&zones, "  - name: %s\n    servers: [ns1.%[1]s]\n    records: |\n      ns1.%[1]s. 300 IN A 192.0.2.%d\n      %[1]s. 300 IN MX 10 mail.%[1]s.\n      mail.%[1]s. 300 IN A 203.0.113.%[2]d\n", name, 110+n)
		fmt.Fprintf(&hosts, "  - {address: 203.0.113.%d, name: mail.%s, starttls: %v}\n", 110+n, name, name == "example.org")
	}
	zones.WriteString("  - name: example.net\n    servers: [ns1.example.net]\n    records: |\n      ns1.example.net. 300 IN A 192.0.2.150\n")
	for i := range 300 {
		fmt.Fprintf(&zones, "      host%d.example.net. 300 IN AAAA %s\n", i, strangersAddress(i))
	}
	for n := range 800 {
		fmt.Fprintf(&hosts, "  - {address: %q, name: mail.example.net}\n", strangersAddress(n))
	}
	for i := range 500 {
		fmt.Fprintf(&zones, "      d%d.example.net. 300 IN MX %d m%d.example.net.\n      m%[3]d.example.net. 300 IN AAAA %[4]s\n", i/25, i%25, i, strangersAddress(300+i))
	}
	text := scenarioFile(t, delayed)
	text = strings.Replace(text, "\nsmtp:\n", "\n"+zones.String()+"\nsmtp:\n"+hosts.String(), 1)
	return text[:strings.Index(text, "report: |")]
}

// strangersAddress is the n-th of the stranger's addresses.
func strangersAddress(n int) string { return fmt.Sprintf("2001:db8:77::%x", n+1) }

// What a report may touch is counted for each report by itself: a hostile one touches no more beside harmless ones than alone, and
// takes nothing from them, in whatever order they are named.
func TestHostileReportBesideOthers(t *testing.T) {
	hostile := map[string]string{"many hosts": "", "many mail hosts": ""}
	for i := range 300 {
		hostile["many hosts"] += fmt.Sprintf("smtp\thost%d.example.net\tDoes not support TLS.\n", i)
	}
	for i := range 20 {
		hostile["many mail hosts"] += fmt.Sprintf("smtp\td%d.example.net\tDoes not support TLS.\n", i)
	}
	dir := t.TempDir()
	harmless := []string{
		reportFile(t, dir, "delayed", strings.ReplaceAll("smtp:example.com\n"+fiveLines, "Warning - ", "")),
		reportFile(t, dir, "encrypted", "smtp\texample.org\tDoes not support TLS.\n"),
		reportFile(t, dir, "open", "smtp\texample.edu\tDoes not support TLS.\ndns\texample.edu\tSOA Expire Value out of recommended range\n"),
	}
	scenario := crowd(t)
	alone := map[string]document{}
	for _, name := range harmless {
		docs, _ := documents(t, scenario, name)
		alone[name] = docs[0]
	}
	for name, text := range hostile {
		bad := reportFile(t, dir, strings.ReplaceAll(name, " ", "-"), text)
		for _, order := range [][]string{append([]string{bad}, harmless...), append(append([]string{}, harmless...), bad)} {
			docs, internet := documents(t, scenario, order...)
			names, addresses := strangers(internet)
			if len(names) > 20 || len(addresses) > 20 || len(addresses) == 0 {
				t.Errorf("%s: %d hosts were looked up and %d connected to", name, len(names), len(addresses))
			}
			for i, doc := range docs {
				if order[i] == bad {
					if !strings.Contains(doc.text, "touches enough hosts already") {
						t.Errorf("%s: nothing says that hosts were left out", name)
					}
					continue
				}
				for _, difference := range unequal("", doc.said, alone[order[i]].said) {
					t.Errorf("%s: %s%s", name, filepath.Base(order[i]), difference)
				}
			}
		}
	}
}

// A host that is too much for one report is tested for another one that names it too, and is reported as left out to the first.
func TestHostLeftOutForOneReportOnly(t *testing.T) {
	var many strings.Builder
	for i := range 25 {
		fmt.Fprintf(&many, "smtp\thost%d.example.net\tDoes not support TLS.\n", i)
	}
	many.WriteString("smtp\tmail.example.org\tDoes not support TLS.\n")
	dir := t.TempDir()
	files := []string{reportFile(t, dir, "many", many.String()), reportFile(t, dir, "one", "smtp\tmail.example.org\tDoes not support TLS.\n")}
	for _, order := range [][]string{{files[0], files[1]}, {files[1], files[0]}} {
		docs, _ := documents(t, crowd(t), order...)
		for i, doc := range docs {
			var v verdict
			for _, each := range doc.answer.Verdicts {
				if each.Subject == "mail.example.org" || strings.HasPrefix(each.Subject, "mail.example.org ") {
					v = each
				}
			}
			if order[i] == files[1] && v.Verdict != "false_positive" {
				t.Errorf("the report of one host: %+v", v)
			}
			if order[i] == files[0] && (v.Verdict != "inconclusive" || !strings.Contains(doc.text, "touches enough hosts already")) {
				t.Errorf("the report of many hosts: %+v", v)
			}
		}
	}
}

// Mail hosts that are too many for one report are reported as left out to it, though another one that names the same domain has them
// tested.
func TestMailHostsLeftOutForOneReportOnly(t *testing.T) {
	row := func(domain string) string { return "smtp\t" + domain + "\tDoes not support TLS.\n" }
	dir := t.TempDir()
	docs, _ := documents(t, crowd(t), reportFile(t, dir, "two", row("d0.example.net")+row("d1.example.net")),
		reportFile(t, dir, "first", row("d0.example.net")), reportFile(t, dir, "second", row("d1.example.net")))
	for i, doc := range docs {
		var found struct{ Targets []evidence.Target }
		if err := json.Unmarshal([]byte(doc.text[strings.Index(doc.text, `"evidence":{`)+len(`"evidence":`):len(doc.text)-2]), &found); err != nil {
			t.Fatal(err)
		}
		tested, leftOut := 0, 0
		for _, target := range found.Targets {
			for _, h := range target.Hosts {
				tested += len(h.Addresses)
				if h.Trouble != nil && h.Trouble.Kind == evidence.Limit {
					leftOut++
				}
			}
		}
		if tested != 20 || leftOut != 5+25*len(found.Targets)-25 {
			t.Errorf("report %d: %d hosts tested, %d left out", i, tested, leftOut)
		}
	}
}

// deadZones is the demonstration's internet, in which one server of the zone lags behind the other, with a stranger's zones whose name
// servers do not answer, or late.
func deadZones(t *testing.T, zones int, manner string) string {
	t.Helper()
	var text, servers strings.Builder
	for i := range zones {
		fmt.Fprintf(&text, "  - name: z%d.example.net\n    servers: [ns1.z%[1]d.example.net, ns2.z%[1]d.example.net, ns3.z%[1]d.example.net]\n    records: |\n", i)
		for n := range 3 {
			address := fmt.Sprintf("2001:db8:53:%x::%x", i, n+1)
			fmt.Fprintf(&text, "      ns%d.z%d.example.net. 300 IN AAAA %s\n", n+1, i, address)
			fmt.Fprintf(&servers, "  - {address: %q, behaves: [%s]}\n", address, manner)
		}
	}
	s := scenarioFile(t, delayed)
	s = strings.Replace(s, "\nsmtp:\n", "\n"+text.String()+"\nname_servers:\n  - {address: 198.51.100.53, soa: {serial: 2312868411}}\n"+servers.String()+"\nsmtp:\n", 1)
	return s[:strings.Index(s, "report: |")]
}

// Name servers that take all the time of one report's questions take none of another's, not even that of a second look at its zone.
func TestDeadNameServersBesideOthers(t *testing.T) {
	catalogue, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var all, ofZones []string
	for _, r := range catalogue.Rules() {
		if r.Untested == nil {
			all = append(all, r.ID)
		}
		if r.Untested == nil && !strings.HasPrefix(r.ID, "smtp/") {
			ofZones = append(ofZones, r.ID)
		}
	}
	dir := t.TempDir()
	harmless := reportFile(t, dir, "harmless", "dns:example.com\n"+claim(all...))
	for _, test := range []struct {
		manner string
		zones  []int // of each hostile report
	}{
		{"silent", []int{19}},
		{"slow: 4s", []int{20, 20, 20}},
	} {
		var files []string
		zones := 0
		for n, count := range test.zones {
			var hostile strings.Builder
			for range count {
				for _, rule := range ofZones {
					fmt.Fprintf(&hostile, "z%d.example.net  %s", zones, claim(rule))
				}
				zones++
			}
			files = append(files, reportFile(t, dir, fmt.Sprint("hostile", n), hostile.String()))
		}
		scenario := deadZones(t, zones, test.manner)
		alone, _ := documents(t, scenario, harmless)
		among, _ := documents(t, scenario, append(files, harmless)...)
		for _, difference := range unequal("", among[len(files)].said, alone[0].said) {
			t.Errorf("%s: %s", test.manner, difference)
		}
	}
}

// Names in the greetings of one report's hosts take no time from those of another's.
func TestGreetingsBesideOthers(t *testing.T) {
	scenario := deadZones(t, 20, "silent")
	var zones, hosts, hostile strings.Builder
	zones.WriteString("\n  - name: example.net\n    servers: [ns1.example.net]\n    records: |\n      ns1.example.net. 300 IN A 192.0.2.150\n")
	for i := range 20 {
		fmt.Fprintf(&zones, "      host%d.example.net. 300 IN AAAA %s\n", i, strangersAddress(i))
		fmt.Fprintf(&hosts, "  - {address: %q, name: a.z%d.example.net}\n", strangersAddress(i), i) // in a zone whose servers are dead
		fmt.Fprintf(&hostile, "host%d.example.net  %s", i, claim("smtp/banner-invalid"))
	}
	scenario = strings.Replace(scenario, "\nname_servers:\n", zones.String()+"\nname_servers:\n", 1) + hosts.String()
	scenario = strings.Replace(scenario, "name: mail.example.com\n", "name: zz.example.com\n", 1) // which does not exist
	dir := t.TempDir()
	harmless := reportFile(t, dir, "harmless", "smtp:mail.example.com\n"+claim("smtp/banner-invalid"))
	bad := reportFile(t, dir, "hostile", hostile.String())
	alone, _ := documents(t, scenario, harmless)
	if alone[0].answer.Summary.Inconclusive > 0 {
		t.Fatalf("nothing follows from the report alone: %+v", alone[0].answer.Verdicts)
	}
	among, _ := documents(t, scenario, bad, harmless)
	for _, difference := range unequal("", among[1].said, alone[0].said) {
		t.Error(difference)
	}
}

func reportFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name+".txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// document is the JSON of one report.
type document struct {
	text   string
	answer answer
	said   map[string]any // all but the transcripts and the end of the run, which is that of all reports
}

// numbers are those of exchanges, of which parallel ones have any order, the clock, how long it was until the second look at a zone, and
// the longest name that the servers above were asked for.
var numbers = regexp.MustCompile(`DNS exchange [0-9]+|2000-01-01T[0-9:.]+Z|differ after [0-9.]+ s|referral has [0-9]+ octets`)

// documents runs the command over files.
func documents(t *testing.T, scenario string, files ...string) ([]document, *lab.Internet) {
	t.Helper()
	var internet *lab.Internet
	o := inLabWith(t, func(n *lab.Internet) { internet = n }, scenario, "", append([]string{"--format", "jsonl"}, files...)...)
	var docs []document
	for line := range strings.Lines(o.stdout) {
		line = numbers.ReplaceAllString(line, "")
		d := document{text: line}
		if err := json.Unmarshal([]byte(line), &d.answer); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(line), &d.said); err != nil {
			t.Fatal(err)
		}
		recorded := d.said["evidence"].(map[string]any)
		d.said["targets"] = recorded["targets"]
		d.said["vantage"] = recorded["vantage"]
		delete(d.said, "evidence")
		delete(d.said, "finished_at")
		docs = append(docs, d)
	}
	if len(docs) != len(files) {
		t.Fatalf("%d results of %d reports: %s", len(docs), len(files), o.stderr)
	}
	return docs, internet
}

// strangers are the hosts of the stranger that were looked up, and those of his addresses that were connected to.
func strangers(internet *lab.Internet) (names, addresses map[string]bool) {
	names, addresses = map[string]bool{}, map[string]bool{}
	for _, q := range internet.Queries() {
		if strings.HasPrefix(q.Name, "host") || strings.HasPrefix(q.Name, "m") && !strings.HasPrefix(q.Name, "ma") && !strings.HasPrefix(q.Name, "mx") {
			names[q.Name] = true
		}
	}
	for n := range 800 {
		if a := strangersAddress(n); internet.Connections(a) > 0 {
			addresses[a] = true
		}
	}
	return names, addresses
}

// unequal lists where two JSON values differ.
func unequal(path string, got, want any) (all []string) {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	g, ok := got.(map[string]any)
	w, both := want.(map[string]any)
	if ok && both {
		for key := range w {
			all = append(all, unequal(path+"."+key, g[key], w[key])...)
		}
		return all
	}
	l, ok := got.([]any)
	m, both := want.([]any)
	if ok && both && len(l) == len(m) {
		for i := range l {
			all = append(all, unequal(fmt.Sprintf("%s[%d]", path, i), l[i], m[i])...)
		}
		return all
	}
	return []string{fmt.Sprintf("%s is %v, alone it is %v", path, got, want)}
}
