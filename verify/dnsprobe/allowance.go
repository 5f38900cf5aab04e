package dnsprobe

import (
	"context"
	"sync/atomic"

	"mxverdict/verify/evidence"
)

// Allowance bounds what the questions of one purpose may cost, whatever is served: every message that comes for them, by its length,
// and every try by what it takes to remember it. What one hostile zone uses up is so taken from nobody else. A question
// that is answered already costs nothing. It is safe for concurrent use.
type Allowance struct{ left atomic.Int64 }

const (
	// perTry is about what an exchange takes in memory, in bytes, without its records.
	perTry = 512

	// share is which part of what is left one message may have. One that is longer is not looked at, so that a few long ones leave
	// room for many short ones.
	share = 16

	// unread is what a longer message costs all the same: it came, and was not looked at.
	unread = 4 << 10

	// common is the allowance of all questions that have none of their own.
	common = 8 << 20
)

// NewAllowance makes an allowance of a number of bytes.
func NewAllowance(bytes int64) *Allowance {
	a := new(Allowance)
	a.left.Store(bytes)
	return a
}

type allowanceKey struct{}

// Within returns a context whose questions are paid for by the allowance.
func (a *Allowance) Within(ctx context.Context) context.Context {
	return context.WithValue(ctx, allowanceKey{}, a)
}

// allowance is what pays for the questions of a context.
func (p *Probe) allowance(ctx context.Context) *Allowance {
	// It goes with the context, so that look-ups in the middle of other look-ups are paid for by whoever began them.
	if a, ok := ctx.Value(allowanceKey{}).(*Allowance); ok {
		return a
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.common == nil {
		p.common = NewAllowance(common)
	}
	return p.common
}

// spent is asked before a question is sent; an answer that overdraws the allowance a little is kept.
func (a *Allowance) spent() bool { return a.left.Load() <= 0 }

// pay pays for a message that came, unless it is too long.
func (a *Allowance) pay(length int) error {
	if int64(length) > max(a.left.Load(), 0)/share {
		a.left.Add(-int64(min(length, unread)))
		return errSpent
	}
	a.left.Add(-int64(length))
	return nil
}

// errSpent is a bound of our own, no fault of the server that met it.
var errSpent = failure{evidence.Limit, "left out: the name servers asked here have sent too much, or were asked too often"}
