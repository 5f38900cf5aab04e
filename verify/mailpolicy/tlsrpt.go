package mailpolicy

import (
	"strings"

	"mxverdict/verify/internal/lazy"
	"mxverdict/verify/internal/weburl"
)

var tlsrptMeant = lazy.Regexp(`(?i)^\W*(?:v\W{0,4})?tls-?rptv?1\b|^\s*rua\s*=`)

// maxReceivers bounds the addresses that are kept of a record. Senders may send to all (RFC 8460 section 3); a hostile record has
// thousands.
const maxReceivers = 20

var tlsrptKind = textKind{
	version: "v=TLSRPTv1",
	meant:   func(text string) bool { return tlsrptMeant().MatchString(text) },
	read:    readTLSRPTFields,
	lacks:   "rua= is missing: where reports are to go",
}

// TLSRPTName is where the TLS-RPT record of a domain stands (RFC 8460 section 3).
func TLSRPTName(domain string) string { return "_smtp._tls." + domain }

// SortTLSRPT sorts the texts at such a name (RFC 8460 section 3): the records, those that were meant as one, and all others.
func SortTLSRPT(texts []string) (records, meant []TextRecord, others []string) {
	return tlsrptKind.sort(texts)
}

func readTLSRPTFields(r *TextRecord, fields []textField) (ruas int) {
	for _, f := range fields {
		switch {
		case f.name != "rua" || f.raw == "rua":
			r.known(f)
			continue
		case f.value == "":
			r.Faults.add(Fault{f.column, f.raw, "no address follows", Ignored, 0})
		default:
			if ruas > 0 {
				r.twice(f)
			}
			r.receivers(f)
		}
		ruas++
	}
	return ruas
}

// receivers reads the addresses of a field.
func (r *TextRecord) receivers(f textField) {
	column := f.column + len("rua=")
	for raw := range strings.SplitSeq(f.value, ",") {
		uri := strings.Trim(raw, " \t")
		if says := wrongReceiver(uri); says != "" {
			at := column + len(raw) - len(strings.TrimLeft(raw, " \t"))
			r.Faults.add(Fault{at, uri, says, LostReport, 0})
		} else if len(r.Receivers) < maxReceivers {
			r.Receivers = append(r.Receivers, uri)
		}
		column += len(raw) + 1
	}
}

// wrongReceiver says why no report can be sent to a URI, or "". The standard names two schemes (RFC 8460 section 3).
func wrongReceiver(uri string) string {
	scheme, rest, found := strings.Cut(uri, ":")
	switch scheme = strings.ToLower(scheme); {
	case uri == "":
		return "an address is missing beside the comma"
	case !found || scheme != "mailto" && scheme != "https":
		return "an address begins with mailto: or https://"
	// A size, as old records of DMARC have it, is no part of one: exclamation marks have to be encoded.
	case scheme == "mailto":
		mail, _, _ := strings.Cut(rest, "?")
		if _, ok := readMailAddress(mail); !ok {
			return "this is no mail address"
		}
	case scheme == "https" && !anyURI().MatchString(uri):
		return "this is no URL"
	case scheme == "https":
		if u, err := weburl.Parse(uri); err != nil && (u == nil || u.Host == "") {
			return "this is no URL"
		}
	}
	return ""
}
