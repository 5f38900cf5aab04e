package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"mxverdict/rules"
)

// Everything that the program reads, it reads through the functions of this file: what a name leads to may be a pipe that nobody
// writes to, a device without an end or a file that grows. So nothing is read by the size that a file claims to have, and every wait
// ends when the program is to end.

// source is an input that a name of the command line leads to, "-" being standard input. It may be a pipe.
func (p *program) source(file string) (io.ReadCloser, error) {
	if file == "-" {
		return &interruptible{ctx: p.env.Context, r: io.NopCloser(p.stdin)}, nil
	}
	f, err := waitFor(p.env.Context, func() (*os.File, error) { return os.Open(file) }) // a pipe opens when somebody writes to it
	if err != nil {
		return nil, openError(err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, errors.New("is a folder; name the files in it")
	}
	return &interruptible{ctx: p.env.Context, r: f}, nil
}

// settings reads a file that somebody wrote and keeps, such as one of rules, up to a limit. Other than a report it cannot be a pipe:
// a folder of strangers' files must not be able to hold the program up.
func (p *program) settings(file string, limit int64) ([]byte, error) {
	f, err := openRegular(p.env.Context, file)
	if err != nil {
		return nil, openError(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("is larger than %d KiB", limit>>10)
	}
	return data, err
}

// openRegular opens a file, links followed, that is neither folder nor pipe nor device.
func openRegular(ctx context.Context, file string) (fs.File, error) {
	f, err := waitFor(ctx, func() (*os.File, error) {
		return os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0) // so that a pipe is open at once, and can be turned away
	})
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = rules.Regular(info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return regularFile{f, &interruptible{ctx: ctx, r: f}}, nil
}

// regularFile reads so that the end of the program ends the read; all else it leaves to the file.
type regularFile struct {
	*os.File
	reader *interruptible
}

func (f regularFile) Read(b []byte) (int, error) { return f.reader.Read(b) }

// folder is the folder of --rules. Only its regular files can be opened, and only a reasonable number of them is seen.
type folder struct {
	ctx context.Context
	dir string
}

// String is the folder's name; who shares catalogues tells folders apart by it.
func (f folder) String() string { return f.dir }

// Open gives regular files only, whatever a link leads to.
func (f folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return openRegular(f.ctx, filepath.Join(f.dir, filepath.FromSlash(name)))
}

// maxEntries bounds the names that are read of a folder of rules.
const maxEntries = 10_000

// ReadDir lists a folder by name.
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) {
	return waitFor(f.ctx, func() ([]fs.DirEntry, error) {
		dir, err := os.OpenFile(filepath.Join(f.dir, filepath.FromSlash(name)), os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err
		}
		defer dir.Close()
		entries, err := dir.ReadDir(maxEntries + 1)
		switch {
		case len(entries) > maxEntries:
			return nil, fmt.Errorf("holds more than %d files", maxEntries)
		case errors.Is(err, io.EOF): // it is empty
			return nil, nil
		}
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		return entries, err
	})
}

// waitFor does what may last for ever, such as opening a pipe, as long as the program is not to end. Then the call is left behind.
func waitFor[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	// Room for one, so that a call that was left behind can end some day.
	done := make(chan result, 1)
	go func() {
		value, err := do()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// unblocked is a writer that gives up when the program is to end and nobody takes what it writes, as at a pipe whose reader sleeps.
// What is known is still written then, to whom listens.
type unblocked struct {
	ctx    context.Context
	w      io.Writer
	gaveUp bool
}

// listening is how long somebody has to take what is written after the signal to end.
const listening = 2 * time.Second

func (u *unblocked) Write(b []byte) (int, error) {
	if u.gaveUp {
		return 0, context.Canceled
	}
	written, end := context.WithCancel(context.Background())
	defer end()
	stop := context.AfterFunc(u.ctx, func() {
		timer := time.NewTimer(listening)
		defer timer.Stop()
		select {
		case <-timer.C:
			end()
		case <-written.Done():
		}
	})
	defer stop()
	n, err := waitFor(written, func() (int, error) { return u.w.Write(b) })
	u.gaveUp = interrupts(err)
	return n, err
}

// interruptible is a reader that gives up when the program is to end: a read of a terminal or pipe can last for ever.
type interruptible struct {
	ctx context.Context
	r   io.ReadCloser
	own []byte // what a read that is left behind may still write to
}

func (i *interruptible) Read(b []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	// A read that was left behind may still write into its buffer, so that the caller's is never handed to it.
	if len(i.own) < min(len(b), mostRead) {
		i.own = make([]byte, min(len(b), mostRead))
	}
	own := i.own[:min(len(b), len(i.own))]
	n, err := waitFor(i.ctx, func() (int, error) { return i.r.Read(own) })
	return copy(b, own[:n]), err
}

// mostRead is how much is read at a time. A reader that asks for little, as at the beginning of a file, needs less.
const mostRead = 32 << 10

// Close does not wait for a read that was left behind.
func (i *interruptible) Close() error {
	if i.ctx.Err() != nil {
		return nil
	}
	return i.r.Close()
}

// openError drops the path, which stands before the message already.
func openError(err error) error {
	var pathErr *os.PathError
	if !errors.As(err, &pathErr) {
		return err
	}
	return pathErr.Err
}
