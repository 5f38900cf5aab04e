package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"mxverdict/verify/evidence"
)

// Schema names the contract of a record.
const Schema = "mxverdict/batch/1"

// Record is what became of one input: a result, or the reason why there is none. It is a line of results.jsonl.
type Record struct {
	Schema   string          `json:"schema"`
	ID       string          `json:"id"` // see IDOf; its rows have their own, see FindingID
	Source   string          `json:"source"`
	Rules    string          `json:"rules"` // digest of the rules by which it was judged
	At       time.Time       `json:"at"`
	Code     int             `json:"code"`  // the exit code that verify would end with
	Error    string          `json:"error"` // why there is no result, or ""
	Again    bool            `json:"again"` // the next run tries it again: the reason may be gone. True of every error
	Result   json.RawMessage `json:"result"`
	Evidence *int64          `json:"evidence"` // where in evidence.jsonl it begins, in bytes; null for none

	end int64 // where it ends in the file
}

// The files of a run.
const (
	resultsFile  = "results.jsonl"
	evidenceFile = "evidence.jsonl"
	brokenFile   = "results.broken"
	lockFile     = ".lock"
)

// syncEvery is how much of a run a power failure may cost. Whatever ends the process alone costs nothing that was told.
const syncEvery = time.Second

// line is the record as it stands in the file. A result is put in as it is: it was just written by this program, and to have it looked through
// again would cost as much as all the rest.
func (r Record) line() ([]byte, error) {
	result := r.Result
	r.Result = nil
	around, err := json.Marshal(r)
	if err != nil || result == nil {
		return append(around, '\n'), err
	}
	before, behind, _ := bytes.Cut(around, []byte(`"result":null`)) // no text holds that: a quote in it is escaped
	return slices.Concat(before, []byte(`"result":`), result, behind, []byte{'\n'}), nil
}

// parse reads a line that line wrote. The result in it is taken as it stands there, which may be no whole one after a power failure.
func parse(line []byte) (r Record, ok bool) {
	before, rest, there := bytes.Cut(line, []byte(`"result":`))
	end := bytes.LastIndex(rest, []byte(`,"evidence":`))
	if !there || end < 0 {
		return r, json.Unmarshal(line, &r) == nil
	}
	ok = json.Unmarshal(slices.Concat(before, []byte(`"result":null`), rest[end:]), &r) == nil
	r.Result = rest[:end]
	return r, ok
}

// Store is the folder of a run. It may be used by several goroutines.
type Store struct {
	dir  string
	root *os.Root
	lock *flock.Flock

	mu      sync.Mutex
	results *appended
	vault   *vault
	ledger  ledger
	timer   *time.Timer // runs while something is not safe from a power failure
	syncErr error
}

// Resumed is what was found in the folder of an earlier run.
type Resumed struct {
	Records    int    // that count
	Again      int    // of which those that are tried again
	OtherRules int    // results by other rules than today's
	Dropped    int    // bytes that are no whole record, such as of one that was being written when the run ended
	Aside      string // the file in which they were put, where they are more than one line
}

// ErrInUse is the error of a folder in which another run is at work.
var ErrInUse = errors.New("another run is at work in this folder")

// Open begins a run in a folder, or goes on with the one that was begun there. The rules are those of today.
func Open(dir, rules string) (*Store, Resumed, error) {
	var found Resumed
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, found, bare(err)
	}
	s := &Store{dir: dir, lock: flock.New(filepath.Join(dir, lockFile)), ledger: newLedger()}
	switch ok, err := s.lock.TryLock(); {
	case err != nil:
		return nil, found, bare(err)
	case !ok:
		return nil, found, ErrInUse
	}
	err := s.open(rules, &found)
	if err != nil {
		s.Close()
	}
	return s, found, err
}

// open opens the files, and drops what was being written when the last run ended.
func (s *Store) open(rules string, found *Resumed) (err error) {
	// Nothing that this program writes leads out of the folder, whatever a report is called and whatever links lie there.
	if s.root, err = os.OpenRoot(s.dir); err != nil {
		return bare(err)
	}
	if s.results, err = openAppended(s.root, resultsFile); err != nil {
		return err
	}
	if err := s.results.begins(`{"schema":"` + Schema + `"`); err != nil {
		return err
	}
	if s.vault, err = openVault(s.root, evidenceFile); err != nil {
		return err
	}
	whole, err := s.take(rules, found)
	if err != nil {
		return err
	}
	if found.Dropped = int(s.results.size - whole); found.Dropped > 0 {
		if found.Aside, err = s.keepBroken(whole); err != nil {
			return err
		}
	}
	syncFolder(s.dir) // the files are in it from now on
	return s.results.cut(whole)
}

// take reads the records of an earlier run, and tells where the whole ones end. What lies behind a broken one is not believed: after a power
// failure a file may hold pieces of itself.
func (s *Store) take(rules string, found *Resumed) (whole int64, err error) {
	defer func() { found.Records, found.Again = len(s.ledger.last), s.ledger.again }()
	for r, err := range wholeRecords(s.results.f) {
		switch {
		case err != nil:
			return whole, fmt.Errorf("%s cannot be read: %w", resultsFile, err)
		case !isID(r.ID) || r.Schema != Schema:
			return whole, errForeign(resultsFile)
		case r.Evidence != nil && *r.Evidence >= s.vault.size:
			return whole, nil // its evidence was lost
		}
		if r.Error == "" && r.Rules != rules {
			found.OtherRules++
		}
		s.ledger.note(r)
		whole = r.end
	}
	return whole, nil
}

// keepBroken puts what is no whole record aside, if it is more than the one line that was being written: somebody may have edited it.
func (s *Store) keepBroken(from int64) (aside string, err error) {
	if one, err := s.results.oneLine(from); one || err != nil {
		return "", err
	}
	out, err := s.root.OpenFile(brokenFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return "", bare(err)
	}
	_, err = io.Copy(out, io.NewSectionReader(s.results.f, from, s.results.size-from))
	return brokenFile, errors.Join(err, out.Sync(), out.Close())
}

// records reads the whole records of a file, up to the first thing that is none. An error is one of reading.
func records(f io.ReadSeeker) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			yield(Record{}, err)
			return
		}
		in := bufio.NewReaderSize(f, 256<<10)
		end := int64(0)
		for {
			line, err := in.ReadBytes('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Record{}, err)
				return
			}
			r, ok := parse(line)
			if err != nil || !ok {
				return
			}
			end += int64(len(line))
			if r.end = end; !yield(r, nil) {
				return
			}
		}
	}
}

// wholeRecords is records for a file that nobody has looked through yet: a record in whose result something is missing is none.
func wholeRecords(f io.ReadSeeker) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for r, err := range records(f) {
			if err == nil && len(r.Result) > 0 && !json.Valid(r.Result) || !yield(r, err) {
				return
			}
		}
	}
}

// Has tells whether the last record of a source is the result of what has this ID.
func (s *Store) Has(source, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.has(Record{ID: id, Source: source})
}

// Knows tells whether a source has a record.
func (s *Store) Knows(source string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.knows(source)
}

// Add writes a record, with the evidence on which it rests (nil for none). When it returns, nothing that ends the process loses it. What is
// there already is not written again.
func (s *Store) Add(r Record, b *evidence.Bundle) error {
	r.Schema, r.Again = Schema, r.Again || r.Error != ""
	if !isID(r.ID) {
		return fmt.Errorf("%q is no ID", r.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.syncErr != nil {
		return s.syncErr
	}
	if s.ledger.has(r) {
		return nil
	}
	if b != nil {
		at, err := s.vault.put(b)
		if err != nil {
			return err
		}
		r.Evidence = &at
	}
	line, err := r.line()
	if err != nil {
		return err
	}
	if _, err := s.results.append(line); err != nil {
		return err
	}
	r.end = s.results.size
	s.ledger.note(r)
	if s.timer == nil {
		s.timer = time.AfterFunc(syncEvery, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.sync()
		})
	}
	return nil
}

// sync makes all that was written safe from a power failure: the evidence first, since records lead to it. The lock is held.
func (s *Store) sync() {
	s.timer = nil
	if s.syncErr == nil {
		s.syncErr = errors.Join(s.vault.f.Sync(), s.results.f.Sync())
	}
}

// Close ends the run. What was written stays, whatever it returns.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.results != nil && s.vault != nil {
		s.sync()
	}
	if s.results != nil {
		s.syncErr = errors.Join(s.syncErr, s.results.f.Close())
	}
	if s.vault != nil {
		s.syncErr = errors.Join(s.syncErr, s.vault.f.Close())
	}
	if s.root != nil {
		s.syncErr = errors.Join(s.syncErr, s.root.Close())
	}
	return errors.Join(s.syncErr, s.lock.Unlock())
}

// Records are the records that count, in the order in which they were written: of a source that was tried again, or has changed, the last one.
// An error, which ends them, is one of reading. Nothing may be added meanwhile.
func (s *Store) Records() iter.Seq2[Record, error] { return s.ledger.counting(s.root) }

// Bundle reads the evidence of a record.
func (s *Store) Bundle(r Record) (evidence.Bundle, error) { return s.vault.of(r) }
