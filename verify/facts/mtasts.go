package facts

// The names of the facts about the MTA-STS policy of a domain (RFC 8461).
const (
	// The policy that senders find for the mail of a target.
	MTASTSDomain     Name = "mtasts.domain"
	MTASTSMode       Name = "mtasts.mode"
	MTASTSProblem    Name = "mtasts.problem"
	MTASTSCoversHost Name = "mtasts.covers_host"

	// The record of the name itself.
	MTASTSAnnounced      Name = "mtasts.announced"
	MTASTSRecord         Name = "mtasts.record"
	MTASTSRecordMeant    Name = "mtasts.record.meant"
	MTASTSRecordSeveral  Name = "mtasts.record.several"
	MTASTSRecords        Name = "mtasts.records"
	MTASTSRecordOthers   Name = "mtasts.record.others"
	MTASTSRecordAlias    Name = "mtasts.record.alias"
	MTASTSRecordFaulty   Name = "mtasts.record.faulty"
	MTASTSRecordFaults   Name = "mtasts.record.faults"
	MTASTSRecordIgnored  Name = "mtasts.record.ignored"
	MTASTSRecordHidden   Name = "mtasts.record.hidden"
	MTASTSRecordHiddenBy Name = "mtasts.record.hidden_by"

	// Its policy file.
	MTASTSFetched           Name = "mtasts.policy.fetched"
	MTASTSFetchTrouble      Name = "mtasts.policy.trouble"
	MTASTSTooLong           Name = "mtasts.policy.too_long"
	MTASTSContentType       Name = "mtasts.policy.content_type"
	MTASTSFaulty            Name = "mtasts.policy.faulty"
	MTASTSFaults            Name = "mtasts.policy.faults"
	MTASTSIgnored           Name = "mtasts.policy.ignored"
	MTASTSPolicyMode        Name = "mtasts.policy.mode"
	MTASTSMaxAge            Name = "mtasts.policy.max_age"
	MTASTSCertificateValid  Name = "mtasts.certificate.valid"
	MTASTSCertificateFaults Name = "mtasts.certificate.problem"
	MTASTSCertificateEnds   Name = "mtasts.certificate.expires"

	// The hosts that take its mail.
	MTASTSHosts         Name = "mtasts.hosts"
	MTASTSUnlisted      Name = "mtasts.unlisted"
	MTASTSUnlistedHosts Name = "mtasts.unlisted_hosts"
)

// mtastsFacts declares them. Their scope tells whose they are: those of the domain's policy are the domain's, and whether a host is listed
// is asked of each host. The first group is for what senders do with hosts; all others are about the name itself, by the word of its own
// name servers, and whether its policy is announced or not.
var mtastsFacts = []Definition{
	{MTASTSDomain, Text, Target, FromMTASTS, "The domain whose MTA-STS policy counts: the tested one, or that of which the tested host takes the mail."},
	{MTASTSMode, Text, Target, FromMTASTS, "What senders find as the MTA-STS policy of the domain: enforce, testing, none, or absent where there is none that they could use."},
	{MTASTSProblem, Text, Target, FromMTASTS, "Why senders find no MTA-STS policy although one is announced, in words; empty if none is announced, or if it is in order."},
	{MTASTSCoversHost, Bool, Session, FromMTASTS, "The MTA-STS policy lists the SMTP host."},

	{MTASTSAnnounced, Bool, Target, FromSOA | FromMTASTSRecord, "The name has the one MTA-STS record that announces a policy (RFC 8461 section 3.1). No also where senders have to ignore what is there. Unknown where name servers contradict each other, where the resolver fails at a record that they have, and where only strict senders mind a fault."},
	{MTASTSRecord, Text, Target, FromSOA | FromMTASTSRecord, "The MTA-STS record, as it is published; long ones are cut, and what cannot be seen is written as its code."},
	{MTASTSRecordMeant, Bool, Target, FromSOA | FromMTASTSRecord, "No text of the name is an MTA-STS record, and one was meant as one: senders ignore it."},
	{MTASTSRecordSeveral, Bool, Target, FromSOA | FromMTASTSRecord, "More than one MTA-STS record stands at the name; senders ignore all of them."},
	{MTASTSRecords, List, Target, FromSOA | FromMTASTSRecord, "The MTA-STS records there, up to five of them."},
	{MTASTSRecordOthers, List, Target, FromSOA | FromMTASTSRecord, "Other texts at the place of the record, up to five, which senders pass over; unknown where there are none."},
	{MTASTSRecordAlias, Text, Target, FromSOA | FromMTASTSRecord, "The name to which an alias (CNAME) at the place of the record leads; unknown where there is none."},
	{MTASTSRecordFaulty, Bool, Target, FromSOA | FromMTASTSRecord, "The MTA-STS record, or the text that was meant as one, is not as it should be."},
	{MTASTSRecordFaults, List, Target, FromSOA | FromMTASTSRecord, "These points, ten at most, the worst first: what stands there, in which column, what is wrong."},
	{MTASTSRecordIgnored, Bool, Target, FromSOA | FromMTASTSRecord, "By the standard senders have to ignore what stands there as a record. No where nothing does. Unknown where it only breaks the grammar in a way that senders who are not strict do not mind."},
	{MTASTSRecordHidden, Bool, Target, FromSOA | FromMTASTSRecord, "A record stands at the name, and it is proven that its signatures (DNSSEC) are broken, so that senders whose resolvers check them find none."},
	{MTASTSRecordHiddenBy, Text, Target, FromSOA | FromMTASTSRecord, "What is wrong with these signatures, and in which zone."},

	{MTASTSFetched, Bool, Target, FromSOA | FromMTASTSPolicy, "The policy file comes as senders want it: from its host over HTTPS with a valid certificate and status 200. No where it cannot come for anybody; unknown where it may be refused to this tester alone, or for the moment."},
	{MTASTSFetchTrouble, Text, Target, FromSOA | FromMTASTSPolicy, "Why it does not; unknown where it does."},
	{MTASTSTooLong, Bool, Target, FromSOA | FromMTASTSPolicy, "The policy file is longer than 64 KiB, to which senders may limit what they read."},
	{MTASTSContentType, Text, Target, FromSOA | FromMTASTSPolicy, "The media type with which the policy file comes; it should be text/plain, and senders are told not to refuse another one."},
	{MTASTSFaulty, Bool, Target, FromSOA | FromMTASTSPolicy, "The policy file is not as the standard wants it, in whatever point. It is read also where its certificate is not valid."},
	{MTASTSFaults, List, Target, FromSOA | FromMTASTSPolicy, "These points, ten at most, the worst first: the line and what is wrong with it."},
	{MTASTSIgnored, Bool, Target, FromSOA | FromMTASTSPolicy, "The policy file breaks the grammar so that it is no policy. Unknown where only strict senders mind."},
	{MTASTSPolicyMode, Text, Target, FromSOA | FromMTASTSPolicy, "The mode in the policy file: enforce, testing or none."},
	{MTASTSMaxAge, Duration, Target, FromSOA | FromMTASTSPolicy, "How long senders may keep the policy; no longer than a year and a bit (31557600 s), whatever the file says."},
	{MTASTSCertificateValid, Bool, Target, FromSOA | FromMTASTSPolicy, "The web server of the policy shows a certificate that leads to a public authority, is for the policy host and in date, at each address that answered."},
	{MTASTSCertificateFaults, Text, Target, FromSOA | FromMTASTSPolicy, "What is wrong with that certificate, in words; empty where nothing is."},
	{MTASTSCertificateEnds, Text, Target, FromSOA | FromMTASTSPolicy, "The last day of its validity."},

	{MTASTSHosts, List, Target, FromSOA | FromMTASTSHosts, "The hosts to which senders deliver mail for the name: those of its MX records by all its name servers, or the name itself where it has none. Empty where a null MX says that it takes no mail."},
	{MTASTSUnlisted, Bool, Target, FromSOA | FromMTASTSPolicy | FromMTASTSHosts, "One of these hosts matches no mx pattern of the policy file (RFC 8461 section 4.1)."},
	{MTASTSUnlistedHosts, List, Target, FromSOA | FromMTASTSPolicy | FromMTASTSHosts, "The hosts that match none."},
}
