package batch

import (
	"context"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Expected counts about how many inputs paths lead to, without a look into files other than mailboxes, so that it is known long before the last
// of them is read. It is for an estimate: what cannot be read counts as one.
func Expected(ctx context.Context, paths iter.Seq2[string, error], results string) (n int) {
	own, _ := os.Stat(results)
	for path := range paths {
		found := []string{path}
		if _, err := os.Stat(path); err != nil {
			if matches, _ := filepath.Glob(path); len(matches) > 0 {
				found = matches
			}
		}
		for _, path := range found {
			n += below(ctx, path, own)
		}
	}
	return n
}

// below counts the inputs of a file, or of a folder with all below it.
func below(ctx context.Context, path string, own fs.FileInfo) (n int) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return inFile(ctx, path)
	}
	filepath.WalkDir(path+string(filepath.Separator), func(at string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			n++
			return nil
		case e.IsDir():
			if info, err := e.Info(); err == nil && own != nil && os.SameFile(info, own) || hidden(e.Name()) && at != path+string(filepath.Separator) {
				return fs.SkipDir
			}
		case !hidden(e.Name()) && !strings.HasSuffix(e.Name(), sidecar):
			n += inFile(ctx, at)
		}
		return nil
	})
	return n
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// inFile counts the messages of a mailbox that is called so; another file is one input.
func inFile(ctx context.Context, path string) int {
	if !strings.HasSuffix(path, ".mbox") {
		return 1
	}
	f, err := os.Open(path)
	if err != nil {
		return 1
	}
	defer f.Close()
	n := 0
	for range Messages(f, 0) { // of which none is kept
		if n++; ctx.Err() != nil {
			break
		}
	}
	return max(n, 1)
}
