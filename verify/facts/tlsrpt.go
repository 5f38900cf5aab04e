package facts

// The names of the facts about the TLS-RPT record of a name (RFC 8460).
const (
	TLSRPTFound      Name = "tlsrpt.found"
	TLSRPTRecord     Name = "tlsrpt.record"
	TLSRPTMeant      Name = "tlsrpt.record.meant"
	TLSRPTSeveral    Name = "tlsrpt.record.several"
	TLSRPTRecords    Name = "tlsrpt.records"
	TLSRPTOthers     Name = "tlsrpt.record.others"
	TLSRPTAlias      Name = "tlsrpt.record.alias"
	TLSRPTFaulty     Name = "tlsrpt.record.faulty"
	TLSRPTFaults     Name = "tlsrpt.record.faults"
	TLSRPTIgnored    Name = "tlsrpt.record.ignored"
	TLSRPTHidden     Name = "tlsrpt.record.hidden"
	TLSRPTHiddenBy   Name = "tlsrpt.record.hidden_by"
	TLSRPTReportsTo  Name = "tlsrpt.reports_to"
	TLSRPTLostReport Name = "tlsrpt.lost_report"
)

// tlsrptFacts declares them. All rest on the word of the name servers of the zone that holds the record.
var tlsrptFacts = []Definition{
	{TLSRPTFound, Bool, Target, FromSOA | FromTLSRPT, "The name has the one TLS-RPT record that asks senders for reports (RFC 8460 section 3). No also where senders have to ignore what is there. Unknown where name servers contradict each other, where the resolver fails at a record that they have, and where only strict senders mind a fault."},
	{TLSRPTRecord, Text, Target, FromSOA | FromTLSRPT, "The TLS-RPT record, as it is published; long ones are cut, and what cannot be seen is written as its code."},
	{TLSRPTMeant, Bool, Target, FromSOA | FromTLSRPT, "No text of the name is a TLS-RPT record, and one was meant as one: senders ignore it."},
	{TLSRPTSeveral, Bool, Target, FromSOA | FromTLSRPT, "More than one TLS-RPT record stands at the name; senders ignore all of them."},
	{TLSRPTRecords, List, Target, FromSOA | FromTLSRPT, "The TLS-RPT records there, up to five of them."},
	{TLSRPTOthers, List, Target, FromSOA | FromTLSRPT, "Other texts at the place of the record, up to five, which senders pass over; unknown where there are none."},
	{TLSRPTAlias, Text, Target, FromSOA | FromTLSRPT, "The name to which an alias (CNAME) at the place of the record leads; unknown where there is none."},
	{TLSRPTFaulty, Bool, Target, FromSOA | FromTLSRPT, "The TLS-RPT record, or the text that was meant as one, is not as it should be."},
	{TLSRPTFaults, List, Target, FromSOA | FromTLSRPT, "These points, ten at most, the worst first: what stands there, in which column, what is wrong."},
	{TLSRPTIgnored, Bool, Target, FromSOA | FromTLSRPT, "By the standard senders have to ignore what stands there as a record. No where nothing does. Unknown where it only breaks the grammar in a way that senders who are not strict do not mind."},
	{TLSRPTHidden, Bool, Target, FromSOA | FromTLSRPT, "A record stands at the name, and it is proven that its signatures (DNSSEC) are broken, so that senders whose resolvers check them find none."},
	{TLSRPTHiddenBy, Text, Target, FromSOA | FromTLSRPT, "What is wrong with these signatures, and in which zone."},
	{TLSRPTReportsTo, List, Target, FromSOA | FromTLSRPT, "Where the record asks reports to be sent, by mail or over HTTPS, up to ten."},
	{TLSRPTLostReport, Bool, Target, FromSOA | FromTLSRPT, "An address in the record can get no report."},
}
