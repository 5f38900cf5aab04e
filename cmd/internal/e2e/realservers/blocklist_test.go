//go:build realservers

package realservers

import (
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/blocklist"
)

// listEntries are records of a block list, named as they stand before its zone.
func listEntries(zone string, entries ...string) string {
	var b strings.Builder
	for _, e := range entries {
		name, data, _ := strings.Cut(e, " ")
		b.WriteString(name + "." + zone + ". " + data + "\n")
	}
	return b.String()
}

// listWants are the block lists that reports name, with what has to come out.
var listWants = map[string]string{
	"SPAMCOP":      "confirmed high",
	"PSBL":         "false_positive changed",
	"Spamhaus ZEN": "inconclusive refused",
	"ZapBL":        "policy_disagreement", // it holds everything
	"s5h.net":      "inconclusive disagreement",
	"SORBS DUHL":   "policy_disagreement", // closed
	"UCEPROTECTL1": "inconclusive not_found",
}

// ofNamedList tells whether a name stands in the zone of a list that a report names, or on the way down to it.
func ofNamedList(name string) bool {
	for list := range listWants {
		if zone := blocklist.Find(list).Zone; zone != "" && (dns.IsSubDomain(zone, name) || dns.IsSubDomain(name, zone)) {
			return true
		}
	}
	return false
}

// listCases are reports that name block lists, about a domain whose mail host sends its mail.
func listCases() (list []oneCase) {
	for name, want := range listWants {
		list = append(list, oneCase{name: "on the list " + name, target: "example.com", report: "Blacklisted by " + name + "\n",
			want: map[string]string{"blocklist/listed": want}, delay: -1, untimed: true})
	}
	return list
}
