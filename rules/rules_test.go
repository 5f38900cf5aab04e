package rules

import (
	"testing"
)

func TestCatalogueLoads(t *testing.T) {
	c, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	ran, failures := c.RunCases()
	for _, f := range failures {
		t.Error(f)
	}
	if ran < 30 {
		t.Errorf("only %d cases ran", ran)
	}
	for _, r := range c.Rules() {
		if missing := r.Uncovered(); len(missing) > 0 {
			t.Errorf("%s:%d: %s has no case that ends in %v", r.File, r.Line, r.ID, missing)
		}
	}
}
