package facts

// The names of the facts that SPF records tell (RFC 7208).
const (
	IPOutbound Name = "ip.outbound"
)

// spfFacts declares it. It is text and not yes or no: "assumed" has to be told from "yes", since a rule may be confirmed by it and
// its reader has to know on what it rests.
var spfFacts = []Definition{
	{IPOutbound, Text, Session, FromSPF, "The address sends mail to the Internet: yes or no by the user's word or by the SPF record of the tested domain; assumed where neither tells."},
}
