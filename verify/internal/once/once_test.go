package once

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// slowly answers after a second, or with what its end left of it.
func slowly(asked *int) func(context.Context) (string, bool) {
	return func(ctx context.Context) (string, bool) {
		*asked++
		select {
		case <-time.After(time.Second):
			return "whole", true
		case <-ctx.Done():
			return "cut: " + context.Cause(ctx).Error(), false
		}
	}
}

// Whoever asks the same gets the same, asked once, and other questions are others.
func TestAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Group[string]
		asked := 0
		answers := make(chan string, 3)
		for range 2 {
			go func() { answers <- g.Do(t.Context(), "a", slowly(&asked)) }()
		}
		for range 2 {
			if a := <-answers; a != "whole" {
				t.Error(a)
			}
		}
		if g.Do(t.Context(), "a", slowly(&asked)); asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		if g.Do(t.Context(), "b", slowly(&asked)); asked != 2 {
			t.Errorf("asked %d times", asked)
		}
	})
}

// Who leaves first takes nothing from those who wait on; who leaves last ends the question, and hears how far it came.
func TestWhoLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Group[string]
		asked := 0
		ended := errors.New("the end")
		soon, leave := context.WithCancelCause(t.Context())
		first, second := make(chan string, 1), make(chan string, 1)
		go func() { first <- g.Do(soon, "a", slowly(&asked)) }()
		synctest.Wait()
		go func() { second <- g.Do(t.Context(), "a", slowly(&asked)) }()
		synctest.Wait()
		leave(ended)
		if a := <-first; a != "" {
			t.Errorf("who left first got %q", a)
		}
		if a := <-second; a != "whole" || asked != 1 {
			t.Errorf("who waited on got %q, asked %d times", a, asked)
		}
		alone, leave := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second/2, func() { leave(ended) })
		if a := g.Do(alone, "b", slowly(&asked)); a != "cut: the end" {
			t.Errorf("who left last got %q", a)
		}
		if a := g.Do(t.Context(), "b", slowly(&asked)); a != "whole" || asked != 3 {
			t.Errorf("a cut answer was kept: %q, asked %d times", a, asked)
		}
	})
}

// What owes something to who asked is that one's only.
func TestNotWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Group[int]
		asked := 0
		ask := func(context.Context) (int, bool) {
			time.Sleep(time.Second)
			asked++
			return asked, false
		}
		answers := make(chan int, 2)
		for range 2 {
			go func() { answers <- g.Do(t.Context(), "a", ask) }()
		}
		if a, b := <-answers, <-answers; a == b || asked != 2 {
			t.Errorf("%d and %d, asked %d times", a, b, asked)
		}
	})
}

// Of more than may be kept, what nobody wanted for the longest time is asked again; what is on its way costs nothing yet.
func TestOldAnswersAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := Group[string]{Most: 3 * len("whole"), Cost: func(s string) int { return len(s) }}
		asks := func(key string) bool {
			asked := 0
			if a := g.Do(t.Context(), key, slowly(&asked)); a != "whole" {
				t.Error(a)
			}
			return asked > 0
		}
		for _, key := range []string{"a", "b", "c"} {
			asks(key)
		}
		if asks("a") {
			t.Error("what fits is forgotten")
		}
		asks("d") // in place of b
		for key, want := range map[string]bool{"a": false, "c": false, "d": false} {
			if asks(key) != want {
				t.Errorf("%s is asked: %v", key, !want)
			}
		}
		if !asks("b") {
			t.Error("more is kept than may be")
		}
		for i := range 100_000 {
			g.Do(t.Context(), string(rune(i)), func(context.Context) (string, bool) { return "x", i%2 == 0 })
		}
		if len(g.flights) > 3*len("whole") || g.kept.Len() != len(g.flights) || g.cost > g.Most {
			t.Errorf("%d answers are kept, which cost %d", len(g.flights), g.cost)
		}
		asked := 0
		big := func(context.Context) (string, bool) { asked++; return "more than all may cost together", true }
		if g.Do(t.Context(), "big", big); g.Do(t.Context(), "big", big) == "" || asked != 2 || g.cost != 0 {
			t.Errorf("what is too big was asked %d times, and all cost %d", asked, g.cost)
		}
	})
}

// An answer that came too long ago is given to nobody: the question is asked again, once for all. One on its way grows not old.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		age := func(answer string) time.Duration {
			if answer == "for ever" {
				return 0
			}
			return 10 * time.Second
		}
		g := Group[string]{Age: age}
		asked := 0
		slow := func(context.Context) (string, bool) {
			asked++
			time.Sleep(time.Minute)
			return "whole", true
		}
		go g.Do(t.Context(), "a", slow)
		time.Sleep(30 * time.Second)
		for range 3 {
			if g.Do(t.Context(), "a", slow); asked != 1 || !g.Asked("a") {
				t.Fatalf("asked %d times, kept: %v", asked, g.Asked("a"))
			}
			time.Sleep(4 * time.Second)
		}
		if g.Asked("a") {
			t.Error("it is kept for too long")
		}
		go g.Do(t.Context(), "a", slow)
		if g.Do(t.Context(), "a", slow); asked != 2 || !g.Asked("a") {
			t.Errorf("asked %d times, kept: %v", asked, g.Asked("a"))
		}
		// What is too old leaves the books too.
		g = Group[string]{Age: age, Most: 100, Cost: func(s string) int { return len(s) }}
		for range 5 {
			g.Do(t.Context(), "a", slowly(&asked))
			time.Sleep(time.Minute)
		}
		if g.kept.Len() != 1 || g.cost != len("whole") {
			t.Errorf("%d answers are kept, which cost %d", g.kept.Len(), g.cost)
		}
		g.Do(t.Context(), "b", func(context.Context) (string, bool) { return "for ever", true })
		if time.Sleep(time.Hour); !g.Asked("b") {
			t.Error("what has no age grows old")
		}
	})
}
