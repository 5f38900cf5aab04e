package check

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/verify"
	"mxverdict/verify/evidence"
)

// AsJudged is Run without its order: a report that takes minutes holds no other one up.
func AsJudged(ctx context.Context, plans iter.Seq[Plan], o verify.Options) iter.Seq[result.Result] {
	type none = struct{}
	return func(yield func(result.Result) bool) {
		each := func(yield func(none, Plan) bool) {
			for plan := range plans {
				if !yield(none{}, plan) {
					return
				}
			}
		}
		for _, r := range Each(ctx, each, o, underWay) {
			if !yield(r) {
				return
			}
		}
	}
}

// Each is Run for many reports of which nobody waits for a particular one: each result comes as soon as it is there, with what its plan came
// with. No more than jobs of them are under way at a time, beside those that talk to a mail server: these only wait, and are as many as there
// are connections. What is not yet taken is not yet read.
//
// Cancelling ctx ends the tests that are under way at once, as interrupted, but not the stream of plans: that is for who makes them. When
// the results end, or nobody wants more, no plan is being taken any more.
func Each[T any](ctx context.Context, plans iter.Seq2[T, Plan], o verify.Options, jobs int) iter.Seq2[T, result.Result] {
	return func(yield func(T, result.Result) bool) {
		ctx, stop := context.WithCancel(ctx)
		e := each[T]{places: newPlaces(jobs), tested: make(chan *seen[T]), judged: make(chan *judged[T]), over: make(chan struct{})}
		var group sync.WaitGroup
		defer func() {
			close(e.over)
			e.places.end()
			stop()
			group.Wait()
		}()
		o.Talking = func(change int) { e.places.change(-change) }
		group.Go(func() { e.test(ctx, plans, verify.New(o)) })
		// What is set up to judge a report is many times its result, so that no more are judged at a time than can be. Those that judge are
		// few and have large stacks; those that wait for a server are thousands, and must not.
		var judges sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			judges.Go(e.judge)
		}
		group.Go(func() {
			judges.Wait()
			close(e.judged)
		})
		for d := range e.judged {
			if !yield(d.of, d.r) {
				return
			}
		}
	}
}

// each is a run of Each on its way: reports are tested in a goroutine each, and judged by a few.
type each[T any] struct {
	places *places
	tested chan *seen[T]
	judged chan *judged[T]
	over   chan struct{} // closed when nobody wants more
}

// seen is a report whose test is over.
type seen[T any] struct {
	of     T
	plan   Plan
	bundle evidence.Bundle
}

// judged is a result, with what its plan came with.
type judged[T any] struct {
	of T
	r  result.Result
}

// test tests what plans come, and ends when the last of them is tested or nobody wants more.
func (e *each[T]) test(ctx context.Context, plans iter.Seq2[T, Plan], prober *verify.Prober) {
	var tests sync.WaitGroup
	defer close(e.tested)
	defer tests.Wait()
	for of, plan := range plans {
		if !e.places.take() {
			return
		}
		s := &seen[T]{of: of, plan: plan}
		tests.Go(func() {
			s.bundle = ask(ctx, prober, s.plan)
			select {
			case e.tested <- s:
			case <-e.over:
			}
		})
	}
}

// judge judges what was tested. The place of a report is free when its result was taken.
func (e *each[T]) judge() {
	for s := range e.tested {
		d := &judged[T]{s.of, Judge(s.plan.report, s.bundle, s.plan.catalogue)}
		select {
		case e.judged <- d:
			e.places.change(-1)
		case <-e.over:
			return // the others are not wanted either
		}
	}
}
