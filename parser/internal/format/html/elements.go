package html

import (
	"strings"
)

// kind says what an element means for the layout.
type kind uint8

const (
	inline    kind = iota // part of a line; also elements nobody knows
	block                 // begins and ends a line
	lineBreak             // a line end
	tablePart             // a part of a table
	quotation             // what a mail repeats
	verbatim              // keeps its blanks and line ends
	unseen                // its content is not shown, or is a control
	image                 // may be a mark
	frame                 // the frame of a whole document
	heading               // a line of its own, which tells what stands below it
)

// headingTag is what a skeleton writes for a heading of any level.
const headingTag = "h1"

// kinds names the elements whose layout matters, as the HTML Standard renders them (section 15.3).
var kinds = func() map[string]kind {
	m := map[string]kind{}
	for k, names := range map[kind]string{
		block: "address article aside caption center dd details dialog dir div dl dt fieldset figcaption figure " +
			"footer form header legend li main menu nav ol optgroup p section summary ul",
		lineBreak: "br hr",
		tablePart: "table thead tbody tfoot tr td th",
		quotation: "blockquote",
		verbatim:  "pre listing xmp plaintext textarea",
		unseen: "script style title iframe noembed noframes noscript template svg math select datalist button object " +
			"audio video canvas",
		image:   "img",
		heading: "h1 h2 h3 h4 h5 h6",
		frame:   "html body head meta link base",
		inline: "a abbr acronym b big bdi bdo cite code del dfn em font i ins kbd label mark nobr q s samp small " +
			"span strike strong sub sup time tt u var input",
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = k
		}
	}
	return m
}()
