package mailpolicy

import (
	"slices"
	"strings"

	spf "mxverdict/verify/spf/record"
)

// SPFRecords lists the SPF records among texts (RFC 7208 section 4.5), in lower case and with single blanks. Whether such a record is
// well formed is of no interest here: only the shortest of all, that authorises nobody, is looked for.
func SPFRecords(texts []string) (records []string) {
	for _, text := range texts {
		if spf.Is(text) {
			records = append(records, strings.Join(strings.Fields(strings.ToLower(text)), " "))
		}
	}
	return records
}

// SendsNothing tells whether such records say that a domain sends no mail. Several are an error (RFC 7208 section 4.5), which says
// nothing; so does one that authorises somebody.
func SendsNothing(records []string) bool { return slices.Equal(records, []string{"v=spf1 -all"}) }
