package transcript

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
)

func replyOf(text string) *evidence.Reply {
	r := &evidence.Reply{Complete: true}
	for line := range strings.SplitSeq(text, "\n") {
		r.Lines = append(r.Lines, evidence.Line{Text: line})
		r.Code = int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
	}
	return r
}

// Replies as servers write them. A refusal that is none of relaying must never be taken for one.
func TestRefusals(t *testing.T) {
	tests := map[Objection][]string{
		RefusedNot: {"250 2.1.5 Ok", "251 2.1.5 User not local; will forward"},
		RefusedRelay: {
			"554 5.7.1 <u@example.net>: Relay access denied",
			"454 4.7.1 <u@example.net>: Relay access denied",
			"550 relay not permitted",
			"550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
			"550 5.7.1 Unable to relay for u@example.net",
			"550 5.7.1 Unable to relay",
			"550 5.7.64 TenantAttribution; Relay Access Denied [x.example.com]",
			"550 5.7.1 <u@example.net>... Relaying denied",
			"550 5.7.1 Relaying denied. Proper authentication required.",
			"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
			"550-Please turn on SMTP Authentication in your mail client.\n550-(tester.example.net) [192.0.2.7]:1234 is not permitted to relay\n550 through this server without authentication.",
			"550 I cannot deliver mail for {example.net}: not local",
			"550 5.7.1 We do not relay.",
		},
		RefusedAuth: {
			"530 5.7.0 Authentication required",
			"530 5.7.57 Client not authenticated to send mail",
			"550 5.7.1 Please log in first",
			"503 5.5.1 AUTH first",
		},
		RefusedTLS: {
			"530 5.7.0 Must issue a STARTTLS command first",
			"530 Must issue STARTTLS first",
			"550 5.7.10 Encryption needed",
			"554 5.7.1 TLS is required",
		},
		RefusedTester: {
			"421 4.7.0 too many connections",
			"550 relaying not allowed from your IP address",
			"550 5.7.1 <u@example.net>... Relaying denied. IP name lookup failed [192.0.2.7]",
			"554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7",
			"550 5.7.1 Mail refused, you are listed as an open relay",
			"550 Blocked using relays.example.org, an open relay database",
			"504 5.5.2 <tester>: Helo command rejected: need fully-qualified hostname",
			"550 5.7.1 EHLO name is bogus, relaying denied",
			"554 5.7.1 <tester.example.net[192.0.2.7]>: Client host rejected: Access denied",
			"450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]",
			"550 5.7.1 Your IP has a poor reputation",
		},
		RefusedSender: {
			"553 5.1.8 <a@example.net>... Domain of sender address a@example.net does not exist",
			"550 5.1.7 <a@example.net>: Sender address rejected: undeliverable address",
			"450 4.1.8 <a@example.net>: Sender address rejected: Domain not found",
			"550 5.7.23 <u@example.com>: Recipient address rejected: Message rejected due to: SPF fail - not authorized",
			"550 Sender verify failed",
			"550-Verification failed for <a@example.net>\n550 Sender verify failed",
		},
		RefusedDomain: {
			"556 5.1.10 <u@example.net>: Recipient address rejected: Domain example.net does not accept mail (nullMX)",
			"550 5.1.2 <u@x.invalid>: Recipient address rejected: Domain not found",
			"450 4.1.2 <u@x.invalid>: Recipient address rejected: Domain not found",
			"550 Unrouteable address",
			"556 no mail here",
		},
		RefusedRecipient: {
			"550 Invalid recipient: <u@example.net>",
			"550 Invalid recipient",
			"550 5.1.1 <u@example.com>: Recipient address rejected: User unknown in local recipient table",
			"550 No such user here",
			"550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
			"550 5.1.1 <postmaster@relay.example.com>: no mailbox here by that name",
			"552 5.2.2 Mailbox full",
		},
		RefusedCallout: {
			"550 5.9.0 <u@example.net>: Recipient address rejected: undeliverable address: host mx.example.net[192.0.2.9] said: 550 no such user",
			"550 Recipient callout failed",
		},
		RefusedForNow: {
			"451 4.7.0 This server requires TLS",
			"450 4.2.0 <u@example.com>: Recipient address rejected: Greylisted, see https://example.org/",
			"451 4.7.1 Please try again later",
			"450 4.1.1 <u@example.com>: unknown user",
			"452 4.5.3 Too much for now",
		},
		RefusedOther: {
			"550 5.7.1 Message rejected due to local policy",
			"550 rejected",
			"554 5.7.1 Access denied",
			"550 5.7.1 <u@example.com>: Recipient address rejected: Access denied",
			"550 5.7.1 no such user",
			"550 <relay@relay.example>: no",
			"503 5.5.1 Nested MAIL command",
		},
	}
	for want, replies := range tests {
		for _, text := range replies {
			if got := Classify(replyOf(text)); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}
