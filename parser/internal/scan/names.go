package scan

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// fileEndings are top-level domains that, behind a single word, mean a file in texts about mail servers: main.cf,
// run.sh.
var fileEndings = []string{"cf", "md", "pl", "py", "rs", "sh", "so", "zip"}

// Exists tells whether a name can be a host of the internet: it stands below a known public suffix, or below one of
// the names that RFC 2606 and RFC 6761 keep for examples and tests.
func Exists(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	if name == suffix {
		return false
	}
	switch suffix {
	case "example", "test", "invalid":
		return true
	}
	if strings.Count(name, ".") == 1 && slices.Contains(fileEndings, suffix) {
		return false
	}
	return icann || strings.Contains(suffix, ".") // a private suffix, such as that of a hosting company
}
