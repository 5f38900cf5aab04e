package app_test

import (
	"fmt"
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
	if overlay == nil {
		return shipped()
	}
	if overlay.(fmt.Stringer).String() == claims {
		return withClaims()
	}
	return rules.Load(overlay)
}
