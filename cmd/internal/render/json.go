package render

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// Schema names the JSON contract of a result.
const Schema = "mxverdict/verdict/1"

// verdictDocument is a result in the order of its contract.
type verdictDocument struct {
	Schema       string             `json:"schema"`
	Report       report.Report      `json:"report"`
	StartedAt    *time.Time         `json:"started_at"` // null if nothing was tested
	FinishedAt   *time.Time         `json:"finished_at"`
	Interrupted  bool               `json:"interrupted"`
	Notices      []string           `json:"notices"`
	Summary      rules.Summary      `json:"summary"`
	Reply        string             `json:"reply"` // to the customer; lines that begin with a dash are points
	Causes       []rules.CauseFound `json:"causes"`
	Verdicts     []rules.Verdict    `json:"verdicts"`
	Unrecognised []report.Finding   `json:"unrecognised"`
	Evidence     evidence.Bundle    `json:"evidence"`
}

// documentOf brings a result into its contract. A label that is no known outcome becomes inconclusive here too, so that no format says
// more than another.
func documentOf(r result.Result) verdictDocument {
	d := documentWithout(r)
	d.Evidence = filled(r.Evidence)
	d.Evidence.Schema = evidence.Schema
	d.Evidence.Report = nil // the report stands above; a second one could contradict it
	return d
}

// documentWithout is documentOf without the evidence, which is most of it.
func documentWithout(r result.Result) verdictDocument {
	d := filled(verdictDocument{Schema: Schema, Report: r.Report, StartedAt: moment(r.StartedAt),
		FinishedAt: moment(r.FinishedAt), Interrupted: r.Interrupted, Notices: r.Notices, Summary: r.Judgement.Summary, Reply: document.Reply(r),
		Causes: r.Judgement.Causes, Verdicts: r.Judgement.Verdicts, Unrecognised: r.Judgement.Unrecognised})
	for i, v := range d.Verdicts {
		d.Verdicts[i].Verdict = document.Outcome(v.Verdict)
	}
	d.Report.Schema = report.Schema
	return d
}

// reportDocument brings a report that stands alone into its contract.
func reportDocument(r report.Report) report.Report {
	r = filled(r)
	r.Schema = report.Schema
	return r
}

// moment is a time in UTC, or null for none: the year 1 in a document would be taken for a measurement.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// documentsOf brings results into their contract.
func documentsOf(results []result.Result, audience document.Audience) []verdictDocument {
	documents := make([]verdictDocument, len(results))
	for i, r := range results {
		if documents[i] = documentOf(r); audience == document.Customer {
			documents[i] = sendable(documents[i])
		}
	}
	return documents
}

// sendable leaves of a document what a customer is sent: his report, the reply, and how many verdicts there are of each kind. All else may
// name the network and the files of the desk that tested.
func sendable(d verdictDocument) verdictDocument {
	d.Report.Source, d.Report.Notices = "", nil
	return filled(verdictDocument{Schema: d.Schema, Report: d.Report, StartedAt: d.StartedAt, FinishedAt: d.FinishedAt, Interrupted: d.Interrupted,
		Summary: d.Summary, Reply: d.Reply, Unrecognised: d.Unrecognised, Evidence: evidence.Bundle{Schema: d.Evidence.Schema}})
}

// JSON writes results by their contract: one object, or an array if many inputs were asked for, however many of them could
// be read: what reads the output must not have to guess.
func JSON(w io.Writer, results []result.Result, many bool) error {
	return indented(w, documentsOf(results, document.Both), many)
}

// JSONLines writes an object a line.
// A line never depends on those beside it, so a broken output is good up to its last whole line.
func JSONLines(w io.Writer, results []result.Result) error {
	return lines(w, documentsOf(results, document.Both))
}

// lines writes each document as one line.
func lines[T any](w io.Writer, documents []T) error {
	for _, d := range documents {
		b, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("render: %w", err)
		}
		if err := write(w, append(visible(b), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// indented writes documents for people who look into the JSON; programs do not mind.
func indented[T any](w io.Writer, documents []T, many bool) error {
	var value any = documents
	if len(documents) == 1 && !many {
		value = documents[0]
	}
	b, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return write(w, append(visible(b), '\n'))
}

// visible escapes what a terminal or log reader would obey if the JSON were printed to it. Such characters stand only
// inside strings, where an escape is the same value; encoding/json itself escapes just those below U+0020 and the line
// separators.
func visible(b []byte) []byte {
	var out []byte
	copied := 0 // nearly all text is what it was, and is copied in long pieces, or not at all
	for i := 0; i < len(b); {
		if b[i] < 0x7f && b[i] != '#' { // the spaces between the tokens too
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if hidden(r) || r == '#' && startsCommand(string(b[max(i-1, 0):i]), string(b[i+1:min(i+1+utf8.UTFMax, len(b))])) {
			out = append(out, b[copied:i]...)
			// JSON escapes characters beyond U+FFFF as two units of UTF-16 (RFC 8259 section 7).
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			copied = i + size
		}
		i += size
	}
	if copied == 0 {
		return b
	}
	return append(out, b[copied:]...)
}

// filled returns a deep copy of v in which no list and no map is nil, so that none is written as null.
// The original is left alone, for other formats and reports share its parts.
func filled[T any](v T) T {
	fill(reflect.ValueOf(&v).Elem())
	return v
}

// fill puts copies in the place of all that a value shares with the original. It goes by the kinds of reflection, so that a field that is
// added to the contract needs no line here.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			fill(own.Elem())
			v.Set(own)
		}
	case reflect.Slice:
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			if !fillable(own.Index(i)) {
				break // nor are those behind it, such as bytes
			}
			fill(own.Index(i))
		}
		v.Set(own)
	case reflect.Map:
		own := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			fill(value)
			own.SetMapIndex(key, value)
		}
		v.Set(own)
	case reflect.Struct:
		for i := range v.NumField() {
			// The fields that cannot be reached belong to values that write themselves.
			if field := v.Field(i); fillable(field) && field.CanSet() {
				fill(field)
			}
		}
	}
}

// fillable tells whether a value is of a kind that may share something: most are not, and are not worth a call.
func fillable(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Struct:
		return true
	}
	return false
}
