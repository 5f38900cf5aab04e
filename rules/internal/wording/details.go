package wording

import (
	"slices"
	"strings"

	"mxverdict/parser/report"
)

// Details: lines that explain a row and make none.

// addDetail files a detail. Several tests may have the same: it explains the rows of all of them.
func (v *Vocabulary) addDetail(e entry) {
	known := &v.details
	if e.patterns[0].bare() {
		known = &v.bare
	}
	*known = append(*known, e)
	for i := range e.patterns {
		for _, key := range e.patterns[i].keys() {
			rules, shared := v.explained[key]
			switch {
			case e.rule == "", shared && rules == nil:
				v.explained[key] = nil // it explains any row
			case !slices.Contains(rules, e.rule):
				v.explained[key] = append(rules, e.rule)
			}
		}
	}
}

// farthest is how far from the beginning of a line the words are looked for by which details are filed: behind a value and the words of
// the sentence.
const farthest = 2 * maxCapture

// Detail implements report.Vocabulary. A detail begins its line; what stands behind it is ignored, but a detail that consists
// of a value fills its line.
func (v *Vocabulary) Detail(text string) (report.Detail, bool) {
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	b.read(text)
	var best found
	for k := range b.tokens {
		if int(b.tokens[k].start-b.tokens[0].start) > farthest {
			break
		}
		of := v.detailIndex.of(b.tokens[k].hash)
		for i := range of {
			x := &of[i]
			if !x.may(b.tokens, k) || k != int(x.rare) && x.lead.kind == noKind {
				continue // or it would begin behind the first word
			}
			h, ok := x.at(text, b.tokens, k-int(x.rare), b.gaps)
			if ok && h.start <= int(b.tokens[0].start) && h.end-h.start > best.end-best.start {
				best, b.best = found{span: h.span, pattern: x.pattern}, append(b.best[:0], h.gaps...)
			}
		}
	}
	if best.pattern == nil {
		return v.value(b, text)
	}
	return report.Detail{Values: best.pattern.values(text, b.best), Rules: best.pattern.explains}, true
}

// value reads a line that holds nothing but a value.
func (v *Vocabulary) value(b *buffer, text string) (report.Detail, bool) {
	if len(b.tokens) == 0 || len(text) > maxCapture || strings.IndexByte(strings.TrimSpace(text), ' ') >= 0 {
		return report.Detail{}, false
	}
	for _, e := range v.bare {
		for i := range e.patterns {
			p := &e.patterns[i]
			if taken, next := p.lead.forward(text, b.tokens, 0); next == len(b.tokens) {
				return report.Detail{Values: p.values(text, []span{taken}), Rules: p.explains, Bare: true}, true
			}
		}
	}
	return report.Detail{}, false
}
