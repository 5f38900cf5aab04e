package facts

import "slices"

// Definition declares a fact: its name, the kind of its value, what it is about, and what it means.
type Definition struct {
	Name  Name
	Kind  Kind
	Scope SubjectKind
	Means string
}

// The names of the facts.
const (
	SMTPPort              Name = "smtp.port"
	SMTPRouteOK           Name = "smtp.route.ok"
	SMTPConnectOK         Name = "smtp.connect.ok"
	SMTPNetworkOpen       Name = "smtp.network.open"
	SMTPConnectLatency    Name = "smtp.connect.latency"
	SMTPGreetingReceived  Name = "smtp.greeting.received"
	SMTPGreetingCode      Name = "smtp.greeting.code"
	SMTPGreetingText      Name = "smtp.greeting.text"
	SMTPGreetingLatency   Name = "smtp.greeting.latency"
	SMTPGreetingFirstByte Name = "smtp.greeting.first_byte"
	SMTPGreetingHasPTR    Name = "smtp.greeting.contains_ptr"
	SMTPEHLOLatency       Name = "smtp.ehlo.latency"
	SMTPEHLOSTARTTLS      Name = "smtp.ehlo.starttls"
	SMTPSTARTTLSMissing   Name = "smtp.starttls.missing"
	SMTPSTARTTLSVersion   Name = "smtp.starttls.version"
	SMTPSTARTTLSSometimes Name = "smtp.starttls.sometimes"
	SMTPMAILLatency       Name = "smtp.mail.latency"
	SMTPRCPTLatency       Name = "smtp.rcpt.latency"
	SMTPTransactionTotal  Name = "smtp.transaction.total"
	SMTPHostsGreeting     Name = "smtp.addresses.greeting"
	DNSPTRNames           Name = "dns.ptr.names"
	DNSPTRMissing         Name = "dns.ptr.missing"
	DNSSOAAnswered        Name = "dns.soa.answered"
	DNSSOASerial          Name = "dns.soa.serial"
	DNSSOASerialIsDate    Name = "dns.soa.serial_is_date"
	DNSSOARefresh         Name = "dns.soa.refresh"
	DNSSOARetry           Name = "dns.soa.retry"
	DNSSOAExpire          Name = "dns.soa.expire"
	DNSSOAExpireTooShort  Name = "dns.soa.expire_below_refresh_plus_retry"

	SMTPConnectFailures    Name = "smtp.connect.failures"
	SMTPConnectFailedFor   Name = "smtp.connect.failed_for"
	SMTPNolisting          Name = "smtp.nolisting"
	SMTPDrip               Name = "smtp.drip"
	SMTPTarpit             Name = "smtp.tarpit"
	SMTPDelayKind          Name = "smtp.delay.kind"
	SMTPDelayFirstContact  Name = "smtp.delay.first_contact"
	SMTPDelayEverybody     Name = "smtp.delay.everybody"
	SMTPSamplesCount       Name = "smtp.samples.count"
	SMTPSamplesGreetingMin Name = "smtp.samples.greeting_min"
	SMTPSamplesGreetingMed Name = "smtp.samples.greeting_median"
	SMTPSamplesGreetingMax Name = "smtp.samples.greeting_max"
	SMTPHangup             Name = "smtp.hangup"
	SMTPHangupStep         Name = "smtp.hangup.step"

	SMTPTLSRequired        Name = "smtp.tls.required"
	SMTPRelayAccepted      Name = "smtp.relay.accepted"
	SMTPRelaySelective     Name = "smtp.relay.selective"
	SMTPRelayGreylisted    Name = "smtp.relay.greylisted"
	SMTPRelayOddForms      Name = "smtp.relay.odd_forms"
	SMTPPostmasterAccepted Name = "smtp.postmaster.accepted"
	SMTPVRFYDiscloses      Name = "smtp.vrfy.discloses"
	SMTPEXPNDiscloses      Name = "smtp.expn.discloses"

	// What an SOA record says, at each server.
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
	DNSZoneServers        Name = "dns.zone.servers"

	SMTPGreetingName         Name = "smtp.greeting.name"
	SMTPGreetingNameValid    Name = "smtp.greeting.name_valid"
	SMTPGreetingMasked       Name = "smtp.greeting.masked"
	SMTPGreetingNameResolves Name = "smtp.greeting.name_resolves"
	DNSPTRConfirmed          Name = "dns.ptr.confirmed"
	DNSPTRHostnameValid      Name = "dns.ptr.hostname_valid"
	DNSPTRGeneric            Name = "dns.ptr.generic"
	DNSPTRResolverDiffers    Name = "dns.ptr.resolver_differs"
	DNSHostResolves          Name = "dns.host.resolves"
	DNSHostsResolving        Name = "dns.hosts.resolving"
	DNSHostLedBy             Name = "dns.host.led_by"
	IPOutbound               Name = "ip.outbound"
)

// The names of the facts about encryption: what a server shows, and what its domain and its host demand of senders.
const (
	SMTPSTARTTLSTrouble        Name = "smtp.starttls.trouble"
	SMTPSTARTTLSSmuggled       Name = "smtp.starttls.smuggled"
	SMTPCertificateTrusted     Name = "smtp.certificate.trusted"
	SMTPCertificateNameMatches Name = "smtp.certificate.name_matches"
	SMTPCertificateInDate      Name = "smtp.certificate.in_date"
	SMTPCertificateSelfSigned  Name = "smtp.certificate.self_signed"
	SMTPCertificateExpires     Name = "smtp.certificate.expires"
	SMTPCertificateProblem     Name = "smtp.certificate.problem"
	MTASTSDomain               Name = "mtasts.domain"
	MTASTSMode                 Name = "mtasts.mode"
	MTASTSProblem              Name = "mtasts.problem"
	MTASTSCoversHost           Name = "mtasts.covers_host"
	DANEPublished              Name = "dane.published"
	DANEUsable                 Name = "dane.usable"
	DANEMatches                Name = "dane.matches"
)

// definitions is the support engineer's dictionary, in the order in which it is printed.
var definitions = slices.Concat([]Definition{
	{SMTPPort, Int, Session, "TCP port of the test."},
	{SMTPRouteOK, Bool, Session, "This machine has a route to addresses of that family. A missing one, usually of IPv6, is the tester's trouble and makes the fact unknown."},
	{SMTPConnectOK, Bool, Session, "A TCP connection to the SMTP port was made. No means that there was none while this network demonstrably reaches other servers."},
	{SMTPNetworkOpen, Bool, Session, "A control, or another server of the report, greeted from outside of this network over the same address family, so that this network lets SMTP out. No means only that this was not shown."},
	{SMTPConnectLatency, Duration, Session, "Time from the start of the TCP connection to its being made."},
	{SMTPGreetingReceived, Bool, Session, "A whole greeting with code 220 came. Its absence is never known from one session: it is unknown, with the reason."},
	{SMTPGreetingCode, Int, Session, "Reply code of the greeting."},
	{SMTPGreetingText, Text, Session, "The greeting, its lines joined by blanks, without the codes."},
	{SMTPGreetingLatency, Duration, Session, "Time from the TCP connection to the last byte of the greeting, 220- lines included. Known only where code 220 came, or as a lower bound where our own patience ended the wait."},
	{SMTPGreetingFirstByte, Duration, Session, "Time from the TCP connection to the first byte of the greeting."},
	{SMTPGreetingHasPTR, Bool, Session, "A name found by reverse look-up of the address stands in the greeting, letter case ignored. No also where the address has no such name."},
	{SMTPEHLOLatency, Duration, Session, "Time from EHLO to the last byte of its reply, or from HELO where the server does not know EHLO."},
	{SMTPEHLOSTARTTLS, Bool, Session, "The reply to EHLO lists STARTTLS, on whichever line."},
	{SMTPSTARTTLSMissing, Bool, Session, "The server offers no usable encryption: STARTTLS is not listed and is rejected as an unknown command when sent, or it is listed and failed in two spaced tries: by a rejection of the command, by something that is no TLS, by an end of the connection behind the handshake, or without any server hello to a modern hello and to one that offers everything since SSL 3. No means that a reply came inside TLS."},
	{SMTPSTARTTLSSometimes, Bool, Session, "Encryption works in some sessions with the address and is missing in two others at least."},
	{SMTPSTARTTLSVersion, Text, Session, "TLS version of the finished handshake; where none was finished, that of the server's answer to a hello that offers everything since SSL 3."},
	{SMTPMAILLatency, Duration, Session, "Time from MAIL to the last byte of its reply, whatever its code."},
	{SMTPRCPTLatency, Duration, Session, "Time from RCPT to the last byte of its reply, whatever its code."},
	{SMTPTransactionTotal, Duration, Session, "Time from the start of the TCP connection to the reply to RCPT, or to MAIL where MAIL was refused. Our own STARTTLS test is not counted."},
	{SMTPHostsGreeting, Int, Target, "Number of SMTP addresses behind the tested name that greeted with 220; a lower bound where it is not known of all."},
	{SMTPConnectFailures, Int, Session, "Number of sessions with the address that got no TCP connection. Before it counts against the server, a failed one is tried again."},
	{SMTPConnectFailedFor, Duration, Session, "Time from the first to the last of these sessions."},
	{SMTPNolisting, Bool, Session, "The address belongs to the one most preferred mail host of the domain, all addresses of that host refuse the connection, and a less preferred host greets: the pattern called nolisting."},
	{SMTPDrip, Bool, Session, "Some reply came drop by drop: two seconds or more passed between the first and the last byte of its first line. A line is sent in one piece otherwise."},
	{SMTPTarpit, Bool, Session, "The server drips its replies and offers no STARTTLS, as a trap for distrusted clients does, such as spamd of OpenBSD. Others may meet another dialogue."},
	{SMTPDelayKind, Text, Session, "Where the time of the slowest greeted session went: none, greeting, ehlo, rcpt, every_step (all steps that were asked, two at least) or mixed. A step is slow that takes two seconds or more."},
	{SMTPDelayFirstContact, Bool, Session, "The first session was greeted after two seconds or more, and every later one sooner. Known from two greeted sessions on."},
	{SMTPDelayEverybody, Bool, Session, "Nothing suggests that the waits are kept for distrusted clients. Unknown where the server drips its replies without offering STARTTLS."},
	{SMTPSamplesCount, Int, Session, "Number of sessions whose greeting was timed."},
	{SMTPSamplesGreetingMin, Duration, Session, "Shortest time to the end of the greeting in the sessions with this address."},
	{SMTPSamplesGreetingMed, Duration, Session, "Median of the times to the end of the greeting; of an even number of sessions the lower middle one."},
	{SMTPSamplesGreetingMax, Duration, Session, "Longest time to the end of the greeting in the sessions with this address."},
	{SMTPHangup, Bool, Session, "After a 220 greeting the server ended the connection without 421 (RFC 5321 section 3.8) while a reply to EHLO, STARTTLS, MAIL or RCPT was due, at the same step in two spaced sessions. No means that every session came to QUIT, past the reply to RCPT."},
	{SMTPHangupStep, Text, Session, "The step at which the server hung up."},
	{SMTPTLSRequired, Bool, Session, "MAIL or RCPT is refused before STARTTLS, for good, because encryption is wanted first. No means that both were accepted without it."},
	{SMTPRelayAccepted, Bool, Session, "A stranger's recipients in two domains that the server does not serve are accepted. No means that both are refused because the server does not take mail for them, while the postmaster of the tested name is accepted, or only put off where both refusals are permanent and name relaying."},
	{SMTPRelaySelective, Bool, Session, "Recipients in foreign domains are accepted and one in a domain that cannot exist is refused for good, though not because of a limit on the session, so that the server does look where mail goes."},
	{SMTPRelayGreylisted, Bool, Session, "A recipient of the relay test was put off with a temporary reply (4xx), as greylisting does, and no later try decided it."},
	{SMTPRelayOddForms, Text, Session, "Forms of a foreign recipient (percent sign, quoted, source route, bang path) that are accepted although the plain one is refused; empty if none. They prove no relaying: the server may take them for mailboxes of its own."},
	{SMTPPostmasterAccepted, Bool, Session, "Mail for the postmaster of the tested name is accepted. No means that it was refused for good, for the recipient's sake, from two senders."},
	{SMTPVRFYDiscloses, Bool, Session, "VRFY answers otherwise for a mailbox that must exist than for one that cannot."},
	{SMTPEXPNDiscloses, Bool, Session, "EXPN tells strangers which mailboxes stand behind a name."},
	{DNSPTRNames, List, Session, "Names found by reverse look-up of the address, without the final dot."},
	{DNSPTRMissing, Bool, Session, "Reverse look-up of the address finds no name."},
	{DNSPTRConfirmed, Bool, Session, "A name found by reverse look-up leads back to the address: by an A record for IPv4, AAAA for IPv6; up to ten names, aliases followed. No also where the address has no such name."},
	{DNSPTRHostnameValid, Bool, Session, "A name found by reverse look-up is a full host name: two labels or more of letters, digits and hyphens (RFC 1123 section 2.1). No also where the address has no such name."},
	{DNSPTRGeneric, Bool, Session, "Every proper host name found by reverse look-up looks assigned by a machine: it holds most of the address, or a word such as dsl or pool. A hint; no standard knows such names."},
	{DNSPTRResolverDiffers, Bool, Session, "The resolver finds other reverse names than the name servers of the reverse zone give, such as an old answer that it still remembers."},
	{IPOutbound, Text, Session, "The address sends mail to the Internet: yes or no by the user's word or by the SPF record of the tested domain; assumed where neither tells."},
	{SMTPGreetingName, Text, Session, "First word behind the code of the greeting, where the server's own name stands (RFC 5321 section 4.2)."},
	{SMTPGreetingNameValid, Bool, Session, "That word is a full host name, or an address literal such as [192.0.2.1]."},
	{SMTPGreetingMasked, Bool, Session, "That word begins with asterisks, as firewalls write that inspect SMTP."},
	{SMTPGreetingNameResolves, Bool, Session, "That name has an A, AAAA or MX record: by the word of the resolver where it leads to something public, else of the name servers."},
	{DNSHostResolves, Bool, Session, "The host name has an A or AAAA record, by the word of its own name servers where they can be asked."},
	{DNSHostLedBy, Text, Session, "Who led to the host at this address: both (the resolver did, and the name servers of the zones lead there too), resolver (it alone: the name servers gave no usable answer) or zone (its name servers, because the resolver led nowhere). Unknown where the name servers lead elsewhere, as all other facts about the host then are."},
	{DNSHostsResolving, Int, Target, "Number of host names behind the tested name that have an address; a lower bound where it is not known of all."},
	{DNSSOAAnswered, Bool, Server, "The server gave an authoritative SOA record of the zone."},
	{DNSSOASerial, Int, Server, "Serial number of the SOA record (RFC 1035 section 3.3.13)."},
	{DNSSOASerialIsDate, Bool, Server, "The serial reads as YYYYMMDDnn with an existing date that is not in the future anywhere on earth (UTC+14)."},
	{DNSSOARefresh, Duration, Server, "Refresh interval of the SOA record."},
	{DNSSOARetry, Duration, Server, "Retry interval of the SOA record."},
	{DNSSOAExpire, Duration, Server, "Expire value of the SOA record."},
	{DNSSOAExpireTooShort, Bool, Server, "Expire is below refresh plus retry, so that a secondary drops the zone before a failed refresh was retried once; or it is not above retry."},
	{DNSSOACount, Int, Server, "Number of different SOA records in the server's answer. With more than one, what the record says is not known."},
	{DNSSOAMName, Text, Server, "Primary name server named in the SOA record (MNAME), lower case, without the final dot."},
	{DNSSOAMNameAtParent, Bool, Server, "The primary named in the SOA record is among the name servers in the parent zone's delegation. Known only where the parent zone's own servers were asked."},
	{DNSSOAParentServers, List, Server, "Names of the name servers in the parent zone's delegation."},
	{DNSSOAMinimum, Duration, Server, "Minimum field of the SOA record."},
	{DNSSOAMinimumInvalid, Bool, Server, "The minimum field is 2^31 or more, which is no TTL (RFC 2181 section 8)."},
	{DNSSOANegativeTTL, Duration, Server, "How long a resolver may remember that a name does not exist: the smaller of the minimum field and the SOA record's own TTL (RFC 2308 section 3); one of 2^31 or more counts as zero (RFC 2181 section 8)."},
	{DNSSOARefreshUnworkable, Bool, Server, "Refresh is zero, or is not below expire, so that a secondary drops the zone before it asks for news at all."},
	{DNSSOARetryZero, Bool, Server, "Retry is zero, so that a secondary repeats a failed refresh without a pause."},
	{DNSSOASerialStyle, Text, Server, "What the serial looks like: date (YYYYMMDDnn, the day has begun somewhere on earth), future_date (such a date that has not begun anywhere, at most two years ahead), unix_time, counter, or other (ten digits of this or the last century that are none of these)."},
	{DNSSOASerialDate, Text, Server, "The date in a serial of the style date or future_date, as YYYY-MM-DD."},
	{DNSSOASerialDateBegun, Bool, Server, "The date in the serial has begun everywhere on earth, so that no clock zone (down to UTC-12) sees it in the future."},
	{DNSSOASerials, List, Zone, "Serial at each name server address that answered, at the first look."},
	{DNSSOASerialsAgain, List, Zone, "The same at the second look, after the time to settle."},
	{DNSSOASerialsDiffer, Bool, Zone, "At the first look at least two name server addresses answered with different serials. No only where every name server was heard."},
	{DNSSOADataDiffer, Bool, Zone, "The servers whose serials differ have different NS, MX, A, AAAA or TXT records at the apex, compared as sets. Not known where only addresses differ that servers may compute by load or place."},
	{DNSSOADifferingTypes, List, Zone, "The types of those records that differ."},
	{DNSSOASerialBackwards, Bool, Zone, "A server's serial was smaller at the second look than at the first (RFC 1982), and still so when asked once more. Known only if there was a second look."},
	{DNSSOASettled, Bool, Zone, "The serials differed at the first look and agree at the second. Known only if there was a second look."},
	{DNSSOALagTooLong, Bool, Zone, "A server was still behind after refresh plus retry, the time within which a secondary must have asked for news. Known if we waited that long, or if several providers count by themselves."},
	{DNSSOAProviders, Int, Zone, "Number of DNS providers that count serials by themselves, told apart by the registrable domains of the name servers' names, without numbers and public suffix; one where all servers name the same primary."},
	{DNSZoneServers, List, Zone, "Names of the zone's name servers."},

	{SMTPSTARTTLSTrouble, Text, Session, "Why encryption does not work, in words; empty if it works."},
	{SMTPSTARTTLSSmuggled, Bool, Session, "Plain text stood behind the reply 220 to STARTTLS, where only encrypted bytes may follow. A client that believes it can be fed forged replies."},
	{SMTPCertificateTrusted, Bool, Session, "The certificates that the server sends lead to an authority that this machine trusts. The dates of the server's own certificate do not count here."},
	{SMTPCertificateNameMatches, Bool, Session, "The certificate is for the name of the SMTP host, not of the mail domain, by its alternative names (RFC 9525); the common name does not count."},
	{SMTPCertificateInDate, Bool, Session, "The certificate was valid at the time of the session."},
	{SMTPCertificateSelfSigned, Bool, Session, "Issuer and subject of the certificate are the same."},
	{SMTPCertificateExpires, Text, Session, "The last day on which the certificate is valid, in UTC."},
	{SMTPCertificateProblem, Text, Session, "What is wrong with the certificate, in words; empty if nothing is."},
	{MTASTSDomain, Text, Target, "The domain whose MTA-STS policy counts: the tested one, or that of which the tested host takes the mail."},
	{MTASTSMode, Text, Target, "What senders find as the MTA-STS policy of the domain: enforce, testing, none, or absent where there is none that they could use."},
	{MTASTSProblem, Text, Target, "Why senders find no MTA-STS policy although one is announced, in words; empty if none is announced, or if it is in order."},
	{MTASTSCoversHost, Bool, Session, "The MTA-STS policy lists the SMTP host."},
	{DANEPublished, Bool, Session, "Signed TLSA records exist for the SMTP host, so that senders that know DANE insist on encryption (RFC 7672). Records for whose signature no resolver named by the user vouches make it unknown."},
	{DANEUsable, Bool, Session, "Some of the signed TLSA records can be used for SMTP: usage 2 or 3, well formed. Senders that know DANE then insist on a match."},
	{DANEMatches, Bool, Session, "Some usable TLSA record matches the certificates that the server shows. With usage 3 neither its name nor its dates count."},
}, recordDefinitions, delegationDefinitions)

// Definitions returns all facts, in a stable order.
func Definitions() []Definition { return slices.Clone(definitions) }

// Define returns the declaration of a fact.
func Define(name Name) (Definition, bool) {
	i := slices.IndexFunc(definitions, func(d Definition) bool { return d.Name == name })
	if i < 0 {
		return Definition{}, false
	}
	return definitions[i], true
}
