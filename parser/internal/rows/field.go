package rows

import (
	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
	"strings"
	"unicode/utf8"
)

// Fields of a form that tell what was tested: "Domain: example.com".

// field reads the field of a form that tells what was tested: its label, and behind a colon, in the next cell or without
// either the name.
func (r *reader) field(t string) (report.Kind, string) {
	t = strings.Replace(t, "：", ":", 1)
	label, rest, colon := strings.Cut(t, ":")
	if !colon || len(label) > 32 {
		label, rest, colon = strings.Cut(t, "\t")
	}
	if !colon {
		at := strings.LastIndexByte(t, ' ')
		if at < 0 {
			return report.AnyName, ""
		}
		label, rest = t[:at], t[at:]
	}
	const longest = 40
	if len(label) > longest {
		return report.AnyName, ""
	}
	kind, ok := r.labelled(label[strings.LastIndexAny(label, "/|,")+1:])
	// Without a mark behind it only the plainest label is one: "Host mail.example.com".
	if !ok || !colon && kind == report.AnyName {
		return report.AnyName, ""
	}
	if r.isResolver(t) {
		return report.AnyName, ""
	}
	if word, behind := firstName(scan.TrimLeft(rest)); colon && behind != "" && (strings.ContainsAny(word[len(word)-1:], ",;") || opensRemark(behind)) {
		rest = word
	}
	return kind, r.named(strings.Trim(rest, " \t.,;"))
}

// firstName cuts a word off at a blank, or at a bracket that stands directly behind it.
func firstName(text string) (word, behind string) {
	word, behind = scan.Word(text)
	if at := strings.IndexAny(word, "(（"); at > 0 {
		return word[:at], text[at:]
	}
	return word, behind
}

// opensRemark tells whether what stands behind a name goes on about something else.
func opensRemark(behind string) bool {
	c, _ := utf8.DecodeRuneInString(behind)
	return c == '(' || c == '（' || c != '-' && scan.IsSpaceOrDash(c) || strings.HasPrefix(behind, "- ")
}

// fieldOf opens a block below a field, or adds to that of the fields above it.
func (r *reader) fieldOf(kind report.Kind, name string) {
	if isAddress(name) {
		kind = report.AnyName
	}
	b := r.block()
	if b.about == (about{}) || len(r.rows) > b.rowsFrom || *b.about.at(kind, name) != "" {
		r.headed(kind, name)
		b = r.block()
	} else {
		r.aimFrom(inHeading, kind, name)
	}
	*b.about.at(kind, name) = name
}

// at is where a name of a kind belongs.
func (a *about) at(kind report.Kind, name string) *string {
	switch {
	case isAddress(name):
		return &a.address
	case kind == report.HostName, kind == report.AnyName && !isDomain(name):
		return &a.host
	}
	return &a.domain
}

// fieldLabels are how people and programs, in some languages, call what was tested.
var fieldLabels = map[report.Kind][]string{
	report.DomainName: {"domain", "domain name", "domainname", "zone", "mail domain", "email domain", "e-mail domain",
		"domäne", "maildomain", "mail-domain", "domaine", "nom de domaine", "dominio", "nombre de dominio", "nome di dominio",
		"nome a dominio", "domínio", "nome de domínio", "domein", "domeinnaam", "domena", "nazwa domeny", "домен", "doména", "domän", "域名",
		"ドメイン", "도메인"},
	report.HostName: {"host", "hostname", "host name", "server", "mail server", "mailserver", "mail host", "mailhost",
		"serveur", "serveur mail", "serveur de messagerie", "nom d'hôte", "hôte", "servidor",
		"servidor de correo", "servidor de e-mail", "server di posta", "nome host", "serwer", "serwer pocztowy", "хост", "сервер", "主机", "服务器",
		"ホスト", "サーバー", "サーバ", "対象サーバー", "호스트", "서버"},
	report.AnyName: {"ip", "ip address", "ip-address", "ip-adresse", "adresse ip", "dirección ip", "indirizzo ip", "endereço ip",
		"ip-adres", "adres ip", "target", "tested", "checked", "geprüft", "website", "site", "url", "ziel", "cible", "objetivo", "対象", "cel", "mål"},
}

// labelled tells what a label says of the name behind it.
func (r *reader) labelled(label string) (report.Kind, bool) {
	const longest = 64 // every line with a colon is asked
	var room [longest]byte
	if label = strings.TrimSpace(label); len(label) > longest {
		return report.AnyName, false
	}
	if low := lowered(room[:0], label); !mayBeLabel(low) {
		return report.AnyName, false
	}
	label = strings.ToLower(label)
	for _, whose := range []string{"my ", "our ", "your ", "the ", "tested ", "affected ", "customer ", "customer's "} {
		label = strings.TrimPrefix(label, whose)
	}
	if first, rest := scan.Word(label); rest != "" && r.isMail(first) {
		label = rest // the server of a protocol
	}
	kind, ok := kindOfLabel[label]
	return kind, ok
}

// kindOfLabel finds a label.
var kindOfLabel = func() map[string]report.Kind {
	kinds := map[string]report.Kind{}
	for kind, labels := range fieldLabels {
		for _, label := range labels {
			kinds[label] = kind
		}
	}
	return kinds
}()
