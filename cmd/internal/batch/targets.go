package batch

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Targets says what reports are about that do not say so themselves: a list that the user gave, else a file beside the report, else its
// name if the user says that names tell it.
type Targets struct {
	listed   map[string]string // by path, or by the last part of it
	FromName bool
}

// ReadTargets reads a list of two columns, file and target. A heading is left out.
func ReadTargets(r io.Reader) (Targets, error) {
	t := Targets{listed: map[string]string{}}
	lines := csv.NewReader(r)
	lines.FieldsPerRecord = -1
	lines.ReuseRecord, lines.TrimLeadingSpace, lines.Comment = true, true, '#'
	for {
		fields, err := lines.Read()
		switch {
		case errors.Is(err, io.EOF):
			return t, nil
		case err != nil:
			return t, err
		}
		line, _ := lines.FieldPos(0)
		if len(fields) < 2 || fields[0] == "" {
			return t, fmt.Errorf("line %d: needs two columns, the file and its target", line)
		}
		file, target := fields[0], strings.TrimSpace(fields[1])
		if line == 1 && strings.EqualFold(file, "file") {
			continue
		}
		if other, ok := t.listed[filepath.Clean(file)]; ok && other != target {
			return t, fmt.Errorf("line %d: %s has two targets, %s and %s", line, file, other, target)
		}
		t.listed[filepath.Clean(file)] = target
	}
}

// maxSidecar bounds a file that says what a report is about: a name has 253 characters.
const maxSidecar = 1 << 10

// of is what is said of a report, or "".
func (t Targets) of(source string) string {
	if target := t.listed[filepath.Clean(source)]; target != "" {
		return target
	}
	if target := t.listed[filepath.Base(source)]; target != "" {
		return target
	}
	if f, err := os.Open(source + sidecar); err == nil {
		defer f.Close()
		if said, err := io.ReadAll(io.LimitReader(f, maxSidecar)); err == nil {
			if target := strings.TrimSpace(string(said)); target != "" {
				return target
			}
		}
	}
	if t.FromName {
		return nameOf(source)
	}
	return ""
}

// nameOf is the name that a file has, without what follows it: "mail.example.com.txt", "example.com-2026-11-30.json".
func nameOf(source string) string {
	name := filepath.Base(source)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	end := strings.IndexFunc(name, func(r rune) bool {
		return !(r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
	if end >= 0 {
		name = name[:end]
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 { // what stands behind a dash in the last label is a date or a number
		label, _, _ := strings.Cut(name[i:], "-")
		name = name[:i] + label
	}
	return strings.Trim(name, ".-")
}
