package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Manuals: tables that explain what messages mean. Their titles tell them from tables of results, which name a host or a status.

// messageTitles, meaningTitles and remedyTitles are what the columns of such a table are called. Who mends a server lists remedies too.
var (
	messageTitles = titleSet("term|begriff|terme|término|termine|termo|begrip|pojęcie|термин|термін|pojem|begrepp|begreb|begrep|用語|术语|術語|row|message|messages|error message|error|warning|text|finding|alert|notice|you see|result text|what it says|meldung|fehlermeldung|" +
		"warnung|hinweis|fehler|message d'erreur|erreur|avertissement|mensaje|mensaje de error|aviso|advertencia|messaggio|messaggio di errore|avviso|" +
		"errore|mensagem|mensagem de erro|melding|foutmelding|waarschuwing|komunikat|komunikat błędu|ostrzeżenie|błąd|сообщение|ошибка|предупреждение|" +
		"повідомлення|помилка|попередження|hláška|zpráva|chyba|varování|meddelande|felmeddelande|varning|besked|fejlmeddelelse|meddelelse|" +
		"feilmelding|advarsel|viesti|virheilmoitus|ilmoitus|mesaj|hata mesajı|uyarı|メッセージ|エラーメッセージ|警告|表示|消息|提示|错误信息|訊息|" +
		"錯誤訊息|üzenet|hibaüzenet|mesajul|mesaj de eroare|μήνυμα")
	numbersOfRows = titleSet("code|id|no|no.|nr|nr.|n°|#|number|nummer|numéro|número|numero|番号|编号")
	meaningTitles = titleSet("meaning|what it means|explanation|explained|description|means|background|bedeutung|erklärung|erläuterung|beschreibung|" +
		"signification|explication|significado|explicación|significato|spiegazione|explicação|betekenis|uitleg|znaczenie|wyjaśnienie|значение|" +
		"объяснение|описание|значення|пояснення|význam|vysvětlení|betydelse|förklaring|betydning|forklaring|merkitys|selitys|anlamı|anlam|açıklama|" +
		"意味|説明|含义|含義|說明|说明|jelentés|semnificație|σημασία")
	remedyTitles = titleSet("resolution|workaround|symptom|applies to|cause|causes|reason|what to do|solution|remedy|how to fix|fix|" +
		"ursache|abhilfe|lösung|was tun|was tun?|maßnahme|que faire|remède|causa|qué hacer|solución|rimedio|cosa fare|soluzione|o que fazer|" +
		"solução|oorzaak|oplossing|wat te doen|przyczyna|co zrobić|rozwiązanie|причина|что делать|решение|що робити|рішення|příčina|co dělat|" +
		"řešení|orsak|åtgärd|lösning|årsag|årsak|løsning|syy|ratkaisu|çözüm|neden|原因|対処|対処法|対処方法|处理方法|解决方法|處理方式|megoldás|" +
		"soluție|λύση")
)

// titleSet makes a set of titles that are parted by bars. Case and accents count for nothing.
func titleSet(titles string) map[string]bool {
	set := map[string]bool{}
	for title := range strings.SplitSeq(titles, "|") {
		set[string(fold(nil, title))] = true
	}
	return set
}

// inManual reads the titles of a table that explains messages, and its rows.
func (r *reader) inManual(t string) bool {
	const longest = 200
	if strings.IndexByte(t, '\t') < 0 {
		r.manual = false
		return false
	}
	if r.manual = r.manual && r.blanks == 0; r.manual {
		r.quiet()
		return true
	}
	if len(t) > longest || !r.manualTitles(scan.Cells(t)) {
		return false
	}
	r.manual = true
	r.quiet()
	return true
}

// manualTitles tells whether cells are such titles, and stand in nothing that is about a host.
func (r *reader) manualTitles(cells []string) bool {
	if b := r.block(); len(cells) < 2 || b.subject != "" || b.about != (about{}) {
		return false
	}
	first := 0
	if numbersOfRows[titleOf(cells[0])] {
		first = 1
	}
	if first+1 >= len(cells) || !messageTitles[titleOf(cells[first])] {
		return false
	}
	meaning, remedy := false, false
	for _, cell := range cells[first+1:] {
		switch r.v.Column(strings.TrimSpace(cell)) {
		case report.HostColumn, report.StatusColumn:
			return false
		}
		meaning = meaning || meaningTitles[titleOf(cell)]
		remedy = remedy || remedyTitles[titleOf(cell)]
	}
	return meaning || remedy && !r.seen.any(r.v)
}

// titleOf is a title as the sets hold it.
func titleOf(cell string) string { return string(fold(nil, strings.Trim(cell, " :*_"))) }

// isLabel tells whether a line begins with such a title.
func isLabel(t string) bool {
	label := strings.TrimSpace(t[:max(0, strings.IndexByte(t, ':'))])
	return label != "" && len(label) <= scan.MaxMark && (meaningTitles[titleOf(label)] || remedyTitles[titleOf(label)])
}
