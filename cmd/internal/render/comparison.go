package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"time"

	"mxverdict/cmd/internal/batch"
	"mxverdict/cmd/internal/document"
)

// ComparisonSchema names the JSON contract of a comparison of two runs.
const ComparisonSchema = "mxverdict/diff/1"

// ComparisonFormats are those in which a comparison can be written: all, and a table.
func ComparisonFormats() []Format {
	return append(Formats(), Format{Name: "csv", Ending: ".csv", About: "a table, a line a verdict or report that differs"})
}

// comparisonDocument is a comparison in the order of its contract. Behind it stand, in the same object, the lists that may be long.
type comparisonDocument struct {
	Schema  string            `json:"schema"`
	Old     runDocument       `json:"old"`
	New     runDocument       `json:"new"`
	Summary comparisonSummary `json:"summary"`
	Rules   []turnDocument    `json:"rules"` // the worst first
	Hosts   []turnDocument    `json:"hosts"`
	Cut     bool              `json:"cut"` // there are more rules or hosts than are counted by name
}

// runDocument is one of the two runs.
type runDocument struct {
	Folder  string            `json:"folder"`
	Reports int               `json:"reports"`
	Errors  int               `json:"errors"`
	First   *time.Time        `json:"first"`
	Last    *time.Time        `json:"last"`
	Rules   []batch.RulesUsed `json:"rules"`
	LeftOut int64             `json:"left_out"`

	Unfinished bool `json:"unfinished"`
}

// comparisonSummary counts. Of the changes those stand there that there are, the worst first.
type comparisonSummary struct {
	Both     int               `json:"both"`      // reports that both runs have
	NoResult int               `json:"no_result"` // of which those without a result both times, for the same reason
	Equal    int               `json:"equal"`     // verdicts that are as they were
	Verdicts []changedDocument `json:"verdicts"`
	Reports  []changedDocument `json:"reports"`
	ByRules  rulesDocument     `json:"by_rules"` // verdicts that differ, by what other rules have to do with it
}

type changedDocument struct {
	Change batch.Change `json:"change"`
	Faults int          `json:"faults"`      // rules at subjects, in however many reports; of reports the same as count
	Alone  int          `json:"rules_alone"` // of which other rules alone make the difference
	Count  int          `json:"count"`
}

type rulesDocument struct {
	Same   int `json:"same"`
	May    int `json:"may"`
	Decide int `json:"decide"`
}

type turnDocument struct {
	Name    string               `json:"name"`
	About   string               `json:"about"`
	Changes map[batch.Change]int `json:"changes"` // rules at subjects; a change that is not there is left out
}

func comparisonDocumentOf(c *batch.Comparison) comparisonDocument {
	return filled(comparisonDocument{Schema: ComparisonSchema, Old: runDocumentOf(c.Old), New: runDocumentOf(c.New),
		Summary: comparisonSummary{c.Both, c.NoResult, c.Equal, changedDocuments(c.Changes), changedDocuments(c.Reports),
			rulesDocument{c.ByRules[batch.SameRules], c.ByRules[batch.RulesMay], c.ByRules[batch.RulesDecide]}},
		Rules: turnDocuments(c.Rules), Hosts: turnDocuments(c.Hosts), Cut: c.Cut})
}

func runDocumentOf(r batch.Run) runDocument {
	return runDocument{r.Folder, r.Reports, r.Errors, moment(r.First), moment(r.Last), r.Rules, r.LeftOut, r.Unfinished}
}

func changedDocuments(list []batch.Changed) (out []changedDocument) {
	for _, c := range list {
		out = append(out, changedDocument{c.Change, c.Faults, c.Alone, c.N})
	}
	return out
}

func turnDocuments(list []batch.Turn) (out []turnDocument) {
	for _, t := range list {
		out = append(out, turnDocument(t))
	}
	return out
}

// Comparison writes how two runs differ. What people read is bounded; the formats for programs hold all, and are written as it is read.
func (f Format) Comparison(w io.Writer, c *batch.Comparison, o Options) error {
	if f.ForPeople() {
		d, err := document.OfComparison(c)
		if err != nil {
			return err
		}
		return f.Document(w, d, o)
	}
	to := bufio.NewWriterSize(writer{w}, 64<<10)
	var err error
	switch f.Name {
	case "csv":
		err = c.CSV(to)
	case "json":
		err = comparisonJSON(to, c)
	default:
		err = comparisonLines(to, c)
	}
	if err != nil {
		return err
	}
	return to.Flush()
}

// writer is the way out of this package, for what is written in pieces.
type writer struct{ io.Writer }

func (w writer) Write(b []byte) (int, error) {
	if err := write(w.Writer, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// comparisonJSON writes one object, with a line for each element of its long lists.
func comparisonJSON(w *bufio.Writer, c *batch.Comparison) error {
	head, err := json.MarshalIndent(comparisonDocumentOf(c), "", "  ")
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	w.Write(visible(bytes.TrimSuffix(head, []byte("\n}"))))
	if err := jsonList(w, "verdicts", c.Verdicts()); err != nil {
		return err
	}
	if err := jsonList(w, "reports", c.Differing()); err != nil {
		return err
	}
	w.WriteString("\n}\n")
	return nil
}

// jsonList adds a list to the object that is being written. What cannot be written is told when the writer is flushed.
func jsonList[T any](w *bufio.Writer, name string, list iter.Seq2[T, error]) error {
	fmt.Fprintf(w, ",\n  %q: [", name)
	before, end := "\n    ", "]"
	for v, err := range list {
		if err != nil {
			return err
		}
		line, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("render: %w", err)
		}
		w.WriteString(before)
		w.Write(visible(line))
		before, end = ",\n    ", "\n  ]"
	}
	w.WriteString(end)
	return nil
}

// comparisonLines writes the object without its long lists as one line, and each element of them as another, which says what it is.
func comparisonLines(w *bufio.Writer, c *batch.Comparison) error {
	if err := lines(w, []comparisonDocument{comparisonDocumentOf(c)}); err != nil {
		return err
	}
	for d, err := range c.Verdicts() {
		if err == nil {
			err = lines(w, []verdictLine{{ComparisonSchema, "verdict", d}})
		}
		if err != nil {
			return err
		}
	}
	for d, err := range c.Differing() {
		if err == nil {
			err = lines(w, []reportLine{{ComparisonSchema, "report", d}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type verdictLine struct {
	Schema string `json:"schema"`
	Of     string `json:"of"`
	batch.Difference
}

type reportLine struct {
	Schema string `json:"schema"`
	Of     string `json:"of"`
	batch.ReportDifference
}
