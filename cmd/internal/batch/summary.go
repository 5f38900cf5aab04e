package batch

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Summary counts what a run found, worst first.
type Summary struct {
	Reports, Errors int
	Unread          int            // reports of which no row is understood
	Labels          map[string]int // verdicts by label
	Accepted        int            // of those that are confirmed: what the organisation knows and accepts
	UrgentOpen      int            // urgent ones that could not be decided
	Worst           []Count        // the reports in which most is confirmed or open, of which there are at most maxWorst
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
	Urgent  int            // of a report: urgent verdicts that could not be decided
	N       int            // verdicts, or rows
	Example string         // a source in which it stands: where it is worst, of several the first by name, whatever was judged first

	rank int // of the label there, by order
}

// maxNames bounds what is counted by name: a run may meet a million of hosts.
const maxNames = 50_000

// maxWorst bounds the reports that are named one by one.
const maxWorst = 100

// judged is what the summary reads of a result.
type judged struct {
	Report struct {
		Findings []finding `json:"findings"`
	} `json:"report"`
	Causes []struct {
		ID       string `json:"id"`
		Findings []int  `json:"findings"`
	} `json:"causes"`
	Verdicts []struct {
		Rule     string    `json:"rule"`
		About    string    `json:"about"`
		Subject  string    `json:"subject"`
		Verdict  string    `json:"verdict"`
		Urgent   bool      `json:"urgent"`
		Accepted *struct{} `json:"accepted"`
		Findings []finding `json:"findings"`
	} `json:"verdicts"`
	Unrecognised []finding `json:"unrecognised"`
}

// finding is what the summary reads of a row.
type finding struct {
	Rule     string `json:"rule"`
	Reporter string `json:"reporter"`
	Text     string `json:"text"`
}

// Summarise counts records. It holds no more of them than their names. An error, which is one of reading, comes with what was counted before.
func Summarise(records iter.Seq2[Record, error]) (Summary, error) {
	s := Summary{Labels: map[string]int{}}
	c := counting{&s, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}, map[string]*Count{}}
	failed := readAll(records, c.add)
	s.Rules, s.Causes, s.Reporters, s.Hosts = worst(c.rules), worst(c.causes), worst(c.reporters), worst(c.hosts)
	s.NotUnderstood, s.Failures = worst(c.unknown), worst(c.failures)
	return s, failed
}

// readAll reads the results of records on all processors, which is nearly all of the work, and hands them out one at a time, in any order.
func readAll(records iter.Seq2[Record, error], add func(Record, judged)) (failed error) {
	todo := make(chan Record, 64)
	var adding sync.Mutex
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			for r := range todo {
				var j judged
				if r.Error == "" && json.Unmarshal(r.Result, &j) != nil {
					r.Error = "its record in " + resultsFile + " is not one of this program"
				}
				adding.Lock()
				add(r, j)
				adding.Unlock()
			}
		})
	}
	for r, err := range records {
		if failed = err; err != nil {
			break
		}
		todo <- r
	}
	close(todo)
	readers.Wait()
	return failed
}

// counting is a summary that is being made.
type counting struct {
	*Summary
	rules, causes, reporters, hosts, unknown, failures map[string]*Count
}

func (c *counting) add(r Record, j judged) {
	if r.Error != "" {
		c.Errors++
		c.count(c.failures, shape(r.Error), "", "", r.Source)
		return
	}
	c.Reports++
	if !slices.ContainsFunc(j.Report.Findings, func(f finding) bool { return f.Rule != "" }) {
		c.Unread++
	}
	report := Count{Name: r.Source, Example: r.Source, Labels: map[string]int{}, N: len(j.Verdicts)}
	for _, v := range j.Verdicts {
		c.Labels[v.Verdict]++
		if v.Accepted == nil {
			report.Labels[v.Verdict]++
		} else if v.Verdict == "confirmed" {
			c.Accepted++
		}
		if v.Urgent && v.Verdict == "inconclusive" {
			report.Urgent++
		}
		c.count(c.rules, v.Rule, v.About, v.Verdict, r.Source)
		for _, host := range hostsOf(v.Subject) {
			c.count(c.hosts, host, "", v.Verdict, r.Source)
		}
		if len(v.Findings) > 0 {
			c.count(c.reporters, cmp.Or(v.Findings[0].Reporter, "not known"), "", v.Verdict, r.Source)
		}
	}
	c.UrgentOpen += report.Urgent
	c.rank(report)
	for _, cause := range j.Causes {
		c.count(c.causes, cause.ID, "", "", r.Source)
	}
	for _, f := range j.Unrecognised {
		c.count(c.unknown, shape(f.Text), "", "", r.Source)
	}
}

// count counts one thing.
func (c *counting) count(names map[string]*Count, name, about, label, source string) {
	n, rank := names[name], slices.Index(order, label)
	if n == nil {
		if len(names) >= maxNames {
			c.Cut = true
			return
		}
		n = &Count{Name: name, About: about, Example: source, rank: rank}
		names[name] = n
	}
	if rank < n.rank || rank == n.rank && source < n.Example {
		n.Example, n.rank = source, rank
	}
	n.N++
	if label != "" {
		if n.Labels == nil {
			n.Labels = map[string]int{}
		}
		n.Labels[label]++
	}
}

// rank takes a report among the worst, if it is one of these.
func (c *counting) rank(report Count) {
	if report.Labels["confirmed"]+report.Labels["inconclusive"] == 0 {
		return
	}
	if at, _ := slices.BinarySearchFunc(c.Worst, report, worseFirst); at < maxWorst {
		c.Worst = slices.Insert(c.Worst, at, report)
		c.Worst = c.Worst[:min(len(c.Worst), maxWorst)]
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
	slices.SortFunc(counts, worseFirst)
	return counts
}

// worseFirst compares what was counted.
func worseFirst(a, b Count) int {
	by := func(label string) int { return b.Labels[label] - a.Labels[label] }
	return cmp.Or(by(order[0]), b.Urgent-a.Urgent, by(order[1]), by(order[2]), by(order[3]), b.N-a.N, strings.Compare(a.Name, b.Name))
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
