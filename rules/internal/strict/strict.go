// Package strict reads YAML files that people write by hand: an unknown key, a wrong type or a duplicate is an error with file
// and line and, where one is near, a suggestion. Nothing is ever ignored, and one mistake does not hide the next: errors of this
// package may hold several, which Each tells apart.
//
// yaml.v3 forgets strictness inside UnmarshalYAML(*yaml.Node); therefore the keys are checked here, over the node tree,
// against the yaml tags of the Go types, before anything is decoded.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Error is a mistake in a file, at a line.
// It is written as compilers do, so that an editor can jump to the place; Says is for people and names the next step where there is one.
type Error struct {
	File string
	Line int
	Says string
}

// Error writes file, line and what is wrong.
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Says) }

// Errorf makes an Error at the place of a node.
// Without a node it stands at the first line: a file that lacks something lacks it everywhere.
func Errorf(file string, at *yaml.Node, format string, args ...any) error {
	line := 1
	if at != nil && at.Line > 0 {
		line = at.Line
	}
	return &Error{file, line, fmt.Sprintf(format, args...)}
}

// nodeType marks what is left to the caller.
var nodeType = reflect.TypeFor[yaml.Node]()

// Decode reads exactly one YAML document into a pointer to a struct. Fields of type yaml.Node are left to the caller. Where it
// finds mistakes, what it could read is filled in all the same, so that the caller can look for further ones there.
func Decode(file string, data []byte, into any) error {
	if root := readPlain(string(data)); root != nil {
		return DecodeNode(file, root, into)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return &Error{file, 1, "the file is empty"}
		}
		return FromYAML(file, err)
	}
	// yaml.v3 reads the first document only, and the others would be ignored without a word.
	var second yaml.Node
	switch err := dec.Decode(&second); {
	case err == nil:
		return Errorf(file, &second, "a second document begins here; one file holds one document")
	case !errors.Is(err, io.EOF):
		return FromYAML(file, err)
	}
	return DecodeNode(file, doc.Content[0], into)
}

// DecodeNode is Decode for a part of a document.
func DecodeNode(file string, node *yaml.Node, into any) error {
	var m Mistakes
	if m.Add(check(file, node, reflect.TypeOf(into).Elem())) {
		if m.refused {
			return m.Err()
		}
		// With what is left, further mistakes are found; the file is refused all the same.
		node = withoutRepeats(node)
	}
	m.Add(FromYAML(file, node.Decode(into)))
	return m.Err()
}

// withoutRepeats is a node without the keys that stand there a second time: at one of them yaml.v3 reads nothing of the mapping.
func withoutRepeats(node *yaml.Node) *yaml.Node {
	out := *node
	out.Content = nil
	seen := map[string]bool{}
	for i := 0; i < len(node.Content); i++ {
		child := node.Content[i]
		if node.Kind == yaml.MappingNode && i%2 == 0 && seen[child.Value] {
			i++ // its value
			continue
		}
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			seen[child.Value] = true
		}
		out.Content = append(out.Content, withoutRepeats(child))
	}
	return &out
}

// check walks node and type side by side.
func check(file string, node *yaml.Node, t reflect.Type) error {
	if err := plain(file, node); err != nil {
		return err
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nodeType {
		return nil
	}
	var m Mistakes
	switch {
	case t.Kind() == reflect.Struct && node.Kind == yaml.MappingNode:
		m.Add(checkStruct(file, node, t))
	case t.Kind() == reflect.Map && node.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			m.Add(check(file, node.Content[i+1], t.Elem()))
		}
	case t.Kind() == reflect.Slice && node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			m.Add(check(file, item, t.Elem()))
		}
	}
	return m.Err()
}

// plain refuses anchors and aliases: with them a small file can grow without bound, so it is not even decoded.
func plain(file string, node *yaml.Node) error {
	if node.Kind != yaml.AliasNode && node.Anchor == "" {
		return nil
	}
	return Errorf(file, node, anchors)
}

// anchors is also how such a mistake is known again: what has it must not be decoded.
const anchors = "anchors and aliases are not used here; write the value out"

// Field is a key of a mapping and the place for its value.
type Field struct {
	Key  string
	Into **yaml.Node
	List bool // the value is a list; else it is a single word or sentence
}

// Fields reads a mapping into the places given, as strictly as Decode. It is for what stands in a file by the hundred:
// reflection would cost several times as much, at each start of the program.
func Fields(file string, node *yaml.Node, fields ...Field) error {
	if node.Kind != yaml.MappingNode || node.Anchor != "" {
		return Errorf(file, node, "keys with values are wanted here, such as {%s: …}", fields[0].Key)
	}
	var m Mistakes
	for i := 0; i+1 < len(node.Content); i += 2 {
		m.Add(place(file, node.Content[i], node.Content[i+1], fields))
	}
	return m.Err()
}

// place puts the value of a key into the place for it.
// It is here that a value is checked for its shape, so that who calls Fields needs to check only what it means.
func place(file string, key, value *yaml.Node, fields []Field) error {
	k := slices.IndexFunc(fields, func(f Field) bool { return f.Key == key.Value })
	switch {
	case k < 0:
		return Errorf(file, key, "unknown key %q%s", key.Value, Suggest(key.Value, keysOf(fields)))
	case *fields[k].Into != nil:
		return Errorf(file, key, "key %q stands here a second time (first in line %d)", key.Value, (*fields[k].Into).Line)
	case value.Kind == yaml.AliasNode || value.Anchor != "":
		return Errorf(file, value, anchors)
	case fields[k].List && value.Kind != yaml.SequenceNode:
		return Errorf(file, value, "%s must be a list", key.Value)
	case !fields[k].List && value.Kind != yaml.ScalarNode:
		return Errorf(file, value, "%s must be a single value", key.Value)
	}
	*fields[k].Into = value
	return nil
}

// Words reads a list of words or sentences; without a list there are none.
func Words(file string, list *yaml.Node) ([]string, error) {
	if list == nil {
		return nil, nil
	}
	words := make([]string, len(list.Content))
	for i, n := range list.Content {
		if n.Kind != yaml.ScalarNode || n.Anchor != "" || n.Value == "" {
			return nil, Errorf(file, n, "the list holds single words or sentences")
		}
		words[i] = n.Value
	}
	return words, nil
}

// keysOf is the list from which suggestions are taken.
func keysOf(fields []Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Key
	}
	return names
}

// checkStruct holds the keys of a mapping against the yaml tags of a type, and goes on below those that it knows.
func checkStruct(file string, node *yaml.Node, t reflect.Type) error {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() { // no type here embeds another; reflect.VisibleFields would cost much at each start
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	if len(fields) == 0 {
		return nil // a type that decodes itself
	}
	var m Mistakes
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if line, dup := seen[key.Value]; dup {
			m.Add(Errorf(file, key, "key %q stands here a second time (first in line %d)", key.Value, line))
			continue
		}
		seen[key.Value] = key.Line
		field, ok := fields[key.Value]
		if !ok {
			m.Add(Errorf(file, key, "unknown key %q%s", key.Value, Suggest(key.Value, keys(fields))))
			continue
		}
		m.Add(check(file, value, field))
	}
	return m.Err()
}

// keys sorts, for a suggestion must be the same at each start.
func keys(m map[string]reflect.Type) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// FromYAML makes Errors of one of yaml.v3, which puts the lines into its message; nil stays nil.
func FromYAML(file string, err error) error {
	var types *yaml.TypeError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &types):
		return fromYAML(file, err.Error())
	}
	var m Mistakes
	for _, text := range types.Errors {
		m.Add(fromYAML(file, text))
	}
	return m.Err()
}

// fromYAML puts one message of yaml.v3 into words of ours: its authors write for people who know the tags of YAML.
func fromYAML(file, text string) error {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "yaml: "), "\n")
	line := 1
	if n, scan := fmt.Sscanf(text, "line %d:", &line); n == 1 && scan == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	if tag, _, _ := strings.Cut(strings.TrimPrefix(text, "cannot unmarshal !!"), " "); kinds[tag] != "" {
		text = kinds[tag] + " stands here, where something else is expected"
	}
	return &Error{file, line, text}
}

// kinds are the plain names of YAML's types.
var kinds = map[string]string{"str": "a text", "int": "a number", "float": "a number", "bool": "yes or no", "seq": "a list",
	"map": "keys with values", "null": "nothing", "timestamp": "a time", "binary": "binary data", "merge": "<<"}

// Suggest returns `; did you mean "x"?` for the nearest of the known words, or "" if none is near.
func Suggest(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// Nearest returns the known word that a misspelt one was probably meant to be, or "" if none is near. A word that is written out
// where its beginning is known ("minimum" for "min") is taken for that.
func Nearest(word string, known []string) string {
	// A third of a word, and one more, may be wrong: beyond that a suggestion is a guess that leads astray.
	best, distance := "", len(word)/3+2
	for _, k := range known {
		if d := editDistance(word, k); len(k) > 1 && d < distance {
			best, distance = k, d
		}
	}
	for _, k := range known {
		if best == "" && len(k) > 2 && strings.HasPrefix(word, k) {
			return k
		}
	}
	return best
}

// editDistance is the Levenshtein distance in bytes.
// Names here are ASCII, so that bytes are letters.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitution := diagonal
			if a[i] != b[j] {
				substitution++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, substitution)
		}
	}
	return row[len(b)]
}
