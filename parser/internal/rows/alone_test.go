package rows

import (
	"testing"

	"mxverdict/parser/internal/invented"
	"mxverdict/parser/report"
)

// everyday is the invented vocabulary with one sentence more, of everyday language.
type everyday struct {
	invented.Vocabulary
	place report.Place
}

func (e everyday) Find(text string, _ report.Context) []report.Match {
	const says = "is lame"
	for at := 0; at+len(says) <= len(text); at++ {
		if text[at+1:at+len(says)] == says[1:] && text[at]|0x20 == says[0] {
			return []report.Match{{Rule: "dns/lame", Place: e.place, Start: at, End: at + len(says)}}
		}
	}
	return nil
}

func TestSentencesOfEverydayLanguage(t *testing.T) {
	for text, want := range map[string]bool{
		"is lame": true, "  \u201cis lame.\u201d": true, "see: Bad - is lame today": false,
		"look: Is lame, we read": true, "our server is lame": false, "Is lame what they say": false, "look: is lame, we read": false,
	} {
		for place, counts := range map[report.Place]bool{report.Anywhere: true, report.Row: want, report.Named: false} {
			if got := Find(everyday{place: place}, text, report.Context{}); (len(got) == 1) != counts {
				t.Errorf("%q at place %d: %+v", text, place, got)
			}
		}
	}
}
