package verify_test

import (
	"reflect"
	"testing"

	"mxverdict/verify"
	"mxverdict/verify/facts"
)

// A plan names each target once, in the order of the reports, with the probes that all facts about it take together.
func TestMake(t *testing.T) {
	plan := verify.Make([]facts.Need{
		{Target: "mail.example.com", Host: true, Facts: []facts.Name{facts.SMTPSTARTTLSMissing}},
		{Target: "example.com", Facts: []facts.Name{facts.MXMissing, facts.DNSHostLedBy}},
		{Target: "mail.example.com", Facts: []facts.Name{facts.DNSPTRNames}},
		{Target: "example.net", Host: true},
		{Target: "example.com", Facts: []facts.Name{facts.SMTPGreetingReceived}},
		{Target: "example.net", Lists: []string{"One", "Two"}},
		{Target: "example.net", Lists: []string{"Two", "Three"}},
	})
	want := []verify.Task{
		{Name: "mail.example.com", Source: facts.FromSession | facts.FromTLS | facts.FromPTR},
		{Name: "example.com", Source: facts.FromSOA | facts.FromMX | facts.FromSession},
		{Name: "example.net", Lists: []string{"One", "Two", "Three"}},
	}
	if len(plan.Targets) != len(want) {
		t.Fatalf("the plan is %v", plan.Targets)
	}
	for i, task := range plan.Targets {
		if !reflect.DeepEqual(task, want[i]) {
			t.Errorf("task %d is %+v, want %+v", i, task, want[i])
		}
	}
}

// Ports that rows name are tried, a few of them: a report must not turn its reader into a scanner.
func TestMakeScansNoPorts(t *testing.T) {
	need := facts.Need{Target: "example.com", Facts: []facts.Name{facts.TCPOpen}}
	for port := range uint16(100) {
		need.Ports = append(need.Ports, 8000+port, 8000+port)
	}
	if plan := verify.Make([]facts.Need{need, need}); !reflect.DeepEqual(plan.Targets[0].Ports, []uint16{8000, 8001, 8002, 8003}) {
		t.Errorf("ports %v", plan.Targets[0].Ports)
	}
}

// A fact that comes with others opens no connection for itself.
func TestMakeAsksNothingForCompanions(t *testing.T) {
	if plan := verify.Make([]facts.Need{{Target: "example.com", Facts: []facts.Name{facts.DNSHostLedBy}}}); plan.Targets[0].Source != 0 || plan.SMTP() || plan.NameServers() {
		t.Errorf("the plan is %v", plan.Targets)
	}
}
