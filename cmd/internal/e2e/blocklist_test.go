package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// theAddress and theName are what stands on the lists of these tests, or not, as it is asked for.
const (
	theAddress = "25.113.0.203" // 203.0.113.25, the mail host of example.com
	theName    = "example.com"
)

// listServers are the addresses of the two servers of a list of these tests.
const firstOfList, secondOfList = "192.0.2.101", "198.51.100.102"

// aList is a list with records of its own, each "NAME ANSWER…" below its zone; several answers, and texts in quotes, make several records.
func aList(zone string, entries ...string) string {
	return listAt(zone, firstOfList, secondOfList, entries...)
}

// listAt is aList at servers of its own.
func listAt(zone, first, second string, entries ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- name: %s\n  servers: [ns1.%s, ns2.%s]\n  records: |\n    ns1.%s. 300 IN A %s\n    ns2.%s. 300 IN A %s\n", zone, zone, zone, zone, first, zone, second)
	b.WriteString(indented(listRecords(zone, entries...), "    "))
	return b.String()
}

// spread is a world with a list at bl.spamcop.net that holds its test entry only, and whose two servers have such addresses, "1 A ADDRESS".
func spread(records string, addresses ...string) string {
	var b strings.Builder
	b.WriteString("- name: bl.spamcop.net\n  servers: [ns1.bl.spamcop.net, ns2.bl.spamcop.net]\n  records: |\n")
	for _, a := range addresses {
		number, address, _ := strings.Cut(a, " ")
		fmt.Fprintf(&b, "    ns%s.bl.spamcop.net. 300 IN %s\n", number, address)
	}
	return domain(records, b.String()+indented(listRecords("bl.spamcop.net", works), "    "), "")
}

// untold lets the name servers and the resolver fail at the records of a type of the mail host.
func untold(rrtype string) string {
	manners := "name_servers:\n"
	for _, address := range []string{firstServer, secondServer, "203.0.113.1"} {
		manners += "  - {address: " + address + ", unlike: [{name: mail.example.com, type: " + rrtype + ", answer: SERVFAIL}]}\n"
	}
	return manners
}

// listRecords writes the records of a list.
func listRecords(zone string, entries ...string) string {
	var b strings.Builder
	for _, entry := range entries {
		name, answers, _ := strings.Cut(entry, " ")
		if strings.HasPrefix(answers, `"`) {
			fmt.Fprintf(&b, "%s.%s. 300 IN TXT %s\n", name, zone, answers)
			continue
		}
		for answer := range strings.FieldsSeq(answers) {
			fmt.Fprintf(&b, "%s.%s. 300 IN A %s\n", name, zone, answer)
		}
	}
	return b.String()
}

func indented(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(by + line)
	}
	return b.String()
}

// works is the test entry of a list of addresses.
const works = "2.0.0.127 127.0.0.2"

// sendingMail is an example.com whose mail host sends its mail; the others are one that sends none there, and one that says nothing.
const (
	sendingMail   = good + "\nexample.com. 300 IN TXT \"v=spf1 mx -all\""
	receivingMail = good + "\nexample.com. 300 IN TXT \"v=spf1 ip4:198.51.100.99 -all\""
)

// onList is the row that names a list.
func onList(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("Blacklisted by " + name + "\n")
	}
	return b.String()
}

// about gives all cases one rule.
func about(rule string, cases []recordCase) []recordCase {
	for i := range cases {
		cases[i].rule = rule
	}
	return cases
}

func TestBlockLists(t *testing.T) {
	parallel(t)
	const (
		confirmed  = "confirmed"
		falsely    = "false_positive"
		policy     = "policy_disagreement"
		unknown    = "inconclusive"
		zen        = "zen.spamhaus.org"
		refusedRow = "\tBlacklist\tReason\tTTL\tResponseTime\nLISTED\tSpamhaus ZEN\tReturn code 127.255.255.254\t2100\t15\n"
		listedRow  = "\tBlacklist\tReason\tTTL\tResponseTime\nLISTED\tSPAMCOP\t203.0.113.25 was listed  Detail\t2100\t15\n"
		rule       = "blocklist/listed"
	)
	list := func(zone string, entries ...string) string { return domain(sendingMail, aList(zone, entries...), "") }
	mail := []string{"--target", "mail.example.com"}
	literal := []string{"--address", "203.0.113.25"}
	runRecordCases(t, about(rule, []recordCase{
		// A list by which many go.
		{name: "on it, and it sends", report: onList("Spamhaus ZEN"), scenario: list(zen, works, theAddress+" 127.0.0.2", theAddress+` "SBL1, see there"`), verdict: confirmed, severity: "high", note: "SBL1, see there"},
		{name: "not on it", report: onList("Spamhaus ZEN"), scenario: list(zen, works), verdict: falsely, reason: "changed", note: "own page"},
		{name: "nobody says whether it sends", report: onList("Spamhaus ZEN"), scenario: domain(good, aList(zen, works, theAddress+" 127.0.0.4"), ""), verdict: confirmed, severity: "high", note: "assumed"},
		{name: "it only receives", report: onList("Spamhaus ZEN"), scenario: domain(receivingMail, aList(zen, works, theAddress+" 127.0.0.4"), ""), verdict: policy, note: "sends no mail from this address"},
		{name: "it only receives, the user says", report: onList("Spamhaus ZEN"), scenario: list(zen, works, theAddress+" 127.0.0.4"), args: []string{"--outbound", "no"}, verdict: policy, note: "judges senders only"},
		{name: "policy list, and it sends", report: onList("Spamhaus ZEN"), scenario: list(zen, works, theAddress+" 127.0.0.10"), verdict: confirmed, severity: "high", note: "no complaint"},
		{name: "policy list, and it only receives", report: onList("Spamhaus ZEN"), scenario: domain(receivingMail, aList(zen, works, theAddress+" 127.0.0.10"), ""), verdict: policy, note: "only receives"},
		{name: "a network that was hijacked", report: onList("Spamhaus ZEN"), scenario: list(zen, works, theAddress+" 127.0.0.9"), verdict: confirmed, severity: "high", note: "whole network"},
		{name: "its SPF record is out of reach", report: onList("Spamhaus ZEN"), scenario: domain(good+"\nexample.com. 300 IN TXT \"v=spf1 include:gone.example.net -all\"", aList(zen, works, theAddress+" 127.0.0.2"), at("203.0.113.1", "unlike: [{name: gone.example.net, answer: SERVFAIL}]")), verdict: unknown},
		{name: "a host", report: onList("SPAMCOP"), scenario: list("bl.spamcop.net", works, theAddress+" 127.0.0.2"), args: mail, verdict: confirmed, severity: "high"},
		{name: "an address alone", report: onList("SPAMCOP"), scenario: list("bl.spamcop.net", works, theAddress+" 127.0.0.2"), args: literal, verdict: confirmed, severity: "high", note: "assumed"},
		{name: "an address alone, not on it", report: onList("SPAMCOP"), scenario: list("bl.spamcop.net", works), args: literal, verdict: falsely},
		{name: "in other letters", report: onList("SpamCop"), scenario: list("bl.spamcop.net", works), verdict: falsely},

		// Lists by which few go.
		{name: "the provider's network", report: onList("UCEPROTECTL3"), scenario: list("dnsbl-3.uceprotect.net", works, theAddress+" 127.0.0.2"), verdict: policy, note: "Do not pay"},
		{name: "the provider's network", report: onList("UCEPROTECTL3"), scenario: list("dnsbl-3.uceprotect.net", works, theAddress+" 127.0.0.2"), verdict: policy, note: "blames nothing on this address"},
		{name: "a range", report: onList("UCEPROTECTL2"), scenario: list("dnsbl-2.uceprotect.net", works, theAddress+" 127.0.0.2"), verdict: policy, note: "range of addresses"},
		{name: "the address itself", report: onList("UCEPROTECTL1"), scenario: list("dnsbl-1.uceprotect.net", works, theAddress+" 127.0.0.2"), verdict: policy, note: "No receiver of weight"},
		{name: "bounces", report: onList("BACKSCATTERER"), scenario: list("ips.backscatterer.org", works, theAddress+" 127.0.0.2"), verdict: policy, note: "four weeks"},
		{name: "a code that nobody explains", report: onList("PSBL"), scenario: list("psbl.surriel.com", works, theAddress+" 127.0.0.99"), verdict: policy},
		{name: "it is praised", report: onList("Hostkarma"), scenario: list("hostkarma.junkemailfilter.com", works, theAddress+" 127.0.0.1"), verdict: falsely},

		// Names.
		{name: "a name on a list that many use", report: onList("Spamhaus DBL"), scenario: list("dbl.spamhaus.org", "dbltest.com 127.0.1.2", theName+" 127.0.1.4"), verdict: confirmed, severity: "medium", note: "speaks of names"},
		{name: "a name that is not there", report: onList("Spamhaus DBL"), scenario: list("dbl.spamhaus.org", "dbltest.com 127.0.1.2"), verdict: falsely, reason: "changed"},
		{name: "the domain of a host", report: onList("SURBL multi"), scenario: list("multi.surbl.org", "test.surbl.org 127.0.0.254", "test.surbl.org 127.0.0.8", theName+" 127.0.0.8"), args: mail, verdict: unknown, reason: "refused"},
		{name: "the domain of a host", report: onList("SURBL multi"), scenario: list("multi.surbl.org", "test.surbl.org 127.0.0.216", theName+" 127.0.0.72"), args: mail, verdict: confirmed, severity: "medium"},
		{name: "a refusal by a bit", report: onList("URIBL"), scenario: list("multi.uribl.com", "2.0.0.127 127.0.0.14", theName+" 127.0.0.1"), verdict: unknown, reason: "refused"},
		{name: "a name on a list that few use", report: onList("SEM URI"), scenario: list("uribl.spameatingmonkey.net", "test 127.0.0.2", theName+" 127.0.0.2"), verdict: policy},
		{name: "a list of names, and only an address", report: onList("Spamhaus DBL"), scenario: list("dbl.spamhaus.org", "dbltest.com 127.0.1.2"), args: literal, verdict: unknown, reason: "no_target"},

		// Dead lists.
		{name: "closed", report: onList("SORBS DUHL"), scenario: list("dul.dnsbl.sorbs.net", works, "* 127.0.0.2"), verdict: policy, note: "5 June 2024"},
		{name: "it lists everything", report: onList("PSBL"), scenario: list("psbl.surriel.com", "* 127.0.0.2"), verdict: policy, note: "lists everything"},
		{name: "one that many use lists everything", report: onList("SPAMCOP"), scenario: list("bl.spamcop.net", "* 127.0.0.2"), verdict: unknown, reason: "ambiguous"},
		{name: "its domain was bought", report: onList("PSBL"), scenario: list("psbl.surriel.com", "* 192.0.2.80"), verdict: unknown, reason: "ambiguous"},
		{name: "its zone has gone", report: onList("PSBL"), scenario: domain(sendingMail, "", ""), verdict: unknown, reason: "not_found"},
		{name: "emptied", report: onList("PSBL"), scenario: list("psbl.surriel.com"), verdict: unknown, reason: "ambiguous"},
		{name: "emptied, but for this one", report: onList("PSBL"), scenario: list("psbl.surriel.com", theAddress+" 127.0.0.2"), verdict: unknown, reason: "ambiguous"},

		// Refusals.
		{name: "it refuses us", report: onList("Spamhaus ZEN"), scenario: list(zen, "* 127.255.255.254"), verdict: unknown, reason: "refused"},
		{name: "asked too often", report: onList("Spamhaus ZEN"), scenario: list(zen, works, theAddress+" 127.255.255.255"), verdict: unknown, reason: "refused"},
		{name: "127.0.0.1", report: onList("PSBL"), scenario: list("psbl.surriel.com", works, theAddress+" 127.0.0.1"), verdict: unknown, reason: "ambiguous"},
		{name: "outside of 127", report: onList("PSBL"), scenario: list("psbl.surriel.com", works, theAddress+" 203.0.113.80"), verdict: unknown, reason: "ambiguous"},
		{name: "registration is asked for", report: onList("BARRACUDA"), scenario: list("b.barracudacentral.org", works, theAddress+" 127.0.0.2"), verdict: unknown, reason: "untested"},
		{name: "a key is asked for", report: onList("Abusix Mail Intelligence Blacklist"), scenario: domain(sendingMail, "", ""), verdict: unknown, reason: "untested"},
		{name: "a list that nobody knows", report: onList("NEWLIST42"), scenario: domain(sendingMail, "", ""), verdict: unknown, reason: "untested"},
		{name: "a list whose place nobody knows", report: onList("KISA"), scenario: domain(sendingMail, "", ""), verdict: unknown, reason: "untested"},

		// What the row shows.
		{name: "the reporter was refused, and there is none", report: refusedRow, scenario: list(zen, works), verdict: falsely, reason: "changed", note: "The reporter was refused"},
		{name: "the reporter was refused, and there is one", report: refusedRow, scenario: list(zen, works, theAddress+" 127.0.0.2"), verdict: confirmed, severity: "high", note: "The reporter was refused"},
		{name: "the reporter was refused, and so are we", report: refusedRow, scenario: list(zen, "* 127.255.255.254"), verdict: unknown, reason: "refused", note: "The reporter was refused"},

		// Around it.
		{name: "the resolver lies", report: onList("PSBL"), scenario: domain(sendingMail, aList("psbl.surriel.com", works), at("203.0.113.1", "lies: "+theAddress+".psbl.surriel.com. 300 IN A 127.0.0.2")), verdict: falsely},
		{name: "the resolver invents", report: onList("PSBL"), scenario: domain(sendingMail, aList("psbl.surriel.com", works), at("203.0.113.1", "invents: 127.0.0.2")), args: literal, verdict: falsely},
		{name: "the resolver refuses", report: onList("PSBL"), scenario: domain(sendingMail, aList("psbl.surriel.com", works), at("203.0.113.1", "behaves: [refused]")), args: literal, verdict: falsely},
		{name: "one server silent, the other has it", report: onList("SPAMCOP"), scenario: domain(sendingMail, aList("bl.spamcop.net", works, theAddress+" 127.0.0.2"), at(firstOfList, "behaves: [silent]")), verdict: confirmed, severity: "high"},
		{name: "one server silent, the other has it not", report: onList("SPAMCOP"), scenario: domain(sendingMail, aList("bl.spamcop.net", works), at(firstOfList, "behaves: [silent]")), verdict: unknown, reason: "servfail"},
		{name: "its second server has no address", report: onList("SPAMCOP"), scenario: spread(sendingMail, "1 A "+firstOfList), verdict: unknown, reason: "servfail"},
		{name: "its second server is out of reach", report: onList("SPAMCOP"), scenario: "no_ipv6: true\n" + spread(sendingMail, "1 A "+firstOfList, "2 AAAA 2001:db8::99"), verdict: unknown, reason: "servfail"},
		{name: "its second server is silent, the first has two addresses", report: onList("SPAMCOP"), scenario: spread(sendingMail, "1 A "+firstOfList, "1 AAAA 2001:db8::98", "2 A "+secondOfList) + at(secondOfList, "behaves: [silent]"), verdict: unknown, reason: "servfail"},
		{name: "its second server is reached by IPv6", report: onList("SPAMCOP"), scenario: spread(sendingMail, "1 A "+firstOfList, "2 AAAA 2001:db8::99"), verdict: falsely},
		{name: "an IPv6 address that nobody tells", report: onList("SPAMCOP"), scenario: domain(sendingMail, aList("bl.spamcop.net", works), untold("AAAA")), verdict: unknown, reason: "servfail"},
		{name: "an IPv6 address that nobody tells, closed", report: onList("SORBS DUHL"), scenario: domain(sendingMail, "", untold("AAAA")), verdict: policy},
		{name: "an IPv6 address that nobody tells, and an entry", report: onList("SPAMCOP"), scenario: domain(sendingMail, aList("bl.spamcop.net", works, theAddress+" 127.0.0.2"), untold("AAAA")), args: mail, verdict: confirmed, severity: "high"},
		{name: "an IPv6 address that nobody tells, and a row about the other", report: listedRow, scenario: domain(sendingMail, aList("bl.spamcop.net", works), untold("AAAA")), verdict: falsely},
		{name: "only the servers tell of an IPv6 address", report: onList("SPAMCOP"), scenario: domain(sendingMail+"\nmail.example.com. 300 IN AAAA 2001:db8::25", aList("bl.spamcop.net", works), at("203.0.113.1", "unlike: [{name: mail.example.com, type: AAAA, answer: NODATA}]")), verdict: unknown},
		{name: "the name does not exist", report: onList("SPAMCOP"), scenario: list("bl.spamcop.net", works), args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "a private address", report: onList("SPAMCOP"), scenario: list("bl.spamcop.net", works), args: []string{"--address", "10.0.0.1", "--allow-private"}, verdict: unknown, reason: "private"},
	}))
}
