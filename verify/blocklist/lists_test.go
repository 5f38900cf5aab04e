package blocklist

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/facts"
)

func TestShippedLists(t *testing.T) {
	lists, err := Load("lists.yaml", shipped)
	if err != nil {
		t.Fatal(err)
	}
	if len(lists) < 110 {
		t.Errorf("only %d lists", len(lists))
	}
	for _, l := range lists {
		// The entries that must be there and must not cannot be one.
		if tests := l.tests(entry{}); l.Holds == facts.HoldsNames && tests.there == tests.notThere {
			t.Errorf("%s is tested by one entry", l.Name)
		}
		if l.Closed != "" && l.Zone != "" {
			t.Errorf("%s is closed, and somebody could ask it", l.Name)
		}
		if code := l.scope([]netip.Addr{netip.MustParseAddr("127.0.0.2")}); !slices.Contains(breadth, code) && code != codeError {
			t.Errorf("%s blames %q", l.Name, code)
		}
	}
}

// Reporters write the name of one list in many ways.
func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"Spamhaus ZEN": "Spamhaus ZEN", "spamhaus-zen": "Spamhaus ZEN", "zen.spamhaus.org": "Spamhaus ZEN", "Spamhaus PBL": "Spamhaus ZEN",
		"UCEPROTECTL3": "UCEPROTECTL3", "UCEPROTECT Level 3": "UCEPROTECTL3", "dnsbl-3.uceprotect.net": "UCEPROTECTL3", "UCEPROTECT-1": "UCEPROTECTL1",
		"Barracuda": "BARRACUDA", "SORBS": "SORBS BLOCK", "SORBS DUHL": "SORBS DUHL", "0SPAM": "0SPAM", "OSPAM": "OSPAM", "NiX Spam": "NIXSPAM",
		"SURBL": "SURBL multi", "URIBL multi": "URIBL", "s5h.net": "s5h.net", "s5h.net IPv6": "s5h.net IPv6", "Abusix": "Abusix Mail Intelligence Blacklist",
	} {
		if l := Find(name); l == nil || l.Name != want {
			t.Errorf("%q is %v, want %s", name, l, want)
		}
	}
	for _, name := range []string{"", "NEWLIST42", "spamhaus zen org", "."} {
		if l := Find(name); l != nil {
			t.Errorf("%q is taken for %s", name, l.Name)
		}
	}
}

func TestLoadMistakes(t *testing.T) {
	const one = "schema: mxverdict/lists/1\nlists:\n  - name: One\n    holds: addresses\n    zone: one.example.net\n    scope: address\n    use: few\n    source: somebody\n    seen: 2026-11\n"
	if _, err := Load("lists.yaml", []byte(one)); err != nil {
		t.Fatal(err)
	}
	with := func(old, with string) string { return strings.Replace(one, old, with, 1) }
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":              {with("    seen", "    sene: x\n    seen"), "lists.yaml:9"},
		"unknown key of a code":    {one + "    codes: [{code: 127.0.0.2, mean: x}]\n", "lists.yaml:10"},
		"no address":               {one + "    codes: [{code: 127.0.0, means: x}]\n", "lists.yaml:"},
		"no schema":                {with("schema: mxverdict/lists/1\n", ""), "schema"},
		"two documents":            {one + "---\nlists: []\n", "one table"},
		"a wrong word":             {with("use: few", "use: some"), "lists.yaml:3: use of One"},
		"what it holds":            {with("addresses", "adresses"), "lists.yaml:3: holds of One"},
		"a wrong scope":            {with("scope: address", "scope: all"), "lists.yaml:3: scope of One"},
		"no zone":                  {with("one.example.net", "One.Example.net"), "small letters"},
		"no source":                {with("source: somebody", "about: x"), "who says so"},
		"no date":                  {with("2026-11", "November"), "who says so"},
		"closed and used":          {one + "    closed: in 2020\n", "closed"},
		"used by none, and open":   {with("use: few", "use: none"), "closed"},
		"used by many, on no word": {with("use: few", "use: many"), "used_by"},
		"a code outside":           {one + "    codes: [{code: 192.0.2.1, means: x}]\n", "127.0.0.0/8"},
		"a code without a meaning": {one + "    codes: [{code: 127.0.0.2}]\n", "127.0.0.0/8"},
		"a code of another scope":  {one + "    codes: [{code: 127.0.0.2, means: x, scope: all}]\n", "unknown scope"},
		"a name of two":            {one + strings.TrimPrefix(strings.Replace(one, "one.example.net", "two.example.net", 1), "schema: mxverdict/lists/1\nlists:\n"), "lists.yaml:10: One and One"},
		"a zone of two":            {one + strings.TrimPrefix(strings.Replace(one, "name: One", "name: Two", 1), "schema: mxverdict/lists/1\nlists:\n"), "lists.yaml:10: One and Two"},
		"a key without a zone":     {one + "    key: {variable: MXVERDICT_ONE, kind: label}\n", "the key of One"},
		"a variable of others":     {one + "    key: {variable: PATH, kind: promise}\n", "MXVERDICT_"},
		"a kind of key":            {one + "    key: {variable: MXVERDICT_ONE, kind: word}\n", "the key of One"},
		"an empty item":            {"schema: mxverdict/lists/1\nlists:\n  -\n", "lists.yaml:3"},
	} {
		_, err := Load("lists.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "lists.yaml:") {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
