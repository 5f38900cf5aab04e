// Package corpus_test scores the shipped vocabulary and the parser together against testdata/reports: some hundred
// documents as a support desk gets them, each with what a reader must find in it. The expectations come from what is
// known of the reporter's sentences and layouts, not from the parser's output; where no report ever showed a severity,
// they follow the reporter file.
//
// Beside every document FILE stands FILE.want, one expectation a line:
//
//	# a remark
//	target DOMAIN HOST ADDRESS          the report's target; "-" stands for an empty field
//	tested TIME                         when the test ran, in RFC 3339
//	notice WORDS                        a notice of the parser contains these words
//	[LINE:] STATUS RULE SUBJECT [KEY=VALUE | KEY?=VALUE | KEY="VALUE WITH BLANKS"] …
//
// RULE "-" is a row that is a finding but has no rule, SUBJECT "-" a finding that names none, "A|B" one for which both
// are right. KEY?=VALUE may be captured and need not. A finding counts as right only if rule, status, subject and,
// where it is given, the line agree; values are scored by themselves. A file without such lines is one in which
// nothing must be found. Order does not matter.
package corpus_test

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/rules/internal/wording"
)

const (
	corpusFolder    = "../../../testdata/reports"
	reporterPattern = "../../reporters/*.yaml"
)

// Fewer documents than these mean that some are not found any more.
const (
	minDocuments = 1125
	minNothing   = 280
)

// floor is the least that is asked of a class of documents. It only ever rises; the aim is 1, and what is missing is named in the log of
// TestScore. The folders posted-*, later-*, fresh-* and unseen-* were written, with their expectations, by somebody who had not seen the reader. The first
// run is that of a reader that did not know the documents: of the one before for posted-*, of this one for the others, which are later. Then it was mended kind by
// kind.
type floor struct {
	class             string  // of a folder
	precision, recall float64 // of findings
	firstPrecision    float64
	firstRecall       float64
}

var floors = []floor{
	{class: "known", precision: 0.995, recall: 0.996},
	{class: "posted-verbatim", precision: 0.997, recall: 0.995, firstPrecision: 0.724, firstRecall: 0.655},
	{class: "posted-title", precision: 0.999, recall: 0.972, firstPrecision: 0.746, firstRecall: 0.293},
	{class: "posted-reporter", precision: 1, recall: 1, firstPrecision: 0.357, firstRecall: 0.385},
	{class: "posted-paraphrase", precision: 1, recall: 0.357, firstPrecision: 1, firstRecall: 0.214},
	{class: "posted-quiet", precision: 0.947, recall: 1, firstPrecision: 0.554, firstRecall: 0.861},
	{class: "later-verbatim", precision: 0.976, recall: 0.994, firstPrecision: 0.888, firstRecall: 0.899},
	{class: "later-title", precision: 0.972, recall: 0.945, firstPrecision: 0.88, firstRecall: 0.595},
	{class: "later-reporter", precision: 0.8, recall: 1, firstPrecision: 0.8, firstRecall: 1},
	{class: "later-paraphrase", precision: 1, recall: 0.4, firstPrecision: 1, firstRecall: 0.4},
	{class: "later-quiet", precision: 1, recall: 1, firstPrecision: 0.15, firstRecall: 1},
	{class: "fresh-verbatim", precision: 0.981, recall: 0.937, firstPrecision: 0.925, firstRecall: 0.884},
	{class: "fresh-title", precision: 0.965, recall: 0.823, firstPrecision: 0.92, firstRecall: 0.676},
	{class: "fresh-reporter", precision: 0.857, recall: 1, firstPrecision: 0.857, firstRecall: 1},
	{class: "fresh-quiet", precision: 1, recall: 1, firstPrecision: 0.25, firstRecall: 1},
	{class: "unseen-verbatim", precision: 0.995, recall: 0.995, firstPrecision: 0.931, firstRecall: 0.926},
	{class: "unseen-title", precision: 1, recall: 1, firstPrecision: 0.844, firstRecall: 0.628},
	{class: "unseen-reporter", precision: 1, recall: 1, firstPrecision: 1, firstRecall: 1},
	{class: "unseen-quiet", precision: 1, recall: 1, firstRecall: 1},
	{class: "all", precision: 0.994, recall: 0.981},
}

// What is asked of the values of all findings.
const (
	minValuePrecision = 0.998
	minValueRecall    = 0.992
)

// classOf is the class to which a folder belongs: those that were written beside the reader make up one.
func classOf(folder string) string {
	if slices.ContainsFunc(floors, func(f floor) bool { return f.class == folder }) {
		return folder
	}
	return "known"
}

// wanted is one expected finding.
type wanted struct {
	line     int
	status   report.Status
	rule     string
	subject  string // as written: "-" or several with "|" between them
	values   map[string]string
	optional map[string]string
}

func (w wanted) String() string {
	text := fmt.Sprintf("%s %s %s", w.status, orDash(w.rule), w.subject)
	for _, key := range sortedKeys(w.values) {
		text += fmt.Sprintf(" %s=%s", key, w.values[key])
	}
	return text
}

// document is a report of the corpus with what must be found in it.
type document struct {
	name    string // path below the corpus folder
	path    string
	folder  string
	wants   []wanted
	target  *report.Target
	tested  string
	notices []string
}

// score counts findings and values: what was wanted, what was found, what agrees.
type score struct {
	documents, wanted, found, right          int
	valuesWanted, valuesFound, valuesCorrect int
}

func (s *score) add(o score) {
	s.documents += o.documents
	s.wanted += o.wanted
	s.found += o.found
	s.right += o.right
	s.valuesWanted += o.valuesWanted
	s.valuesFound += o.valuesFound
	s.valuesCorrect += o.valuesCorrect
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func (s score) precision() float64      { return ratio(s.right, s.found) }
func (s score) recall() float64         { return ratio(s.right, s.wanted) }
func (s score) valuePrecision() float64 { return ratio(s.valuesCorrect, s.valuesFound) }
func (s score) valueRecall() float64    { return ratio(s.valuesCorrect, s.valuesWanted) }

func (s score) row(name string) string {
	return fmt.Sprintf("%-17s %5d %7d %6d %6d   %9.3f %7.3f   %9.3f %7.3f", name, s.documents, s.wanted, s.found, s.right,
		s.precision(), s.recall(), s.valuePrecision(), s.valueRecall())
}

func TestScore(t *testing.T) {
	vocabulary := loadVocabulary(t)
	total, folders, classes := &score{}, map[string]*score{}, map[string]*score{}
	classes["all"] = total
	count := func(scores map[string]*score, name string, s score) {
		if scores[name] == nil {
			scores[name] = &score{}
		}
		scores[name].add(s)
	}
	for _, d := range loadCorpus(t) {
		rep := parseDocument(t, d, vocabulary)
		s, complaints := judge(d, rep)
		for _, c := range complaints {
			t.Logf("MISS %s: %s", d.name, c)
		}
		total.add(s)
		count(folders, d.folder, s)
		count(classes, classOf(d.folder), s)
	}
	t.Log(table(folders, *total))
	atLeast := func(what string, is, floor float64) {
		if is < floor {
			t.Errorf("%s is %.4f, below the floor %.4f; the misses are listed above", what, is, floor)
		}
	}
	for _, f := range floors {
		s := classes[f.class]
		if s == nil {
			t.Errorf("no document is of the class %s", f.class)
			continue
		}
		if f.firstRecall > 0 {
			t.Logf("%s: first run %.3f and %.3f, now %.3f and %.3f", f.class, f.firstPrecision, f.firstRecall, s.precision(), s.recall())
		}
		atLeast("precision of "+f.class, s.precision(), f.precision)
		atLeast("recall of "+f.class, s.recall(), f.recall)
	}
	atLeast("precision of values", total.valuePrecision(), minValuePrecision)
	atLeast("recall of values", total.valueRecall(), minValueRecall)
}

func table(folders map[string]*score, total score) string {
	var b strings.Builder
	b.WriteString("score\nfolder          docs  wanted  found  right   precision  recall   val.prec. val.rec.\n")
	names := make([]string, 0, len(folders))
	for name := range folders {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString(folders[name].row(name) + "\n")
	}
	b.WriteString(total.row("total"))
	return b.String()
}

// judge pairs what was found with what was wanted: first those that agree in everything, then those whose values
// differ.
func judge(d document, rep report.Report) (score, []string) {
	s := score{documents: 1, wanted: len(d.wants), found: len(rep.Findings)}
	var complaints []string
	free := make([]bool, len(rep.Findings))
	for i := range free {
		free[i] = true
	}
	pair := func(w wanted, exactly bool) bool {
		for i, f := range rep.Findings {
			if !free[i] || !agrees(w, f) {
				continue
			}
			right, found, wrong := compareValues(w, f)
			if exactly && len(wrong) > 0 {
				continue
			}
			free[i] = false
			s.add(score{right: 1, valuesCorrect: right, valuesFound: found, valuesWanted: len(w.values)})
			for _, each := range wrong {
				complaints = append(complaints, "values of "+w.String()+": "+each)
			}
			return true
		}
		return false
	}
	rest := slices.DeleteFunc(byParticularity(d.wants), func(w wanted) bool { return pair(w, true) })
	for _, w := range rest {
		if !pair(w, false) {
			s.valuesWanted += len(w.values)
			complaints = append(complaints, "missing: "+w.String()+lineSuffix(w.line))
		}
	}
	for i, f := range rep.Findings {
		if free[i] {
			complaints = append(complaints, fmt.Sprintf("false: %s %s %s line %d %q", f.Status, orDash(f.Rule),
				orDash(f.Subject), f.Line, f.Text))
		}
	}
	return s, append(complaints, judgeReport(d, rep)...)
}

// judgeReport looks at what the report says as a whole. It does not enter the score of the findings.
func judgeReport(d document, rep report.Report) []string {
	var complaints []string
	if d.target != nil && rep.Target != *d.target {
		complaints = append(complaints, fmt.Sprintf("target is %v, wanted %v", rep.Target, *d.target))
	}
	if d.tested != "" && (rep.TestedAt == nil || rep.TestedAt.Format(time.RFC3339) != d.tested) {
		complaints = append(complaints, fmt.Sprintf("tested at %v, wanted %s", rep.TestedAt, d.tested))
	}
	for _, words := range d.notices {
		if !slices.ContainsFunc(rep.Notices, func(n string) bool { return strings.Contains(n, words) }) {
			complaints = append(complaints, fmt.Sprintf("no notice says %q: %q", words, rep.Notices))
		}
	}
	return complaints
}

func byParticularity(wants []wanted) []wanted {
	sorted := slices.Clone(wants)
	slices.SortStableFunc(sorted, func(a, b wanted) int {
		return boolInt(b.line > 0)*1000 + len(b.values) - boolInt(a.line > 0)*1000 - len(a.values)
	})
	return sorted
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func agrees(w wanted, f report.Finding) bool {
	one := func(of, is string) bool { return slices.Contains(strings.Split(of, "|"), is) }
	return one(w.rule, f.Rule) && w.status == f.Status && one(w.subject, orDash(f.Subject)) &&
		(w.line == 0 || w.line == f.Line)
}

// compareValues counts the values that agree and those that were found, optional ones left out, and names the others.
func compareValues(w wanted, f report.Finding) (right, found int, wrong []string) {
	for _, key := range sortedKeys(f.Values) {
		is := valueText(f.Values[key])
		if want, ok := w.optional[key]; ok {
			if want != is {
				found++
				wrong = append(wrong, fmt.Sprintf("%s is %q, may be %q", key, is, want))
			}
			continue
		}
		found++
		switch want, ok := w.values[key]; {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("%s=%q is not wanted", key, is))
		case want != is:
			wrong = append(wrong, fmt.Sprintf("%s is %q, wanted %q", key, is, want))
		default:
			right++
		}
	}
	for _, key := range sortedKeys(w.values) {
		if _, ok := f.Values[key]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s=%q is missing", key, w.values[key]))
		}
	}
	return right, found, wrong
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func valueText(v report.Value) string {
	if v.Number != nil {
		return strconv.FormatFloat(*v.Number, 'f', -1, 64)
	}
	return v.Text
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func orEmpty(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func lineSuffix(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf(" in line %d", line)
}

func loadVocabulary(t *testing.T) report.Vocabulary {
	t.Helper()
	vocabulary, _, err := rules.LoadVocabulary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return vocabulary
}

// parseDocument parses one document. That nothing was found is an answer; the score says whether the right one. A panic
// fails the test, but not before the other documents were looked at.
func parseDocument(t *testing.T, d document, v report.Vocabulary) report.Report {
	t.Helper()
	data, err := os.ReadFile(d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: the parser panics: %v", d.name, p)
		}
	}()
	rep, err := parser.Parse(bytes.NewReader(data), d.name, v)
	known := err == nil || errors.Is(err, parser.ErrNoFindings) || errors.Is(err, parser.ErrEmpty) ||
		errors.Is(err, parser.ErrBinary)
	if !known {
		t.Errorf("%s: %v", d.name, err)
	}
	return rep
}

func loadCorpus(t *testing.T) []document {
	t.Helper()
	var documents []document
	err := filepath.WalkDir(corpusFolder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".want") {
			return err
		}
		name, err := filepath.Rel(corpusFolder, path)
		if err != nil {
			return err
		}
		d := document{name: filepath.ToSlash(name), path: path, folder: filepath.ToSlash(filepath.Dir(name))}
		if err := d.readWants(path + ".want"); err != nil {
			return err
		}
		documents = append(documents, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return documents
}

func (d *document) readWants(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("corpus: every document needs its expectations: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		if err := d.readWant(lines.Text()); err != nil {
			return fmt.Errorf("corpus: %s:%d: %w", path, n, err)
		}
	}
	return lines.Err()
}

func (d *document) readWant(line string) error {
	fields, err := splitFields(line)
	if err != nil || len(fields) == 0 {
		return err
	}
	switch {
	case strings.HasPrefix(fields[0], "#"):
		return nil
	case fields[0] == "notice":
		d.notices = append(d.notices, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "notice")))
		return nil
	case fields[0] == "tested" && len(fields) == 2:
		d.tested = fields[1]
		return nil
	case fields[0] == "target":
		if len(fields) != 4 {
			return errors.New("target needs domain, host and address")
		}
		d.target = &report.Target{Domain: orEmpty(fields[1]), Host: orEmpty(fields[2]), Address: orEmpty(fields[3])}
		return nil
	}
	w, err := readFinding(fields)
	d.wants = append(d.wants, w)
	return err
}

func readFinding(fields []string) (wanted, error) {
	w := wanted{values: map[string]string{}, optional: map[string]string{}}
	if number, ok := strings.CutSuffix(fields[0], ":"); ok {
		line, err := strconv.Atoi(number)
		if err != nil {
			return w, fmt.Errorf("%q is no line number", fields[0])
		}
		w.line, fields = line, fields[1:]
	}
	if len(fields) < 3 {
		return w, errors.New("a finding needs status, rule and subject")
	}
	w.status, w.rule, w.subject = report.Status(fields[0]), orEmpty(fields[1]), fields[2]
	known := []report.Status{report.Error, report.Warning, report.OK, report.Info, report.Unknown}
	if !slices.Contains(known, w.status) {
		return w, fmt.Errorf("%q is no status", fields[0])
	}
	for _, field := range fields[3:] {
		key, value, ok := strings.Cut(field, "=")
		if !ok {
			return w, fmt.Errorf("%q is no value", field)
		}
		if name, ok := strings.CutSuffix(key, "?"); ok {
			w.optional[name] = value
			continue
		}
		w.values[key] = value
	}
	return w, nil
}

// splitFields cuts a line at blanks outside quotation marks.
func splitFields(line string) ([]string, error) {
	var fields []string
	var field strings.Builder
	quoted, started := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, started = !quoted, true
		case !quoted && (r == ' ' || r == '\t'):
			if started {
				fields = append(fields, field.String())
				field.Reset()
				started = false
			}
		default:
			field.WriteRune(r)
			started = true
		}
	}
	if started {
		fields = append(fields, field.String())
	}
	if quoted && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "notice") {
		return nil, errors.New("a quotation mark is left open")
	}
	return fields, nil
}

// TestSize keeps the corpus what it is said to be.
func TestSize(t *testing.T) {
	documents := loadCorpus(t)
	nothing := 0
	for _, d := range documents {
		if len(d.wants) == 0 {
			nothing++
		}
	}
	if len(documents) < minDocuments {
		t.Errorf("%d documents, fewer than %d", len(documents), minDocuments)
	}
	if nothing < minNothing {
		t.Errorf("%d documents with nothing to find, fewer than %d", nothing, minNothing)
	}
}

// reporterFile is as much of a reporter file as this test needs.
type reporterFile struct {
	Tests []struct {
		Name     string
		Names    []string // tests that share rule and wordings, such as the block lists
		Rule     string
		In       []string
		Wordings []struct {
			Says    string
			Example string
			Source  string
			Rule    string // where the sentence tells more than its test
		}
	}
}

func loadReporters(t *testing.T) []reporterFile {
	t.Helper()
	paths, err := filepath.Glob(reporterPattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no reporter files: %v", err)
	}
	var files []reporterFile
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file reporterFile
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// hits parses the whole corpus and returns which wordings and which rules were met in findings that are right.
func hits(t *testing.T) (wordings, ruleIDs map[string]bool) {
	t.Helper()
	vocabulary := loadVocabulary(t)
	wordings, ruleIDs = map[string]bool{}, map[string]bool{}
	for _, d := range loadCorpus(t) {
		for _, f := range parseDocument(t, d, vocabulary).Findings {
			if slices.ContainsFunc(d.wants, func(w wanted) bool { return agrees(w, f) }) {
				wordings[f.Test+"\x00"+f.Wording] = true
				ruleIDs[f.Rule] = true
			}
		}
	}
	return wordings, ruleIDs
}

// TestEveryWordingSeen asks that each sentence that was seen in a real report stands in some document.
func TestEveryWordingSeen(t *testing.T) {
	wordings, _ := hits(t)
	for _, file := range loadReporters(t) {
		for _, test := range file.Tests {
			for _, w := range test.Wordings {
				met := slices.ContainsFunc(append(test.Names, test.Name), func(name string) bool {
					return wordings[name+"\x00"+w.Says]
				})
				if w.Source == "seen" && !met {
					t.Errorf("no document holds %q of %q", w.Says, test.Name)
				}
			}
		}
	}
}

// TestEveryRule asks that each rule that some reporter's test names is met in some document.
func TestEveryRule(t *testing.T) {
	_, met := hits(t)
	for _, file := range loadReporters(t) {
		for _, test := range file.Tests {
			if test.Rule != "none" && !met[test.Rule] {
				met[test.Rule] = true // one complaint a rule
				t.Errorf("no document leads to rule %s", test.Rule)
			}
		}
	}
}

// layouts are the shapes in which one row can arrive: command and argument of the look-up, test name, sentence.
var layouts = map[string]string{
	"tabs":     "%s:%s\n%s\t%s\n",
	"blanks":   "%s:%s\n%s    %s\n",
	"one line": "%s:%s\n%s %s\n",
	"colon":    "%s:%s\n%s: %s\n",
	"lines":    "%s:%s\nTest\nResult\n%s\n%s\n",
	"list":     "%s:%s\n- %s: %s\n",
	"quoted":   "> %s:%s\n> %s\t%s\n",
	"markdown": "%s:%s\n\n| Test | Result |\n|---|---|\n| %s | %s |\n",
	"bbcode":   "%s:%s\n[TR][TD]%s[/TD][TD]%s[/TD][/TR]\n",
	"html":     "<html><body><h3>%s:%s</h3><table><tr><td>%s</td><td>%s</td></tr></table></body></html>",
	"json":     `{"Command":%q,"CommandArgument":%q,"Failed":[{"Name":%q,"Info":%q}],"Warnings":[],"Passed":[]}`,
	"mail": "From: a@example.com\nTo: b@example.net\nSubject: report\nMIME-Version: 1.0\n" +
		"Content-Type: text/plain; charset=utf-8\n\n%s:%s\n%s\t%s\n",
}

// commands names the look-up under which the rows of an area stand, where it is not the area's own name.
var commands = map[string]string{
	"blocklist": "blacklist", "domain": "whois", "header": "dkim", "none": "smtp", "web": "llmstxt",
}

// TestEveryWordingInEveryLayout puts each sentence that can be written down, good or bad, seen or inferred, into each
// layout: it must be one row, and the row must have its rule and its subject.
func TestEveryWordingInEveryLayout(t *testing.T) {
	vocabulary := loadVocabulary(t)
	for _, file := range loadReporters(t) {
		for _, test := range file.Tests {
			for _, w := range test.Wordings {
				rule := cmp.Or(w.Rule, test.Rule)
				name, command := test.Name, commandOf(test.In, rule)
				if len(test.Names) > 0 {
					name = test.Names[0]
				}
				for _, sentence := range sentences(t, w.Says, w.Example) {
					if name == sentence {
						continue // name and sentence in one row would be the same words twice
					}
					checkLayouts(t, vocabulary, command, name, sentence, rule)
				}
			}
		}
	}
}

// sentences are those of a wording that can be written down: its example, or the members of its family, the first and the
// last of them. One that holds a capture and has no example is none.
func sentences(t *testing.T, says, example string) []string {
	t.Helper()
	if example != "" {
		return []string{example}
	}
	family, err := wording.Expand(says)
	if err != nil {
		t.Error(err)
	}
	if len(family) > 2 {
		family = []string{family[0], family[len(family)-1]}
	}
	return slices.DeleteFunc(family, func(s string) bool { return strings.Contains(s, "{") })
}

func commandOf(in []string, rule string) string {
	if len(in) > 0 {
		return in[0]
	}
	area, _, _ := strings.Cut(rule, "/")
	if command, ok := commands[area]; ok {
		return command
	}
	return area
}

func checkLayouts(t *testing.T, v report.Vocabulary, command, name, sentence, rule string) {
	t.Helper()
	if rule == "none" {
		rule = ""
	}
	for layout, format := range layouts {
		text := fmt.Sprintf(format, command, "mail.example.com", name, sentence)
		rep, _ := parser.Parse(strings.NewReader(text), layout, v)
		if len(rep.Findings) != 1 {
			t.Errorf("%s: %d findings, wanted one: %q", layout, len(rep.Findings), text)
			continue
		}
		if f := rep.Findings[0]; f.Rule != rule || f.Subject == "" {
			t.Errorf("%s: rule %q, subject %q, wanted rule %q: %q", layout, f.Rule, f.Subject, rule, text)
		}
	}
}
