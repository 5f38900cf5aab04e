package render

import (
	"io"

	"mxverdict/cmd/internal/document"
)

func writeMarkdown(w io.Writer, d document.Document, o Options) error { return writeTicket(w, d, o) }
func writeJira(w io.Writer, d document.Document, o Options) error     { return writeTicket(w, d, o) }
func writeHTML(w io.Writer, d document.Document, o Options) error     { return writeTicket(w, d, o) }
