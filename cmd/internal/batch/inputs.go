package batch

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sidecar is the end of the name of a file that says what the report beside it is about.
const sidecar = ".target"

// Inputs are the reports that paths lead to, one after the other as they are asked for: a path is a file, a folder with all below it, a
// pattern, or a mailbox, of which each message is a report. What cannot be read is an input too, with the reason: each path that was named
// ends as a record.
//
// Folders are read in the order of names. Links to folders are not followed; names that begin with a dot are left out, and so is the folder
// of the results, for it may lie among the reports.
func Inputs(ctx context.Context, paths iter.Seq2[string, error], f Folders) iter.Seq[Input] {
	return func(yield func(Input) bool) {
		w := walker{ctx: ctx, targets: f.Targets, most: f.Most, yield: yield}
		w.results, _ = os.Stat(f.Results)
		for path, err := range paths {
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				if !yield(Input{Source: text(path), Err: err}) {
					return
				}
				continue
			}
			if !w.path(path) {
				return
			}
		}
	}
}

// Folders says how folders are read.
type Folders struct {
	Targets Targets
	Results string // the folder of the results
	Most    int    // the most bytes of a message in a mailbox
}

// walker hands out inputs. Its functions return false when nobody wants more.
type walker struct {
	ctx     context.Context
	targets Targets
	most    int
	results fs.FileInfo // of the folder that is left out, or nil
	yield   func(Input) bool
}

// path hands out what one named path leads to.
func (w walker) path(path string) bool {
	path = filepath.Clean(path) // the same file has the same name in every run
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?[") {
		return w.pattern(path)
	}
	switch {
	case err != nil:
		return w.yield(Input{Source: text(path), Err: bare(err)})
	case info.IsDir():
		return w.folder(path)
	case !info.Mode().IsRegular(): // a pipe would hold the run up for ever, and cannot be read again
		return w.yield(Input{Source: text(path), Err: errors.New("is no regular file")})
	}
	return w.file(path)
}

// pattern hands out what a pattern matches, for those whose shell does not expand it.
func (w walker) pattern(pattern string) bool {
	found, err := filepath.Glob(pattern)
	if err == nil && len(found) == 0 {
		err = errors.New("no file matches this pattern")
	}
	if err != nil {
		return w.yield(Input{Source: text(pattern), Err: err})
	}
	for _, path := range found {
		if !w.path(path) {
			return false
		}
	}
	return true
}

// folder hands out all that lies in a folder, in the order of names. Only the names of one folder are held, so that a million of reports
// cost no more than their names.
func (w walker) folder(dir string) bool {
	if info, err := os.Stat(dir); err == nil && w.results != nil && os.SameFile(info, w.results) {
		return true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return w.yield(Input{Source: text(dir), Err: bare(err)})
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case w.ctx.Err() != nil:
			return false
		case strings.HasPrefix(e.Name(), "."), strings.HasSuffix(e.Name(), sidecar):
		case e.IsDir():
			if !w.folder(path) {
				return false
			}
		case leadsToFile(path, e):
			if !w.file(path) {
				return false
			}
		}
	}
	return true
}

// leadsToFile tells whether an entry is a regular file or a link to one: a pipe in a folder would hold the run up for ever.
func leadsToFile(path string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// file hands out a file: one report, or the messages of a mailbox.
func (w walker) file(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return w.yield(Input{Source: text(path), Err: bare(err)})
	}
	start := make([]byte, len(fromLine))
	n, _ := io.ReadFull(f, start)
	if strings.HasSuffix(path, ".mbox") || looksLikeMailbox(f, start[:n]) {
		defer f.Close()
		return w.mailbox(path, f)
	}
	f.Close()
	return w.yield(Input{Source: text(path), Target: w.targets.of(path), Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		return f, bare(err)
	}})
}

// mailbox hands out the messages of a mailbox. Each is held whole, up to its bound, until it was read. Its source names it by what it is and
// not by where it stands: with a new message in front of all others, or an old one gone, these are still what they were. The same message
// twice is one report.
func (w walker) mailbox(path string, f *os.File) bool {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return w.yield(Input{Source: text(path), Err: bare(err)})
	}
	n := 0
	for message, err := range Messages(f, w.most) {
		n++
		source := path
		if message.Name != "" {
			source += "#" + message.Name
		}
		in := Input{Source: text(source), Err: err, Target: cmp.Or(w.targets.of(source), w.targets.of(fmt.Sprintf("%s#%d", path, n)))}
		if err == nil {
			in.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(message.Text)), nil }
		}
		if w.ctx.Err() != nil || !w.yield(in) {
			return false
		}
	}
	if n == 0 {
		return w.yield(Input{Source: text(path), Err: errors.New("the mailbox holds no message")})
	}
	return true
}

// text is a path as a record can tell it: one that is no text is quoted, so that two of them are not told as one.
func text(path string) string {
	if utf8.ValidString(path) {
		return path
	}
	return strconv.QuoteToASCII(path)
}

// bare drops the path from an error of the file system; it stands before the message already.
func bare(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// List reads a list of paths, one a line, or each ended by a zero byte as find -print0 writes them: then a line may end within a name. A path
// is as long as the system allows and no longer.
func List(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		const longest = 1 << 15
		in := bufio.NewReaderSize(r, longest)
		in.Peek(1) // reads what is there
		start, _ := in.Peek(in.Buffered())
		lines := bufio.NewScanner(in)
		lines.Buffer(make([]byte, 0, 4096), longest)
		if bytes.IndexByte(start, 0) >= 0 {
			lines.Split(splitZero)
		}
		for lines.Scan() {
			if path := lines.Text(); path != "" && !yield(path, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield("the list of files", err)
		}
	}
}

// splitZero ends a path at a zero byte.
func splitZero(data []byte, atEOF bool) (advance int, token []byte, err error) {
	switch end := bytes.IndexByte(data, 0); {
	case end >= 0:
		return end + 1, data[:end], nil
	case atEOF && len(data) > 0:
		return len(data), data, nil
	}
	return 0, nil, nil
}

// Paths is the stream of paths that are known already.
func Paths(paths ...string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, path := range slices.Clone(paths) {
			if !yield(path, nil) {
				return
			}
		}
	}
}
