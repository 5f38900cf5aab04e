package batch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"mxverdict/verify/evidence"
)

// vault keeps evidence so that what many reports rest on stands there once: a session, a DNS exchange and a fetch are a line each, and a
// bundle is a line that leads to them. Nothing in it is ever changed.
type vault struct {
	*appended
	known map[[16]byte]int64 // where pieces stand that were written lately
}

// maxKnown bounds what is remembered of the pieces; then all is forgotten, and what comes again is written again.
const maxKnown = 1 << 18

// pieces is a bundle without what has lines of its own, and the places of these.
type pieces struct {
	Bundle    json.RawMessage `json:"bundle"`
	Sessions  []int64         `json:"sessions"`
	Exchanges []int64         `json:"exchanges"`
	Fetches   []int64         `json:"fetches"`
}

func openVault(root *os.Root, name string) (*vault, error) {
	a, err := openAppended(root, name)
	if err == nil {
		err = a.begins("{")
	}
	if err != nil {
		return nil, err
	}
	v := &vault{a, map[[16]byte]int64{}}
	return v, v.mend()
}

// mend drops a line that was being written when the last run ended, and from the first hole on what a power failure took: a file may be as
// long as it was and hold zeros, of which no line has one.
func (v *vault) mend() error {
	const recent = 16 << 20 // many times what is written between two syncs
	at := max(v.size-recent, 0)
	tail := make([]byte, v.size-at)
	if _, err := v.f.ReadAt(tail, at); err != nil {
		return err
	}
	if hole := bytes.IndexByte(tail, 0); hole >= 0 {
		tail = tail[:hole]
	}
	for {
		if i := bytes.LastIndexByte(tail, '\n'); i >= 0 || at == 0 {
			return v.cut(at + int64(i) + 1)
		}
		end := at
		at = max(end-recent, 0)
		tail = make([]byte, end-at)
		if _, err := v.f.ReadAt(tail, at); err != nil {
			return err
		}
	}
}

// put keeps a bundle and tells where.
func (v *vault) put(b *evidence.Bundle) (at int64, err error) {
	w := writing{vault: v, fresh: map[[16]byte]int64{}}
	p := pieces{Sessions: putAll(&w, b.Sessions), Exchanges: putAll(&w, b.Exchanges), Fetches: putAll(&w, b.Fetches)}
	frame := *b
	frame.Sessions, frame.Exchanges, frame.Fetches = nil, nil, nil
	if p.Bundle, err = json.Marshal(frame); err != nil {
		return 0, err
	}
	at = w.put(p)
	if w.err != nil {
		return 0, w.err
	}
	if _, err = v.append(w.lines.Bytes()); err != nil {
		return 0, err
	}
	if len(v.known)+len(w.fresh) > maxKnown {
		clear(v.known)
	}
	// Only now: what could not be written stands nowhere.
	for sum, at := range w.fresh {
		v.known[sum] = at
	}
	return at, nil
}

// writing is a bundle that is being put together, for one write.
type writing struct {
	vault *vault
	lines bytes.Buffer
	fresh map[[16]byte]int64
	err   error
}

// putAll puts pieces of one kind.
func putAll[T any](w *writing, list []T) []int64 {
	at := make([]int64, len(list))
	for i := range list {
		at[i] = w.put(list[i])
	}
	return at
}

// put puts a piece, unless it stands there already, and tells where it stands.
func (w *writing) put(piece any) int64 {
	line, err := json.Marshal(piece)
	if err != nil {
		w.err = err
		return 0
	}
	full := sha256.Sum256(line)
	sum := [16]byte(full[:16])
	for _, known := range []map[[16]byte]int64{w.vault.known, w.fresh} {
		if at, ok := known[sum]; ok {
			return at
		}
	}
	at := w.vault.size + int64(w.lines.Len())
	w.lines.Write(line)
	w.lines.WriteByte('\n')
	w.fresh[sum] = at
	return at
}

// of is the evidence of a record.
func (v *vault) of(r Record) (evidence.Bundle, error) {
	if r.Evidence == nil {
		return evidence.Bundle{Schema: evidence.Schema}, nil
	}
	return v.bundle(*r.Evidence)
}

// bundle reads a bundle back.
func (v *vault) bundle(at int64) (evidence.Bundle, error) {
	var p pieces
	var b evidence.Bundle
	if err := v.get(at, &p); err != nil {
		return b, err
	}
	if err := json.Unmarshal(p.Bundle, &b); err != nil {
		return b, fmt.Errorf("the evidence at byte %d: %w", at, err)
	}
	var err error
	if b.Sessions, err = getAll[evidence.Session](v, p.Sessions); err != nil {
		return b, err
	}
	if b.Exchanges, err = getAll[evidence.Exchange](v, p.Exchanges); err != nil {
		return b, err
	}
	b.Fetches, err = getAll[evidence.Fetch](v, p.Fetches)
	return b, err
}

func getAll[T any](v *vault, places []int64) ([]T, error) {
	var list []T
	for _, at := range places {
		var piece T
		if err := v.get(at, &piece); err != nil {
			return nil, err
		}
		list = append(list, piece)
	}
	return list, nil
}

// get reads one line.
func (v *vault) get(at int64, into any) error {
	if at < 0 || at >= v.size {
		return fmt.Errorf("the evidence has no byte %d", at)
	}
	line, err := bufio.NewReader(io.NewSectionReader(v.f, at, v.size-at)).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, into)
	}
	if err != nil {
		return fmt.Errorf("the evidence at byte %d: %w", at, err)
	}
	return nil
}
