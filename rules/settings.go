package rules

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
)

// Setting is a key of a file of settings with what stands behind it: one word, or those of a list. Line counts from 1.
type Setting struct {
	Key    string
	Values []string
	Line   int
}

// Settings reads a file of keys with values, such as the defaults of a user, as strictly as a file of rules; in which words a key and
// its value make sense is left to the caller. Only the values of lists may be lists. A file without keys, such as one of comments, has
// no settings.
// It is here because mistakes should be told in the same way as those in rule files.
func Settings(file string, data []byte, keys, lists []string) ([]Setting, error) {
	var empty yaml.Node
	if errors.Is(yaml.NewDecoder(bytes.NewReader(data)).Decode(&empty), io.EOF) {
		return nil, nil
	}
	var doc yaml.Node
	if err := strict.Decode(file, data, &doc); err != nil {
		return nil, first(err)
	}
	values := make([]*yaml.Node, len(keys))
	fields := make([]strict.Field, len(keys))
	for i, key := range keys {
		fields[i] = strict.Field{Key: key, Into: &values[i], List: slices.Contains(lists, key) && isList(&doc, key)}
	}
	if err := strict.Fields(file, &doc, fields...); err != nil {
		return nil, first(err)
	}
	var settings []Setting
	for i, value := range values {
		if value == nil {
			continue
		}
		words := []string{value.Value}
		if value.Kind == yaml.SequenceNode {
			var err error
			if words, err = strict.Words(file, value); err != nil {
				return nil, first(err)
			}
		}
		if value.Kind == yaml.ScalarNode && value.Value == "" || value.Tag == "!!null" || len(words) == 0 {
			return nil, strict.Errorf(file, value, "%s has no value; leave the line out", keys[i])
		}
		settings = append(settings, Setting{keys[i], words, value.Line})
	}
	return settings, nil
}

// isList tells whether a list stands behind a key.
func isList(doc *yaml.Node, key string) bool {
	for i := 0; i+1 < len(doc.Content); i += 2 {
		if doc.Content[i].Value == key {
			return doc.Content[i+1].Kind == yaml.SequenceNode
		}
	}
	return false
}
