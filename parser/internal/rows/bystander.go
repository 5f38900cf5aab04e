package rows

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// What looks like the name of a target and is none: what stands in records, in headers and in signatures of mails, versions
// and joints of sentences, the providers of everybody.

// policyRecords are how records begin that name others: whom they include, who gets their reports (RFC 7208 section 4.5,
// RFC 7489 section 6.3, RFC 6376 section 3.6.1, RFC 8461 section 3.1, RFC 8460 section 3).
var policyRecords = []string{"v=spf1", "v=dmarc1", "v=dkim1", "v=stsv1", "v=tlsrptv1", "v=bimi1"}

// beforeRecord returns what stands in front of a record on its line, such as the name to which it belongs.
func beforeRecord(line string) string {
	for at := 0; ; {
		i := strings.Index(line[at:], "=")
		if i < 0 {
			return line
		}
		at += i
		if at > 0 && line[at-1]|0x20 == 'v' {
			for _, record := range policyRecords {
				if scan.HasPrefixFold(line[at-1:], record) {
					return line[:at-1]
				}
			}
		}
		at++
	}
}

// isTerm tells whether what stands before a colon is a term of SPF that names another domain (RFC 7208 section 5).
func isTerm(before string) bool {
	return slices.ContainsFunc([]string{"include", "exists", "mailto"}, func(term string) bool { return strings.EqualFold(before, term) })
}

// unjoined takes off a word that lost the blank behind a full stop, as in "example.com.The": names are typed in one case.
func unjoined(part string) string {
	dot := strings.LastIndexByte(part, '.')
	if dot < 1 || dot+2 >= len(part) || part[dot+1] < 'A' || part[dot+1] > 'Z' || part[dot+2] < 'a' {
		return part
	}
	if before := part[:dot]; before == strings.ToLower(before) {
		return before
	}
	return part
}

// isVersion tells a version or the number of a section with a word behind it, "v1.2.app" or "3.email", from a name.
func isVersion(part string) bool {
	rest := part
	if len(rest) > 1 && rest[0]|0x20 == 'v' && rest[1] != '.' {
		rest = rest[1:]
	}
	for {
		label, more, ok := strings.Cut(rest, ".")
		if !ok {
			return !scan.IsDigits(label) // an address has numbers only
		}
		if len(label) > 2 || !scan.IsDigits(label) {
			return false
		}
		rest = more
	}
}

// isExample tells whether the words in front of a name offer it as an example.
func isExample(before string) bool {
	if before = scan.TrimRight(before); before != "" && !scan.IsLetter(before[len(before)-1]) {
		before = strings.TrimRight(before, " \t(\"'“„«<[")
	}
	return scan.EndsInAny(before, []string{"e.g.", "e.g.,", " eg", "for example", "for example,", "such as", "z.b.", "z. b.",
		"beispielsweise", "par exemple", "p. ex.", "por ejemplo", "p. ej.", "ad esempio", "bijvoorbeeld", "bijv.", "np."})
}

// owner is the domain or host to which a name belongs that is no host itself: the name of a record has labels with an
// underscore (RFC 8552), and a web site has one in front of its domain.
func owner(name string) string {
	if i := strings.LastIndexByte(name, '_'); i >= 0 {
		_, name, _ = strings.Cut(name[i:], ".")
	}
	if rest, ok := strings.CutPrefix(name, "www."); ok && isDomain(rest) {
		return rest
	}
	return name
}

// providers are where everybody has mailboxes, pages or name servers. A report that merely mentions one of them is
// rarely about it.
var providers = []string{
	"gmail.com", "googlemail.com", "google.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "office.com", "office365.com",
	"microsoft.com", "microsoftonline.com", "yahoo.com", "aol.com", "icloud.com", "me.com", "apple.com", "gmx.de", "gmx.net", "gmx.com",
	"web.de", "t-online.de", "orange.fr", "free.fr", "libero.it", "mail.ru", "yandex.ru", "qq.com", "163.com", "proton.me", "protonmail.com",
	"amazonaws.com", "cloudflare.com", "godaddy.com", "github.com", "gitlab.com", "stackoverflow.com", "serverfault.com",
	"superuser.com", "stackexchange.com", "reddit.com", "imgur.com", "pastebin.com", "wikipedia.org", "ietf.org", "rfc-editor.org",
}

// placeholders are what people write in place of a name that they do not tell.
var placeholders = []string{"domain", "yourdomain", "your-domain", "mydomain", "my-domain", "ourdomain", "our-domain", "thedomain", "somedomain"}

// isBystander tells a name or address that a report hardly is about if it merely mentions it.
func isBystander(name string) bool {
	if addr, ok := parseAddress(name); ok {
		return addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsUnspecified() || addr.IsMulticast()
	}
	domain := family(name)
	label, _, _ := strings.Cut(domain, ".")
	return slices.Contains(providers, domain) || slices.Contains(placeholders, label)
}

// margin is what has been seen of the parts of a document that stand beside the report: the header of a mail, its signature.
type margin struct {
	header  bool // the line before it belongs to a field that machines write, which may go on
	closing bool // somebody has said goodbye
	rows    int  // how many rows the document had then
}

// beside tells whether a line names nothing that the report could be about.
func (r *reader) beside(l Line) bool {
	m := &r.margin
	if isClosing(l.Text) {
		m.closing, m.rows = true, len(r.rows)
	} else if len(r.rows) > m.rows || r.quoted != (l.Quoted > 0) {
		m.closing = false
	}
	name, _, field := strings.Cut(l.Text, ":")
	switch {
	case l.Aside, m.closing, r.isResolver(l.Text):
		return true
	case field && isHeader(name):
		m.header = strings.EqualFold(name, "received")
		return true
	case m.header:
		word, _ := scan.Word(l.Text)
		m.header = slices.Contains([]string{"from", "by", "with", "for", "id", "via"}, strings.ToLower(word)) || strings.HasPrefix(word, "(")
		return m.header
	}
	return false
}

// isResolver knows the line in which nslookup names the server that it asked, above the address of that.
func (r *reader) isResolver(t string) bool {
	if !scan.HasPrefixFold(t, "server:") {
		return false
	}
	next, ok := r.lines.Peek(0)
	return ok && scan.HasPrefixFold(next.Text, "address:")
}

// isHeader knows the fields of a mail that name senders and servers on the way (RFC 5322 section 3.6).
func isHeader(name string) bool {
	if len(name) > 40 || strings.IndexByte(name, ' ') >= 0 {
		return false
	}
	name = strings.ToLower(name)
	switch name {
	case "from", "to", "cc", "bcc", "sender", "reply-to", "received", "return-path", "message-id", "in-reply-to", "references",
		"delivered-to", "dkim-signature", "authentication-results", "received-spf", "von", "an", "de", "para", "da", "van", "aan", "à", "od", "do":
		return true
	}
	return strings.HasPrefix(name, "x-") || strings.HasPrefix(name, "arc-") || strings.HasPrefix(name, "list-")
}

// closings are how mails end in some languages, before the name and the web site of the writer.
var closings = []string{"regards", "best regards", "kind regards", "many thanks", "thanks", "thank you", "cheers", "sincerely", "best",
	"mit freundlichen grüßen", "mit freundlichen grüssen", "freundliche grüße", "viele grüße", "beste grüße", "mfg", "lg", "danke",
	"cordialement", "bien cordialement", "merci", "saludos", "un saludo", "gracias", "atentamente", "cordiali saluti", "grazie",
	"saluti", "atenciosamente", "obrigado", "met vriendelijke groet", "groeten", "bedankt", "pozdrawiam", "z poważaniem", "dziękuję"}

// isClosing knows a line that says goodbye and nothing else.
func isClosing(t string) bool {
	if len(t) > 40 {
		return false
	}
	for t != "" && strings.IndexByte(" ,.!-", t[len(t)-1]) >= 0 {
		t = t[:len(t)-1]
	}
	return among(closings, t)
}

// among tells whether a word is one of a list in lower case. It makes nothing, for it is asked about every line.
func among(list []string, word string) bool {
	for _, one := range list {
		if len(one) == len(word) && (one == "" || one[0]|0x20 == word[0]|0x20 || one[0] >= utf8.RuneSelf) && strings.EqualFold(one, word) {
			return true
		}
	}
	return false
}
