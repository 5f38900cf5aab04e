package app_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// measured is a fact behind a verdict.
type measured struct {
	Fact, Subject, Evidence string
	Value                   json.RawMessage
}

// wantExchanges checks that what was measured for a rule of the areas dns and mx names the DNS exchange that shows it.
func wantExchanges(t *testing.T, verdicts []verdict) {
	t.Helper()
	for _, v := range verdicts {
		if area, _, _ := strings.Cut(v.Rule, "/"); area != "dns" && area != "mx" {
			continue
		}
		for _, m := range v.Measured {
			if string(m.Value) != "null" && !strings.Contains(m.Evidence, "DNS exchange ") {
				t.Errorf("%s: %s of %s names no DNS exchange: %q", v.Rule, m.Fact, m.Subject, m.Evidence)
			}
		}
	}
}
