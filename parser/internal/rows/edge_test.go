package rows

import (
	"strings"
	"testing"
)

// TestEdgeIsNear checks that no more than a bounded part of a line is looked at for the word from which a place is parted: a line of
// icons would take time in proportion to the square of its length.
func TestEdgeIsNear(t *testing.T) {
	for _, mark := range []string{"⚠", "⚠ ", ".", "- ", "»"} {
		near, far := strings.Repeat(mark, 3), strings.Repeat(mark, 500)
		if e := edgeBehind("word"+near+"word", 4); e == ownCell {
			t.Errorf("a word behind %q is in another cell", near)
		}
		if e := edgeBehind("word"+far+"word", 4); e != ownCell {
			t.Errorf("edge %d behind a word in front of 500 times %q", e, mark)
		}
		if e := edgeBefore("word"+far+"word", 4+len(far)); e != ownCell {
			t.Errorf("edge %d in front of a word behind 500 times %q", e, mark)
		}
	}
	if got := withLiteral("smtp:["+strings.Repeat("x", 500)+"]", "smtp:"); got != "smtp:" {
		t.Errorf("an address literal of %d bytes", len(got))
	}
}
