package render

import (
	"bytes"
	"io"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document"
)

// Options are what the reader of a document wants to see, and on what.
type Options struct {
	Level    document.Level    // how deep; a format may show more by itself
	For      document.Audience // document.Both for all
	Width    int               // columns of the terminal; 0 means 80
	Color    bool              // without it no escape sequence is written at all
	Page     bool              // a whole page that stands for itself, where the format knows such
	MaxChars int               // the most characters that the place takes for which it is; 0 for no limit
}

// Format is a way of writing results.
type Format struct {
	Name, About string
	Ending      string // of the name of a file in it

	// Together says that the results of a run are one document, which cannot be begun before the last of them is there.
	Together bool

	level document.Level
	pages bool                                              // knows whole pages
	more  string                                            // how to see what the answer leaves out, or ""
	write func(io.Writer, document.Document, Options) error // nil for those that are read by programs
}

// Formats are all formats, those for people first. A new one is a row here and its writer.
func Formats() []Format {
	return []Format{
		{Name: "text", Ending: ".txt", About: "for a terminal", level: document.Answer, write: writeText,
			more: "-v shows what each verdict rests on and what to do next, -vv the whole log; --format ticket writes it for a help desk."},
		{Name: "reply", Ending: ".txt", About: "the answer to the customer, and nothing else", level: document.Answer, write: writeReply},
		{Name: "ticket", Ending: ".txt", About: "plain text that survives every help desk: the reply, then a note for your own desk", level: document.Evidence, write: writeTicket},
		{Name: "markdown", Ending: ".md", About: "for GitHub, GitLab and desks that know Markdown", level: document.Evidence, write: writeMarkdown},
		{Name: "jira", Ending: ".txt", About: "wiki markup of Jira", level: document.Evidence, write: writeJira},
		{Name: "html", Ending: ".html", About: "a fragment for desks that take HTML; with --standalone a whole page", level: document.Evidence, pages: true, write: writeHTML},
		{Name: "json", Ending: ".json", About: "everything, for programs", Together: true},
		{Name: "jsonl", Ending: ".jsonl", About: "the same, a line a report"},
	}
}

// Named is the format of a name.
func Named(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// ForPeople tells whether a format shows documents, such as those of rules too.
func (f Format) ForPeople() bool { return f.write != nil }

// Lines tells whether each result is a line, which names its report, so that who reads them needs no order.
func (f Format) Lines() bool { return f.write == nil && !f.Together }

// AtOnce tells whether all results of a run are one document with those options, so that the first has to wait for the last.
func (f Format) AtOnce(o Options) bool { return f.Together || f.pages && o.Page }

// Results writes results. Those that are one document come as an array where many inputs were asked for, however many of them could be
// read.
func (f Format) Results(w io.Writer, results []result.Result, many bool, o Options) error {
	switch {
	case f.write == nil && f.Together:
		return indented(w, documentsOf(results, o.For), many)
	case f.write == nil:
		return lines(w, documentsOf(results, o.For))
	}
	documents := make([]document.Document, len(results))
	for i, r := range results {
		documents[i] = document.Of(r)
	}
	return f.documents(w, documents, o)
}

// documents writes documents one after the other, or all on one page.
func (f Format) documents(w io.Writer, documents []document.Document, o Options) error {
	var page bytes.Buffer
	to := w
	if f.AtOnce(o) {
		to, o.Page = &page, false
	}
	for i, d := range documents {
		if i > 0 && to == &page {
			page.WriteString("<hr>\n")
		}
		if err := f.Document(to, d, o); err != nil {
			return err
		}
	}
	if to == w {
		return nil
	}
	return write(w, standalone(page.Bytes()))
}

// Document writes a document, as deep as its reader wants or the format has to go.
func (f Format) Document(w io.Writer, d document.Document, o Options) error {
	o.Level = max(o.Level, f.level)
	shown := d.Upto(o.Level, o.For)
	if f.more != "" && o.Level == document.Answer && len(d.Upto(document.Log, o.For).Sections) > len(shown.Sections) {
		shown.Sections = append(shown.Sections, document.Notice("MORE", f.more))
	}
	return fitted(w, shown, o, f.write)
}
