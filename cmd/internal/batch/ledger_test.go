package batch

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

// What a run has written can be read while it goes on, up to where it was; nothing in the folder is changed.
func TestOpenResults(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	defer s.Close()
	id := func(source, text string) string { return IDOf(source, "", []byte(text)) }
	for i := range 3 {
		source := fmt.Sprint(i)
		add(t, s, Record{ID: id(source, ""), Source: source}, seen(i))
	}
	add(t, s, Record{ID: id("1", "changed"), Source: "1", Result: json.RawMessage(`{"changed":true}`)}, seen(7))
	r, err := OpenResults(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	add(t, s, Record{ID: id("0", "later"), Source: "0"}, nil)
	add(t, s, Record{ID: id("3", "later"), Source: "3"}, nil)
	var got []string
	for record, err := range r.Records() {
		b, failed := r.Bundle(record)
		if err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		got = append(got, record.Source)
		n := 7
		if record.Source != "1" {
			fmt.Sscan(record.Source, &n)
		}
		if !reflect.DeepEqual(b.Targets, seen(n).Targets) {
			t.Errorf("the evidence of %s is %+v", record.Source, b)
		}
	}
	if want := []string{"0", "2", "1"}; !slices.Equal(got, want) {
		t.Errorf("records of %q, want %q", got, want)
	}
}

// What is no folder of a run is refused, and left as it is.
func TestOpenResultsOfNoBatch(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"empty": {}, "no evidence": {resultsFile: ""}, "foreign": {resultsFile: "{}\n", evidenceFile: ""}, "other lines": {resultsFile: `{"schema":"` + Schema + `","id":"x"}` + "\n", evidenceFile: ""},
	} {
		dir := t.TempDir()
		for file, text := range files {
			os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644)
		}
		if r, err := OpenResults(dir); err == nil {
			t.Errorf("%s is opened", name)
			r.Close()
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != len(files) {
			t.Errorf("%s: %v, %v", name, left, err)
		}
	}
	if _, err := OpenResults(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing folder is opened")
	}
}
