package verify

import (
	"testing"

	"mxverdict/verify/evidence"
)

// A SOCKS server may say that it is connected before it is. Words from nobody prove an interception in any case.
func TestAnswered(t *testing.T) {
	connected := evidence.Event{Step: evidence.StepConnect}
	refused := evidence.Event{Step: evidence.StepConnect, Failure: &evidence.Failure{Kind: evidence.Refused}}
	closed := evidence.Event{Step: evidence.StepGreeting, Failure: &evidence.Failure{Kind: evidence.EOF}}
	greeted := evidence.Event{Step: evidence.StepGreeting, Reply: &evidence.Reply{Code: 220, Complete: true}}
	tests := []struct {
		name            string
		events          []evidence.Event
		direct, proxied bool
	}{
		{"refused", []evidence.Event{refused}, false, false},
		{"connected, then closed", []evidence.Event{connected, closed}, true, false},
		{"greeted", []evidence.Event{connected, greeted}, true, true},
		{"nothing recorded", nil, false, false},
	}
	for _, test := range tests {
		s := evidence.Session{Events: test.events}
		if answered(s, false) != test.direct || answered(s, true) != test.proxied {
			t.Errorf("%s: %v direct, %v through a proxy", test.name, answered(s, false), answered(s, true))
		}
	}
}
