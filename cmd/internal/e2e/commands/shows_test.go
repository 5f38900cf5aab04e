//go:build realservers

package commands

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// show says what is to be seen by a command.
type show struct {
	check func(a answer, claimed bool, s shown) string // a complaint, or ""
	given given                                        // where the rule gives the command
	why   string                                       // why not both ways
}

// given tells where a command is given, and so has to be tried.
type given int

const (
	anywhere given = iota // it shows the same whether the claim is true or not: one try is enough
	both                  // and has to be tried both ways
	ifTrue
	ifFalse
)

// only is for a command that is not given, or cannot be tried, where the claim is false, or true.
func only(where given, why string, s show) show {
	s.given, s.why = where, why
	return s
}

// claimed is a command by which the claim is seen: something holds of what it shows where the claim is true, and only there.
func claimed(holds func(shown) bool) show {
	return show{given: both, check: func(_ answer, claimed bool, s shown) string {
		if holds(s) != claimed {
			return "it shows the opposite"
		}
		return ""
	}}
}

// seen and unseen are claims that are true where a pattern is found, or is not.
func seen(pattern string) show {
	re := regexp.MustCompile("(?m)" + pattern)
	return claimed(func(s shown) bool { return re.MatchString(s.output) })
}

func unseen(pattern string) show {
	re := regexp.MustCompile("(?m)" + pattern)
	return claimed(func(s shown) bool { return !re.MatchString(s.output) })
}

// shows is a command that shows something whether the claim is true or not.
func shows(pattern string) show {
	re := regexp.MustCompile("(?m)" + pattern)
	return show{check: func(_ answer, _ bool, s shown) string {
		if !re.MatchString(s.output) {
			return "it does not show " + pattern
		}
		return ""
	}}
}

// fails and succeeds go by how the program ended.
var (
	fails    = claimed(func(s shown) bool { return s.code != 0 })
	succeeds = claimed(func(s shown) bool { return s.code == 0 })
)

// joined is output with the strings of a TXT record put together, as people read it.
func joined(output string) string { return strings.NewReplacer(`" "`, "", `\;`, ";").Replace(output) }

// values is a command that shows the values that the verdict names of some facts, where they are known.
func values(facts ...string) show {
	return show{check: func(a answer, _ bool, s shown) string {
		for _, m := range a.Measured {
			if !slices.Contains(facts, m.Fact) {
				continue
			}
			var value any
			if err := json.Unmarshal(m.Value, &value); err != nil {
				return err.Error()
			}
			for _, text := range texts(value) {
				if !strings.Contains(strings.ToLower(joined(s.output)), strings.ToLower(text)) {
					return fmt.Sprintf("it does not show %q, which is %s", text, m.Fact)
				}
			}
		}
		return ""
	}}
}

// texts are the values as DNS writes them.
func texts(value any) (out []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case float64:
		return []string{strconv.FormatFloat(value, 'f', -1, 64)}
	case []any:
		for _, v := range value {
			out = append(out, texts(v)...)
		}
	}
	return out
}

// and is a command of which two things are demanded.
func and(a, b show) show {
	return show{check: func(v answer, claimed bool, s shown) string {
		if complaint := a.check(v, claimed, s); complaint != "" {
			return complaint
		}
		return b.check(v, claimed, s)
	}}
}

// lapse is what swaks says of the time of each reply.
var lapse = regexp.MustCompile(`response in ([0-9.]+)s`)

// times is a command that measures what the verdict measured, in its first replies or in all but that to QUIT (0).
func times(fact string, replies int) show {
	return show{check: func(a answer, _ bool, s shown) string {
		all := lapse.FindAllStringSubmatch(s.output, -1)
		if len(all) < 2 {
			return "it shows no times"
		}
		n := min(cmp.Or(replies, len(all)), len(all)-1)
		var total float64
		for _, m := range all[:n] {
			seconds, _ := strconv.ParseFloat(m[1], 64)
			total += seconds
		}
		for _, m := range a.Measured {
			var want float64
			if m.Fact == fact && json.Unmarshal(m.Value, &want) == nil && string(m.Value) != "null" && math.Abs(want-total) > 3 {
				return fmt.Sprintf("it took %.1f s, and %.1f s were measured", total, want)
			}
		}
		return ""
	}}
}

// count is a claim that is true where something is to be seen so often.
func count(pattern string, holds func(different int) bool) show {
	re := regexp.MustCompile("(?m)" + pattern)
	return claimed(func(s shown) bool {
		var all []string
		for _, m := range re.FindAllStringSubmatch(s.output, -1) {
			if one := strings.Join(m[1:], " "); !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
		return holds(len(all))
	})
}

// record begins a record of a type in an answer; questions and comments begin with a semicolon.
func record(kind string) string { return `^[^;\n][^"\n]*[ \t]` + kind + `[ \t]+` }

// across is count over all commands of the verdict.
func across(pattern string, holds func(different int) bool) show {
	one := count(pattern, holds)
	return show{given: both, check: func(a answer, claimed bool, _ shown) string {
		var all shown
		for _, s := range a.shown {
			all.output += s.output
		}
		return one.check(a, claimed, all)
	}}
}

// together is the last command of a claim that only all of them together show, by the number of commands that a pattern is seen in.
func together(pattern string, holds func(n, of int) bool) show {
	re := regexp.MustCompile("(?m)" + pattern)
	return show{check: func(a answer, claimed bool, _ shown) string {
		n := 0
		for _, s := range a.shown {
			if re.MatchString(s.output) {
				n++
			}
		}
		if holds(n, len(a.shown)) != claimed {
			return "with the others it shows the opposite"
		}
		return ""
	}}
}

// proofOfTheContrary is the last command where some of them show a pattern where the claim is false; where it is true, it may be that what is there counts for nothing.
func proofOfTheContrary(pattern string) show {
	one := together(pattern, some)
	return show{check: func(a answer, claimed bool, s shown) string {
		if claimed {
			return ""
		}
		return one.check(a, true, s)
	}}
}

// policyOf is the record of the MTA-STS policy that counts for a host, if the verdict knows of one.
func policyOf(a answer, _ bool, s shown) string {
	for _, m := range a.Measured {
		if mode := string(m.Value); m.Fact == "mtasts.mode" && mode != "null" && mode != `"absent"` && !strings.Contains(s.output, "v=STSv1") {
			return "it does not show the record of the policy in mode " + mode
		}
	}
	return anAnswer.check(a, false, s)
}

func none(n, _ int) bool { return n == 0 }
func some(n, _ int) bool { return n > 0 }
