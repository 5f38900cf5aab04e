package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// times shows once per subject what clients of each patience would have seen, and who would give up. Every verdict
// about timing carries both, and they are the same for all verdicts about one subject.
func (b *builder) times(verdicts []rules.Verdict) {
	var subjects []string
	views := map[string][]rules.WouldSee{}
	clients := map[string][]rules.PatienceRow{}
	know := func(subject string) {
		if !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
	}
	// The order is that of the verdicts above, so that a reader finds the table of each.
	for _, v := range inOrder(verdicts) {
		for _, s := range v.WouldSee {
			know(s.Subject)
			views[s.Subject] = addView(views[s.Subject], s)
		}
		for _, c := range v.Patience {
			know(v.Subject)
			if !slices.Contains(clients[v.Subject], c) {
				clients[v.Subject] = append(clients[v.Subject], c)
			}
		}
	}
	var tables []timeTable
	for _, subject := range subjects {
		if !timeMatters(views[subject], clients[subject]) {
			continue
		}
		tables = addTable(tables, timeTable{[]string{subject}, delay(verdicts, subject), viewLines(views[subject]), patienceLines(clients[subject])})
	}
	for _, table := range tables {
		about := strings.Join(table.subjects, ", ")
		if table.delay != "" {
			about += ", greeting after " + table.delay
		}
		b.section(Section{Level: Evidence, For: Internal, Mark: Strong, Title: "PATIENCE", Lead: foreign(about)})
		b.list("Would see", table.sees)
		b.list("Who gives up", table.givesUp)
	}
}

// timeMatters tells whether anybody would miss anything, or it is not known: a table in which all wait long enough tells nothing.
func timeMatters(views []rules.WouldSee, clients []rules.PatienceRow) bool {
	return slices.ContainsFunc(views, func(s rules.WouldSee) bool { return s.Greeting != rules.True || s.STARTTLS != rules.True }) ||
		slices.ContainsFunc(clients, func(c rules.PatienceRow) bool { return c.GivesUp != rules.False })
}

// timeTable is what is shown about the time of a subject, or of several that are alike.
type timeTable struct {
	subjects      []string
	delay         string
	sees, givesUp []string
}

// addTable adds a table, or its subject to a table that says the same.
// Eight addresses of one provider mostly have one delay.
func addTable(tables []timeTable, t timeTable) []timeTable {
	same := func(o timeTable) bool {
		return o.delay == t.delay && slices.Equal(o.sees, t.sees) && slices.Equal(o.givesUp, t.givesUp)
	}
	if i := slices.IndexFunc(tables, same); i >= 0 {
		tables[i].subjects = append(tables[i].subjects, t.subjects...)
		return tables
	}
	return append(tables, t)
}

// addView adds what a client would have seen, or one more owner of the same patience.
func addView(views []rules.WouldSee, s rules.WouldSee) []rules.WouldSee {
	same := func(o rules.WouldSee) bool {
		return o.Limit == s.Limit && o.Greeting == s.Greeting && o.STARTTLS == s.STARTTLS
	}
	i := slices.IndexFunc(views, same)
	switch {
	case i < 0:
		return append(views, s)
	case s.Whose == "" || slices.Contains(strings.Split(views[i].Whose, ", "), s.Whose):
	case views[i].Whose == "":
		views[i].Whose = s.Whose
	default:
		views[i].Whose += ", " + s.Whose
	}
	return views
}

// viewLines says what is seen after each patience; neighbours that see the same share a line.
// The views are measured ones, so that a longer patience never sees less; lines of neighbours can be joined.
func viewLines(views []rules.WouldSee) []string {
	slices.SortStableFunc(views, func(a, b rules.WouldSee) int { return cmp.Compare(a.Limit, b.Limit) })
	misses := func(s rules.WouldSee) bool { return s.Greeting != rules.True || s.STARTTLS != rules.True }
	// A table in which everybody sees everything is one sentence.
	if len(views) > 1 && !slices.ContainsFunc(views, misses) {
		return []string{"waiting " + secs(views[0].Limit) + " or longer: " + sees(rules.True, rules.True)}
	}
	var lines []string
	limits := ""
	for i, s := range views {
		limits += secs(s.Limit)
		if s.Whose != "" {
			limits += " (" + s.Whose + ")"
		}
		seen := sees(s.Greeting, s.STARTTLS)
		if i+1 < len(views) && sees(views[i+1].Greeting, views[i+1].STARTTLS) == seen {
			limits += ", "
			continue
		}
		lines = append(lines, "waiting "+limits+": "+seen)
		limits = ""
	}
	return lines
}

// sees says what a client knows at the end of its patience.
func sees(greeting, starttls rules.Truth) string {
	switch {
	case greeting == rules.True && starttls == rules.True:
		return "sees everything"
	case greeting == rules.False:
		return "sees nothing, hangs up before the greeting"
	case greeting == rules.Unknown:
		return "not known what it sees"
	case starttls == rules.False:
		return "sees the greeting, but not whether encryption is offered"
	}
	return "sees the greeting; not known whether it learns that encryption is offered"
}

// delay is the measured wait for the greeting that the verdicts about a subject rest on; "" if it is not one figure.
// Several figures, as of several addresses, are in the table below and not in its heading.
func delay(verdicts []rules.Verdict, subject string) string {
	found := ""
	for _, v := range verdicts {
		for _, m := range v.Measured {
			if v.Subject != subject || m.Fact != facts.SMTPGreetingLatency || m.Value.Kind() != facts.Duration {
				continue
			}
			said := m.Value.String()
			if m.AtLeast {
				said += " or more"
			}
			if found != "" && found != said {
				return ""
			}
			found = said
		}
	}
	return found
}

// patienceLines says who gives up. Senders come first: a tester who leaves costs a report, a sender costs mail.
func patienceLines(clients []rules.PatienceRow) []string {
	var lines []string
	say := func(sender bool, gives rules.Truth, words string) {
		if names := waiters(clients, sender, gives); names != "" {
			lines = append(lines, words+": "+names)
		}
	}
	if waiters(clients, true, rules.True) == "" && waiters(clients, true, rules.Unknown) == "" {
		say(true, rules.False, "none of these senders of real mail")
	} else {
		say(true, rules.True, "these senders of real mail")
		say(true, rules.False, "not these senders, who wait long enough")
	}
	say(true, rules.Unknown, "not known of these senders")
	say(false, rules.True, "these testers hang up and may misreport it")
	say(false, rules.False, "these testers wait long enough")
	say(false, rules.Unknown, "not known of these testers")
	return lines
}

// waiters names those of one kind to whom one thing happens, with how long each waits.
func waiters(clients []rules.PatienceRow, sender bool, gives rules.Truth) string {
	var names []string
	for _, c := range clients {
		if c.Sender == sender && c.GivesUp == gives {
			names = append(names, fmt.Sprintf("%s (%s)", c.Name, secs(c.Waits)))
		}
	}
	return strings.Join(names, ", ")
}

// sources cites where the waits are known from: claims about other people's software carry a date.
func (b *builder) sources(verdicts []rules.Verdict) {
	var points []Text
	said := map[string]bool{}
	for _, v := range verdicts {
		for _, c := range v.Patience {
			if text := fmt.Sprintf("%s: %s, seen %s", c.Name, c.Source, c.Seen); !said[text] {
				said[text] = true
				points = append(points, foreign(text))
			}
		}
	}
	if len(points) > 0 {
		b.section(Section{Level: Log, For: Internal, Mark: Strong, Title: "HOW LONG OTHERS WAIT", Lead: ours("from where that is known")})
		b.add(&List{points})
	}
}
