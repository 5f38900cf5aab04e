package text

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The marks of a layout: headings, footers and transcripts. They say where rows stand and what they are about; what a
// row says is asked of the Vocabulary alone.

// footer is the line below a result block: who answered, and when. Its date is written month first.
var footer = regexp.MustCompile(`(?i)^reported by (\S+) on (\d{1,2}/\d{1,2}/\d{4}) at (\d{1,2}:\d{2}:\d{2} [AP]M)` +
	` \(UTC ?(?:([+\-\x{2212}\x{2013}])(\d{1,2})(?::(\d{2}))?)?\)`)

// readFooter returns the name server and time of a footer; the time is zero if it is none that exists.
func readFooter(line string) (server string, at time.Time, ok bool) {
	if len(line) < len("reported by") || !strings.EqualFold(line[:len("reported by")], "reported by") {
		return "", time.Time{}, false
	}
	m := footer.FindStringSubmatch(line)
	if m == nil {
		return "", time.Time{}, false
	}
	hours, _ := strconv.Atoi(m[5])
	minutes, _ := strconv.Atoi(m[6])
	offset := hours*3600 + minutes*60
	if m[4] != "" && m[4] != "+" {
		offset = -offset
	}
	zone := time.FixedZone("", offset)
	at, err := time.ParseInLocation("1/2/2006 3:04:05 PM", m[2]+" "+strings.ToUpper(m[3]), zone)
	if err != nil || hours > 14 || minutes > 59 {
		at = time.Time{}
	}
	return m[1], at, true
}

// splitHeading reads "command:argument" at the start of a line and returns the words behind it. People who retype a
// heading may leave a blank behind the colon; then nothing else may stand on the line.
func splitHeading(line string) (command, argument, rest string, ok bool) {
	colon := strings.IndexByte(line, ':')
	if colon < 1 || colon > 16 {
		return "", "", "", false
	}
	for _, c := range []byte(line[:colon]) {
		if !isHostByte(c) {
			return "", "", "", false
		}
	}
	command = line[:colon]
	argument, rest = nextWord(line[colon+1:])
	if argument == "" {
		argument, rest = nextWord(rest)
		return command, argument, "", rest == ""
	}
	return command, argument, rest, true
}

// transcriptKind is what a line of a session's transcript tells.
type transcriptKind uint8

const (
	noTranscript    transcriptKind = iota
	transcriptOpens                // a title above the transcript, or the address that is called
	transcriptLine                 // a command, a trailer, or a failure within the session
	transcriptReply                // a reply of the server
)

// readTranscript classes a line of an SMTP session as testers print it. called is the address of a connection that is
// being made; code is that of a reply.
func readTranscript(line string) (kind transcriptKind, called string, code int) {
	switch c := line[0] | 0x20; {
	case line[0] >= '2' && line[0] <= '5':
		if code = replyCode(line); code != 0 {
			return transcriptReply, "", code
		}
	case c == 's' && hasPrefixFold(line, "session transcript"):
		return transcriptOpens, "", 0
	case c == 's' && hasPrefixFold(line, "sendsmtpcommand:"), c == 'l' && isTrailer(line), isCommand(line), isTimed(line):
		return transcriptLine, "", 0
	case c == 'c' && hasPrefixFold(line, "connecting to "):
		first, _ := nextWord(line[len("connecting to "):])
		name := targetName(strings.TrimRight(first, ".:"))
		if isAddress(name) {
			return transcriptOpens, name, 0
		}
	}
	return noTranscript, "", 0
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// replyCode reads the code of an SMTP reply line (RFC 5321 section 4.2): three digits, then a blank, a hyphen or the
// end.
func replyCode(line string) int {
	if len(line) < 3 || line[1] < '0' || line[1] > '5' || line[2] < '0' || line[2] > '9' {
		return 0
	}
	if len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0
	}
	return int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
}

// isTimed knows the duration that is printed behind a reply: "[562 ms]".
func isTimed(line string) bool {
	if !strings.HasSuffix(line, "ms]") {
		return false
	}
	number := strings.TrimSpace(line[strings.LastIndexByte(line, '[')+1 : len(line)-len("ms]")])
	return number != "" && isDigits(number)
}

// isTrailer knows the last line of a transcript, which gives the whole duration: "LookupServer 2815ms".
func isTrailer(line string) bool {
	return hasPrefixFold(line, "lookupserver") && strings.HasSuffix(line, "ms") && strings.Count(line, " ") == 1
}

// isCommand knows the commands of a session. They are written in capitals there, in prose rarely.
func isCommand(line string) bool {
	switch line {
	case "QUIT", "RSET", "DATA", "STARTTLS":
		return true
	}
	return strings.HasPrefix(line, "EHLO ") || strings.HasPrefix(line, "HELO ") ||
		strings.HasPrefix(line, "MAIL FROM:") || strings.HasPrefix(line, "RCPT TO:")
}
