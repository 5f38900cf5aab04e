package facts

// The names of the facts about a message that was given beside the report.
const (
	// Who sent it, and what it went through.
	MessageFrom    Name = "message.from"
	MessageSender  Name = "message.sender"
	MessageAddress Name = "message.address"
	MessagePath    Name = "message.path"
	MessageList    Name = "message.list"

	// What receivers said when it arrived.
	MessageReceiver Name = "message.receiver.said"
	MessageOthers   Name = "message.others.said"

	// SPF.
	MessageSPFPass    Name = "message.spf.pass"
	MessageSPFResult  Name = "message.spf.result"
	MessageSPFAligned Name = "message.spf.aligned"

	// DKIM.
	MessageDKIMPass       Name = "message.dkim.pass"
	MessageDKIMFails      Name = "message.dkim.fails"
	MessageDKIMSigned     Name = "message.dkim.signed"
	MessageDKIMSignatures Name = "message.dkim.signatures"
	MessageDKIMKey        Name = "message.dkim.key"
	MessageDKIMChanged    Name = "message.dkim.changed"
	MessageDKIMAligned    Name = "message.dkim.aligned"

	// Both, and DMARC.
	MessageVouched       Name = "message.vouched"
	MessageAligned       Name = "message.aligned"
	MessageDMARCPass     Name = "message.dmarc.pass"
	MessageDMARCFound    Name = "message.dmarc.found"
	MessageDMARCDomain   Name = "message.dmarc.domain"
	MessageDMARCEnforced Name = "message.dmarc.enforced"
)

// messageFacts declares them. All need a message whose author is of the organisation of the target; what today's DNS says of it decides.
var messageFacts = []Definition{
	{MessageFrom, Text, Target, FromSOA | FromMessage, "The domain of the author of the message (From). Unknown where there is no author, or there are several of different domains."},
	{MessageSender, Text, Target, FromSOA | FromMessage, "The domain for which SPF vouches: that of the sender of the envelope (MAIL FROM), or the name in the greeting of a message without one (RFC 7208 section 2.4)."},
	{MessageAddress, Text, Target, FromSOA | FromMessage, "The address from which the receiver's outermost server took the message, as it wrote down itself. Unknown where the lines of the header do not show which server that is."},
	{MessagePath, List, Target, FromSOA | FromMessage, "The way of the message by its Received lines, the newest first, ten at most. What stands below the receiver's own lines is the word of others."},
	{MessageList, Bool, Target, FromSOA | FromMessage, "A mailing list left its traces in the header. Lists change messages, so that signatures no longer fit."},

	{MessageReceiver, List, Target, FromSOA | FromMessage, "What the receiver found when the message arrived (Authentication-Results, Received-SPF), by lines that stand where only its servers write."},
	{MessageOthers, List, Target, FromSOA | FromMessage, "What other lines of the kind say, ARC-Authentication-Results too. Nobody vouches for them here."},

	{MessageSPFPass, Bool, Target, FromSOA | FromMessage, "SPF passes today for the address from which the receiver took the message, and the sender of its envelope. Unknown where today's result is another one and the receiver saw it pass, or the message was passed on by somebody."},
	{MessageSPFResult, Text, Target, FromSOA | FromMessage, "The result of SPF for them today (RFC 7208 section 2.6)."},
	{MessageSPFAligned, Bool, Target, FromSOA | FromMessage, "The domain for which SPF vouches is the author's, or, where the DMARC record does not ask for that, one of the same organisation (RFC 9989 section 4.4)."},

	{MessageDKIMPass, Bool, Target, FromSOA | FromMessage, "A DKIM signature of the message verifies with the key that the name servers give today. One that does not is a no only where the receiver found the same when the message arrived, or the signature is faulty in itself: a saved copy is easily changed, and keys are."},
	{MessageDKIMFails, Bool, Target, FromSOA | FromMessage, "The message has no DKIM signature, or one that does not verify, whatever becomes of others. No where all verify; whether one does that fails here is told as for message.dkim.pass."},
	{MessageDKIMSigned, Bool, Target, FromSOA | FromMessage, "The message has a DKIM signature. Unknown where it has none and the receiver saw one."},
	{MessageDKIMSignatures, List, Target, FromSOA | FromMessage, "What became of each signature: its domain and selector, and how its check ended."},
	{MessageDKIMKey, Text, Target, FromSOA | FromMessage, "The name at which the key of its first signature stands."},
	{MessageDKIMChanged, Bool, Target, FromSOA | FromMessage, "The body of the message is not the one that was signed, in this copy, and no signature verifies."},
	{MessageDKIMAligned, Bool, Target, FromSOA | FromMessage, "The domain of a signature is the author's, or, where the DMARC record does not ask for that, one of the same organisation, whether the signature verifies or not."},

	{MessageVouched, Bool, Target, FromSOA | FromMessage, "SPF or DKIM passes, for whatever domain."},
	{MessageAligned, Bool, Target, FromSOA | FromMessage, "The domain for which SPF vouches, or that of a signature, is the author's or one of the same organisation."},
	{MessageDMARCPass, Bool, Target, FromSOA | FromMessage, "SPF or DKIM passes for the author's domain, or one of the same organisation: that is what DMARC asks for."},
	{MessageDMARCFound, Bool, Target, FromSOA | FromMessage, "A DMARC record counts for the domain of the author."},
	{MessageDMARCDomain, Text, Target, FromSOA | FromMessage, "The domain whose DMARC record that is."},
	{MessageDMARCEnforced, Bool, Target, FromSOA | FromMessage, "That record asks receivers to quarantine or reject mail of the author's domain that fails."},
}
