package facts

// The names of the facts about the records of a name, its mail hosts and its addresses.
const (
	// MX records and the hosts that they name.
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
	MXHidden            Name = "mx.hidden"
	MXHiddenBy          Name = "mx.hidden_by"
	MXHasHidden         Name = "mx.has_hidden"
	MXHiddenHosts       Name = "mx.hidden_hosts"
	MXVisible           Name = "mx.visible"
	MXSets              Name = "mx.sets"
	MXDiffer            Name = "mx.differ"
	MXDifferBySerial    Name = "mx.differ_by_serial"

	// The usual records of the name itself.
	DNSRecordsAsked    Name = "dns.records.asked"
	DNSRecordsAbsent   Name = "dns.records.absent"
	DNSRecordsFound    Name = "dns.records.found"
	DNSRecordsDisputed Name = "dns.records.disputed"
	DNSRecordsHidden   Name = "dns.records.hidden"
	DNSRecordsHiddenBy Name = "dns.records.hidden_by"
	DNSNameExists      Name = "dns.name.exists"
	DNSCNAMEPresent    Name = "dns.cname.present"
	DNSCNAMEConflict   Name = "dns.cname.conflict"
	DNSCNAMEBeside     Name = "dns.cname.beside"
	DNSCNAMESeveral    Name = "dns.cname.several"

	// What the resolver says of the name, beside its name servers.
	DNSResolverAgrees  Name = "dns.resolver.agrees"
	DNSResolverDiffers Name = "dns.resolver.differs"
	DNSResolverFails   Name = "dns.resolver.fails"
	DNSResolverFailing Name = "dns.resolver.failing"
	DNSResolverInvents Name = "dns.resolver.invents"

	// Reverse look-up of an address.
	DNSPTRNames           Name = "dns.ptr.names"
	DNSPTRMissing         Name = "dns.ptr.missing"
	DNSPTRConfirmed       Name = "dns.ptr.confirmed"
	DNSPTRHostnameValid   Name = "dns.ptr.hostname_valid"
	DNSPTRGeneric         Name = "dns.ptr.generic"
	DNSPTRResolverDiffers Name = "dns.ptr.resolver_differs"

	// Host names, and who led to them.
	DNSHostResolves   Name = "dns.host.resolves"
	DNSHostHidden     Name = "dns.host.hidden"
	DNSHostHiddenBy   Name = "dns.host.hidden_by"
	DNSHostLedBy      Name = "dns.host.led_by"
	DNSHostsResolving Name = "dns.hosts.resolving"
)

// nameFacts declares them. Lists stand beside the yes or no that they explain: rules ask the latter, people read the former. A list
// holds what is known, and may be short where the yes or no is unknown.
var nameFacts = []Definition{
	// MX records and the hosts that they name.
	{MXMissing, Bool, Target, FromSOA | FromMX, "The name has no MX record at all; a null MX is one. An alias is followed. Unknown where the name servers contradict each other."},
	{MXNull, Bool, Target, FromSOA | FromMX, "The name has a null MX, which says that it takes no mail (RFC 7505)."},
	{MXNullBesideOthers, Bool, Target, FromSOA | FromMX, "A null MX stands beside other MX records, which contradict it."},
	{MXNullPreference, Int, Target, FromSOA | FromMX, "The preference of the null MX, the highest of several, which should be 0 (RFC 7505 section 3)."},
	{MXHosts, List, Target, FromSOA | FromMX, "Names in the MX records, most preferred first, those of all name servers together, without a null MX."},
	{MXCount, Int, Target, FromSOA | FromMX, "Number of MX records, those of all name servers together, without a null MX."},
	{MXMailWanted, Bool, Target, FromSOA | FromMX, "The name is meant to take mail. No only where a null MX says so, or the SPF record is v=spf1 -all and nothing else; unknown for a name within a domain that has neither."},
	{MXImplicitAddresses, List, Target, FromSOA | FromMX, "Addresses of the name itself, to which mail goes where there is no MX record (RFC 5321 section 5.1)."},
	{MXImplicitGreets, Bool, Target, FromSOA | FromMX | FromImplicit, "An SMTP server greets at an address of the name itself. No where it has no address, or at none of its addresses a server answers while this network lets SMTP out. Asked only where there is no MX record."},
	{MXHasAlias, Bool, Target, FromSOA | FromMX, "Some MX record names an alias (CNAME)."},
	{MXAliases, List, Target, FromSOA | FromMX, "The names in MX records that are known to be aliases."},
	{MXHasLiteral, Bool, Target, FromSOA | FromMX, "Some MX record holds what reads as an IP address."},
	{MXLiterals, List, Target, FromSOA | FromMX, "The names in MX records that read as IP addresses."},
	{MXLiteralsResolve, Bool, Target, FromSOA | FromMX, "Every name in the MX records that reads as an IP address exists as a name with an address record."},
	{MXHasUnresolvable, Bool, Target, FromSOA | FromMX, "Some MX record names a host that has no address: its name servers say so, silence does not count."},
	{MXUnresolvable, List, Target, FromSOA | FromMX, "The names in MX records that are known to have no address."},
	{MXHasPrivate, Bool, Target, FromSOA | FromMX, "Some MX record names a host with an address that the Internet does not route (RFC 6890)."},
	{MXPrivate, List, Target, FromSOA | FromMX, "The hosts of MX records with such an address, and the address."},
	{MXPrivateHere, Bool, Target, FromSOA | FromMX, "The resolver gives a private address for a mail host that has none by the word of its own name servers, as networks with a split DNS do."},
	{MXReachable, Int, Target, FromSOA | FromMX, "Number of hosts of MX records that have a public address; a lower bound where it is not known of all."},
	{MXSameName, Bool, Target, FromSOA | FromMX, "Two MX records name the same host."},
	{MXSameAddress, Bool, Target, FromSOA | FromMX, "Two hosts of MX records share an address."},
	{MXHidden, Bool, Target, FromSOA | FromMX, "The name has MX records, and it is proven that their signatures (DNSSEC) are broken, so that resolvers that check them give none. Open where the resolver fails at them, or the zone is said to be signed, and nothing could be proven."},
	{MXHiddenBy, Text, Target, FromSOA | FromMX, "What is wrong with these signatures, and in which zone."},
	{MXHasHidden, Bool, Target, FromSOA | FromMX, "Some MX record names a host whose addresses have signatures (DNSSEC) that are proven to be broken."},
	{MXHiddenHosts, List, Target, FromSOA | FromMX, "These hosts, and what is wrong with the signatures of each."},
	{MXVisible, Int, Target, FromSOA | FromMX, "Number of hosts of MX records that have a public address which those who check signatures see too; a lower bound where it is not known of all."},
	{MXEqualPreference, Bool, Target, FromSOA | FromMX, "Two MX records have the same preference."},
	{MXSets, List, Target, FromSOA | FromMX, "What the name servers give as MX records: each server that answered, and its records."},
	{MXDiffer, Bool, Target, FromSOA | FromMX, "Name servers of the zone give different MX records. Known to be no only where all of them answered."},
	{MXDifferBySerial, Bool, Target, FromSOA | FromMX, "Those that differ also have different versions of the zone, by its SOA serial."},

	// The usual records of the name itself.
	{DNSRecordsAsked, List, Target, FromSOA | FromRecords, "The types of record for which the name was asked."},
	{DNSRecordsAbsent, List, Target, FromSOA | FromRecords, "The types among them that the name does not have, on no name server; unknown while one gave no answer about some of them. An alias is followed."},
	{DNSRecordsFound, List, Target, FromSOA | FromRecords, "The types among them that the name has on some name server. An alias is followed."},
	{DNSRecordsDisputed, List, Target, FromSOA | FromRecords, "The types of record that some name servers have at the name and others lack."},
	{DNSRecordsHidden, List, Target, FromSOA | FromRecords, "The types that the name has with signatures (DNSSEC) that are proven to be broken, so that resolvers that check them give nothing. Open where that could be neither proven nor ruled out of some type."},
	{DNSRecordsHiddenBy, Text, Target, FromSOA | FromRecords, "What is wrong with these signatures, and in which zone."},
	{DNSNameExists, Bool, Target, FromSOA | FromRecords, "The name exists, with whatever records."},
	{DNSCNAMEPresent, Bool, Target, FromSOA | FromRecords, "The name is an alias (CNAME)."},
	{DNSCNAMEConflict, Bool, Target, FromSOA | FromRecords, "One name server gives an alias and other data at the same name, or several aliases. Signatures are not counted."},
	{DNSCNAMEBeside, List, Target, FromSOA | FromRecords, "The types of record that stand beside the alias."},
	{DNSCNAMESeveral, Bool, Target, FromSOA | FromRecords, "The name has several aliases."},

	// What the resolver says of the name, beside its name servers.
	{DNSResolverAgrees, Bool, Target, FromSOA, "The resolver says the same of the name and its mail hosts as at least one of the name servers. No where it has other data than all of them."},
	{DNSResolverDiffers, List, Target, FromSOA, "Questions to which the resolver has another answer than every name server: type and name."},
	{DNSResolverFails, Bool, Target, FromSOA, "The resolver answers SERVFAIL to a question that name servers answer, as it does where the signatures of a zone (DNSSEC) are broken."},
	{DNSResolverFailing, List, Target, FromSOA, "These questions: type and name, and the extended error (RFC 8914) if the resolver gave one."},
	{DNSResolverInvents, Bool, Target, FromSOA, "The resolver answers for names that do not exist."},

	// Reverse look-up of an address.
	{DNSPTRNames, List, Session, FromPTR, "Names found by reverse look-up of the address, without the final dot."},
	{DNSPTRMissing, Bool, Session, FromPTR, "Reverse look-up of the address finds no name."},
	{DNSPTRConfirmed, Bool, Session, FromPTR | FromForward, "A name found by reverse look-up leads back to the address: by an A record for IPv4, AAAA for IPv6; up to ten names, aliases followed. No also where the address has no such name."},
	{DNSPTRHostnameValid, Bool, Session, FromPTR, "A name found by reverse look-up is a full host name: two labels or more of letters, digits and hyphens (RFC 1123 section 2.1). No also where the address has no such name."},
	{DNSPTRGeneric, Bool, Session, FromPTR, "Every proper host name found by reverse look-up looks assigned by a machine: it holds most of the address, or a word such as dsl or pool. A hint; no standard knows such names."},
	{DNSPTRResolverDiffers, Bool, Session, FromPTR, "The resolver finds other reverse names than the name servers of the reverse zone give, such as an old answer that it still remembers."},

	// Host names, and who led to them.
	{DNSHostResolves, Bool, Session, FromHostNames, "The host name has an A or AAAA record, by the word of its own name servers where they can be asked."},
	{DNSHostHidden, Bool, Session, FromHostNames, "The host name has addresses, and it is proven that their signatures (DNSSEC) are broken, so that resolvers that check them give none."},
	{DNSHostHiddenBy, Text, Session, FromHostNames, "What is wrong with these signatures, and in which zone."},
	{DNSHostLedBy, Text, Session, WithHosts, "Who led to the host at this address: both (the resolver did, and the name servers of the zones lead there too), resolver (it alone: the name servers gave no usable answer) or zone (its name servers, because the resolver led nowhere). Unknown where the name servers lead elsewhere, as all other facts about the host then are."},
	{DNSHostsResolving, Int, Target, FromHostNames, "Number of host names behind the tested name that have an address; a lower bound where it is not known of all."},
}
