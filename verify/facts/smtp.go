package facts

// The names of the facts learnt in SMTP sessions.
const (
	// The way to the server.
	SMTPPort             Name = "smtp.port"
	SMTPRouteOK          Name = "smtp.route.ok"
	SMTPConnectOK        Name = "smtp.connect.ok"
	SMTPNetworkOpen      Name = "smtp.network.open"
	SMTPConnectLatency   Name = "smtp.connect.latency"
	SMTPConnectFailures  Name = "smtp.connect.failures"
	SMTPConnectFailedFor Name = "smtp.connect.failed_for"
	SMTPNolisting        Name = "smtp.nolisting"

	// The greeting.
	SMTPGreetingReceived     Name = "smtp.greeting.received"
	SMTPGreetingCode         Name = "smtp.greeting.code"
	SMTPGreetingText         Name = "smtp.greeting.text"
	SMTPGreetingLatency      Name = "smtp.greeting.latency"
	SMTPGreetingFirstByte    Name = "smtp.greeting.first_byte"
	SMTPGreetingHasPTR       Name = "smtp.greeting.contains_ptr"
	SMTPGreetingName         Name = "smtp.greeting.name"
	SMTPGreetingNameValid    Name = "smtp.greeting.name_valid"
	SMTPGreetingMasked       Name = "smtp.greeting.masked"
	SMTPGreetingNameResolves Name = "smtp.greeting.name_resolves"
	SMTPHostsGreeting        Name = "smtp.addresses.greeting"

	// EHLO, and what is said about encryption.
	SMTPEHLOSTARTTLS      Name = "smtp.ehlo.starttls"
	SMTPSTARTTLSMissing   Name = "smtp.starttls.missing"
	SMTPSTARTTLSSometimes Name = "smtp.starttls.sometimes"
	SMTPSTARTTLSVersion   Name = "smtp.starttls.version"
	SMTPSTARTTLSTrouble   Name = "smtp.starttls.trouble"
	SMTPSTARTTLSSmuggled  Name = "smtp.starttls.smuggled"
	SMTPTLSRequired       Name = "smtp.tls.required"

	// The certificate.
	SMTPCertificateTrusted     Name = "smtp.certificate.trusted"
	SMTPCertificateNameMatches Name = "smtp.certificate.name_matches"
	SMTPCertificateInDate      Name = "smtp.certificate.in_date"
	SMTPCertificateSelfSigned  Name = "smtp.certificate.self_signed"
	SMTPCertificateExpires     Name = "smtp.certificate.expires"
	SMTPCertificateProblem     Name = "smtp.certificate.problem"

	// How long the steps take, and where the server keeps others waiting or hangs up.
	SMTPEHLOLatency        Name = "smtp.ehlo.latency"
	SMTPMAILLatency        Name = "smtp.mail.latency"
	SMTPRCPTLatency        Name = "smtp.rcpt.latency"
	SMTPTransactionTotal   Name = "smtp.transaction.total"
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

	// What strangers are allowed, and told.
	SMTPRelayAccepted      Name = "smtp.relay.accepted"
	SMTPRelaySelective     Name = "smtp.relay.selective"
	SMTPRelayGreylisted    Name = "smtp.relay.greylisted"
	SMTPRelayOddForms      Name = "smtp.relay.odd_forms"
	SMTPPostmasterAccepted Name = "smtp.postmaster.accepted"
	SMTPVRFYDiscloses      Name = "smtp.vrfy.discloses"
	SMTPEXPNDiscloses      Name = "smtp.expn.discloses"
)

// smtpFacts declares them. Latencies that our own patience ended are lower bounds; comparisons that a bound decides are decided.
// The scope is a session, which is one address of one host, because machines behind one name differ.
var smtpFacts = []Definition{
	// The way to the server.
	{SMTPPort, Int, Session, FromSession, "TCP port of the test."},
	{SMTPRouteOK, Bool, Session, FromSession, "This machine has a route to addresses of that family. A missing one, usually of IPv6, is the tester's trouble and makes the fact unknown."},
	{SMTPConnectOK, Bool, Session, FromSession, "A TCP connection to the SMTP port was made. No means that there was none while this network demonstrably reaches other servers."},
	{SMTPNetworkOpen, Bool, Session, FromSession, "A control, or another server of the report, greeted from outside of this network over the same address family, so that this network lets SMTP out. No means only that this was not shown."},
	{SMTPConnectLatency, Duration, Session, FromSession, "Time from the start of the TCP connection to its being made."},
	{SMTPConnectFailures, Int, Session, FromSession, "Number of sessions with the address that got no TCP connection. Before it counts against the server, a failed one is tried again."},
	{SMTPConnectFailedFor, Duration, Session, FromSession, "Time from the first to the last of these sessions."},
	{SMTPNolisting, Bool, Session, FromSession, "The address belongs to the one most preferred mail host of the domain, all addresses of that host refuse the connection, and a less preferred host greets: the pattern called nolisting."},

	// The greeting.
	{SMTPGreetingReceived, Bool, Session, FromSession, "A whole greeting with code 220 came. Its absence is never known from one session: it is unknown, with the reason."},
	{SMTPGreetingCode, Int, Session, FromSession, "Reply code of the greeting."},
	{SMTPGreetingText, Text, Session, FromSession, "The greeting, its lines joined by blanks, without the codes."},
	{SMTPGreetingLatency, Duration, Session, FromSession, "Time from the TCP connection to the last byte of the greeting, 220- lines included. Known only where code 220 came, or as a lower bound where our own patience ended the wait."},
	{SMTPGreetingFirstByte, Duration, Session, FromSession, "Time from the TCP connection to the first byte of the greeting."},
	{SMTPGreetingHasPTR, Bool, Session, FromSession | FromPTR, "A name found by reverse look-up of the address stands in the greeting, letter case ignored. No also where the address has no such name."},
	{SMTPGreetingName, Text, Session, FromSession, "First word behind the code of the greeting, where the server's own name stands (RFC 5321 section 4.2)."},
	{SMTPGreetingNameValid, Bool, Session, FromSession, "That word is a full host name, or an address literal such as [192.0.2.1]."},
	{SMTPGreetingMasked, Bool, Session, FromSession, "That word begins with asterisks, as firewalls write that inspect SMTP."},
	{SMTPGreetingNameResolves, Bool, Session, FromSession | FromGreetingName, "That name has an A, AAAA or MX record that leads somewhere, as a null MX does not: by the word of the resolver where it leads to something public, else of the name servers."},
	{SMTPHostsGreeting, Int, Target, FromSession, "Number of SMTP addresses behind the tested name that greeted with 220; a lower bound where it is not known of all."},

	// EHLO, and what is said about encryption.
	{SMTPEHLOSTARTTLS, Bool, Session, FromSession, "The reply to EHLO lists STARTTLS, on whichever line."},
	{SMTPSTARTTLSMissing, Bool, Session, FromSession | FromTLS, "The server offers no usable encryption: STARTTLS is not listed and is rejected as an unknown command when sent, or it is listed and failed in two spaced tries: by a rejection of the command, by something that is no TLS, by an end of the connection behind the handshake, or without any server hello to a modern hello and to one that offers everything since SSL 3. No means that a reply came inside TLS."},
	{SMTPSTARTTLSSometimes, Bool, Session, FromSession | FromTLS, "Encryption works in some sessions with the address and is missing in two others at least."},
	{SMTPSTARTTLSVersion, Text, Session, FromSession | FromTLS, "TLS version of the finished handshake; where none was finished, that of the server's answer to a hello that offers everything since SSL 3."},
	{SMTPSTARTTLSTrouble, Text, Session, FromSession | FromTLS, "Why encryption does not work, in words; empty if it works."},
	{SMTPSTARTTLSSmuggled, Bool, Session, FromSession | FromTLS, "Plain text stood behind the reply 220 to STARTTLS, where only encrypted bytes may follow. A client that believes it can be fed forged replies."},
	{SMTPTLSRequired, Bool, Session, FromSession | FromPlain, "MAIL or RCPT is refused before STARTTLS, for good, because encryption is wanted first. No means that both were accepted without it."},

	// The certificate.
	{SMTPCertificateTrusted, Bool, Session, FromSession | FromTLS, "The certificates that the server sends lead to an authority that this machine trusts. The dates of the server's own certificate do not count here."},
	{SMTPCertificateNameMatches, Bool, Session, FromSession | FromTLS, "The certificate is for the name of the SMTP host, not of the mail domain, by its alternative names (RFC 9525); the common name does not count."},
	{SMTPCertificateInDate, Bool, Session, FromSession | FromTLS, "The certificate was valid at the time of the session."},
	{SMTPCertificateSelfSigned, Bool, Session, FromSession | FromTLS, "Issuer and subject of the certificate are the same."},
	{SMTPCertificateExpires, Text, Session, FromSession | FromTLS, "The last day on which the certificate is valid, in UTC."},
	{SMTPCertificateProblem, Text, Session, FromSession | FromTLS, "What is wrong with the certificate, in words; empty if nothing is."},

	// How long the steps take, and where the server keeps others waiting or hangs up.
	{SMTPEHLOLatency, Duration, Session, FromSession, "Time from EHLO to the last byte of its reply, or from HELO where the server does not know EHLO."},
	{SMTPMAILLatency, Duration, Session, FromSession | FromTransaction, "Time from MAIL to the last byte of its reply, whatever its code."},
	{SMTPRCPTLatency, Duration, Session, FromSession | FromTransaction, "Time from RCPT to the last byte of its reply, whatever its code."},
	{SMTPTransactionTotal, Duration, Session, FromSession | FromTransaction, "Time from the start of the TCP connection to the reply to RCPT, or to MAIL where MAIL was refused. Our own STARTTLS test is not counted."},
	{SMTPDrip, Bool, Session, FromSession, "Some reply came drop by drop: two seconds or more passed between the first and the last byte of its first line. A line is sent in one piece otherwise."},
	{SMTPTarpit, Bool, Session, FromSession, "The server drips its replies and offers no STARTTLS, as a trap for distrusted clients does, such as spamd of OpenBSD. Others may meet another dialogue."},
	{SMTPDelayKind, Text, Session, FromSession, "Where the time of the slowest greeted session went: none, greeting, ehlo, rcpt, every_step (all steps that were asked, two at least) or mixed. A step is slow that takes two seconds or more."},
	{SMTPDelayFirstContact, Bool, Session, FromSession, "The first session was greeted after two seconds or more, and every later one sooner. Known from two greeted sessions on."},
	{SMTPDelayEverybody, Bool, Session, FromSession, "Nothing suggests that the waits are kept for distrusted clients. Unknown where the server drips its replies without offering STARTTLS."},
	{SMTPSamplesCount, Int, Session, FromSession, "Number of sessions whose greeting was timed."},
	{SMTPSamplesGreetingMin, Duration, Session, FromSession, "Shortest time to the end of the greeting in the sessions with this address."},
	{SMTPSamplesGreetingMed, Duration, Session, FromSession, "Median of the times to the end of the greeting; of an even number of sessions the lower middle one."},
	{SMTPSamplesGreetingMax, Duration, Session, FromSession, "Longest time to the end of the greeting in the sessions with this address."},
	{SMTPHangup, Bool, Session, FromSession | FromTransaction, "After a 220 greeting the server ended the connection without 421 (RFC 5321 section 3.8) while a reply to EHLO, STARTTLS, MAIL or RCPT was due, at the same step in two spaced sessions. No means that every session came to QUIT, past the reply to RCPT."},
	{SMTPHangupStep, Text, Session, FromSession | FromTransaction, "The step at which the server hung up."},

	// What strangers are allowed, and told.
	{SMTPRelayAccepted, Bool, Session, FromSession | FromTLS | FromRelay, "A stranger's recipients in two domains that the server does not serve are accepted. No means that both are refused because the server does not take mail for them, while the postmaster of the tested name is accepted, or only put off where both refusals are permanent and name relaying."},
	{SMTPRelaySelective, Bool, Session, FromSession | FromTLS | FromRelay, "Recipients in foreign domains are accepted and one in a domain that cannot exist is refused for good, though not because of a limit on the session, so that the server does look where mail goes."},
	{SMTPRelayGreylisted, Bool, Session, FromSession | FromTLS | FromRelay, "A recipient of the relay test was put off with a temporary reply (4xx), as greylisting does, and no later try decided it."},
	{SMTPRelayOddForms, Text, Session, FromSession | FromTLS | FromRelay, "Forms of a foreign recipient (percent sign, quoted, source route, bang path) that are accepted although the plain one is refused; empty if none. They prove no relaying: the server may take them for mailboxes of its own."},
	{SMTPPostmasterAccepted, Bool, Session, FromSession | FromTLS | FromPostmaster, "Mail for the postmaster of the tested name is accepted. No means that it was refused for good, for the recipient's sake, from two senders."},
	{SMTPVRFYDiscloses, Bool, Session, FromSession | FromTLS | FromVRFY, "VRFY answers otherwise for a mailbox that must exist than for one that cannot."},
	{SMTPEXPNDiscloses, Bool, Session, FromSession | FromTLS | FromVRFY, "EXPN tells strangers which mailboxes stand behind a name."},
}
