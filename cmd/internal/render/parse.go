package render

import (
	"io"

	"mxverdict/cmd/internal/document"
	"mxverdict/parser/report"
)

// readDocument is a report that nobody judged, with the account of its rows.
type readDocument struct {
	report.Report
	Rows rowsOf `json:"rows"`
}

// rowsOf counts the rows of a report.
type rowsOf struct {
	Total         int `json:"total"`
	Understood    int `json:"understood"`
	NotUnderstood int `json:"not_understood"`
}

func readDocumentOf(r report.Report) readDocument {
	yes, no := document.RowsRead(r)
	return readDocument{reportDocument(r), rowsOf{len(r.Findings), yes, no}}
}

// Reports writes reports that nobody judged.
func (f Format) Reports(w io.Writer, reports []report.Report, many bool, o Options) error {
	read := make([]readDocument, len(reports))
	documents := make([]document.Document, len(reports))
	for i, r := range reports {
		read[i], documents[i] = readDocumentOf(r), document.OfReport(r)
	}
	switch {
	case f.write == nil && f.Together:
		return indented(w, read, many)
	case f.write == nil:
		return lines(w, read)
	}
	return f.documents(w, documents, o)
}
