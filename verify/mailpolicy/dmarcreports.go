package mailpolicy

import (
	"net/url"
	"strings"

	"mxverdict/verify/internal/lazy"
)

// ReportAddress is a mail address to which reports go.
type ReportAddress struct{ Mail, Host string } // in lower case behind the @

var (
	anyURI     = lazy.Regexp(`^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$`)
	sizeLimit  = lazy.Regexp(`![0-9]+[kKmMgGtT]?$`)
	mailBox    = lazy.Regexp(`^[!-;=?A-~][!-;=?-~]*$`) // without blanks and brackets
	reportHost = lazy.Regexp(`^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$`)
)

// maxHostName is the longest host name (RFC 1035 section 2.3.4, as it is written with dots).
const maxHostName = 253

// ReportConsentName is where a domain that is no part of the one that publishes a record agrees to get its reports (RFC 9990 section
// 3.2.3, RFC 7489 section 7.1); "" where that would be no name, so that nobody can agree there.
func ReportConsentName(domain, receiver string) string {
	if name := domain + "._report._dmarc." + receiver; len(name) <= maxHostName {
		return name
	}
	return ""
}

// ReportConsent tells whether texts at that name agree: one of them has to begin as a DMARC record does. There may be several.
func ReportConsent(texts []string) bool {
	records, _, _ := SortDMARC(texts)
	return len(records) > 0
}

// addresses reads a list of URIs; any tells whether one of them is a URI at all, be it of mail or not.
func (r *DMARC) addresses(tag DMARCTag) (list []ReportAddress, any bool) {
	if tag.Value == "" {
		r.tell(tag, "no address follows", Harmless)
		return nil, false
	}
	column := tag.column + len(tag.raw) - len(tag.Value)
	for raw := range strings.SplitSeq(tag.Value, ",") {
		uri := strings.Trim(raw, " \t")
		at := column + len(raw) - len(strings.TrimLeft(raw, " \t"))
		column += len(raw) + 1
		address, says, harm := readReportURI(uri)
		if says != "" {
			r.fault(Fault{at, uri, says, harm, 0})
		}
		any = any || address.Mail != "" || harm == Harmless && uri != ""
		if address.Mail != "" {
			list = append(list, address)
		}
	}
	return list, any
}

// readReportURI reads one URI of a list, and says what is wrong with it. Receivers have to know mailto only (RFC 9989 section 4.7).
func readReportURI(uri string) (address ReportAddress, says string, harm Harm) {
	const scheme = "mailto:"
	switch {
	case uri == "":
		return address, "an address is missing beside the comma", Harmless
	case len(uri) < len(scheme) || !strings.EqualFold(uri[:len(scheme)], scheme):
		if anyURI().MatchString(uri) {
			return address, "receivers send reports by mail; they may pass over what is no mailto address", Harmless
		}
		return address, "mailto: is missing before the address, so that no report can be sent there", LostReport
	}
	// RFC 7489 section 6.2 let a size follow; RFC 9989 has readers pass over it.
	limited := sizeLimit().MatchString(uri)
	mail, _, _ := strings.Cut(sizeLimit().ReplaceAllString(uri[len(scheme):], ""), "?")
	address, ok := readMailAddress(mail)
	if !ok {
		return address, "this is no mail address, so that no report can be sent there", LostReport
	}
	if limited {
		return address, "a size behind the address is no longer read (RFC 9989)", Harmless
	}
	return address, "", 0
}

// readMailAddress reads the address of a mailto URI (RFC 6068 section 2), behind the scheme and without header fields.
func readMailAddress(encoded string) (address ReportAddress, ok bool) {
	mail, err := url.PathUnescape(encoded)
	at := strings.LastIndex(mail, "@")
	if err != nil || at < 1 || !mailBox().MatchString(mail[:at]) || len(mail)-at-1 > maxHostName || !reportHost().MatchString(mail[at+1:]) ||
		strings.HasPrefix(mail, "//") {
		return address, false
	}
	host := strings.ToLower(mail[at+1:])
	return ReportAddress{mail[:at+1] + host, host}, true
}
