package e2e

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mxverdict/verify/evidence"
)

// replied replays a story.
func replied(t *testing.T, story string, args ...string) string {
	t.Helper()
	o := command(t, t.Context(), append([]string{"replay", filepath.Join(stories, story, "evidence.json")}, args...)...)
	if o.code > 4 || o.code == 2 && story != "all-ok" || o.stdout == "" {
		t.Fatalf("%s: exit code %d: %s", story, o.code, o.stderr)
	}
	return o.stdout
}

// deskWords are what only the desk that tested has to do with: its name, its resolver and proxy, with and without their ports.
func deskWords(v evidence.Vantage) (words []string) {
	for _, word := range []string{v.Helo, v.Resolver, v.Proxy} {
		words = append(words, word)
		if host, _, err := net.SplitHostPort(strings.TrimPrefix(word, "socks5://")); err == nil {
			words = append(words, host)
		}
	}
	return slices.DeleteFunc(words, func(word string) bool { return word == "" })
}

// wantNothingOfTheDesk demands of a result in JSON that its reply names nothing of the network from which was tested: customers are sent it.
func wantNothingOfTheDesk(t *testing.T, result string) {
	t.Helper()
	var document struct {
		Reply    string
		Evidence struct{ Vantage evidence.Vantage }
	}
	if err := json.Unmarshal([]byte(result), &document); err != nil {
		t.Fatalf("%v: %.300s", err, result)
	}
	if document.Reply == "" {
		t.Error("there is no reply")
	}
	words := deskWords(document.Evidence.Vantage)
	if len(words) < 2 {
		t.Errorf("the evidence names only %q of the desk", words)
	}
	for _, word := range words {
		if alone := regexp.MustCompile(`(^|[^0-9A-Za-z.:])` + regexp.QuoteMeta(word) + `([^0-9A-Za-z]|$)`); alone.MatchString(document.Reply) {
			t.Errorf("the customer is told of %q:\n%s", word, document.Reply)
		}
	}
}

// What goes to a customer names nothing of the desk, and none of the words that only postmasters know without one that explains it.
func TestRepliesOfStories(t *testing.T) {
	parallel(t)
	label := regexp.MustCompile(`(?i)false.positive|policy.disagreement|inconclusive|\bEHLO\b|\bSTARTTLS\b|\bSOA\b|\bPTR\b|\bglue\b`)
	quotes := regexp.MustCompile(`"[^"]*"`)
	for _, s := range theStories(t) {
		story := s.name
		t.Run(story, func(t *testing.T) {
			text := replied(t, story, "--format", "json")
			if story != "all-ok" { // for which nobody was asked anything
				wantNothingOfTheDesk(t, text)
			}
			reply := replied(t, story, "--format", "reply")
			own := quotes.ReplaceAllString(strings.Join(strings.Fields(reply), " "), "") // the rows are the customer's words
			for _, sentence := range strings.SplitAfter(own, ".") {
				if word := label.FindString(sentence); word != "" && !strings.Contains(sentence, "("+word+")") {
					t.Errorf("%q is not explained in %q", word, sentence)
				}
			}
			// The customer's part of the other formats is the reply, word for word.
			flat := strings.Join(strings.Fields(reply), " ")
			shown := func(out string) string {
				return strings.ReplaceAll(strings.Join(strings.Fields(out), " "), "…", "...")
			} // which a ticket writes in ASCII
			for _, format := range []string{"text", "ticket"} {
				for _, audience := range []string{"both", "customer"} {
					if out := replied(t, story, "--format", format, "--audience", audience, "-vv"); !strings.Contains(shown(out), flat) {
						t.Errorf("%s for %s does not hold the reply:\n%.2000s", format, audience, out)
					}
				}
				if out := replied(t, story, "--format", format, "--audience", "internal"); strings.Contains(shown(out), flat) {
					t.Errorf("%s for the desk holds the reply:\n%s", format, out)
				}
			}
		})
	}
}

// Answers are short enough to be read: 40 lines for the founding story and 20 for a report of one row at a terminal, no line beyond 80
// columns, and a reply of 15 lines for five findings.
func TestLengthOfAnswers(t *testing.T) {
	parallel(t)
	lines := func(out string) int { return strings.Count(strings.TrimSpace(out), "\n") + 1 }
	for _, s := range theStories(t) {
		story := s.name
		var a struct{ Verdicts []json.RawMessage }
		if err := json.Unmarshal([]byte(replied(t, story, "--format", "json")), &a); err != nil {
			t.Fatal(err)
		}
		most := 40
		if len(a.Verdicts) == 1 {
			most = 20
		}
		text := replied(t, story)
		if n := lines(text); n > most {
			t.Errorf("%s: %d lines for %d verdicts, want %d at most:\n%s", story, n, len(a.Verdicts), most, text)
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%s: %d columns: %s", story, n, line)
			}
		}
	}
	// The frame leaves room for five sentences of an ordinary length.
	house := t.TempDir()
	if err := os.Mkdir(filepath.Join(house, "languages"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(house, "languages", "house.yaml"), []byte(shortSentences), 0o600); err != nil {
		t.Fatal(err)
	}
	reply := replied(t, "greeting-delay", "--format", "reply", "--rules", house)
	if n := lines(reply); n > 15 || !strings.Contains(reply, "It is not so") {
		t.Errorf("%d lines, want 15 at most:\n%s", n, reply)
	}
}

// shortSentences take the place of those of the catalogue that the founding story has.
const shortSentences = `schema: mxverdict/language/1
language: en
rules:
  smtp/banner-mismatch: {artifact: "It is not so: the greeting holds the name that belongs to its address."}
  smtp/tls-missing: {artifact: "It is not so: encryption works."}
  smtp/transaction-time: {policy_disagreement: "Real mail servers wait for minutes, so nothing is lost by it."}
  dns/soa-serial-format: {policy_disagreement: "Your DNS provider counts versions of your zone by it. No mail depends on it."}
  dns/soa-expire: {policy_disagreement: "Your DNS provider chooses how long copies of your zone are kept. No mail depends on it."}
`

// The same with the sentences that are shipped.
func TestLengthOfTheFoundingReply(t *testing.T) {
	parallel(t)
	_, reply, _ := strings.Cut(replied(t, "greeting-delay", "--audience", "customer"), "\n") // below the heading
	if n := strings.Count(strings.TrimSpace(reply), "\n") + 1; n > 15 {
		t.Errorf("%d lines at 80 columns:\n%s", n, reply)
	}
}
