package batch

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Comparison tells how one run differs from an earlier one, worst first. It holds where the differences stand and not what they say, so that
// its size does not depend on that of results.
type Comparison struct {
	Old, New Run
	Both     int // sources that both runs have
	Equal    int // verdicts that are as they were
	NoResult int // sources that had no result before, and have none now for the same reason

	Changes []Changed // of verdicts: those that there are, the worst first
	Reports []Changed
	Rules   []Turn // by rule, the worst first
	Hosts   []Turn
	Cut     bool // there were more hosts or rules than are counted by name

	ByRules map[Rules]int // verdicts that differ, by what other rules have to do with it

	old, new *reading
	verdicts []spot
	reports  []spot
	faults   []group
	counting *turning // until all is counted
}

// Changed counts one change.
type Changed struct {
	Change Change
	Faults int // rules at subjects; of reports the same as N
	Alone  int // of which other rules alone make the difference, in all reports that tell it
	N      int // verdicts or reports
}

// Turn counts for a rule or a host what changed, once for each rule and subject.
type Turn struct {
	Name    string
	About   string
	Changes map[Change]int
}

// spot is where a difference stands: in the records of a source, of which one may be missing.
type spot struct {
	old, new int64 // places in the files, or -1
	rank     uint8
}

// group is one change of one rule at one subject, in however many reports.
type group struct {
	spot
	key   uint64
	n     int32
	mixed bool // something else than other rules may make the difference
}

// turning counts while runs are compared.
type turning struct {
	collects     bool             // the faults of the old run
	later        []spot           // that have to wait until these are there
	faults       map[uint64]int32 // which of the groups
	rules, hosts map[string]*Turn
}

// Fault is a change of one rule at one subject, as the first report shows it that tells it, and how many tell it.
type Fault struct {
	Difference
	N int
}

// Compare compares the runs of two folders. Close ends what it gives.
func Compare(ctx context.Context, oldDir, newDir string) (*Comparison, error) {
	c := &Comparison{ByRules: map[Rules]int{}, counting: &turning{collects: true, faults: map[uint64]int32{}, rules: map[string]*Turn{}, hosts: map[string]*Turn{}}}
	var failed, err error
	var both sync.WaitGroup
	both.Go(func() { c.old, failed = openReading(ctx, oldDir) })
	c.new, err = openReading(ctx, newDir)
	both.Wait()
	if err = cmp.Or(failed, err); err == nil {
		c.Old, c.New = c.old.Run, c.new.Run
		err = c.compare(ctx)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close closes the files.
func (c *Comparison) Close() {
	c.old.close()
	c.new.close()
}

// compare goes through the new run in its order, then through what only the old one has.
func (c *Comparison) compare(ctx context.Context) error {
	for _, now := range c.new.places {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		at := spot{old: -1, new: now.at}
		if before := c.old.find(now.source); before != nil {
			before.met = true
			at.old = before.at
			c.Both++
		}
		if err := c.note(at); err != nil {
			return err
		}
	}
	for _, p := range c.old.places {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case p.met:
			continue
		}
		if err := c.note(spot{old: p.at, new: -1}); err != nil {
			return err
		}
	}
	c.old.kept()
	c.counting.collects = false
	for _, at := range c.counting.later {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.note(at); err != nil {
			return err
		}
	}
	c.settle()
	return nil
}

// look compares the two records of a spot. To read them is nearly all the work, and is done for both at once.
func (c *Comparison) look(at spot) (compared, error) {
	var old *judgedRecord
	var failed error
	var both sync.WaitGroup
	both.Go(func() { old, failed = c.old.read(at.old) })
	now, err := c.new.read(at.new)
	both.Wait()
	if err := cmp.Or(failed, err); err != nil {
		return compared{}, err
	}
	if c.counting != nil && c.counting.collects && old != nil {
		c.old.keep(old)
	}
	return c.compareRecords(old, now), nil
}

// note counts what differs at a spot. What seems to have come with a new report waits until all faults of the old run are known.
func (c *Comparison) note(at spot) error {
	found, err := c.look(at)
	if err != nil {
		return err
	}
	if c.counting.collects && slices.ContainsFunc(found.verdicts, func(d Difference) bool { return d.Before == nil && d.Change == Came }) {
		c.counting.later = append(c.counting.later, at)
		return nil
	}
	c.Equal += found.equal
	c.NoResult += found.noResult
	if d := found.report; d != nil {
		at.rank = uint8(slices.Index(ReportChanges, d.Change))
		c.reports = append(c.reports, at)
	}
	ranks := map[uint8]bool{}
	for i := range found.verdicts {
		d := &found.verdicts[i]
		at.rank = d.rank()
		if !ranks[at.rank] { // the others of this rank are found at the same spot
			ranks[at.rank] = true
			c.verdicts = append(c.verdicts, at)
		}
		c.ByRules[d.Rules]++
		c.group(at, d)
	}
	return nil
}

// group counts a difference among those of the same rule and subject.
func (c *Comparison) group(at spot, d *Difference) {
	key := d.key()
	i, there := c.counting.faults[key]
	if !there {
		i = int32(len(c.faults))
		c.counting.faults[key] = i
		c.faults = append(c.faults, group{spot: at, key: key})
		c.turn(c.counting.rules, d.Rule, d.About, d.Change)
		for _, host := range hostsOf(d.Subject) {
			c.turn(c.counting.hosts, host, "", d.Change)
		}
	}
	g := &c.faults[i]
	g.n++
	g.mixed = g.mixed || d.Rules != RulesDecide
	if at.rank < g.rank {
		g.spot = at
	}
}

// key is the same for what is one change, whichever reports tell it, and whenever it is asked for.
func (d *Difference) key() uint64 {
	h := fnv.New64a()
	io.WriteString(h, string(d.Change)+"\x00"+d.Rule+"\x00"+strings.ToLower(d.Subject))
	return h.Sum64()
}

// turn counts a change of one name.
func (c *Comparison) turn(names map[string]*Turn, name, about string, change Change) {
	t := names[name]
	if t == nil {
		if len(names) >= maxNames {
			c.Cut = true
			return
		}
		t = &Turn{Name: name, About: about, Changes: map[Change]int{}}
		names[name] = t
	}
	t.Changes[change]++
}

// settle brings what was counted into order.
func (c *Comparison) settle() {
	byRank := func(a, b spot) int { return cmp.Compare(a.rank, b.rank) }
	slices.SortStableFunc(c.verdicts, byRank)
	slices.SortStableFunc(c.reports, byRank)
	// Which of equal ones are shown must not hang on the order in which reports were judged.
	slices.SortFunc(c.faults, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.n, a.n), cmp.Compare(a.key, b.key))
	})
	c.Rules, c.Hosts = worstTurns(c.counting.rules), worstTurns(c.counting.hosts)
	c.counting = nil
	for _, change := range VerdictChanges {
		if g := c.of(change); len(g) > 0 {
			counted := Changed{Change: change, Faults: len(g)}
			for i := range g {
				counted.N += int(g[i].n)
				if !g[i].mixed {
					counted.Alone++
				}
			}
			c.Changes = append(c.Changes, counted)
		}
	}
	for i, change := range ReportChanges {
		n := 0
		for _, at := range c.reports {
			if int(at.rank) == i {
				n++
			}
		}
		if n > 0 {
			c.Reports = append(c.Reports, Changed{Change: change, Faults: n, N: n})
		}
	}
}

// of are the groups of one change. They stand beside each other.
func (c *Comparison) of(change Change) []group {
	which := func(r uint8) int { return int(r)/sizes - slices.Index(VerdictChanges, change) }
	from, _ := slices.BinarySearchFunc(c.faults, 0, func(g group, _ int) int { return which(g.rank) })
	to, _ := slices.BinarySearchFunc(c.faults, 1, func(g group, at int) int { return which(g.rank) - at })
	return c.faults[from:to]
}

func worstTurns(names map[string]*Turn) []Turn {
	turns := make([]Turn, 0, len(names))
	for t := range maps.Values(names) {
		turns = append(turns, *t)
	}
	slices.SortFunc(turns, func(a, b Turn) int {
		for _, change := range VerdictChanges {
			if a.Changes[change] != b.Changes[change] {
				return b.Changes[change] - a.Changes[change]
			}
		}
		return strings.Compare(a.Name, b.Name)
	})
	return turns
}

// Count is how often a change was met.
func (c *Comparison) Count(change Change) Changed {
	for _, list := range [][]Changed{c.Changes, c.Reports} {
		for _, n := range list {
			if n.Change == change {
				return n
			}
		}
	}
	return Changed{Change: change}
}

// Worst are the first of one change, each rule and subject once, and of equal ones in the order of their names.
func (c *Comparison) Worst(change Change, most int) ([]Fault, error) {
	groups := c.of(change)
	groups = groups[:min(len(groups), most)]
	var list []Fault
	for _, g := range groups {
		found, err := c.look(g.spot)
		if err != nil {
			return list, err
		}
		i := slices.IndexFunc(found.verdicts, func(d Difference) bool { return d.key() == g.key && d.rank() == g.rank })
		if i < 0 {
			return list, errChanged
		}
		list = append(list, Fault{found.verdicts[i], int(g.n)})
	}
	slices.SortFunc(list, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.N, a.N), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Rule, b.Rule))
	})
	return list, nil
}

// errChanged is the error of a file that says something else than a moment before.
var errChanged = fmt.Errorf("%s was changed while it was read", resultsFile)

// Verdicts are all verdicts that differ, the worst first, each report by itself. An error ends them.
func (c *Comparison) Verdicts() iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		for _, at := range c.verdicts {
			found, err := c.look(at)
			if err != nil {
				yield(Difference{}, err)
				return
			}
			for _, d := range found.verdicts {
				if d.rank() == at.rank && !yield(d, nil) {
					return
				}
			}
		}
	}
}

// Differing are the reports that are not there as they were, the worst first. An error ends them.
func (c *Comparison) Differing() iter.Seq2[ReportDifference, error] { return c.reportsAt(c.reports) }

// WorstReports are the first reports of one change.
func (c *Comparison) WorstReports(change Change, most int) ([]ReportDifference, error) {
	rank := uint8(slices.Index(ReportChanges, change))
	from, _ := slices.BinarySearchFunc(c.reports, rank, func(at spot, rank uint8) int { return cmp.Compare(at.rank, rank) })
	to := min(from+c.Count(change).N, from+most)
	var list []ReportDifference
	for d, err := range c.reportsAt(c.reports[from:to]) {
		if err != nil {
			return list, err
		}
		list = append(list, d)
	}
	return list, nil
}

// reportsAt reads reports that differ.
func (c *Comparison) reportsAt(spots []spot) iter.Seq2[ReportDifference, error] {
	return func(yield func(ReportDifference, error) bool) {
		for _, at := range spots {
			found, err := c.look(at)
			if err == nil && found.report == nil {
				err = errChanged
			}
			if err != nil {
				yield(ReportDifference{}, err)
				return
			}
			if !yield(*found.report, nil) {
				return
			}
		}
	}
}
