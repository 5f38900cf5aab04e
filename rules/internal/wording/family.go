package wording

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Families: sentences that differ in some words only are one wording. "(a|b|)" stands for one of the words, or for none.

// mostOfFamily bounds a family. Each sentence of it is compared like one of its own.
const mostOfFamily = 64

// Expand returns the sentences of a family, in the order in which their words are given; a sentence without alternatives is
// its only one. Brackets without a bar are those of the reporter.
func Expand(says string) ([]string, error) {
	if _, err := sizeOfFamily(says); err != nil {
		return nil, err
	}
	sentences := []string{""}
	rest := says
	for {
		open, end, words, err := alternatives(rest)
		if err != nil {
			return nil, err
		}
		if words == nil {
			break
		}
		more := make([]string, 0, len(sentences)*len(words))
		for _, s := range sentences {
			for _, w := range words {
				more = append(more, s+rest[:open]+w)
			}
		}
		sentences, rest = more, rest[end:]
	}
	for i, s := range sentences {
		if s = strings.TrimSpace(s + rest); strings.Contains(s, "  ") {
			s = strings.Join(strings.Fields(s), " ") // none of the words was chosen
		}
		sentences[i] = s
	}
	return sentences, nil
}

// sizeOfFamily is how many sentences a family has.
func sizeOfFamily(says string) (size int, err error) {
	for size = 1; ; {
		_, end, words, err := alternatives(says)
		switch {
		case err != nil:
			return 0, err
		case words == nil:
			return size, nil
		}
		if size *= len(words); size > mostOfFamily {
			return 0, fmt.Errorf("these are more than %d sentences; write some of them apart", mostOfFamily)
		}
		says = says[end:]
	}
}

// alternatives finds the first brackets with a bar between them, and their words.
func alternatives(s string) (open, end int, words []string, err error) {
	for i, c := range []byte(s) {
		switch c {
		case '(':
			open = i
		case '|':
			closes := strings.IndexByte(s[i:], ')')
			begins := strings.LastIndexByte(s[:i], '(')
			inner := strings.IndexByte(s[i:], '(')
			if closes < 0 || begins < 0 || strings.IndexByte(s[begins:i], ')') >= 0 || inner >= 0 && inner < closes {
				return 0, 0, nil, errors.New("alternatives are written (one|other), without brackets in them")
			}
			end = i + closes + 1
			return open, end, strings.Split(s[open+1:end-1], "|"), nil
		}
	}
	return 0, 0, nil, nil
}

// compileFamily compiles the sentences of a family. Where single words stand for each other one pattern knows them all; the other
// alternatives make a pattern each.
func compileFamily(says string, lists []string) (patterns []pattern, family bool, err error) {
	if !strings.ContainsAny(says, "|/") {
		p, err := compile(says, lists)
		return []pattern{p}, false, err
	}
	size, err := sizeOfFamily(says)
	if err != nil {
		return nil, false, err
	}
	sentences, err := Expand(wordsTogether(says))
	if err != nil {
		return nil, false, err
	}
	for _, s := range sentences {
		if strings.Contains(s, "/") {
			sentences = append(sentences, withoutSlash(s))
		}
	}
	patterns = make([]pattern, len(sentences))
	for i, s := range sentences {
		if patterns[i], err = compile(s, lists); err != nil {
			return nil, false, err
		}
	}
	return patterns, size > 1, nil
}

// wordOr stands between single words of which each will do. It is a character for private use, which no sentence has.
const wordOr = "\ue000"

// wordsTogether writes the alternatives that are single words as one piece each, of a family whose size is known.
func wordsTogether(says string) string {
	var b strings.Builder
	for {
		open, end, words, _ := alternatives(says)
		if words == nil {
			break
		}
		b.WriteString(says[:open])
		if slices.ContainsFunc(words, func(w string) bool { return !isSingleWord(w) || respelled(w) }) {
			b.WriteString(says[open:end]) // which words stand there depends on the choice
		} else {
			b.WriteString(strings.Join(words, wordOr))
		}
		says = says[end:]
	}
	return b.String() + says
}

// isSingleWord knows a word of letters alone.
func isSingleWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return !isLetter(c) })
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// withoutSlash takes away the slashes between two words. Programs that take them for markup leave the two in one.
func withoutSlash(s string) string {
	var b strings.Builder
	for i, c := range s {
		if c == '/' && i > 0 && i+1 < len(s) && isLetter(rune(s[i-1])) && isLetter(rune(s[i+1])) {
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
