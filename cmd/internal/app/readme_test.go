package app

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"mxverdict/verify/facts"
)

// The README lists every command, every exit code and every reason of an inconclusive verdict, and no flag that does not exist.
func TestReadmeIsComplete(t *testing.T) {
	b, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(b)
	var want []string
	for _, code := range facts.Codes() {
		want = append(want, "| `"+string(code)+"` |")
	}
	for _, code := range []string{"0", "1", "2", "3", "4", "130"} {
		want = append(want, "\n| "+code+" |")
	}
	p := &program{}
	known := map[string]bool{"help": true}
	for _, c := range visible(p.commands().Commands) {
		want = append(want, c.Name)
		for _, f := range c.Flags {
			known[f.Names()[0]] = true
		}
	}
	for _, w := range want {
		if !strings.Contains(readme, w) {
			t.Errorf("the README lacks %q", w)
		}
	}
	ours := regexp.MustCompile(`(?m)^ +swaks .*$`).ReplaceAllString(readme, "") // commands of other programs have flags of their own
	for word := range strings.FieldsFuncSeq(ours, func(r rune) bool { return strings.ContainsRune(" \n`,()…|", r) }) {
		if name, ok := strings.CutPrefix(word, "--"); ok && strings.Trim(name, "-") != "" && !known[strings.TrimRight(name, ".:;")] {
			t.Errorf("the README names --%s, which is no flag", name)
		}
	}
}
