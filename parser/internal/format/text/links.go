package text

import (
	"html"
	"strings"
)

const (
	maxLinks = 32      // addresses of one line that are looked at
	maxLink  = 2 << 10 // bytes of one
)

// linksIn lists what may be the addresses of links in a line with its markup: in the text itself, behind Markdown's or in
// a tag. Their text may say anything; the address tells where they lead.
func linksIn(line string) (links []string) {
	for at := 0; len(links) < maxLinks; {
		slash := strings.IndexByte(line[at:], '/')
		if slash < 0 {
			break
		}
		slash += at
		start := slash
		for start > at && !partsLinks(line[start-1]) {
			start--
		}
		end := slash
		for end < len(line) && !partsLinks(line[end]) {
			end++
		}
		at = end
		if address := addressOf(line[start:end]); address != "" {
			links = append(links, address)
		}
	}
	return links
}

// partsLinks tells what stands between an address and what is around it, in text, in Markdown and in tags.
func partsLinks(c byte) bool { return c <= ' ' || strings.IndexByte("\"'<>()[]|", c) >= 0 }

// addressOf takes off what is not part of an address: the name of an attribute in front of it, a mark of punctuation
// behind it. "" is no address: a date, a pair of words, the end of a tag.
func addressOf(word string) string {
	if len(word) > maxLink || strings.IndexByte(word, '.') < 0 && strings.IndexByte(word, '?') < 0 && strings.Count(word, "/") < 2 {
		return ""
	}
	lower := strings.ToLower(word[:min(len(word), len("href=")+1)])
	for _, attribute := range []string{"href=", "url="} {
		if strings.HasPrefix(lower, attribute) {
			word = word[len(attribute):]
		}
	}
	word = strings.TrimRight(word, ".,;:!?*_`")
	if strings.Contains(word, "&amp;") {
		word = html.UnescapeString(word)
	}
	return word
}
