package speech

import (
	"strings"
	"testing"
)

// TestKeys checks that no phrase is passed over for want of a key.
func TestKeys(t *testing.T) {
	checkKeys(t, frameKeys(), faultWords, faultWord, goodWords, saysWords)
	checkKeys(t, genreKeys(), examWords, contractWords, manualWords, searchWords, changelogWords, sectionWords, choiceWords,
		lessonWords, templateWords, countWords, styleWords)
	if frameKeys().in("SOA Serial Number Format is Invalid") {
		t.Error("every line seems to hold a key word")
	}
}

// checkKeys looks for the keys in all that the phrases of some tables stand for.
func checkKeys(t *testing.T, keys *keyWords, tables ...string) {
	for _, table := range tables {
		for line := range strings.Lines(table) {
			for phrase := range strings.SplitSeq(line, "/") {
				for _, said := range spelledOut(phrase) {
					if !keys.in(strings.ToUpper(said)) || !keys.in("1 "+string(fold(nil, said))+":") {
						t.Errorf("%q is passed over for want of a key word", said)
					}
				}
			}
		}
	}
}

// spelledOut are the texts that a phrase stands for.
func spelledOut(phrase string) []string {
	texts := []string{""}
	for slot := range strings.FieldsSeq(phrase) {
		var more []string
		for word := range strings.SplitSeq(slot, "|") {
			for _, text := range texts {
				more = append(more, text+" "+strings.ReplaceAll(word, "+", " "))
			}
		}
		texts = more
	}
	return texts
}
