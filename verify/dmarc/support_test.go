package dmarc

import (
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/mailpolicy"
)

// world is what the servers of example.com say of texts: by name, separated by " | ". They are asked for the place of the record of each
// domain on the way of a receiver, whether it stands there or not.
func world(name string, texts map[string]string, servers ...evidence.Server) *scene.Zone {
	z := scene.ZoneWith(servers...)
	z.Targets[0].Name = name
	for _, server := range servers {
		for _, domain := range append(mailpolicy.DMARCWalk(name), mailpolicy.RegisteredDomain(name)) {
			if _, told := texts[mailpolicy.DMARCName(domain)]; !told {
				z.Says(server, mailpolicy.DMARCName(domain), "TXT", nil)
			}
		}
		for place, text := range texts {
			says(z, server, place, text)
		}
	}
	return z
}

// says adds the texts that a server gives at a name.
func says(z *scene.Zone, server evidence.Server, place, text string, change ...func(*evidence.Exchange)) {
	var data []string
	for one := range strings.SplitSeq(text, " | ") {
		if one != "" {
			data = append(data, `"`+one+`"`)
		}
	}
	z.Says(server, place, "TXT", data, change...)
}

// about is the target of a world.
func about(z *scene.Zone) facts.Subject {
	return facts.Subject{Kind: facts.Target, Name: z.Targets[0].Name}
}

func factsOf(z *scene.Zone) *facts.Set { return scene.Facts(&z.Bundle, Derive) }

// Failures of one answer.
func refused(x *evidence.Exchange)  { x.RCode, x.AA, x.Authority = "REFUSED", false, nil }
func servfail(x *evidence.Exchange) { x.RCode, x.AA, x.Authority = "SERVFAIL", false, nil }
