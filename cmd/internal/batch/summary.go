package batch

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Summary counts what a run found, worst first.
type Summary struct {
	Reports, Errors int
	Labels          map[string]int // verdicts by label
	UrgentOpen      int            // urgent ones that could not be decided
	Rules           []Count        // by rule, the most that is confirmed first
	Causes          []Count
	Reporters       []Count
	Hosts           []Count
	NotUnderstood   []Count // rows that no wording knows, by their words
	Failures        []Count // why inputs have no result
	Cut             bool    // there were more hosts or sentences than are counted by name
}

// Count is how often something was met.
type Count struct {
	Name    string
	About   string         // what it is about in words, or ""
	Labels  map[string]int // its verdicts by label; nil where it has none
	N       int            // verdicts, or rows
	Example string         // a source in which it stands
}

// maxNames bounds what is counted by name: a run may meet a million of hosts.
const maxNames = 50_000

// judged is what the summary reads of a result.
type judged struct {
	Causes []struct {
		ID       string `json:"id"`
		Findings []int  `json:"findings"`
	} `json:"causes"`
	Verdicts []struct {
		Rule     string `json:"rule"`
		About    string `json:"about"`
		Subject  string `json:"subject"`
		Verdict  string `json:"verdict"`
		Urgent   bool   `json:"urgent"`
		Findings []struct {
			Reporter string `json:"reporter"`
		} `json:"findings"`
	} `json:"verdicts"`
	Unrecognised []struct {
		Text string `json:"text"`
	} `json:"unrecognised"`
}

// Summarise counts records. It holds no more of them than their names. An error, which is one of reading, comes with what was counted before.
func Summarise(records iter.Seq2[Record, error]) (Summary, error) {
	s := Summary{Labels: map[string]int{}}
	c := counting{&s, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}}
	var failed error
	for r, err := range records {
		if failed = err; err != nil {
			break
		}
		c.add(r)
	}
	s.Rules, s.Causes, s.Reporters, s.Hosts = worst(c.rules), worst(c.causes), worst(c.reporters), worst(c.hosts)
	s.NotUnderstood, s.Failures = worst(c.unknown), worst(c.failures)
	return s, failed
}

// counting is a summary that is being made.
type counting struct {
	*Summary
	rules, causes, reporters, hosts, unknown, failures map[string]*Count
}

func (c *counting) add(r Record) {
	if r.Error != "" {
		c.Errors++
		c.count(c.failures, shape(r.Error), "", "", r.Source)
		return
	}
	c.Reports++
	var j judged
	if json.Unmarshal(r.Result, &j) != nil {
		return
	}
	for _, v := range j.Verdicts {
		c.Labels[v.Verdict]++
		if v.Urgent && v.Verdict == "inconclusive" {
			c.UrgentOpen++
		}
		c.count(c.rules, v.Rule, v.About, v.Verdict, r.Source)
		for _, subject := range strings.Split(v.Subject, ", ") {
			host, _, _ := strings.Cut(subject, " ")
			c.count(c.hosts, host, "", v.Verdict, r.Source)
		}
		if len(v.Findings) > 0 {
			c.count(c.reporters, cmp.Or(v.Findings[0].Reporter, "not known"), "", v.Verdict, r.Source)
		}
	}
	for _, cause := range j.Causes {
		c.count(c.causes, cause.ID, "", "", r.Source)
	}
	for _, f := range j.Unrecognised {
		c.count(c.unknown, shape(f.Text), "", "", r.Source)
	}
}

// count counts one thing.
func (c *counting) count(names map[string]*Count, name, about, label, source string) {
	n := names[name]
	if n == nil {
		if len(names) >= maxNames {
			c.Cut = true
			return
		}
		n = &Count{Name: name, About: about, Example: source}
		names[name] = n
	}
	n.N++
	if label != "" {
		if n.Labels == nil {
			n.Labels = map[string]int{}
		}
		n.Labels[label]++
	}
}

// order are the labels, the worst first.
var order = []string{"confirmed", "inconclusive", "false_positive", "policy_disagreement"}

// worst sorts what was counted: what is confirmed most often first, then what is open.
func worst(names map[string]*Count) []Count {
	counts := make([]Count, 0, len(names))
	for n := range maps.Values(names) {
		counts = append(counts, *n)
	}
	slices.SortFunc(counts, func(a, b Count) int {
		for _, label := range order {
			if a.Labels[label] != b.Labels[label] {
				return b.Labels[label] - a.Labels[label]
			}
		}
		return cmp.Or(b.N-a.N, strings.Compare(a.Name, b.Name))
	})
	return counts
}

// What differs from row to row of one sentence: names, addresses and numbers.
var (
	namesIn   = regexp.MustCompile(`\b([A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*\b|\b[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\b`)
	numbersIn = regexp.MustCompile(`[0-9]+([.,][0-9]+)*`)
)

// shape is a sentence without what differs, so that a wording that is missing is seen once.
func shape(text string) string {
	const longest = 200
	text = strings.Join(strings.Fields(text), " ")
	text = numbersIn.ReplaceAllString(namesIn.ReplaceAllString(text, "NAME"), "N")
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest])
	}
	return text
}
