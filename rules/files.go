package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"mxverdict/rules/internal/strict"
)

// Bounds of rule files, which are as hostile as reports: of one file, and of all that a folder holds together. A byte of YAML takes
// a hundred in memory; the largest of the embedded files has 80 KiB.
const (
	MaxFile   = 512 << 10
	maxFolder = 4 << 20
)

// Regular refuses what is no file that somebody wrote and keeps: folders, pipes, devices, sockets.
func Regular(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return errors.New("is a folder, not a regular file")
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("is a pipe, not a regular file")
	case mode&fs.ModeDevice != 0:
		return errors.New("is a device, not a regular file")
	}
	return errors.New("is not a regular file")
}

// readFile reads a regular file of a folder up to the bound, whatever size it claims to have.
func readFile(layer fs.FS, file string) ([]byte, error) {
	f, err := layer.Open(file)
	if err != nil {
		return nil, fileError(file, err)
	}
	defer f.Close()
	info, err := f.Stat()
	// Before a byte is read: to read a pipe would wait for whoever writes it.
	if err == nil {
		err = Regular(info)
	}
	if err != nil {
		return nil, fileError(file, err)
	}
	// With room for the size that it claims nothing is copied; ReadFrom wants some bytes more to see the end.
	data := bytes.NewBuffer(make([]byte, 0, min(info.Size(), MaxFile)+bytes.MinRead))
	// One byte more than is allowed shows that there is more.
	if _, err := data.ReadFrom(io.LimitReader(f, MaxFile+1)); err != nil {
		return nil, fileError(file, err)
	}
	return data.Bytes(), checkSize(file, data.Bytes())
}

// fileError names the file once: errors of the system name it too, by a path that may be another one.
func fileError(file string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("rules: %s: %w", file, err)
}

// checkSize refuses a file that is too large; its error has the file and its first line, as a mistake has that stands in it.
func checkSize(file string, data []byte) error {
	if len(data) > MaxFile {
		return &strict.Error{File: file, Line: 1, Says: fmt.Sprintf("the file is larger than %d KiB", MaxFile>>10)}
	}
	return nil
}

// filesOf lists the files of a folder that patterns name: "catalogue/*.yaml", or a plain name. A folder that is not there holds
// none; one that cannot be read is an error, because its rules would be missed.
func filesOf(layer fs.FS, patterns []string) ([]string, error) {
	var files []string
	for _, pattern := range patterns {
		dir, name := path.Split(pattern)
		dir = path.Clean(dir)
		// Not fs.Glob, which takes a folder that cannot be read for an empty one.
		entries, err := fs.ReadDir(layer, dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fileError(dir, err)
		}
		for _, e := range entries {
			// The patterns are ours and well formed.
			if ok, _ := path.Match(name, e.Name()); ok {
				files = append(files, path.Join(dir, e.Name()))
			}
		}
	}
	return files, nil
}
