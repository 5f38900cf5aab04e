package batch

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"mxverdict/verify/evidence"
)

// ledger is what is known of the records of a run without reading them again: of each source which was its last. A run has millions of them,
// so that sources are known by their hashes, and places only of the few that have more than one record.
type ledger struct {
	last  map[uint64]state
	moved map[uint64]int64 // where the last record ends, of sources that have several
	again int              // sources that are tried again
	end   int64            // of the records in the file
}

// state is a hash of the ID and error of a record, in the lowest bit of which stands whether the next run tries its source again.
type state uint64

func stateOf(r Record) state {
	s := state(hash(r.ID+r.Error)) &^ 1
	if r.Again {
		s |= 1
	}
	return s
}

func newLedger() ledger { return ledger{last: map[uint64]state{}, moved: map[uint64]int64{}} }

// note takes up what is now the last record of its source.
func (l *ledger) note(r Record) {
	source, now := hash(r.Source), stateOf(r)
	before, there := l.last[source]
	if there {
		l.moved[source] = r.end
	}
	l.again += int(now&1) - int(before&1)
	l.last[source], l.end = now, r.end
}

// knows tells whether a source has a record.
func (l *ledger) knows(source string) bool {
	_, there := l.last[hash(source)]
	return there
}

// has tells whether a record would say nothing new.
func (l *ledger) has(r Record) bool {
	last, there := l.last[hash(r.Source)]
	return there && last == stateOf(r)
}

// counts tells whether a record is the last one of its source.
func (l *ledger) counts(r Record) bool {
	end, moved := l.moved[hash(r.Source)]
	return !moved || end == r.end
}

// counting are the records of a file that count, up to where the ledger knows it.
func (l *ledger) counting(root *os.Root) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		f, err := root.Open(resultsFile)
		if err != nil {
			yield(Record{}, bare(err))
			return
		}
		defer f.Close()
		for r, err := range records(io.NewSectionReader(f, 0, l.end)) {
			if (err != nil || l.counts(r)) && !yield(r, err) {
				return
			}
		}
	}
}

// Results is the folder of a run that is only read: nothing in it is changed, and a run may be at work there.
type Results struct {
	root   *os.Root
	ledger ledger
	vault  *vault
}

// OpenResults reads which records a folder has. One that holds no results of this program is an error.
func OpenResults(dir string) (*Results, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, bare(err)
	}
	s := &Results{root: root, ledger: newLedger()}
	if err := s.open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Results) open() error {
	results, err := openToRead(s.root, resultsFile)
	if err != nil {
		return err
	}
	defer results.f.Close()
	if err := results.begins(`{"schema":"` + Schema + `"`); err != nil {
		return err
	}
	for r, err := range wholeRecords(io.NewSectionReader(results.f, 0, results.size)) {
		switch {
		case err != nil:
			return fmt.Errorf("%s cannot be read: %w", resultsFile, err)
		case !isID(r.ID) || r.Schema != Schema:
			return errForeign(resultsFile)
		}
		s.ledger.note(r)
	}
	kept, err := openToRead(s.root, evidenceFile)
	if err == nil {
		s.vault = &vault{appended: kept}
	}
	return err
}

// Records are the records that count, as those of a Store.
func (s *Results) Records() iter.Seq2[Record, error] { return s.ledger.counting(s.root) }

// Bundle reads the evidence of a record.
func (s *Results) Bundle(r Record) (evidence.Bundle, error) { return s.vault.of(r) }

// Close ends the reading.
func (s *Results) Close() error {
	err := s.root.Close()
	if s.vault != nil {
		err = errors.Join(err, s.vault.f.Close())
	}
	return err
}
