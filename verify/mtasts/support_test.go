package mtasts

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// factsOf derives the facts of this topic.
func factsOf(b *evidence.Bundle) *facts.Set { return scene.Facts(b, Derive) }
