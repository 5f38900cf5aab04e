package app

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"mxverdict/cmd/internal/render"
	"mxverdict/verify"
	"mxverdict/verify/evidence"
)

// How often progress is shown: often enough on a terminal to see that it lives, seldom enough elsewhere to read.
const (
	terminalEvery = time.Second
	lineEvery     = 10 * time.Second
)

// progress shows on stderr what the run waits for and how long already.
type progress struct {
	console  *console
	width    int // of the terminal, or 0
	every    time.Duration
	says     func() []string // the lines
	stop     chan struct{}
	finished sync.WaitGroup

	mu    sync.Mutex
	waits map[string]verify.Waiting
}

// watch starts to show what is waited for.
func (p *program) watch() *progress { return p.watchLines(lineEvery, nil) }

// watchLines starts to show lines now and then, each second at a terminal and as one line elsewhere; nil for what is waited for.
func (p *program) watchLines(every time.Duration, says func() []string) *progress {
	g := &progress{console: p.stderr, every: every, says: says, stop: make(chan struct{}), waits: map[string]verify.Waiting{}}
	if width, ok := p.env.Terminal(p.stderr.w); ok {
		g.width, g.every = width, terminalEvery
	}
	if says == nil {
		g.says = func() []string { return g.longest(1) }
	}
	g.finished.Go(g.run)
	return g
}

// waiting is told about every wait.
func (g *progress) waiting(w verify.Waiting) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.Step == "" {
		delete(g.waits, w.Subject)
		return
	}
	g.waits[w.Subject] = w
}

func (g *progress) run() {
	ticker := time.NewTicker(g.every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			g.show()
		case <-g.stop:
			return
		}
	}
}

func (g *progress) show() {
	switch lines := g.says(); {
	case len(lines) == 0:
	case g.width == 0:
		fmt.Fprintln(g.console, render.Message(strings.Join(lines, "; ")))
	default:
		for i, line := range lines {
			lines[i] = render.Line(line, g.width-1)
		}
		g.console.show(lines)
	}
}

// longest says what is waited for, those waits first that may last longest: they are what the reader waits for. Behind the last one stands
// how many there are beside.
func (g *progress) longest(most int) (lines []string) {
	g.mu.Lock()
	waits := slices.Collect(maps.Values(g.waits))
	g.mu.Unlock()
	slices.SortFunc(waits, func(a, b verify.Waiting) int {
		return cmp.Or(-a.Since.Add(a.Limit).Compare(b.Since.Add(b.Limit)), cmp.Compare(a.Subject, b.Subject))
	})
	shown := waits[:min(len(waits), most)]
	for _, w := range shown {
		line := fmt.Sprintf("%d s", int(time.Since(w.Since).Seconds()))
		if w.Limit > 0 {
			line += fmt.Sprintf(" of at most %d s", int(w.Limit.Seconds()))
		}
		lines = append(lines, line+": waiting for "+awaited(w))
	}
	if others := len(waits) - len(shown); others > 0 {
		lines[len(lines)-1] += fmt.Sprintf(" (and %d more)", others)
	}
	return lines
}

// awaited names what is waited for.
func awaited(w verify.Waiting) string {
	what := map[evidence.Step]string{
		verify.StepResolver: "the resolver, about", verify.StepServers: "the name servers of",
		verify.StepSettle:    "a second look at",
		evidence.StepConnect: "the connection to", evidence.StepGreeting: "the greeting of", evidence.StepHandshake: "the TLS handshake with", evidence.StepHello: "a TLS hello of",
		evidence.StepHELO: "the reply to HELO of",
		evidence.StepEHLO: "the reply to EHLO of", evidence.StepEHLOTLS: "the reply to EHLO of", evidence.StepSTARTTLS: "the reply to STARTTLS of",
		evidence.StepRSET: "the reply to RSET of", evidence.StepVRFY: "the reply to VRFY of", evidence.StepEXPN: "the reply to EXPN of",
		verify.StepGreylist: "the end of greylisting, before a second visit to",
		verify.StepPause:    "the next visit, after a pause, to", evidence.StepMAIL: "the reply to MAIL of", evidence.StepRCPT: "the reply to RCPT of", evidence.StepQUIT: "the good-bye of",
	}[w.Step]
	return what + " " + w.Subject
}

// end takes the line away.
func (g *progress) end() {
	close(g.stop)
	g.finished.Wait()
	g.console.beside(func() {})
}
