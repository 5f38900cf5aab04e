package speech

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

// What fold leaves as it is, or takes for no accent, without a look at the tables of Unicode must be what these say.
func TestFoldOfEachCharacter(t *testing.T) {
	for c := range rune(unicode.MaxRune + 1) {
		if !utf8.ValidRune(c) {
			continue
		}
		want := string(unicode.ToLower(c))
		if bare, ok := bareLetters()[unicode.ToLower(c)]; ok {
			want = bare
		}
		if unicode.Is(unicode.Mn, c) {
			want = ""
		}
		if got := string(fold(nil, string(c))); got != want {
			t.Errorf("%U: %q, want %q", c, got, want)
		}
	}
}
