// Package document turns what a report led to into something to be read: sections of blocks of text, in the order in which a reader needs
// them, each with how deep it goes and for whom it is. What is said once and what is left out is decided here, so that all formats say
// the same; how a format looks, and what in it would be obeyed instead of read, is the business of package render.
//
// Every piece of text knows where it comes from. Only what is ours may be trusted by a writer; all else came over the wire or from
// somebody's file, and a document holds it exactly as it came.
package document

import (
	"fmt"
	"strings"
)

// Document is everything that there is to say about one report, or one rule.
type Document struct {
	Sections []Section
}

// Level is how deep a section goes; a reader who wants less never meets what is deeper.
type Level uint8

// The levels.
const (
	Answer   Level = iota // the verdict on the whole, the reply, a line a verdict
	Evidence              // what each verdict rests on
	Log                   // every question and answer
)

// Audience is for whom a section is.
type Audience uint8

// The audiences. What is for customers holds nothing of the desk that tested and of its network.
const (
	Both     Audience = iota
	Customer          // the reply
	Internal          // evidence for postmasters, notes for the desk
)

// Mark is what a section or a line is at first sight: a colour or an icon, and never the only bearer of its meaning.
type Mark uint8

// The marks.
const (
	Plain Mark = iota
	Strong
	Bad     // to be repaired
	Open    // not decided
	Good    // no fault
	Neutral // a matter of taste
)

// Section is a part of a document with a title. The numbers are those of verdicts: other parts refer to them.
type Section struct {
	Level      Level
	For        Audience
	Mark       Mark
	Number, Of int
	Title      string // ours
	Lead       Text   // beside the title
	Blocks     []Block
}

// Block is a part of a section: *Paragraph, *Item, *List, *Lines, *Tree, *Commands or *Transcript.
type Block interface{ block() }

// Paragraph is running text.
type Paragraph struct{ Text Text }

// Item is a label with one text or several.
type Item struct {
	Label string // ours; "" for what goes on with the item before
	Texts []Text
}

// List is a list of points.
type List struct{ Points []Text }

// Lines are lines that stand for themselves, each with a mark of its own.
type Lines struct{ Lines []Line }

// Line is one of Lines.
type Line struct {
	Mark  Mark
	Label string // ours
	Text  Text
}

// Tree is a drawn tree.
type Tree struct {
	Title    string // ours
	Branches []Branch
}

// Branch is a line of a tree.
type Branch struct {
	Depth int    // 0 for the root
	Last  bool   // no other branch of the same depth follows it
	Word  string // ours: what the branch is, for those who cannot draw
	Text  Text
}

// Commands are for the reader who wants to see for himself.
type Commands struct {
	Title string // ours
	Lines []string
}

// Transcript is what was said on a wire, or a log of questions, a line each.
type Transcript struct {
	Lines []Said
}

// Said is a line of a transcript.
type Said struct {
	Lead string  // ours: a time or a number
	Who  Speaker // Nobody in a log of questions
	Text Text
}

// Speaker is who speaks in a transcript.
type Speaker uint8

// The speakers.
const (
	Nobody Speaker = iota
	We
	Server
	Remark
)

func (*Paragraph) block()  {}
func (*Item) block()       {}
func (*List) block()       {}
func (*Lines) block()      {}
func (*Tree) block()       {}
func (*Commands) block()   {}
func (*Transcript) block() {}

// Text is a sentence or some, in pieces.
type Text []Inline

// Inline is a piece of text.
type Inline struct {
	Kind Kind
	Text string
	Link string // of a Citation or File: where it can be read, or ""
}

// Kind is where a piece of text comes from, and so how far it is to be trusted.
type Kind uint8

// The kinds. What is not known to be ours is foreign.
const (
	Foreign  Kind = iota // of the report, the wire, or a file that somebody wrote
	Ours                 // words of the program
	Code                 // a name or value to be read letter by letter; foreign as well
	Citation             // of a standard or a page; foreign as well, for rules may be somebody else's
	File                 // the name of a file, whose Link is a path from the folder of the document; both foreign as well
)

// ours is text of the program.
func ours(format string, args ...any) Text {
	return Text{{Kind: Ours, Text: fmt.Sprintf(format, args...)}}
}

// foreign is text of others, or sentences of rules with values filled in. Its line breaks are those of YAML and mean nothing.
func foreign(text string) Text {
	if text == "" {
		return nil
	}
	return Text{{Kind: Foreign, Text: text}}
}

// prose is foreign text whose white space means nothing.
func prose(text string) Text { return foreign(fold(text)) }

// joined puts texts side by side.
func joined(texts ...Text) Text {
	var out Text
	for _, t := range texts {
		out = append(out, t...)
	}
	return out
}

// String is the bare text.
func (t Text) String() string {
	var b strings.Builder
	for _, part := range t {
		b.WriteString(part.Text)
	}
	return b.String()
}

// fold makes one line of prose that was written over several.
func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// Upto is the document down to a level, for an audience. The sections are shared with the whole document.
func (d Document) Upto(level Level, audience Audience) Document {
	var out Document
	for _, s := range d.Sections {
		if s.Level <= level && (audience == Both || s.For == Both || s.For == audience) {
			out.Sections = append(out.Sections, s)
		}
	}
	return out
}

// builder puts sections together.
type builder struct {
	sections []Section
	noted    map[string]int // long notes, by the verdict under which each stands in full
	trees    []drawnTree
	spfTrees []drawnSPF
}

// section begins a section.
func (b *builder) section(s Section) { b.sections = append(b.sections, s) }

// add adds blocks to the section that was begun last; nil ones are left out.
func (b *builder) add(blocks ...Block) {
	last := &b.sections[len(b.sections)-1]
	for _, block := range blocks {
		if block != nil {
			last.Blocks = append(last.Blocks, block)
		}
	}
}

// item is a labelled text, or nothing where there is no text.
func (b *builder) item(label string, texts ...Text) {
	var said []Text
	for _, t := range texts {
		if t.String() != "" {
			said = append(said, t)
		}
	}
	if len(said) > 0 {
		b.add(&Item{label, said})
	}
}

// list is item for texts that came as strings.
func (b *builder) list(label string, texts []string) { b.item(label, foreigns(texts)...) }

// foreigns makes texts of strings.
func foreigns(texts []string) []Text {
	out := make([]Text, len(texts))
	for i, text := range texts {
		out[i] = foreign(text)
	}
	return out
}

// Notice is a section of one sentence of ours, for the desk.
func Notice(title, says string) Section {
	return Section{For: Internal, Mark: Strong, Title: title, Lead: ours("%s", says)}
}
