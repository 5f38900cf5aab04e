package facts

// The names of the facts about the DMARC record of a name (RFC 9989).
const (
	// Which record counts.
	DMARCHidden      Name = "dmarc.hidden"
	DMARCHiddenBy    Name = "dmarc.hidden_by"
	DMARCFound       Name = "dmarc.found"
	DMARCDomain      Name = "dmarc.domain"
	DMARCInherited   Name = "dmarc.inherited"
	DMARCRecord      Name = "dmarc.record"
	DMARCMeant       Name = "dmarc.meant"
	DMARCOlderFound  Name = "dmarc.older.found"
	DMARCOlderDomain Name = "dmarc.older.domain"
	DMARCSeveral     Name = "dmarc.several"
	DMARCRecords     Name = "dmarc.records"
	DMARCOthers      Name = "dmarc.others"
	DMARCAlias       Name = "dmarc.alias"
	DMARCMailUsed    Name = "dmarc.mail_used"

	// What it asks for.
	DMARCEnforced       Name = "dmarc.enforced"
	DMARCOlderEnforced  Name = "dmarc.older.enforced"
	DMARCPolicyApplied  Name = "dmarc.policy"
	DMARCPolicyMissing  Name = "dmarc.policy_missing"
	DMARCTesting        Name = "dmarc.testing"
	DMARCPercent        Name = "dmarc.percent"
	DMARCSubdomains     Name = "dmarc.subdomains"
	DMARCSubdomainsLess Name = "dmarc.subdomains_weaker"
	DMARCThroughout     Name = "dmarc.throughout.enforced"
	DMARCThroughoutGaps Name = "dmarc.throughout.gaps"

	// What is wrong in it.
	DMARCFaulty     Name = "dmarc.syntax.faulty"
	DMARCFaults     Name = "dmarc.syntax.faults"
	DMARCIgnored    Name = "dmarc.syntax.ignored"
	DMARCReadAsNone Name = "dmarc.syntax.read_as_none"
	DMARCLostReport Name = "dmarc.syntax.lost_report"

	// Where reports go.
	DMARCReportsMissing   Name = "dmarc.reports.missing"
	DMARCReportsTo        Name = "dmarc.reports.to"
	DMARCFailuresTo       Name = "dmarc.reports.failures_to"
	DMARCExternal         Name = "dmarc.external.domains"
	DMARCExternalRefused  Name = "dmarc.external.refused"
	DMARCExternalRefusing Name = "dmarc.external.refusing"
)

// dmarcFacts declares them. All rest on the word of the name servers of the zones that hold the records. Faults and reports are those of
// the record that counts, or of the one that was meant to.
var dmarcFacts = []Definition{
	// Which record counts.
	{DMARCHidden, Bool, Target, FromSOA | FromDMARC, "A DMARC record counts for the name, and it is proven that its signatures (DNSSEC) are broken, so that receivers whose resolvers check them find none."},
	{DMARCHiddenBy, Text, Target, FromSOA | FromDMARC, "What is wrong with these signatures, and in which zone."},
	{DMARCFound, Bool, Target, FromSOA | FromDMARC, "Receivers find a DMARC record for the name that they use: its own, or that of a name above it (the tree walk of RFC 9989 section 4.10). No also where receivers ignore what is there. Unknown where name servers contradict each other, and where the resolver fails at a record that they have."},
	{DMARCDomain, Text, Target, FromSOA | FromDMARC, "The domain whose DMARC record counts for the name, itself or one above it."},
	{DMARCInherited, Bool, Target, FromSOA | FromDMARC, "The DMARC record that counts is that of a domain above the name."},
	{DMARCRecord, Text, Target, FromSOA | FromDMARC, "The DMARC record that counts, as it is published; long ones are cut, and what cannot be seen is written as its code."},
	{DMARCMeant, Bool, Target, FromSOA | FromDMARC, "No text of the name is a DMARC record, and one was meant as one: receivers ignore it."},
	{DMARCOlderFound, Bool, Target, FromSOA | FromDMARC, "Receivers of RFC 7489 find a DMARC record that they use: that of the name, or of its domain by the public suffix list."},
	{DMARCOlderDomain, Text, Target, FromSOA | FromDMARC, "The domain whose DMARC record receivers of RFC 7489 use."},
	{DMARCSeveral, Bool, Target, FromSOA | FromDMARC, "More than one DMARC record stands where the record of the name is looked for; receivers ignore all of them."},
	{DMARCRecords, List, Target, FromSOA | FromDMARC, "The DMARC records there, up to five of them."},
	{DMARCOthers, List, Target, FromSOA | FromDMARC, "Other texts at the place of the name's own DMARC record, up to five, which receivers pass over; unknown where there are none."},
	{DMARCAlias, Text, Target, FromSOA | FromDMARC, "The name to which an alias (CNAME) at the place of the name's own DMARC record leads; unknown where there is none."},
	{DMARCMailUsed, Bool, Target, FromSOA | FromMailUse, "The name takes or sends mail: it has an MX record, or an SPF record that is not v=spf1 -all. No where it has a null MX, or that SPF record and no MX record; unknown where it has none of them."},

	// What it asks for.
	{DMARCEnforced, Bool, Target, FromSOA | FromDMARC, "Receivers are asked to quarantine or reject mail that fails. No where no record counts, and where the record is only tried out (t=y)."},
	{DMARCOlderEnforced, Bool, Target, FromSOA | FromDMARC, "Receivers of RFC 7489 find a record that asks them to quarantine or reject mail that fails. They do not know t=y, and obey pct=0."},
	{DMARCPolicyApplied, Text, Target, FromSOA | FromDMARC, "The policy that receivers apply to mail of the name: none, quarantine or reject. It is that for sub-domains where the record is inherited."},
	{DMARCPolicyMissing, Bool, Target, FromSOA | FromDMARC, "The record has no tag p. RFC 9989 reads that as p=none; RFC 7489 does so only beside a usable rua."},
	{DMARCTesting, Bool, Target, FromSOA | FromDMARC, "The record says that its policy is only tried out (t=y). Receivers of RFC 7489 do not know that tag."},
	{DMARCPercent, Int, Target, FromSOA | FromDMARC, "The tag pct, for how many in a hundred messages receivers of RFC 7489 apply the policy; 100 without it. RFC 9989 removed it."},
	{DMARCSubdomains, Text, Target, FromSOA | FromDMARC, "The policy of the record for names below its domain."},
	{DMARCSubdomainsLess, Bool, Target, FromSOA | FromDMARC, "The record asks for less on names below its domain than on the domain itself."},
	{DMARCThroughout, Bool, Target, FromSOA | FromDMARC | FromDMARCWhole, "The record that counts for the name, and that of its organisational domain, ask receivers to quarantine or reject all mail that fails, of names below too, as BIMI wants it (section 7.1 of its draft). Unknown where a policy is only tried out (t=y), which the draft does not know, and where that domain has no record."},
	{DMARCThroughoutGaps, List, Target, FromSOA | FromDMARC | FromDMARCWhole, "What is missing for that, with the domain whose record it is; none where nothing is."},

	// What is wrong in it.
	{DMARCFaulty, Bool, Target, FromSOA | FromDMARC, "The record is not as the grammar of RFC 9989 or that of RFC 7489 has it, in whatever point."},
	{DMARCFaults, List, Target, FromSOA | FromDMARC, "These points, ten at most: column in the text, what stands there, what is wrong."},
	{DMARCIgnored, Bool, Target, FromSOA | FromDMARC, "By the standard receivers have to ignore the record: another version, a tag that stands twice, or a wrong policy without a usable rua. Unknown where RFC 9989 can be read either way."},
	{DMARCReadAsNone, Bool, Target, FromSOA | FromDMARC, "A policy in the record is wrong, so that receivers read the whole record as p=none (RFC 9989 section 4.10.1)."},
	{DMARCLostReport, Bool, Target, FromSOA | FromDMARC, "An address for reports is none, so that no report can be sent there."},

	// Where reports go.
	{DMARCReportsMissing, Bool, Target, FromSOA | FromDMARC, "The record names no mail address for aggregate reports that could be read (rua)."},
	{DMARCReportsTo, List, Target, FromSOA | FromDMARC, "The mail addresses for aggregate reports (rua), up to ten."},
	{DMARCFailuresTo, List, Target, FromSOA | FromDMARC, "The mail addresses for failure reports (ruf), up to ten."},
	{DMARCExternal, List, Target, FromSOA | FromDMARC, "Domains of these addresses that belong to another organisation than the domain of the record, up to ten."},
	{DMARCExternalRefused, Bool, Target, FromSOA | FromDMARC | FromDMARCReports, "Some of these domains has not agreed to get the reports, by the word of its own name servers (RFC 9990 section 3.2.3)."},
	{DMARCExternalRefusing, List, Target, FromSOA | FromDMARC | FromDMARCReports, "These domains, each with the name at which its consent is missing."},
}
