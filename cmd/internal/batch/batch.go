// Package batch verifies folders of reports so that nothing is lost: inputs of any number come as a stream, each gets exactly one record in
// results.jsonl as soon as it is judged, errors included, and a run that ended at any moment, by a kill or a power failure, is continued
// where it was.
//
// What has been found stands in files of one folder and nowhere else. The package knows neither flags nor how a report is tested; it keeps
// books, counts, and compares one run with another.
package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
)

// Input is what one report comes from.
type Input struct {
	Source string // the file as it was named, and in a mailbox which message: "inbox.mbox#9f86d081884c7d65"
	Target string // what a list or a file beside it says that it is about, or ""
	Open   func() (io.ReadCloser, error)
	Err    error // why it cannot be read; Open is nil then
}

// IDOf names a report by where it came from, what it was said to be about, and what it was: the same file has the same ID in every run, a
// changed one another, and so has one that somebody gave another target.
func IDOf(source, about string, content []byte) string {
	h := sha256.New()
	for _, text := range []string{source, about} {
		io.WriteString(h, text)
		h.Write([]byte{0})
	}
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))[:idLength]
}

// FindingID names a row of a report, by the ID of that and by which of its rows it is, from 1.
func FindingID(report string, n int) string { return report + "/" + strconv.Itoa(n) }

// idLength is enough that of a million reports no two have one ID by accident (a chance of one in 10^13 or so).
const idLength = 24
