package document

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"mxverdict/verify/evidence"
)

// failureKinds reads from their declaration which kinds of failure there are.
func failureKinds(t *testing.T) (kinds []evidence.FailureKind) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../../verify/evidence/evidence.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "FailureKind" && len(spec.Values) == 1 {
			kind, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, evidence.FailureKind(kind))
		}
		return true
	})
	return kinds
}

// Every kind of failure is told in words, and none by its code.
func TestEachFailureHasWords(t *testing.T) {
	kinds := failureKinds(t)
	if len(kinds) < 15 {
		t.Fatalf("only %d kinds were found", len(kinds))
	}
	for _, kind := range kinds {
		if failureWords[kind] == "" {
			t.Errorf("%s has no words", kind)
		}
	}
}
