package wording

import (
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
)

// Evidence: what in a document shows whose it is and what its rows are worth: frames, which introduce faults, and the names
// and hosts of the reporter.

// countPlaceholder is the number of faults that a frame introduces.
const countPlaceholder = "count"

// evidence reads frames and spellings of the reporter's name.
func (l *loader) evidence(raw *reporterFile) error {
	var m strict.Mistakes
	names, err := l.list(&raw.Names)
	m.Add(err)
	l.out.names = []string{l.out.Name}
	for _, name := range names {
		if len(wordsOfName(name.Value)) == 0 {
			m.Add(l.errorf(name, "a name needs a letter"))
		}
		l.out.names = append(l.out.names, name.Value)
	}
	for i := range raw.Frames {
		m.Add(l.frame(&raw.Frames[i]))
	}
	return m.Err()
}

// frame reads a sentence that introduces faults.
func (l *loader) frame(node *yaml.Node) error {
	var n sentenceNodes
	if err := strict.Fields(l.file, node, n.fields()...); err != nil {
		return err
	}
	f, err := l.worded(node, n, nil)
	if err == nil {
		l.out.frames = append(l.out.frames, f)
	}
	return err
}

// Frame implements report.Vocabulary.
// A frame that counts no faults introduces none.
func (v *Vocabulary) Frame(text string) bool {
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	b.read(text)
	const longest = 16 // words of a frame; every line is asked
	if len(b.tokens) > longest {
		return false
	}
	for k := range b.tokens {
		of := v.frameIndex.of(b.tokens[k].hash)
		for i := range of {
			x := &of[i]
			if !x.may(b.tokens, k) {
				continue
			}
			if h, ok := x.at(text, b.tokens, k-int(x.rare), b.gaps); ok && b.fills(h.span, text) {
				count, counts := x.values(text, h.gaps)[countPlaceholder]
				return !counts || *count.Number > 0
			}
		}
	}
	return false
}

// fills tells whether nothing but points stands around a piece of the text whose words the buffer holds.
func (b *buffer) fills(s span, text string) bool {
	return s.start <= int(b.tokens[0].start) && s.end >= int(b.tokens[len(b.tokens)-1].end)
}

// mention is one spelling of a reporter's name, or one of its hosts.
type mention struct {
	words []word
	by    *Reporter
}

// addMentions files the names and hosts of a reporter by which texts mention it.
func (v *Vocabulary) addMentions(r *Reporter) {
	for _, spelled := range append(r.names, r.Hosts...) {
		// Without its articles, like the text in which it is looked for.
		if words := compileWords(spelled, lex(nil, spelled), nameBlank); len(words) > 0 {
			v.mentions.add(words[0].hash, mention{words, r})
		}
	}
}

// Mentions implements report.Vocabulary.
func (v *Vocabulary) Mentions(text string) (reporter string, ok bool) {
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	b.read(text)
	for k, t := range b.tokens {
		if t.hash == hashURL {
			if r := v.ownerOf(hostAround(text, int(t.start), int(t.end))); r != nil {
				return r.ID, true
			}
		}
		for _, m := range v.mentions.of(t.hash) {
			if follow(b.tokens, k, m.words, false, &hit{}) > 0 {
				return m.by.ID, true
			}
		}
	}
	return "", false
}

// hostAround is the host in a web address one of whose words stands between two places.
func hostAround(text string, start, end int) string {
	for start > 0 && (isWordAt(text, start-1) || strings.IndexByte(".-", text[start-1]) >= 0) {
		start--
	}
	return hostOf(text[start:end])
}
