package rows

// need is what else a document has to show before a row counts. Rows are read once; what the document as a whole tells is known only
// at its end, and decides then.
type need uint8

const (
	certain    need = iota // nothing
	ofReporter             // that it is a document of the row's reporter
	inReport               // that a reporter's rows stand in it, or the titles of its tables
	neighbour              // a row that counts, or one of the same shape, directly above or below
	between                // rows that count directly above and below
)

// decide drops the rows for which the document does not show what they need.
func (r *reader) decide() {
	counts := make([]bool, len(r.rows))
	reporters := r.reporters()
	for i, x := range r.rows {
		switch x.need {
		case certain:
			counts[i] = true
		case ofReporter:
			counts[i] = reporters[r.findings[i].Reporter]
		case inReport:
			counts[i] = len(reporters) > 0 || r.tabular
		}
	}
	r.decideBeside(counts)
	r.decideBetween(counts)
	r.dropMentions(counts)
	kept := 0
	for i := range r.rows {
		if counts[i] {
			r.findings[kept], r.rows[kept] = r.findings[i], r.rows[i]
			kept++
		}
	}
	r.findings, r.rows = r.findings[:kept], r.rows[:kept]
}

// decideBeside counts the rows that have a row beside them. A run of names with marks is a table, even if none of them would count alone.
func (r *reader) decideBeside(counts []bool) {
	alike := func(i int) bool {
		return i >= 0 && i < len(counts) && (counts[i] || r.rows[i].need == neighbour && r.rows[i].marked && r.findings[i].Rule != "")
	}
	for i, x := range r.rows {
		if x.need != neighbour {
			continue
		}
		beside := func(k int) bool {
			return alike(k) && (counts[k] || alike(i)) && r.distance(min(i, k), max(i, k)) <= 2
		}
		counts[i] = beside(i-1) || beside(i+1)
	}
}

// decideBetween counts the lines that stand between rows, few at a time.
func (r *reader) decideBetween(counts []bool) {
	const most = 2 // lines between two rows
	for i := 0; i < len(counts); i++ {
		end, shaped := i, true
		for end < len(counts) && r.rows[end].need == between {
			shaped = shaped && r.rows[end].shaped
			end++
		}
		if end > i && end-i <= most && i > 0 && counts[i-1] && end < len(counts) && counts[end] && (r.rows[end].bare || shaped && !r.rows[end].gap) &&
			r.distance(i-1, end) == end-i+1 {
			for k := i; k < end; k++ {
				counts[k] = true
			}
		}
		i = max(i, end-1)
	}
}

// distance is how many lines that are not empty one row stands below another; in another block or mail it is far away.
func (r *reader) distance(above, below int) int {
	if r.rows[above].block != r.rows[below].block || r.rows[above].depth != r.rows[below].depth {
		return MaxFindings
	}
	return r.rows[below].top - r.rows[above].line
}

// reporters are those of whom the document certainly is: it names them, or holds a row that nobody else words so. The short names
// of some tests are words of every day; only a list of them is a report.
func (r *reader) reporters() map[string]bool {
	const list = 3
	is, short := map[string]bool{}, map[string]map[string]bool{}
	if r.mentioned != "" {
		is[r.mentioned] = true
	}
	for i, x := range r.rows {
		f := &r.findings[i]
		switch {
		case f.Reporter == "":
		case x.need == certain:
			is[f.Reporter] = true
		case x.need == inReport && x.marked:
			if short[f.Reporter] == nil {
				short[f.Reporter] = map[string]bool{}
			}
			if short[f.Reporter][f.Test] = true; len(short[f.Reporter]) >= list {
				is[f.Reporter] = true
			}
		}
	}
	return is
}
