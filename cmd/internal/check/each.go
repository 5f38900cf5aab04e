package check

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/verify"
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
// with. No more than jobs of them are under way at a time; what is not yet taken is not yet read.
//
// Cancelling ctx ends the tests that are under way at once, as interrupted, but not the stream of plans: that is for who makes them. When
// the results end, or nobody wants more, no plan is being taken any more.
func Each[T any](ctx context.Context, plans iter.Seq2[T, Plan], o verify.Options, jobs int) iter.Seq2[T, result.Result] {
	type done struct {
		of T
		r  result.Result
	}
	return func(yield func(T, result.Result) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		results := make(chan done)
		over := make(chan struct{})
		var feeder sync.WaitGroup
		defer feeder.Wait()
		defer close(over)
		feeder.Go(func() {
			slots := make(chan struct{}, jobs)
			prober := verify.New(o)
			judges := make(chan struct{}, runtime.GOMAXPROCS(0))
			for of, plan := range plans {
				select {
				case slots <- struct{}{}:
				case <-over:
					return
				}
				go func() {
					seen := ask(ctx, prober, plan)
					judges <- struct{}{}
					r := Judge(plan.report, seen, plan.catalogue)
					<-judges
					select {
					case results <- done{of, r}:
					case <-over:
					}
					<-slots
				}()
			}
			for range jobs { // until the last of them is done
				select {
				case slots <- struct{}{}:
				case <-over:
					return
				}
			}
			close(results)
		})
		for d := range results {
			if !yield(d.of, d.r) {
				return
			}
		}
	}
}
