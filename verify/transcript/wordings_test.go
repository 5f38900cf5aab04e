package transcript

import "testing"

// Every kind of wording, in short: one word less in the tables, and one of these says something else.
func TestWordings(t *testing.T) {
	for want, texts := range map[Objection][]string{
		RefusedRelay: {
			"relaying denied", "we deny relaying", "relay: denies", "no relaying", "we never relay", "cannot relay", "we won't relay", "unable to relay", "relaying refused", "refusing to relay", "relay refusal", "it refuses to relay",
			"relay rejected", "relay rejection", "relaying is prohibited", "relay prohibition", "relaying forbidden", "we forbid relaying", "relaying disallowed", "relaying disabled", "relay blocked", "unauthorized relay",
			"illegal relay", "you must be known here to relay", "relaying requires an account", "only customers relay", "relaying needs an account", "mail is not relayed", "this server relays nothing, no",
			"domain is not in rcpthosts", "user not local", "isn't local", "not a local domain", "non-local domain", "nonlocal domain", "not hosted here", "not one of our domains", "not one of my domains", "not a gateway",
			"no such domain here", "no such domain at this place", "no such domain on this machine", "cannot deliver mail for that place", "non-accepted domain", "not an accepted domain",
			"we do not accept mail for that place", "we don't handle email for it", "it doesn't take mail for them", "does not receive messages for them", "not accepting mail for it", "not handling mail for it",
			"domain not served", "domain is not handled", "domain not accepted", "domain not allowed", "domain not hosted", "domain is not configured",
			"open relaying is prohibited", "open relay denied", "open relay forbidden", "open-relay disabled", "no open relay", "this isn't an open relay",
			"Weiterleitung abgelehnt", "Relaying verboten", "relais interdit", "inoltro negato", "retransmisión denegada", "retransmissão negada", "doorsturen geweigerd", "przekazywanie zabronione", "пересылка запрещена",
		},
		RefusedAuth: {
			"authentication required", "auth is required", "login needed", "log-in mandatory", "log on necessary", "logon first", "this requires authentication", "you need to authenticate", "must log in", "please log in",
			"you have to be logged in", "you should authenticate", "only authenticated", "before logging on: authenticate first", "not without authentication", "use auth", "enable auth", "turn on authentication", "not authenticated",
			"you haven't logged in", "you are not logged in", "unauthenticated users", "anonymous access", "auth command first", "login before",
		},
		RefusedTLS: {
			"must issue starttls", "please use tls", "you need to start tls", "have to negotiate ssl", "should first enable encryption", "must send the starttls", "starttls required", "tls is needed", "ssl mandatory",
			"encryption compulsory", "encryption is necessary", "encrypted connection required", "secure session required", "secured channel is needed", "encrypted transport required", "starttls first", "this requires tls", "it needs starttls",
			"it demands encryption", "only accepts encrypted sessions", "accepts only tls", "use tls first", "issue starttls before", "send starttls first", "not without tls", "only over tls", "only via ssl", "mail must be encrypted",
			"unencrypted mail not taken", "plaintext is refused", "clear text mail is denied", "plain text prohibited",
		},
		RefusedRecipient: {
			"user unknown", "recipient is unknown", "mailbox not found", "address invalid", "local part unknown", "account disabled", "account inactive", "unknown user", "invalid recipient", "no such mailbox", "nonexistent address", "no such person",
			"unknown local user", "it does not exist", "user doesn't exist", "address not exist", "user does not have an account", "user doesn't have one", "no mailbox of that name", "mailbox full", "user over quota", "mailbox quota",
			"exceeded storage allocation", "exceeded its storage", "account has full", "storage quota", "disk quota",
		},
		RefusedDomain: {
			"domain not found", "host not found", "name not found", "server not found", "could not resolve it", "cannot be resolved", "can't resolve", "unable to resolve", "does not resolve", "doesn't resolve", "unresolvable",
			"nxdomain", "unknown host", "host unknown", "unroutable", "un-routeable", "unrouteable", "null mx", "domain does not exist", "domain doesn't exist", "domain does not accept mail", "nonexistent domain", "non-existent host",
			"unknown domain", "invalid recipient domain", "bad domain", "domain is unknown", "domain invalid", "no such domain", "mx record",
		},
		RefusedCallout: {
			"undeliverable address", "callout", "call-backs", "call-forward", "recipient verify", "address verification", "verification failed", "could not verify it", "unable to verify", "cannot be verified", "can't verify",
			"failed to verify", "not verified", "could not be asked about", "unverified", "a host said no", "place: 550 no",
		},
		RefusedSender: {
			"sender", "bad senders", "mail from domain", "mail from command", "mail from address", "from address", "from domain", "return path", "return-path", "returnpath", "envelope from", "envelope address", "envelope blocked",
			"badmailfrom", "originator", "mail is not authenticated", "unauthenticated email", "spf", "dmarc", "dkim", "forged", "spoofed", "spoof", "spoofing",
		},
		RefusedTester: {
			"blocked using it", "blocked by it", "blocked in it", "blocked on it", "block list", "deny-list", "banlist", "droplisted", "reject list", "spam list", "blackhole", "black hole", "dnsbl", "dnsbls", "rbl", "rbls", "xrbl", "spamhaus", "spamcop",
			"sorbs", "barracudacentral", "uceprotect", "it is listed", "they are listed", "been listed", "was listed", "were listed", "you're listed", "currently listed", "listed in", "listed at", "listed by", "listed on", "listed as",
			"delist", "de-listing", "reputation", "senderscore", "senderbase", "banned", "your ip", "your mail server", "your smtp host", "your computer", "your machine", "your address", "your system", "your domain", "your region",
			"your connection", "your mta", "your dns", "your subnet", "your gateway", "your software", "your mailer", "too many from [192.0.2.7]", "open proxy", "open proxies", "ip", "ips", "ipv4", "client host", "client name", "client network", "host address",
			"host network", "unknown client", "dynamic", "dynamically", "dialup", "dial-ups", "dsl", "adsl", "residential", "generic", "host name", "hostnames", "helo", "ehlo", "country", "countries", "geo", "geolocation", "geoblocked",
			"connecting host", "sending server", "originating system", "source address", "connection rejected", "connection refused", "connection denied", "reverse", "rdns", "r-dns", "fcrdns", "ptr", "client lookup", "spam", "spammer", "spamming", "virus",
			"abuse", "abusive", "suspicious", "sender ip", "sender's host", "too many", "too much mail", "rate", "throttled", "throttling", "connection limit", "from 192.0.2.7", "for unknown [192.0.2.7]", "[192.0.2.7] is bad", "[2001:db8::1] is bad",
			"[IPv6:2001:db8::1] is bad", "permitted for client", "allowed for this client", "this client", "client was rejected", "client not known", "blocked",
		},
		RefusedForNow: {
			"greylisted", "grey listing", "graylist", "grey-lists", "too many recipients", "too many bad rcpt", "too many errors", "too many commands", "too many messages", "maximum number of them", "quota exceeded", "recipient limit", "session limit",
			"command limit", "errors limit", "daily limit", "hourly quota", "sending limits", "mail limit", "message limit", "relay limit", "temporarily blocked",
		},
		RefusedOther: {
			"no", "auth failed", "authentication failure", "authentication error", "auth invalid", "authentication unavailable", "authentication was unsuccessful", "authentication rejected", "auth problem", "authentication server unavailable",
			"temporary auth", "failed to authenticate", "unable to login", "could not authenticate", "cannot auth", "invalid login", "bad credentials", "wrong password", "incorrect user name", "login failed", "login incorrect", "log in invalid",
			"dns lookup", "mx look-up", "name service", "domain error", "host lookup", "table lookup", "lookup failed", "lookup error", "lookup did not", "open relay", "open mail relays are refused", "insecure relay is refused",
			"user unknown, by policy", "user unknown, policies", "user unknown, prohibited", "user unknown, administrative", "user unknown, restricted", "user unknown, not allowed", "user unknown, not permitted",
			"user unknown, not authorized", "user unknown, not authorised", "user unknown, unauthorized", "tls", "starttls not available", "auth", "relay",
		},
	} {
		for _, text := range texts {
			if got := Classify(replyOf("550 " + text)); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}

// A refusal in another language decides only where it names nothing else.
func TestForeignWordings(t *testing.T) {
	for _, reason := range []string{"Adresse", "indirizzo", "dirección", "endereço", "adres", "адреса", "dynamisch", "dinamico", "Absender", "expéditeur", "mittente", "remitente", "remetente", "afzender",
		"nadawca", "отправитель", "lista", "Sperrliste", "zwarte lijst", "список", "Hostkennung", "Land", "pays", "país", "paese", "kraj", "страна", "cliente", "temporaire", "アドレス", "送信者", "ブラックリスト", "ホスト名", "国"} {
		for _, phrase := range []string{"Weiterleitung verweigert", "relais refusé", "inoltro non consentito", "пересылка запрещена"} {
			if got := Classify(replyOf("550 5.7.1 " + phrase + ": " + reason)); got != RefusedOther {
				t.Errorf("%s: %s: %q", phrase, reason, got)
			}
		}
	}
}
