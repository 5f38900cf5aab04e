package batch

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Run is what is known of a run as a whole.
type Run struct {
	Folder  string      `json:"folder"`
	Reports int         `json:"reports"` // that were judged
	Errors  int         `json:"errors"`  // inputs without a result
	First   time.Time   `json:"first"`   // when the first of its records that count was written
	Last    time.Time   `json:"last"`
	Rules   []RulesUsed `json:"rules"`
	LeftOut int64       `json:"left_out"` // bytes at the end that are no whole records, such as of one that is being written

	// Unfinished says that there is no summary of the last records, which a run writes at its end: it is at work, or was killed.
	Unfinished bool `json:"unfinished"`
}

// RulesUsed is a state of the rules, and how many reports were judged by it.
type RulesUsed struct {
	Digest  string `json:"digest"`
	Reports int    `json:"reports"`
}

// reading is a run that is only read: no lock is taken and nothing is written, so that it may be under way. What is written behind the end
// that the file had in the beginning is not looked at.
type reading struct {
	Run
	f      *os.File
	size   int64
	places []place  // of the records that count: of each source the last. In the order of the file
	named  []int32  // the same in the order of the hashes of their sources: which of places
	faults []uint64 // hashes of what is confirmed and not accepted in them, sorted; there when all were read
}

// place is where a record stands. A run has millions of them, and nothing else of it is held.
type place struct {
	source uint64 // its hash
	at     int64
	length int32
	rules  uint16 // which of Run.Rules
	failed bool
	met    bool // the other run has the source too
}

// summaryTable is the file that a run writes last, when it has ended.
const summaryTable = "summary.csv"

// maxRecord bounds a line that is read again; none of this program is near it.
const maxRecord = 1 << 30

// maxRules bounds how many states of the rules one run is believed to have.
const maxRules = 1000

// openReading opens the folder of a run and finds its records. Errors name the folder.
func openReading(ctx context.Context, dir string) (*reading, error) {
	r := &reading{Run: Run{Folder: dir}}
	err := r.open(dir)
	if err == nil {
		err = r.index(ctx)
	}
	if err != nil {
		r.close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return r, nil
}

// open opens the file of the records.
func (r *reading) open(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such folder")
	case err != nil:
		return bare(err)
	case !info.IsDir():
		return errors.New("is no folder")
	}
	path := filepath.Join(dir, resultsFile)
	switch info, err = os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("holds no %s, so that no batch wrote into it", resultsFile)
	case err != nil:
		return fmt.Errorf("%s cannot be read: %w", resultsFile, bare(err))
	case !info.Mode().IsRegular(): // a pipe would be waited for
		return fmt.Errorf("%s is no regular file", resultsFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", resultsFile, bare(err))
	}
	r.f, r.size = f, info.Size()
	summary, err := os.Stat(filepath.Join(dir, summaryTable))
	r.Unfinished = err != nil || summary.ModTime().Before(info.ModTime())
	return nil
}

func (r *reading) close() {
	if r != nil && r.f != nil {
		r.f.Close()
	}
}

// index finds the records that count. A run that is resumed has others before them.
func (r *reading) index(ctx context.Context) error {
	if err := (&appended{r.f, r.size}).begins(`{"schema":"` + Schema + `"`); err != nil {
		return err
	}
	in := bufio.NewReaderSize(io.NewSectionReader(r.f, 0, r.size), 256<<10)
	whole := int64(0)
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break // what is left is no whole line
		}
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", resultsFile, err)
		}
		record, err := headOf(line)
		if err != nil {
			break // what lies behind it is not believed
		}
		if !isID(record.ID) || record.Schema != Schema || len(line) > maxRecord {
			return errForeign(resultsFile)
		}
		r.places = append(r.places, place{source: hash(record.Source), at: whole, length: int32(len(line)), rules: r.usedRules(record.Rules), failed: record.Error != ""})
		r.span(record.At)
		whole += int64(len(line))
	}
	if r.LeftOut = r.size - whole; len(r.places) == 0 {
		return fmt.Errorf("%s holds no whole record yet", resultsFile)
	}
	r.places = lastOfEach(r.places)
	r.count()
	return nil
}

// headOf reads what stands before the result in a record, which is most of its bytes. No text in the record can look like the name of the
// field: a quotation mark has a backslash before it there (RFC 8259 section 7).
func headOf(line []byte) (r Record, err error) {
	head := line
	if i := bytes.Index(line, []byte(`,"result":`)); i >= 0 {
		head = append(bytes.Clone(line[:i]), '}')
	}
	err = json.Unmarshal(head, &r)
	return r, err
}

// span takes up the time of a record.
func (r *reading) span(at time.Time) {
	if r.First.IsZero() || at.Before(r.First) {
		r.First = at
	}
	if at.After(r.Last) {
		r.Last = at
	}
}

// usedRules is the number of a state of the rules.
func (r *reading) usedRules(digest string) uint16 {
	i := slices.IndexFunc(r.Rules, func(u RulesUsed) bool { return u.Digest == digest })
	if i < 0 {
		if i = len(r.Rules); i >= maxRules {
			return maxRules - 1
		}
		r.Rules = append(r.Rules, RulesUsed{Digest: digest})
	}
	return uint16(i)
}

// lastOfEach leaves of the records of each source the last, in the order of the file.
func lastOfEach(places []place) []place {
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(b.at, a.at)) })
	places = slices.CompactFunc(places, func(a, b place) bool { return a.source == b.source })
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	return slices.Clip(places)
}

// find is the record of a source, or nil.
func (r *reading) find(source uint64) *place {
	if r.named == nil {
		r.named = make([]int32, len(r.places))
		for i := range r.named {
			r.named[i] = int32(i)
		}
		slices.SortFunc(r.named, func(a, b int32) int { return cmp.Compare(r.places[a].source, r.places[b].source) })
	}
	i, there := slices.BinarySearchFunc(r.named, source, func(n int32, source uint64) int { return cmp.Compare(r.places[n].source, source) })
	if !there {
		return nil
	}
	return &r.places[r.named[i]]
}

// starting is which of the places begins at a byte.
func (r *reading) starting(at int64) (int, bool) {
	return slices.BinarySearchFunc(r.places, at, func(p place, at int64) int { return cmp.Compare(p.at, at) })
}

// count counts the records that count.
func (r *reading) count() {
	for _, p := range r.places {
		if p.failed {
			r.Errors++
			continue
		}
		r.Reports++
		r.Rules[p.rules].Reports++
	}
	r.Rules = slices.DeleteFunc(slices.Clone(r.Rules), func(u RulesUsed) bool { return u.Reports == 0 })
	slices.SortFunc(r.Rules, func(a, b RulesUsed) int { return cmp.Or(b.Reports-a.Reports, strings.Compare(a.Digest, b.Digest)) })
}

// keep keeps the faults of a record.
func (r *reading) keep(read *judgedRecord) {
	for i := range read.verdicts {
		if v := &read.verdicts[i]; v.asks() {
			r.faults = append(r.faults, v.fault())
		}
	}
}

// kept brings the faults into order, when all are there.
func (r *reading) kept() {
	slices.Sort(r.faults)
	r.faults = slices.Clip(slices.Compact(r.faults))
}

// has tells whether something is confirmed anywhere in the run, and accepted by nobody.
func (r *reading) has(v *judgedVerdict) bool {
	_, there := slices.BinarySearch(r.faults, v.fault())
	return there
}

// read reads the record that begins at a byte; nil for none, which -1 stands for.
func (r *reading) read(at int64) (*judgedRecord, error) {
	if at < 0 {
		return nil, nil
	}
	i, there := r.starting(at)
	if !there {
		return nil, fmt.Errorf("%s: no record begins at byte %d", r.Folder, at)
	}
	line := make([]byte, r.places[i].length)
	if _, err := r.f.ReadAt(line, at); err != nil {
		return nil, fmt.Errorf("%s: %s cannot be read: %w", r.Folder, resultsFile, bare(err))
	}
	read, err := judgedRecordOf(line)
	if err != nil {
		return nil, fmt.Errorf("%s: %s was changed while it was read: %w", r.Folder, resultsFile, err)
	}
	return &read, nil
}

// judgedRecord is a record with what its result says of verdicts.
type judgedRecord struct {
	Record
	verdicts []judgedVerdict
}

// judgedVerdict is what two runs are compared by.
type judgedVerdict struct {
	Rule     string `json:"rule"`
	About    string `json:"about"`
	Subject  string `json:"subject"`
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason"`
	Severity string `json:"severity"`
	Urgent   bool   `json:"urgent"`
	Accepted *any   `json:"accepted"`
	Findings []struct {
		N int `json:"n"`
	} `json:"findings"`
	Measured json.RawMessage `json:"measured"` // read where it matters
}

// judgedRecordOf reads a record with its result. A result that is none of this program is as good as none.
func judgedRecordOf(line []byte) (read judgedRecord, err error) {
	if read.Record, err = headOf(line); err != nil || read.Error != "" {
		return read, err
	}
	var of struct {
		Result *struct {
			Verdicts []judgedVerdict `json:"verdicts"`
		} `json:"result"`
	}
	if json.Unmarshal(line, &of) != nil || of.Result == nil {
		read.Error = "its result cannot be read"
		return read, nil
	}
	read.verdicts = of.Result.Verdicts
	for i := range read.verdicts {
		// What is no known label is inconclusive, never anything better or worse.
		if v := &read.verdicts[i]; !slices.Contains(order, v.Verdict) {
			v.Verdict = inconclusive
		}
	}
	return read, nil
}

// asks tells whether a verdict is a fault that somebody has to repair.
func (v *judgedVerdict) asks() bool { return v.Verdict == confirmed && v.Accepted == nil }

// fault names what a verdict is about, in any report.
func (v *judgedVerdict) fault() uint64 { return hash(v.Rule + "\x00" + strings.ToLower(v.Subject)) }

// row is the number of its first row in the report, or 0.
func (v *judgedVerdict) row() int {
	if len(v.Findings) == 0 {
		return 0
	}
	return v.Findings[0].N
}

// hostsOf are the names in a subject, without the addresses behind them, or the addresses where there are only these.
func hostsOf(subject string) []string {
	var hosts []string
	for part := range strings.SplitSeq(subject, ", ") {
		host, _, _ := strings.Cut(part, " ")
		hosts = append(hosts, strings.Trim(host, "[]"))
	}
	return hosts
}
