package mail_test

import (
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mxverdict/parser/internal/container/mail"
	"mxverdict/parser/report"
)

// read reads a message; none is refused.
func read(message string, part func(string) report.Report) report.Report {
	rep, err := mail.Read(message, part)
	if err != nil {
		panic(err)
	}
	return rep
}

// lines reads a part as the tests need it: "row RULE [SUBJECT [NAME=VALUE]]" is a row, "target NAME" a target, "host
// NAME" a candidate, "at YEAR" a time. Everything else is prose.
func lines(document string) report.Report {
	var rep report.Report
	n := 0
	for document != "" {
		line, rest, _ := strings.Cut(document, "\n")
		document = rest
		n++
		line = strings.TrimSuffix(line, "\r")
		at := strings.Index(line, "row ")
		words := strings.Fields(line)
		switch {
		case at >= 0:
			line, _, _ = strings.Cut(line[at:], "<")
			words = strings.Fields(line)
			f := report.Finding{Line: n, Lines: []int{n}, Text: line, Values: map[string]report.Value{}, Status: report.Warning,
				Reporter: "fake"}
			if len(words) > 1 && words[1] != "?" {
				f.Rule = words[1]
			}
			if len(words) > 2 && words[2] != "-" {
				f.Subject = words[2]
			}
			if len(words) > 3 {
				name, value, _ := strings.Cut(words[3], "=")
				f.Values[name] = report.Text(value)
			}
			rep.Findings = append(rep.Findings, f)
		case len(words) == 2 && words[0] == "target":
			rep.Target.Host = words[1]
		case len(words) == 2 && words[0] == "host":
			rep.Candidates = append(rep.Candidates, words[1])
		case len(words) == 2 && words[0] == "at":
			at := time.Date(len(words[1]), 1, 1, 0, 0, 0, 0, time.UTC)
			rep.TestedAt = &at
		case strings.Contains(line, "@"):
			_, host, _ := strings.Cut(line, "@")
			rep.Candidates = append(rep.Candidates, strings.Trim(host, "> "))
		}
	}
	return rep
}

// rows writes the findings as "line rule subject", with what the tests of joining look at.
func rows(rep report.Report) []string {
	out := []string{}
	for i, f := range rep.Findings {
		if f.N != i+1 {
			out = append(out, "wrong number")
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s %s", f.Line, f.Rule, f.Subject)))
	}
	return out
}

const (
	inBase64 = "Content-Transfer-Encoding: base64\n"
	inQP     = "Content-Transfer-Encoding: quoted-printable\n"
	isPage   = "Content-Type: text/html\n"
	isData   = "Content-Type: application/octet-stream\n"
)

const mixed = "Content-Type: multipart/mixed; boundary=o\n\n"

const head = "From: Anna <anna@example.net>\nTo: desk@example.org\nSubject: mail trouble\n" // 3 lines

func qp(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func b64(s string) string {
	code := base64.StdEncoding.EncodeToString([]byte(s))
	var b strings.Builder
	for len(code) > 76 {
		b.WriteString(code[:76] + "\n")
		code = code[76:]
	}
	return b.String() + code + "\n"
}

func TestRead(t *testing.T) {
	tests := map[string]struct {
		message string
		want    []string
		notice  string // part of one, or "" for none at all
	}{
		"plain": {
			head + "\nHello,\nrow a\n", []string{"6 a"}, "",
		},
		"CRLF": {
			strings.ReplaceAll(head+"\nHello,\nrow a\n", "\n", "\r\n"), []string{"6 a"}, "",
		},
		"line of a mailbox above": {
			"From anna@example.net Mon Nov 23 10:00:00 2026\n" + head + "\nrow a\n", []string{"6 a"}, "",
		},
		"mailbox of two messages": {
			"From a@example.net Mon Nov 23 10:00:00 2026\n" + head + "\nrow a\n\n" +
				"From b@example.net Mon Nov 23 10:05:00 2026\n" + head + "\nrow b\n",
			[]string{"6 a", "13 b"}, "",
		},
		"no empty line below the header": {
			head + "Hello, all\nrow a\n", []string{"5 a"}, "",
		},
		"a form that looks like a header": {
			"From: Anna\nSubject: trouble\nMessage: row a\n", []string{"3 a"}, "",
		},
		"junk in the header": {
			head + "this line was wrapped by a program\nContent-Type: text/plain\n\nrow a\n",
			[]string{"7 a"}, "no field",
		},
		"quoted-printable": {
			head + "Content-Transfer-Encoding: Quoted-Printable\n\nsome words=\n and\nr=6Fw a\n", []string{"6 a"}, "",
		},
		"damaged quoted-printable": {
			head + "Content-Transfer-Encoding: quoted-printable\n\n100 =XY = b\nr=6fw a=\n", []string{"6 a"}, "damaged",
		},
		"base64": {
			head + "Content-Transfer-Encoding: base64\n\n" + b64("Hello\nrow a\nrow b\n"), []string{"6 a", "6 b"}, "",
		},
		"base64 without padding": {
			head + "Content-Transfer-Encoding: base64\n\n" + strings.TrimRight(b64("row a\nrow b"), "=\n"),
			[]string{"6 a", "6 b"}, "cut off",
		},
		"base64 with a footer below": {
			head + "Content-Transfer-Encoding: base64\n\n" + b64("row a\n") + "\nThis list has a footer\nrow b\n",
			[]string{"6 a", "6 b"}, "",
		},
		"base64 with one damaged line": {
			head + inBase64 + "\n" + b64("row a"+strings.Repeat(" ", 51)+"\n") + "eHh4!!!*\n" + b64("\nrow b\n"),
			[]string{"6 a", "6 b"}, "damaged",
		},
		"text that calls itself base64": {
			head + inBase64 + "\nThis is plain.\nrow a\n", []string{"7 a"}, "calls itself base64",
		},
		"base64 that does not say so": {
			head + "\n" + b64("Hello, this is a text of some length that was encoded.\nrow a\n"), []string{"5 a"}, "base64",
		},
		"quoted-printable that does not say so": {
			head + "\nsome words=\n that go on=3D\nr=6Fw a\n", []string{"5 a"}, "quoted-printable",
		},
		"equals signs that mean themselves": {
			head + "\na line that ends so =\nand x=1\nrow a\n", []string{"7 a"}, "",
		},
		"unknown transfer encoding": {
			head + "Content-Transfer-Encoding: x-zebra\n\nrow a\n", []string{"6 a"}, "x-zebra",
		},
		"parts": {
			head + "Content-Type: multipart/mixed; boundary=\"b 1\"\n\npreamble row x\n--b 1\n\nrow a\n" +
				"--b 1\n" + isPage + "Content-Transfer-Encoding: 8bit\n\n<p>\nrow b</p>\n--b 1--\nepilogue row y\n",
			[]string{"9 a", "15 b"}, "",
		},
		"parts of parts without closing boundary": {
			head + mixed + "--o\nContent-Type: multipart/related; boundary=i\n\n" +
				"--i\n\nrow a\n--o\n\nrow b\n--o--\n",
			[]string{"11 a", "14 b"}, "breaks off",
		},
		"cut off in the middle": {
			head + mixed + "--o\n\nrow a\n--o\nContent-Type: text/html\n\n<p>row b",
			[]string{"8 a", "12 b"}, "breaks off",
		},
		"boundary lost": {
			head + "Content-Type: multipart/mixed\n\n--xyz\nContent-Type: text/plain\n\nrow a\n--xyz--\n",
			[]string{"9 a"}, "missing or wrong",
		},
		"wrong boundary": {
			head + "Content-Type: multipart/mixed; boundary=abc\n\n--xyz\nContent-Type: text/plain\n\nrow a\n--xyz--\n",
			[]string{"9 a"}, "missing or wrong",
		},
		"no boundary anywhere": {
			head + "Content-Type: multipart/mixed; boundary=abc\n\nrow a\n", []string{"6 a"}, "does not say where",
		},
		"parameters that break the rules": {
			head + "Content-Type: multipart/mixed; boundary=o; boundary=o; charset\n\n--o\n\nrow a\n--o--\n",
			[]string{"8 a"}, "",
		},
		"header lost, parts left": {
			"--xyz\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nr=6Fw a\n--xyz--\n",
			[]string{"5 a"}, "does not say that it has parts",
		},
		"type of the message lost, two versions left": {
			head + "\n--xyz\nContent-Type: text/plain\n\nrow a\nrow b\n--xyz\n" + isPage + "\n<p>row a host\n--xyz--\n",
			[]string{"8 a", "9 b"}, "does not say that it has parts",
		},
		"strange row in the subject": {
			"From: a@example.com\nSubject: row ? of ducks\n\nquack\n", nil, "",
		},
		"alternatives say the same": {
			head + "Content-Type: multipart/alternative; boundary=o\n\n--o\n\nrow a\nrow b - list=x\n" +
				"--o\nContent-Type: text/html\n\n<p>row a mail.example.com\n<p>row b - list=x\n--o--\n",
			[]string{"13 a mail.example.com", "14 b"}, "",
		},
		"alternatives of which one says more": {
			head + "Content-Type: multipart/alternative; boundary=o\n\n--o\n\nrow a\nrow b - list=x\nrow b - list=y\n" +
				"--o\nContent-Type: text/html\n\n<p>row a mail.example.com\n<p>row c\n<p>row ? strange\n--o--\n",
			[]string{"8 a", "9 b", "10 b", "15 c"}, "",
		},
		"alternative with a part of parts": {
			head + "Content-Type: multipart/alternative; boundary=o\n\n--o\n\nsee the other version\n" +
				"--o\nContent-Type: multipart/related; boundary=i\n\n--i\nContent-Type: text/html\n\n<p>row a\n--i\n" +
				"Content-Type: image/png; name=logo.png\n" + inBase64 + "\niVBORw0KGgo=\n--i--\n--o--\n",
			[]string{"15 a"}, `"logo.png" (image/png)`,
		},
		"row quoted in another part": {
			head + mixed + "--o\n\nrow a mail.example.com\n--o\n\n" +
				"row a  mail.example.com\nrow a mail.example.org\n--o--\n",
			[]string{"8 a mail.example.com", "12 a mail.example.org"}, "",
		},
		"one part repeats itself": {
			head + "\nrow a\nrow a\n", []string{"5 a", "6 a"}, "",
		},
		"forwarded message": {
			head + mixed + "--o\n\nsee below\n--o\nContent-Type: message/rfc822\n\n" +
				"From: b@example.com\nSubject: report\nContent-Type: text/plain\n\nrow a\n--o--\n",
			[]string{"16 a"}, "",
		},
		"forwarded message, encoded": {
			head + mixed + "--o\n\nsee below\n--o\n" +
				"Content-Type: application/octet-stream; name=\"old.eml\"\nContent-Transfer-Encoding: base64\n\n" +
				b64("From: b@example.com\nSubject: report\n"+inQP+"\nr=6Fw a\n") + "--o--\n",
			[]string{"13 a"}, "",
		},
		"digest": {
			head + "Content-Type: multipart/digest; boundary=o\n\n--o\n\nFrom: b@example.com\nSubject: one\n\nrow a\n" +
				"--o\n\nFrom: b@example.com\nSubject: two\n\nrow b\n--o--\n",
			[]string{"11 a", "17 b"}, "",
		},
		"attachments": {
			head + mixed +
				"--o\n" + isData + "Content-Disposition: attachment; filename=result\n\nrow a\n" +
				"--o\nContent-Type: application/pdf; name=\"report.txt\"\n\nrow b\n" +
				"--o\nContent-Type: application/json\n\nrow c\n" +
				"--o\nContent-Type: application/pdf; name=\"result\u00e9.pdf\"\n\nrow d\n" +
				"--o\nContent-Type: application/octet-stream; name=data\n" + inBase64 + "\nAAECAwQ=\n" +
				"--o\nContent-Type: message/delivery-status\n\nrow e\n" +
				"--o\nContent-Type: text/x-log; name=lines.txt\n\nrow f\n--o--\n",
			[]string{"10 a", "14 b", "18 c", "35 f"}, `.pdf" (application/pdf), "data" (application/octet-stream)`,
		},
		"nothing but a picture": {
			head + mixed + "--o\nContent-Type: image/jpeg\n\n\xff\xd8\n--o--\n", nil, "copied as text",
		},
		"encrypted": {
			head + "Content-Type: multipart/encrypted; boundary=o\n\n--o\n" + isData + "\nrow a\n--o--\n",
			nil, "encrypted",
		},
		"row in the subject only": {
			"Received: by mx.example.net\nFrom: a@example.com\nSubject: =?utf-8?q?row_a?=\n\nWhat does this mean?\n",
			[]string{"3 a"}, "subject in line 3",
		},
		"row in the subject and in the text": {
			"From: a@example.com\nSubject: row a at last\nDate: today\n\nrow a\n", []string{"5 a"}, "",
		},
		"header alone": {
			head, nil, "",
		},
		"type without a slash": {
			head + "Content-Type: text\n\nrow a\n", []string{"6 a"}, "",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if !mail.LooksLike(tt.message) {
				t.Error("not taken for a message")
			}
			rep := read(tt.message, lines)
			if got := rows(rep); !slices.Equal(got, tt.want) {
				t.Errorf("rows %q, want %q", got, tt.want)
			}
			all := strings.Join(rep.Notices, "\n")
			if tt.notice == "" && all != "" || !strings.Contains(all, tt.notice) {
				t.Errorf("notices %q, want %q", all, tt.notice)
			}
		})
	}
}

func TestLooksLike(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "From", "From: Anna\n\nrow a", "Subject: help\nrow a\n", "Warning: row a\nTo: you\nSubject: it\n",
		"Dear desk,\nFrom: me\nTo: you\nSubject: it\n\nrow a\n", "-- \nAnna\n", "--- row\nrow: a\n",
		"From here it goes: on\nand on\n",
		"smtp:mail.example.com\nTest Result\n", "<html>\n", "{\"From\": 1}", "To: you\nTo: her\n\nrow a\n",
	} {
		if mail.LooksLike(text) {
			t.Errorf("%q is no message", text)
		}
	}
}

// Legacy text arrives as the bytes that it has, encoded or not.
func TestCharsets(t *testing.T) {
	const said = "Prüfung – row a"
	tests := map[string]struct {
		charset, encoding, body string
		want, notice            string
	}{
		"windows-1252":            {"windows-1252", "8bit", "Pr\xfcfung \x96 row a", said, ""},
		"ISO 8859-1 by habit":     {"ISO-8859-1", "8bit", "Pr\xfcfung \x96 row a", said, ""},
		"ISO 8859-15":             {"iso-8859-15", "quoted-printable", "=A4 row a", "€ row a", ""},
		"KOI8-R":                  {"koi8-r", "8bit", "\xf0\xd2\xc9\xd7\xc5\xd4 row a", "Привет row a", ""},
		"Shift_JIS":               {"Shift_JIS", "base64", b64("\x83e\x83X\x83g row a"), "テスト row a", ""},
		"ISO-2022-JP":             {"ISO-2022-JP", "7bit", "\x1b$B%F%9%H\x1b(B row a", "テスト row a", ""},
		"UTF-8":                   {"utf-8", "quoted-printable", qp(said), said, ""},
		"UTF-8 that calls itself": {"iso-8859-1", "8bit", said, said, ""},
		"Latin-1 of UTF-8 bytes":  {"iso-8859-1", "quoted-printable", "=C3=BC row a", "Ã¼ row a", ""},
		"not named, UTF-8":        {"", "8bit", said, said, ""},
		"not named, Latin-1":      {"", "8bit", "Pr\xfcfung \x96 row a", said, "Latin-1"},
		"unknown":                 {"x-zebra", "8bit", "Pr\xfcfung \x96 row a", said, "x-zebra"},
		"UTF-7 is not read":       {"utf-7", "7bit", "row a", "row a", "utf-7"},
		"dangerous":               {"iso-2022-kr", "7bit", "row a", "row a", "iso-2022-kr"},
		"UTF-16 with a mark":      {"", "base64", b64("\xff\xfer\x00o\x00w\x00 \x00a\x00"), "row a", ""},
		"UTF-8 that is broken":    {"utf-8", "8bit", "\xffrow a", "\ufffdrow a", "replaced"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			contentType := "text/plain"
			if tt.charset != "" {
				contentType += "; charset=" + tt.charset
			}
			var got string
			rep := read(head+"Content-Type: "+contentType+"\nContent-Transfer-Encoding: "+tt.encoding+"\n\n"+tt.body,
				func(document string) report.Report {
					if strings.Contains(document, "row") {
						got = strings.TrimSpace(document)
					}
					return lines(document)
				})
			if got != tt.want || len(rep.Findings) != 1 {
				t.Errorf("read %q, want %q; %d rows", got, tt.want, len(rep.Findings))
			}
			if all := strings.Join(rep.Notices, "\n"); tt.notice == "" && all != "" || !strings.Contains(all, tt.notice) {
				t.Errorf("notices %q, want %q", all, tt.notice)
			}
		})
	}
}

// A page part is a page for the formats even where it does not begin like one, on the same lines.
func TestPart(t *testing.T) {
	var got []string
	record := func(document string) report.Report {
		got = append(got, document)
		return report.Report{}
	}
	header := "MIME-Version: 1.0\nX-Test: 1\nContent-Type: text/html\n\n"
	read(header+"<b>row</b>\n", record)
	read(header+"<!DOCTYPE html><b>row</b>\n", record)
	read(header+"row\n", record)
	if want := []string{"<html><b>row</b>\n", "<!DOCTYPE html><b>row</b>\n", "row\n"}; !slices.Equal(got, want) {
		t.Errorf("handed on %q, want %q", got, want)
	}
}

// What the text names goes before the header, and the header is never the target.
func TestNames(t *testing.T) {
	message := "From: Anna <anna@example.net>\nSubject: target subject.example.com\nCc: c@example.org\nDate: at 2020\n" +
		"Content-Type: multipart/mixed; boundary=o\n\n--o\n\nhost talk.example.com\n--o\n\nhost rows.example.com\n" +
		"target mail.example.com\nat 7\nrow a\n--o--\n"
	rep := read(message, lines)
	want := []string{"rows.example.com", "talk.example.com", "example.net", "example.org"}
	if !slices.Equal(rep.Candidates, want) {
		t.Errorf("candidates %q, want %q", rep.Candidates, want)
	}
	if rep.Target != (report.Target{Host: "mail.example.com"}) {
		t.Errorf("target %+v", rep.Target)
	}
	if rep.TestedAt == nil || rep.TestedAt.Year() != 1 {
		t.Errorf("tested at %v", rep.TestedAt)
	}
	if rep.Reporter != "fake" {
		t.Errorf("reporter %q", rep.Reporter)
	}
}

// Parts that name different targets name none.
func TestTargets(t *testing.T) {
	two := func(first, second string) string {
		return head + mixed + "--o\n\n" + first + "--o\n\n" + second + "--o--\n"
	}
	tests := map[string]struct{ message, want string }{
		"the same":              {two("target x.example.com\nrow a\n", "target x.example.com\nrow b\n"), "x.example.com"},
		"different":             {two("target x.example.com\nrow a\n", "target y.example.com\nrow b\n"), ""},
		"only in talk":          {two("target x.example.com\n", "row b\n"), "x.example.com"},
		"talk is about another": {two("target x.example.com\n", "target y.example.com\nrow b\n"), "y.example.com"},
		"one of them":           {two("target x.example.com\nrow a\n", "row b\n"), "x.example.com"},
		"several hosts":         {two("target x.example.com\nrow a\n", "row b y.example.com\nrow b z.example.com\n"), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := read(tt.message, lines).Target.Host; got != tt.want {
				t.Errorf("target %q, want %q", got, tt.want)
			}
		})
	}
}

// Hostile messages end soon, and the notice says why.
func TestBounds(t *testing.T) {
	nested := func(depth int, open func(i int) string, inner string) string {
		var b strings.Builder
		for i := range depth {
			b.WriteString(open(i))
		}
		return b.String() + inner
	}
	tests := map[string]struct{ message, notice string }{
		"10,000 parts": {head + mixed + strings.Repeat("--o\n\nrow a\n", 10000), "200 parts"},
		"messages within messages": {nested(5000, func(int) string {
			return "From: a@example.com\nSubject: x\nContent-Type: message/rfc822\n\n"
		}, "row a"), "nested"},
		"parts within parts": {nested(5000, func(i int) string {
			return fmt.Sprintf("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o%d\n\n--o%d\n", i, i)
		}, "\nrow a"), "nested"},
		"long header":    {head + strings.Repeat("X-Long: "+strings.Repeat("x", 1000)+"\n", 3000) + "\nrow a\n", "256 KiB"},
		"one long field": {"Date: x\nTo: " + strings.Repeat("a@example.com,\n ", 200000) + "\n\nrow a\n", "256 KiB"},
		"many fields":    {head + strings.Repeat("A:\n", 200000) + "\nrow a\n", ""},
		"long boundary":  {head + "Content-Type: multipart/mixed; boundary=" + strings.Repeat("x", 100000) + "\n\nrow a\n", "does not say"},
		"boundary of hyphens": {head + "Content-Type: multipart/mixed; boundary=-\n\n" + strings.Repeat("---x\n", 1000000),
			"does not say"},
		"too much text": {head + mixed +
			strings.Repeat("--o\n\n"+strings.Repeat("some words in a row\n", 100000)+"\n", 10), "16 MiB"},
		"too large for its nesting": {nested(9, func(i int) string {
			return fmt.Sprintf("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o%d\n\n--o%d\n"+
				"Content-Type: message/rfc822\n\nX-A: b\n", i, i)
		}, "\n"+strings.Repeat("some words in a row\n", 900000)), "16 MiB"},
		"damage everywhere": {head + mixed +
			strings.Repeat("--o\nContent-Transfer-Encoding: base64\n\nA\n", 199), "more damage"},
		"pictures everywhere": {head + mixed +
			strings.Repeat("--o\nContent-Type: image/png\n\nA\n", 100), "an unnamed part (image/png)"},
		"boundaries that nearly fit on every level": {nested(80, func(i int) string {
			name := strings.Repeat("a", i+1)
			kind, boundary := "multipart/mixed; boundary="+name, "\n--"+name+"\n"
			if i%9 == 8 {
				kind, boundary = "message/rfc822", ""
			}
			return "MIME-Version: 1.0\nContent-Type: " + kind + "\n\n" + boundary
		}, "\n"+strings.Repeat("--"+strings.Repeat("a", 82)+"\n", 190000)), "too large"},
		"rows everywhere": {head + "\n" + strings.Repeat("row a\n", 20000), "10000 rows"},
		"versions of thousands of rows": {head + "Content-Type: multipart/alternative; boundary=o\n\n" +
			strings.Repeat("--o\n\n"+strings.Repeat("row a - x=y\n", 9000)+"row b\n", 3), "breaks off"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			rep := read(tt.message, lines)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if !strings.Contains(strings.Join(rep.Notices, "\n"), tt.notice) {
				t.Errorf("notices %q, want %q", rep.Notices, tt.notice)
			}
			if len(rep.Findings) > 10000 || len(rep.Notices) > 30 || len(rep.Candidates) > 20 {
				t.Errorf("%d rows, %d notices, %d candidates", len(rep.Findings), len(rep.Notices), len(rep.Candidates))
			}
		})
	}
}

// FuzzMail asserts what every input gives: no panic, lines within the document, valid text for every part, and the
// same again.
func FuzzMail(f *testing.F) {
	f.Add(head + "\nrow a\n")
	f.Add(head + "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n" + b64("row a"))
	f.Add(head + "Content-Transfer-Encoding: quoted-printable\n\nr=6Fw a=\n b=3D\n")
	f.Add(head + "Content-Type: multipart/alternative; boundary=o\n\n--o\n\nrow a\n--o\n" + isPage + "\n<p>row a\n--o--\n")
	f.Add(head + "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\nTo: a@example.com\r" +
		"Subject: row b\r\r\nrow a\n--o\nContent-Type: image/png; name*=utf-8''a%20b\n\n\x89PNG\n")
	f.Add("From a@example.com Mon Nov 23 10:00:00 2026\n" + head + "\nrow a\n\nFrom b: x\nTo: y\nSubject: z\n\nrow b\n")
	f.Add("--x\nContent-Type: text/html; charset=utf-16\n\n\xff\xfer\x00\n--x--")
	f.Fuzz(func(t *testing.T, document string) {
		mail.LooksLike(document)
		read := func() report.Report {
			return read(document, func(part string) report.Report {
				if !utf8.ValidString(part) {
					t.Errorf("part %q is not valid UTF-8", part)
				}
				return lines(part)
			})
		}
		rep := read()
		last := 1 + strings.Count(document, "\n") + strings.Count(document, "\r")
		for _, finding := range rep.Findings {
			if finding.Line < 1 || finding.Line > last {
				t.Errorf("line %d of %d", finding.Line, last)
			}
		}
		if rep.Findings == nil || rep.Candidates == nil || rep.Notices == nil {
			t.Error("a list is missing")
		}
		if !reflect.DeepEqual(rep, read()) {
			t.Error("the same message gives another report")
		}
	})
}

// A message that is attached to the mail is handed on as it stands, unless it is a report itself.
func TestAttachedMessagesAreHandedOn(t *testing.T) {
	const inner = "From: a@example.com\nSubject: s\n\nhello\n"
	part := func(kind, body string) string { return "--o\nContent-Type: " + kind + "\n\n" + body + "\n" }
	outer := func(parts ...string) string {
		return "From: b@example.org\nContent-Type: multipart/mixed; boundary=o\n\n" + strings.Join(parts, "") + "--o--\n"
	}
	attached := func(text string) string { return part("message/rfc822", text) }
	text := part("text/plain", "row a/b example.com")
	for name, test := range map[string]struct {
		mail string
		want int
	}{
		"one":                           {outer(text, attached(inner)), 1},
		"none":                          {outer(text), 0},
		"two":                           {outer(text, attached(inner), attached(inner)), 2},
		"a report":                      {outer(text, attached("From: a@example.com\nSubject: s\n\nrow c/d example.com\n")), 0},
		"one within another":            {outer(text, attached(strings.ReplaceAll(outer(attached(inner)), "--o", "--p")+"")), 1},
		"one by its name":               {outer(text, "--o\nContent-Type: application/octet-stream; name=m.eml\nContent-Disposition: attachment; filename=m.eml\n\n"+inner+"\n"), 1},
		"one in base64":                 {outer(text, "--o\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(inner))+"\n"), 1},
		"more than anybody needs":       {outer(append([]string{text}, slices.Repeat([]string{attached(inner)}, 50)...)...), 5},
		"the mail itself is no message": {"From: a@example.com\nSubject: s\n\nrow a/b example.com\n", 0},
	} {
		rep := read(test.mail, lines)
		if len(rep.Messages) != test.want {
			t.Errorf("%s: %d messages, want %d: %q", name, len(rep.Messages), test.want, rep.Messages)
		}
		for _, m := range rep.Messages {
			if !strings.HasPrefix(m, "From: ") || strings.Contains(m, "--o--") && name != "one within another" {
				t.Errorf("%s: %q", name, m)
			}
		}
	}
}
