// Package wording reads the files that say how a reporter words its findings, and recognises those wordings in text. It
// is what a report.Vocabulary is made of. A support person who meets a new sentence adds a line of YAML here and
// nothing else.
//
// A wording is a template: words with placeholders of a known type. It is compared word by word: letter case, blanks,
// articles, quotation marks, dashes and other points between the words do not matter, unless they end what is said. The package judges nothing: it tells which rule a
// sentence belongs to, not whether the sentence is right. It refuses files with unknown keys, with placeholders it does
// not know and with a sentence that could mean two rules. Whether the examples beside the wordings are recognised is
// tested on demand only (Examples): loading is a part of every start of the program.
package wording

import (
	"slices"
	"time"

	"mxverdict/parser/report"
)

// Schema names the contract of a reporter file.
const Schema = "mxverdict/reporter/1"

// Reporter is one reporter file: how long the reporter waits, by which limits it judges, and how it words what it
// finds.
type Reporter struct {
	File string
	Line int // of the ID
	ID   string
	Name string

	// Extends is the ID of the reporter to which the file adds wordings, or "". Such a file has neither ID nor Name before Join.
	Extends string
	rest    *reporterFile // what Join has to read

	Patience       time.Duration // how long it waits for the greeting; 0 if not known
	HangsUpWithin  time.Duration // how much later than Patience it reports the end, at most
	PatienceSource string
	PatienceSeen   string

	ClockZone  ClockZone
	Hosts      []string                        // its own host names, and all names below them
	Thresholds map[string]map[string]Threshold // rule ID, then parameter

	NotPublished []string // rule IDs whose limits the reporter does not publish

	statuses   map[string]report.Status // words before a dash or colon, in lower case
	icons      map[string]report.Status // alternative texts of icons, in lower case
	categories []string
	commands   []string // the categories, and the words that are one in lower case only ("a")
	tests      []test
	kinds      map[string]report.Kind // of categories beside which names of one kind stand
	arguments  map[string]string      // values that may stand behind the name in a look-up, by category
	headings   []test
	details    []wording
	names      []string // spellings of the reporter's name
	frames     []wording

	footers, transcripts []aroundLine
	columns              map[string]report.Column // by the title, in lower case
	columnClasses        []string                 // what stands before the title of a column in the class of its cells
	links                links

	limitLines map[string]int // rule ID to line, for Check
}

// Wordings counts the sentences of the reporter: those of tests, headings, frames and detail lines, and the lines around
// the rows.
func (r *Reporter) Wordings() int {
	n := len(r.details) + len(r.frames) + len(r.footers) + len(r.transcripts)
	for _, t := range slices.Concat(r.headings, r.tests) {
		n += len(t.wordings)
	}
	return n
}

// Names counts the names of its tests, in all their spellings; of a test that is only added to, those that are new.
func (r *Reporter) Names() int {
	n := 0
	for i := range r.tests {
		t := &r.tests[i]
		n += len(t.aliases)
		if t.extends == nil {
			n += len(t.spelled()) - len(t.aliases)
		}
	}
	return n
}

// Marks counts the words and icons by which it marks rows.
func (r *Reporter) Marks() int { return len(r.statuses) + len(r.icons) }

// ClockZone is the zone in which the reporter reads the date: its offsets from UTC over the year, east positive.
type ClockZone struct {
	Offsets      []time.Duration
	Source, Seen string
}

// Threshold is one limit of the reporter, as its file spells it.
// It stays as spelt, because only the rule knows whether its parameter is a duration or a count.
type Threshold struct {
	Value        string // with its unit: "1209600s"
	Source, Seen string
	Line         int
}

// test is one check of the reporter, or a family of checks that differ in their names only.
type test struct {
	name     string   // as the reporter spells it; "" for a family
	aliases  []string // other spellings of the name
	family   []string // names of a family; each is a test's name of its own
	value    string   // what the name of a member of the family is: the value "list"; or what its category is: "record"
	id       string   // of the check in the reporter's interface, or ""
	rule     string   // "" if no rule covers it
	usual    report.Status
	asserts  bool     // the name alone says that something is wrong
	in       []string // categories in which its wordings hold; empty means all
	wordings []wording
	extends  *test // the test of the reporter's own file that this one adds to, or nil
	line     int
}

// called tells whether a test's name, as Vocabulary.TestName returns it, is this test's.
func (t *test) called(name string) bool {
	return name != "" && (t.name == name || slices.Contains(t.family, name))
}

// wording is one sentence of the reporter.
// What it says is kept as written: the contract of the report shows it to whoever asks why a row was recognised.
type wording struct {
	says     string
	rule     string // instead of the test's, or ""
	patterns []pattern
	family   bool // it is several sentences
	status   report.Status
	okAt0    string // the number that makes the status ok if it is 0, or ""
	place    report.Place
	example  string
	line     int
	explains bool // it is a detail, which behind a row of its rule only explains that
}
