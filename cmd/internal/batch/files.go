package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// temporary is the file that becomes another one as soon as it is whole. One is enough: one run is at work in a folder.
const temporary = ".mxverdict.tmp"

// WriteFile writes a file of the run whole or not at all. The name may have folders in it; it cannot lead out of the folder of the run. It does
// not wait until the disk has it, which would take longer than to judge most reports: Holds finds what a power failure took. No two calls may
// be under way at a time.
func (s *Store) WriteFile(name string, content []byte) error {
	return s.replace(name, content, func(*os.File) error { return nil })
}

// WriteSafely is WriteFile, and waits until the disk has it.
func (s *Store) WriteSafely(name string, content []byte) error {
	return s.replace(name, content, (*os.File).Sync)
}

// replace puts a file in the place of what was called so, once it is whole.
func (s *Store) replace(name string, content []byte, end func(*os.File) error) error {
	name = filepath.FromSlash(name)
	if err := s.root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := s.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = end(f)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = s.root.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, s.root.Remove(temporary))
	}
	return nil
}

// Remove takes a file of the run away, if it is there.
func (s *Store) Remove(name string) error {
	if err := s.root.Remove(filepath.FromSlash(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Holds tells whether there is such a file of the run, and whether it is whole as far as its ends tell: of one that was written shortly before
// a power failure nothing may be left, or zeros.
func (s *Store) Holds(name string) bool {
	f, err := s.root.Open(filepath.FromSlash(name))
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	last := []byte{0}
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != 0
}

// FileOf is the name of the file that WriteFile writes about a source, of which no other source has the same. The folders below "reports" are
// those of sources that were named from the folder of work, those below "root" are of the others. What cannot be called so lies in
// "elsewhere", by its last part and a hash.
func FileOf(source, ending string) string {
	clean := filepath.ToSlash(filepath.Clean(source))
	relative := strings.TrimPrefix(clean, "/")
	switch {
	case !plainName(relative):
		sum := sha256.Sum256([]byte(source))
		return "elsewhere/" + shortened(filepath.Base(source)) + "-" + hex.EncodeToString(sum[:8]) + ending
	case relative != clean:
		return "root/" + relative + ending
	}
	return "reports/" + relative + ending
}

// endsLikeFile is the end of the files about sources, such as ".markdown.md".
var endsLikeFile = regexp.MustCompile(`(?i)\.[a-z]+\.(txt|md|html|jsonl?)$`)

// longestName is what a name may have at most, in bytes: most systems allow 255, less what is put behind it.
const longestName = 200

// plainName tells whether files may be called like a source: it leads nowhere else, every system allows it, and no folder of it is called as
// the file of another source may be.
func plainName(relative string) bool {
	if !filepath.IsLocal(relative) || !utf8.ValidString(relative) || len(relative) > 2000 ||
		strings.ContainsFunc(relative, unicode.IsControl) || strings.ContainsAny(relative, `<>:"|?*\`) {
		return false
	}
	parts := strings.Split(relative, "/")
	for i, part := range parts {
		if len(part) > longestName || part == "." || i < len(parts)-1 && endsLikeFile.MatchString(part) {
			return false
		}
	}
	return true
}

// shortened is the beginning of a name, without what some system does not allow.
func shortened(name string) string {
	const longest = 60
	name = strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	return strings.Trim(name[:min(len(name), longest)], ".")
}

// syncFolder makes the names in a folder safe from a power failure, where the system can.
func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		f.Sync()
		f.Close()
	}
}
