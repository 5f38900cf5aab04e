package facts

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// faults lists what is wrong with rows of the dictionary.
func faults(rows []Definition) (found []string) {
	known := map[Name]bool{}
	for _, d := range rows {
		fault := func(what string) { found = append(found, fmt.Sprintf("%q %s", d.Name, what)) }
		if d.Name == "" || known[d.Name] {
			fault("has no name, or stands there twice")
		}
		known[d.Name] = true
		if d.Kind == None {
			fault("has no kind")
		}
		if d.Scope != Target && d.Scope != Session && d.Scope != Zone && d.Scope != Server && d.Scope != Listing {
			fault("is about nothing that facts are about")
		}
		if d.Source == 0 {
			fault("has no source: nothing would measure it")
		}
		if d.Source.Has(WithHosts) && d.Source != WithHosts {
			fault("comes with other facts about a host, and asks for probes all the same")
		}
		if !strings.HasSuffix(d.Means, ".") {
			fault("does not say what it means")
		}
	}
	return found
}

// Every row says all that a fact needs. Without a source a fact would be asked for, and end "untested".
func TestDefinitions(t *testing.T) {
	for _, fault := range faults(Definitions()) {
		t.Error(fault)
	}
	for what, broken := range map[string]func(*Definition){
		"a name":    func(d *Definition) { d.Name = "" },
		"a kind":    func(d *Definition) { d.Kind = None },
		"a scope":   func(d *Definition) { d.Scope = Host },
		"a source":  func(d *Definition) { d.Source = 0 },
		"a meaning": func(d *Definition) { d.Means = "" },
	} {
		row := Definition{"smtp.new", Bool, Session, FromSession, "Something new."}
		if found := faults([]Definition{row}); len(found) > 0 {
			t.Fatalf("a whole row is faulty: %v", found)
		}
		if broken(&row); len(faults([]Definition{row})) == 0 {
			t.Errorf("a row without %s passes", what)
		}
	}
	row, _ := Define(SMTPGreetingLatency)
	if len(faults([]Definition{row, row})) == 0 {
		t.Error("a fact that stands there twice passes")
	}
}

// Every name that can be used in Go has a row, so that conditions can use it too.
func TestEveryNameHasRow(t *testing.T) {
	names := declared(t)
	for ident, name := range names {
		if _, ok := Define(name); !ok {
			t.Errorf("%s (%s) has no row", ident, name)
		}
	}
	if len(names) != len(Definitions()) {
		t.Errorf("%d names for %d rows", len(names), len(Definitions()))
	}
}

// Some topic derives every fact. One that none does would cost its probes and end "untested".
func TestEveryFactIsDerived(t *testing.T) {
	put := map[string]bool{}
	for _, file := range topics(t) {
		for ident := range derived(parsed(t, file, nil)) {
			put[ident] = true
		}
	}
	for ident, name := range declared(t) {
		if !put[ident] {
			t.Errorf("nothing derives %s (%s)", ident, name)
		}
	}
}

// What reads a fact does not derive it; neither does a list of names.
func TestDerived(t *testing.T) {
	for text, want := range map[string]bool{
		`set.Put(subject, known.As(facts.SMTPPort))`:                                          true,
		`set.Put(subject, facts.Fact{Name: facts.SMTPPort})`:                                  true,
		`put(facts.SMTPPort, facts.BoolValue(true))`:                                          true,
		`values[facts.SMTPPort] = value`:                                                      true,
		`for name, v := range map[facts.Name]facts.Value{facts.SMTPPort: v} { put(name, v) }`: true,
		`f, _ := set.Get(facts.SMTPPort, subject)`:                                            false,
		`if name == facts.SMTPPort { return }`:                                                false,
		`switch name { case facts.SMTPPort: return }`:                                         false,
		`for _, name := range []facts.Name{facts.SMTPPort} { put(name, why) }`:                false,
		`// set.Put(subject, known.As(facts.SMTPPort))`:                                       false,
	} {
		file := "package topic\nimport \"mxverdict/verify/facts\"\nfunc f() {\n" + text + "\n}\n"
		if got := derived(parsed(t, "topic.go", file))["SMTPPort"]; got != want {
			t.Errorf("%s: derives it: %v, want %v", text, got, want)
		}
	}
}

// declared lists the constants that are names of facts.
func declared(t *testing.T) map[string]Name {
	t.Helper()
	names := map[string]Name{}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no files of this package", err)
	}
	for _, file := range files {
		ast.Inspect(parsed(t, file, nil), func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Name" || len(spec.Values) != 1 {
				return true
			}
			name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			names[spec.Names[0].Name] = Name(name)
			return true
		})
	}
	if len(names) < 100 {
		t.Fatalf("found only %d names; does this test still read the files rightly?", len(names))
	}
	return names
}

// topics lists all Go files, tests left out, of the packages that may derive facts: those in the folders of verify, but
// for the leaves, the lab and the probes.
func topics(t *testing.T) (files []string) {
	t.Helper()
	others := []string{"facts", "evidence", "lab", "smtpprobe", "dnsprobe", "webprobe"}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(others, d.Name()):
			return fs.SkipDir
		case d.IsDir() || filepath.Dir(file) == ".." || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		files = append(files, file)
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatal("no files of topics", err)
	}
	return files
}

// derived lists the names of facts that a file mentions where it does not only read them.
func derived(file *ast.File) map[string]bool {
	found := map[string]bool{}
	var above []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		if ident, ok := ofFacts(n); ok && !reads(above[len(above)-1]) {
			found[ident] = true
		}
		above = append(above, n)
		return true
	})
	return found
}

// reads tells whether a name that stands in a piece of code is only compared, looked up or listed there.
func reads(in ast.Node) bool {
	switch in := in.(type) {
	case *ast.BinaryExpr, *ast.CaseClause:
		return true
	case *ast.CallExpr:
		get, ok := in.Fun.(*ast.SelectorExpr)
		return ok && get.Sel.Name == "Get"
	case *ast.CompositeLit:
		list, ok := in.Type.(*ast.ArrayType)
		return ok && isName(list.Elt)
	}
	return false
}

func isName(n ast.Node) bool { ident, ok := ofFacts(n); return ok && ident == "Name" }

// ofFacts tells what of this package a selector names.
func ofFacts(n ast.Node) (ident string, ok bool) {
	selector, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	of, ok := selector.X.(*ast.Ident)
	return selector.Sel.Name, ok && of.Name == "facts"
}

// parsed reads a file, or its text if there is one.
func parsed(t *testing.T, file string, text any) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A probe that no topic puts would leave its facts untested for ever. What goes with other facts asks for nothing.
func TestEveryProbeIsPut(t *testing.T) {
	text, err := os.ReadFile("source.go")
	if err != nil {
		t.Fatal(err)
	}
	probes := regexp.MustCompile(`(?m)^\tFrom\w+`).FindAllString(string(text), -1)
	if len(probes) < 20 {
		t.Fatalf("%d probes found", len(probes))
	}
	var used strings.Builder
	for _, file := range topics(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		used.Write(text)
	}
	for _, probe := range probes {
		if probe = "facts." + strings.TrimSpace(probe); !regexp.MustCompile(regexp.QuoteMeta(probe) + `\b`).MatchString(used.String()) {
			t.Errorf("no topic asks for what %s stands for", probe)
		}
	}
}
