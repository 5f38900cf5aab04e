package document

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
)

// The reply is what a customer is sent: the answer on the whole, then a plain sentence for each point of his report, the cause first where
// several have one. Its words stand in the YAML of rules and languages; here is only what is said, and in which order.

const (
	maxPoints  = 14 // longer replies are not read; what is to be repaired comes first
	maxThings  = 4  // named in the answer on the whole
	maxQuotes  = 3  // rows of the report that are quoted in one point
	quoteWidth = 70 // characters of a row: enough to find it again
)

// reply is the section for the customer.
func (b *builder) reply(r result.Result) {
	b.section(Section{For: Customer, Mark: Strong, Title: "REPLY", Lead: ours("to the customer, ready to send")})
	w := writer{r, r.Language}
	if w.words == nil {
		w.words = &rules.Language{}
	}
	groups := w.groups()
	host := ""
	if len(groups) == 1 {
		host = w.onlyHost(groups[0])
	}
	b.lines(w.salutation())
	b.paragraph(w.opening(groups, host))
	for _, g := range groups {
		if len(groups) > 1 {
			b.paragraph(g.name + ": " + strings.Join(w.whole(g), " "))
		}
		if points := w.points(g, host); len(points) > 0 {
			b.add(&List{foreigns(points)})
		}
	}
	b.paragraph(w.notUnderstood())
	if slices.ContainsFunc(r.Judgement.Verdicts, asksForWork) {
		b.paragraph(w.say("whom", nil))
	}
	b.lines(w.closing())
}

// asksForWork tells whether somebody is asked to repair something, whom a customer may not know.
func asksForWork(v rules.Verdict) bool { return toRepair(v) || v.Repair }

// toRepair tells whether a verdict names something that has to be repaired. What the organisation knows and lives with has not.
func toRepair(v rules.Verdict) bool {
	return Outcome(v.Verdict) == rules.Confirmed && v.Accepted == nil
}

// paragraph adds running text, if there is any.
func (b *builder) paragraph(text string) {
	if text != "" {
		b.add(&Paragraph{prose(text)})
	}
}

// lines adds lines that somebody wrote, each as it stands.
func (b *builder) lines(texts []string) {
	for _, text := range texts {
		b.paragraph(text)
	}
}

// Reply is the reply as plain text: a line a paragraph, points with a dash.
func Reply(r result.Result) string {
	b := &builder{}
	b.reply(r)
	var lines []string
	for _, block := range b.sections[0].Blocks {
		switch block := block.(type) {
		case *Paragraph:
			lines = append(lines, block.Text.String())
		case *List:
			for _, point := range block.Points {
				lines = append(lines, "- "+point.String())
			}
		}
	}
	return strings.Join(lines, "\n")
}

// writer writes the reply to one report in one language.
type writer struct {
	r     result.Result
	words *rules.Language
}

// values are what a phrase is filled with.
type values = map[string]string

func (w writer) say(phrase string, v values) string { return w.words.Say(phrase, v) }

// group is what is said about one domain. A reply about two must not leave open which of them is meant.
type group struct {
	name     string
	verdicts []rules.Verdict
}

// groups parts the verdicts by the domains that they are about.
func (w writer) groups() []group {
	var groups []group
	for _, v := range inOrder(w.r.Judgement.Verdicts) {
		name := w.domainOf(v)
		i := slices.IndexFunc(groups, func(g group) bool { return g.name == name })
		if i < 0 {
			i, groups = len(groups), append(groups, group{name: name})
		}
		groups[i].verdicts = append(groups[i].verdicts, v)
	}
	return groups
}

// domainOf is the domain that a verdict is about: the one whose mail host it speaks of, else that of its name.
func (w writer) domainOf(v rules.Verdict) string {
	subject := v.Subject
	if len(v.Findings) > 0 && v.Findings[0].Subject != "" {
		subject = v.Findings[0].Subject
	}
	host := hostOf(subject)
	for _, t := range w.r.Evidence.Targets {
		for _, h := range t.Hosts {
			if t.Kind == "domain" && (h.Name == host || slices.Contains(h.Addresses, host)) {
				return organisation(t.Name)
			}
		}
	}
	return organisation(host)
}

// organisation is the domain under which a name is registered; an address has none.
func organisation(name string) string {
	if _, err := netip.ParseAddr(name); err == nil {
		return name
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return domain
	}
	return name
}

// hostOf is the name in a subject such as "mail.example.com [192.0.2.1], mx.example.com [192.0.2.2]".
func hostOf(subject string) string {
	name, _, _ := strings.Cut(subject, ",")
	name, _, _ = strings.Cut(name, " ")
	return strings.Trim(name, "[]")
}

// opening says what was tested and when, and the answer on the whole if there is one answer.
func (w writer) opening(groups []group, host string) string {
	var said []string
	if w.r.Interrupted {
		said = append(said, w.say("interrupted", nil))
	}
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.name
	}
	if len(groups) == 1 {
		names[0] = firstOf(w.r.Report.Target.Name(), names[0])
		if host != "" {
			names[0] += " (" + host + ")"
		}
	}
	v := values{"target": w.listed(names, maxThings)}
	if !w.r.StartedAt.IsZero() && v["target"] != "" {
		v["when"] = w.moment(w.r.StartedAt)
		if made := w.r.Report.TestedAt; made != nil {
			v["date"] = w.date(*made)
			said = append(said, w.say("tested_report_of", v))
		} else {
			said = append(said, w.say("tested", v))
		}
	}
	switch {
	case len(groups) == 1:
		said = append(said, w.whole(groups[0])...)
	case len(groups) > 1:
	case len(w.r.Judgement.Unrecognised) > 0:
		said = append(said, w.say("nothing_understood", nil))
	default:
		said = append(said, w.say("no_warning", nil))
	}
	return strings.Join(said, " ")
}

// whole is the answer about a domain in a sentence or some: what is urgent, what has to be repaired, and else that nothing has.
func (w writer) whole(g group) []string {
	named := func(meant func(rules.Verdict) bool) []string {
		var topics []string
		for _, v := range g.verdicts {
			if topic := firstOf(v.Topic, firstOf(v.About, v.Rule)); meant(v) && !slices.Contains(topics, topic) {
				topics = append(topics, topic)
			}
		}
		return topics
	}
	urgent := named(func(v rules.Verdict) bool { return toRepair(v) && v.Urgent })
	urgentOpen := named(func(v rules.Verdict) bool { return Outcome(v.Verdict) == rules.Inconclusive && v.Urgent })
	broken := named(func(v rules.Verdict) bool { return toRepair(v) && !v.Urgent })
	worth := named(func(v rules.Verdict) bool { return !toRepair(v) && v.Repair })
	confirmed, open := counted(g, toRepair), counted(g, func(v rules.Verdict) bool { return Outcome(v.Verdict) == rules.Inconclusive })
	decided := len(g.verdicts) - open
	var said []string
	tell := func(phrase string, things []string) {
		said = append(said, w.say(phrase, values{"things": w.things(things), "n": strconv.Itoa(len(things))}))
	}
	if confirmed > 0 && confirmed == len(g.verdicts) && len(w.r.Judgement.Unrecognised) == 0 {
		tell("report_right", nil)
	}
	w.each(tell, urgent, "urgent_repair", "urgent_repair")
	w.each(tell, urgentOpen, "urgent_open", "urgent_open")
	if len(urgent) > 0 {
		w.each(tell, broken, "also_repair", "also_repair")
	} else {
		w.each(tell, broken, "one_repair", "repairs")
	}
	someOpen := func() {
		if open > 0 && decided > 0 {
			said = append(said, w.say(map[bool]string{true: "one_open", false: "some_open"}[open == 1], values{"n": strconv.Itoa(open)}))
		}
	}
	switch {
	case confirmed > 0:
		w.each(tell, worth, "also_worth", "also_worth")
		someOpen()
	case decided > 0 || open > len(urgentOpen): // else all that is open is urgent, and was said so
		someOpen()
		said = append(said, w.unbroken(g, decided, open)...)
		w.each(tell, worth, "worth", "worth")
	}
	return said
}

// each tells of things, if there are any, in the singular or the plural.
func (w writer) each(tell func(string, []string), things []string, one, many string) {
	switch len(things) {
	case 0:
	case 1:
		tell(one, things)
	default:
		tell(many, things)
	}
}

// unbroken says that nothing has to be changed, no more surely than it is known.
func (w writer) unbroken(g group, decided, open int) []string {
	works := w.works(g)
	repair := slices.ContainsFunc(g.verdicts, func(v rules.Verdict) bool { return v.Repair })
	switch {
	case decided == 0:
		return []string{w.say("all_open", nil)}
	case repair && works:
		return []string{w.say("works", nil)}
	case repair:
		return nil
	case open > 0 && works:
		return []string{w.say("works", nil), w.say("nothing_else", nil)}
	case open > 0:
		return []string{w.say("nothing_else", nil)}
	case len(w.r.Judgement.Unrecognised) > 0 || w.r.Interrupted:
		if works {
			return []string{w.say("works", nil), w.say("nothing_tested", nil)}
		}
		return []string{w.say("nothing_tested", nil)}
	case works:
		return []string{w.say("works_nothing", nil)}
	}
	return []string{w.say("nothing", nil)}
}

// counted is how many verdicts are meant.
func counted(g group, meant func(rules.Verdict) bool) (n int) {
	for _, v := range g.verdicts {
		if meant(v) {
			n++
		}
	}
	return n
}

// listed puts names together as a sentence does. A list that is cut says by how much, so that nobody takes four for all.
func (w writer) listed(names []string, most int) string {
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + w.say("and_more", values{"n": strconv.Itoa(more)})
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + w.say("and", nil) + names[last]
}

// things puts topics together, in whose names "and" may stand.
func (w writer) things(topics []string) string {
	if more := len(topics) - maxThings; more > 0 {
		return strings.Join(topics[:maxThings], "; ") + w.say("and_more", values{"n": strconv.Itoa(more)})
	}
	return strings.Join(topics, "; ")
}

// date is a day as the language writes it, and moment one with the time. UTC, because desk and customer seldom share a clock zone.
func (w writer) date(t time.Time) string {
	t = t.UTC()
	return w.say("date", values{"year": t.Format("2006"), "month": t.Format("01"), "day": t.Format("02")})
}

func (w writer) moment(t time.Time) string {
	return w.say("moment", values{"date": w.date(t), "time": t.UTC().Format("15:04")})
}

// salutation and closing are what the organisation puts around its replies.
func (w writer) salutation() []string {
	if w.r.Policy == nil {
		return nil
	}
	return strings.Split(w.r.Policy.Reply.Salutation, "\n")
}

func (w writer) closing() []string {
	if w.r.Policy == nil {
		return nil
	}
	var ids []string
	for _, v := range w.r.Judgement.Verdicts {
		ids = append(ids, v.Rule)
	}
	var lines []string
	for _, l := range w.r.Policy.About(ids...) {
		lines = append(lines, w.say("link", values{"title": l.Title, "address": l.Address}))
	}
	return append(lines, strings.Split(w.r.Policy.Reply.Signature, "\n")...)
}

// notUnderstood names the rows that no wording knows: a customer who counts would take them for judged.
func (w writer) notUnderstood() string {
	rows := w.r.Judgement.Unrecognised
	if len(rows) == 0 {
		return ""
	}
	phrase := "not_understood"
	if len(rows) == 1 {
		phrase = "not_understood_one"
	}
	return w.say(phrase, values{"n": strconv.Itoa(len(rows)), "rows": w.quoted(rows)})
}

// quoted quotes rows of the report, each text once.
func (w writer) quoted(findings []report.Finding) string {
	var quotes []string
	for _, f := range findings {
		text := []rune(strings.TrimRight(fold(firstOf(f.Text, f.Test)), ". "))
		if len(text) > quoteWidth {
			text = append(text[:quoteWidth-1], '…')
		}
		if quote := w.say("quote", values{"text": string(text)}); !slices.Contains(quotes, quote) {
			quotes = append(quotes, quote)
		}
	}
	return w.listed(quotes, maxQuotes)
}
