package derive

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// What two domains of a report deny each other about a shared host, a third does not decide.
func TestDomainsThatDiffer(t *testing.T) {
	d := &derivation{bundle: &evidence.Bundle{}, set: &facts.Set{}, agreed: map[facts.Subject]bool{}}
	subject := facts.SessionAt("mail.example.com", "203.0.113.25")
	for _, covers := range []bool{true, false, true} {
		d.agree(subject, facts.Fact{Name: facts.MTASTSCoversHost, Value: facts.BoolValue(covers)})
	}
	if f, _ := d.set.Get(facts.MTASTSCoversHost, subject); f.Known() || f.Why.Code != facts.Disagreement {
		t.Errorf("%+v", f)
	}
}
