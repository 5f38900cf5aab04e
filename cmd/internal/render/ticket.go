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
	sent := d.Upto(document.Log, document.Customer)
	p.reply(sent)
	if rest := d.Upto(document.Log, document.Internal); len(rest.Sections) > 0 {
		if len(sent.Sections) > 0 {
			p.line("")
			p.line(strings.Repeat(".", ticketWidth))
			p.line("For your own desk: from here on it is not for the customer.")
		}
		for _, s := range rest.Sections {
			p.write(s)
		}
	}
	return p.writeTo(w)
}

// writeReply writes what is for the customer, as plain as a ticket and without a heading: it is sent as it stands.
func writeReply(w io.Writer, d document.Document, _ Options) error {
	p := &page{width: ticketWidth, ticket: true}
	p.reply(d.Upto(document.Log, document.Customer))
	return p.writeTo(w)
}

// reply writes the sections for the customer.
func (p *page) reply(d document.Document) {
	for _, s := range d.Sections {
		s.Title = ""
		p.write(s)
	}
}
