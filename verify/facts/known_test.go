package facts

import (
	"testing"
	"time"
)

var (
	silent  = Unknown{ServFail, "no answer"}
	torn    = Unknown{Disagreement, "they contradict each other"}
	noon    = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	evening = noon.Add(6 * time.Hour)
)

// say writes what is known: the value, or the code of the reason.
func say(k Known) string {
	switch {
	case k.AtLeast:
		return "at least " + k.Value.String()
	case k.Known():
		return k.Value.String()
	}
	return "unknown: " + string(k.Why.Code)
}

func TestKleene(t *testing.T) {
	yes, no, open := Yes(), No(), Because(silent)
	for _, c := range []struct {
		what string
		got  Known
		want string
	}{
		{"any of yes, unknown", Any(open, yes), "yes"},
		{"any of no, unknown", Any(no, open, no), "unknown: servfail"},
		{"any of two unknown", Any(no, open, Because(torn)), "unknown: servfail"},
		{"any of no", Any(no, no), "no"},
		{"any of nothing", Any(), "unknown: "},
		{"any of what nobody speaks of", Any(no, Known{}), "unknown: "},
		{"all of yes", All(yes, yes), "yes"},
		{"all of no, unknown", All(open, no), "no"},
		{"all of yes, unknown", All(yes, open), "unknown: servfail"},
		{"all of nothing", All(), "unknown: "},
		{"not yes", Not(yes), "no"},
		{"not no", Not(no), "yes"},
		{"not unknown", Not(open), "unknown: servfail"},
	} {
		if got := say(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	if deciding := Any(No().Seen(noon, "first"), Yes().Seen(evening, "second"), No()); deciding.Evidence != "second" {
		t.Errorf("what decides was seen at %q", deciding.Evidence)
	}
}

// What is unknown is neither a yes nor a no, whatever the question.
func TestUnknownIsNoAnswer(t *testing.T) {
	for what, k := range map[string]Known{
		"nothing said":    {},
		"a reason":        Because(silent),
		"taken away":      Yes().Unless(silent),
		"no example":      Shown(false, silent),
		"nobody asked":    All(),
		"not yes or no":   Is(IntValue(1)),
		"a contradiction": Agreed(Yes(), No(), torn),
	} {
		if k.IsYes() || k.IsNo() {
			t.Errorf("%s answers: yes %v, no %v", what, k.IsYes(), k.IsNo())
		}
	}
}

func TestShown(t *testing.T) {
	for _, c := range []struct {
		examples    []string
		open        Unknown
		some, which string
	}{
		{[]string{"a", "b"}, Unknown{}, "yes", "a, b"},
		{[]string{"a"}, silent, "yes", "a"}, // one example is enough
		{nil, silent, "unknown: servfail", "unknown: servfail"},
		{nil, Unknown{}, "no", "none"},
	} {
		some, which := Found(c.examples, c.open)
		if say(some) != c.some || say(which) != c.which {
			t.Errorf("%v, open %q: %s and %s, want %s and %s", c.examples, c.open.Code, say(some), say(which), c.some, c.which)
		}
		if got := say(Shown(len(c.examples) > 0, c.open)); got != c.some {
			t.Errorf("%v, open %q: shown: %s, want %s", c.examples, c.open.Code, got, c.some)
		}
	}
}

func TestUnless(t *testing.T) {
	for _, c := range []struct {
		k    Known
		why  Unknown
		want string
	}{
		{Yes(), Unknown{}, "yes"},
		{Yes(), silent, "unknown: servfail"},
		{AtLeast(IntValue(2)), silent, "unknown: servfail"},
		{Because(torn), silent, "unknown: disagreement"},
		{Known{}, silent, "unknown: servfail"},
	} {
		if got := say(c.k.Unless(c.why)); got != c.want {
			t.Errorf("%s unless %q: %s, want %s", say(c.k), c.why.Code, got, c.want)
		}
	}
}

func TestAgreed(t *testing.T) {
	a, b, open := Is(TextValue("a")), Is(TextValue("b")), Because(silent)
	for want, said := range map[string][]Known{
		"a":                     {a, a},
		"unknown: disagreement": {a, b, a},
		"unknown: servfail":     {a, open, b},
		"unknown: ":             {},
	} {
		var together Known
		for _, k := range said {
			together = Agreed(together, k, torn)
		}
		if got := say(together); got != want {
			t.Errorf("%d said: %s, want %s", len(said), got, want)
		}
	}
}

// The nearest place is kept: who gathers what others found knows the neighbourhood only.
func TestSeen(t *testing.T) {
	if k := Yes().Seen(noon, "session 1").Seen(evening, "all sessions"); k.At != noon || k.Evidence != "session 1" {
		t.Errorf("seen %v at %q", k.At, k.Evidence)
	}
	if k := Because(silent).Seen(noon, "session 1"); k.At != noon || k.Evidence != "session 1" || k.Why != silent {
		t.Errorf("what is not known was seen %v at %q: %v", k.At, k.Evidence, k.Why)
	}
}

// A fact is known or has a reason, and never both.
func TestAs(t *testing.T) {
	for what, k := range map[string]Known{"a value": Yes(), "a bound": AtLeast(DurationValue(time.Minute)), "a reason": Because(torn), "nothing": {},
		"both": {Value: BoolValue(true), Why: torn}} {
		f := k.Seen(noon, "session 1").As(SMTPDrip)
		if f.Known() == (f.Why.Code != "") {
			t.Errorf("%s: known %v, and the reason is %q", what, f.Known(), f.Why.Code)
		}
		if f.Name != SMTPDrip || !f.Value.Equal(k.Value) || f.AtLeast != k.AtLeast || f.At != noon || f.Evidence != "session 1" {
			t.Errorf("%s becomes %+v", what, f)
		}
	}
	var set Set
	here := SessionAt("mail.example.com", "203.0.113.25")
	set.PutAs(here, Because(torn), SMTPDrip, SMTPTarpit)
	for _, name := range []Name{SMTPDrip, SMTPTarpit} {
		if f, _ := set.Get(name, here); f.Name != name || f.Why != torn {
			t.Errorf("%s is %+v", name, f)
		}
	}
}
