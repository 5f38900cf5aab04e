package wording_test

import (
	"strings"
	"testing"

	"mxverdict/parser"
	"mxverdict/parser/report"
)

// counting is a vocabulary that counts what it is asked: calls, and the bytes of the texts that it has to read to their ends.
type counting struct {
	report.Vocabulary
	asked int
}

func (c *counting) Find(text string, context report.Context) []report.Match {
	c.asked += 1 + len(text)
	return c.Vocabulary.Find(text, context)
}

func (c *counting) Detail(text string) (report.Detail, bool) {
	c.asked += 1 + len(text)
	return c.Vocabulary.Detail(text)
}

func (c *counting) Frame(text string) bool {
	c.asked += 1 + len(text)
	return c.Vocabulary.Frame(text)
}

func (c *counting) Mentions(text string) (string, bool) {
	c.asked += 1 + len(text)
	return c.Vocabulary.Mentions(text)
}

func (c *counting) TestName(text string) (string, int, bool) {
	c.asked++
	return c.Vocabulary.TestName(text)
}

func (c *counting) StatusWord(text string) (report.Status, int, bool) {
	c.asked++
	return c.Vocabulary.StatusWord(text)
}

func (c *counting) Category(word string) (report.Kind, bool) {
	c.asked++
	return c.Vocabulary.Category(word)
}

// TestLinear checks that of lines twice as long no more than twice as much is asked, whatever stands in it.
func TestLinear(t *testing.T) {
	v := shipped(t)
	asked := func(text string) int {
		c := &counting{Vocabulary: v}
		_, _ = parser.Parse(strings.NewReader(text), "-", c) // there may be nothing in it
		return c.asked
	}
	const times = 200 // a piece of text stands on the line
	for _, piece := range []string{
		"a:", "a:b ", "No PTR Record found ", "Does not support TLS and ", "is Does not support TLS x, ", "x Failed To Connect y, ",
		`"SMTP TLS" `, "SMTP TLS, ", "SMTP TLS ", "Warning - ", "Warning ", "⚠ ✔ ", "⚠", "mx.example.com ", "dns:example.com ", "smtp:[ ", "a\t",
		"No DMARC Record found for example.com ", `it does not say "Does not support TLS" `, "対象ドメインはmx.example.comです。",
		"https://mxtoolbox.com/SuperTool.aspx?action=mx%3aexample.com ", "listed-", "x,", "- ", "OK - x, ", "SMTP TLS - Warning, ", "0 ", "1 error ",
		"SMTP TLS: Does not support TLS, ", "✔ SMTP TLS ", "found: ", "Timeout ", "Blacklisted by a-", "::", "<b>", "{\"a\":",
	} {
		once, twice := asked(strings.Repeat(strings.Repeat(piece, times)+"\n", 2)), asked(strings.Repeat(strings.Repeat(piece, 2*times)+"\n", 2))
		if float64(twice) > 2.5*float64(once)+1000 {
			t.Errorf("of %d times %q %d is asked, of %d times %d", times, piece, once, 2*times, twice)
		}
		lines, more := asked(strings.Repeat(piece+"\n", times)), asked(strings.Repeat(piece+"\n", 2*times))
		if float64(more) > 2.5*float64(lines)+1000 {
			t.Errorf("of %d lines %q %d is asked, of %d lines %d", times, piece, lines, 2*times, more)
		}
	}
}
