package transcript

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"mxverdict/verify/evidence"
)

// classNames are the classes as testdata/refusals.yaml writes them.
var classNames = map[string]Objection{"relay": RefusedRelay, "auth": RefusedAuth, "recipient": RefusedRecipient, "domain": RefusedDomain,
	"callout": RefusedCallout, "sender": RefusedSender, "tester": RefusedTester, "tls": RefusedTLS, "for_now": RefusedForNow, "other": RefusedOther}

// deciding are the classes from which something follows about everybody.
var deciding = []Objection{RefusedRelay, RefusedAuth, RefusedRecipient, RefusedTLS}

// Replies of known programs and services, by their meaning. Where the classifier understands less, nothing may follow from it.
func TestKnownRefusals(t *testing.T) {
	text, err := os.ReadFile("testdata/refusals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var table []struct{ Reply, To, From, Source, Class, Read, Why string }
	if err := yaml.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if len(table) < 500 {
		t.Fatalf("only %d refusals", len(table))
	}
	for _, row := range table {
		want, known := classNames[row.Class]
		if row.Read != "" {
			want = classNames[row.Read]
			if slices.Contains(deciding, want) || row.Why == "" {
				t.Errorf("%q is read as %q, because %q", row.Reply, row.Read, row.Why)
			}
		}
		if !known || row.From == "" || row.Source != "seen" && row.Source != "inferred" {
			t.Errorf("%q: class %q, from %q, source %q", row.Reply, row.Class, row.From, row.Source)
		}
		if got := Classify(replyOf(row.Reply)); got != want {
			t.Errorf("%q (%s): %q, want %q", row.Reply, row.From, got, want)
		}
	}
}

// A phrase for relaying decides only where nothing else is named, in whatever order, letter case and hundred.
func TestRelayingBesideAnotherReason(t *testing.T) {
	phrases := []string{"Relay access denied", "relaying denied", "we do not relay", "Unable to relay for user", "relay not permitted", "sorry, that domain isn't in my list of allowed rcpthosts"}
	plain := []string{"", "Proper authentication required", "Please log in", "see our web page", "for reasons of policy", "contact the postmaster", "[192.0.2.7]", "(tester.example.net)", "<spamhaus@blacklist.example>"}
	reasons := []string{
		"blacklisted", "you are black-listed", "your host is blocklisted", "on a blocklist", "Listed in zen.spamhaus.org", "(bl.spamcop.net)", "RBL", "DNSBL:rbl521", "poor reputation", "you are banned",
		"your IP address is not known", "dynamic address", "dial-up pool", "residential address", "missing host name", "no reverse DNS", "no PTR record", "HELO name is bogus", "bad EHLO", "country not served",
		"GeoIP", "client host rejected", "unknown client host", "your network", "your location", "FQDN needed", "proxies", "no MX", "no A record", "unresolvable name", "open proxy", "a proxy", "VPN", "Tor exit", "networks abroad", "DNS problem",
		"for the time being unavailable", "timed out", "at this time", "temporarily unavailable",
		"sender address rejected", "unverified sender", "SPF check failed", "DMARC policy", "forged address", "spoofed", "return-path refused",
		"IP name lookup failed", "cannot resolve your hostname", "DNS lookup failed", "host not found", "unknown host", "temporary lookup failure",
		"authentication failed", "temporary authentication failure", "invalid credentials", "could not authenticate", "authentication server unavailable",
		"greylisted", "Greylisting in action", "grey-listed", "graylist", "too many recipients", "rate exceeded", "quota exceeded", "too many connections",
		"recipient callout failed", "host mx.example.net said: 550 no",
	}
	for _, code := range []string{"554 5.7.1", "450"} {
		for _, phrase := range phrases {
			for _, text := range plain {
				for _, reply := range both(code, phrase, text) {
					if got := Classify(replyOf(reply)); got != RefusedRelay {
						t.Errorf("%q: %q", reply, got)
					}
				}
			}
			for _, text := range reasons {
				for _, reply := range both(code, phrase, text) {
					if got := Classify(replyOf(reply)); slices.Contains(deciding, got) {
						t.Errorf("%q: %q", reply, got)
					}
				}
			}
		}
	}
}

// both gives a phrase and another text in both orders, on one line and on two, in all sorts of letters.
func both(code, phrase, text string) []string {
	multi := strings.Replace(code, " ", "-", 1)
	if !strings.Contains(code, " ") {
		multi, code = code+"-", code+" "
	} else {
		multi, code = multi+" ", code+" "
	}
	return []string{code + phrase + "; " + text, code + text + ": " + phrase, strings.ToUpper(code + text + " - " + phrase), multi + text + "\n" + code + phrase}
}

// Codes of one kind are not taken for another's.
func TestEnhancedCodes(t *testing.T) {
	for code, want := range map[string]Objection{
		"5.1.1": RefusedRecipient, "5.1.2": RefusedDomain, "5.1.3": RefusedOther, "5.1.6": RefusedRecipient, "5.1.7": RefusedSender, "5.1.8": RefusedSender, "5.1.10": RefusedDomain,
		"5.2.1": RefusedRecipient, "5.2.2": RefusedRecipient, "5.4.1": RefusedDomain, "5.4.3": RefusedOther, "5.4.4": RefusedDomain, "5.5.3": RefusedForNow,
		"5.7.0": RefusedOther, "5.7.1": RefusedOther, "5.7.8": RefusedOther, "5.7.10": RefusedTLS, "5.7.11": RefusedOther,
		"5.7.20": RefusedSender, "5.7.21": RefusedSender, "5.7.22": RefusedSender, "5.7.23": RefusedSender, "5.7.24": RefusedSender, "5.7.25": RefusedTester, "5.7.26": RefusedSender,
		"5.7.27": RefusedSender, "5.7.28": RefusedTester, "5.7.29": RefusedSender, "5.7.54": RefusedRelay, "5.7.57": RefusedAuth, "5.7.64": RefusedRelay,
		"5.7.606": RefusedTester, "5.7.649": RefusedTester, "5.7.650": RefusedOther, "5.7.708": RefusedTester, "5.7.509": RefusedSender, "5.7.503": RefusedSender,
	} {
		for _, reply := range []string{"550 " + code + " no", "550 no (#" + code + ")"} {
			if got := Classify(replyOf(reply)); got != want {
				t.Errorf("%q: %q, want %q", reply, got, want)
			}
		}
	}
	for reply, want := range map[string]Objection{
		// What a code says goes before friendly or unfriendly words, but x.7.1 says nothing.
		"550 5.7.25 Relay access denied":                           RefusedTester,
		"550 5.1.8 Relay access denied":                            RefusedSender,
		"550 5.1.2 Relay not allowed":                              RefusedRelay,
		"550 5.1.2 Mailbox does not exist":                         RefusedDomain,
		"550 5.1.1 refused by policy":                              RefusedOther,
		"550 5.1.1 you are blacklisted":                            RefusedTester,
		"550 User unknown, by local policy":                        RefusedOther,
		"550 User unknown; blacklisted":                            RefusedTester,
		"550 Mailbox unavailable":                                  RefusedOther,
		"550 5.4.3 Relay access denied":                            RefusedOther,
		"421 4.7.1 Relay access denied":                            RefusedForNow,
		"421 4.7.1 too many from your IP":                          RefusedTester,
		"421 4.1.8 sender":                                         RefusedSender,
		"421 4.1.2 no such domain":                                 RefusedForNow,
		"530 5.7.0 Must issue STARTTLS":                            RefusedTLS,
		"451 4.7.10 Encryption needed":                             RefusedForNow,
		"450 TLS session table is full":                            RefusedForNow,
		"550 TLS session table is full":                            RefusedOther,
		"454 4.7.0 TLS is not available":                           RefusedForNow,
		"451 Greylisted; only encrypted sessions are let through":  RefusedForNow,
		"550 5.7.1 Relaying needs TLS":                             RefusedTLS,
		"535 5.7.8 authentication failed":                          RefusedOther,
		"530 5.7.0 Authentication required":                        RefusedAuth,
		"450 4.7.1 Authentication required":                        RefusedAuth,
		"454 4.7.1 too many TLS connections from your IP":          RefusedTester,
		"502 5.5.1 STARTTLS not permitted for client":              RefusedTester,
		"502 5.5.1 Error: command not implemented":                 RefusedOther,
		"451 relay temporarily unavailable, not responding":        RefusedForNow,
		"550 you are an open relay, mail is not accepted":          RefusedOther,
		"550 open relaying is not permitted":                       RefusedRelay,
		"550 this is not an open relay":                            RefusedRelay,
		"550 relaytives are not welcome":                           RefusedOther,
		"550 mail for the blacklistener is not relayed":            RefusedRelay,
		"451 Domain not found":                                     RefusedDomain,
		"451 Cannot resolve it at this time":                       RefusedForNow,
		"550 Relay-Zugriff verweigert":                             RefusedRelay,
		"550 Relay-Zugriff verweigert: dynamische Adresse":         RefusedOther,
		"554 5.7.1 <blacklisted by us>: Relay access denied":       RefusedTester,
		"554 5.7.1 <u@example.net>: Relay access denied <dynamic>": RefusedTester,
		"554 5.7.1 <>: Relay access denied":                        RefusedRelay,
		"554 RELAY_ACCESS_DENIED_BLACKLISTED":                      RefusedTester,
		"550 TLS is not required, access denied":                   RefusedOther,
		"550 authentication not required":                          RefusedOther,
		"550 requires encrypted passwords":                         RefusedOther,
		"550 Unauthenticated mail is refused":                      RefusedSender,
		"550 This message must be authenticated":                   RefusedSender,
		"550 Relais refusé, expéditeur inconnu":                    RefusedOther,
	} {
		if got := Classify(replyOf(reply)); got != want {
			t.Errorf("%q: %q, want %q", reply, got, want)
		}
	}
}

// A full mailbox is there.
func TestMailboxFull(t *testing.T) {
	for reply, want := range map[string]bool{
		"552 5.2.2 Mailbox full": true, "550 5.2.2 no": true, "552 no": true, "550 mailbox is full": true, "550 user over quota": true,
		"550 5.1.1 User unknown": false, "550 no such mailbox": false,
	} {
		if got := MailboxFull(replyOf(reply)); got != want {
			t.Errorf("%q: %v", reply, got)
		}
	}
}

// A reply of any length is read in time that grows with its length alone.
func TestHostileRefusal(t *testing.T) {
	for _, text := range []string{"relay ", "<", "[1", "@", "said: ", "not ", "1.1.1.", ": 550 "} {
		Classify(replyOf("550 " + strings.Repeat(text, 100_000/len(text))))
	}
	if got := Classify(&evidence.Reply{Code: 550}); got != RefusedOther {
		t.Errorf("a reply without lines: %q", got)
	}
}
