package safety

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mxverdict/cmd/internal/render"
)

// browser is a headless one, if this machine has it.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser here")
	return ""
}

// loaded serves a page, opens it, and returns the document as it is after that, and what else was asked for.
func loaded(t *testing.T, program string, page func(base string) string) (dom string, asked []string) {
	t.Helper()
	var lock sync.Mutex
	var base string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(page(base)))
			return
		}
		if r.URL.Path == "/favicon.ico" { // which browsers want by themselves
			return
		}
		lock.Lock()
		defer lock.Unlock()
		asked = append(asked, r.URL.Path)
	}))
	base = "http://" + server.Listener.Addr().String() // before anybody can ask
	server.Start()
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// A profile of its own: nothing is left behind, and nothing of somebody's own is used. The sandbox does not work for root.
	out, err := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=2000", "--dump-dom", base+"/page").Output()
	if err != nil {
		t.Skipf("the browser does not run here: %v", err)
	}
	lock.Lock()
	defer lock.Unlock()
	return string(out), slices.Clone(asked)
}

// live are texts that a browser would obey, each leaving a trace.
func live(base string) string {
	marker := "document.title='owned'"
	return `<script>` + marker + `</script><img src="` + base + `/image" onerror="` + marker + `"><svg onload="` + marker + `"></svg><iframe src="` + base +
		`/frame"></iframe><link rel="stylesheet" href="` + base + `/style"><style>@import "` + base + `/import"; p{background:url(` + base + `/ground)}</style>` +
		`</style></title></pre><body onload="` + marker + `" background="` + base + `/body"><object data="` + base + `/object"></object><form action="` + base + `/form">` +
		`<meta http-equiv="refresh" content="0;url=` + base + `/refresh"><base href="` + base + `/">`
}

// still is such a text without the one that leads the browser away before anything can be seen.
func still(live string) string { return strings.ReplaceAll(live, "refresh", "x") }

func owned(dom string) bool { return strings.Contains(dom, "<title>owned") }

func TestBrowserRunsAndFetchesNothing(t *testing.T) {
	program := browser(t)
	plain := func(body string) string { return "<!DOCTYPE html><title>plain</title><body>" + body }

	// The trap snaps: without escaping, the texts leave traces.
	dom, asked := loaded(t, program, func(base string) string { return plain(still(live(base))) })
	if !owned(dom) || len(asked) < 3 {
		t.Fatalf("the texts are harmless in themselves: %d requests, and the page\n%s", len(asked), dom)
	}

	pages := map[string]func(base string) string{
		"fragment": func(base string) string {
			return plain(in(t, "html", planted(live(base)), render.Options{}) + in(t, "html", verbatim(live(base)), render.Options{}))
		},
		"page": func(base string) string { return in(t, "html", planted(live(base)), render.Options{Page: true}) },
		"every attack": func(string) string {
			return in(t, "html", planted(strings.Join(slices.Sorted(maps.Values(attacks)), " ")), render.Options{Page: true})
		},
		// The policy of a page holds by itself, should the escaping ever fail.
		"policy": func(base string) string {
			return strings.Replace(in(t, "html", planted("x"), render.Options{Page: true}), "<main>", "<main>"+still(live(base)), 1)
		},
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			dom, asked := loaded(t, program, page)
			if owned(dom) {
				t.Error("a script ran")
			}
			if len(asked) > 0 {
				t.Errorf("asked for %q", asked)
			}
			if !strings.Contains(dom, "INCONCLUSIVE") {
				t.Errorf("the page is not there:\n%s", dom)
			}
		})
	}
}
