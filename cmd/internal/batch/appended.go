package batch

import (
	"encoding/hex"
	"hash/maphash"
	"os"
)

// appended is a file to whose end lines are written, each in one piece.
type appended struct {
	f    *os.File
	size int64
}

func openAppended(path string) (*appended, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
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

// keyOf is the key of an ID.
func keyOf(id string) (k key, ok bool) {
	n, err := hex.Decode(k[:], []byte(id)[:min(len(id), idLength)])
	return k, err == nil && n == len(k) && len(id) == idLength
}

var seed = maphash.MakeSeed()

// hash tells texts apart within one run.
func hash(text string) uint64 { return maphash.String(seed, text) }
