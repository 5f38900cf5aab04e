package html_test

import (
	"reflect"
	"strings"
	"testing"

	"mxverdict/parser/internal/format/html"
	"mxverdict/parser/internal/invented"
)

func TestRead(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{"paragraphs", "<p>Hello,</p>\n<p>The frob is wet</p>", "2:smtp/wet:warning:"},
		{"source lines within a paragraph", "<p>One\ntwo\nthree. The frob is wet\nfour</p>", "3:smtp/wet:warning:"},
		{"a sentence over two source lines", "<p>It says: The frob\n  is wet</p>", "1:smtp/wet:warning:"},
		{"line ends of old systems", "<p>One</p>\r\n<p>The frob is wet</p>\r<p>The zone is cold</p>",
			"2:smtp/wet:warning: 3:dns/cold:error:"},
		{"words parted by tags", "<p>The <b>fro</b>b&nbsp;is&#32;wet", "1:smtp/wet:warning:"},
		{"preformatted", "<pre>\nsmtp:mail.example.com\nThe frob is wet\n</pre>",
			"3:smtp/wet:warning:mail.example.com"},
		{"style keeps line ends", "<div style='white-space:pre-wrap'>smtp:mail.example.com\nThe frob is wet</div>",
			"2:smtp/wet:warning:mail.example.com"},
		{"text around a fragment keeps its lines", "Hello\nsmtp:mail.example.com\n<table><tr><td>" +
			"The frob is wet</table>\nBye",
			"3:smtp/wet:warning:mail.example.com"},

		{"struck out", "<p><s>The frob is wet</s><ul><li><del>The zone is cold</del> done<li><strike>The frob is <b>wet</b></strike>" +
			"<li><ins>The frob is dry</ins></ul>", "1:smtp/wet:ok:"},
		{"scripts, styles, comments, templates", `<script>x = "The frob is wet"</script><style>The f` +
			`rob is wet</style>` +
			"<!-- The frob is wet --><template><p>The frob is wet</p></template><noscript>The frob " +
			"is wet</noscript>" +
			"<title>The frob is wet</title><svg><text>The frob is wet</text></svg><select><option>" +
			"The frob is wet</select>" +
			`<p title="The frob is wet" data-x="The frob is wet">The zone is cold`, "1:dns/cold:error:"},
		{"hidden", `<div hidden>The frob is wet<div>The frob is wet</div>The frob is wet</div><p sty` +
			`le="DISPLAY : none !important">` +
			`The frob is wet<p>The zone is cold<span style="visibility:hidden">The frob is wet</span` +
			`>`, "1:dns/cold:error:"},
		{"hidden cells and rows", `<table><tr hidden><td>The frob is wet<tr><td hidden>The frob is w` +
			`et<td>The zone is cold</table>`,
			"1:dns/cold:error:"},
		{"a picture left open", "<svg><path><p>The frob is wet</p>", "1:smtp/wet:warning:"},

		{"columns by class", `<h3>smtp:mail.example.com <button>Find</button></h3><table>
<tr><td class="column-Response">The frob is wet</td><td class="column-Status"><img alt="Icon Bad"></td>
<td class="column-Name">Frob State</td></tr></table>`, "2:smtp/wet:error:mail.example.com"},
		{"columns by title", "<table><tr><th>Result<th>Test<th>Status\n<tr><td>as never seen<td>" +
			"Frob State<td>Bad</table>",
			"2:smtp/wet:error:"},
		{"columns by what they hold", "<table><tr><td>as never seen<td>Frob State<td>Bad\n<tr><td>" +
			"nor this<td>Zone State<td>Good</table>",
			"1:smtp/wet:error: 2:dns/cold:ok:"},
		{"summary in any order", "<table><tr><td>The zone is cold<td>example.com<td>dns\n<tr><td>" +
			"The frob is dry<td>Mail.Example.com.<td>smtp</table>",
			"1:dns/cold:error:example.com 2:smtp/wet:ok:mail.example.com"},
		{"spanned rows", "<table><tr><td rowspan=2>dns<td rowspan=2>example.com<td>The zone is cold\n" +
			"<tr><td>The zone is warm\n" +
			"<tr><td>dns<td>example.net<td>The zone is cold</table>",
			"1:dns/cold:error:example.com 2:dns/cold:ok:example.com 3:dns/cold:error:example.net"},
		{"spanned columns", "<table><tr><td colspan=3>dialling 192.0.2.1<br>220 The frob is wet\n" +
			"<tr><td>Icon Good<td>Frob State<td>as never seen</table>", "2:smtp/wet:ok:192.0.2.1"},
		{"details below the result", "<table><tr><td>Zone State<td>The zone is cold<br>asked " +
			"ns1.example.com<td>see there</table>",
			"1:dns/cold:error:"},
		{"icon by file name", `<table><tr><td><img src="https://tester.example.net/icons/good.png?v=` +
			`2"><td>The zone is cold</table>`,
			"1:dns/cold:ok:"},
		{"icon by class", `<table><tr><td><i class="fa status-good"></i><td>The zone is cold</table>`,
			"1:dns/cold:ok:"},
		{"icon before a line", `<div><img src="/poor.png"> The zone is cold</div>`, "1:dns/cold:warning:"},
		{"unknown rows below an icon", `<table><tr><td><img alt="Icon Bad"><td>New Test<td>as never ` +
			`seen</table>`, "1::error:"},
		{"ornaments", `<table><tr><td><img src="bad.png"><td>Beware of strangers</table><img src="/b` +
			`ad.gif"> Beware`, ""},
		{"records", `<table><tr><th>Type<th>Name<th>Address<th>Status<tr><td>NS<td>ns1.example.com<td>192.0.2.1<td>` +
			`<img alt="Icon Good"></table>`, ""},
		{"table within a table", "<table><tr><td>Menu<td><table><tr><td>Bad<td>Frob State<td>as " +
			"never seen</table></table>",
			"1:smtp/wet:error:"},
		{"columns of a layout", "<table><tr><td>A<br>B<br>C<br>D<td>smtp:mail.example.com<br>x<br>y" +
			"<br>The frob is wet</table>",
			"1:smtp/wet:warning:mail.example.com"},
		{"ends left out", "<tr><td>Bad<td>Frob State<td>as never seen<tr><td>Good<td>Zone State<td>nor this",
			"1:smtp/wet:error: 1:dns/cold:ok:"},
		{"rows of blocks", "<div><div><img alt='Icon Bad'></div><div>Frob State</div><div>as never seen</div></div>",
			"1:smtp/wet:error:"},
		{"quoted again", "<p>Frob State: The frob is wet</p><blockquote><p>Frob State: The frob is " +
			"wet</p></blockquote>",
			"1:smtp/wet:warning:"},
		{"mailbox", "From: Joe <joe@example.com>\n<p>The frob is wet</p>", "2:smtp/wet:warning:"},
		{"pictures of a font", "<p>&#xe000;7&#xe001;The \ue001\ue000frob is wet</p>", "1:smtp/wet:warning:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := invented.Rows(html.Read(tt.page, invented.Vocabulary{})); got != tt.want {
				t.Errorf("findings %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDetailsBecomeValues(t *testing.T) {
	rep := html.Read("<table><tr><td>Zone State<td>The zone is cold<br>asked ns1.example.com</table>",
		invented.Vocabulary{})
	if len(rep.Findings) != 1 || rep.Findings[0].Values["nameserver"].Text != "ns1.example.com" {
		t.Errorf("findings %+v", rep.Findings)
	}
}

func TestEmptyPageIsExplained(t *testing.T) {
	rep := html.Read(`<html><script src="app.js"></script><div id="result"></div>`, invented.Vocabulary{})
	if len(rep.Notices) != 1 || !strings.Contains(rep.Notices[0], "browser") {
		t.Errorf("notices %q", rep.Notices)
	}
	for _, page := range []string{"<p>Hello</p>", "<script>1</script><p>The frob is wet</p>"} {
		if rep := html.Read(page, invented.Vocabulary{}); len(rep.Notices) != 0 {
			t.Errorf("%s: notices %q", page, rep.Notices)
		}
	}
}

func TestLooksLike(t *testing.T) {
	tests := []struct {
		name, document string
		want           bool
	}{
		{"page", "<!DOCTYPE html>\n<p>Hi", true},
		{"page with a remark of the browser", "<!-- saved from url=(0014)about:internet -->\n<html>", true},
		{"upper case", "<HTML><BODY>", true},
		{"fragment", "<div><p>Hi</p></div>", true},
		{"cells", "<td>a</td>\n<td>b</td>", true},
		{"table in a text", "Hello,\n<table><tr><td>a</td></tr></table>", true},
		{"text", "The frob is wet", false},
		{"text with tags", "The frob is <b>wet</b><br>\nand so on", false},
		{"text about tags", "Put it into <td>, says the page.", false},
		{"mailbox", "<joe@example.com> wrote:", false},
		{"arrow", "<- this one!", false},
		{"XML", "<?xml version=\"1.0\"?><feedback><report/></feedback>", false},
		{"less", "<", false},
		{"empty", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := html.LooksLike(tt.document); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// What is hostile must neither stop the program nor hide the row that stands before or within it.
func TestBounds(t *testing.T) {
	const row = "<p>The frob is wet</p>"
	tests := []struct{ name, page, notice string }{
		{"nested blocks", strings.Repeat("<div>", 100_000) + row, "nested"},
		{"nested tables", strings.Repeat("<table><tr><td>", 100_000) + row, "nested"},
		{"nested quotations", strings.Repeat("<blockquote>", 100_000) + row, "nested"},
		{"nested hidden parts", row + strings.Repeat("<p hidden><span hidden>", 50_000), "nested"},
		{"formatting that must be repeated", row + strings.Repeat("<b id=a><p><i>", 50_000), ""},
		{"unclosed items", row + strings.Repeat("<li><dd>", 50_000), "nested"},
		{"many parts", row + strings.Repeat("<br>x", 1_000_000), "parts"},
		{"spans", row + "<table><tr>" + strings.Repeat("<td rowspan=1000 colspan=1000>"+strings.Repeat("x",
			190), 40) +
			strings.Repeat("<tr><td rowspan=99999>y", 10_000) + "</table>", "columns"},
		{"attributes", row + "<p " + strings.Repeat("a=b ", 200_000) + ">", ""},
		{"a long line", row + "<p>" + strings.Repeat("lorem ", 200_000), ""},
		{"an endless tag", row + "<p " + strings.Repeat("x", 1<<20), ""},
		{"an endless comment", row + "<!--" + strings.Repeat("-", 1<<20), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep := html.Read(tt.page, invented.Vocabulary{})
			if len(rep.Findings) != 1 {
				t.Errorf("%d findings", len(rep.Findings))
			}
			if notices := strings.Join(rep.Notices, "; "); !strings.Contains(notices, tt.notice) ||
				(notices == "") != (tt.notice == "") {
				t.Errorf("notices %q", notices)
			}
		})
	}
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<table><tr><td rowspan=2>dns<td>example.com<td>The zone is cold<tr><td><img alt='Icon Bad'>",
		"<p hidden>a<p>The frob is wet<pre>x\ny", "<svg><p><b><table><td><li><dd></table>The frob",
		"<!doctype html><script>a</script><i class='status-bad'></i> Frob State <br>\r\n\r<textarea>",
		"\ue000\ue0015<img src=good.png>The zone is warm", "<select><table></select><template><tr>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, page string) {
		page = strings.ToValidUTF8(page, "")
		rep := html.Read(page, invented.Vocabulary{})
		lines := 1 + strings.Count(page, "\n") + strings.Count(page, "\r")
		for _, finding := range rep.Findings {
			if finding.Line < 1 || finding.Line > lines {
				t.Errorf("line %d of %d: %+v", finding.Line, lines, finding)
			}
		}
		if again := html.Read(page, invented.Vocabulary{}); !reflect.DeepEqual(rep, again) {
			t.Errorf("read twice it differs:\n%+v\n%+v", rep, again)
		}
		html.LooksLike(page)
	})
}

func BenchmarkHTML(b *testing.B) {
	row := `<tr><td class="column-Status"><img src="https://tester.example.net/icons/good.png"` +
		` alt="Icon Good"></td>
<td class="column-Name">Frob State</td><td class="column-Response">The <b>frob</b> is dry</td>
<td><a href="/problem/frob" class="more" onclick="return show(this)">see there</a></td></tr>
`
	table := `<div class="result"><h3>smtp:mail.example.com</h3><table class="table tool-result-table">` +
		strings.Repeat(row, 20) + "</table></div>\n"
	page := "<html><head><script>var x = 1;</script></head><body>" + strings.Repeat(table, 100) + "</body></html>"
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if rep := html.Read(page, invented.Vocabulary{}); len(rep.Findings) != 2000 {
			b.Fatalf("%d findings", len(rep.Findings))
		}
	}
}
