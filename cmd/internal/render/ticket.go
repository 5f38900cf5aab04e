package render

import (
	"io"
	"strings"

	"mxverdict/cmd/internal/document"
)

// writeTicket writes a document as plain text that survives a help desk: at most 76 columns, no tables, no angle brackets,
// nothing that is markup for any of them. What goes to the customer and what does not are parted by a line that says so.
// What it shows in brackets stood in angle brackets or braces; a legend says so where it matters, in the transcripts.
func writeTicket(w io.Writer, d document.Document, _ Options) error {
	p := &page{width: ticketWidth, ticket: true}
	sent, rest := parted(d)
	p.reply(sent)
	if len(sent) > 0 && len(rest) > 0 {
		p.line("")
		p.line(strings.Repeat(".", ticketWidth))
		p.line(deskOnly)
	}
	for _, s := range rest {
		p.write(s)
	}
	return p.writeTo(w)
}

// writeReply writes what is for the customer, as plain as a ticket and without a heading: it is sent as it stands. A rule, which is for
// nobody in particular, is written whole.
func writeReply(w io.Writer, d document.Document, _ Options) error {
	p := &page{width: ticketWidth, ticket: true}
	p.reply(d.Upto(document.Log, document.Customer).Sections)
	return p.writeTo(w)
}

// reply writes the sections for the customer.
func (p *page) reply(sections []document.Section) {
	for _, s := range sections {
		if s.For == document.Customer {
			s.Title = ""
		}
		p.write(s)
	}
}
