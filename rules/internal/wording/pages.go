package wording

import (
	"slices"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// What the pages of a reporter are known by: categories and commands, column titles, links, host names.

// categories reads the words of summary tables and headings, and what the names beside them are.
func (l *loader) categories(raw *reporterFile) error {
	var m strict.Mistakes
	for _, c := range slices.Concat(raw.Categories, raw.Commands) {
		if !idShape.MatchString(c.text) {
			m.Add(l.errorf(c.node, "a category is one lower-case word"))
		}
		l.out.commands = append(l.out.commands, c.text)
	}
	l.out.categories = l.out.commands[:len(raw.Categories)]
	l.out.kinds = map[string]report.Kind{}
	for _, c := range raw.Subjects.Domain {
		m.Add(l.kind(c, report.DomainName))
	}
	for _, c := range raw.Subjects.Host {
		m.Add(l.kind(c, report.HostName))
	}
	return m.Err()
}

func (l *loader) kind(category lined, kind report.Kind) error {
	switch c := category.text; {
	case !slices.Contains(l.out.commands, c):
		return l.errorf(category.node, "unknown category %q%s", c, strict.Suggest(c, l.out.commands))
	case l.out.kinds[c] != report.AnyName:
		return l.errorf(category.node, "category %q stands here a second time", c)
	}
	l.out.kinds[category.text] = kind
	return nil
}

// pages reads what the links and tables of a reporter's pages are known by.
func (l *loader) pages(raw *reporterFile) error {
	var m strict.Mistakes
	var err error
	l.out.links, err = l.oneWordEach(raw.Links)
	m.Add(err)
	l.out.columnClasses, err = l.oneWordEach(raw.Classes)
	m.Add(err)
	m.Add(l.columns(raw.Columns))
	return m.Err()
}

func (l *loader) columns(raw columnsFile) error {
	var m strict.Mistakes
	l.out.columns = map[string]report.Column{}
	for _, list := range []struct {
		column report.Column
		titles []lined
	}{{report.StatusColumn, raw.Status}, {report.CategoryColumn, raw.Category}, {report.HostColumn, raw.Host},
		{report.TestColumn, raw.Test}, {report.ResultColumn, raw.Result}} {
		for _, t := range list.titles {
			title := strings.ToLower(t.text)
			if _, twice := l.out.columns[title]; twice || title == "" {
				m.Add(l.errorf(t.node, "the title %q is empty or stands here a second time", t.text))
				continue
			}
			l.out.columns[title] = list.column
		}
	}
	return m.Err()
}

func (l *loader) oneWordEach(list []lined) ([]string, error) {
	var m strict.Mistakes
	var words []string
	for _, w := range list {
		if !isID(w.text) {
			m.Add(l.errorf(w.node, "this must be one word, without blanks"))
		}
		words = append(words, w.text)
	}
	return words, m.Err()
}

// category is what is known of a category of summary tables and headings.
type category struct {
	kind    report.Kind
	anyCase bool // else it counts in lower case only
}

// Category implements report.Vocabulary. It is asked about the first word of every line.
func (v *Vocabulary) Category(word string) (report.Kind, bool) {
	if len(word) > 16 {
		return report.AnyName, false
	}
	if c, known := v.categories[word]; known {
		return c.kind, true
	}
	c := v.categories[strings.ToLower(word)]
	return c.kind, c.anyCase
}

// Column implements report.Vocabulary.
func (v *Vocabulary) Column(title string) report.Column {
	const longest = 32 // of a title; texts of cells are asked about too
	if len(title) > longest {
		return report.OtherColumn
	}
	return v.columns[strings.ToLower(title)]
}

// ColumnOf implements report.Vocabulary.
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

// Link implements report.Vocabulary. The look-up is the value of a parameter, "…?action=dns:example.com".
func (v *Vocabulary) Link(address string) (category, name string, ok bool) {
	for _, r := range v.reporters {
		for _, parameter := range r.links {
			_, value, _ := strings.Cut(address, parameter+"=")
			value, _, _ = strings.Cut(value, "&")
			category, name, ok = strings.Cut(value, ":")
			if _, known := v.Category(category); ok && known {
				return category, name, true
			}
		}
	}
	return "", "", false
}

// OwnName implements report.Vocabulary.
func (v *Vocabulary) OwnName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, r := range v.reporters {
		for _, own := range r.Hosts {
			if host == own || strings.HasSuffix(host, "."+own) {
				return true
			}
		}
	}
	return false
}
