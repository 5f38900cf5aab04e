// Package mail reads reports that arrive as e-mail: a saved message, a forwarded one, an attachment that is itself a
// report. It takes a message apart (RFC 5322, RFC 2045 to 2047, RFC 2183) and hands the text of each part to the
// caller, who reads it in whatever shape it has; then it joins what the parts gave into one report, in which the same
// row counts once.
//
// Messages come from many programs, and often through hands: headers are copied without the empty line below them,
// boundaries are lost, files end in the middle. What is readable is kept, and a notice says what is damaged. The
// package knows no reporter's sentence, follows no link, fetches nothing (message/external-body included), checks no
// signature and refuses to look into pictures, archives and other data that are no text.
package mail

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxverdict/parser/report"
)

// The bounds of a message. Honest ones stay far below; a hostile one must not cost more time or memory than a long
// text.
const (
	maxParts    = 200       // parts of all kinds, those that hold others included
	maxDepth    = 10        // messages within messages, and multiparts within multiparts of one message
	maxDecoded  = 16 << 20  // bytes of text handed on, all parts together
	maxScanned  = 160 << 20 // bytes looked through for boundaries, again at each level
	maxHeader   = 256 << 10 // bytes of one header
	maxFindings = 10000     // rows of all parts together
	maxNames    = 20        // candidates, as many as other formats offer
	maxNotices  = 20
	maxUnread   = 10 // parts without text that are named
	maxAttached = 5  // messages that are handed on
)

// Read reads a message. The document may hold bytes that are no UTF-8: the parts say themselves how they are written.
// part reads the text of one part, which is valid UTF-8. No message is so damaged that it is an error.
func Read(document string, part func(document string) report.Report) (report.Report, error) {
	r := reader{part: part, left: maxDecoded}
	var pieces []report.Report
	for _, m := range messages(source{document, 1, true}) {
		pieces = append(pieces, r.message(m, 1)...)
	}
	rep := join(pieces)
	if len(rep.Findings) == 0 && r.subject != nil {
		rep = join(append([]report.Report{*r.subject}, pieces...))
		r.notice("the text holds no row; the subject in line %d was read instead, so ask for the result itself", rep.Findings[0].Line)
	}
	rep.Candidates = r.candidates(rep.Candidates)
	rep.Notices = r.allNotices(len(rep.Findings) == 0)
	rep.Messages = r.attached
	if len(rep.Findings) > maxFindings {
		rep.Notices = append(rep.Notices, fmt.Sprintf("more than %d rows; what stands from line %d on was not read",
			maxFindings, rep.Findings[maxFindings].Line))
		rep.Findings = rep.Findings[:maxFindings]
	}
	for i := range rep.Findings {
		rep.Findings[i].N = i + 1
	}
	return rep, nil
}

// reader takes one document apart.
type reader struct {
	part    func(document string) report.Report
	parts   int // read so far
	left    int // bytes that may still be handed on
	scanned int
	subject *report.Report // the first that says a fault
	names   []string       // candidates of the headers
	notices []string
	unread  []string

	attached []string // messages without rows
}

// source is a piece of the document, or text that was decoded from one.
type source struct {
	text  string
	line  int  // where it begins in the document
	exact bool // its lines are lines of the document; decoded text has only the line where its code begins
}

// from returns the rest of the source behind an offset.
func (s source) from(offset int) source {
	rest := source{s.text[offset:], s.line, s.exact}
	if s.exact {
		rest.line += countLines(s.text[:offset])
	}
	return rest
}

// at returns the line of the document on which line n of the source stands.
func (s source) at(n int) int {
	if !s.exact {
		return s.line
	}
	return s.line + n - 1
}

// message reads a whole message, the outermost or a forwarded one.
func (r *reader) message(s source, depth int) []report.Report {
	if depth > maxDepth {
		r.notice("messages are nested more than %d deep; what stands deeper, from line %d on, was not read",
			maxDepth, s.line)
		return nil
	}
	h, body := r.header(s.from(prefix(s.text)))
	r.readHeader(h)
	if h.Get("Content-Type") == "" {
		if boundary := guessBoundary(body.text); boundary != "" {
			r.notice("the message at line %d does not say that it has parts; they were read all the same", s.line)
			return r.multipart(h, body, entity{mediaType: unknownParts, boundary: boundary}, place{depth, 1})
		}
	}
	return r.entity(h, body, "text/plain", place{depth, 0})
}

// place is how deep a part stands: in how many messages, and in how many multiparts of the innermost one.
type place struct{ messages, multiparts int }

// entity reads a part: what it holds, or the parts within it. usual is its type if the header does not tell.
func (r *reader) entity(h header, body source, usual string, p place) []report.Report {
	if r.parts++; r.parts > maxParts {
		r.notice("the message has more than %d parts; what stands from line %d on was not read", maxParts, body.line)
		return nil
	}
	e := describe(h, usual)
	if e.mediaType == "multipart/encrypted" {
		r.notice("the part at line %d is encrypted and was not read", body.line)
		return nil
	}
	if strings.HasPrefix(e.mediaType, "multipart/") {
		return r.multipart(h, body, e, place{p.messages, p.multiparts + 1})
	}
	return r.leaf(body, e, p)
}

// unknownParts stands for the type of a multipart whose header lost it.
const unknownParts = "multipart/"

// multipart reads the parts of a part (RFC 2046 section 5.1).
func (r *reader) multipart(h header, body source, e entity, p place) []report.Report {
	if p.multiparts > maxDepth {
		r.notice("parts are nested more than %d deep; what stands deeper, from line %d on, was not read",
			maxDepth, body.line)
		return nil
	}
	if r.scanned += len(body.text); r.scanned > maxScanned {
		r.notice("the message is too large for its nesting; what stands from line %d on was not read", body.line)
		return nil
	}
	boundary := e.boundary
	if boundary == "" || !hasDelimiter(body.text, boundary) {
		boundary = guessBoundary(body.text)
		if boundary == "" {
			r.notice("the message at line %d has several parts, but does not say where they begin; "+
				"it was read as one text", body.line)
			return r.leaf(body, entity{mediaType: "text/plain", encoding: h.Get("Content-Transfer-Encoding")}, p)
		}
		r.notice("the boundary between the parts from line %d on is missing or wrong; another one was found", body.line)
	}
	sections, closed := split(body.text, boundary, maxParts-r.parts+1)
	if !closed {
		r.notice("the message breaks off: the end of the parts from line %d on is missing", body.line)
	}
	var (
		read  [][]report.Report
		types []string
	)
	usual := "text/plain"
	if e.mediaType == "multipart/digest" {
		usual = "message/rfc822"
	}
	rest, offset := body, 0
	for _, section := range sections {
		rest, offset = rest.from(section.start-offset), section.start
		partHeader, partBody := r.header(source{rest.text[:section.end-section.start], rest.line, rest.exact})
		types = append(types, describe(partHeader, usual).mediaType)
		read = append(read, r.entity(partHeader, partBody, usual, p))
		if r.parts > maxParts {
			break
		}
	}
	pair := e.mediaType == unknownParts && slices.Equal(types, []string{"text/plain", "text/html"})
	if pair || e.mediaType == "multipart/alternative" {
		return []report.Report{alternatives(read)}
	}
	return slices.Concat(read...)
}

// leaf reads a part that holds no others.
// What is attached may be a message by its content alone: programs send those under any type.
func (r *reader) leaf(body source, e entity, p place) []report.Report {
	switch e.use() {
	case toPass:
		return nil
	case toName:
		r.notRead(e)
		return nil
	}
	decoded := r.decode(body, e.encoding)
	if e.use() == toOpen || e.attached && LooksLike(decoded.text) {
		if !decoded.exact {
			decoded.text = r.take(decoded.text, decoded.line)
		}
		within := r.message(decoded, p.messages+1)
		r.attach(decoded.text, within, p)
		return within
	}
	if e.encodesNothing() {
		decoded = r.undeclared(decoded)
	}
	text, ok := r.toUTF8(decoded, e)
	if !ok {
		r.notRead(e)
		return nil
	}
	return []report.Report{r.read(text)}
}

// attach hands on a message that is attached to the outermost one. One that holds rows is a report; what is attached to it is its own
// affair.
func (r *reader) attach(message string, within []report.Report, p place) {
	rows := slices.ContainsFunc(within, func(rep report.Report) bool {
		return slices.ContainsFunc(rep.Findings, func(f report.Finding) bool { return f.Rule != "" })
	})
	if p.messages == 1 && !rows && len(r.attached) < maxAttached {
		r.attached = append(r.attached, message)
	}
}

// read hands a text on and puts the lines of what was found in it to where they stand in the document.
func (r *reader) read(s source) report.Report {
	if strings.TrimSpace(s.text) == "" {
		return report.Report{}
	}
	rep := r.part(s.text)
	for i := range rep.Findings {
		rep.Findings[i].Move(s.at)
	}
	for _, n := range rep.Notices {
		r.notice("the part at line %d: %s", s.line, n)
	}
	return rep
}

// readHeader keeps what a header tells beside the text. Its addresses and its subject name hosts that may be meant, but
// are no target: people write about one domain from another. What the subject says of a fault is said better by the text, if it says it
// too: it is kept for mails that say nothing else ("see subject").
func (r *reader) readHeader(h header) {
	if subject := h.text("Subject"); subject != "" {
		rep := r.part(subject)
		r.name(rep.Candidates)
		r.keepSubject(rep, h.subjectLine)
	}
	for _, field := range []string{"From", "Reply-To", "To", "Cc"} {
		if value := h.text(field); value != "" {
			r.name(r.part(value).Candidates)
		}
	}
}

// keepSubject keeps the faults that a subject says.
func (r *reader) keepSubject(rep report.Report, line int) {
	rep.Findings = slices.DeleteFunc(rep.Findings, func(f report.Finding) bool { return f.Rule == "" || !f.Status.Bad() })
	if len(rep.Findings) == 0 || r.subject != nil {
		return
	}
	for i := range rep.Findings {
		rep.Findings[i].Move(func(int) int { return line })
	}
	r.subject = &report.Report{Findings: rep.Findings, Target: rep.Target, TargetFrom: rep.TargetFrom}
}

// name keeps names of the headers, each once.
func (r *reader) name(candidates []string) {
	for _, c := range candidates {
		if len(r.names) < maxNames && !slices.Contains(r.names, c) {
			r.names = append(r.names, c)
		}
	}
}

// candidates adds the names of the headers to those of the text.
func (r *reader) candidates(names []string) []string {
	for _, c := range r.names {
		if !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	return names[:min(len(names), maxNames)]
}

// notice says something once, however many parts cause it.
func (r *reader) notice(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case slices.Contains(r.notices, text) || len(r.notices) > maxNotices:
	case len(r.notices) == maxNotices:
		r.notices = append(r.notices, "there is more damage of this sort; it is not listed")
	default:
		r.notices = append(r.notices, text)
	}
}

// notRead notes a part that holds no text.
func (r *reader) notRead(e entity) {
	name := "an unnamed part"
	if e.filename != "" {
		name = short(e.filename)
	}
	name += " (" + strings.Trim(short(e.mediaType), `"`) + ")"
	if !slices.Contains(r.unread, name) {
		r.unread = append(r.unread, name)
	}
}

// allNotices adds to the notices what was not read, and, where nothing was found, what to do about it.
func (r *reader) allNotices(nothingFound bool) []string {
	notices := append([]string{}, r.notices...)
	if more := len(r.unread) - maxUnread; more > 0 {
		r.unread = append(r.unread[:maxUnread], fmt.Sprintf("and %d more", more))
	}
	if len(r.unread) > 0 {
		notices = append(notices, "not read, for they hold no text: "+strings.Join(r.unread, ", "))
		if nothingFound {
			notices = append(notices, "a result sent as a picture or a document cannot be read: ask for it copied as text")
		}
	}
	return notices
}

// short quotes what a message says, so that it cannot spoil a notice.
func short(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}
