package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
)

// transcriptKind is what a line of a session's transcript tells.
type transcriptKind uint8

const (
	noTranscript    transcriptKind = iota
	transcriptLine                 // a command, or words of the reporter around the session
	transcriptReply                // a reply of the server
)

// transcript is what such a line tells: the address of a connection that is being made, the code of a reply.
type transcript struct {
	kind   transcriptKind
	called string
	code   int
}

// readTranscript classes a line of an SMTP session as testers print it.
// Commands and replies are those of the standard, so they are known here; what a reporter writes around them is asked of the vocabulary.
func (r *reader) readTranscript(line string) transcript {
	if line[0] >= '2' && line[0] <= '5' {
		if code := replyCode(line); code != 0 {
			return transcript{kind: transcriptReply, code: code}
		}
		return transcript{}
	}
	if isCommand(line) || isTimed(line) {
		return transcript{kind: transcriptLine}
	}
	called, ok := r.v.Transcript(line)
	if !ok {
		return transcript{}
	}
	if called == "" {
		return transcript{kind: transcriptLine}
	}
	if called = targetName(strings.TrimRight(called, ".:")); !isAddress(called) {
		return transcript{} // in prose people connect to hosts, and to each other
	}
	return transcript{kind: transcriptLine, called: called}
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
	return number != "" && scan.IsDigits(number)
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
