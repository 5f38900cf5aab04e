package app

// This file decides whether a batch is worth going on with: a network that lets nothing out, and a resolver that is dead, would burn a night.

import (
	"fmt"
	"slices"
	"time"

	"mxverdict/verify/evidence"
)

// hopeless is how many results in a row, from the first, this network may hinder before the run ends: the rest would end alike, and cost a
// night.
const hopeless = 20

// hopelessNow is the same once it let some out: by then thousands of reports may be under way, of which some end as they began.
const hopelessNow = 100

// take keeps a result. One that was cut short is no result: the report is tested again in the next run.
func (b *batchRun) take(of finished) {
	switch {
	case of.result.Interrupted:
		b.cut++
	case of.result.Hindered && !b.opened:
		if b.held = append(b.held, of); len(b.held) >= hopeless {
			b.giveUp(&problem{fmt.Sprintf("this network does not let the tests out, as the first %d reports that need it show; nothing was recorded of them", hopeless),
				[]string{"Run it where port 25 and port 53 are open, or through --proxy; name a mail host that surely answers with --control. The same command goes on where it was."}, exitNetwork})
		}
	case of.result.Hindered:
		b.keep(of)
		if !blamesNetwork(of) {
			break
		}
		b.mail = b.mail || usesSMTP(of)
		if b.since++; b.since >= hopelessNow {
			b.giveUp(&problem{fmt.Sprintf("this network lets tests out no more, as the last %d reports that need it show; they are tested again in the next run", hopelessNow),
				[]string{"The same command goes on where it was, once it does."}, exitNetwork})
		}
	default:
		// What a test without SMTP shows says nothing of port 25.
		if showsSMTP(of) || showsDNS(of) && !b.mail {
			b.since, b.mail = 0, false
		}
		b.opened = b.opened || showsSMTP(of)
		if b.opened || showsDNS(of) && !slices.ContainsFunc(b.held, usesSMTP) {
			b.release()
		}
		b.keep(of)
	}
	b.hear(of)
}

// blamesNetwork tells whether it is known that this network kept a test from its servers. Where no control was asked it may be that they are
// dead, of which a folder may hold hundreds, and they end last.
func blamesNetwork(of finished) bool {
	v := of.result.Evidence.Vantage
	return v.Intercepted || v.SMTPOut == evidence.Closed || v.SMTPOut6 == evidence.Closed || v.DNSOut == evidence.Closed || v.DNSOut == evidence.ResolverOnly
}

// hear looks whether the resolver is heard. Without it each test takes half a minute longer, which is a night for thousands.
func (b *batchRun) hear(of finished) {
	switch asked, heard := heardResolver(of); {
	case heard:
		b.mute = 0
	case asked:
		if b.mute++; b.mute == hopeless {
			b.giveUp(&problem{fmt.Sprintf("the resolver %s answers nothing, as %d tests in a row show; what was found without it is kept", of.result.Evidence.Vantage.Resolver, hopeless),
				[]string{"Name one that answers with --resolver ADDRESS. The same command goes on where it was."}, exitNetwork})
		}
	}
}

// heardResolver tells whether a test waited for the resolver in vain, or heard it.
func heardResolver(of finished) (asked, heard bool) {
	for _, x := range of.result.Evidence.Exchanges {
		if x.Role == evidence.Resolver && of.asked(x.At) {
			asked = asked || x.Failure != nil && x.Failure.Kind == evidence.Timeout
			heard = heard || x.RCode != ""
		}
	}
	return asked, heard
}

// usesSMTP tells whether a test said something to servers other than those of names.
func usesSMTP(of finished) bool { return len(of.result.Evidence.Sessions) > 0 }

// showsSMTP and showsDNS tell whether a test shows what this network lets out now: whether anything was asked for it. What others had asked
// before, maybe hours ago, does not.
func showsSMTP(of finished) bool {
	return slices.ContainsFunc(of.result.Evidence.Sessions, func(s evidence.Session) bool { return of.asked(s.StartedAt) })
}

func showsDNS(of finished) bool {
	return slices.ContainsFunc(of.result.Evidence.Exchanges, func(x evidence.Exchange) bool { return of.asked(x.At) })
}

// asked tells whether it was while this report was tested that something was asked.
func (f finished) asked(at time.Time) bool { return !at.Before(f.result.Evidence.StartedAt) }

// release keeps what was held back. The next run tries it again.
func (b *batchRun) release() {
	for _, held := range b.held {
		b.keep(held)
	}
	b.held = nil
}
