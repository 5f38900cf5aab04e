package reading

import (
	"sync"

	"mxverdict/verify/evidence"
)

// Reading is a bundle, indexed once.
type Reading struct {
	Bundle *evidence.Bundle
	Noted  func(name string) // nil for nobody

	indexing sync.Once
	index    *index // use found
}
