package scan

import (
	"testing"
	"unicode"
)

// The ranges that are known without a look at the tables of Unicode must say what these say.
func TestIsWordRuneOfEachCharacter(t *testing.T) {
	for c := range rune(unicode.MaxRune + 1) {
		want := (unicode.IsLetter(c) || unicode.IsDigit(c)) && !IsPicture(c)
		if got := IsWordRune(c); got != want {
			t.Errorf("%U: %t", c, got)
		}
	}
}
