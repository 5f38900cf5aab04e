package speech

import (
	"strings"
	"testing"
)

func TestDenied(t *testing.T) {
	right := 0
	try := func(lines []string, want bool) {
		for _, line := range lines {
			before, behind, ok := strings.Cut(line, "{}")
			if !ok {
				t.Fatalf("%q has no sentence", line)
			}
			if Denied(before, behind) != want {
				t.Errorf("denied(%q) = %t", line, !want)
				continue
			}
			right++
		}
	}
	try(gone, true)
	try(there, false)
	t.Logf("%d of %d lines", right, len(gone)+len(there))
}

func TestSpoken(t *testing.T) {
	for _, said := range []string{"I cannot send mail", "we're stuck", "ich komme nicht weiter", "Unser Server ist es nicht",
		"je ne sais pas", "j’ai un souci", "no sé, nosotros no", "io non capisco", "nosso servidor", "ik weet het niet", "nasz serwer",
		"у нас не работает", "я не понимаю", "弊社のサーバー", "我们的服务器", "vår server", "náš server", "bizim sunucu"} {
		if !Spoken(said) {
			t.Errorf("spoken(%q) = false", said)
		}
	}
	for _, said := range []string{"", "Reverse DNS does not match SMTP Banner", "5.1 min - too long", "Mon, 12 Oct 2026",
		"us-east-1 timed out", "Name server mi.example.com", "サーバーに接続できません", "服务器没有响应", "Serveur injoignable"} {
		if Spoken(said) {
			t.Errorf("spoken(%q) = true", said)
		}
	}
}

// FuzzProse reads any text as prose.
func FuzzProse(f *testing.F) {
	for _, line := range append(gone[:40:40], faultFrames[:20]...) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, behind, _ := strings.Cut(text, "{}")
		Denied(before, behind)
		Spoken(text)
		FrameIn(text)
		if status, ok := Frame(text); status != "" && !ok {
			t.Errorf("frameWords(%q) = %q without a frame", text, status)
		}
	})
}
