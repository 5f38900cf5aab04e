package facts

// The names of the facts about the TLSA records of a mail host (RFC 7672).
const (
	DANEPublished Name = "dane.published"
	DANEUsable    Name = "dane.usable"
	DANEMatches   Name = "dane.matches"
)

// daneFacts declares them. The three are apart because senders are: without signed records they go on as ever, with records that
// cannot be used they still insist on encryption (RFC 7672 section 2.2), and only with usable ones on the certificate.
var daneFacts = []Definition{
	{DANEPublished, Bool, Session, FromTLSA, "Signed TLSA records exist for the SMTP host, so that senders that know DANE insist on encryption (RFC 7672). That they are signed is proven from the root, or said by a resolver named by the user; where neither can be, it is unknown. The addresses of the host have to be signed as well."},
	{DANEUsable, Bool, Session, FromTLSA, "Some of the signed TLSA records can be used for SMTP: usage 2 or 3, well formed. Senders that know DANE then insist on a match."},
	{DANEMatches, Bool, Session, FromSession | FromTLS | FromTLSA, "Some usable TLSA record matches the certificates that the server shows. With usage 3 neither its name nor its dates count."},
}
