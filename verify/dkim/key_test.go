package dkim

import (
	"testing"

	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// What is known of a record, or of several at one name.
func TestFactsOfARecord(t *testing.T) {
	const key = "p=a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
	type want map[facts.Name]string
	for texts, test := range map[string]want{
		ed: {facts.DKIMFaulty: "no", facts.DKIMFaults: "none", facts.DKIMKeyType: "ed25519", facts.DKIMKeyBits: "unknown: not_found", facts.DKIMKeyUsable: "yes",
			facts.DKIMTesting: "no", facts.DKIMStrict: "no", facts.DKIMSeveral: "no", facts.DKIMRecord: ed, facts.DKIMAlias: "unknown: not_found", facts.DKIMOthers: "unknown: not_found"},
		"v=DKIM1; t=y:s; k=ed25519; " + key:    {facts.DKIMTesting: "yes", facts.DKIMStrict: "yes", facts.DKIMKeyUsable: "yes"},
		"v=DKIM1; p=":                          {facts.DKIMKeyRevoked: "yes", facts.DKIMKeyUsable: "no", facts.DKIMFaulty: "no", facts.DKIMUnusable: "no"},
		"v=DKIM1; s=tlsrpt; k=ed25519; " + key: {facts.DKIMKeyElsewise: "yes", facts.DKIMKeyUsable: "no", facts.DKIMFaulty: "no"},
		"k=ed25519; v=DKIM1; " + key:           {facts.DKIMLoose: "yes", facts.DKIMUnusable: "no", facts.DKIMFaulty: "yes", facts.DKIMKeyUsable: "yes"},
		"v=DKIM1; g=; k=ed25519; " + key:       {facts.DKIMLoose: "no", facts.DKIMUnusable: "no", facts.DKIMFaulty: "yes", facts.DKIMKeyUsable: "yes"},
		"v=DKIM2; k=ed25519; " + key:           {facts.DKIMLoose: "yes", facts.DKIMUnusable: "yes", facts.DKIMKeyUsable: "no", facts.DKIMKeyType: "ed25519"},
		"v=DKIM1; k=dsa; " + key:               {facts.DKIMUnusable: "yes", facts.DKIMKeyType: "unknown: not_found"},
		ed + "; p=":                            {facts.DKIMLoose: "yes", facts.DKIMUnusable: "unknown: ambiguous", facts.DKIMKeyUsable: "unknown: ambiguous", facts.DKIMTesting: "unknown: ambiguous"},
		ed + " | " + ed + "; t=y":              {facts.DKIMSeveral: "yes", facts.DKIMTesting: "unknown: ambiguous", facts.DKIMKeyUsable: "yes", facts.DKIMKeyType: "ed25519"},
		ed + " | hello":                        {facts.DKIMSeveral: "yes", facts.DKIMOthers: "hello", facts.DKIMKeyUsable: "yes"},
		"hello":                                {facts.DKIMFound: "no", facts.DKIMOthers: "hello", facts.DKIMSeveral: "no", facts.DKIMFaulty: "unknown: not_found", facts.DKIMKeyUsable: "no"},
	} {
		z := world(keyName, keyName, texts, scene.OwnA)
		mails(z)
		set := factsOf(z)
		for name, value := range test {
			scene.WantAbout(t, texts, set, about(z), name, value)
		}
	}
}
