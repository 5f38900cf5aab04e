package speech

import (
	"strings"
	"testing"
)

// readGenre reads a document; "# " marks a heading and "- " an item.
func readGenre(text string) *Genre {
	g := &Genre{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		l := Line{Text: strings.TrimPrefix(strings.TrimPrefix(line, "# "), "- "), Heading: strings.HasPrefix(line, "# "), Item: strings.HasPrefix(line, "- ")}
		if l.Text != "" {
			g.Note(l)
		}
	}
	g.Finish()
	return g
}

// What a document shows tells whether it speaks of sentences. Customers use the same words for what they were shown.
func TestGenres(t *testing.T) {
	for text, want := range map[string]bool{
		"NAME\ncheck - ask\nEXIT STATUS\n1 a row is yellow\nEXAMPLES\ncheck -H x": true,
		"CHECK(8)   Manual   CHECK(8)\nNAME\ncheck - ask":                         true,
		"NOM\ncheck\nCODE DE RETOUR\n1\nEXEMPLES\nx":                              true,
		"BEZEICHNUNG\nx\nRÜCKGABEWERT\n2\nSIEHE AUCH\ny":                          true,
		"NAME\nJane\nDESCRIPTION\nReverse DNS\nFILES\nnone":                       false,
		"NAME\tSTATUS\nx\ty\nEXAMPLES":                                            false,
		"HOUSE STYLE, chapter 9\nQuote exactly":                                   true,
		"# Redaktionsleitfaden\nZitate":                                           true,
		"# Guide de rédaction\nCitez":                                             true,
		"# Guía de estilo\nCite":                                                  true,
		"# 表記ルール\n引用":                                                             true,
		"I like the style guide of your panel, but\nit says":                      false,
		"Help with our style guide needed\nx":                                     false,
		"# Interview, level 2\n- What do you ask first?\n- Which of these is it?": true,
		"# Vorstellungsgespräch\n- Was fragen Sie?\n- Was nicht?":                 true,
		"# Questions for you\n- Why is it red?\n- What can be done?":              false,
		"# Interview\nMXToolbox says":                                             false,
		"package clean\nfunc T() {\n{\"a\", \"b\"},\n{\"c\", \"d\"},":             true,
		"package lost at DHL\nMXToolbox says":                                     false,
	} {
		if readGenre(text).Speaks() != want {
			t.Errorf("%q speaks of sentences: %t", text, !want)
		}
	}
}

func TestPrices(t *testing.T) {
	for line, want := range map[string]bool{
		"Analysis of a report ..... 120 €": true, "PTR record - €25": true, "Usunięcie przyczyny ...... 80 zł": true, "Dojazd 2 zł/km": true, "DKIM set-up: $5.00": true,
		"SPF-Eintrag 15,00 EUR": true, "DMARC (jährlich) CHF 20.-": true, "Настройка PTR 500 руб.": true, "Nastavení SPF 300 Kč": true, "SPF 300 kr": true,
		"PTR設定 3,000円": true, "SPF 5000 Ft": true, "PTR £12 per month": true, "SPF ₺250": true, "Diagnóstico R$ 90": true, "SPF 40 lei": true,
		"15.3 seconds": false, "Connection time 7.5": false, "192.0.2.1": false, "TTL 3600": false, "80 €": false, "": false, "SOA Serial 2026113001": false,
		"4 kr is what I have": false, "line 4": false, "12 ms": false, "DNS took 8 s": false,
	} {
		if isPriced(line) != want {
			t.Errorf("isPriced(%q) = %t", line, !want)
		}
	}
	if g := readGenre("Prices\nA 10 €\nB 20 €\nC 30 €"); !g.Priced() {
		t.Error("no list of prices")
	}
	if g := readGenre("Ticket\nMXToolbox says A\nI paid 10 €\nand 20 €"); g.Priced() {
		t.Error("a ticket is a list of prices")
	}
}

func TestQuestionLabels(t *testing.T) {
	for line, want := range map[string][2]bool{
		"Q1: What is it?": {true, false}, "A1: A fault.": {false, true}, "S1: X neyi anlatır?": {true, false}, "C1: Bunu.": {false, true}, "F2: Was ist das?": {true, false},
		"S2: Ett fel.": {false, true}, "P3: ¿Qué es?": {true, false}, "R3: Un fallo.": {false, true}, "В1: Что это?": {true, false}, "О1: Ошибка.": {false, true},
		"Frage 3: Was?": {true, false}, "Antwort 3: Das.": {false, true}, "質問1：何ですか？": {true, false}, "K1: Mikä?": {true, false}, "V1: Vika.": {false, true},
		"MX1: mail.example.com": {false, false}, "NS1: x y": {false, false}, "H2: title": {false, false}, "Server 1: x": {false, false}, "12: x": {false, false},
	} {
		if asks, answers := IsQuestion(line); asks != want[0] || answers != want[1] {
			t.Errorf("IsQuestion(%q) = %t, %t", line, asks, answers)
		}
	}
}

func TestTitlesOfTranslations(t *testing.T) {
	for titles, want := range map[string]bool{"key|en|de|fr": true, "Schlüssel|Deutsch|Englisch": true, "clé|français|anglais": true, "键|英文|中文": true, "id|en|de": true,
		"host|en|de": false, "test|result": false} {
		cells := strings.Split(titles, "|")
		if (NumbersOfRows.Has(cells[0]) && AreLanguages(cells[1:])) != want {
			t.Errorf("titles of translations %q: %t", titles, !want)
		}
	}
}
