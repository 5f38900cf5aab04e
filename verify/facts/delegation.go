package facts

// The names of the facts about the delegation of a zone and its name servers.
const (
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
	DNSZoneDead             Name = "dns.zone.dead"
	DNSGlueDiffers          Name = "dns.glue.differs"
	DNSGlueDiffering        Name = "dns.glue.differing"
	DNSGlueDead             Name = "dns.glue.dead"
	DNSGlueMissing          Name = "dns.glue.missing"
	DNSGlueMissingFor       Name = "dns.glue.missing_for"
	DNSGlueIncomplete       Name = "dns.glue.incomplete"
	DNSGlueLacking          Name = "dns.glue.lacking"
	DNSNSFewest             Name = "dns.ns.fewest"
	DNSNSMost               Name = "dns.ns.most"
	DNSNSAddresses          Name = "dns.ns.addresses"
	DNSNSMachines           Name = "dns.ns.machines"
	DNSNSSlowest            Name = "dns.ns.slowest"
	DNSNSSlowestServer      Name = "dns.ns.slowest_server"
	DNSNSNetworks           Name = "dns.ns.networks"
	DNSNSSameNet            Name = "dns.ns.same_network"
	DNSNSOneAddress         Name = "dns.ns.one_address"
	DNSNSSpread6            Name = "dns.ns.spread_over_ipv6"
	DNSNSAlias              Name = "dns.ns.alias"
	DNSNSAliases            Name = "dns.ns.aliases"
	DNSNSUnresolvable       Name = "dns.ns.unresolvable"
	DNSNSWithoutAddress     Name = "dns.ns.without_address"
	DNSNSNoneResolvable     Name = "dns.ns.none_resolvable"
	DNSNSCircular           Name = "dns.ns.circular"
	DNSNSCircularNames      Name = "dns.ns.circular_names"
	DNSZoneLost             Name = "dns.zone.lost"
	DNSNSAllPrivate         Name = "dns.ns.all_private"
	DNSNSJudged             Name = "dns.ns.judged"
	DNSNSAnswers            Name = "dns.ns.answers"
	DNSNSAuthoritative      Name = "dns.ns.authoritative"
	DNSNSSaid               Name = "dns.ns.said"
	DNSNSWithoutSOA         Name = "dns.ns.without_soa"
	DNSNSTCP                Name = "dns.ns.tcp"
	DNSNSPublic             Name = "dns.ns.public"
)

var delegationDefinitions = []Definition{
	{DNSDelegationWalked, Bool, Zone, "The servers of the zones above were asked, from the root down. Else the name servers are known from a resolver only."},
	{DNSDelegationParent, List, Zone, "Name servers of the zone by the parent zone's own servers: their referral, or the answer of those that serve the zone too. Unknown if they contradict each other."},
	{DNSDelegationChild, List, Zone, "Name servers of the zone by its own servers, those of all answers with authority."},
	{DNSDelegationDiffers, Bool, Zone, "Some server of the zone names other name servers than the parent zone. Known to be no only where each of them was heard; one without the zone has no list."},
	{DNSDelegationOnlyParent, List, Zone, "Name servers that the parent zone names and some server of the zone does not."},
	{DNSDelegationOnlyChild, List, Zone, "Name servers that a server of the zone names and the parent zone does not."},
	{DNSDelegationFailing, List, Zone, "Name servers by either list that serve the zone at none of their addresses: dead, without authority, or without address."},
	{DNSDelegationSomeFail, Bool, Zone, "Some name server by either list serves the zone at none of its addresses."},
	{DNSDelegationTTL, Duration, Zone, "How long resolvers may keep the parent zone's list of name servers."},
	{DNSReferralSize, Int, Zone, "Octets of the parent zone's referral, names compressed, without EDNS. Up to 512 fit into a datagram everywhere."},
	{DNSZoneDead, Bool, Zone, "No address of any name server of the zone answers, though other name servers do. Unknown if one of them could not be asked."},
	{DNSGlueDiffers, Bool, Zone, "The parent zone's glue has an address for a name server, in the zone or in another one below the same parent, that no server of the name's own zone gives it."},
	{DNSGlueDiffering, List, Zone, "These names and addresses."},
	{DNSGlueDead, Bool, Zone, "At some such address the zone is not served."},
	{DNSGlueMissing, Bool, Zone, "A name server in the zone has no glue, or none for its IPv4 address, so that nobody finds it there (RFC 9471); or one in another zone below the same parent has none, and can be looked up by nobody for that reason."},
	{DNSGlueMissingFor, List, Zone, "The names without glue."},
	{DNSGlueIncomplete, Bool, Zone, "Beside other glue of the same name server, an address is not there, usually that of IPv6."},
	{DNSGlueLacking, List, Zone, "These names and addresses."},
	{DNSNSFewest, Int, Zone, "Name servers in the shortest list, of the parent zone and of each server of the zone. Unknown if one list has several servers and another has one."},
	{DNSNSMost, Int, Zone, "Name servers in the longest list."},
	{DNSNSAddresses, Int, Zone, "Different addresses of all name servers, by the servers of their own zones."},
	{DNSNSSlowest, Duration, Zone, "How long the slowest of the name servers that answered over UDP took, each at its fastest."},
	{DNSNSSlowestServer, Text, Zone, "Which one that is."},
	{DNSNSMachines, Int, Zone, "How many machines there are at least behind all name servers, as far as their addresses tell; unknown if only an IPv4 and an IPv6 address stand behind the same names."},
	{DNSNSNetworks, List, Zone, "Networks of 256 IPv4 addresses (/24) in which the name servers stand."},
	{DNSNSSameNet, Bool, Zone, "All IPv4 addresses of the name servers share the first three numbers."},
	{DNSNSOneAddress, Bool, Zone, "All name servers together have one address."},
	{DNSNSSpread6, Bool, Zone, "The IPv6 addresses of the name servers lie in several /48 prefixes, or a name server has IPv6 addresses only."},
	{DNSNSAlias, Bool, Zone, "The name of a name server is an alias (CNAME) by the servers of its own zone."},
	{DNSNSAliases, List, Zone, "Names of name servers that are aliases."},
	{DNSNSUnresolvable, Bool, Zone, "The name of a name server has neither an IPv4 nor an IPv6 address by the servers of its own zone."},
	{DNSNSWithoutAddress, List, Zone, "Names of name servers without address."},
	{DNSNSNoneResolvable, Bool, Zone, "No name server has an address by the servers of its own zone."},
	{DNSNSCircular, Bool, Zone, "Nobody can look up the name of a name server: it lies in a zone whose own servers have such names too, round in a circle, and no referral has glue that leads in (RFC 9471 section 2.3)."},
	{DNSNSCircularNames, List, Zone, "Names of name servers that nobody can look up for that reason."},
	{DNSZoneLost, Bool, Zone, "All names of name servers in the parent zone's delegation are like that, or have no address, so that nobody finds the zone."},
	{DNSNSAllPrivate, Bool, Zone, "All addresses of the name servers are private, local or reserved."},
	{DNSNSJudged, Bool, Server, "The address is judged. Unknown for one to which this machine has no route, usually of IPv6, while the server answers at another."},
	{DNSNSAnswers, Bool, Server, "The server answers at this address, whatever it says. Known to be no after three tries over UDP and TCP, if other name servers of the same address family answer."},
	{DNSNSAuthoritative, Bool, Server, "The server answers for the zone with authority. Known to be no after three tries with pauses between them, the last one over TCP, that were all answered otherwise."},
	{DNSNSWithoutSOA, Bool, Server, "The server has records of the zone and answers for it with authority, but says at three tries, the last one over TCP, that the zone has no SOA record."},
	{DNSNSSaid, Text, Server, "What a server does instead that does not give the SOA record of the zone."},
	{DNSNSTCP, Bool, Server, "The server answers over TCP. Known to be no after three tries, if it answers over UDP."},
	{DNSNSPublic, Bool, Server, "The address is none of those that are private, local or reserved (RFC 6890)."},
}
