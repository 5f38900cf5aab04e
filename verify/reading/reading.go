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

	asked map[Question]bool              // of a run under way
	walks map[string]evidence.Delegation // by the name for which they were made
}

// Add takes up exchanges of a run under way. What was read before is read anew.
func (r *Reading) Add(exchanges ...evidence.Exchange) {
	r.Bundle.Exchanges = append(r.Bundle.Exchanges, exchanges...)
	r.index, r.indexing = nil, sync.Once{}
}
