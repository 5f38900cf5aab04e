package dkim

import (
	"strings"

	"mxverdict/verify/dkim/record"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// ed is a sound record with a short key.
const ed = "v=DKIM1; k=ed25519; p=a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="

// keyName is the name of the key of the selector s1.
const keyName = "s1._domainkey.example.com"

// world is what the servers of example.com say of the texts at a name, separated by " | ", to whom is interested in a target.
func world(target, place, texts string, servers ...evidence.Server) *scene.Zone {
	z := scene.ZoneWith(servers...)
	z.Targets[0].Name = target
	for _, server := range servers {
		says(z, server, place, texts)
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

// mails adds that the domain takes mail.
func mails(z *scene.Zone) {
	z.Says(scene.OwnA, "example.com", "MX", []string{"10 mail.example.com."})
	z.Says(scene.OwnA, "example.com", "TXT", nil)
}

// denying adds that servers deny the name below which keys stand, and the usual selectors below it.
func denying(z *scene.Zone, servers ...evidence.Server) {
	for _, s := range servers {
		says(z, s, record.Below("example.com"), "", nxdomain)
		for _, selector := range usualSelectors {
			says(z, s, record.Name(selector, "example.com"), "", nxdomain)
		}
	}
}

// about is the target of a world.
func about(z *scene.Zone) facts.Subject {
	return facts.Subject{Kind: facts.Target, Name: z.Targets[0].Name}
}

func factsOf(z *scene.Zone) *facts.Set { return scene.Facts(&z.Bundle, Derive) }

// Answers of other kinds.
func nxdomain(x *evidence.Exchange) { x.RCode = "NXDOMAIN" }
func refused(x *evidence.Exchange)  { x.RCode, x.AA, x.Authority = "REFUSED", false, nil }
func servfail(x *evidence.Exchange) { x.RCode, x.AA, x.Authority = "SERVFAIL", false, nil }
