package reading

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/facts"
)

// A device on the tester's side that reads along may change what a server says. Of each fact about what was said it is decided whether one
// of the known devices can be behind it: a forgotten one would be told as the server's own fault.
func TestWhatADeviceMayChange(t *testing.T) {
	// What such devices leave alone: whether and when a server speaks, and what was said inside TLS.
	leftAlone := []string{"smtp.port", "smtp.route.", "smtp.network.", "smtp.connect.", "smtp.greeting.received", "smtp.greeting.code", "smtp.greeting.latency",
		"smtp.greeting.first_byte", "smtp.ehlo.latency", "smtp.mail.latency", "smtp.rcpt.latency", "smtp.transaction.", "smtp.nolisting", "smtp.drip",
		"smtp.tarpit", "smtp.delay.", "smtp.samples.", "smtp.hangup", "smtp.starttls.smuggled", "smtp.certificate."}
	for _, def := range facts.Definitions() {
		if def.Scope != facts.Session || !strings.HasPrefix(string(def.Name), "smtp.") {
			continue
		}
		alone := slices.ContainsFunc(leftAlone, func(begins string) bool { return strings.HasPrefix(string(def.Name), begins) })
		if changes := slices.Contains(Rewritings[0].Facts, def.Name); changes == alone {
			t.Errorf("%s: a device may change it: %v, and is known to leave it alone: %v", def.Name, changes, alone)
		}
	}
}
