package batch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"testing"
)

// result is a record of a report with so many verdicts of each kind and rows that nobody understood.
func result(source string, confirmed, urgent, open, fine int, unknown ...string) Record {
	type object = map[string]any
	rows, verdicts, unrecognised := []object{}, []object{}, []object{}
	for i, n := range []int{confirmed, urgent, open, fine} {
		for range n {
			row := object{"rule": "smtp/tls-missing", "reporter": "mxtoolbox"}
			rows = append(rows, row)
			verdicts = append(verdicts, object{"rule": "smtp/tls-missing", "subject": "mail.example.com", "urgent": i == 1, "findings": []object{row},
				"verdict": []string{"confirmed", "inconclusive", "inconclusive", "false_positive"}[i]})
		}
	}
	for _, text := range unknown {
		row := object{"rule": "", "text": text}
		rows, unrecognised = append(rows, row), append(unrecognised, row)
	}
	text, _ := json.Marshal(object{"report": object{"findings": rows}, "verdicts": verdicts, "unrecognised": unrecognised})
	return Record{Source: source, Result: text}
}

// shuffled are records in any order.
func shuffled(records []Record) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, i := range rand.Perm(len(records)) {
			if !yield(records[i], nil) {
				return
			}
		}
	}
}

// The worst reports come first, in whatever order they were judged, and there are no more of them than a reader can look at.
func TestWorstReports(t *testing.T) {
	records := []Record{result("fine", 0, 0, 0, 9), result("open", 0, 0, 5, 0), result("urgent", 0, 1, 0, 0), result("bad", 1, 0, 0, 0), result("worse", 1, 0, 1, 0), result("worst", 2, 0, 0, 9)}
	s, err := Summarise(shuffled(records))
	var got []string
	for _, r := range s.Worst {
		got = append(got, r.Name)
	}
	if want := []string{"worst", "worse", "bad", "urgent", "open"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q, %v", got, want, err)
	}
	if worst := s.Worst[0]; worst.Labels["confirmed"] != 2 || worst.Labels["false_positive"] != 9 || s.Worst[3].Urgent != 1 {
		t.Errorf("%+v", s.Worst)
	}
	records = nil
	for i := range 3 * maxWorst {
		records = append(records, result(fmt.Sprint(i), i, 0, 0, 0))
	}
	if s, _ := Summarise(shuffled(records)); len(s.Worst) != maxWorst || s.Worst[0].Name != fmt.Sprint(3*maxWorst-1) || s.Worst[maxWorst-1].Name != fmt.Sprint(2*maxWorst) {
		t.Errorf("%d reports, from %+v", len(s.Worst), s.Worst[0])
	}
}

// What nobody understood is counted by its sentence, whatever it names, and so are the reports of which nothing was understood.
func TestNotUnderstoodIsCounted(t *testing.T) {
	s, _ := Summarise(shuffled([]Record{
		result("a", 0, 0, 0, 0, "The frob of a.example.com is 17 s old"), result("b", 0, 0, 0, 0, "The frob of  b.example.net is 3 s old", "Another"), result("c", 1, 0, 0, 0, "Another"),
		{Source: "d", Error: "the input is empty"},
	}))
	counts := map[string]int{}
	for _, c := range s.NotUnderstood {
		counts[c.Name] = c.N
	}
	if want := map[string]int{"The frob of NAME is N s old": 2, "Another": 2}; !reflect.DeepEqual(counts, want) || s.Unread != 2 || s.Reports != 3 || s.Errors != 1 {
		t.Errorf("%v, %+v", counts, s)
	}
}

// What the organisation accepts is no reason to look at a report.
func TestAcceptedIsNotBad(t *testing.T) {
	r := result("a", 1, 0, 0, 0)
	r.Result = bytes.Replace(r.Result, []byte(`"verdict":"confirmed"`), []byte(`"verdict":"confirmed","accepted":{"reason":"It is old."}`), 1)
	s, _ := Summarise(shuffled([]Record{r, result("b", 1, 0, 0, 0)}))
	if s.Labels["confirmed"] != 2 || s.Accepted != 1 || len(s.Worst) != 1 || s.Worst[0].Name != "b" {
		t.Errorf("%+v", s)
	}
}

// The summary does not depend on what was judged first, and leads to where something is worst.
func TestSummaryDependsOnNoOrder(t *testing.T) {
	records := []Record{result("a", 0, 0, 0, 1, "Frob"), result("b", 0, 0, 1, 0, "Frob"), result("d", 1, 0, 0, 1), result("c", 1, 0, 0, 0), {Source: "f", Error: "is empty"}, {Source: "e", Error: "is empty"}}
	want, _ := Summarise(shuffled(records))
	if want.Rules[0].Example != "c" || want.NotUnderstood[0].Example != "a" || want.Failures[0].Example != "e" {
		t.Errorf("%+v", want)
	}
	for range 20 {
		if got, _ := Summarise(shuffled(records)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nand %+v", got, want)
		}
	}
}
