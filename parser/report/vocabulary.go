package report

import "time"

// A Vocabulary knows the sentences and test names of reporters. The parser cuts a document into candidate rows and asks;
// there is no other place where a reporter's sentence is known. All matching goes word by word: it ignores case, blanks,
// articles, quotation marks, dashes and other points that do not end a sentence, but no border of a cell (a tab).
type Vocabulary interface {
	// Find returns the sentences that stand in text, in order and without overlap. context narrows sentences that several
	// tests share; its empty fields exclude nothing. text is one line or cell.
	//
	// A known context.ID goes before all words: the sentences of the checks with that ID, then any other sentence, and
	// where no sentence is known one match that covers no text (Start and End are 0), as from Named.
	//
	// Sentences of everyday language are returned with the Place that they need; whether they have it the layout says.
	//
	// A match without a rule whose status is Info is no finding but a line that tells what the rows below it are about:
	// its value "host" or "address" names their subject, its Test the category.
	// The value "host" of any other match names the subject of that.
	Find(text string, context Context) []Match

	// TestName tells whether text begins with a known test name, and returns the name as the reporter spells it and how
	// many bytes of text it covers (a colon after it included).
	TestName(text string) (name string, length int, ok bool)

	// Named returns what a row with this test name is about when no sentence of it is known: rule, usual status, and what
	// the name itself says (the name of a block list is the value "list"). Asserts tells that the name alone is a fault.
	Named(test string) (Match, bool)

	// Detail reads a line that explains the row above it (such as the measured value and the recommended range).
	Detail(text string) (Detail, bool)

	// Frame tells whether text, a line or a part of one, consists of words that introduce faults ("Problems found", "2
	// failures"): what stands below or behind them is wrong.
	Frame(text string) bool

	// Mentions tells whether text names a reporter, by its name or by one of its hosts, and which.
	Mentions(text string) (reporter string, ok bool)

	// StatusWord tells whether text begins with a word by which reporters mark a row ("Warning - …", an icon's alternative
	// text), and returns how many bytes it covers, separators included.
	StatusWord(text string) (status Status, length int, ok bool)

	// Category tells whether word is a category of a summary table or the command of a heading ("dns", "smtp"), and what
	// a name beside it is.
	Category(word string) (Kind, bool)

	// Argument returns the name of the value that may stand behind the name in a look-up of a category
	// ("dkim:example.com:selector"), or "".
	Argument(category string) (value string)

	// Footer tells whether text begins with the line that ends a result, and returns what it says. Below it another result
	// begins.
	Footer(text string) (Footer, bool)

	// Transcript tells whether text begins with words that a reporter prints around the lines of a session, or in front of
	// them. called is the address to which a connection is being made, as it is printed, or "".
	Transcript(text string) (called string, ok bool)

	// Column tells what stands below a title of a table, and ColumnOf what stands in the cells of an HTML table whose class
	// holds a word.
	Column(title string) Column
	ColumnOf(class string) Column

	// Link returns the category and the name that the address of a link to a look-up names.
	Link(address string) (category, name string, ok bool)

	// OwnName tells whether a host name belongs to a reporter itself, so that it cannot be the target.
	OwnName(host string) bool
}

// Kind is what a name stands for in a reporter's table or heading.
type Kind uint8

// The kinds of names. Beside most commands any name may stand.
const (
	AnyName    Kind = iota
	DomainName      // a domain: its zone, its policies
	HostName        // a mail server: its sessions
)

// Column is what stands in a column of a reporter's table.
type Column uint8

// The columns of result tables.
const (
	OtherColumn Column = iota
	StatusColumn
	CategoryColumn
	HostColumn
	TestColumn
	ResultColumn
	Columns // how many there are
)

// Footer is the end of a result: who answered and when.
type Footer struct {
	Server string    // as it is printed, or ""
	At     time.Time // the zero time if it names none, or none that exists
}

// Context is what the parser knows about a candidate beside its own text.
type Context struct {
	Test     string // test name, as TestName returned it
	Category string // category of a summary row, or the command of the heading above the row
	ID       string // of the check in a reporter's interface, or ""
}

// Detail is a line that explains a row.
type Detail struct {
	Values map[string]Value // named captures
	Rules  []string         // whose rows it explains; empty for any
	Bare   bool             // it is a value and nothing else: only directly below a row of one of the rules it explains anything
}

// Place says where in a document a sentence counts. A short one in everyday words may be anybody's, so that it needs company.
type Place uint8

// The places of sentences.
const (
	Anywhere Place = iota
	Row            // in a row of its own: where it fills its line, cell or quotation, or stands behind a status word
	Named          // beside the name of its test, or under a category of it: neither was known
)

// Match is what a Vocabulary knows about a piece of text.
type Match struct {
	Reporter   string           // ID of the reporter file
	Rule       string           // rule ID; "" if the sentence is known but no rule covers it
	Test       string           // test name as the reporter spells it
	Status     Status           // the wording's usual severity
	Wording    string           // the wording as the reporter file spells it
	Values     map[string]Value // named captures
	Place      Place            // where it counts
	Asserts    bool             // of a name: standing alone it says that something is wrong
	Start, End int              // bytes of text that the sentence covers; both 0 if a name or an ID alone was known
}
