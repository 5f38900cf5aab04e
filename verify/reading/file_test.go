package reading

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
)

// followed puts questions for a file until none is new, and says in short what was asked. pages tells what a URL gives: a URL for a
// redirect, else the status.
func followed(t *testing.T, target string, redirects int, pages map[string]string) (asked []string, r *Reading) {
	t.Helper()
	r = &Reading{Bundle: &evidence.Bundle{}}
	for range 100 {
		var open []Question
		for _, q := range r.ToFile(target, redirects) {
			if !r.Done(q) {
				open = append(open, q)
			}
		}
		if len(open) == 0 {
			return asked, r
		}
		for _, q := range open {
			switch {
			case q.Kind == Fetch:
				asked = append(asked, q.Name+" of "+q.Type)
				f := evidence.Fetch{URL: q.Name, Status: 200}
				if to := pages[q.Name]; strings.ContainsAny(to, ":/") {
					f.Status, f.Location = 308, to
				} else if to == "bad" {
					f.Status, f.Location, f.Failure = 308, "/elsewhere", &evidence.Failure{Kind: evidence.BadCert}
				}
				r.Bundle.Fetches = append(r.Bundle.Fetches, f)
			case q.Kind == Resolver && q.Type == "A" && !strings.HasPrefix(q.Name, "nowhere"):
				r.Add(evidence.Exchange{Role: evidence.Resolver, Name: q.Name, Type: "A", RCode: "NOERROR", Answer: []string{q.Name + ". 60 IN A 203.0.113.80"}})
			default:
				r.Add(evidence.Exchange{Role: evidence.Resolver, Name: q.Name, Type: q.Type, RCode: "NOERROR"})
			}
			r.Answer(q)
		}
	}
	t.Fatal("it never ends")
	return nil, nil
}

// A redirect is followed where that is asked for, each URL once, and nowhere but on the web.
func TestFiles(t *testing.T) {
	const a, b, at = "https://a.example.com/x", "http://b.example.com/y", " of 203.0.113.80"
	for name, test := range map[string]struct {
		target    string
		redirects int
		pages     map[string]string
		asked     []string
	}{
		"a file":                     {a, 5, nil, []string{a + at}},
		"written in capitals":        {"HTTPS://a.example.com/x", 5, nil, []string{a + at}},
		"an address":                 {"https://203.0.113.81/", 0, nil, []string{"https://203.0.113.81/ of 203.0.113.81"}},
		"no URL":                     {"a.example.com", 5, nil, nil},
		"a host without address":     {"https://nowhere.example.com/", 5, nil, nil},
		"a redirect, not followed":   {a, 0, map[string]string{a: b}, []string{a + at}},
		"a redirect, followed":       {a, 1, map[string]string{a: b}, []string{a + at, b + at}},
		"a relative one":             {a, 1, map[string]string{a: "/z"}, []string{a + at, "https://a.example.com/z" + at}},
		"more than are followed":     {a, 1, map[string]string{a: b, b: "/z"}, []string{a + at, b + at}},
		"a circle":                   {a, 9, map[string]string{a: b, b: a}, []string{a + at, b + at}},
		"to itself":                  {a, 9, map[string]string{a: a}, []string{a + at}},
		"to another service":         {a, 9, map[string]string{a: "http://b.example.com:22/"}, []string{a + at}},
		"to another scheme":          {a, 9, map[string]string{a: "ftp://b.example.com/"}, []string{a + at}},
		"with a bad certificate":     {a, 9, map[string]string{a: "bad"}, []string{a + at}},
		"to a host without address":  {a, 9, map[string]string{a: "https://nowhere.example.com/"}, []string{a + at}},
		"to a name with a final dot": {a, 9, map[string]string{a: "https://b.example.com./"}, []string{a + at, "https://b.example.com./" + at}},
	} {
		asked, r := followed(t, test.target, test.redirects, test.pages)
		if !slices.Equal(asked, test.asked) {
			t.Errorf("%s:\n got %q\nwant %q", name, asked, test.asked)
		}
		if along := r.FetchedAlong(test.target, test.redirects); len(along) != len(test.asked) {
			t.Errorf("%s: %d fetches along the way", name, len(along))
		}
	}
}

// Which of several tries decides.
func TestFetched(t *testing.T) {
	const url = "https://a.example.com/x"
	failed := func(kind evidence.FailureKind) evidence.Fetch {
		return evidence.Fetch{URL: url, Failure: &evidence.Failure{Kind: kind}}
	}
	whole, broken := evidence.Fetch{URL: url, Status: 200}, evidence.Fetch{URL: url, Status: 503}
	bad, silent := failed(evidence.BadCert), failed(evidence.Timeout)
	for name, test := range map[string]struct {
		tries []evidence.Fetch
		n     int
	}{
		"none":                           {nil, 0},
		"an error behind silence":        {[]evidence.Fetch{silent, broken}, 2},
		"the file behind an error":       {[]evidence.Fetch{broken, whole}, 2},
		"an error behind the file":       {[]evidence.Fetch{whole, broken}, 1},
		"another file":                   {[]evidence.Fetch{{URL: url + "y"}}, 0},
		"one":                            {[]evidence.Fetch{silent}, 1},
		"an answer behind silence":       {[]evidence.Fetch{silent, whole}, 2},
		"silence behind a bad one":       {[]evidence.Fetch{bad, silent}, 2},
		"a bad one behind silence":       {[]evidence.Fetch{silent, bad}, 1},
		"a bad one behind an answer":     {[]evidence.Fetch{whole, bad}, 1},
		"of two that are alike, the one": {[]evidence.Fetch{whole, whole}, 1},
	} {
		r := &Reading{Bundle: &evidence.Bundle{Fetches: test.tries}}
		if len(r.Fetches("HTTPS://a.example.com/x")) != len(r.Fetches(url)) {
			t.Errorf("%s: another way to write the URL finds other tries", name)
		}
		if _, n := r.Fetched(url); n != test.n {
			t.Errorf("%s: %d, want %d", name, n, test.n)
		}
	}
}

// What another address answered does not count where it is known which ones count.
func TestFetchedFrom(t *testing.T) {
	const url = "https://a.example.com/x"
	r := &Reading{Bundle: &evidence.Bundle{Fetches: []evidence.Fetch{{URL: url, Address: "203.0.113.80:443", Status: 404}, {URL: url, Address: "[2001:db8::1]:443", Status: 200}}}}
	for address, n := range map[string]int{"203.0.113.80": 1, "2001:db8::1": 2, "203.0.113.81": 0} {
		if _, got := r.FetchedFrom(url, []string{address}); got != n || len(r.Fetches(url, address)) != min(n, 1) {
			t.Errorf("%s: %d, want %d", address, got, n)
		}
	}
	q := FileFrom(url, []string{"a", "b", "c", "d", "e"})
	if again := Anew(q); q.Type != "a b c d" || again.Round != 1 || again.Pause <= 0 || again == q {
		t.Errorf("%+v, then %+v", q, again)
	}
}
