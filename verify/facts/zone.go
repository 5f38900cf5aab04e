package facts

// The names of the facts about a zone and each of its name servers.
const (
	// The delegation: what parent and zone say of the name servers.
	DNSDelegationWalked     Name = "dns.delegation.walked"
	DNSDelegationParent     Name = "dns.delegation.parent_servers"
	DNSDelegationChild      Name = "dns.delegation.zone_servers"
	DNSDelegationDiffers    Name = "dns.delegation.differs"
	DNSDelegationOnlyParent Name = "dns.delegation.only_at_parent"
	DNSDelegationOnlyChild  Name = "dns.delegation.only_in_zone"
	DNSDelegationFailing    Name = "dns.delegation.failing"
	DNSDelegationSomeFail   Name = "dns.delegation.some_fail"
	DNSDelegationTTL        Name = "dns.delegation.ttl"
	DNSReferralSize         Name = "dns.delegation.size"

	// The glue of the delegation (RFC 9471).
	DNSGlueDiffers    Name = "dns.glue.differs"
	DNSGlueDiffering  Name = "dns.glue.differing"
	DNSGlueDead       Name = "dns.glue.dead"
	DNSGlueMissing    Name = "dns.glue.missing"
	DNSGlueMissingFor Name = "dns.glue.missing_for"
	DNSGlueIncomplete Name = "dns.glue.incomplete"
	DNSGlueLacking    Name = "dns.glue.lacking"

	// The zone as a whole.
	DNSZoneServers Name = "dns.zone.servers"
	DNSZoneDead    Name = "dns.zone.dead"
	DNSZoneLost    Name = "dns.zone.lost"

	// All name servers together.
	DNSNSFewest         Name = "dns.ns.fewest"
	DNSNSMost           Name = "dns.ns.most"
	DNSNSAddresses      Name = "dns.ns.addresses"
	DNSNSSlowest        Name = "dns.ns.slowest"
	DNSNSSlowestServer  Name = "dns.ns.slowest_server"
	DNSNSMachines       Name = "dns.ns.machines"
	DNSNSNetworks       Name = "dns.ns.networks"
	DNSNSSameNet        Name = "dns.ns.same_network"
	DNSNSOneAddress     Name = "dns.ns.one_address"
	DNSNSSpread6        Name = "dns.ns.spread_over_ipv6"
	DNSNSAlias          Name = "dns.ns.alias"
	DNSNSAliases        Name = "dns.ns.aliases"
	DNSNSUnresolvable   Name = "dns.ns.unresolvable"
	DNSNSWithoutAddress Name = "dns.ns.without_address"
	DNSNSNoneResolvable Name = "dns.ns.none_resolvable"
	DNSNSCircular       Name = "dns.ns.circular"
	DNSNSCircularNames  Name = "dns.ns.circular_names"
	DNSNSAllPrivate     Name = "dns.ns.all_private"

	// One address of a name server.
	DNSServerRoute     Name = "dns.server.route"
	DNSNSJudged        Name = "dns.ns.judged"
	DNSNSAnswers       Name = "dns.ns.answers"
	DNSNSAuthoritative Name = "dns.ns.authoritative"
	DNSNSWithoutSOA    Name = "dns.ns.without_soa"
	DNSNSSaid          Name = "dns.ns.said"
	DNSNSTCP           Name = "dns.ns.tcp"
	DNSNSPublic        Name = "dns.ns.public"

	// What name servers do for strangers.
	DNSRecursionForeign Name = "dns.recursion.foreign"
	DNSRecursionOffered Name = "dns.recursion.offered"
	DNSTransferOpen     Name = "dns.transfer.open"
	DNSTransferRecords  Name = "dns.transfer.records"

	// What the servers of a zone say together.
	DNSSOASerials         Name = "dns.soa.serials"
	DNSSOASerialsAgain    Name = "dns.soa.serials_again"
	DNSSOASerialsDiffer   Name = "dns.soa.serials_differ"
	DNSSOADataDiffer      Name = "dns.soa.data_differ"
	DNSSOADifferingTypes  Name = "dns.soa.differing_types"
	DNSSOASerialBackwards Name = "dns.soa.serial_backwards"
	DNSSOASettled         Name = "dns.soa.settled"
	DNSSOALagTooLong      Name = "dns.soa.lag_too_long"
	DNSSOAProviders       Name = "dns.soa.providers"

	// What an SOA record says, at each server.
	DNSSOAAnswered          Name = "dns.soa.answered"
	DNSSOASerial            Name = "dns.soa.serial"
	DNSSOASerialIsDate      Name = "dns.soa.serial_is_date"
	DNSSOARefresh           Name = "dns.soa.refresh"
	DNSSOARetry             Name = "dns.soa.retry"
	DNSSOAExpire            Name = "dns.soa.expire"
	DNSSOAExpireTooShort    Name = "dns.soa.expire_below_refresh_plus_retry"
	DNSSOACount             Name = "dns.soa.count"
	DNSSOAMName             Name = "dns.soa.mname"
	DNSSOAMNameAtParent     Name = "dns.soa.mname_at_parent"
	DNSSOAParentServers     Name = "dns.soa.parent_servers"
	DNSSOAMinimum           Name = "dns.soa.minimum"
	DNSSOAMinimumInvalid    Name = "dns.soa.minimum_invalid"
	DNSSOANegativeTTL       Name = "dns.soa.negative_ttl"
	DNSSOARefreshUnworkable Name = "dns.soa.refresh_unworkable"
	DNSSOARetryZero         Name = "dns.soa.retry_zero"
	DNSSOASerialStyle       Name = "dns.soa.serial_style"
	DNSSOASerialDate        Name = "dns.soa.serial_date"
	DNSSOASerialDateBegun   Name = "dns.soa.serial_date_begun_everywhere"
)

// zoneFacts declares them. What one server says has the scope of a server: SOA records are judged at each address, because
// secondaries lag and differ.
var zoneFacts = []Definition{
	// The delegation: what parent and zone say of the name servers.
	{DNSDelegationWalked, Bool, Zone, FromSOA, "The servers of the zones above were asked, from the root down. Else the name servers are known from a resolver only."},
	{DNSDelegationParent, List, Zone, FromSOA, "Name servers of the zone by the parent zone's own servers: their referral, or the answer of those that serve the zone too. Unknown if they contradict each other."},
	{DNSDelegationChild, List, Zone, FromSOA, "Name servers of the zone by its own servers, those of all answers with authority."},
	{DNSDelegationDiffers, Bool, Zone, FromSOA | FromServers, "Some server of the zone names other name servers than the parent zone. Known to be no only where each of them was heard; one without the zone has no list."},
	{DNSDelegationOnlyParent, List, Zone, FromSOA, "Name servers that the parent zone names and some server of the zone does not."},
	{DNSDelegationOnlyChild, List, Zone, FromSOA, "Name servers that a server of the zone names and the parent zone does not."},
	{DNSDelegationFailing, List, Zone, FromSOA | FromServers, "Name servers by either list that serve the zone at none of their addresses: dead, without authority, or without address."},
	{DNSDelegationSomeFail, Bool, Zone, FromSOA | FromServers, "Some name server by either list serves the zone at none of its addresses."},
	{DNSDelegationTTL, Duration, Zone, FromSOA, "How long resolvers may keep the parent zone's list of name servers."},
	{DNSReferralSize, Int, Zone, FromSOA, "Octets of the parent zone's referral, names compressed, without EDNS. Up to 512 fit into a datagram everywhere."},

	// The glue of the delegation (RFC 9471).
	{DNSGlueDiffers, Bool, Zone, FromSOA | FromServers | FromGlue, "The parent zone's glue has an address for a name server, in the zone or in another one below the same parent, that no server of the name's own zone gives it."},
	{DNSGlueDiffering, List, Zone, FromSOA | FromServers | FromGlue, "These names and addresses."},
	{DNSGlueDead, Bool, Zone, FromSOA | FromServers | FromGlue, "At some such address the zone is not served."},
	{DNSGlueMissing, Bool, Zone, FromSOA | FromServers | FromGlue, "A name server in the zone has no glue, or none for its IPv4 address, so that nobody finds it there (RFC 9471); or one in another zone below the same parent has none, and can be looked up by nobody for that reason."},
	{DNSGlueMissingFor, List, Zone, FromSOA | FromServers | FromGlue, "The names without glue."},
	{DNSGlueIncomplete, Bool, Zone, FromSOA | FromServers | FromGlue, "Beside other glue of the same name server, an address is not there, usually that of IPv6."},
	{DNSGlueLacking, List, Zone, FromSOA | FromServers | FromGlue, "These names and addresses."},

	// The zone as a whole.
	{DNSZoneServers, List, Zone, FromSOA, "Names of the zone's name servers."},
	{DNSZoneDead, Bool, Zone, FromSOA, "No address of any name server of the zone answers, though other name servers do. Unknown if one of them could not be asked."},
	{DNSZoneLost, Bool, Zone, FromSOA, "All names of name servers in the parent zone's delegation are like that, or have no address, so that nobody finds the zone."},

	// All name servers together.
	{DNSNSFewest, Int, Zone, FromSOA, "Name servers in the shortest list, of the parent zone and of each server of the zone. Unknown if one list has several servers and another has one."},
	{DNSNSMost, Int, Zone, FromSOA, "Name servers in the longest list."},
	{DNSNSAddresses, Int, Zone, FromSOA, "Different addresses of all name servers, by the servers of their own zones."},
	{DNSNSSlowest, Duration, Zone, FromSOA, "How long the slowest of the name servers that answered over UDP took, each at its fastest."},
	{DNSNSSlowestServer, Text, Zone, FromSOA, "Which one that is."},
	{DNSNSMachines, Int, Zone, FromSOA, "How many machines there are at least behind all name servers, as far as their addresses tell; unknown if only an IPv4 and an IPv6 address stand behind the same names."},
	{DNSNSNetworks, List, Zone, FromSOA, "Networks of 256 IPv4 addresses (/24) in which the name servers stand."},
	{DNSNSSameNet, Bool, Zone, FromSOA, "All IPv4 addresses of the name servers share the first three numbers."},
	{DNSNSOneAddress, Bool, Zone, FromSOA, "All name servers together have one address."},
	{DNSNSSpread6, Bool, Zone, FromSOA, "The IPv6 addresses of the name servers lie in several /48 prefixes, or a name server has IPv6 addresses only."},
	{DNSNSAlias, Bool, Zone, FromSOA, "The name of a name server is an alias (CNAME) by the servers of its own zone."},
	{DNSNSAliases, List, Zone, FromSOA, "Names of name servers that are aliases."},
	{DNSNSUnresolvable, Bool, Zone, FromSOA, "The name of a name server has neither an IPv4 nor an IPv6 address by the servers of its own zone."},
	{DNSNSWithoutAddress, List, Zone, FromSOA, "Names of name servers without address."},
	{DNSNSNoneResolvable, Bool, Zone, FromSOA, "No name server has an address by the servers of its own zone."},
	{DNSNSCircular, Bool, Zone, FromSOA, "Nobody can look up the name of a name server: it lies in a zone whose own servers have such names too, round in a circle, and no referral has glue that leads in (RFC 9471 section 2.3)."},
	{DNSNSCircularNames, List, Zone, FromSOA, "Names of name servers that nobody can look up for that reason."},
	{DNSNSAllPrivate, Bool, Zone, FromSOA, "All addresses of the name servers are private, local or reserved."},

	// One address of a name server.
	{DNSServerRoute, Bool, Server, FromSOA, "This machine has a route to the name server. A missing one, usually of IPv6, is the tester's trouble and makes the fact unknown."},
	{DNSNSJudged, Bool, Server, FromSOA, "The address is judged. Unknown for one to which this machine has no route, usually of IPv6, while the server answers at another."},
	{DNSNSAnswers, Bool, Server, FromSOA, "The server answers at this address, whatever it says. Known to be no after three tries over UDP and TCP, if other name servers of the same address family answer."},
	{DNSNSAuthoritative, Bool, Server, FromSOA | FromServers, "The server answers for the zone with authority. Known to be no after three tries with pauses between them, the last one over TCP, that were all answered otherwise."},
	{DNSNSWithoutSOA, Bool, Server, FromSOA | FromServers, "The server has records of the zone and answers for it with authority, but says at three tries, the last one over TCP, that the zone has no SOA record."},
	{DNSNSSaid, Text, Server, FromSOA | FromServers, "What a server does instead that does not give the SOA record of the zone."},
	{DNSNSTCP, Bool, Server, FromSOA | FromTCP, "The server answers over TCP. Known to be no after three tries, if it answers over UDP."},
	{DNSNSPublic, Bool, Server, FromSOA, "The address is none of those that are private, local or reserved (RFC 6890)."},

	// What name servers do for strangers.
	{DNSRecursionForeign, Bool, Server, FromSOA | FromRecursion, "The server resolves names that are not its business for this machine, a stranger: asked with RD=1 for a name that cannot exist in a zone that it does not hold, it says so in the words of that zone. A set RA bit, a refusal or a referral is a no."},
	{DNSRecursionOffered, Bool, Server, FromSOA | FromRecursion, "The server sets the RA bit, which by itself proves nothing."},
	{DNSTransferOpen, Bool, Server, FromSOA | FromTransfer, "The server begins to hand out the whole zone over TCP (AXFR) to this machine, a stranger. No means that it refuses, or closes the connection."},
	{DNSTransferRecords, Int, Server, FromSOA | FromTransfer, "Number of records that had come when the transfer was broken off."},

	// What the servers of a zone say together.
	{DNSSOASerials, List, Zone, FromSOA, "Serial at each name server address that answered, at the first look."},
	{DNSSOASerialsAgain, List, Zone, FromSOA | FromAgreement, "The same at the second look, after the time to settle."},
	{DNSSOASerialsDiffer, Bool, Zone, FromSOA, "At the first look at least two name server addresses answered with different serials. No only where every name server was heard."},
	{DNSSOADataDiffer, Bool, Zone, FromSOA | FromAgreement, "The servers whose serials differ have different NS, MX, A, AAAA or TXT records at the apex, compared as sets. Not known where only addresses differ that servers may compute by load or place."},
	{DNSSOADifferingTypes, List, Zone, FromSOA | FromAgreement, "The types of those records that differ."},
	{DNSSOASerialBackwards, Bool, Zone, FromSOA | FromAgreement, "A server's serial was smaller at the second look than at the first (RFC 1982), and still so when asked once more. Known only if there was a second look."},
	{DNSSOASettled, Bool, Zone, FromSOA | FromAgreement, "The serials differed at the first look and agree at the second. Known only if there was a second look."},
	{DNSSOALagTooLong, Bool, Zone, FromSOA | FromAgreement, "A server was still behind after refresh plus retry, the time within which a secondary must have asked for news. Known if we waited that long, or if several providers count by themselves."},
	{DNSSOAProviders, Int, Zone, FromSOA, "Number of DNS providers that count serials by themselves, told apart by the registrable domains of the name servers' names, without numbers and public suffix; one where all servers name the same primary."},

	// What an SOA record says, at each server.
	{DNSSOAAnswered, Bool, Server, FromSOA, "The server gave an authoritative SOA record of the zone."},
	{DNSSOASerial, Int, Server, FromSOA, "Serial number of the SOA record (RFC 1035 section 3.3.13)."},
	{DNSSOASerialIsDate, Bool, Server, FromSOA, "The serial reads as YYYYMMDDnn with an existing date that is not in the future anywhere on earth (UTC+14)."},
	{DNSSOARefresh, Duration, Server, FromSOA, "Refresh interval of the SOA record."},
	{DNSSOARetry, Duration, Server, FromSOA, "Retry interval of the SOA record."},
	{DNSSOAExpire, Duration, Server, FromSOA, "Expire value of the SOA record."},
	{DNSSOAExpireTooShort, Bool, Server, FromSOA, "Expire is below refresh plus retry, so that a secondary drops the zone before a failed refresh was retried once; or it is not above retry."},
	{DNSSOACount, Int, Server, FromSOA, "Number of different SOA records in the server's answer. With more than one, what the record says is not known."},
	{DNSSOAMName, Text, Server, FromSOA, "Primary name server named in the SOA record (MNAME), lower case, without the final dot."},
	{DNSSOAMNameAtParent, Bool, Server, FromSOA, "The primary named in the SOA record is among the name servers in the parent zone's delegation. Known only where the parent zone's own servers were asked."},
	{DNSSOAParentServers, List, Server, FromSOA, "Names of the name servers in the parent zone's delegation."},
	{DNSSOAMinimum, Duration, Server, FromSOA, "Minimum field of the SOA record."},
	{DNSSOAMinimumInvalid, Bool, Server, FromSOA, "The minimum field is 2^31 or more, which is no TTL (RFC 2181 section 8)."},
	{DNSSOANegativeTTL, Duration, Server, FromSOA, "How long a resolver may remember that a name does not exist: the smaller of the minimum field and the SOA record's own TTL (RFC 2308 section 3); one of 2^31 or more counts as zero (RFC 2181 section 8)."},
	{DNSSOARefreshUnworkable, Bool, Server, FromSOA, "Refresh is zero, or is not below expire, so that a secondary drops the zone before it asks for news at all."},
	{DNSSOARetryZero, Bool, Server, FromSOA, "Retry is zero, so that a secondary repeats a failed refresh without a pause."},
	{DNSSOASerialStyle, Text, Server, FromSOA, "What the serial looks like: date (YYYYMMDDnn, the day has begun somewhere on earth), future_date (such a date that has not begun anywhere, at most two years ahead), unix_time, counter, or other (ten digits of this or the last century that are none of these)."},
	{DNSSOASerialDate, Text, Server, FromSOA, "The date in a serial of the style date or future_date, as YYYY-MM-DD."},
	{DNSSOASerialDateBegun, Bool, Server, FromSOA, "The date in the serial has begun everywhere on earth, so that no clock zone (down to UTC-12) sees it in the future."},
}
