package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	ID       string          `json:"id"` // see IDOf; "ID/n" is row n of it, in every run
	Source   string          `json:"source"`
	Rules    string          `json:"rules"` // digest of the rules by which it was judged
	At       time.Time       `json:"at"`
	Code     int             `json:"code"`  // the exit code that verify would end with
	Error    string          `json:"error"` // why there is no result, or ""
	Result   json.RawMessage `json:"result"`
	Evidence *int64          `json:"evidence"` // where in evidence.jsonl it begins, in bytes; null for none
}

// The files of a run.
const (
	resultsFile  = "results.jsonl"
	evidenceFile = "evidence.jsonl"
	lockFile     = ".lock"
)

// syncEvery is how much of a run a power failure may cost. Whatever ends the process alone costs nothing that was told.
const syncEvery = time.Second

// Store is the folder of a run. It may be used by several goroutines.
type Store struct {
	dir  string
	lock *flock.Flock

	mu      sync.Mutex
	results *appended
	vault   *vault
	done    map[key]entry
	timer   *time.Timer // runs while something is not safe from a power failure
	syncErr error
}

// key is an ID in few bytes; a run has millions.
type key [idLength / 2]byte

// entry is what is known of a record without reading it again.
type entry struct {
	offset int64
	failed bool   // it is an error
	error  uint64 // a hash of that
}

// Resumed is what was found in the folder of an earlier run.
type Resumed struct {
	Records    int // whole ones
	Failed     int // of which errors, that are tried again
	OtherRules int // of which judged by other rules
	Dropped    int // bytes of a record that was being written when the run ended
}

// ErrInUse is the error of a folder in which another run is at work.
var ErrInUse = errors.New("another run is at work in this folder")

// Open begins a run in a folder, or goes on with the one that was begun there. The rules are those of today.
func Open(dir, rules string) (*Store, Resumed, error) {
	var found Resumed
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, found, bare(err)
	}
	s := &Store{dir: dir, lock: flock.New(filepath.Join(dir, lockFile)), done: map[key]entry{}}
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
	if s.vault, err = openVault(filepath.Join(s.dir, evidenceFile)); err != nil {
		return err
	}
	if s.results, err = openAppended(filepath.Join(s.dir, resultsFile)); err != nil {
		return err
	}
	whole, err := s.take(rules, found)
	if err != nil {
		return err
	}
	found.Dropped = int(s.results.size - whole)
	return s.results.cut(whole)
}

// take reads the records of an earlier run, and tells where the whole ones end. What lies behind a broken one is not believed: after a power
// failure a file may hold pieces of itself.
func (s *Store) take(rules string, found *Resumed) (whole int64, err error) {
	for r, end := range records(s.results.f) {
		id, ok := keyOf(r.ID)
		if !ok || r.Schema != Schema {
			return whole, fmt.Errorf("%s is no file of this program's results; name another folder", resultsFile)
		}
		if r.Evidence != nil && *r.Evidence >= s.vault.size {
			return whole, nil // its evidence was lost
		}
		found.Records++
		if r.Error != "" {
			found.Failed++
		} else if r.Rules != rules {
			found.OtherRules++
		}
		s.done[id] = entry{whole, r.Error != "", hash(r.Error)}
		whole = end
	}
	return whole, nil
}

// records reads the whole records of a file, each with the place at which it ends.
func records(f io.ReadSeeker) func(yield func(Record, int64) bool) {
	return func(yield func(Record, int64) bool) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return
		}
		in := bufio.NewReaderSize(f, 256<<10)
		end := int64(0)
		for {
			line, err := in.ReadBytes('\n')
			var r Record
			if err != nil || json.Unmarshal(line, &r) != nil {
				return
			}
			if end += int64(len(line)); !yield(r, end) {
				return
			}
		}
	}
}

// Has tells whether an input has its result. An error is tried again, for its reason may be gone.
func (s *Store) Has(id string) bool {
	k, ok := keyOf(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	e, there := s.done[k]
	return ok && there && !e.failed
}

// Add writes a record, with the evidence on which it rests (nil for none). When it returns, nothing that ends the process loses it. An error
// that is there already is not written again.
func (s *Store) Add(r Record, b *evidence.Bundle) error {
	r.Schema = Schema
	k, ok := keyOf(r.ID)
	if !ok {
		return fmt.Errorf("%q is no ID", r.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.syncErr != nil {
		return s.syncErr
	}
	if e, there := s.done[k]; there && (!e.failed || r.Error != "" && e.error == hash(r.Error)) {
		return nil
	}
	if b != nil {
		at, err := s.vault.put(b)
		if err != nil {
			return err
		}
		r.Evidence = &at
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	at, err := s.results.append(append(line, '\n'))
	if err != nil {
		return err
	}
	s.done[k] = entry{at, r.Error != "", hash(r.Error)}
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
	if s.results != nil {
		s.sync()
		s.syncErr = errors.Join(s.syncErr, s.results.f.Close())
	}
	if s.vault != nil {
		s.syncErr = errors.Join(s.syncErr, s.vault.f.Close())
	}
	return errors.Join(s.syncErr, s.lock.Unlock())
}

// Records are the records that count, in the order in which they were written: of a source that was tried again, or has changed, the last one.
func (s *Store) Records() func(yield func(Record) bool) {
	return func(yield func(Record) bool) {
		f, err := os.Open(filepath.Join(s.dir, resultsFile))
		if err != nil {
			return
		}
		defer f.Close()
		last := map[uint64]int64{} // by source
		for r, end := range records(f) {
			last[hash(r.Source)] = end
		}
		for r, end := range records(f) {
			if last[hash(r.Source)] == end && !yield(r) {
				return
			}
		}
	}
}

// Bundle reads the evidence of a record.
func (s *Store) Bundle(r Record) (evidence.Bundle, error) {
	if r.Evidence == nil {
		return evidence.Bundle{Schema: evidence.Schema}, nil
	}
	return s.vault.bundle(*r.Evidence)
}

// WriteFile writes a file of the run whole or not at all. The name may have folders in it.
func (s *Store) WriteFile(name string, content []byte) error {
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".mxverdict-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	_, err = io.Copy(f, bytes.NewReader(content))
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
