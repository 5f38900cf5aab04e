package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
)

func openStore(t *testing.T, dir string) (*Store, Resumed) {
	t.Helper()
	s, found, err := Open(dir, "rules")
	if err != nil {
		t.Fatal(err)
	}
	return s, found
}

func add(t *testing.T, s *Store, r Record, b *evidence.Bundle) {
	t.Helper()
	r.Rules = "rules"
	if r.Result == nil && r.Error == "" {
		r.Result = json.RawMessage(`{"n":"` + r.Source + `"}`)
	}
	if err := s.Add(r, b); err != nil {
		t.Fatal(err)
	}
}

// seen is evidence with what belongs to one report and what many share.
func seen(report int) *evidence.Bundle {
	return &evidence.Bundle{Schema: evidence.Schema, StartedAt: time.Unix(int64(report), 0).UTC(),
		Targets:   []evidence.Target{{Name: fmt.Sprintf("host%d.example.com", report)}},
		Sessions:  []evidence.Session{{Host: "mail.example.com", Address: "192.0.2.25", Port: 25}},
		Exchanges: []evidence.Exchange{{Name: "example.com", Type: "MX"}, {Name: fmt.Sprintf("host%d.example.com", report), Type: "A"}}}
}

func sources(s *Store) (names []string) {
	for r, _ := range s.Records() {
		names = append(names, r.Source+r.Error)
	}
	return names
}

// Wherever a run ended in a record, the next one drops what is no whole record, has all the others with their evidence, and goes on.
func TestResumeAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	for i := range 4 {
		add(t, s, Record{ID: IDOf(fmt.Sprint(i), "", nil), Source: fmt.Sprint(i)}, seen(i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, resultsFile))
	if err != nil {
		t.Fatal(err)
	}
	vault, err := os.ReadFile(filepath.Join(dir, evidenceFile))
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut <= len(whole); cut += 1 + cut%23 { // a disk takes its time to be safe; every kind of place is there
		again := t.TempDir()
		os.WriteFile(filepath.Join(again, resultsFile), whole[:cut], 0o644)
		os.WriteFile(filepath.Join(again, evidenceFile), vault, 0o644)
		s, found := openStore(t, again)
		if found.Records*len(whole)/4 > cut+4 || found.Dropped < 0 {
			t.Fatalf("cut at %d: %+v", cut, found)
		}
		for i := range 4 {
			id := IDOf(fmt.Sprint(i), "", nil)
			if s.Has(fmt.Sprint(i), id) != (i < found.Records) {
				t.Fatalf("cut at %d: has %d: %v", cut, i, s.Has(fmt.Sprint(i), id))
			}
			if !s.Has(fmt.Sprint(i), id) {
				add(t, s, Record{ID: id, Source: fmt.Sprint(i)}, seen(i))
			}
		}
		if got := sources(s); !slices.Equal(got, []string{"0", "1", "2", "3"}) {
			t.Fatalf("cut at %d: %q", cut, got)
		}
		for r, _ := range s.Records() {
			b, err := s.Bundle(r)
			var n int
			fmt.Sscan(r.Source, &n)
			if want := seen(n); err != nil || !reflect.DeepEqual(b.Sessions, want.Sessions) || !reflect.DeepEqual(b.Exchanges, want.Exchanges) ||
				!reflect.DeepEqual(b.Targets, want.Targets) {
				t.Fatalf("cut at %d: the evidence of %s: %+v, %v", cut, r.Source, b, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Records whose evidence a power failure took are no records.
func TestResumeWithoutEvidence(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	for i := range 3 {
		add(t, s, Record{ID: IDOf(fmt.Sprint(i), "", nil), Source: fmt.Sprint(i)}, seen(i))
	}
	size := s.vault.size
	s.Close()
	for cut := int64(0); cut < size; cut += 29 {
		if err := os.Truncate(filepath.Join(dir, evidenceFile), size-cut); err != nil {
			t.Fatal(err)
		}
		s, found := openStore(t, dir)
		for r, _ := range s.Records() {
			if _, err := s.Bundle(r); err != nil {
				t.Fatalf("%d bytes fewer: %v, of %d records", cut, err, found.Records)
			}
		}
		s.Close()
	}
}

// So are those of which a power failure left zeros.
func TestResumeWithHoles(t *testing.T) {
	for at := 0; ; at += 97 {
		dir := t.TempDir()
		s, _ := openStore(t, dir)
		for i := range 3 {
			add(t, s, Record{ID: IDOf(fmt.Sprint(i), "", nil), Source: fmt.Sprint(i)}, seen(i))
		}
		size := int(s.vault.size)
		s.Close()
		if at+50 > size {
			return
		}
		f, err := os.OpenFile(filepath.Join(dir, evidenceFile), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteAt(make([]byte, 50), int64(at))
		f.Close()
		s, found := openStore(t, dir)
		for r := range s.Records() {
			if _, err := s.Bundle(r); err != nil {
				t.Errorf("a hole at %d: %v, of %d records", at, err, found.Records)
			}
		}
		if found.Records == 3 || at > size/2 && found.Records == 0 {
			t.Errorf("a hole at %d of %d: %d records", at, size, found.Records)
		}
		s.Close()
	}
}

// What many reports rest on is kept once.
func TestEvidenceIsKeptOnce(t *testing.T) {
	s, _ := openStore(t, t.TempDir())
	defer s.Close()
	add(t, s, Record{ID: IDOf("0", "", nil), Source: "0"}, seen(0))
	first := s.vault.size
	b := *seen(0)
	b.StartedAt = b.StartedAt.Add(time.Hour)
	add(t, s, Record{ID: IDOf("1", "", nil), Source: "1"}, &b)
	frame := s.vault.size - first
	shared, _ := json.Marshal(b.Sessions[0])
	if frame > first-int64(len(shared)) {
		t.Errorf("a second report about the same took %d bytes, the first %d", frame, first)
	}
}

// An error is tried again; the same one is not told twice, and a result takes its place. A changed file takes the place of what it was.
func TestWhatCounts(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	a, changed, b := IDOf("a", "", []byte("1")), IDOf("a", "", []byte("2")), IDOf("b", "", nil)
	add(t, s, Record{ID: b, Source: "b", Error: " no target"}, nil)
	add(t, s, Record{ID: b, Source: "b", Error: " no target"}, nil)
	add(t, s, Record{ID: a, Source: "a"}, nil)
	if got := sources(s); !slices.Equal(got, []string{"b no target", "a"}) || s.Has("b", b) || !s.Has("a", a) {
		t.Errorf("%q", got)
	}
	s.Close()
	s, found := openStore(t, dir)
	if found.Records != 2 || found.Again != 1 {
		t.Errorf("%+v", found)
	}
	add(t, s, Record{ID: b, Source: "b"}, nil)
	add(t, s, Record{ID: a, Source: "a"}, nil) // done already
	add(t, s, Record{ID: changed, Source: "a"}, nil)
	if got := sources(s); !slices.Equal(got, []string{"b", "a"}) || !s.Has("a", changed) || s.Has("a", a) {
		t.Errorf("%q", got)
	}
	s.Close()
}

func TestOneRunAFolder(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	if _, _, err := Open(dir, "rules"); !errors.Is(err, ErrInUse) {
		t.Errorf("a second run: %v", err)
	}
	s.Close()
	s, _ = openStore(t, dir)
	s.Close()
}

// A folder that holds something else is left alone.
func TestForeignFolder(t *testing.T) {
	for _, text := range []string{`{"schema":"other","id":"` + IDOf("a", "", nil) + `"}` + "\n", `{"schema":"mxverdict/batch/1","id":"short"}` + "\n", "a text\n", "no line", "\x00\x00x\n"} {
		dir := t.TempDir()
		file := filepath.Join(dir, resultsFile)
		os.WriteFile(file, []byte(text), 0o644)
		if _, _, err := Open(dir, "rules"); err == nil {
			t.Errorf("%q is taken", text)
		}
		if left, _ := os.ReadFile(file); string(left) != text {
			t.Errorf("%q became %q", text, left)
		}
	}
}

// What somebody broke by hand is put aside, and not lost; the records before it count.
func TestBrokenRecordsArePutAside(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	for i := range 3 {
		add(t, s, Record{ID: IDOf(fmt.Sprint(i), "", nil), Source: fmt.Sprint(i)}, nil)
	}
	s.Close()
	file := filepath.Join(dir, resultsFile)
	whole, _ := os.ReadFile(file)
	lines := strings.SplitAfter(string(whole), "\n")
	broken := "{" + lines[1] + lines[2]
	os.WriteFile(file, []byte(lines[0]+broken), 0o644)
	s, found := openStore(t, dir)
	defer s.Close()
	if aside, _ := os.ReadFile(filepath.Join(dir, brokenFile)); found.Records != 1 || string(aside) != broken {
		t.Errorf("%+v, %q", found, aside)
	}
}

func TestOtherRulesAreTold(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	add(t, s, Record{ID: IDOf("a", "", nil), Source: "a"}, nil)
	s.Close()
	s, found, err := Open(dir, "newer")
	if err != nil || found.OtherRules != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	s.Close()
}

// A record stands in the file as anybody would encode it, though its result is put in as it came.
func TestRecordLine(t *testing.T) {
	at := int64(7)
	for _, r := range []Record{
		{Source: "a", Result: json.RawMessage(`{"result":null,"text":"\u003c&"}`), Evidence: &at},
		{Source: `"result":null`, Error: `"result":null`, Again: true},
		{Source: "c", Result: json.RawMessage(`{"a":{"result":1,"evidence":2,"text":",\"evidence\":3"}}`), Evidence: &at},
		{Source: `b","result":null`, Error: `,"result":null,`, Result: json.RawMessage(`[]`)},
	} {
		r.Result = bytes.ReplaceAll(r.Result, []byte("&"), []byte(`\u0026`)) // as every encoder of this program writes it
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.line(); err != nil || string(got) != string(want)+"\n" {
			t.Errorf("%s%v, not %s", got, err, want)
		}
		var decoded Record
		if err := json.Unmarshal(want, &decoded); err != nil {
			t.Fatal(err)
		}
		if got, ok := parse(append(want, '\n')); !ok || !reflect.DeepEqual(got, decoded) {
			t.Errorf("read as %+v, not %+v", got, decoded)
		}
	}
}

// Of a source that was tried three times with the same end the last record counts, and it alone.
func TestLastRecordCounts(t *testing.T) {
	s, _, err := Open(t.TempDir(), "rules")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, failed := range []string{"gone", "", "gone"} {
		r := Record{ID: IDOf("a", "", nil), Source: "a", Error: failed, Code: i}
		if failed == "" {
			r.Result = json.RawMessage(`{}`)
		}
		if err := s.Add(r, nil); err != nil {
			t.Fatal(err)
		}
	}
	var codes []int
	for r, err := range s.Records() {
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, []int{2}) {
		t.Errorf("the records %v", codes)
	}
}

// A record in which a power failure left zeros is none, wherever they are, and nothing behind it is believed.
func TestResumeWithHolesInResults(t *testing.T) {
	for at := 40; ; at += 7 { // behind what tells whose file it is
		dir := t.TempDir()
		s, _ := openStore(t, dir)
		for i := range 3 {
			add(t, s, Record{ID: IDOf(fmt.Sprint(i), "", nil), Source: fmt.Sprint(i)}, seen(i))
		}
		size := int(s.results.size)
		s.Close()
		if at+5 > size {
			return
		}
		name := filepath.Join(dir, resultsFile)
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteAt(make([]byte, 5), int64(at))
		f.Close()
		holed, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		whole := bytes.Count(holed[:at], []byte("\n"))
		read, err := OpenResults(dir)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for range read.Records() {
			count++
		}
		if count != whole {
			t.Errorf("a hole at %d of %d: %d records are read, not %d", at, size, count, whole)
		}
		read.Close()
		s, found := openStore(t, dir)
		if found.Records != whole {
			t.Errorf("a hole at %d of %d: %d records, not %d", at, size, found.Records, whole)
		}
		s.Close()
	}
}
