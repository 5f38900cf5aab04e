package rows

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestDenialWords holds the word sets against the expressions that they guard: what an expression matches they let
// through. The texts are made of the expressions' own words.
func TestDenialWords(t *testing.T) {
	pieces := regexp.MustCompile(`[\pL]+`).FindAllString(denial.String()+undone.String(), -1)
	pieces = append(pieces, "n't", "n’t", "isn't", "doesn’t", "any more", "ningún", "NO", "Is", "Kein", "ſin", "ſtopped",
		"n'est plus", "keine", "aucune", "hasn't", `"`, "“", "’", "'", "(", ".", " ", "1", "_", "e", "s", "the", "say", "gone")
	random := rand.New(rand.NewPCG(1, 2))
	denied, undid := 0, 0
	for range 50000 {
		var b strings.Builder
		for range 1 + random.IntN(5) {
			b.WriteString(pieces[random.IntN(len(pieces))])
			if random.IntN(5) > 0 {
				b.WriteByte(' ')
			}
		}
		text := b.String()
		if denial.MatchString(text) {
			if denied++; !mayDeny(text) {
				t.Errorf("mayDeny(%q) = false", text)
			}
		}
		if undone.MatchString(text) {
			if undid++; !mayUndo(text) {
				t.Errorf("mayUndo(%q) = false", text)
			}
		}
	}
	if denied < 100 || undid < 100 {
		t.Errorf("only %d denials and %d undone texts were tried", denied, undid)
	}
}
