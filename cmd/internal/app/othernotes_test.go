package app_test

import (
	"slices"
	"strings"
	"testing"
)

// A remark about the second server only is made, and names it; about both it is made once.
func TestNotesAboutOtherServers(t *testing.T) {
	flag := func(addresses ...string) (manners string) {
		for _, address := range addresses {
			manners += behaving(address, "recursion_available")
		}
		return manners
	}
	for _, test := range []struct {
		name    string
		manners string
		begins  string // of the one note; "" for none
	}{
		{"none", "", ""},
		{"the first", flag("192.0.2.53"), "A server sets the flag"},
		{"the second", flag("198.51.100.53"), "ns2.example.com [198.51.100.53]: A server sets the flag"},
		{"both", flag("192.0.2.53", "198.51.100.53"), "A server sets the flag"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, delegatedZone{manners: test.manners}.String(), claim("dns/open-resolver"))
			v := a.verdict("dns/open-resolver")
			notes := slices.DeleteFunc(slices.Clone(v.Notes), func(n string) bool { return !strings.Contains(n, "(RA)") })
			if v.Verdict != "false_positive" || test.begins == "" && len(notes) > 0 || test.begins != "" && (len(notes) != 1 || !strings.HasPrefix(notes[0], test.begins)) {
				t.Errorf("%s: %q", v.Verdict, v.Notes)
			}
		})
	}
}
