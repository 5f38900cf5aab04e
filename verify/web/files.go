package web

// This file tells of the files robots.txt and llms.txt. Nobody has to have them.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// maxAgents bounds how many programs of a file are listed.
const maxAgents = 200

// text is a file as it was found.
type text struct {
	*evidence.Fetch
	present facts.Known
	absence string // what was there instead
	part    bool   // only the beginning came
}

// file looks for a file of the name over HTTPS, else over HTTP, and along its redirects.
func (d *derivation) file(path string) text {
	why := d.NotAsked("the file " + path + " of " + d.name)
	for _, scheme := range []string{"https", "http"} {
		url := scheme + "://" + d.name + path
		first, _ := d.Fetched(url)
		if first == nil {
			continue
		}
		way, early := d.way(url)
		last, _ := d.Fetched(way[len(way)-1])
		switch {
		case early != "":
			why = facts.Unknown{Code: facts.Ambiguous, Detail: url + ": " + early}
		case last == nil:
			why = d.NotAsked("the file " + way[len(way)-1])
		default:
			if found := d.look(last); found.present.Known() {
				return found
			} else {
				why = found.present.Why
			}
		}
		// Over HTTP there may be another site, which counts only where there is none over HTTPS.
		if first.Status > 0 {
			break
		}
	}
	if resolves := d.resolves(); resolves.IsNo() {
		why = facts.Unknown{Code: facts.NotFound, Detail: d.name + " has no address, and so no web site"}
	} else if !resolves.Known() {
		why = resolves.Why
	}
	return text{present: facts.Because(why)}
}

// look tells whether an answer is the file. RFC 9309 section 2.3.1.3 takes any status from 400 to 499 for the lack of one; some of them may
// be for us alone.
func (d *derivation) look(f *evidence.Fetch) text {
	t := text{Fetch: f, part: f.Failure != nil && f.Failure.Kind == evidence.TooLong}
	switch {
	case f.Failure != nil && f.Failure.Kind != evidence.TooLong:
		t.present = facts.Because(reading.Unknown(f.Failure, "the file "+f.URL))
	case f.Status == 404 || f.Status == 410:
		t.present, t.absence = facts.No(), fmt.Sprintf("status %d", f.Status)
	case f.Status/100 != 2:
		t.present = facts.Because(facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("the web server answered with status %d for %s", f.Status, f.URL)})
	// Many sites answer any address with a page of their own.
	case isHTML(f):
		t.present, t.absence = facts.No(), "a page in HTML"
	case strings.TrimSpace(f.Body) == "":
		t.present, t.absence = facts.No(), "nothing: the file is empty"
	default:
		t.present = facts.Yes()
	}
	t.present = d.seen(f, t.present)
	return t
}

// isHTML tells whether an answer is a web page, whatever it is called.
func isHTML(f *evidence.Fetch) bool {
	body := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(f.Body, "\ufeff"), " \t\r\n"))
	for _, start := range []string{"<!doctype", "<html", "<head", "<body", "<?xml", "<!--"} {
		if strings.HasPrefix(body, start) {
			return true
		}
	}
	return strings.EqualFold(mediaType(f), "text/html") && strings.HasPrefix(body, "<")
}

// mediaType is the media type of an answer without its parameters.
func mediaType(f *evidence.Fetch) string {
	kind, _, _ := strings.Cut(f.ContentType, ";")
	return strings.TrimSpace(kind)
}

// of gives what is known of a part of the file; of one that is not there nothing is.
func (t text) of(k facts.Known) facts.Known {
	switch {
	case t.present.IsYes():
		return k.Seen(t.present.At, t.present.Evidence)
	case !t.present.Known():
		return facts.Because(t.present.Why)
	}
	return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is no such file"}).Seen(t.present.At, t.present.Evidence)
}

// shows is yes where something was found, and no only where the whole file was read.
func (t text) shows(found bool) facts.Known {
	var open facts.Unknown
	if t.part {
		open = facts.Unknown{Code: facts.Ambiguous, Detail: "the file is too long to be read to its end here"}
	}
	return t.of(facts.Shown(found, open))
}

// missing is what was there in place of a file.
func (t text) missing() facts.Known {
	if !t.present.IsNo() {
		return facts.Because(facts.Unknown{Code: cmp.Or(t.present.Why.Code, facts.NotFound), Detail: cmp.Or(t.present.Why.Detail, "the file is there")})
	}
	return facts.Is(facts.TextValue(t.absence)).Seen(t.present.At, t.present.Evidence)
}

// lines are those of a file, without blanks around them.
func (t text) lines() (list []string) {
	if t.Fetch == nil {
		return nil
	}
	for line := range strings.Lines(strings.TrimPrefix(t.Body, "\ufeff")) {
		list = append(list, strings.TrimSpace(line))
	}
	return list
}

// robots tells of the file robots.txt (RFC 9309 section 2.2).
func (d *derivation) robots(all known) {
	t := d.file("/robots.txt")
	var agents []string
	sitemap := false
	for _, line := range t.lines() {
		rule, _, _ := strings.Cut(line, "#")
		key, value, _ := strings.Cut(rule, ":")
		value = strings.ToLower(strings.TrimSpace(value))
		switch key = strings.ToLower(strings.TrimSpace(key)); {
		case key == "user-agent" && value != "" && len(agents) < maxAgents && !slices.Contains(agents, value):
			agents = append(agents, value)
		case key == "sitemap" && value != "":
			sitemap = true
		}
	}
	slices.Sort(agents)
	list := facts.Is(facts.ListValue(agents))
	list.AtLeast = t.part || len(agents) == maxAgents
	all[facts.WebRobotsPresent], all[facts.WebRobotsAbsence] = t.present, t.missing()
	all[facts.WebRobotsPlain] = t.of(facts.Truth(t.Fetch != nil && strings.EqualFold(mediaType(t.Fetch), "text/plain")))
	all[facts.WebRobotsAgents] = t.of(list)
	all[facts.WebRobotsSitemap] = t.shows(sitemap)
}

// llms tells of the file llms.txt, by the form that llmstxt.org proposes (last seen 2026-11): a heading, a quotation, and sections of links.
func (d *derivation) llms(all known) {
	t := d.file("/llms.txt")
	var title, summary, section, lists, optional, begun bool
	for _, line := range t.lines() {
		switch {
		case line == "":
			continue
		case !begun:
			title, begun = strings.HasPrefix(line, "# "), true
		case strings.HasPrefix(line, "## "):
			section = true
			optional = optional || strings.EqualFold(strings.TrimSpace(line[3:]), "optional")
		case strings.HasPrefix(line, ">"):
			summary = true
		case section && strings.HasPrefix(line, "- [") && strings.Contains(line, "]("):
			lists = true
		}
	}
	all[facts.WebLLMsPresent], all[facts.WebLLMsAbsence] = t.present, t.missing()
	all[facts.WebLLMsTitle] = t.of(facts.Truth(title))
	all[facts.WebLLMsSummary], all[facts.WebLLMsLists], all[facts.WebLLMsOptional] = t.shows(summary), t.shows(lists), t.shows(optional)
	all[facts.WebLLMsLinks] = t.of(facts.Because(facts.Unknown{Code: facts.Untested, Detail: "the pages to which the file links are not visited"}))
}
