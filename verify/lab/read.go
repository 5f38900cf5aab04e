package lab

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// maxFile bounds a scenario file; maxDelay bounds every single time in it.
const (
	maxFile  = 1 << 20
	maxDelay = time.Hour
)

// mistake is an error in a scenario file, at a line.
type mistake struct {
	file string
	line int
	says string
}

// Error writes a mistake as compilers do, so that an editor finds the place.
func (m *mistake) Error() string { return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.says) }

// reader turns YAML nodes into Go values. Every key is named where it is read, so that nothing in a file is ever
// ignored: yaml.v3 loses its own strictness as soon as a type decodes itself.
type reader struct{ file string }

// field reads one node into wherever its maker said.
type field func(*yaml.Node) error

// fail makes a mistake at a node. Nodes without a line stand at the beginning of the file.
func (r reader) fail(at *yaml.Node, format string, args ...any) error {
	return &mistake{r.file, max(at.Line, 1), fmt.Sprintf(format, args...)}
}

// document parses the only document of a file.
func (r reader) document(data []byte) (*yaml.Node, error) {
	if len(data) > maxFile {
		return nil, &mistake{r.file, 1, fmt.Sprintf("the file is larger than %d bytes", maxFile)}
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, &mistake{r.file, 1, "the file is empty"}
	} else if err != nil {
		return nil, r.syntax(err)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, r.fail(&second, "a second document begins here; a file holds one scenario")
	}
	return doc.Content[0], nil
}

// syntax moves the line number of a yaml.v3 message to where an editor looks for it.
func (r reader) syntax(err error) error {
	says, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if n, _ := fmt.Sscanf(says, "line %d:", &line); n == 1 {
		_, says, _ = strings.Cut(says, ": ")
	}
	return &mistake{r.file, line, says}
}

// mapping reads a mapping whose keys are all known and stand there once.
func (r reader) mapping(n *yaml.Node, fields map[string]field) error {
	if n.Kind != yaml.MappingNode {
		return r.fail(n, "keys with values are expected here")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, known := fields[key.Value]
		switch {
		case !known:
			return r.fail(key, "unknown key %q%s", key.Value, suggest(key.Value, slices.Sorted(maps.Keys(fields))))
		case seen[key.Value]:
			return r.fail(key, "key %q stands here a second time", key.Value)
		}
		seen[key.Value] = true
		if err := read(value); err != nil {
			return err
		}
	}
	return nil
}

// list reads each item of a sequence.
func (r reader) list(item field) field {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.SequenceNode {
			return r.fail(n, "a list is expected here")
		}
		for _, each := range n.Content {
			if err := item(each); err != nil {
				return err
			}
		}
		return nil
	}
}

// text reads a scalar as it is written. Aliases are no scalars: they could make a small file grow without bound.
func (r reader) text(into *string) field {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			return r.fail(n, "a value is expected here")
		}
		*into = n.Value
		return nil
	}
}

// value reads a scalar with a parser of its own.
func value[T any](r reader, into *T, what string, parse func(string) (T, error)) field {
	return func(n *yaml.Node) error {
		var s string
		if err := r.text(&s)(n); err != nil {
			return err
		}
		v, err := parse(s)
		if err != nil {
			return r.fail(n, "%q is not %s", s, what)
		}
		*into = v
		return nil
	}
}

// flag takes one spelling for each: YAML's own "yes" and "on" would make a country of "no".
func (r reader) flag(into *bool) field {
	return value(r, into, "true or false", func(s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, strconv.ErrSyntax
		}
		return s == "true", nil
	})
}

// duration takes a unit always: a number alone could be seconds or minutes.
func (r reader) duration(into *time.Duration) field {
	return value(r, into, "a time with its unit, from 0s to 1h, such as 16s or 250ms",
		func(s string) (time.Duration, error) {
			d, err := time.ParseDuration(s)
			if err == nil && (d < 0 || d > maxDelay) {
				err = strconv.ErrRange
			}
			return d, err
		})
}

// seconds reads a time of an SOA record: whole seconds in 32 bits (RFC 1035 section 3.3.13).
func (r reader) seconds(set func(uint32)) field {
	return func(n *yaml.Node) error {
		var whole uint32
		err := value(r, &whole, "whole seconds with the unit s, such as 604800s", func(s string) (uint32, error) {
			digits, found := strings.CutSuffix(s, "s")
			if !found {
				return 0, strconv.ErrSyntax
			}
			v, err := strconv.ParseUint(digits, 10, 32)
			return uint32(v), err
		})(n)
		set(whole)
		return err
	}
}

func (r reader) number(into *uint32) field {
	return value(r, into, "a whole number of at most 32 bits", func(s string) (uint32, error) {
		v, err := strconv.ParseUint(s, 10, 32)
		return uint32(v), err
	})
}

// address reads an address in one form: an IPv4 address inside an IPv6 one is that IPv4 address.
func (r reader) address(into *netip.Addr) field {
	return value(r, into, "an IP address", func(s string) (netip.Addr, error) {
		a, err := netip.ParseAddr(s)
		return a.Unmap(), err
	})
}

// word reads one of the words that mean something here.
func (r reader) word(into *string, known ...string) field {
	return func(n *yaml.Node) error {
		var s string
		if err := r.text(&s)(n); err != nil {
			return err
		}
		if !slices.Contains(known, s) {
			return r.fail(n, "%q is not one of %s%s", s, strings.Join(known, ", "), suggest(s, known))
		}
		*into = s
		return nil
	}
}

// suggest names the known word that is nearest to a misspelt one, if one is near at all.
func suggest(word string, known []string) string {
	// A third of the letters may be wrong; with more the guess would be worse than none.
	nearest, best := "", len(word)/3+2
	for _, k := range known {
		if d := distance(word, k); d < best {
			nearest, best = k, d
		}
	}
	if nearest == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", nearest)
}

// distance counts the single-byte edits between two words. Words of any sensible length are short.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	above := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		line := append([]int{i}, above[1:]...)
		for j := 1; j <= len(b); j++ {
			change := above[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			line[j] = min(change, above[j]+1, line[j-1]+1)
		}
		above = line
	}
	return above[len(b)]
}
