package rules

import (
	"fmt"
	"testing"

	"mxverdict/verify/facts"
)

// ordered are the comparisons of numbers, over all small operands.
func ordered() (texts []string) {
	for a := range 6 {
		for _, word := range []string{"is", "above", "below", "at_least", "at_most"} {
			texts = append(texts, fmt.Sprintf("{fact: dns.soa.serial, %s: %d}", word, a))
		}
		for b := range 6 {
			texts = append(texts, fmt.Sprintf("{fact: dns.soa.serial, in: [%d, %d]}", a, b), fmt.Sprintf("{fact: dns.soa.serial, outside: [%d, %d]}", a, b))
		}
	}
	return texts
}

func serial(n int64, atLeast bool) View {
	return caseView([]facts.Fact{{Name: facts.DNSSOASerial, Value: facts.IntValue(n), AtLeast: atLeast}}, facts.Server)
}

// "At least 3" decides a comparison where 3 and all greater numbers decide it alike, and nothing else.
func TestBoundsDecideWhatAllGreaterNumbersDecide(t *testing.T) {
	for _, text := range ordered() {
		c := condition(t, text)
		for n := range int64(8) {
			want := c.Eval(serial(n, false), &Trail{})
			for greater := range int64(8) {
				if c.Eval(serial(n+greater, false), &Trail{}) != want {
					want = Unknown
				}
			}
			if got := c.Eval(serial(n, true), &Trail{}); got != want {
				t.Errorf("%s of at least %d is %v, want %v", text, n, got, want)
			}
		}
	}
}

// Under not, any and all a bound never says what some greater number denies.
func TestBoundsInTrees(t *testing.T) {
	leaves := []string{"{fact: dns.soa.serial, is: 2}", "{fact: dns.soa.serial, in: [1, 3]}", "{fact: dns.soa.serial, below: 3}", "{fact: dns.soa.serial, outside: [1, 3]}",
		"{fact: dns.soa.serial, at_least: 2}", "{fact: dns.soa.serial, known: true}"}
	for _, a := range leaves {
		for _, b := range leaves {
			for _, text := range []string{"{not: " + a + "}", "{any: [" + a + ", " + b + "]}", "{all: [" + a + ", {not: " + b + "}]}"} {
				c := condition(t, text)
				for n := range int64(5) {
					got := c.Eval(serial(n, true), &Trail{})
					for greater := range int64(8) {
						if exact := c.Eval(serial(n+greater, false), &Trail{}); got != Unknown && got != exact {
							t.Errorf("%s of at least %d is %v, of %d it is %v", text, n, got, n+greater, exact)
						}
					}
				}
			}
		}
	}
}

// A list of which only a part was seen has what is in that part; what is not may be in the rest.
func TestBoundsOfLists(t *testing.T) {
	hosts := func(atLeast bool) View {
		return caseView([]facts.Fact{{Name: facts.MXHosts, Value: facts.ListValue([]string{"mail.example.com"}), AtLeast: atLeast}}, facts.Target)
	}
	seen, other := condition(t, "{fact: mx.hosts, has: MAIL.example.com}"), condition(t, "{fact: mx.hosts, has: other.example.com}")
	for _, atLeast := range []bool{true, false} {
		want := map[bool]Truth{true: Unknown, false: False}[atLeast]
		if a, b := seen.Eval(hosts(atLeast), &Trail{}), other.Eval(hosts(atLeast), &Trail{}); a != True || b != want {
			t.Errorf("at least %t: what was seen is %v, what was not %v; want true and %v", atLeast, a, b, want)
		}
	}
}
