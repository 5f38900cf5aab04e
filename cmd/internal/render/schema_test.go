package render

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// schemaTypes describes the types that write themselves, and words that are contracts.
func schemaTypes() map[reflect.Type]*jsonschema.Schema {
	words := func(texts ...any) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Enum: texts} }
	return map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[time.Time]():        {Type: "string", Format: "date-time"},
		reflect.TypeFor[evidence.Seconds](): {Type: "number", Description: "seconds"},
		reflect.TypeFor[[]byte]():           {Type: "string", ContentEncoding: "base64"},
		reflect.TypeFor[json.RawMessage]():  {Type: "object", Description: "stands in saved evidence only"},
		reflect.TypeFor[report.Value]():     {Types: []string{"number", "string"}},
		reflect.TypeFor[rules.Truth]():      {Types: []string{"boolean", "null"}, Description: "null: not known"},
		reflect.TypeFor[facts.Value](): {Types: []string{"boolean", "number", "string", "array", "null"},
			Items: &jsonschema.Schema{Type: "string"}, Description: "time spans in seconds; null: not known"},
		reflect.TypeFor[report.Status](): words(report.Unknown, report.OK, report.Info, report.Warning, report.Error),
		reflect.TypeFor[report.Origin](): words(report.Origin(""), report.FromQuestion, report.FromFlag, report.FromRow, report.FromCommand,
			report.FromLink, report.FromHeading, report.FromTranscript, report.FromOnlyName, report.FromFrequency),
		reflect.TypeFor[rules.Outcome](): words(rules.Confirmed, rules.FalsePositive,
			rules.PolicyDisagreement, rules.Inconclusive),
		reflect.TypeFor[rules.Severity](): words(rules.High, rules.Medium, rules.Low, rules.Severity("")),
	}
}

// schemaOf generates the schema of a document type.
func schemaOf[T any](t *testing.T, title, contract string) *jsonschema.Schema {
	t.Helper()
	return schemaWith[T](t, schemaTypes(), title, contract)
}

// schemaWith is schemaOf with types of one contract alone.
func schemaWith[T any](t *testing.T, types map[reflect.Type]*jsonschema.Schema, title, contract string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: types})
	if err != nil {
		t.Fatal(err)
	}
	noNullLists(s)
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = title
	s.Properties["schema"].Const = jsonschema.Ptr[any](contract)
	return s
}

// noNullLists takes back that a Go slice may be null: filled sees to it that none is.
func noNullLists(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if slices.Equal(s.Types, []string{"null", "array"}) {
		s.Types, s.Type = nil, "array"
	}
	noNullLists(s.Items)
	noNullLists(s.AdditionalProperties)
	for _, p := range s.Properties {
		noNullLists(p)
	}
}

func TestSchemas(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{
		"verdict.schema.json": schemaOf[verdictDocument](t, "What mxverdict makes of a report", Schema),
		"report.schema.json":  schemaOf[readDocument](t, "What mxverdict reads out of a report", report.Schema),
	}
	for file, s := range schemas {
		b, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("..", "..", "..", "testdata", "schema", file), string(b)+"\n")
	}

	words := []reflect.Type{reflect.TypeFor[report.Status](), reflect.TypeFor[report.Origin](), reflect.TypeFor[rules.Severity]()}
	samples := map[string]result.Result{"founding": founding(), "nothing": {}, "hostile": invented.Hostile("\x1b<{#", words...)}
	for name, r := range samples {
		t.Run(name, func(t *testing.T) {
			validate(t, schemas["verdict.schema.json"], jsonOf(t, r))
			validate(t, schemas["report.schema.json"], read(t, "json", []report.Report{r.Report}, false, Options{}))
		})
	}
}

func validate(t *testing.T, s *jsonschema.Schema, out string) {
	t.Helper()
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	if err := resolved.Validate(v); err != nil {
		t.Error(err)
	}
}

// The schema must be able to refuse: a list that became null, an outcome that is none, a field that is not declared.
func TestSchemaRefuses(t *testing.T) {
	s := schemaOf[verdictDocument](t, "", Schema)
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(map[string]any){
		"null list":       func(d map[string]any) { d["notices"] = nil },
		"another schema":  func(d map[string]any) { d["schema"] = "mxverdict/verdict/2" },
		"missing field":   func(d map[string]any) { delete(d, "evidence") },
		"undeclared":      func(d map[string]any) { d["extra"] = true },
		"unknown outcome": func(d map[string]any) { d["verdicts"].([]any)[0].(map[string]any)["verdict"] = "fine" },
	} {
		t.Run(name, func(t *testing.T) {
			var d map[string]any
			if err := json.Unmarshal([]byte(jsonOf(t, founding())), &d); err != nil {
				t.Fatal(err)
			}
			spoil(d)
			if resolved.Validate(d) == nil {
				t.Error("accepted")
			}
		})
	}
}
