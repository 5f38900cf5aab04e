package document

import "mxverdict/parser/report"

// about says what the report is taken to be about where nothing but its own hints tell: who meant something else must see that
// before all else, and how to say so.
func (b *builder) about(r report.Report) {
	how := known(r)
	if how == "" {
		return
	}
	line := joined(ours("About "), foreign(target(r)), ours(", %s", how))
	if r.TargetFrom != report.FromHeading { // rows below a heading are about its name, whatever the user says
		line = joined(line, ours("; -t names another"))
	}
	b.section(Section{For: Internal})
	b.add(&Paragraph{joined(line, ours("."))})
}

// targetAndHow names the target of a report, and by what evidence if that is not plain.
func targetAndHow(r report.Report) Text {
	name := foreign(target(r))
	if name == nil {
		name = ours("not named")
	}
	if how := known(r); how != "" {
		return joined(name, ours(", %s", how))
	}
	return name
}

// known says by what evidence the target of a report was chosen, or "" where rows, a look-up or the user name it.
func known(r report.Report) string {
	if r.Target == (report.Target{}) {
		return ""
	}
	switch r.TargetFrom {
	case report.FromLink:
		return "to which a link in the report leads"
	case report.FromHeading:
		return "which a heading of the report names"
	case report.FromTranscript:
		return "to which the reporter connected"
	case report.FromOnlyName:
		if r.Target.Domain != "" && r.Target.Host != "" {
			return "the only domain in the report and its host"
		}
		return "the only name in the report"
	case report.FromMessage:
		return "the domain of the message's author"
	case report.FromFrequency:
		return "which the report names far more often than any other"
	}
	return ""
}
