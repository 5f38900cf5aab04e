package parser_test

import (
	"cmp"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"mxverdict/parser"
	"mxverdict/parser/internal/invented"
	"mxverdict/parser/report"
)

// about says in short what a report is about and how that is known: "DOMAIN HOST ADDRESS FROM", and what its rows are
// about.
func about(t *testing.T, text string) (target, subjects string) {
	t.Helper()
	rep, err := parser.Parse(strings.NewReader(text), "-", invented.Vocabulary{})
	if err != nil && !errors.Is(err, parser.ErrNoFindings) {
		t.Fatal(err)
	}
	var rows []string
	for _, f := range rep.Findings {
		rows = append(rows, cmp.Or(f.Subject, "-"))
	}
	fields := []string{rep.Target.Domain, rep.Target.Host, rep.Target.Address, string(rep.TargetFrom)}
	for i := range fields {
		fields[i] = cmp.Or(fields[i], "-")
	}
	return strings.Join(fields, " "), strings.Join(rows, " ")
}

const (
	wet, cold = "The frob is wet", "The zone is cold" // a row about a mail server, and one about a zone
	nothing   = "- - - -"
)

// aboutness is a document with what it is about; subjects "" is not asked.
type aboutness struct{ name, text, target, subjects string }

func tryAbout(t *testing.T, tests []aboutness) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target, subjects := about(t, tt.text)
			if target != tt.target {
				t.Errorf("of %q: about %q, want %q", tt.text, target, tt.target)
			}
			if tt.subjects != "" && subjects != tt.subjects {
				t.Errorf("of %q: rows about %q, want %q", tt.text, subjects, tt.subjects)
			}
		})
	}
}

// A link to a look-up names the target, however it is written and wherever it stands.
func TestLinksNameTheTarget(t *testing.T) {
	const page = "https://tester.example.net/look.aspx?show="
	tryAbout(t, []aboutness{
		{"behind the row", cold + "\n" + page + "dns:example.com", "example.com - - link", "example.com"},
		{"percent-coded", cold + "\nsee " + page + "dns%3aexample.com&run=page", "example.com - - link", ""},
		{"percent-coded, capitals", cold + "\n" + page + "dns%3Aexample.com&run=page.", "example.com - - link", ""},
		{"a port", wet + "\n" + page + "smtp%3amail.example.com%3a25", "- mail.example.com - link", ""},
		{"an address", wet + "\n" + page + "smtp:192.0.2.25", "- - 192.0.2.25 link", ""},
		{"a path", cold + "\nhttps://tester.example.net/zone/example.com/", "example.com - - link", ""},
		{"without a scheme", cold + "\ntester.example.net/look.aspx?show=dns:example.com", "example.com - - link", ""},
		{"in brackets", cold + " (" + page + "dns:example.com)", "example.com - - link", ""},
		{"in angle brackets", cold + " <" + page + "dns:example.com>", "example.com - - link", ""},
		{"Markdown", "[see it](" + page + "dns%3aexample.com)\n\n" + cold, "example.com - - link", ""},
		{"a relative one in Markdown", cold + " [more](/look.aspx?show=dns:example.com)", "example.com - - link", ""},
		{"bulletin board", "[url=" + page + "dns:example.com]here[/url]\n" + cold, "example.com - - link", ""},
		{"HTML in text", "see <a href=\"" + page + "dns:example.com\">here</a>\n" + cold, "example.com - - link", ""},
		{"HTML", "<html><body><p>" + cold + "</p><a href='/look.aspx?show=dns%3Aexample.com&amp;run=page'>More</a></body></html>",
			"example.com - - link", ""},
		{"HTML, in a cell of a row", "<table><tr><td>Zone State<td>" + cold + "<td><a href='" + page +
			"dns:example.com'>More</a></table>", "example.com - - link", ""},
		{"HTML, hidden", "<html><body><p>" + cold + "</p><div hidden><a href='" + page + "dns:example.com'>More</a></div></body></html>",
			nothing, ""},
		{"two links of one domain", cold + "\n" + page + "dns:example.com\n" + page + "smtp:mail.example.com",
			"example.com mail.example.com - link", ""},
		{"two links that differ", cold + "\n" + page + "dns:example.com\n" + page + "dns:example.org", nothing, ""},
		{"a link goes before prose", "www.example.org and example.net say\n" + cold + "\n" + page + "dns:example.com",
			"example.com - - link", ""},
		{"a link alone above its rows", page + "dns:example.com\n" + cold + "\n" + page + "dns:example.org\n" + cold,
			nothing, ""},
		{"to the reporter itself", cold + "\n" + page + "dns:tester.example.net", nothing, ""},
		{"of somebody else", cold + "\nhttps://elsewhere.example.org/page/1", nothing, ""},
		{"no name is invented", cold + "\nhttps://elsewhere.example.org/look?x=3aexample.fr&y=mx%3aexample.fr", nothing, ""},
		{"no name in it", cold + "\n" + page + "dns:", nothing, ""},
	})
}

// A heading names what the rows below it are about, until the next one.
func TestHeadingsNameTheTarget(t *testing.T) {
	tryAbout(t, []aboutness{
		{"report for", "Tester report for example.com:\n" + cold, "example.com - - heading", "example.com"},
		{"Report for", "Report for mail.example.com\n" + wet, "- mail.example.com - heading", "mail.example.com"},
		{"Results for", "Results for example.com.\n\n" + cold, "example.com - - heading", "example.com"},
		{"in German", "Ergebnis für example.com:\n" + cold, "example.com - - heading", "example.com"},
		{"in French", "Rapport de test pour example.com :\n" + cold, "example.com - - heading", "example.com"},
		{"in Spanish", "Resultados para example.com:\n" + cold, "example.com - - heading", "example.com"},
		{"Domain", "Domain: example.com\n" + cold, "example.com - - heading", "example.com"},
		{"Domain Name", "Domain Name: example.com\n" + cold, "example.com - - heading", "example.com"},
		{"Host", "Host: mail.example.com\n" + wet, "- mail.example.com - heading", "mail.example.com"},
		{"Host without colon", "Host mail.example.com\n" + wet, "- mail.example.com - heading", "mail.example.com"},
		{"bold", "**Domain:** example.com\n\n" + cold, "example.com - - heading", "example.com"},
		{"a form", "### Domain\n\nexample.com\n\n### Warnings\n\n" + cold, "example.com - - heading", ""},
		{"a label above", "Domain:\nexample.com\n" + cold, "example.com - - heading", "example.com"},
		{"two cells", "| Domain | example.com |\n| Result | bad |\n\n" + cold, "example.com - - heading", ""},
		{"category and name", "smtp mail.example.com\n" + wet, "- mail.example.com - command", "mail.example.com"},
		{"category and domain", "mx example.com\n" + cold, "example.com - - command", "example.com"},
		{"Markdown", "## example.com\n\n" + cold, "example.com - - heading", "example.com"},
		{"HTML", "<html><body><h2>example.com</h2><p>" + cold + "</p></body></html>", "example.com - - heading", "example.com"},
		{"a name alone", "mail.example.com\n" + wet, "- mail.example.com - heading", "mail.example.com"},
		{"a name alone behind prose", "Look at this:\n\nexample.com\n\n" + cold, "example.com - - heading", "example.com"},
		{"a title above", "Zone Health Score\nexample.com\n25\n" + cold, "example.com - - heading", "example.com"},
		{"fields below each other", "Domain: example.com\nHost: mail.example.com\nIP: 192.0.2.25\n" + cold + "\n" + wet,
			"example.com mail.example.com 192.0.2.25 heading", "example.com mail.example.com"},
		{"fields again", "Host: a.example.com\n" + wet + "\nHost: b.example.com\n" + wet, nothing, "a.example.com b.example.com"},
		{"an address", "IP: 192.0.2.25\n" + wet, "- - 192.0.2.25 heading", "192.0.2.25"},
		{"until the next", "## a.example.com\n" + wet + "\n## b.example.com\n" + wet, nothing, "a.example.com b.example.com"},
		{"quoted", "> Report for example.com:\n> " + cold, "example.com - - heading", "example.com"},
		{"column", "Host\tResult\nmail.example.com\t" + wet + "\nmx.example.com\t" + wet, nothing, "mail.example.com mx.example.com"},
		{"column behind", "Test\tResult\tHost\nFrob State\t" + wet + "\tmail.example.com", "- mail.example.com - row", "mail.example.com"},
		{"CSV", "Category,Host,Result\nsmtp,mail.example.com,\"" + wet + "\"\n", "- mail.example.com - row", "mail.example.com"},
		{"CSV, quoted", "\"Test\",\"Result\",\"Host\"\n\"Frob State\",\"" + wet + "\",\"mail.example.com\"\n", "- mail.example.com - row", "mail.example.com"},
		{"a command goes before a heading", "Report for example.net\ndns:example.com\n" + cold, "example.com - - command", "example.com"},

		{"a server that was asked", "Server: dns.example.org\nAddress: 192.0.2.53\n\nexample.com is ours: " + cold, "example.com - - only-name", "-"},
		{"a sentence about reports", "We read every report for mistakes.\n" + cold, nothing, "-"},
		{"records are no headings", "ns ns1.example.org\nns ns2.example.org\n" + cold, nothing, "-"},
		{"a name server above a row", "ns1.example.org\n" + cold, nothing, "-"},
		{"a name server below a row", cold + "\nns1.example.org\n" + wet, nothing, "- -"},
		{"a list of servers", "ns1.example.org\nns2.example.org\n" + cold, nothing, "-"},
		{"the reporter's own", "Report for tester.example.net\n" + cold, nothing, "-"},
	})
}

// One candidate is the target; of several the evidence decides, if it is clear.
func TestOneCandidateIsTheTarget(t *testing.T) {
	tryAbout(t, []aboutness{
		{"prose", "Our example.com gives: " + cold, "example.com - - only-name", "-"},
		{"a host", "Our mail.example.com gives: " + wet, "- mail.example.com - only-name", "-"},
		{"a domain and its host", "example.com, mail on mail.example.com, gives: " + wet, "example.com mail.example.com - only-name", "-"},
		{"an address", "Our 192.0.2.25 gives: " + wet, "- - 192.0.2.25 only-name", "-"},
		{"a name beside an address", "Our mail.example.com (192.0.2.25) gives: " + wet, "- mail.example.com - only-name", "-"},
		{"a web host stands for its domain", "www.example.com is ours and gives: " + cold, "example.com - - only-name", "-"},
		{"a record stands for its domain", "_dmarc.example.com is ours and gives: " + cold, "example.com - - only-name", "-"},
		{"two hosts", "mail.example.com and mx.example.com give: " + wet, nothing, "-"},
		{"a domain and two hosts", "example.com with mail.example.com and mx.example.com gives: " + wet, "example.com - - only-name", "-"},
		{"two domains", "example.com and example.org give: " + cold, nothing, "-"},
		{"one is met far more often", "example.com, a.example.org. example.com! example.com? Well:\n" + cold, "example.com - - frequency", "-"},
		{"one is met more often", "example.com, example.org. example.com! example.org? example.com?\n" + cold, nothing, "-"},
		{"the reporter's own", "tester.example.net looked at example.com and says: " + cold, "example.com - - only-name", "-"},
		{"mail addresses", "joe@example.org wrote about example.com:\n" + cold, "example.com - - only-name", "-"},
		{"mail addresses only", "joe@example.org wrote:\n" + cold, nothing, "-"},
		{"a header", "They say:\n\nFrom: Joe <joe@example.org>\nReceived: from a.example.net by b.example.net\n\twith ESMTP id 1\nSubject: example.com\n\n" + cold,
			"example.com - - only-name", "-"},
		{"a signature", "example.com gives:\n\n" + cold + "\n\n-- \nJoe\nwww.example.org\n", "example.com - - only-name", "-"},
		{"a signature without a mark", cold + "\nis what we see for example.com\n\nBest regards,\nJoe\nwww.example.org\n", "example.com - - only-name", "-"},
		{"versions", "1. Ask 3.email of v1.2.app about example.com\n" + cold, "example.com - - only-name", "-"},
		{"files", "main.cf and install.sh of example.com\n" + cold, "example.com - - only-name", "-"},
		{"a full stop without a blank", "We use example.com.It says\nnothing.So\n" + cold, "example.com - - only-name", "-"},
		{"a log", "Nov  3 09:56:28 mx.example.org smtpd[4711]: connect from a.example.net\nexample.com:\n" + cold, "example.com - - heading", ""},
		{"a banner of the tester", "EHLO probe.example.org\n250-hello probe.example.org\nexample.com gives " + cold, "example.com - - only-name", "-"},
		{"the server's own greeting", "220 mail.example.com ESMTP\n" + wet, "- mail.example.com - only-name", "-"},
		{"an include", "example.com has v=spf1 include:spf.example.org a:mail.example.net -all\n" + cold, "example.com - - only-name", "-"},
		{"a mailbox in a record", "example.com has v=DMARC1; p=none; rua=mailto:dmarc@example.org\n" + cold, "example.com - - only-name", "-"},
		{"name servers of a row", "example.com gives: " + cold + "\nasked ns1.example.org\nasked ns2.example.org", "example.com - - only-name", "-"},
		{"who answered", cold + "\ntold by ns1.example.org\nfor example.com", "example.com - - only-name", "-"},
		{"an example", "Enter a name (e.g. mail.example.org).\nexample.com gives " + cold, "example.com - - only-name", "-"},
		{"a page elsewhere", "https://forum.example.org/t/123 tells that example.com gives: " + cold, "example.com - - only-name", "-"},
		{"a provider", "Mail to gmail.com bounces from example.com, which gives: " + cold, "example.com - - only-name", "-"},
		{"a provider only", "Mail to gmail.com bounces: " + cold, nothing, "-"},
		{"a placeholder", "yourdomain.com gives " + cold, nothing, "-"},
		{"an address of this network", "10.1.2.3 and 127.0.0.1 say that example.com gives: " + cold, "example.com - - only-name", "-"},
		{"a command before prose", "example.org example.org example.org\ndns:example.com\n" + cold, "example.com - - command", ""},
		{"a row before prose", "example.org example.org\nsmtp\tmail.example.com\t" + wet, "- mail.example.com - row", ""},
		{"a transcript before prose", "mail.example.org or mail.example.net\n" + wet + "\ndialling 192.0.2.1", "- - 192.0.2.1 transcript", "192.0.2.1"},
		{"nothing", cold, nothing, "-"},
	})
}

// The look-ups of an interface, the pages in its answers and the parts of a mail tell it too, and by what evidence.
func TestTargetOfContainers(t *testing.T) {
	tryAbout(t, []aboutness{
		{"JSON", `{"Command":"dns","CommandArgument":"example.com","Failed":[{"Info":"` + cold + `"}]}`, "example.com - - command", "example.com"},
		{"a page in JSON", `{"HTML_Value":"<h3>dns:example.com</h3><p>` + cold + `</p>"}`, "example.com - - command", "example.com"},
		{"words around JSON", "Our example.com gives\n" + `{"Failed":[{"ID":7,"Info":"` + cold + `","AdditionalInfo":[]}]}`, "example.com - - only-name", "-"},
		{"a covering letter", "From: a@example.org\nTo: b@example.net\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n" +
			"--o\n\nHere is the report on our example.com.\n--o\nContent-Disposition: attachment; filename=r.txt\n\n" + cold + "\n--o--\n",
			"example.com - - only-name", "-"},
		{"a mail", "From: a@example.org\nTo: b@example.net\nMIME-Version: 1.0\nContent-Type: text/plain\n\nReport for example.com:\n" + cold + "\n",
			"example.com - - heading", "example.com"},
	})
}

// markup is what may part a name that is shown in one piece.
var markup = regexp.MustCompile(`<[^>]*>|\[[^\]]*\]|=\n|[\x00-\x1f]`)

// linked is a link of Markdown, which shows its text only: it may be a part of a name too.
var linked = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// No name is invented: what a report is about stands in it, as it is or percent-coded, and by some evidence.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{
		"https://tester.example.net/l?show=dns%3aexample.com&run=1 " + cold, "[x](/l?show=smtp:mail.example.com%3A25)\n" + wet,
		"<a href='/zone/example.com/'>x</a>" + cold, "[url=https://t.example/l?show=mx:3aexample.fr]x[/url]", "%%%3a%3aexample.com%2",
		"Report for example.com (192.0.2.1):\n" + wet, "Host,Test,Result\nmail.example.com,Frob State," + wet, "## _dmarc.www.example.com\n" + cold,
		"Domain: example.com\nHost: mail.example.com\nIP: [2001:db8::25]\n" + wet, "-- \nwww.example.org\n\nexample.com.The v1.2.app\n" + cold,
		"<h1><a href=\"https://tester.example.net/?show=dns:example.com\"></a></h1><table><td>" + wet,
		"[x](/l?show=smtp:mail.exam5)e.com%3A25)\n" + wet,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		for _, c := range document {
			if c >= 0x80 || strings.ContainsRune("&\\*`", c) || unicode.IsControl(c) && !unicode.IsSpace(c) {
				return // entities, escapes, emphasis, other scripts and characters that nobody sees write a name in other letters
			}
		}
		rep, err := parser.Parse(strings.NewReader(document), "-", invented.Vocabulary{})
		if err != nil && !errors.Is(err, parser.ErrNoFindings) {
			return
		}
		if (rep.Target == report.Target{}) != (rep.TargetFrom == "") {
			t.Fatalf("of %q: %+v by %q", document, rep.Target, rep.TargetFrom)
		}
		said := strings.ToLower(document)
		decoded, err := url.QueryUnescape(strings.ReplaceAll(said, "+", "%2b"))
		if err != nil {
			return // broken codes beside whole ones
		}
		shown := linked.ReplaceAllString(decoded, "$1")
		for _, name := range []string{rep.Target.Domain, rep.Target.Host} {
			if !strings.Contains(said, name) && !strings.Contains(shown, name) && !strings.Contains(decoded, name) && !strings.Contains(markup.ReplaceAllString(decoded, ""), name) {
				t.Fatalf("of %q: invented %q", document, name)
			}
			if (invented.Vocabulary{}).OwnName(name) {
				t.Fatalf("of %q: the reporter itself", document)
			}
		}
	})
}
