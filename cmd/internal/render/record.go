package render

import (
	"encoding/json"
	"fmt"

	"mxverdict/cmd/internal/check/result"
)

// Record is a result as a line of a run's records: by its contract, and without the evidence, which is kept beside them.
func Record(r result.Result) (json.RawMessage, error) {
	b, err := json.Marshal(struct {
		verdictDocument
		Evidence *struct{} `json:"evidence,omitempty"` // in place of the one of the contract
	}{verdictDocument: documentWithout(r)})
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return visible(b), nil
}
