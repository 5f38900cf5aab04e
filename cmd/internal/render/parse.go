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
	documents := make([]readDocument, len(reports))
	for i, r := range reports {
		documents[i] = readDocumentOf(r)
	}
	switch {
	case f.write == nil && f.Together:
		return indented(w, documents, many)
	case f.write == nil:
		return lines(w, documents)
	}
	for _, r := range reports {
		if err := f.Document(w, document.OfReport(r), o); err != nil {
			return err
		}
	}
	return nil
}
