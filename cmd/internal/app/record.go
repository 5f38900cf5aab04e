package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"mxverdict/cmd/internal/check/result"
)

// record is the file of --save-evidence: a bundle for each result, with its report, so that it can be judged again offline. Without
// a name nothing is saved.
type record struct {
	file  string
	notes []string // what to tell about the file
	to    *wholeFile
	err   error // the first one; nothing is saved then
}

// add takes the next result.
func (s *record) add(r result.Result) {
	if s.file == "" {
		return
	}
	if err := r.Evidence.Check(); err != nil {
		s.notes = append(s.notes, "mxverdict: note: "+s.file+" is too large for mxverdict replay: "+err.Error())
	}
	if s.err == nil {
		s.err = s.write(r)
	}
}

func (s *record) write(r result.Result) (err error) {
	if s.to == nil {
		if s.to, err = newWholeFile(s.file); err != nil {
			return err
		}
	}
	bundle := r.Evidence
	if bundle.Report, err = json.Marshal(r.Report); err != nil {
		return fmt.Errorf("save evidence: %w", err)
	}
	text, err := json.MarshalIndent(bundle, "", " ")
	if err != nil {
		return fmt.Errorf("save evidence: %w", err)
	}
	return s.to.write(append(text, '\n'))
}

// end puts the file in its place.
func (s *record) end() error {
	if s.to == nil {
		return s.err
	}
	return s.to.end(s.err)
}

// canWrite finds out before any wait whether a file can be written; "" is none.
func canWrite(flag, file string) error {
	if file == "" {
		return nil
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return usage("Name a file for it.", "%s %s is no ordinary file", flag, file)
	}
	probe, err := os.CreateTemp(filepath.Dir(file), ".mxverdict-*")
	if err != nil {
		return usage("Name a file in a folder that exists and can be written to.", "%s %s cannot be written: %v", flag, file, openError(err))
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// wholeFile is a file that is written whole or not at all: under another name until its end.
type wholeFile struct {
	name      string
	temporary *os.File
}

func newWholeFile(name string) (*wholeFile, error) {
	temporary, err := os.CreateTemp(filepath.Dir(name), ".mxverdict-*")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return &wholeFile{name, temporary}, nil
}

func (f *wholeFile) write(b []byte) error {
	if _, err := f.temporary.Write(b); err != nil {
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	return nil
}

// end puts the file in its place, unless something failed.
func (f *wholeFile) end(failed error) error {
	defer os.Remove(f.temporary.Name()) // fails after the rename, as it should
	err := f.temporary.Close()
	if failed != nil {
		return failed
	}
	if err == nil {
		err = os.Rename(f.temporary.Name(), f.name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	return nil
}
