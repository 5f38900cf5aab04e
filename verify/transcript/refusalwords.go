package transcript

import (
	"regexp"

	"mxverdict/verify/internal/lazy"
)

// The words are those that the programs and services in testdata/refusals.yaml are known for, with their usual variants.

// entry is one class with the enhanced status codes and the words that stand for it.
type entry struct {
	class Objection
	codes func() *regexp.Regexp // of RFC 3463 and its registry, or of Exchange; nil for none
	words func() *regexp.Regexp // nil for none
	whole bool                  // the words are looked for in host names too
	both  bool                  // code and words are needed
}

func (e entry) fits(r refusal) bool {
	text := r.text
	if e.whole {
		text = r.names
	}
	code := e.codes != nil && e.codes().MatchString(r.enhanced)
	if code != e.both {
		return code
	}
	return e.words != nil && e.words().MatchString(text)
}

// first returns the first entry that fits, nil if none does. Their order is part of their meaning: an early one is that which
// decides most.
func first(entries []entry, r refusal) *entry {
	for i := range entries {
		if entries[i].fits(r) {
			return &entries[i]
		}
	}
	return nil
}

// codes matches enhanced status codes without their class digit.
func codes(pattern string) func() *regexp.Regexp { return lazy.Regexp(`^(` + pattern + `)$`) }

// personal says no to this tester, this sender or this moment. Where one of these stands beside a phrase that names relaying,
// another client may hear something else.
var personal = []entry{
	// Greylisting says itself that it is for now, whatever else it names.
	{class: RefusedForNow, words: anyOf(`gr[ae]y[ -]?list(ed|ing|s)?`)},
	// 7.20 to 7.24, 7.26, 7.27 and 7.29: what DKIM, SPF, null MX and ARC say of a sender. The others are Exchange's.
	{class: RefusedSender, codes: codes(`1\.7|1\.8|7\.2[0-4]|7\.26|7\.27|7\.29|7\.60|7\.50[1-3]|7\.509`)},
	// Before "sender" alone: the sender's host is this tester.
	{class: RefusedTester, words: anyOf(`sender('s)? (ips?|host|server|mta)`)},
	{class: RefusedSender, words: anyOf(
		`senders?`, `mail from (address|domain|command)`, `from (address|domain)`, `return[ -]?path`, `envelope[ -]?(from|address|blocked)`,
		`badmailfrom`,
		`originators?`, `((e-?)?mails?|messages?) (\pL+ ){0,3}(un)?authenticated`, `unauthenticated ((e-?)?mails?|messages?)`, `spf`, `dmarc`,
		`dkim`)},
	// What another server was asked, or said, about the recipient.
	{class: RefusedCallout, words: anyOf(`another server said`, `undeliverable address`, `call-?(outs?|backs?|forwards?)`,
		`(recipient|address) (verify|verification)`, `verification failed`,
		`(could not|unable to|cannot|can't|failed to|not) (be )?(verif(y|ied)|asked about)`, `unverified`, `host said`)},
	// 7.25: reverse DNS, 7.28: flood; 7.606 to 7.649 and 7.7xx: Exchange, for addresses on its lists.
	{class: RefusedTester, codes: codes(`7\.25|7\.28|7\.6[0-4][0-9]|7\.7[0-9]{2}`), whole: true, words: anyOf(
		`blocked (using|by|in|on)`, `(black|block|deny|ban|drop|reject|spam)[ -]?list(s|ed|ing)?`, `black ?hole`, `dnsb?ls?`, `\pL*rbls?`, `spamhaus`,
		`spamcop`,
		`sorbs`, `barracudacentral`, `uceprotect`, `(is|are|been|was|were|as|you're|currently) listed`, `listed (in|at|by|on|as)`,
		`de-?list(ed|ing)?`, `reputation`, `senderscore`, `senderbase`, `banned`)},
	{class: RefusedTester, words: anyOf(
		`your (mail |smtp |e-?mail |sending |remote |client )?(ips?|host|host ?name|network|server|mail ?server|address|machine|computer|system|domain|country|region|`+
			`connection|location|mta|reverse|dns|subnet|gateway|software|mailer)`,
		`too many( \pL+)* (from|for) #`, `open prox(y|ies)`,
		`ips?`, `ipv[46]`, `(client|host) (host|name|address|network)`, `(unknown|unresolvable) (client|host ?name)`, `dynamic(ally)?`, `dial-?ups?`,
		`a?dsl`, `residential`,
		`generic`, `host ?names?`, `helo`, `ehlo`, `countr(y|ies)`, `geo(graphic|location|ip|block(ed|ing)?)?`,
		`(connecting|sending|originating|source) (host|server|address|system)`,
		`connection (rejected|refused|denied)`, `reverse`, `r-?dns`, `fcrdns`, `ptr`, `client look-?ups?`, `spam(mers?|ming)?`, `virus`, `abus(e|ive)`,
		`suspicious`)},
	{class: RefusedSender, words: anyOf(`forged`, `spoof(ed|ing)?`)},
	{class: RefusedRecipient, codes: codes(`2\.2`), words: full},
	// A limit of the session, or on us, says nothing about anybody else. 5.3: too many recipients.
	{class: RefusedForNow, codes: codes(`5\.3`), words: anyOf(`too many (\pL+ ){0,2}(recipients|rcpts?|errors|commands|messages)`, `maximum number of`,
		`quota exceeded`,
		`(recipients?|sessions?|commands?|errors|daily|hourly|sending|mail|messages?|relay(ing)?) (limit|quota)s?`)},
	{class: RefusedTester, words: anyOf(`too many`, `too much mail`, `rate`, `throttl(ed|ing)`, `connection limit`)},
	// 7.8, 7.9, 7.11 to 7.13: what goes wrong in AUTH. A log-in that broke is none that is demanded.
	{class: RefusedOther, codes: codes(`7\.[89]|7\.1[1-3]`), words: anyOf(
		`auth(entication)? (has |was |is |server )?(fail(ed|ure)?|errors?|invalid|unavailable|unsuccessful|rejected|problem|temporarily)`,
		`(temporary|failed|invalid|bad) auth(entication)?`,
		`(fail(ed|ure)?|unable|could not|cannot|can't) (to )?(auth(enticate)?|log ?in)`,
		`(invalid|bad|wrong|incorrect) (log ?in|credentials|password|user ?name)`,
		`log ?in (failed|incorrect|invalid)`)},
	// The server would have passed the mail on, had it found where: that is no denial of relaying.
	{class: RefusedDomain, words: anyOf(`(domain|host|name|server) not found`,
		`(could not|cannot|can't|unable to|does not|doesn't|not) (be )?resolve(d|s)?`, `unresolvable`,
		`nx ?domain`, `unknown host`, `host unknown`, `un-?rout(e|e?able)`, `null ?mx`, `domain (does not|doesn't) (exist|accept mail)`,
		`non-?existent (domain|hosts?)`)},
	// A look-up that failed, or a directory that does not work (4.3), is one that others need not meet.
	{class: RefusedOther, codes: codes(`4\.3`), words: anyOf(`(dns|mx|name|domain|host|table) (look-?ups?|service|error)`,
		`look-?ups? (fail(ed|ure)|error|did not)`)},
}

var (
	full = anyOf(`(mailbox|account|user|recipient)( is| has)? (full|over ?quota)`, `over quota`, `(mailbox|storage|disk) quota`,
		`exceeded (its |the )?storage( allocation)?`)

	momentary = anyOf(`temporar(y|ily)( \pL+){0,2} (failure|error|problem|unavailable|denied|rejected)`, `temporarily`, `unavailable`, `unreachable`,
		`busy`, `overload(ed)?`,
		`tim(e|ed)[ -]?out`, `connect(ion)?`, `not (responding|available|ready|reachable)`, `at th(is|e) (time|moment)`, `right now`,
		`local (error|problem)`,
		`can ?not check`)

	// What may keep a server from relaying for one client and not for another.
	lookedUp = anyOf(`dns`, `mx( records?)?`, `a records?`, `f?qdn`, `fully[ -]qualified`, `(non|in|un)-?resolvable`, `prox(y|ies)`, `vpn`, `tor`,
		`asn`, `abroad`, `hosting`, `data ?cent(er|re)`)
)

// What names relaying. 7.54 and 7.64 are Exchange's.
var (
	relayCodes = codes(`7\.54|7\.64`)
	relaying   = anyOf(`relay(s|ed|ing)?`)
	// The word alone is none: "relay" stands in many a server's name and in its praise of itself.
	denial = anyOf(`den(y|ies|ied|ying)`, `no`, `not`, `never`, `cannot`, `\pL+n't`, `unable`, `refus(e[sd]?|al|ing)`, `reject(s|ed|ion)?`,
		`prohibit(s|ed|ion)?`, `forb(id|ids|idden)`,
		`disallow(s|ed)?`, `disabled`, `blocked`, `unauthori[sz]ed`, `illegal`, `without`, `must`, `require(s|d)?`, `only`, `needs?`)
	relayNoun   = anyOf(`open[ -]?(mail[ -]|smtp[ -])?relay(s|ing)?`, `insecure (mail )?relay`, `relay recipient (table|maps?)`)
	noOpenRelay = anyOf(`open[ -]?relay(ing)? (is |are )?(not|denied|prohibited|forbidden|disabled)`, `(not|no|isn't)( an?)? open[ -]?relay`)
	notServed   = anyOf(`rcpthosts`, `(not|isn't)( an?)? local`, `non-?local`, `not hosted`, `not one of (our|my)`, `not an? gateway`,
		`no such domain (here|at|on)`,
		`cannot deliver mail for`, `(non-?accepted|not an accepted) domain`,
		`(do not|don't|does not|doesn't|not) (accept(ing)?|handl(e|ing)|tak(e|ing)|receiv(e|ing)) (e?mail|messages) for`,
		`domain( is)? not (served|handled|accepted|allowed|hosted|configured)`)
)

// The same in German, French, Italian, Spanish, Portuguese, Dutch, Polish, Russian and Japanese. Where anything is named besides,
// the words for which are not known as well as the English ones, the reply has not said why.
var (
	foreignRelaying = anyOf(`relay(en|ing|s)?(-\pL+)?`, `weiterleitung`, `relais`, `inoltro`, `retransmisi[óo]n`, `retransmissão`, `doorsturen`,
		`przekazywanie`, `пересылка`, `рел[еэ]й`, `\pL*(中継|リレー)\pL*`)
	foreignDenial = anyOf(`verweigert`, `verboten`, `(nicht|niet) \pL+`, `abgelehnt`, `refusée?`, `interdite?`, `(non|no|não|nie) \pL+`,
		`no se permite`, `negat[oa]`, `negad[oa]`, `denegad[oa]`,
		`geweigerd`, `zabronion[ye]`, `запрещ[её]на?`, `\pL*(許可されていません|拒否されました)`)
	foreignReason = anyOf(`adress\pL*`, `indirizz\pL*`, `direcci\pL*`, `endere\pL*`, `adres\pL*`, `адрес\pL*`, `dynami\pL*`, `dinam\pL*`,
		`absender\pL*`, `expéditeur\pL*`, `mittente`, `rem[ei]tente`,
		`afzender`, `nadawc\pL*`, `отправител\pL*`, `list[ae]`, `\pL*liste`, `lijst`, `спис\pL*`, `host\pL*`, `land`, `pays`, `país`, `paese`, `kraj\pL*`,
		`стран\pL*`, `client\pL*`, `temp\pL*`,
		`\pL*(アドレス|送信者|リスト|ホスト|国)\pL*`)
)

// wantsTLS is a demand of encryption. That TLS is named, or does not work, is none.
var wantsTLS = entry{codes: codes(`7\.10`), words: anyOf(
	`(must|please|need to|have to|should) (first )?(issue|use|send|give|start|negotiate|enable)( an?| the)? `+encryption,
	encryption+`( command)?( is| are| as| protocol| support| connection| session)* (required|needed|mandatory|compulsory|necessary|first)`,
	`(requires?|needs?|demands?|only accepts?|accepts? only) (\pL+ ){0,2}`+encryption,
	`(use|issue|send) `+encryption+` (first|before)`,
	`(without|only (over|with|via|through|inside)) `+encryption, `must be encrypted`,
	`(unencrypted|plain ?text|clear ?text) (\pL+ ){0,3}(not|refused|rejected|denied|prohibited)`)}

const encryption = `(starttls|tls|ssl|encryption|(encrypted|secured?) (connections?|sessions?|channel|transport))`

// wantsLogIn is a demand to log in. 7.57 is Exchange's.
var wantsLogIn = entry{codes: codes(`7\.57`), words: anyOf(
	`(auth(entication)?|log[ -]?in|log[ -]?on)( is| are)? (required|needed|mandatory|necessary|first)`,
	`(requires?|needs?|need to|must|please|have to|should|only|before|without|use|enable|turn on|to)( first)?( be)?( \pL+)? (auth(entication|enticated?|enticating)?|log(ged)?[ -]?(in|on))`,
	`(not|\pL+n't)( been)?( \pL+)? (authenticated|logged[ -]?in)`,
	`(unauthenticated|anonymous) (users?|clients?|connections?|sessions?|smtp|relay(ing)?|access)`,
	`auth(enticate)?( command)? (first|before)`, `log[ -]?in (first|before)`,
	`anmeldung erforderlich`, `authentification requise`, `autenticación requerida|(se )?requiere autenticación`, `autenticazione richiesta`)}

// rest is what is left: enhanced status codes, then words.
var rest = []entry{
	// Exchange gives these two to recipients that its directory does not have.
	{class: RefusedRecipient, both: true, codes: codes(`4\.1|1\.10`), words: anyOf(`recipient address rejected: access denied`,
		`recipient not found`)},
	{class: RefusedDomain, codes: codes(`1\.2|1\.10|4\.1|4\.4`)},
	// A mailbox that the server cannot read, such as one without a domain, is not one that it does not know.
	{class: RefusedOther, codes: codes(`1\.3`)},
	{class: RefusedRecipient, codes: codes(`1\.1|1\.6|2\.1`)},
	{class: RefusedForNow, words: anyOf(`temporarily blocked`)},
	{class: RefusedTester, words: anyOf(`(from|for)( an?| the| unknown| host| client)* #`, `# is`,
		`(permitted|allowed|available|offered) (for|from|to)( this)? client`, `this client`, `client( \pL+){0,2} (rejected|denied|refused|not)`,
		`blocked`)},
	{class: RefusedDomain, words: anyOf(`(unknown|invalid|bad) (recipient )?domain`, `domain( is)? (unknown|invalid)`, `no such domain`,
		`mx (or srv )?records?`)},
	{class: RefusedRecipient, words: anyOf(`(user|recipient|mailbox|address|local part|account) (is )?(unknown|not found|disabled|invalid|inactive)`,
		`(unknown|invalid|no such|nonexistent) (local )?(user|recipient|mailbox|address|person|account)`, `(does not|doesn't|not) exist`,
		`user (does not|doesn't) have`, `no mailbox`)},
}

// policy is what a server says that turns somebody away whom it may know.
var policy = anyOf(`policy`, `policies`, `blocked`, `prohibited`, `administrative(ly)?`, `restricted`, `not (allowed|permitted|authori[sz]ed)`,
	`unauthori[sz]ed`)
