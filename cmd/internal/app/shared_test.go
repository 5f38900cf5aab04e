package app_test

import (
	"io/fs"
	"os"
	"sync"

	"mxverdict/rules"
)

var (
	shipped    = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(nil) })
	withClaims = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(os.DirFS(claims)) })
)

// sharedRules hands the same catalogue to every run: to load one takes longer than most runs do. A folder that a test
// wrote itself is loaded each time.
func sharedRules(overlay fs.FS) (*rules.Catalogue, error) {
	switch overlay {
	case nil:
		return shipped()
	case os.DirFS(claims):
		return withClaims()
	}
	return rules.Load(overlay)
}
