package transcript

import (
	"strings"

	"mxverdict/verify/evidence"
)

// Keywords returns the keywords of a complete 250 reply to EHLO, in upper case and in the order of the lines. Of
// any other reply, a broken one included, it returns none; that none were seen there does not mean that none are
// offered.
//
// The first line holds the server's name (RFC 5321 section 4.1.1.1), so its first word counts only if it is
// STARTTLS: some servers leave the name line out, and clients that skip the first line unread then miss it. No
// public host is called STARTTLS, without a dot.
func Keywords(r evidence.Reply) []string {
	if r.Code != 250 || !r.Complete {
		return nil
	}
	var keywords []string
	for i, line := range r.Lines {
		// A line of code and sign alone holds no keyword.
		if len(line.Text) < 4 {
			continue
		}
		fields := strings.Fields(line.Text[4:])
		if len(fields) == 0 {
			continue
		}
		keyword := strings.ToUpper(fields[0])
		if i > 0 || keyword == "STARTTLS" {
			keywords = append(keywords, keyword)
		}
	}
	return keywords
}
