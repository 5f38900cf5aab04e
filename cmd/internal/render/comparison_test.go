package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"mxverdict/cmd/internal/batch"
)

// wholeComparison is what the JSON of a comparison is, with the lists that are written as they are read.
type wholeComparison struct {
	comparisonDocument
	Verdicts []batch.Difference       `json:"verdicts"`
	Reports  []batch.ReportDifference `json:"reports"`
}

// foreignRun writes a run in which all that is foreign is one text. Of each source the verdict has the label of its place.
func foreignRun(t testing.TB, text, rules string, labels ...string) string {
	t.Helper()
	dir := t.TempDir()
	var lines bytes.Buffer
	for i, label := range labels {
		record := batch.Record{Schema: batch.Schema, Source: fmt.Sprint(text, i), Rules: rules, ID: batch.IDOf(fmt.Sprint(i), "", nil)}
		if label == "" {
			record.Error = text + rules
		} else {
			record.Result, _ = json.Marshal(map[string]any{"verdicts": []any{map[string]any{"rule": text, "about": text, "subject": text, "verdict": label, "reason": text, "severity": text}}})
		}
		line, _ := json.Marshal(record)
		lines.Write(append(line, '\n'))
	}
	if err := os.WriteFile(filepath.Join(dir, "results.jsonl"), lines.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// everyDifference is a comparison with all kinds of differences, in which all that is foreign is one text.
func everyDifference(t testing.TB, text string) *batch.Comparison {
	t.Helper()
	before := foreignRun(t, text, text+"old", "confirmed", "false_positive", "inconclusive", "confirmed", "", "", "policy_disagreement", "confirmed")
	now := foreignRun(t, text, text+"new", "false_positive", "confirmed", "policy_disagreement", "inconclusive", "", "confirmed", "")
	c, err := batch.Compare(t.Context(), before, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func comparisonIn(t testing.TB, format string, c *batch.Comparison, o Options) string {
	t.Helper()
	for _, f := range ComparisonFormats() {
		if f.Name == format {
			var out bytes.Buffer
			if err := f.Comparison(&out, c, o); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
	}
	t.Fatalf("no format %s", format)
	return ""
}

// The contract of a comparison: what is written is by its schema, whatever stands in the results, and holds each difference.
func TestComparisonSchema(t *testing.T) {
	s := comparisonSchema(t)
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "..", "..", "testdata", "schema", "diff.schema.json"), string(b)+"\n")
	for _, text := range []string{"mail.example.com", "", "\x1b[2J<script>{noformat}#x\u202e\n::error::x"} {
		c := everyDifference(t, text)
		out := comparisonIn(t, "json", c, Options{})
		validate(t, s, out)
		var d wholeComparison
		if err := json.Unmarshal([]byte(out), &d); err != nil || len(d.Verdicts) != 5 && text != "" || len(d.Reports) < 4 {
			t.Errorf("%q: %v, %d verdicts, %d reports", text, err, len(d.Verdicts), len(d.Reports))
		}
		if len(d.Verdicts) > 0 && d.Verdicts[0].Change != batch.Came {
			t.Errorf("%q: the first is %+v", text, d.Verdicts[0])
		}
		if again := comparisonIn(t, "json", c, Options{}); again != out {
			t.Errorf("%q: written again, it differs", text)
		}
		lines := strings.Split(strings.TrimSpace(comparisonIn(t, "jsonl", c, Options{})), "\n")
		for _, line := range lines {
			if !json.Valid([]byte(line)) || !strings.HasPrefix(line, `{"schema":"`+ComparisonSchema+`"`) {
				t.Errorf("%q: %s", text, line)
			}
		}
		rows, err := csv.NewReader(strings.NewReader(comparisonIn(t, "csv", c, Options{}))).ReadAll()
		if want := 1 + len(d.Verdicts) + len(d.Reports); err != nil || len(lines) != want || len(rows) != want {
			t.Errorf("%q: %d lines, %d rows of %d: %v", text, len(lines), len(rows), want, err)
		}
	}
	same := foreignRun(t, "x", "rules", "confirmed")
	c, err := batch.Compare(t.Context(), same, same)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	validate(t, s, comparisonIn(t, "json", c, Options{}))
}

func comparisonSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	words := func(texts ...any) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Enum: texts} }
	var changes []any
	for _, list := range [][]batch.Change{batch.VerdictChanges, batch.ReportChanges} {
		for _, change := range list {
			changes = append(changes, change)
		}
	}
	types := schemaTypes()
	types[reflect.TypeFor[batch.Change]()] = words(changes...)
	types[reflect.TypeFor[batch.Rules]()] = words(batch.NoRules, batch.SameRules, batch.RulesMay, batch.RulesDecide)
	return schemaWith[wholeComparison](t, types, "How two runs of mxverdict batch differ", ComparisonSchema)
}

// Nothing that stands in results is obeyed where a comparison is read.
func TestComparisonOfForeignText(t *testing.T) {
	c := everyDifference(t, "=cmd <script>alert(1)</script> \x1b[31m {code} *x* @root \u202e")
	for _, f := range ComparisonFormats() {
		out := comparisonIn(t, f.Name, c, Options{})
		if strings.ContainsAny(out, "\x1b\u202e") || strings.Contains(out, "<script>") && (f.Name == "html" || f.Name == "markdown" || f.Name == "ticket") || f.Name == "csv" && strings.Contains(out, ",=cmd") {
			t.Errorf("%s: %q", f.Name, out)
		}
	}
}

// Who reads gets the worst of many, and how many are left out; programs get all.
func TestComparisonOfMany(t *testing.T) {
	const n = 300
	labels := make([]string, n)
	var files [2]string
	for side, label := range []string{"false_positive", "confirmed"} {
		dir := t.TempDir()
		var lines bytes.Buffer
		for i := range labels {
			result, _ := json.Marshal(map[string]any{"verdicts": []any{map[string]any{"rule": "smtp/x", "subject": fmt.Sprintf("mail%d.example.com", i), "verdict": label}}})
			line, _ := json.Marshal(batch.Record{Schema: batch.Schema, Source: fmt.Sprint(i), Rules: "rules", ID: batch.IDOf(fmt.Sprint(i), "", nil), Result: result})
			lines.Write(append(line, '\n'))
		}
		if err := os.WriteFile(filepath.Join(dir, "results.jsonl"), lines.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		files[side] = dir
	}
	c, err := batch.Compare(t.Context(), files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	text := comparisonIn(t, "text", c, Options{Width: 200})
	first, _, _ := strings.Cut(text, "\n")
	if !strings.Contains(first, "300 faults came, none was repaired") || strings.Count(text, "and 250 more, which --format json lists") != 2 || strings.Count(text, "\n") > 150 {
		t.Errorf("%d lines: %s", strings.Count(text, "\n"), text)
	}
	if out := comparisonIn(t, "json", c, Options{}); strings.Count(out, `"change":"came"`) != n {
		t.Errorf("%d of %d in JSON", strings.Count(out, `"change":"came"`), n)
	}
}
