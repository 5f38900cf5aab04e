//go:build realservers

package realservers

import (
	"maps"
	"strings"
)

// sound are the verdicts on a zone without a fault when a report makes every claim about its records and name servers. It has the
// values that BIND's own examples have, and one mail host.
var sound = map[string]string{
	"dns/soa-multiple": "false_positive", "dns/soa-serial-format": "false_positive", "dns/soa-serial-agreement": "false_positive",
	"dns/soa-refresh": "policy_disagreement", "dns/soa-retry": "false_positive", "dns/soa-expire": "policy_disagreement", "dns/soa-minimum": "false_positive",

	"dns/parent-child-mismatch": "false_positive", "dns/primary-not-at-parent": "false_positive", "dns/glue-mismatch": "false_positive",
	"dns/ns-unresponsive": "false_positive", "dns/ns-not-authoritative": "false_positive", "dns/ns-private-address": "false_positive",
	"dns/ns-cname": "false_positive", "dns/ns-unresolvable": "false_positive", "dns/ns-same-subnet": "false_positive",
	"dns/ns-too-few": "false_positive", "dns/ns-too-many": "false_positive", "dns/tcp-unavailable": "false_positive",
	"dns/open-resolver": "false_positive", "dns/zone-transfer": "false_positive", "dns/cname-conflict": "false_positive",

	"mx/missing": "false_positive", "mx/cname": "false_positive", "mx/address": "false_positive", "mx/unresolvable": "false_positive",
	"mx/private-address": "false_positive", "mx/duplicate": "false_positive", "mx/single": "policy_disagreement", "mx/inconsistent": "false_positive",
}

// faults are the verdicts that differ from those on a sound zone.
var faults = map[string]map[string]string{
	"nolisting.test": {"mx/single": "false_positive"},
	"hosted.test":    {"dns/glue-mismatch": "inconclusive"}, // no referral, so no glue
	"timers.test":    {"dns/soa-refresh": "confirmed medium", "dns/soa-expire": "confirmed medium"},
	"serial.test":    {"dns/soa-serial-agreement": "inconclusive"}, // the data are the same, and the lag may end
	"differ.test": {"dns/soa-serial-agreement": "confirmed medium", "mx/inconsistent": "confirmed medium",
		"mx/single": "inconclusive", "mx/duplicate": "inconclusive"},

	"ended.test":    {"mx/missing": "confirmed high"},
	"wrongkey.test": {"mx/missing": "confirmed high"},
	"nokey.test":    {"mx/missing": "confirmed high"},

	"lame.test":     {"dns/ns-not-authoritative": "confirmed medium", "dns/soa-serial-agreement": "inconclusive", "mx/inconsistent": "inconclusive"},
	"mismatch.test": {"dns/parent-child-mismatch": "confirmed low", "dns/ns-too-few": "inconclusive"},
	"moved.test": {"dns/parent-child-mismatch": "confirmed high", "dns/glue-mismatch": "confirmed high", "dns/ns-not-authoritative": "confirmed medium",
		"dns/ns-unresolvable": "confirmed medium", "dns/soa-serial-agreement": "inconclusive", "mx/inconsistent": "inconclusive"},
	"glue.test":     {"dns/glue-mismatch": "confirmed low"},
	"deadglue.test": {"dns/glue-mismatch": "confirmed high", "dns/ns-not-authoritative": "confirmed medium", "mx/inconsistent": "inconclusive"},
	"noglue.test":   {"dns/glue-mismatch": "confirmed medium"},
	"v4glue.test":   {"dns/glue-mismatch": "policy_disagreement"},
	"notcp.test":    {"dns/tcp-unavailable": "confirmed medium", "dns/ns-same-subnet": "confirmed low"},
	"silent.test": {"dns/ns-unresponsive": "confirmed medium", "dns/ns-same-subnet": "confirmed low", "dns/ns-not-authoritative": "inconclusive",
		"dns/open-resolver": "inconclusive", "dns/parent-child-mismatch": "inconclusive", "dns/soa-serial-agreement": "inconclusive",
		"dns/tcp-unavailable": "inconclusive", "dns/zone-transfer": "inconclusive", "mx/inconsistent": "inconclusive",
		"dns/cname-conflict": "inconclusive"},
	"dead.test": onlyKnown(map[string]string{"dns/ns-unresponsive": "confirmed high", "dns/ns-private-address": "false_positive",
		"dns/ns-too-many": "false_positive"}),
	"open.test":     {"dns/open-resolver": "confirmed medium"},
	"transfer.test": {"dns/zone-transfer": "policy_disagreement", "dns/ns-same-subnet": "confirmed low"},
	"single.test":   {"dns/ns-too-few": "confirmed high", "dns/ns-same-subnet": "confirmed high"},
	"twonames.test": {"dns/ns-too-few": "confirmed high", "dns/ns-same-subnet": "confirmed high"},
	"subnet.test":   {"dns/ns-same-subnet": "confirmed low", "dns/zone-transfer": "policy_disagreement"},
	"many.test":     {"dns/ns-too-many": "policy_disagreement"},
	"nscname.test": {"dns/ns-cname": "confirmed medium",
		"dns/ns-same-subnet": "inconclusive", "dns/ns-too-few": "inconclusive", // the other one alone has an address
		"dns/ns-unresponsive": "inconclusive", "dns/ns-not-authoritative": "inconclusive",
		"dns/ns-private-address": "inconclusive", "dns/tcp-unavailable": "inconclusive"},
	"nsmissing.test": {"dns/ns-unresolvable": "confirmed medium", "dns/ns-unresponsive": "inconclusive", "dns/ns-not-authoritative": "inconclusive",
		"dns/ns-private-address": "inconclusive", "dns/tcp-unavailable": "inconclusive"},
	"privatens.test": {"dns/ns-private-address": "confirmed low", "dns/ns-not-authoritative": "inconclusive", "dns/ns-unresponsive": "inconclusive",
		"dns/open-resolver": "inconclusive", "dns/parent-child-mismatch": "inconclusive", "dns/soa-serial-agreement": "inconclusive",
		"dns/tcp-unavailable": "inconclusive", "dns/zone-transfer": "inconclusive", "mx/inconsistent": "inconclusive"},
	"innerns.test": onlyKnown(map[string]string{"dns/ns-private-address": "confirmed high", "dns/ns-too-many": "false_positive"}),

	"mxcname.test":    {"mx/cname": "confirmed low"},
	"private.test":    {"mx/private-address": "confirmed high"},
	"oneprivate.test": {"mx/private-address": "confirmed low", "mx/single": "false_positive"},
	"literal.test":    {"mx/address": "confirmed high", "mx/unresolvable": "confirmed high"},
	"twice.test":      {"mx/duplicate": "policy_disagreement", "mx/single": "false_positive"},
	"nullbeside.test": {"mx/unresolvable": "confirmed medium"},
	"nomx.test":       {"mx/missing": "policy_disagreement", "mx/duplicate": "inconclusive", "mx/single": "inconclusive"},
	"nomail.test":     {"mx/missing": "confirmed high", "mx/duplicate": "inconclusive", "mx/single": "inconclusive"},
	"implicit.test":   {"mx/missing": "policy_disagreement", "mx/duplicate": "inconclusive", "mx/single": "inconclusive"},
	"mxmissing.test":  {"mx/unresolvable": "confirmed high"},
	"onemissing.test": {"mx/unresolvable": "confirmed low", "mx/single": "false_positive"},
}

// onlyKnown are the verdicts on a zone of which nothing is known beyond these.
func onlyKnown(known map[string]string) map[string]string {
	all := map[string]string{}
	for rule := range sound {
		all[rule] = "inconclusive"
	}
	maps.Copy(all, known)
	return all
}

// zoneCases has every claim about every zone below "test" judged, once as the machine is set up and once with a
// resolver that lies, which must change nothing.
func zoneCases() []oneCase {
	var list []oneCase
	for _, z := range zoneTable {
		if _, rest, _ := strings.Cut(z.name, "."); rest != "test" {
			continue
		}
		want := maps.Clone(sound)
		maps.Copy(want, faults[z.name])
		c := about(z.name, want, trustAnchor()...)
		c.name, c.path, c.untimed = "zone "+z.name, []string{".", "test", z.name}, true
		list = append(list, c)

		lied := map[string]string{"smtp/connect": "inconclusive"} // mail hosts are looked up through the resolver: the lie is heard
		for rule, verdict := range want {
			if strings.HasPrefix(rule, "dns/") {
				lied[rule] = verdict
			}
		}
		c = about(z.name, lied, append(trustAnchor(), "--resolver", liar)...)
		c.name, c.path, c.untimed = "lies about "+z.name, []string{".", "test", z.name}, true
		list = append(list, c)
	}
	return list
}
