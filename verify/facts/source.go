package facts

// Source is a set of probes. A fact is known only if all probes of its source were used; what several facts need is the union of their
// sources. The zero Source is none, and no fact has it: what nothing measures would stay "untested" for ever.
type Source uint64

// The probes, each of which sends something of its own.
const (
	FromSession      Source = 1 << iota // an SMTP session: connection, greeting, EHLO
	FromTLS                             // STARTTLS with a handshake, in the session
	FromTransaction                     // MAIL and RCPT, in the session
	FromPTR                             // the reverse look-up of the addresses
	FromSOA                             // the delegation of the zone, and its SOA and NS records at each of its name servers
	FromMTASTS                          // the MTA-STS record of the domain as senders see it, and the policy file that it announces
	FromTLSA                            // the TLSA records of the hosts
	FromAgreement                       // where serials differ, the records at the apex, and a second look
	FromPlain                           // MAIL and RCPT before STARTTLS
	FromPostmaster                      // the postmaster as recipient, from two senders
	FromRelay                           // recipients in other domains
	FromVRFY                            // VRFY and EXPN
	FromForward                         // the addresses of the names found by reverse look-up
	FromSPF                             // the SPF records that tell whether an address sends
	FromGreetingName                    // the look-up of the name in the greeting
	FromHostNames                       // the look-up of the host names at their own name servers
	FromMX                              // the MX records at each name server, and the addresses of the hosts that they name
	FromImplicit                        // a session with the name itself, where it has no MX records
	FromRecords                         // the usual types of record of the name itself at its name servers
	FromRecursion                       // a foreign question to each name server
	FromTransfer                        // the beginning of a zone transfer from each name server
	FromServers                         // name servers without authority, asked again
	FromTCP                             // the SOA record over TCP
	FromGlue                            // the addresses of the name servers in a zone, at each of its name servers
	FromDMARC                           // the DMARC record of the name, and those of the names above it
	FromDMARCReports                    // the consent of other domains to which its reports go
	FromMailUse                         // the MX and SPF records that tell whether a name is used for mail
	FromSPFRecord                       // the TXT records of the name itself at each name server, and its MX records
	FromSPFType99                       // its records of the retired type SPF
	FromSPFTree                         // the SPF records that it includes, and those below them
	FromSPFNames                        // the addresses and mail hosts that the terms of all these name
	FromDKIM                            // the DKIM key of the name, or else the name below which the keys of a domain stand
	FromDMARCWhole                      // beside a name's own DMARC record that of its organisational domain
	FromBIMI                            // the BIMI record of the name, or that of its organisational domain
	FromBIMIFiles                       // the files that it names: logo and mark certificate
	FromWeb                             // the first page of the name over HTTP and HTTPS, and what it redirects to
	FromRobots                          // its file robots.txt
	FromLLMs                            // its file llms.txt
	FromTCPPorts                        // a bare connection to each port that the report names
	FromBlockLists                      // the entries of the addresses and the name on block lists, and the test entries of these
	FromMTASTSRecord                    // the MTA-STS record of the name itself at each name server
	FromMTASTSPolicy                    // its policy file, announced or not
	FromMTASTSHosts                     // the MX records of the name at each name server
	FromTLSRPT                          // the TLS-RPT record of the name at each name server

	FromMessage // a message that was given beside the report, and the DNS records that it takes to judge it

	// WithHosts is the source of what any other fact about a host shows by the way. It asks for nothing itself.
	WithHosts
)

// Has tells whether a set has some probe of another one.
func (s Source) Has(other Source) bool { return s&other != 0 }
