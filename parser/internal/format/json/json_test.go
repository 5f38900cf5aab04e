package json_test

import (
	"reflect"
	"strings"
	"testing"

	"mxverdict/parser/internal/format/json"
	"mxverdict/parser/internal/invented"
	"mxverdict/parser/report"
)

const look = `"Command":"dns","CommandArgument":"Example.com.",`

func TestRead(t *testing.T) {
	tests := []struct{ name, document, want, notice string }{
		{"the list is the status", `{` + look + `
"Failed":[{"ID":1,"Name":"Frob State","Info":"The frob is wet"}],
"Warnings":[{"ID":2,"Name":"Frob State","Info":"The frob is dry"}],
"Passed":[{"ID":3,"Name":"New","Info":"as never seen"}],
"Timeouts":[{"ID":4,"Name":"Zone State","Info":""}],"Errors":["cannot ask"],
"Information":[{"Name":"Zone State","Info":"The zone is cold"}]}`,
			"2:smtp/wet:error:example.com 3:smtp/wet:warning:example.com 4::ok:example.com " +
				"5:dns/cold:info:example.com 5::error:example.com", ""},
		{"the number says what nobody can read", `{` + look + `"Failed":[{"ID":7,"Name":"Neu","Info"` +
			`:"nie gesehen"}]}`,
			"1:dns/cold:error:example.com", ""},
		{"the name says it", `{` + look + `"Failed":[{"ID":99,"Name":"Zone State","Info":"as never seen"}]}`,
			"1:dns/cold:error:example.com", ""},
		{"one item a line", "{" + look + "\n\"Failed\":[\n{\"ID\":1,\n\"Info\":\"The frob is wet\"},\n" +
			"{\"Info\":\"The zone is cold\"}]}",
			"3:smtp/wet:error:example.com 5:dns/cold:error:example.com", ""},
		{"other spelling of the keys", `{"command":"dns","command_argument":"example.com","failed":[` +
			`{"id":7,"info":"x"}]}`,
			"1:dns/cold:error:example.com", ""},
		{"array", `[{` + look + `"Failed":[{"Info":"The zone is cold"}]},
{"Command":"smtp","CommandArgument":"192.0.2.1","Failed":[{"Info":"The frob is wet"}]}]`,
			"1:dns/cold:error:example.com 2:smtp/wet:error:192.0.2.1", ""},
		{"lines", `{` + look + `"Failed":[{"Info":"The zone is cold"}]}` + "\r\n" +
			`{"Command":"smtp","CommandArgument":"[2001:DB8::1]","Failed":[{"Info":"The frob is wet"}]}` + "\r\n",
			"1:dns/cold:error:example.com 2:smtp/wet:error:2001:db8::1", ""},
		{"wrapped by a program", `{"status":200,"body":{"data":[{` + look + `"Failed":[{"Info":"The ` +
			`zone is cold"}]}]}}`,
			"1:dns/cold:error:example.com", ""},
		{"an answer in a string", `{"d":"{\"Command\":\"dns\",\"CommandArgument\":\"example.com\",\"` +
			`Failed\":[{\"Info\":\"The zone is cold\"}]}"}`,
			"1:dns/cold:error:example.com", ""},
		{"a page in a string", "\n{\"HTML_Value\":\"\\u003ch3\\u003edns:example.com\\u003c/h3\\u003e\\" +
			"r\\n<table><tr><td>Zone State<td>The zone is cold\"}",
			"2:dns/cold:error:example.com", ""},
		{"a page in an answer in a string", `{"d":"{\"HTML_Value\":\"<div>dns:example.com</div><p>Th` +
			`e zone is cold</p>\"}"}`,
			"1:dns/cold:error:example.com", ""},
		{"tags in a sentence", `{` + look + `"Failed":[{"Info":"The <b>zone</b> is&nbsp;cold <a href` +
			`='x'>see there</a>"}]}`,
			"1:dns/cold:error:example.com", ""},
		{"subject from the link", `{"Failed":[{"ID":7,"Info":"x","Name":"y","Url":"https://tester.ex` +
			`ample.net/p?page=x&show=dns:example.org"}]}`,
			"1:dns/cold:error:example.org", ""},
		{"an ID that is no number", `{` + look + `"Failed":[{"ID":"gizmo-1","Info":"as nobody says"}]}`,
			"1:smtp/loud:error:example.com", ""},
		{"one item alone", `{"ID":8,"Name":"Zone State","Info":"The zone is cold","AdditionalInfo":[` +
			`]}`, "1:dns/cold:error:", ""},

		{"JavaScript", "var r = {Command: 'dns', CommandArgument: 'example.com', // by hand\n" +
			"Failed: [{Info: 'The zone is cold', /* \n } */ ID: 7,},],};\nshow(r);",
			"2:dns/cold:error:example.com", ""},
		{"Python", "{'Command': 'dns', 'CommandArgument': u'example.com', 'IsError': False, 'x': None,\n" +
			"'Failed': [{'Info': \"The zone is cold\"}]}", "2:dns/cold:error:example.com", ""},
		{"curly quotation marks", "{“Command”: “dns”, “CommandArgument”: “example.com”, “Failed”: [{" +
			"“Info”: “The zone is cold”}]}",
			"1:dns/cold:error:example.com", ""},
		{"quotation marks within a string", `{` + look + `"Failed":[{"Info":"The "old" frob says: Th` +
			`e zone is cold","ID":9}]}`,
			"1:dns/cold:error:example.com", ""},
		{"commas forgotten", "{\"Command\":\"dns\"\n\"CommandArgument\":\"example.com\"\n\"Failed\":" +
			"[{\"ID\":1 \"Info\":\"The zone is cold\"\n}{\"Info\":\"The frob is wet\"}]}",
			"3:dns/cold:error:example.com 4:smtp/wet:error:example.com", ""},
		{"wrapped and quoted by mail", "> {" + look + "\n> \"Failed\":[{\"Info\":\"The zone\n> is cold\"}]}\n",
			"2:dns/cold:error:example.com", ""},
		{"prose around", "Hello,\n{" + look + `"Failed":[{"Info":"The zone is cold"}]}` + "\nBefore " +
			"that: The frob is wet.\nBye",
			"2:dns/cold:error:example.com 3:smtp/wet:warning:", ""},

		{"cut off in a sentence", `{` + look + "\n\"Failed\":[{\"ID\":1,\"Info\":\"The frob is " +
			"wet\"},\n{\"ID\":2,\"Info\":\"The zone is co",
			"2:smtp/wet:error:example.com", "cut off"},
		{"cut off behind a name", `{` + look + "\n\"Failed\":[{\"ID\":1,\"Name\":\"Zone State\",\"Info\":\"The zo",
			"2:dns/cold:error:example.com", "cut off"},
		{"head lost", "…ame\":\"x\"}],\n\"Warnings\":[{\"ID\":7,\"Info\":\"as never seen\"," +
			"\"AdditionalInfo\":[]}],\"Passed\":[]}",
			"2:dns/cold:warning:", "damaged"},
		{"hole within a string", `{` + look + "\n\"Failed\":[{\"ID\":1,\"Info\":\"The frob is " +
			"wet\"},{\"ID\":2,\"Info\":\"The zo\n" +
			"\"Passed\":[{\"ID\":3,\"Info\":\"The zone is warm\"}]}",
			"2:smtp/wet:error:example.com 3:dns/cold:ok:example.com", "hole"},
		{"hole between items", `{` + look + "\n\"Failed\":[{\"Info\":\"The frob is wet\"}," +
			"\n...\n\"Passed\":[{\"Info\":\"The zone is warm\"}]}",
			"2:smtp/wet:error:example.com 4:dns/cold:ok:example.com", "damaged"},
		{"brackets mixed up", `{` + look + `"Failed":[{"Info":"The frob is wet"]},"Passed":[{"Info":` +
			`"The zone is warm"}]}`,
			"1:smtp/wet:error:example.com 1:dns/cold:ok:example.com", "damaged"},

		{"nothing found", `{` + look + `"Failed":[],"Warnings":[],"Passed":[]}`, "", ""},
		{"lists of anything", `{"command":"make","errors":["none"],"failed":[{"name":"a test","info"` +
			`:"of something"}]}`, "", ""},
		{"numbers of another program", `{"Warnings":[{"ID":7,"Name":"no-var","Info":"Unexpected var"}]}`, "", ""},
		{"other look-ups and records", `{` + look + `"Failed":[],"RelatedLookups":[{"Name":"Zone Sta` +
			`te","Info":"","URL":"x"}],` +
			`"Transcript":["220 The frob is wet"],"MxRep":"The frob is wet"}`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep := json.Read(tt.document, invented.Vocabulary{})
			if got := invented.Rows(rep); got != tt.want {
				t.Errorf("findings %q, want %q", got, tt.want)
			}
			notices := strings.Join(rep.Notices, "; ")
			if !strings.Contains(notices, tt.notice) || (tt.notice == "") != (notices == "") {
				t.Errorf("notices %q, want %q", notices, tt.notice)
			}
		})
	}
}

func TestWhatTheAnswerIsAbout(t *testing.T) {
	rep := json.Read(`{"Command":"smtp","CommandArgument":"MAIL.example.com","ReportingNameServer":"ns9.example.net",
"TimeRecorded":"2021-04-12T19:01:34.3757145-05:00","Transcript":"dialling 192.0.2.1&emsp;<br/>220 mail",
"Warnings":[{"Name":"Zone State","Info":"The zone is cold","AdditionalInfo":["asked ns1.example.com",
"asked ns2.example.com","and so on"]}]}`, invented.Vocabulary{})
	if rep.Target != (report.Target{Host: "mail.example.com"}) {
		t.Errorf("target %+v", rep.Target)
	}
	if rep.TestedAt == nil || rep.TestedAt.UTC().Format("2006-01-02 15:04:05") != "2021-04-13 00:01:34" {
		t.Errorf("tested at %v", rep.TestedAt)
	}
	if rep.Reporter != "invented" || len(rep.Candidates) != 1 {
		t.Errorf("reporter %q, candidates %q", rep.Reporter, rep.Candidates)
	}
	f := rep.Findings[0]
	if f.Values["nameservers"].Text != "ns1.example.com ns2.example.com" || f.Values["code"].Number == nil ||
		f.Test != "Zone State" || f.Text != "Zone State The zone is cold" {
		t.Errorf("finding %+v", f)
	}
}

func TestLooksLike(t *testing.T) {
	tests := []struct {
		name, document string
		want           bool
	}{
		{"answer", `{` + look + `"Failed":[]}`, true},
		{"page in a string", ` {"HTML_Value":"<p>"}`, true},
		{"wrapped", `{"d":"{}"}`, true},
		{"assignment", "var x = {Failed: [{Name: 'a', Info: 'b'}]}", true},
		{"escaped in a log", `2023-01-01 got {"Command":"x","CommandArgument":"y","Warnings":[]}`, true},
		{"head lost", `…","Warnings": [ {"ID": 1, "Info": "b"} ]}`, true},
		{"manifest of a program", `{"name":"x","errors":[],"warnings":[]}`, false},
		{"settings", `{"name":"x","info":{"id":1}}`, false},
		{"page", `<script>{"Failed":[],"CommandArgument":"x"}</script>`, false},
		{"prose", "Warnings: [see {below}] and Failed: [see above], Info: \"x\"", true},
		{"text", "Failed To Connect {1}", false},
		{"empty", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := json.LooksLike(tt.document); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	row := `{` + look + `"Failed":[{"Info":"The zone is cold"}]}` + "\n"
	nested := `"{\"HTML_Value\":\"<p>The frob is wet\"}"`
	for range 10 {
		nested = `"{\"d\":` + strings.ReplaceAll(strings.ReplaceAll(nested, `\`, `\\`), `"`, `\"`) + `}"`
		if len(nested) > 1<<16 {
			break
		}
	}
	tests := []struct {
		name, document, notice string
		findings               int
	}{
		{"deep arrays", row + strings.Repeat("[", 1_000_000), "nested", 1},
		{"deep objects", row + strings.Repeat(`{"a":`, 200_000), "nested", 1},
		{"brackets that close nothing", row + strings.Repeat("]}", 500_000), "", 1},
		{"many values", row + `{"a":[` + strings.Repeat("1,", 1_000_000), "values", 1},
		{"many checks", `{` + look + `"Failed":[` + strings.Repeat(`{"Info":"The zone is cold"},`, 12_000) + "]}",
			"more than", 10_000},
		{"many look-ups", strings.Repeat(row, 2000), "", 2000},
		{"an endless string", row + `{"Info":"` + strings.Repeat(`a" `, 500_000), "cut off", 1},
		{"many quotation marks", row + "{" + strings.Repeat(`"`, 500_000), "cut off", 1},
		{"escapes", row + `{"Info":"` + strings.Repeat(`\u12`, 200_000), "cut off", 1},
		{"documents in documents", row + `{"d":` + nested + "}", "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep := json.Read(tt.document, invented.Vocabulary{})
			if len(rep.Findings) != tt.findings {
				t.Errorf("%d findings", len(rep.Findings))
			}
			notices := strings.Join(rep.Notices, "; ")
			if !strings.Contains(notices, tt.notice) {
				t.Errorf("notices %.300q", notices)
			}
		})
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{` + look + `"Failed":[{"ID":7,"Name":"Zone State","Info":"The zone is cold","AdditionalInf` +
			`o":["asked a"]}]}`,
		"var x = {Failed: ['a\\'b', {Info: `The frob is wet`,},], /* c */ Passed: [u'x', NaN]}; // end",
		`{"d":"{\"HTML_Value\":\"<table><tr><td>The zone is cold\"}"}`, "> [{“Info”:\n“The frob\n> " +
			"is wet”}}]\"Passed\":[{",
		`…"Warnings":[{"ID":1,"Info":"a "b" c","Url":"show=dns:example.com` + "\n" + `"Passed":[[[`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		document = strings.ToValidUTF8(document, "")
		rep := json.Read(document, invented.Vocabulary{})
		lines := 1 + strings.Count(document, "\n") + strings.Count(document, "\r")
		for _, finding := range rep.Findings {
			if finding.Line < 1 || finding.Line > lines {
				t.Errorf("line %d of %d: %+v", finding.Line, lines, finding)
			}
		}
		if again := json.Read(document, invented.Vocabulary{}); !reflect.DeepEqual(rep, again) {
			t.Errorf("read twice it differs:\n%+v\n%+v", rep, again)
		}
		json.LooksLike(document)
	})
}
