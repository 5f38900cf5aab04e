package speech

import (
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Lists of prices, and the pages of manuals: forms of texts that need a few words.

// pageParts are the titles of the parts of a manual page. They stand in capitals on lines of their own.
var pageParts = pagePartSet("NAME|DESCRIPTION|OPTIONS|ENVIRONMENT|FILES|EXAMPLE|EXAMPLES|BUGS|AUTHOR|AUTHORS|HISTORY|BEZEICHNUNG|BESCHREIBUNG|OPTIONEN|DATEIEN|" +
	"UMGEBUNG|BEISPIEL|BEISPIELE|NOM|FICHIERS|EXEMPLE|EXEMPLES|BOGUES|AUTEUR|NOMBRE|DESCRIPCIÓN|OPCIONES|FICHEROS|EJEMPLO|EJEMPLOS|NOME|DESCRIZIONE|" +
	"OPZIONI|ESEMPIO|ESEMPI|DESCRIÇÃO|OPÇÕES|EXEMPLO|EXEMPLOS|NAAM|BESCHRIJVING|OPTIES|VOORBEELD|VOORBEELDEN|NAZWA|OPIS|OPCJE|PRZYKŁAD|PRZYKŁADY|ИМЯ|ОПИСАНИЕ|" +
	"ПАРАМЕТРЫ|ПРИМЕР|ПРИМЕРЫ|НАЗВА|ОПИС|ПАРАМЕТРИ|ПРИКЛАД|ПРИКЛАДИ|JMÉNO|POPIS|VOLBY|PŘÍKLAD|PŘÍKLADY|NAMN|BESKRIVNING|EXEMPEL|NAVN|BESKRIVELSE|EKSEMPEL|" +
	"EKSEMPLER|NIMI|KUVAUS|ESIMERKIT|AÇIKLAMA|ÖRNEKLER|名前|説明|オプション|例|名称|描述|选项|示例")

// surePageParts are those that no form has: one of them at least must stand there.
var surePageParts = pagePartSet("SYNOPSIS|EXIT STATUS|EXIT CODES|RETURN VALUE|RETURN VALUES|RETURN CODES|DIAGNOSTICS|SEE ALSO|ÜBERSICHT|EXIT-STATUS|RÜCKGABEWERT|SIEHE AUCH|" +
	"VALEUR RENVOYÉE|CODE DE RETOUR|CODES DE RETOUR|VOIR AUSSI|SINOPSIS|ESTADO DE SALIDA|VALOR DEVUELTO|VÉASE TAMBIÉN|SINTASSI|STATO DI USCITA|VEDERE ANCHE|" +
	"SINOPSE|VEJA TAMBÉM|SAMENVATTING|AFSLUITSTATUS|ZIE OOK|SKŁADNIA|KOD ZAKOŃCZENIA|KODY ZAKOŃCZENIA|ZOBACZ TAKŻE|ОБЗОР|СИНТАКСИС|КОД ВЫХОДА|КОДЫ ВОЗВРАТА|" +
	"СМ. ТАКЖЕ|СИНОПСИС|КОДИ ВИХОДУ|ДИВ. ТАКОЖ|POUŽITÍ|NÁVRATOVÁ HODNOTA|VIZ TAKÉ|ÖVERSIKT|SLUTSTATUS|SE ÄVEN|SE OGSÅ|KATSO MYÖS|AYRICA BAKINIZ|" +
	"書式|終了ステータス|戻り値|関連項目|概述|退出状态|返回值|参见")

func pagePartSet(titles string) map[string]bool {
	set := map[string]bool{}
	for title := range strings.SplitSeq(titles, "|") {
		set[title] = true
	}
	return set
}

// isPageHead knows the first line of a manual page: "NAME(8)  System Manager's Manual  NAME(8)".
func isPageHead(t string) bool {
	const longest = 120
	if len(t) > longest || !strings.HasSuffix(t, ")") {
		return false
	}
	first, rest := scan.Word(t)
	name, section, ok := strings.Cut(first, "(")
	return ok && name != "" && len(section) <= 3 && endsInDigit(section[:min(len(section), 1)]) && strings.HasSuffix(rest, first)
}

// currencies are the names and signs of money beside an amount, in lower case.
var currencies = WordSet("€ $ £ ¥ ₽ ₴ ₺ ₩ ₹ ₫ ₪ zł kč kc kr kr. kr.- ft lei ron eur euro euros usd us$ r$ gbp chf fr. sfr pln czk sek nok dkk huf rub руб руб. р. грн грн. uah try tl jpy 円 元 " +
	"cny rmb krw 원 brl cad c$ aud a$ nzd inr лв лв. bgn din. din rsd kn vnd đ ,- .-")

// isPriced tells whether a line ends in an amount of money, behind words: "Analysis of a report ..... 120 €", "PTR record: $5 per month".
func isPriced(t string) bool {
	const most = 40 // bytes of an amount and its unit
	if len(t) > 2*longestTitle*longestTitle {
		return false
	}
	t = strings.TrimRight(t, " .*)")
	tail := t[max(0, len(t)-most):]
	at := strings.IndexAny(tail, "0123456789")
	if at < 0 {
		return false
	}
	at = strings.LastIndexAny(tail, "0123456789")
	unit := strings.TrimLeft(tail[at+1:], " \u00a0\u202f")
	start := at
	for start >= 0 && (tail[start] >= '0' && tail[start] <= '9' || strings.IndexByte(".,'", tail[start]) >= 0) {
		start--
	}
	before := strings.TrimRight(tail[:start+1], " \u00a0\u202f")
	if !scan.HasWord(t[:len(t)-len(tail)+start+1]) {
		return false
	}
	unit, _, _ = strings.Cut(unit, "/") // "2 zł/km"
	word, _ := scan.Word(unit)
	if currencies[strings.ToLower(word)] {
		return true
	}
	last := before[strings.LastIndexAny(before, " \t.\u00a0")+1:]
	if sign, _ := utf8.DecodeLastRuneInString(before); strings.ContainsRune("€$£¥₽₴₺₩₹₫₪", sign) {
		return true
	}
	return unit == "" && last != "" && last[0] < utf8.RuneSelf && currencies[strings.ToLower(last)]
}

// isManualPage tells whether the titles are those of a manual page.
func (f *forms) isManualPage() bool {
	const few = 3
	return f.sure > 0 && f.parts >= few || f.page && f.parts > 0
}

// Priced tells whether the document is a list of prices.
func (g *Genre) Priced() bool {
	const few = 3
	return g.prices >= few
}
