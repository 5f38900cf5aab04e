package rows

// need is what else a document has to show before a row counts. Rows are read once; what the document as a whole tells is known only
// at its end, and decides then.
type need uint8

const (
	certain    need = iota // nothing
	ofReporter             // that it is a document of the row's reporter
	inReport               // that a reporter's rows stand in it, or the titles of its tables
	framed                 // words that say that faults follow
	neighbour              // a row that counts, directly above or below
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
			counts[i] = len(reporters) > 0 || r.titled
		case framed:
			counts[i] = x.framed
		}
	}
	for i, x := range r.rows {
		if x.need == neighbour {
			counts[i] = i > 0 && counts[i-1] && r.adjacent(i-1, i) || i+1 < len(counts) && counts[i+1] && r.adjacent(i, i+1)
		}
	}
	kept := 0
	for i := range r.rows {
		if counts[i] {
			r.findings[kept], r.rows[kept] = r.findings[i], r.rows[i]
			kept++
		}
	}
	r.findings, r.rows = r.findings[:kept], r.rows[:kept]
}

// adjacent tells whether no prose and no more than an empty line stands between two rows.
func (r *reader) adjacent(a, b int) bool {
	return r.rows[a].block == r.rows[b].block && r.rows[b].line-r.rows[a].line <= 2
}

// reporters are those of whom the document certainly is: it names them, or holds a row that nobody else words so. The short names
// of some tests are words of every day; only a list of them is a report.
func (r *reader) reporters() map[string]bool {
	const list = 3
	is, short := map[string]bool{}, map[string]map[string]bool{}
	for _, named := range r.mentioned {
		is[named] = true
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
