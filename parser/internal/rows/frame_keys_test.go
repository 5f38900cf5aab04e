package rows

import (
	"strings"
	"testing"
)

// TestFrameKeys checks that no phrase of a frame is passed over for want of a key.
func TestFrameKeys(t *testing.T) {
	for _, table := range []string{faultWords, faultWord, goodWords, saysWords} {
		for line := range strings.Lines(table) {
			for phrase := range strings.SplitSeq(line, "/") {
				for _, said := range spelledOut(phrase) {
					if !frameKeys().in(strings.ToUpper(said)) || !frameKeys().in("1 "+string(fold(nil, said))+":") {
						t.Errorf("%q is no frame for want of a key word", said)
					}
				}
			}
		}
	}
	if frameKeys().in("SOA Serial Number Format is Invalid") {
		t.Error("every line seems to hold a key word")
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
