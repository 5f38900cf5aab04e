package wording

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// What the pages of a reporter are known by: categories and commands, column titles, links, host names.

// categories reads the words of summary tables and headings, and what the names beside them are.
func (l *loader) categories(raw *reporterFile) error {
	var m strict.Mistakes
	categories, err := l.list(&raw.Categories)
	m.Add(err)
	commands, err := l.list(&raw.Commands)
	m.Add(err)
	for _, c := range slices.Concat(categories, commands) {
		if !idShape.MatchString(c.Value) {
			m.Add(l.errorf(c, "a category is one lower-case word"))
		}
		l.out.commands = append(l.out.commands, c.Value)
	}
	l.out.categories = l.out.commands[:len(categories)]
	l.out.kinds = map[string]report.Kind{}
	kinds := []report.Kind{report.DomainName, report.HostName}
	m.Add(l.groups(&raw.Subjects, []string{"domain", "host"}, func(kind int, word *yaml.Node) error {
		switch c := word.Value; {
		case !slices.Contains(l.out.commands, c):
			return l.errorf(word, "unknown category %q%s", c, strict.Suggest(c, l.out.commands))
		case l.out.kinds[c] != report.AnyName:
			return l.errorf(word, "category %q stands here a second time", c)
		}
		l.out.kinds[word.Value] = kinds[kind]
		return nil
	}))
	m.Add(l.arguments(&raw.Arguments))
	return m.Err()
}

// argumentValues are the values that may stand behind the name in a look-up.
var argumentValues = []string{"selector", "port"}

// arguments reads what may stand behind the name in a look-up of a category.
func (l *loader) arguments(node *yaml.Node) error {
	l.out.arguments = map[string]string{}
	return l.groups(node, argumentValues, func(value int, word *yaml.Node) error {
		switch c := word.Value; {
		case !slices.Contains(l.out.commands, c):
			return l.errorf(word, "unknown category %q%s", c, strict.Suggest(c, l.out.commands))
		case l.out.arguments[c] != "":
			return l.errorf(word, "category %q stands here a second time", c)
		default:
			l.out.arguments[c] = argumentValues[value]
		}
		return nil
	})
}

// Argument implements report.Vocabulary.
func (v *Vocabulary) Argument(category string) (value string) {
	return v.categories[strings.ToLower(category)].argument
}

// pages reads what the links and tables of a reporter's pages are known by.
func (l *loader) pages(raw *reporterFile) error {
	var m strict.Mistakes
	m.Add(l.links(&raw.Links))
	var err error
	l.out.columnClasses, err = l.oneWordEach(&raw.Classes)
	m.Add(err)
	m.Add(l.columns(&raw.Columns))
	return m.Err()
}

// columns reads the titles of the columns of tables.
func (l *loader) columns(node *yaml.Node) error {
	l.out.columns = map[string]report.Column{}
	holds := []report.Column{report.StatusColumn, report.CategoryColumn, report.HostColumn, report.TestColumn, report.ResultColumn}
	return l.groups(node, []string{"status", "category", "host", "test", "result"}, func(column int, word *yaml.Node) error {
		title := strings.ToLower(word.Value)
		if _, twice := l.out.columns[title]; twice {
			return l.errorf(word, "the title %q stands here a second time", word.Value)
		}
		l.out.columns[title] = holds[column]
		return nil
	})
}

// oneWordEach reads a list whose entries hold no blanks, as parts of addresses and classes do.
func (l *loader) oneWordEach(node *yaml.Node) ([]string, error) {
	var m strict.Mistakes
	list, err := l.list(node)
	m.Add(err)
	var words []string
	for _, w := range list {
		if !isID(w.Value) {
			m.Add(l.errorf(w, "this must be one word, without blanks"))
		}
		words = append(words, w.Value)
	}
	return words, m.Err()
}

// category is what is known of a category of summary tables and headings.
type category struct {
	kind     report.Kind
	anyCase  bool   // else it counts in lower case only
	argument string // the value that may stand behind the name in a look-up
}

// Category implements report.Vocabulary. It is asked about the first word of every line.
func (v *Vocabulary) Category(word string) (report.Kind, bool) {
	var lowered [16]byte // longer words are none
	if len(word) > len(lowered) {
		return report.AnyName, false
	}
	if c, known := v.categories[word]; known {
		return c.kind, true
	}
	for i := range len(word) {
		lowered[i] = lower(word[i])
	}
	c := v.categories[string(lowered[:len(word)])]
	return c.kind, c.anyCase
}

// Column implements report.Vocabulary.
// Titles are compared whole: a cell that merely contains the word is a cell.
func (v *Vocabulary) Column(title string) report.Column {
	const longest = 32 // of a title; texts of cells are asked about too
	if len(title) > longest {
		return report.OtherColumn
	}
	return v.columns[strings.ToLower(title)]
}

// ColumnOf implements report.Vocabulary.
// Pages name the columns in the class of each cell, which survives where the titles were not copied.
func (v *Vocabulary) ColumnOf(class string) report.Column {
	for _, r := range v.reporters {
		for _, prefix := range r.columnClasses {
			if len(class) > len(prefix) && strings.EqualFold(class[:len(prefix)], prefix) {
				return v.Column(class[len(prefix):])
			}
		}
	}
	return report.OtherColumn
}

// OwnName implements report.Vocabulary.
// All names below those of a reporter are his too, or his probes would be taken for the customer's servers.
func (v *Vocabulary) OwnName(host string) bool {
	return v.ownerOf(host) != nil
}

// ownerOf is the reporter to whom a host belongs, or nil.
func (v *Vocabulary) ownerOf(host string) *Reporter {
	for _, r := range v.reporters {
		if r.owns(host) {
			return r
		}
	}
	return nil
}

// owns tells whether a host is one of the reporter's, or below one.
func (r *Reporter) owns(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(r.Hosts, func(own string) bool { return host == own || strings.HasSuffix(host, "."+own) })
}

// hostOf is the host of a web address, with or without a scheme.
func hostOf(address string) string {
	if _, behind, ok := strings.Cut(address, "://"); ok {
		address = behind
	}
	if end := strings.IndexAny(address, "/?#:"); end >= 0 {
		address = address[:end]
	}
	return address
}
