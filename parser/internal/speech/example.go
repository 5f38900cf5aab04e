package speech

import (
	"strings"
	"sync"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Examples, and the titles of searches: what tells so stands directly in front of a sentence, or ends its line.

// exampleWords lead to an example. Abbreviations stand with their full stops, which end a sentence everywhere else.
const exampleWords = `for instance|for example|e.g.|e.g|eg.|such as|as an example
zum Beispiel|z. B.|z.B.|zB|beispielsweise|wie etwa|wie zum Beispiel
par exemple|p. ex.|p.ex.|tel que|telle que|tels que|telles que
por ejemplo|p. ej.|p.ej.|tales como|tal como
per esempio|ad esempio|p. es.|p.es.|es.
por exemplo|p. exemplo
bijvoorbeeld|bijv.|bv.|zoals
na przykład|np.|np|takie jak
например|напр.|к примеру|такие как
наприклад|такі як
například|např.|jako třeba
napríklad|napr.|primjerice|npr.|na primjer
till exempel|t. ex.|t.ex.|t ex|exempelvis|såsom
for eksempel|f. eks.|f.eks.|fx|eksempelvis
esimerkiksi|esim.
örneğin|mesela|örn.
például|pl.|mint például
de exemplu|de ex.|precum
για παράδειγμα|π.χ.|π. χ.
например|напр.
例えば|たとえば|例如|比如|譬如|예를 들어|예를 들면|ví dụ|ví dụ như|chẳng hạn`

// searchEnds end the titles that browsers show of a search.
const searchEnds = `web search|google search|bing search|google|bing|search|duckduckgo|at duckduckgo|startpage|yahoo search|qwant|ecosia
google-suche|google suche|websuche|web-suche|suche im web|recherche google|recherche web|buscar con google|búsqueda de google|búsqueda web|cerca con google|ricerca web
pesquisa google|pesquisa do google|pesquisa web|google zoeken|zoeken op internet|szukaj w google|wyszukiwanie|поиск в google|google поиск|яндекс: нашлось|пошук google|hledat googlem|vyhledávání google
google-sökning|google-søgning|google-søk|google-haku|google'da ara|google-keresés|căutare google|αναζήτηση google|google 検索|google検索|google 搜索|百度搜索|百度|google 검색|네이버 검색|tìm trên google`

var (
	ofExamples   = sync.OnceValue(func() []string { return endsOf(exampleWords) })
	ofSearchEnds = sync.OnceValue(func() []string { return endsOf(searchEnds) })
)

// endsOf lists what bars and line ends part, as fold leaves it.
func endsOf(table string) (ends []string) {
	for words := range strings.FieldsFuncSeq(table, func(c rune) bool { return c == '|' || c == '\n' }) {
		ends = append(ends, string(fold(nil, words)))
	}
	return ends
}

// shownIn are the words for what a tester shows: an example out of it was shown.
var shownIn = WordSet(`report reports result results scan scanned bericht berichts ergebnis ergebnisse ergebnissen auswertung rapport rapports resultat resultats informe reporte resultado resultados
rapporto referto risultato risultati relatorio verslag resultaat raport raportu raporcie wynik wyniku отчет отчете результат результате звіт звіті результаті vysledek vysledku resultatet rapporten
raportti raportissa tulos rapor raporda sonuc jelentes jelentesben eredmeny raportul rezultat rezultatul αναφορά αποτέλεσμα 보고서 보고서에 결과 결과에`)

// isShown tells whether a text speaks of what a tester shows.
func isShown(text string) bool {
	var room [64]byte
	for word := range strings.FieldsSeq(text) {
		if word = strings.Trim(word, ",.!?:;()\"“”„«»"); len(word) < len(room)/2 && shownIn[string(fold(room[:0], word))] {
			return true
		}
	}
	return strings.Contains(text, "結果") || strings.Contains(text, "レポート") || strings.Contains(text, "结果") || strings.Contains(text, "报告") || strings.Contains(text, "報告")
}

// longestEnd is how many bytes at the end of a text are looked at.
const longestEnd = 48

// endsIn tells whether a text ends in one of some words, and whether a word stands in front of them.
func endsIn(text string, ends []string) (ok, more bool) {
	var room [2 * longestEnd]byte
	folded := string(fold(room[:0], strings.ToValidUTF8(text[max(0, len(text)-longestEnd):], "")))
	for _, end := range ends {
		rest, ok := strings.CutSuffix(folded, end)
		if !ok {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(rest)
		if first, _ := utf8.DecodeRuneInString(end); rest == "" || !scan.IsWordRune(last) || isIdeograph(first) {
			return true, scan.HasWord(rest)
		}
	}
	return false, false
}

// IsExample tells whether the words in front of a sentence give it as an example. Words for a warning may stand between. An example out of a report,
// or of faults of which somebody says that they are there, was shown, and so was what follows the words alone: "For example:".
func IsExample(before string) bool {
	const most = 3 // words that may stand between
	s := ofSpeech()
	before = strings.TrimRight(unopened(before), " :,(")
	for range most {
		if ends, more := endsIn(before, ofExamples()); ends {
			return more && !isShown(before) && !FrameIn(before)
		}
		word := before[strings.LastIndexByte(before, ' ')+1:]
		if word == "" || !s.is(s.word(word), fills|noun) {
			return false
		}
		before = strings.TrimRight(before[:len(before)-len(word)], " ")
	}
	return false
}

// IsSearchTitle tells whether a line ends as the titles of searches do, behind a dash or a bar: "… - Google Search".
func IsSearchTitle(behind string) bool {
	behind = strings.TrimRight(behind, " .)]\"")
	at := max(strings.LastIndex(behind, "- "), strings.LastIndex(behind, "| "), strings.LastIndex(behind, "– "), strings.LastIndex(behind, "— "))
	if at < 0 || len(behind)-at > longestEnd {
		return false
	}
	ends, _ := endsIn(behind, ofSearchEnds())
	return ends
}

// IsPersonal tells whether somebody speaks of himself in a text, or asks for something.
func IsPersonal(text string) bool {
	if Spoken(text) {
		return true
	}
	g := ofGenres()
	var room [96]token
	words := g.tokens(room[:0], text, false)
	for at := range words {
		if _, means := g.match(&g.lexicon, words, at, 0); means == wishMark {
			return true
		}
	}
	return false
}
