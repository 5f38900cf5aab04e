// Package safety has tests only: each format is read back by a reader of its own kind (a parser of Markdown, of HTML, a browser, a shell), to
// show that text of strangers is shown as it came and obeyed nowhere.
package safety
