package facts

// The names of the facts about a DKIM key (RFC 6376).
const (
	// What stands at the name of the key.
	DKIMSelector   Name = "dkim.selector"
	DKIMFound      Name = "dkim.found"
	DKIMHidden     Name = "dkim.hidden"
	DKIMHiddenBy   Name = "dkim.hidden_by"
	DKIMRecord     Name = "dkim.record"
	DKIMSeveral    Name = "dkim.several"
	DKIMRecords    Name = "dkim.records"
	DKIMOthers     Name = "dkim.others"
	DKIMAlias      Name = "dkim.alias"
	DKIMMailUsed   Name = "dkim.mail_used"
	DKIMMailDenied Name = "dkim.mail_denied"

	// What is wrong in the record.
	DKIMFaulty   Name = "dkim.syntax.faulty"
	DKIMFaults   Name = "dkim.syntax.faults"
	DKIMLoose    Name = "dkim.syntax.loose"
	DKIMUnusable Name = "dkim.syntax.unusable"

	// What the key is good for.
	DKIMKeyUsable   Name = "dkim.key.usable"
	DKIMKeyRevoked  Name = "dkim.key.revoked"
	DKIMKeyElsewise Name = "dkim.key.other_service"
	DKIMKeyType     Name = "dkim.key.type"
	DKIMKeyBits     Name = "dkim.key.bits"
	DKIMTesting     Name = "dkim.testing"
	DKIMStrict      Name = "dkim.strict"
)

// dkimFacts declares them. They are about the name of a key, SELECTOR._domainkey.DOMAIN, or about a domain of which no selector is known;
// all rest on the word of the name servers. Where several records stand at the name, verifiers take whichever: what differs among them is
// unknown.
var dkimFacts = []Definition{
	// What stands at the name of the key.
	{DKIMSelector, Text, Target, FromSOA | FromDKIM, "The selector in the name of the key. Unknown where only the domain is known: which selectors a domain uses cannot be seen from outside."},
	{DKIMFound, Bool, Target, FromSOA | FromDKIM, "A record that was meant as a DKIM key stands at the name, whether it is sound or not. Without a selector it is no only where the name _domainkey below the domain does not exist, so that nothing stands below it (RFC 8020), and never yes. Unknown where name servers contradict each other, and where the resolver fails at a record that they have."},
	{DKIMHidden, Bool, Target, FromSOA | FromDKIM, "A record stands at the name, and it is proven that its signatures (DNSSEC) are broken, so that verifiers whose resolvers check them find none."},
	{DKIMHiddenBy, Text, Target, FromSOA | FromDKIM, "What is wrong with these signatures, and in which zone."},
	{DKIMRecord, Text, Target, FromSOA | FromDKIM, "The record, as it is published; long ones are cut, and what cannot be seen is written as its code."},
	{DKIMSeveral, Bool, Target, FromSOA | FromDKIM, "Beside the record another text stands at the name. What verifiers make of that is undefined (RFC 6376 section 3.6.2.2)."},
	{DKIMRecords, List, Target, FromSOA | FromDKIM, "The DKIM key records there, up to five of them."},
	{DKIMOthers, List, Target, FromSOA | FromDKIM, "Other texts at the name, up to five; unknown where there are none."},
	{DKIMAlias, Text, Target, FromSOA | FromDKIM, "The name to which an alias (CNAME) at the name of the key leads; unknown where there is none."},
	{DKIMMailUsed, Bool, Target, FromSOA | FromDKIM, "The domain takes or sends mail: it has an MX record, or an SPF record that is not v=spf1 -all. No where it has a null MX, or that SPF record and no MX record; unknown where it has none of them. It is looked at where no record was found."},
	{DKIMMailDenied, Bool, Target, FromSOA | FromDKIM, "The domain says by its records that it neither takes nor sends mail. No also where it says nothing of mail. It is looked at where no record was found."},

	// What is wrong in the record.
	{DKIMFaulty, Bool, Target, FromSOA | FromDKIM, "The record is not as RFC 6376 section 3.6.1, RFC 8301 or RFC 8463 has it, in whatever point."},
	{DKIMFaults, List, Target, FromSOA | FromDKIM, "These points, ten at most: column in the text, what stands there, what is wrong."},
	{DKIMLoose, Bool, Target, FromSOA | FromDKIM, "The record departs from the format, for which some verifiers ignore it, whatever others do."},
	{DKIMUnusable, Bool, Target, FromSOA | FromDKIM, "No verifier has a key in the record that it may use. Unknown where a tag stands twice, of which verifiers take either."},

	// What the key is good for.
	{DKIMKeyUsable, Bool, Target, FromSOA | FromDKIM, "Verifiers that read what can be read find a key at the name that they may use for mail. No where there is no record. Unknown where the resolver fails at a record that name servers have."},
	{DKIMKeyRevoked, Bool, Target, FromSOA | FromDKIM, "The record withdraws the key: its tag p is empty."},
	{DKIMKeyElsewise, Bool, Target, FromSOA | FromDKIM, "The record limits the key to a service other than mail that is known, such as reports about TLS (RFC 8460)."},
	{DKIMKeyType, Text, Target, FromSOA | FromDKIM, "The type of the key: rsa or ed25519. Unknown where it is neither."},
	{DKIMKeyBits, Int, Target, FromSOA | FromDKIM, "The size of an RSA key, that of its modulus, in bits. Unknown for other keys: all of ed25519 have one size, which is as strong as some 3,000 bits of RSA."},
	{DKIMTesting, Bool, Target, FromSOA | FromDKIM, "The record says that DKIM is only tried out (t=y): verifiers are not to treat mail that is signed with the key otherwise than unsigned mail."},
	{DKIMStrict, Bool, Target, FromSOA | FromDKIM, "The record says that signatures speak for the domain itself and for no name below it (t=s)."},
}
