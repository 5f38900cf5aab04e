package facts

import (
	"fmt"
	"testing"
	"time"
)

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 900 * time.Microsecond: "1 ms", 1500 * time.Millisecond: "1.5 s", 15678 * time.Millisecond: "15.7 s",
		150500 * time.Millisecond: "151 s", 24 * time.Hour: "86400 s (1 day)", 48 * time.Hour: "172800 s (2 days)",
		25 * time.Hour: "90000 s", -2 * time.Second: "-2 s",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

// A name of a report may lead to very many subjects, each named once, in their order.
func TestViews(t *testing.T) {
	var set Set
	const many = 20_000
	for range 2 {
		for i := range many {
			set.AddView("example.com", Subject{Kind: Server, Name: "example.com", At: fmt.Sprint(i)})
		}
	}
	set.AddView("example.net", Subject{Kind: Server, Name: "example.com", At: "0"})
	views := set.Views("example.com", Server)
	if len(views) != many {
		t.Fatalf("%d views, want %d", len(views), many)
	}
	for i, v := range views {
		if v.At != fmt.Sprint(i) {
			t.Fatalf("view %d is %s", i, v)
		}
	}
	if len(set.Views("example.net", Server)) != 1 || len(set.Views("example.com", Session)) != 0 {
		t.Error("views are mixed up")
	}
}
