package facts

// The names of the facts about the records of a name, its mail hosts, and what its name servers do for strangers.
const (
	MXMissing           Name = "mx.missing"
	MXNull              Name = "mx.null"
	MXNullBesideOthers  Name = "mx.null_beside_others"
	MXNullPreference    Name = "mx.null_preference"
	MXHosts             Name = "mx.hosts"
	MXCount             Name = "mx.count"
	MXMailWanted        Name = "mx.mail_wanted"
	MXImplicitAddresses Name = "mx.implicit.addresses"
	MXImplicitGreets    Name = "mx.implicit.greets"
	MXHasAlias          Name = "mx.has_alias"
	MXAliases           Name = "mx.aliases"
	MXHasLiteral        Name = "mx.has_literal"
	MXLiterals          Name = "mx.literals"
	MXLiteralsResolve   Name = "mx.literals_resolve"
	MXHasUnresolvable   Name = "mx.has_unresolvable"
	MXUnresolvable      Name = "mx.unresolvable"
	MXHasPrivate        Name = "mx.has_private"
	MXPrivate           Name = "mx.private"
	MXPrivateHere       Name = "mx.private_here"
	MXReachable         Name = "mx.reachable"
	MXSameName          Name = "mx.same_name"
	MXSameAddress       Name = "mx.same_address"
	MXEqualPreference   Name = "mx.equal_preference"
	MXDiffer            Name = "mx.differ"
	MXDifferBySerial    Name = "mx.differ_by_serial"
	MXSets              Name = "mx.sets"
	DNSRecordsAsked     Name = "dns.records.asked"
	DNSRecordsAbsent    Name = "dns.records.absent"
	DNSRecordsFound     Name = "dns.records.found"
	DNSRecordsDisputed  Name = "dns.records.disputed"
	DNSNameExists       Name = "dns.name.exists"
	DNSCNAMEPresent     Name = "dns.cname.present"
	DNSCNAMEConflict    Name = "dns.cname.conflict"
	DNSCNAMEBeside      Name = "dns.cname.beside"
	DNSCNAMESeveral     Name = "dns.cname.several"
	DNSResolverAgrees   Name = "dns.resolver.agrees"
	DNSResolverDiffers  Name = "dns.resolver.differs"
	DNSResolverFails    Name = "dns.resolver.fails"
	DNSResolverFailing  Name = "dns.resolver.failing"
	DNSResolverInvents  Name = "dns.resolver.invents"
	DNSServerRoute      Name = "dns.server.route"
	DNSRecursionForeign Name = "dns.recursion.foreign"
	DNSRecursionOffered Name = "dns.recursion.offered"
	DNSTransferOpen     Name = "dns.transfer.open"
	DNSTransferRecords  Name = "dns.transfer.records"
)

// recordDefinitions are all by the word of the authoritative servers, unless they say that they are the resolver's.
var recordDefinitions = []Definition{
	{MXMissing, Bool, Target, "The name has no MX record at all; a null MX is one. An alias is followed. Unknown where the name servers contradict each other."},
	{MXNull, Bool, Target, "The name has a null MX, which says that it takes no mail (RFC 7505)."},
	{MXNullBesideOthers, Bool, Target, "A null MX stands beside other MX records, which contradict it."},
	{MXNullPreference, Int, Target, "The preference of the null MX, the highest of several, which should be 0 (RFC 7505 section 3)."},
	{MXHosts, List, Target, "Names in the MX records, most preferred first, those of all name servers together, without a null MX."},
	{MXCount, Int, Target, "Number of MX records, those of all name servers together, without a null MX."},
	{MXMailWanted, Bool, Target, "The name is meant to take mail. No only where a null MX says so, or the SPF record is v=spf1 -all and nothing else; unknown for a name within a domain that has neither."},
	{MXImplicitAddresses, List, Target, "Addresses of the name itself, to which mail goes where there is no MX record (RFC 5321 section 5.1)."},
	{MXImplicitGreets, Bool, Target, "An SMTP server greets at an address of the name itself. No where it has no address, or at none of its addresses a server answers while this network lets SMTP out. Asked only where there is no MX record."},
	{MXHasAlias, Bool, Target, "Some MX record names an alias (CNAME)."},
	{MXAliases, List, Target, "The names in MX records that are known to be aliases."},
	{MXHasLiteral, Bool, Target, "Some MX record holds what reads as an IP address."},
	{MXLiterals, List, Target, "The names in MX records that read as IP addresses."},
	{MXLiteralsResolve, Bool, Target, "Every name in the MX records that reads as an IP address exists as a name with an address record."},
	{MXHasUnresolvable, Bool, Target, "Some MX record names a host that has no address: its name servers say so, silence does not count."},
	{MXUnresolvable, List, Target, "The names in MX records that are known to have no address."},
	{MXHasPrivate, Bool, Target, "Some MX record names a host with an address that the Internet does not route (RFC 6890)."},
	{MXPrivate, List, Target, "The hosts of MX records with such an address, and the address."},
	{MXPrivateHere, Bool, Target, "The resolver gives a private address for a mail host that has none by the word of its own name servers, as networks with a split DNS do."},
	{MXReachable, Int, Target, "Number of hosts of MX records that have a public address; a lower bound where it is not known of all."},
	{MXSameName, Bool, Target, "Two MX records name the same host."},
	{MXSameAddress, Bool, Target, "Two hosts of MX records share an address."},
	{MXEqualPreference, Bool, Target, "Two MX records have the same preference."},
	{MXSets, List, Target, "What the name servers give as MX records: each server that answered, and its records."},
	{MXDiffer, Bool, Target, "Name servers of the zone give different MX records. Known to be no only where all of them answered."},
	{MXDifferBySerial, Bool, Target, "Those that differ also have different versions of the zone, by its SOA serial."},
	{DNSRecordsAsked, List, Target, "The types of record for which the name was asked."},
	{DNSRecordsAbsent, List, Target, "The types among them that the name does not have, on no name server; unknown while one gave no answer about some of them. An alias is followed."},
	{DNSRecordsFound, List, Target, "The types among them that the name has on some name server. An alias is followed."},
	{DNSRecordsDisputed, List, Target, "The types of record that some name servers have at the name and others lack."},
	{DNSNameExists, Bool, Target, "The name exists, with whatever records."},
	{DNSCNAMEPresent, Bool, Target, "The name is an alias (CNAME)."},
	{DNSCNAMEConflict, Bool, Target, "One name server gives an alias and other data at the same name, or several aliases. Signatures are not counted."},
	{DNSCNAMEBeside, List, Target, "The types of record that stand beside the alias."},
	{DNSCNAMESeveral, Bool, Target, "The name has several aliases."},
	{DNSResolverAgrees, Bool, Target, "The resolver says the same of the name and its mail hosts as at least one of the name servers. No where it has other data than all of them."},
	{DNSResolverDiffers, List, Target, "Questions to which the resolver has another answer than every name server: type and name."},
	{DNSResolverFails, Bool, Target, "The resolver answers SERVFAIL to a question that name servers answer, as it does where the signatures of a zone (DNSSEC) are broken."},
	{DNSResolverFailing, List, Target, "These questions: type and name, and the extended error (RFC 8914) if the resolver gave one."},
	{DNSResolverInvents, Bool, Target, "The resolver answers for names that do not exist."},
	{DNSServerRoute, Bool, Server, "This machine has a route to the name server. A missing one, usually of IPv6, is the tester's trouble and makes the fact unknown."},
	{DNSRecursionForeign, Bool, Server, "The server resolves names that are not its business for this machine, a stranger: asked with RD=1 for a name that cannot exist in a zone that it does not hold, it says so in the words of that zone. A set RA bit, a refusal or a referral is a no."},
	{DNSRecursionOffered, Bool, Server, "The server sets the RA bit, which by itself proves nothing."},
	{DNSTransferOpen, Bool, Server, "The server begins to hand out the whole zone over TCP (AXFR) to this machine, a stranger. No means that it refuses, or closes the connection."},
	{DNSTransferRecords, Int, Server, "Number of records that had come when the transfer was broken off."},
}
