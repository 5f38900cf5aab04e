package bimi

import (
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// maxRedirects is how often the files of a record may be moved. The draft says nothing of redirects, and common clients follow some. The
// number is our own.
const maxRedirects = 5

// Questions lists what is worth asking about the BIMI record of a target, after what is known.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	// The zone comes first: without it nobody entitled to it could be asked.
	if !want.Has(facts.FromBIMI|facts.FromBIMIFiles) || t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	d, name := &derivation{r}, dnsanswer.HostName(t.Name)
	list := r.ToTexts(mailpolicy.BIMIName(name))
	if !r.Done(list...) {
		return list
	}
	own := d.own(name)
	// Whatever stands there ends the search, more than one record too (section 7.2).
	if above := mailpolicy.RegisteredDomain(name); own.why.Code == "" && len(own.records) == 0 && above != name {
		list = append(list, r.ToBoth(mailpolicy.BIMIName(above), "TXT")...)
	}
	if !r.Done(list...) || !want.Has(facts.FromBIMIFiles) {
		return list
	}
	for _, file := range d.find(name).files() {
		list = append(list, r.ToFile(file, maxRedirects)...)
	}
	return list
}

// files are the addresses that the record names. One that is of no use for another reason is looked at all the same: its owner mends all
// of it at once.
func (f discovery) files() (list []string) {
	if r := f.record(); r != nil {
		for _, address := range []string{r.Logo, r.Certificate} {
			if address != "" {
				list = append(list, address)
			}
		}
	}
	return list
}
