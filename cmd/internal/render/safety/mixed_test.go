package safety

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// mixtures is how many are tried.
const mixtures = 40

// What is harmless alone may not be in company: an escape before a mark, a mark that ends what another began.
func TestMixturesOfAttacks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	signs := strings.Split("\\ ` `` * _ { } [ ] ( ) < > # + - . ! | ~ & @ : ; / ? ^ % $ = \" ' ::a x 1 A-1 A & &# 92; http // www. h1. bq. -- :D (x) \n \t {noformat} ] ](", " ")
	signs = append(signs, " ", " ")
	for range mixtures {
		var b strings.Builder
		for range 2 + random.IntN(14) {
			b.WriteString(signs[random.IntN(len(signs))])
		}
		checkAll(t, b.String())
	}
}
