package app

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"mxverdict/cmd/internal/batch"
	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/render"
)

// The files of --each: the verdict on each report in formats for people. What counts is the record; a file tells the same or is not there.

// verdictFile is the file of the verdict on a source in a format.
func verdictFile(source string, format render.Format) string {
	return batch.FileOf(source, "."+format.Name+format.Ending)
}

// writeVerdict writes what a result looks like in formats.
func (b *batchRun) writeVerdict(source string, r result.Result, formats []render.Format) error {
	for _, format := range formats {
		var text bytes.Buffer
		if err := format.Results(&text, []result.Result{r}, false, b.options); err != nil {
			return err
		}
		if err := b.store.WriteFile(verdictFile(source, format), text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// forget removes what earlier runs wrote about a source whose record is about to be replaced, but for formats that are written anew.
func (b *batchRun) forget(source string, but []render.Format) {
	if !b.store.Knows(source) {
		return
	}
	for _, format := range render.Formats() {
		if slices.ContainsFunc(but, func(f render.Format) bool { return f.Name == format.Name }) {
			continue
		}
		if err := b.store.Remove(verdictFile(source, format)); err != nil {
			b.unwritten(err)
		}
	}
}

// longestJudgement is how long it may take to judge the evidence of a report again.
const longestJudgement = time.Minute

// complete writes the files of reports that an earlier run judged: of formats that it was not asked for, or that were lost since. The evidence
// is judged again for that, which gives the same as long as the rules are the same; of records by other rules no file is written, for it would
// tell something else.
func (b *batchRun) complete() {
	if !b.resumed || len(b.each) == 0 {
		return
	}
	others := 0
	for r, err := range b.store.Records() {
		if b.p.env.Context.Err() != nil {
			b.readAll = false // of the records of this run
			return
		}
		missing := slices.DeleteFunc(slices.Clone(b.each), func(f render.Format) bool { return err != nil || b.store.Holds(verdictFile(r.Source, f)) })
		switch {
		case err != nil:
			b.unwritten(err)
		case r.Error != "" || len(missing) == 0:
		case r.Rules != b.catalogue.Digest():
			others++
		default:
			b.rewrite(r, missing)
		}
	}
	if others > 0 {
		b.p.say(fmt.Sprintf("The verdicts on %d reports were not written to files of their own: other rules than today's judged them.", others))
	}
}

// rewrite writes the files of one record.
func (b *batchRun) rewrite(r batch.Record, formats []render.Format) {
	seen, err := b.store.Bundle(r)
	var judged result.Result
	if err == nil {
		judged, err = b.p.judgeRecord(r, seen, longestJudgement, b.catalogue)
	}
	if err != nil {
		b.p.say(fmt.Sprintf("mxverdict: note: the verdict on %s was not written to a file: %v", r.Source, err))
		return
	}
	if err := b.writeVerdict(r.Source, judged, formats); err != nil {
		b.unwritten(err)
	}
}
