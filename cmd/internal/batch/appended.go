package batch

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// appended is a file to whose end lines are written, each in one piece.
type appended struct {
	f    *os.File
	size int64
}

func openAppended(root *os.Root, name string) (*appended, error) {
	return opened(root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644))
}

// openToRead opens a file that another run may write to at the same time. What else may be called so, such as a pipe, is refused.
func openToRead(root *os.Root, name string) (*appended, error) {
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("holds no %s; it is no folder of a batch", name)
	case err == nil && !info.Mode().IsRegular():
		return nil, errForeign(name)
	}
	return opened(root.Open(name))
}

// opened is a file that was opened, and how long it is.
func opened(f *os.File, err error) (*appended, error) {
	if err != nil {
		return nil, bare(err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, bare(err)
	}
	return &appended{f, info.Size()}, nil
}

// append writes at the end and tells where. Where the disk is full, what was written in part is taken back.
func (a *appended) append(b []byte) (at int64, err error) {
	at = a.size
	if _, err := a.f.WriteAt(b, at); err != nil {
		a.f.Truncate(at)
		return at, err
	}
	a.size += int64(len(b))
	return at, nil
}

// cut drops what lies behind a place.
func (a *appended) cut(at int64) error {
	if at >= a.size {
		return nil
	}
	a.size = at
	return a.f.Truncate(at)
}

// begins refuses a file that begins otherwise than one of this program. One may have been cut in its first line, or zeroed by a power failure.
func (a *appended) begins(start string) error {
	b := make([]byte, min(int64(len(start)), a.size))
	if _, err := a.f.ReadAt(b, 0); err != nil {
		return fmt.Errorf("%s cannot be read: %w", filepath.Base(a.f.Name()), bare(err))
	}
	if string(b) != start[:len(b)] && len(bytes.Trim(b, "\x00")) > 0 {
		return errForeign(filepath.Base(a.f.Name()))
	}
	return nil
}

// oneLine tells whether no line ends behind a place.
func (a *appended) oneLine(from int64) (bool, error) {
	b := make([]byte, 64<<10)
	in := io.NewSectionReader(a.f, from, a.size-from)
	for {
		n, err := in.Read(b)
		switch {
		case bytes.IndexByte(b[:n], '\n') >= 0:
			return false, nil
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, err
		}
	}
}

// errForeign is the error of a file that another program wrote.
func errForeign(name string) error {
	return fmt.Errorf("%s is no file of this program's results; name another folder", name)
}

// isID tells whether a text can be an ID.
func isID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == idLength
}

var seed = maphash.MakeSeed()

// hash tells texts apart within one run.
func hash(text string) uint64 { return maphash.String(seed, text) }
