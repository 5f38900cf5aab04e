package bimi

// This file tells of the files that a record names: the logo and the mark certificate.

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mxverdict/verify/bimi/logo"
	"mxverdict/verify/bimi/mark"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

var (
	logoFacts = []facts.Name{facts.BIMILogoURL, facts.BIMILogoFaulty, facts.BIMILogoFaults, facts.BIMILogoRefused}
	markFacts = []facts.Name{facts.BIMIMarkNamed, facts.BIMIMarkURL, facts.BIMIMarkFaulty, facts.BIMIMarkFaults, facts.BIMIMarkRefused, facts.BIMIMarkTrusted,
		facts.BIMIMarkEnds}
)

// file is what came of the address of a file.
type file struct {
	*evidence.Fetch               // the last one on the way; nil for none
	faults          []logo.Fault  // what keeps everybody from it, or may
	why             facts.Unknown // why it is not known what is there
	part            bool          // only the beginning came
	number          int           // of the fetch in the evidence
}

// fetched reads what came of an address. What is wrong for everybody is a fault; what may be wrong for us alone, or for the moment, is
// unknown.
func (d *derivation) fetched(address string) file {
	along := d.FetchedAlong(address, maxRedirects)
	if len(along) == 0 {
		return d.neverFetched(address)
	}
	f := file{Fetch: along[len(along)-1]}
	_, f.number = d.Fetched(f.URL)
	for _, hop := range along {
		if !strings.HasPrefix(hop.URL, "https://") {
			f.fault(logo.Disputed, "it is redirected to an address without HTTPS")
		}
	}
	switch {
	case reading.Redirects(f.Fetch):
		f.fault(logo.Disputed, "its redirects lead in a circle, are too many, or lead to what is no web address")
		f.why = facts.Unknown{Code: facts.Ambiguous, Detail: "the redirects from " + address + " end nowhere"}
	// A certificate is wrong for everybody, if the check here had roots to check with. Any other failure may be this network's.
	case f.Failure != nil && f.Failure.Kind == evidence.BadCert:
		f.fault(logo.Refused, "the certificate of its web server is not valid: "+f.Failure.Detail)
	case f.Failure != nil && f.Failure.Kind == evidence.TooLong:
		f.part = true
	case f.Failure != nil:
		f.why = reading.Unknown(f.Failure, "the file "+address)
	// These two say that the file is not there, for everybody (RFC 9110 sections 15.5.5 and 15.5.11). A 403 may be for us alone, a 5xx
	// for now.
	case f.Status == http.StatusNotFound || f.Status == http.StatusGone:
		f.fault(logo.Refused, fmt.Sprintf("there is no such file (status %d)", f.Status))
	case f.Status < 200 || f.Status > 299:
		f.why = facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("the web server answered with status %d for %s", f.Status, f.URL)}
	}
	return f
}

// fault adds a fault.
func (f *file) fault(harm logo.Harm, says string) {
	f.faults = append(f.faults, logo.Fault{Says: says, Harm: harm})
}

// readable tells whether there is something to read.
func (f file) readable() bool {
	return f.why.Code == "" && f.Fetch != nil && (f.Failure == nil || f.part) && f.Status/100 == 2
}

// neverFetched says why a file was not even asked for. A host without address is one that nobody finds.
func (d *derivation) neverFetched(address string) (f file) {
	u, err := url.Parse(address)
	if err != nil { // the record would not have been read so
		f.why = facts.Unknown{Code: facts.Untested, Detail: address + " is no web address"}
		return f
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	leads := reading.LeadsAnywhere([]string{"A", "AAAA"}, func(rrtype string) reading.Word { return d.EitherWord(host, rrtype) })
	switch {
	case leads.IsNo():
		f.fault(logo.Refused, "its host "+host+" has no address")
	case leads.IsYes():
		f.why = d.NotAsked("the file " + address)
	default:
		f.why = leads.Why
	}
	return f
}

// judged is what faults come to: whether there are any, which, and whether they make a file useless. What was not read leaves open
// whether there are more.
func judged(faults []logo.Fault, why facts.Unknown, seen func(facts.Known) facts.Known) (faulty, list, refused facts.Known) {
	var says []string
	worst := logo.Harm(0)
	for _, f := range faults {
		says = append(says, f.Says)
		worst = max(worst, f.Harm)
	}
	faulty, list = facts.Found(says, why)
	switch {
	case worst == logo.Refused:
		refused = facts.Yes()
	case why.Code != "":
		refused = facts.Because(why)
	case worst == logo.Disputed:
		refused = facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: "some who show logos refuse a file for this, and others do not: " + strings.Join(says, "; ")})
	default:
		refused = facts.No()
	}
	return seen(faulty), seen(list), seen(refused)
}

// seen says where in the evidence a file stands.
func (f file) seen(k facts.Known) facts.Known {
	if f.Fetch == nil {
		return k
	}
	return k.Seen(f.At, reading.FetchNumber(f.number))
}

// logo tells of the logo.
func (d *derivation) logo(f discovery, all known) {
	r := f.record()
	if r == nil || r.Logo == "" {
		same(all, f.noFile("logo"), logoFacts)
		return
	}
	all[facts.BIMILogoURL] = f.Known(facts.Is(facts.TextValue(r.Logo)))
	file := d.fetched(r.Logo)
	faults, why := file.faults, file.why
	if file.readable() {
		checked := logo.Check(file.Content(), file.part)
		faults = append(faults, checked.Faults...)
		if kind, _, _ := strings.Cut(file.ContentType, ";"); !strings.EqualFold(strings.TrimSpace(kind), "image/svg+xml") {
			faults = append(faults, logo.Fault{Says: "the web server does not call the file image/svg+xml", Harm: logo.Advised})
		}
		if checked.Cut {
			why = facts.Unknown{Code: facts.Ambiguous, Detail: "the file is too large to be read to its end here"}
		}
	}
	all[facts.BIMILogoFaulty], all[facts.BIMILogoFaults], all[facts.BIMILogoRefused] = judged(faults, why, file.seen)
}

// mark tells of the mark certificate.
func (d *derivation) mark(f discovery, name string, all known) {
	r := f.record()
	same(all, f.noFile("mark certificate"), markFacts)
	if r == nil {
		return
	}
	all[facts.BIMIMarkNamed] = f.Known(facts.Truth(r.Certificate != ""))
	if r.Certificate == "" {
		return
	}
	all[facts.BIMIMarkURL] = f.Known(facts.Is(facts.TextValue(r.Certificate)))
	file := d.fetched(r.Certificate)
	faults := file.faults
	ends := file.seen(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "no mark certificate was read"}))
	if file.readable() {
		checked := mark.Check(file.Content(), []string{name, mailpolicy.RegisteredDomain(name)}, file.At)
		faults = append(faults, checked.Faults...)
		if !checked.Ends.IsZero() {
			ends = file.seen(facts.Is(facts.TextValue(checked.Ends.UTC().Format(time.DateOnly))))
		}
	}
	all[facts.BIMIMarkFaulty], all[facts.BIMIMarkFaults], all[facts.BIMIMarkRefused] = judged(faults, file.why, file.seen)
	all[facts.BIMIMarkEnds] = ends
	all[facts.BIMIMarkTrusted] = file.seen(facts.Because(untrusted(all[facts.BIMIMarkFaulty], ends)))
	if all[facts.BIMIMarkRefused].IsYes() {
		all[facts.BIMIMarkTrusted] = file.seen(facts.No())
	}
}

// untrusted is why it is not known whether a mark certificate is trusted, and what is known of it all the same.
func untrusted(faulty, ends facts.Known) facts.Unknown {
	detail := "whether a mailbox provider trusts the authority behind the mark certificate is not known here: each has a list of its own"
	if faulty.IsNo() && ends.Known() {
		detail += "; the certificate itself is made for marks and for this domain, holds a logo, and is in date until " + ends.Value.Text()
	}
	return facts.Unknown{Code: facts.Untested, Detail: detail}
}

// noFile is what is said of a file that the record does not name.
func (f discovery) noFile(what string) facts.Known {
	if f.record() == nil {
		return f.unknown()
	}
	return f.Known(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the BIMI record of " + f.domain + " names no " + what + " that could be fetched"}))
}
