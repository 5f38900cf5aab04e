// Package lazy compiles patterns at their first use: a command that only parses a report starts without them.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function that compiles a pattern once. It panics, at its first call, for a pattern that does not compile.
func Regexp(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
