package smtp

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

func TestVRFYAndEXPNFacts(t *testing.T) {
	vrfy := func(known, random string) evidence.Session {
		return scripted("known; vrfy; "+known, "random; vrfy; "+random)
	}
	expn := func(known, random string) evidence.Session {
		return scripted("list; expn; "+known, "nolist; expn; "+random)
	}
	const maybe, never = "252 2.0.0 Try", "502 5.5.1 Command not implemented"
	const members = "250 Jo <jo@example.com>"
	for _, test := range []struct {
		name, want string
		fact       facts.Name
		session    evidence.Session
	}{
		{"verifies", "yes", facts.SMTPVRFYDiscloses, vrfy("250 Postmaster", noUser)},
		{"verifies others", "yes", facts.SMTPVRFYDiscloses, vrfy("251 elsewhere", noUser)},
		{"denies", "yes", facts.SMTPVRFYDiscloses, vrfy(maybe, noUser)},
		{"denies in words of its own", "yes", facts.SMTPVRFYDiscloses, vrfy(maybe, "550 String does not match anything.")},
		{"takes everything", "no", facts.SMTPVRFYDiscloses, vrfy(maybe, maybe)},
		{"knows everything", "no", facts.SMTPVRFYDiscloses, vrfy("250 Ok", "250 Ok")},
		{"never", "no", facts.SMTPVRFYDiscloses, vrfy(never, never)},
		{"never, by 500", "no", facts.SMTPVRFYDiscloses, vrfy("500 what?", "500 what?")},
		{"never, by 504", "no", facts.SMTPVRFYDiscloses, vrfy("504 what?", "504 what?")},
		{"never, by words", "no", facts.SMTPVRFYDiscloses, vrfy("550 VRFY is disabled", "550 VRFY is disabled")},
		{"never for one", "no", facts.SMTPVRFYDiscloses, vrfy(maybe, never)},
		{"differs, but denies neither", "ambiguous", facts.SMTPVRFYDiscloses, vrfy("250 Ok", maybe)},
		{"knows no postmaster", "ambiguous", facts.SMTPVRFYDiscloses, vrfy(noUser, noUser)},
		{"bans the second", "refused", facts.SMTPVRFYDiscloses, vrfy(maybe, "550 Access denied")},
		{"policy at the second", "refused", facts.SMTPVRFYDiscloses, vrfy(maybe, "550 refused by policy")},
		{"lists the tester", "refused", facts.SMTPVRFYDiscloses, vrfy(maybe, hated)},
		{"lists the tester at once", "refused", facts.SMTPVRFYDiscloses, vrfy("550 VRFY: you are blacklisted", noUser)},
		{"wants encryption", "refused", facts.SMTPVRFYDiscloses, vrfy("530 Must issue STARTTLS for this operation", noUser)},
		{"puts off", "refused", facts.SMTPVRFYDiscloses, vrfy("250 Ok", "450 disabled for a while")},
		{"code of security", "refused", facts.SMTPVRFYDiscloses, vrfy("250 Ok", "550 5.7.1 no")},
		{"broken", "connect_failed", facts.SMTPVRFYDiscloses, vrfy("-", "-")},
		{"lists members", "yes", facts.SMTPEXPNDiscloses, expn(members, noUser)},
		{"lists members, never of another", "yes", facts.SMTPEXPNDiscloses, expn(members, never)},
		{"lists members of everything", "ambiguous", facts.SMTPEXPNDiscloses, expn(members, members)},
		{"lists members, and bans the second", "refused", facts.SMTPEXPNDiscloses, expn(members, hated)},
		{"lists itself", "no", facts.SMTPEXPNDiscloses, expn("250 <postmaster@example.com>", noUser)},
		{"lists no mailbox", "no", facts.SMTPEXPNDiscloses, expn("250 Ok", noUser)},
		{"denies lists", "no", facts.SMTPEXPNDiscloses, expn(noUser, noUser)},
		{"no lists", "no", facts.SMTPEXPNDiscloses, expn(never, never)},
		{"turned away", "refused", facts.SMTPEXPNDiscloses, expn(hated, noUser)},
	} {
		if got := factOf(test.fact, test.session); got != test.want {
			t.Errorf("%s, %s: %s, want %s", test.fact, test.name, got, test.want)
		}
	}
}
