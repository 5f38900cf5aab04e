package safety

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/check"
	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
	"mxverdict/parser/report"
	"mxverdict/verify/evidence"
)

// stories are results of saved evidence, by the names of its files.
func stories(t *testing.T) map[string]result.Result {
	t.Helper()
	catalogue, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]result.Result{}
	for _, pattern := range []string{"stories/*/evidence.json", "bundles/*.json"} {
		files, err := filepath.Glob(filepath.Join("../../../../testdata", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no evidence in %s: %v", pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, ".verdicts.json") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b, err := evidence.NewReader(bytes.NewReader(data)).Next()
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			var r report.Report
			if err := json.Unmarshal(b.Report, &r); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			found[strings.TrimPrefix(file, "../../../../testdata/")] = check.Judge(r, b, catalogue)
		}
	}
	return found
}

// vantage are the names and addresses of the network from which a story was tested.
func vantage(r result.Result) []string {
	v := r.Evidence.Vantage
	host, _, err := net.SplitHostPort(v.Resolver)
	if err != nil {
		host = v.Resolver
	}
	return slices.DeleteFunc([]string{v.Helo, host, v.Proxy}, func(s string) bool { return s == "" })
}

// What holds for invented documents holds for real ones, whose words are mostly ours.
func TestStoriesAreSafeInEveryFormat(t *testing.T) {
	for name, r := range stories(t) {
		t.Run(name, func(t *testing.T) {
			for _, f := range render.Formats() {
				write := func(o render.Options) string {
					var out bytes.Buffer
					if err := f.Results(&out, []result.Result{r}, false, o); err != nil {
						t.Fatal(err)
					}
					return out.String()
				}
				whole := write(render.Options{Level: document.Log})
				checkEverywhere(t, f.Name, whole)
				for _, own := range vantage(r) {
					if sent := write(render.Options{Level: document.Log, For: document.Customer}); strings.Contains(sent, own) {
						t.Errorf("%s: a customer is told of %s:\n%s", f.Name, own, sent)
					}
				}
				switch f.Name {
				case "ticket", "reply":
					checkPlain(t, f.Name, whole)
				case "html":
					readHTML(t, whole, false)
				case "markdown":
					read, _, outside := readMarkdown(t, whole)
					if strings.Contains(read, "AutoLink") || lookedFor.MatchString(outside) {
						t.Errorf("something is alive: %q in\n%s", lookedFor.FindString(outside), whole)
					}
				}
			}
		})
	}
}
