package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// clock finds the times of day and the measured spans in a sentence. A wait for others may shift them.
var clock = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(\.\d+)?Z?|\d+(\.\d+)? ?(ms|s|min)\b`)

// essence is what has to be the same of a result, whoever was tested beside it: everything that it says of each rule and subject, and
// as a whole, without times and places in the record.
func essence(t *testing.T, line string) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(line), &document); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	kept := map[string]any{}
	for _, key := range []string{"summary", "causes", "unrecognised", "notices", "interrupted"} {
		kept[key] = timeless(document[key])
	}
	var order []string
	for _, v := range document["verdicts"].([]any) {
		verdict := timeless(v).(map[string]any)
		key := fmt.Sprint(verdict["rule"], " of ", verdict["subject"])
		kept[key], order = verdict, append(order, key)
	}
	kept["order"] = order
	return kept
}

// timeless takes out of a value what may differ by the time of day, the length of a wait, or what else is in the record.
func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"evidence", "measured_at", "trail"} {
			delete(v, key)
		}
		for key := range v {
			v[key] = timeless(v[key])
		}
	case []any:
		for i := range v {
			v[i] = timeless(v[i])
		}
	case string:
		return clock.ReplaceAllString(v, "#")
	}
	return v
}

// differences names the verdicts, and whatever else, that are not the same in two results.
func differences(alone, company map[string]any) map[string]string {
	all := map[string]string{}
	for key, a := range alone {
		if at := unlike("", a, company[key]); at != "" {
			all[key] = fmt.Sprintf("alone %s, in company %s: %s", shortly(a), shortly(company[key]), at)
		}
	}
	for key := range company {
		if _, there := alone[key]; !there {
			all[key] = "is there in company only"
		}
	}
	for key := range all {
		if strings.Contains(key, " of ") { // a verdict: then sums, order and causes only follow from it
			delete(all, "summary")
			delete(all, "order")
			delete(all, "causes")
		}
	}
	return all
}

// unlike is the first place at which two values differ, and both values there; "" if they are equal.
func unlike(path string, a, b any) string {
	switch a := a.(type) {
	case map[string]any:
		if b, same := b.(map[string]any); same && len(a) == len(b) {
			for _, key := range slices.Sorted(maps.Keys(a)) {
				if at := unlike(path+"."+key, a[key], b[key]); at != "" {
					return at
				}
			}
			return ""
		}
	case []any:
		if b, same := b.([]any); same && len(a) == len(b) {
			for i := range a {
				if at := unlike(fmt.Sprintf("%s[%d]", path, i), a[i], b[i]); at != "" {
					return at
				}
			}
			return ""
		}
	}
	if reflect.DeepEqual(a, b) {
		return ""
	}
	return fmt.Sprintf("%s is %v and %v", path, a, b)
}

// shortly is the ending of a verdict.
func shortly(v any) string {
	verdict, _ := v.(map[string]any)
	if verdict["verdict"] == nil {
		return "…"
	}
	return strings.Join(strings.Fields(fmt.Sprint(verdict["verdict"], " ", verdict["reason"], " ", verdict["severity"])), " ")
}

// table is one world and the reports that are told there: 0 is that of the scenario, the others those of the guests.
type table struct {
	name, world  string
	args         []string
	names, files []string
	alone        map[int]map[string]any
}

// set makes a table of a hosting and all guests. Where no control is wanted, it is one that greets.
func set(t *testing.T, h hosting) *table {
	t.Helper()
	names := strings.NewReplacer(mailHostHere, cmp.Or(h.mailHost, "mail.example.com"), targetHere, h.args[1])
	tb := &table{name: h.name, world: inOneWorld(t, h.scenario, names, append(slices.Clone(guests), controlGuest)), alone: map[int]map[string]any{},
		args: append([]string{"--format", "jsonl", "--quiet"}, h.args...)}
	if !slices.Contains(h.args, "--control") {
		tb.args = append(tb.args, "--control", "control.test")
	}
	dir := t.TempDir()
	tell := func(name, text string) {
		tb.names, tb.files = append(tb.names, name), append(tb.files, filepath.Join(dir, name))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tell("scenario", h.report)
	for _, g := range guests {
		tell(g.name, names.Replace("smtp:"+cmp.Or(g.about, g.name)+"\n"+g.rows))
	}
	return tb
}

// judge runs the command over some of the reports, in the order given.
func (tb *table) judge(t *testing.T, order ...int) map[int]map[string]any {
	t.Helper()
	args := slices.Clone(tb.args)
	for _, i := range order {
		args = append(args, tb.files[i])
	}
	o := inLab(t, tb.world, "", args...)
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(lines) != len(order) {
		t.Fatalf("%d results of %d reports: %s", len(lines), len(order), o.stderr)
	}
	results := map[int]map[string]any{}
	for n, i := range order {
		results[i] = essence(t, lines[n])
	}
	return results
}

// compare judges reports in the company of each other, and tells where a report that was judged alone too ends otherwise.
func (tb *table) compare(t *testing.T, order ...int) {
	t.Helper()
	for i, got := range tb.judge(t, order...) {
		if tb.alone[i] == nil {
			continue
		}
		var company []string
		for _, other := range order {
			company = append(company, tb.names[other])
		}
		found := differences(tb.alone[i], got)
		for _, what := range slices.Sorted(maps.Keys(found)) {
			t.Errorf("%s in the order %s: %s: %.600s", tb.names[i], strings.Join(company, ", "), what, found[what])
		}
	}
}

// The verdict on a report is that of the report alone: beside any guest and beside all of them, first and last.
func TestAloneAsInCompany(t *testing.T) {
	parallel(t)
	for i, h := range hostings(t) {
		if underRace && i%8 != 0 {
			continue // the same code runs again, many times slower
		}
		t.Run(h.name, func(t *testing.T) {
			parallel(t)
			tb := set(t, h)
			everybody := []int{0}
			for i := range guests {
				everybody = append(everybody, i+1)
			}
			shares := 1 + slices.IndexFunc(guests, func(g guest) bool { return g.name == "shares.test" })
			tb.alone[0], tb.alone[shares] = tb.judge(t, 0)[0], tb.judge(t, shares)[shares]
			for _, i := range everybody[1:] {
				tb.compare(t, 0, i)
				tb.compare(t, i, 0)
			}
			tb.compare(t, everybody...)
			tb.compare(t, append(everybody[1:], 0)...)
		})
	}
}

// The same of the guests among themselves: whoever comes first of all, and three of them in every order.
func TestCompanyInEveryOrder(t *testing.T) {
	parallel(t)
	tb := set(t, hosting{scenario: host(t, "starttls: true", "domains: [example.com]", "relays: nothing"), report: smtpRows + claim("dns/tcp-unavailable"),
		args: []string{"--target", "example.com"}})
	var everybody []int
	for i := range tb.files {
		everybody = append(everybody, i)
		tb.alone[i] = tb.judge(t, i)[i]
	}
	for i := range everybody {
		tb.compare(t, slices.Concat(everybody[i:], everybody[:i])...)
	}
	for _, three := range [][3]int{{0, 1, 3}, {0, 2, 5}, {1, 3, 6}} {
		for _, p := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			tb.compare(t, three[p[0]], three[p[1]], three[p[2]])
		}
	}
}
