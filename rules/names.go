package rules

import (
	"cmp"
	"strings"
	"time"

	"mxverdict/verify/facts"
)

// subjectText names what a verdict is about: the one address, else the name and how many addresses were judged.
func (cl *claim) subjectText(views []viewResult) string {
	switch few := len(views) == 1 || len(views) < len(cl.judgedViews()); {
	case cl.rule.Subject == string(facts.Host) && len(views) > 0 && few:
		return subjectList(views)
	// The zone that holds the name, which need not have the name of the report.
	case len(views) > 0 && cl.rule.Subject == string(facts.Zone):
		return views[0].subject.Name
	}
	return cl.target
}

// subjectList names addresses as far as they can be read.
func subjectList(views []viewResult) string {
	var texts []string
	for _, v := range views[:min(len(views), maxShown)] {
		texts = append(texts, v.subject.String())
	}
	return strings.Join(texts, ", ")
}

// names are the placeholders that are not facts.
// They come from the report and from name servers, and are as hostile as those: render escapes them, and in commands fits
// decides.
func (cl *claim) names(v viewResult) map[string]string {
	names := map[string]string{"target": cl.target, "place": cl.rule.placeName(cl.target), subjectPlaceholder: v.subject.String(), "reporter": cl.catalogue.reporterName(cl.reporter)}
	switch v.subject.Kind {
	// A session is always on the port of the relay of mail (RFC 5321 section 4.5.4.2) unless the run was told another one.
	case facts.Session:
		names["host"], names["address"], names["port"] = cmp.Or(v.subject.Name, v.subject.At), v.subject.At, "25"
		if port, _ := v.view.Set.Get(facts.SMTPPort, v.subject); port.Known() {
			names["port"] = port.Value.String()
		}
		names["socket"] = names["address"] + ":" + names["port"]
		// An IPv6 address and a port need brackets between them (RFC 3986 section 3.2.2).
		if strings.Contains(names["address"], ":") {
			names["socket"] = "[" + names["address"] + "]:" + names["port"]
		}
	case facts.Listing:
		names["host"], names["address"], names["block_list"] = cmp.Or(v.subject.Name, v.subject.At), cmp.Or(v.subject.At, v.subject.Name), v.subject.List
		// They stand in a command, which takes no facts.
		for key, fact := range map[string]facts.Name{"entry": facts.BlockListQuery, "list_server": facts.BlockListServer} {
			if f, _ := v.view.Set.Get(fact, v.subject); f.Known() {
				names[key] = f.Value.Text()
			}
		}
	case facts.Server:
		names["zone"] = v.subject.Name
		names["server"], names["server_address"] = server(v.subject)
	case facts.Zone:
		names["zone"] = v.subject.Name
	}
	// A verdict about the whole zone is shown by asking one of its servers.
	if servers := cl.servers(v.view); v.subject.Kind != facts.Server && len(servers) > 0 {
		names["server"], names["server_address"] = server(servers[0])
	}
	// The moment is that of the measurement: a sentence about the future must not change its meaning when it is printed again.
	if serial, _ := v.view.Set.Get(facts.DNSSOASerial, v.subject); !serial.At.IsZero() {
		names["clocks"] = cl.clocks(serial.At)
	}
	return names
}

// server is the name and the address of a name server.
func server(s facts.Subject) (name, address string) {
	name, address, _ = strings.Cut(strings.TrimSuffix(s.At, "]"), " [")
	return name, address
}

// clocks writes what a moment is where a day begins first, at UTC, and where the reporter reads its clock.
// Whether a serial number lies in the future depends on whose calendar is meant.
func (cl *claim) clocks(at time.Time) string {
	const layout = "2006-01-02 15:04"
	// A serial that is a date may be that of tomorrow where the zone is edited: UTC+14 is where a day begins first.
	texts := []string{at.UTC().Add(14*time.Hour).Format(layout) + " at UTC+14:00", at.UTC().Format(layout) + " at UTC"}
	if r := cl.catalogue.reporter(cl.reporter); r != nil {
		for _, offset := range r.ClockZone.Offsets {
			zone := time.FixedZone("", int(offset.Seconds()))
			texts = append(texts, at.In(zone).Format(layout+" at UTC-07:00")+" ("+r.Name+")")
		}
	}
	return strings.Join(texts, ", ")
}
