package speech

import (
	"strings"
	"testing"

	"mxverdict/parser/report"
)

func TestStatusWords(t *testing.T) {
	for status, cells := range map[report.Status]string{
		report.OK: "v pořádku|V PORADKU|zöld|grün|GRÜN|in Ordnung|verde|vert|w porządku|в порядке|зелёный|зеленый|vihreä|yeşil|正常|通过|rendben|" +
			"zelený|godkänd|bestået|goed|εντάξει|정상|tốt|în regulă|гаразд",
		report.Warning: "varování|VAROVANI|sárga|gelb|Warnung|jaune|avertissement|giallo|amarillo|aviso|żółty|ostrzeżenie|предупреждение|жовтий|keltainen|" +
			"uyarı|警告|gul|advarsel|geel|avertisment|προειδοποίηση|경고|cảnh báo|figyelmeztetés",
		report.Error: "problém|piros|rot|Fehler|rouge|erreur|échec|rosso|errore|rojo|fallo|BŁĄD|błąd|красный|ошибка|помилка|chyba|röd|fel|fejl|feil|virhe|" +
			"kırmızı|hata|エラー|失敗|失败|fout|rood|eroare|σφάλμα|오류|lỗi|hiba",
	} {
		for cell := range strings.SplitSeq(cells, "|") {
			if got, ok := Status(cell); !ok || got != status {
				t.Errorf("Status(%q) = %q, %t", cell, got, ok)
			}
		}
	}
	for _, cell := range []string{"", "?", "offen", "open", "erledigt", "done", "en cours", "demandé", "rote Lampe", "no error", "kein Fehler", "todo", "test",
		"ne", "OK?", "v řešení", "hotovo", "修正中", "in progress", "wann", strings.Repeat("rot", 20)} {
		if got, ok := Status(cell); ok {
			t.Errorf("Status(%q) = %q", cell, got)
		}
	}
	// No word may say two things in two languages.
	seen := map[string]string{}
	for name, words := range map[string]string{"ok": okWords, "warning": warningWords, "error": errorWords} {
		for word := range strings.FieldsFuncSeq(words, func(c rune) bool { return c == '|' || c == '\n' }) {
			folded := string(fold(nil, word))
			if before := seen[folded]; before != "" && before != name {
				t.Errorf("%q is %s and %s", word, before, name)
			}
			seen[folded] = name
			if len(folded) > longestStatus || len(word) > longestStatus {
				t.Errorf("%q is too long", word)
			}
		}
	}
}
