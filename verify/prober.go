package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/once"
	"mxverdict/verify/internal/pace"
)

// Prober asks strangers' servers on behalf of many reports. Each report has a run of its own, with its own budget, controls and
// evidence, so that no verdict depends on the reports beside it. What several of them ask alike is asked once, and the answers are
// shared; one server is never talked to by two at a time, nor more often than manners allow. It is safe for concurrent use.
type Prober struct {
	Options
	wire *dnsprobe.Wire

	mailbox string // a local part that cannot exist, the same in every session, because greylisting knows recipients again
	nowhere string // a name that does not exist (RFC 6761 section 6.4)

	// What was asked once for all reports, by all that makes two questions alike. A result that our own end cut short is kept for nobody.
	held     once.Group[[]evidence.Session]
	controls once.Group[evidence.Session] // and that with nobody
	fetches  once.Group[[]evidence.Fetch]

	runs    atomic.Int64 // begun
	manners *manners
	quick   *pace.Gate[struct{}] // the reports whose look-ups are on their way
	patient *pace.Gate[struct{}] // those of them that wait for servers that are slow
}

// New makes a prober. The names that it makes up are random, so that no server can know them, and stay the same for all of its reports: a
// second name would be a second question to each server, and a new client to each greylist.
func New(o Options) *Prober {
	return &Prober{Options: o, wire: dnsprobe.NewWire(),
		mailbox:  fmt.Sprintf("mxverdict-%08x", rand.Uint32()),
		nowhere:  fmt.Sprintf("mxverdict-%08x.invalid", rand.Uint32()),
		held:     once.Group[[]evidence.Session]{Most: mostHeld, Cost: costOf, Age: ageOf},
		controls: once.Group[evidence.Session]{Age: func(evidence.Session) time.Duration { return fresh }},
		fetches:  once.Group[[]evidence.Fetch]{Most: mostFetched, Cost: costOfFetches},
		manners:  newManners(o),
		quick:    pace.New(func(struct{}) pace.Limit { return pace.Limit{AtOnce: parallelReports} }),
		patient:  pace.New(func(struct{}) pace.Limit { return pace.Limit{AtOnce: patientReports} }),
	}
}

// The reports whose look-ups run side by side: so many at once, and beside them those that took longer than most. These wait for servers
// that are slow or silent, and must not keep others from theirs. Sessions all run side by side, because nearly all of their time is waiting.
const (
	parallelReports = 20
	patientReports  = 80
	quickTime       = 5 * time.Second
)

// Run asks what one report needs and nobody asked before, on a prober of its own. See Prober.Run.
func Run(ctx context.Context, plan Plan, o Options) evidence.Bundle { return New(o).Run(ctx, plan) }
