package dnsprobe

import (
	"strings"
	"testing"
)

// Names are compared as text, so that one name has one spelling.
func TestSpellingOfNames(t *testing.T) {
	for name, want := range map[string]string{
		"Example.COM.": "example.com", ".": ".", `o\'brien.example.com.`: `o\'brien.example.com`, `o\039Brien.example.com`: `o\'brien.example.com`,
		`\065.example.com`: "a.example.com", `mail\032one.example.com`: `mail\ one.example.com`, `m\195\188ller.example.com`: `m\195\188ller.example.com`,
		"mail_1.example.com": "mail_1.example.com", strings.Repeat("a.", 100) + "example.com": strings.Repeat("a.", 100) + "example.com",
		// What stands so in a report or file is no name, and a dot within a label would be taken for two labels.
		"o'brien.example.com": "", "müller.example.com": "", "two words.example.com": "", `a\.b.example.com`: "", `a\\.example.com`: "", `a\046b.example.com`: "",
		`example.com\`: "", "": "", "a..b": "", strings.Repeat("a", 64) + ".example.com": "", strings.Repeat(`\195`, 64) + ".example.com": "",
		strings.Repeat("aaaaaaa.", 33): "",
	} {
		if got, ok := canonical(name); got != want || ok != (want != "") {
			t.Errorf("%q is %q (%v), want %q", name, got, ok, want)
		}
	}
}
