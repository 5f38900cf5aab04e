package facts

// The names of the facts about the web server of a name (RFC 9110) and about files for programs that read web sites.
const (
	// Whether there is one.
	WebResolves    Name = "web.resolves"
	WebHTTPServed  Name = "web.http.served"
	WebHTTPSServed Name = "web.https.served"
	WebClosed      Name = "web.closed"

	// What it answers.
	WebError       Name = "web.error"
	WebServerError Name = "web.server_error"
	WebStatus      Name = "web.status"
	WebRedirect    Name = "web.redirect"
	WebAnswers     Name = "web.answers"
	WebLatency     Name = "web.latency"

	// Its certificate.
	WebCertificateNames    Name = "web.certificate.name_matches"
	WebCertificateInDate   Name = "web.certificate.in_date"
	WebCertificateTrusted  Name = "web.certificate.trusted"
	WebCertificateProblems Name = "web.certificate.problems"

	// Bare connections to the ports that a report names.
	TCPOpen    Name = "tcp.open"
	TCPClosed  Name = "tcp.closed"
	TCPLatency Name = "tcp.latency"

	// Files for programs that read web sites.
	WebRobotsPresent Name = "web.robots.present"
	WebRobotsAbsence Name = "web.robots.absence"
	WebRobotsPlain   Name = "web.robots.plain_text"
	WebRobotsAgents  Name = "web.robots.agents"
	WebRobotsSitemap Name = "web.robots.sitemap"
	WebLLMsPresent   Name = "web.llms.present"
	WebLLMsAbsence   Name = "web.llms.absence"
	WebLLMsTitle     Name = "web.llms.title"
	WebLLMsSummary   Name = "web.llms.summary"
	WebLLMsLists     Name = "web.llms.lists"
	WebLLMsOptional  Name = "web.llms.optional"
	WebLLMsLinks     Name = "web.llms.links_work"
)

// webFacts declares them. A name is asked over HTTP and HTTPS, at each of its addresses, up to four; redirects are followed within its domain.
var webFacts = []Definition{
	// Whether there is one.
	{WebResolves, Bool, Target, FromWeb, "The name has an address, so that a web server may stand there."},
	{WebHTTPServed, Bool, Target, FromWeb, "A web server answers at port 80 of some address of the name. No where each refuses the connection twice, or there is no address; a silent one leaves it open."},
	{WebHTTPSServed, Bool, Target, FromWeb, "A web server shakes hands (TLS) at port 443 of some address of the name; the certificate is another matter. No as with port 80."},
	{WebClosed, List, Target, FromWeb, "The addresses and ports of the name that refuse the connection twice; unknown where there are none."},

	// What it answers.
	{WebError, Bool, Target, FromWeb, "The answer at the end of the redirects has a status from 400 on, at some address, over HTTP or HTTPS. A redirect is no error, and neither is a status that went away when it was asked again: that leaves it open, as does a redirect to another domain."},
	{WebServerError, Bool, Target, FromWeb, "The same with a status from 500 on: the fault is the server's (RFC 9110 section 15.6)."},
	{WebStatus, Int, Target, FromWeb, "The highest status at the end of the redirects."},
	{WebRedirect, Int, Target, FromWeb, "The highest status of a redirect on the way (RFC 9110 section 15.4); 0 where there is none."},
	{WebAnswers, List, Target, FromWeb, "What was answered, up to eight: address of the page, address of the server, status."},
	{WebLatency, Duration, Target, FromWeb, "How long the slowest answer took, over HTTP or HTTPS, from the connection to the end of its headers. At least so long where our own limit ended the wait for an answer on a connection that stood."},

	// Its certificate.
	{WebCertificateNames, Bool, Target, FromWeb, "Each certificate that was shown over HTTPS on the way is for the name that was asked for (RFC 9525). The name was sent along (SNI)."},
	{WebCertificateInDate, Bool, Target, FromWeb, "Each of these certificates was in date."},
	{WebCertificateTrusted, Bool, Target, FromWeb, "Each of these certificates leads to a public authority, with what the server sends along."},
	{WebCertificateProblems, List, Target, FromWeb, "What is wrong with them, by host."},

	// Bare connections to the ports that a report names.
	{TCPOpen, List, Target, FromTCPPorts, "The ports that take connections at some address of the name, of those that the report names, up to four. At least these: no other is tried."},
	{TCPClosed, List, Target, FromTCPPorts, "The ports that refuse the connection twice at each address of the name, of those that the report names."},
	{TCPLatency, Duration, Target, FromTCPPorts, "How long the slowest connection to one of these ports took."},

	// Files for programs that read web sites.
	{WebRobotsPresent, Bool, Target, FromRobots, "There is a file robots.txt (RFC 9309). No where there is none, or a page in HTML in its place."},
	{WebRobotsAbsence, Text, Target, FromRobots, "What was there instead."},
	{WebRobotsPlain, Bool, Target, FromRobots, "The file robots.txt is served as text/plain (RFC 9309 section 2.3)."},
	{WebRobotsAgents, List, Target, FromRobots, "The programs that the file robots.txt names, in small letters; * stands for all."},
	{WebRobotsSitemap, Bool, Target, FromRobots, "The file robots.txt names a sitemap, which RFC 9309 leaves to others (section 2.2.4)."},
	{WebLLMsPresent, Bool, Target, FromLLMs, "There is a file llms.txt (llmstxt.org). No where there is none, or a page in HTML in its place."},
	{WebLLMsAbsence, Text, Target, FromLLMs, "What was there instead."},
	{WebLLMsTitle, Bool, Target, FromLLMs, "The file llms.txt begins with a heading of the first level, the one part that its proposal demands."},
	{WebLLMsSummary, Bool, Target, FromLLMs, "A summary stands in the file llms.txt as a quotation."},
	{WebLLMsLists, Bool, Target, FromLLMs, "A section of the file llms.txt lists links."},
	{WebLLMsOptional, Bool, Target, FromLLMs, "A section of the file llms.txt is called Optional."},
	{WebLLMsLinks, Bool, Target, FromLLMs, "The pages to which the file llms.txt links can be fetched. Always unknown: they are not visited."},
}
