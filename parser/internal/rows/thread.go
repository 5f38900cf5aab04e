package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
)

// The frame of mail and logs: which lines are quoted from an earlier mail, and which were written by a mail server.

// thread is what has been seen of the frame of a mail.
// Rows of an earlier mail are read too: often they are the only ones. They are marked, since the answer above may repeat them.
type thread struct {
	quoting bool // below the mark of an earlier mail everything is quoted, with or without ">"
	from    int  // line of the last "From:"
}

// inThread tells whether a line stands in quoted mail. A mail program says so by ">" before each line, or once by a
// line such as "On Monday somebody wrote:", "-----Original Message-----", or a header written out.
func (r *reader) inThread(l Line) bool {
	t := l.Text
	if r.thread.quoting || l.Quoted > 0 || len(t) > scan.MaxSentence {
		return r.thread.quoting || l.Quoted > 0
	}
	switch {
	case strings.HasSuffix(t, ":") && scan.EndsInAny(strings.TrimRight(t, " :\u00a0"), writers):
		r.thread.quoting = true
	case strings.HasSuffix(t, "---") && isOriginal(t):
		r.thread.quoting = true
	case beginsWithField(t, senders):
		r.thread.from = l.N
	case r.thread.from > 0 && l.N-r.thread.from <= 3 && beginsWithField(t, dates):
		r.thread.quoting = true
	}
	return r.thread.quoting
}

// The words by which mail programs in English, German, French, Spanish, Italian and Dutch introduce an earlier mail.
var (
	writers = []string{" wrote", " writes", " schrieb", " a écrit", " escribió", " ha scritto", " schreef"}
	senders = []string{"from", "von", "de", "da", "van"}
	dates   = []string{"sent", "gesendet", "envoyé", "enviado", "inviato", "verzonden", "date", "datum", "fecha", "data"}
	origins = []string{"original", "ursprüngliche", "forwarded", "weitergeleitete", "origine", "oorspronkelijk"}
)

// beginsWithField knows a header field that was written out, in the language of the mail program.
func beginsWithField(text string, names []string) bool {
	name, _, ok := strings.Cut(text, ":")
	if !ok || len(name) > 16 {
		return false
	}
	for _, n := range names {
		if strings.EqualFold(strings.TrimSpace(name), n) {
			return true
		}
	}
	return false
}

// isOriginal knows the dashed line above a mail that was answered or forwarded. The dashes in front are taken off
// with the decoration.
func isOriginal(text string) bool {
	for _, word := range origins {
		if scan.HasPrefixFold(text, word) {
			return true
		}
	}
	return false
}

// logged knows a line that a mail server wrote: the time stamp of syslog (RFC 3164 section 4.1.2), host and program,
// or that of RFC 3339 with a program behind it. It returns what the program says.
func logged(t string) (says string, ok bool) {
	if len(t) < 20 {
		return "", false
	}
	rest := ""
	switch {
	case isMonth(t[:3]) && t[3] == ' ' && isClock(t[7:15]):
		rest = t[15:]
	case scan.IsDigits(t[:4]) && t[4] == '-' && scan.IsDigits(t[5:7]) && t[7] == '-' && scan.IsDigits(t[8:10]) && isClock(t[11:19]):
		rest = t[19:]
		if end := strings.IndexByte(rest, ' '); end >= 0 {
			rest = rest[end:] // fractions of a second and zone
		}
	default:
		return "", false
	}
	for range 3 { // host, program
		var word string
		word, rest = scan.Word(strings.TrimLeft(rest, " "))
		if strings.HasSuffix(word, "]:") || strings.HasSuffix(word, ":") && strings.IndexByte(word, '/') > 0 {
			return rest, true
		}
	}
	return "", false
}

// isMonth knows the months of syslog, which are always English; the second comparison keeps "an " from being one.
func isMonth(s string) bool {
	return strings.Contains("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", s) && s[0] >= 'A' && s[0] <= 'S'
}

// isClock knows "15:04:05".
func isClock(s string) bool {
	return scan.IsDigits(s[:2]) && s[2] == ':' && scan.IsDigits(s[3:5]) && s[5] == ':' && scan.IsDigits(s[6:8])
}
