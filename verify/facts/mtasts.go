package facts

// The names of the facts about the MTA-STS policy of a domain (RFC 8461).
const (
	MTASTSDomain     Name = "mtasts.domain"
	MTASTSMode       Name = "mtasts.mode"
	MTASTSProblem    Name = "mtasts.problem"
	MTASTSCoversHost Name = "mtasts.covers_host"
)

// mtastsFacts declares them. Their scope tells whose they are: mode and problem are the domain's, and whether a host is listed is
// asked of each host.
var mtastsFacts = []Definition{
	{MTASTSDomain, Text, Target, FromMTASTS, "The domain whose MTA-STS policy counts: the tested one, or that of which the tested host takes the mail."},
	{MTASTSMode, Text, Target, FromMTASTS, "What senders find as the MTA-STS policy of the domain: enforce, testing, none, or absent where there is none that they could use."},
	{MTASTSProblem, Text, Target, FromMTASTS, "Why senders find no MTA-STS policy although one is announced, in words; empty if none is announced, or if it is in order."},
	{MTASTSCoversHost, Bool, Session, FromMTASTS, "The MTA-STS policy lists the SMTP host."},
}
