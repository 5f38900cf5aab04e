package rules

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A language is found by its code, whatever region, script of locales or case stands beside it; what there is not is nil.
func TestSpeaking(t *testing.T) {
	c := loaded(t, map[string]string{"languages/xx.yaml": xish})
	for code, want := range map[string]string{"xx": "xx", "XX": "xx", "xx-AT": "xx", "xx_AT.UTF-8": "xx", "xx.UTF-8": "xx", "xx@euro": "xx", "en": "en", "en_GB.UTF-8": "en",
		"C": "", "POSIX": "", "C.UTF-8": "", "": "", "x": "", "xxx": "", "tlh": ""} {
		got := ""
		if other := c.Speaking(code); other != nil {
			got = other.Language().Code
		}
		if got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
	}
	if c.Language().Code != English || c.Speaking("xx").Language().Name != "Xish" || c.Language().Code != English {
		t.Error("a catalogue that speaks another language changed the one that it came from")
	}
	if got := c.Languages(); !slices.Contains(got, "en") || !slices.Contains(got, "xx") || !slices.IsSorted(got) {
		t.Errorf("languages %q", got)
	}
}

// Two files of one language are one: rules of the house are translated in a file of the house. The later file counts.
func TestFilesOfOneLanguageAddUp(t *testing.T) {
	more := "schema: mxverdict/language/1\nlanguage: xx\nframe: {works: Xk., second: '{n} xl'}\nrules: {test/slow: {changed: Xm.}}\n"
	c := spoken(t, "xx", map[string]string{"languages/a.yaml": xish + "rules: {smtp/tls-missing: {changed: Xn.}, test/slow: {changed: Xo., name: xp}}\n", "languages/b.yaml": more,
		"catalogue/house.yaml": "schema: mxverdict/rules/1\nrules:\n" + plainRule})
	l := c.Language()
	for got, want := range map[string]string{l.Say("works", nil): "Xk.", l.Say("second", map[string]string{"n": "1"}): "1 xl", l.Say("hours", map[string]string{"n": "3"}): "3 xe",
		l.ofRule(c.Rule("smtp/tls-missing"), sayChanged): "Xn.", l.ofRule(c.Rule("test/slow"), sayChanged): "Xm.", l.ofRule(c.Rule("test/slow"), plainName): "xp", l.Name: "Xish"} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	// A language never falls back on another one in the middle of a reply.
	if got := l.ofRule(c.Rule("test/slow"), sayPolicy); got != "" {
		t.Errorf("%q is no %s", got, l.Name)
	}
	// English words of the house stand in a file too, and go before those of the rule.
	c = loaded(t, map[string]string{"languages/house.yaml": "schema: mxverdict/language/1\nlanguage: en\nrules: {smtp/tls-missing: {changed: House words.}}\n"})
	if got := c.Language().ofRule(c.Rule("smtp/tls-missing"), sayChanged); got != "House words." {
		t.Errorf("%q", got)
	}
}

// A phrase is filled at once, so that braces in a value stay what they are; one that is not there is seen.
func TestSay(t *testing.T) {
	l := &Language{frame: map[string]string{"a": "{x} and {y} and {z}"}}
	if got := l.Say("a", map[string]string{"x": "{y}", "y": "{x}"}); got != "{y} and {x} and {z}" {
		t.Errorf("%q", got)
	}
	if got := l.Say("b", nil); got != "[b]" {
		t.Errorf("%q", got)
	}
}

// What is translated that does not exist, or is filled with something else, is a mistake of its file, on its line, with a suggestion.
func TestMistakesInLanguages(t *testing.T) {
	const head = "schema: mxverdict/language/1\nlanguage: xx\n"
	for name, test := range map[string]struct {
		text string
		line string
		says []string
	}{
		"unknown key":          {head + "frmae: {works: Xa.}\n", "3", []string{`"frmae"`, `"frame"`}},
		"unknown phrase":       {head + "frame:\n  works: Xa.\n  workz: Xa.\n", "5", []string{"workz", `"works"`}},
		"unknown rule":         {head + "rules:\n  smtp/tls-mising: {changed: Xa.}\n", "4", []string{"smtp/tls-mising", `"smtp/tls-missing"`}},
		"unknown key of one":   {head + "rules:\n  smtp/tls-missing:\n    chagned: Xa.\n", "5", []string{"nothing uses chagned", `"changed"`}},
		"unknown cause":        {head + "causes:\n  greeting-daley: Xa.\n", "4", []string{"greeting-daley"}},
		"unknown reason":       {head + "reasons:\n  no_tarket: Xa.\n", "4", []string{"no_tarket"}},
		"wrong placeholder":    {head + "rules:\n  smtp/tls-missing:\n    changed: Xa {smtp.starttls.vesrion}.\n", "5", []string{"{smtp.starttls.vesrion}", "smtp.starttls.version"}},
		"in a cause":           {head + "causes:\n  greeting-delay: Xa {patiense}.\n", "4", []string{"{patiense}", "patience"}},
		"no language":          {"schema: mxverdict/language/1\nname: Xish\n", "1", []string{"language is needed"}},
		"a region":             {"schema: mxverdict/language/1\nlanguage: xx-YY\n", "1", []string{"language is needed"}},
		"capitals":             {"schema: mxverdict/language/1\nlanguage: XX\n", "1", []string{"language is needed"}},
		"another schema":       {"schema: mxverdict/language/2\nlanguage: xx\n", "1", []string{"mxverdict/language/1"}},
		"a list for a mapping": {head + "frame: [a]\n", "3", nil},
	} {
		// Beside a good file of the same language: the mistake is told where it stands.
		_, err := Load(fstest.MapFS{"languages/a.yaml": {Data: []byte(xish)}, "languages/b.yaml": {Data: []byte(test.text)}})
		if err == nil || !strings.HasPrefix(err.Error(), "languages/b.yaml:"+test.line+": ") {
			t.Errorf("%s: %v, want a mistake on line %s of the file", name, err, test.line)
			continue
		}
		for _, says := range test.says {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v does not say %q", name, err, says)
			}
		}
	}
}

// Words that nothing would ever say, and such as nobody would read, are mistakes of a rule.
func TestMistakesInPlainWords(t *testing.T) {
	for name, test := range map[string]struct{ from, to, says string }{
		"nothing uses it":     {"      changed: ", "      chagned: ", `nothing uses "chagned"; did you mean "changed"`},
		"too long":            {"      remark: \"", "      remark: \"" + strings.Repeat("x", maxPlain), "more than"},
		"wrong placeholder":   {"too long.", "too {lnog}.", "unknown placeholder {lnog}"},
		"never named":         {"plain: remark", "repair: Mend it.", `nothing uses "remark"`},
		"an ending of others": {"      name: ", "      artifact: Wrong.\n      name: ", `nothing uses "artifact"`},
	} {
		text := changed(t, plainRule, test.from, test.to)
		_, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte("schema: mxverdict/rules/1\nrules:\n" + text)}})
		if err == nil || !strings.HasPrefix(err.Error(), "catalogue/house.yaml:3: ") || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

// What a language lacks is told: phrases, the words of rules, causes and reasons, and a phrase that is filled with something else.
func TestUntranslated(t *testing.T) {
	files := map[string]string{"languages/xx.yaml": xish + "  works: 'Xk {target}.'\nrules: {test/slow: {changed: Xo.}}\ncauses: {greeting-delay: Xq.}\nreasons: {no_target: Xr.}\n",
		"catalogue/house.yaml": "schema: mxverdict/rules/1\nrules:\n" + changed(t, plainRule, "      changed: \"{smtp.greeting.name} is fast.\"\n", "")}
	c := loaded(t, files)
	var told []string
	for _, p := range c.Untranslated() {
		told = append(told, p.Error())
	}
	for want, there := range map[string]bool{
		"languages/xx.yaml:1: language xx lacks the phrase nothing":                              true,
		"language xx lacks the phrase seconds":                                                   false,
		"languages/xx.yaml:15: language xx: the phrase works has other {values} than in English": true,
		"catalogue/house.yaml:3: rule test/slow has no plain words in en for changed":            true,
		"rule test/slow has no plain words in en for confirmed":                                  false,
		"catalogue/house.yaml:3: rule test/slow has no plain words in xx for confirmed":          true,
		"catalogue/house.yaml:3: rule test/slow has no plain words in xx for remark":             true,
		"catalogue/house.yaml:3: rule test/slow has no plain words in xx for name":               true,
		"rule test/slow has no plain words in xx for changed":                                    false,
		"cause greeting-delay has no plain words in xx":                                          false,
		"languages/xx.yaml:1: reason no_greeting has no plain words in xx":                       true,
		"reason no_target has no plain words in xx":                                              false,
		"rule smtp/tls-missing has no plain words in xx for confirmed":                           true,
	} {
		if got := slices.ContainsFunc(told, func(p string) bool { return strings.Contains(p, want) }); got != there {
			t.Errorf("%q is told: %v, want %v", want, got, there)
		}
	}
	// Of files that are named only.
	for _, p := range c.Untranslated("catalogue/house.yaml") {
		if !strings.HasPrefix(p.Error(), "catalogue/house.yaml:") {
			t.Errorf("of another file: %v", p)
		}
	}
	// Lint tells it beside the mistakes, of which it is none.
	linted, err := Lint(fstest.MapFS{"languages/xx.yaml": {Data: []byte(files["languages/xx.yaml"])}, "catalogue/house.yaml": {Data: []byte(files["catalogue/house.yaml"])}})
	if err != nil || len(linted.Mistakes) > 0 || len(linted.Wordless) < 100 {
		t.Errorf("lint: %v, mistakes %v, %d without words", err, linted.Mistakes, len(linted.Wordless))
	}
}

// A customer can be told everything that is shipped in every language that is shipped.
func TestShippedCatalogueIsTranslated(t *testing.T) {
	problems := load(t).Untranslated()
	for _, p := range problems[:min(len(problems), 20)] {
		t.Error(p)
	}
	if len(problems) > 20 {
		t.Errorf("and %d more", len(problems)-20)
	}
}
