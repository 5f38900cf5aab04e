package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// bundles holds evidence as earlier programs saved it, and beside each file the verdicts that they gave on it.
const (
	bundles    = "../../../testdata/bundles"
	verdictsOf = ".verdicts.json"
)

// A kept verdict is what must be the same for ever of a verdict on saved evidence. The sentences may be improved.
type kept struct {
	Findings []int    `json:"findings"`
	Rule     string   `json:"rule"`
	Subject  string   `json:"subject"`
	Verdict  string   `json:"verdict"`
	Reason   string   `json:"reason"`
	Severity string   `json:"severity"`
	Causes   []string `json:"causes"`
}

// keptOf takes it out of a result in JSON.
func keptOf(t *testing.T, result string) []kept {
	t.Helper()
	var document struct {
		Causes []struct {
			ID       string
			Findings []int
		}
		Verdicts []struct {
			Findings                                 []struct{ N int }
			Rule, Subject, Verdict, Reason, Severity string
		}
	}
	if err := json.Unmarshal([]byte(result), &document); err != nil {
		t.Fatalf("%v: %s", err, result)
	}
	var list []kept
	for _, v := range document.Verdicts {
		k := kept{Rule: v.Rule, Subject: v.Subject, Verdict: v.Verdict, Reason: v.Reason, Severity: v.Severity, Causes: []string{}}
		for _, f := range v.Findings {
			k.Findings = append(k.Findings, f.N)
		}
		for _, c := range document.Causes {
			if slices.ContainsFunc(k.Findings, func(n int) bool { return slices.Contains(c.Findings, n) }) {
				k.Causes = append(k.Causes, c.ID)
			}
		}
		list = append(list, k)
	}
	return list
}

// What an earlier program saved is judged today as it was judged then (see evidence.Schema).
func TestOldBundlesReplayWithTheSameVerdicts(t *testing.T) {
	parallel(t)
	files, err := filepath.Glob(filepath.Join(bundles, "*.json"))
	files = slices.DeleteFunc(files, func(file string) bool { return strings.HasSuffix(file, verdictsOf) })
	if err != nil || len(files) < 10 {
		t.Fatalf("%d bundles: %v", len(files), err)
	}
	for _, bundle := range files {
		t.Run(filepath.Base(bundle), func(t *testing.T) {
			var want []kept
			text, err := os.ReadFile(strings.TrimSuffix(bundle, ".json") + verdictsOf)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			o := command(t, t.Context(), "replay", "--format", "json", "--rules", claims, bundle)
			wantNothingOfTheDesk(t, o.stdout)
			got := keptOf(t, o.stdout)
			for i := range max(len(got), len(want)) {
				switch {
				case i >= len(got):
					t.Errorf("verdict %d is missing: %+v", i, want[i])
				case i >= len(want):
					t.Errorf("verdict %d is new: %+v", i, got[i])
				case !reflect.DeepEqual(got[i], want[i]):
					t.Errorf("verdict %d was\n%+v, and is\n%+v", i, want[i], got[i])
				}
			}
		})
	}
}
