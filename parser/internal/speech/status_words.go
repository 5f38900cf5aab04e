package speech

import (
	"strings"
	"sync"

	"mxverdict/parser/report"
)

// Status words: what people write beside the name of a test in place of its icon, the colours among them. A reporter's own words stand in
// its file. Alone they are words of every day, so whoever asks looks for the name first.

// longestStatus is how many bytes such words have.
const longestStatus = 32

// Status tells which status a cell names that holds nothing else. Case and accents count for nothing.
func Status(cell string) (report.Status, bool) {
	var room [2 * longestStatus]byte
	if cell == "" || len(cell) > longestStatus {
		return "", false
	}
	status, ok := ofStatuses()[string(fold(room[:0], cell))]
	return status, ok
}

var ofStatuses = sync.OnceValue(func() map[string]report.Status {
	const words = 600 // there are no more
	statuses := make(map[string]report.Status, words)
	for status, words := range map[report.Status]string{report.OK: okWords, report.Warning: warningWords, report.Error: errorWords} {
		for word := range strings.FieldsFuncSeq(words, func(c rune) bool { return c == '|' || c == '\n' }) {
			statuses[string(fold(nil, word))] = status
		}
	}
	return statuses
})

const okWords = `green|good|passed|pass|fine
grün|gut|in Ordnung|bestanden|i. O.|i.O.
vert|verte|bon|correct|réussi|réussie|d'accord
verde|bien|correcto|correcta|superado|superada|aprobado
a posto|tutto bene|superato|superata|corretto|corretta|va bene
aprovado|aprovada|correto|correta|certo|tudo certo
groen|goed|geslaagd|in orde
zielony|zielona|zielone|dobrze|w porządku|zaliczony|zaliczone|poprawne
зелёный|зелёная|зелёное|хорошо|в порядке|пройден|пройдено|успешно|норма|ок
зелений|зелена|зелене|добре|гаразд|усе гаразд|пройдено|успішно
zelený|zelená|zelené|dobré|v pořádku|prošlo|úspěšné
v poriadku|zelene
grön|grönt|bra|godkänd|godkänt
grøn|grønt|grønn|bestået|bestått|godkendt|godkjent|i orden
vihreä|kunnossa|hyväksytty|läpäisty
zöld|rendben|sikeres|megfelelt
bine|în regulă|trecut|corect|reușit
πράσινο|εντάξει|σωστό|πέτυχε
зелено|в ред|успешен|успешно
zeleno|u redu|v redu|prošao|uspješno
yeşil|tamam|başarılı|geçti|iyi
緑|正常|合格|成功|問題なし|良好
绿色|绿|綠色|綠|正常|通过|通過|合格|成功
초록|녹색|정상|통과|성공|양호
xanh|xanh lá|tốt|đạt|thành công`

const warningWords = `yellow|orange|amber
gelb|Warnung|Hinweis
jaune|avertissement|alerte
amarillo|amarilla|naranja|advertencia|aviso
giallo|gialla|arancione|avviso|avvertimento|avvertenza|attenzione
amarelo|amarela|laranja|alerta|atenção
geel|oranje|waarschuwing
żółty|żółta|żółte|pomarańczowy|ostrzeżenie|uwaga
жёлтый|жёлтая|жёлтое|оранжевый|предупреждение|внимание
жовтий|жовта|жовте|помаранчевий|попередження|увага
žlutý|žlutá|žluté|oranžový|varování|upozornění
žltý|žltá|varovanie|upozornenie
gul|gult|varning
advarsel
keltainen|oranssi|varoitus
sárga|narancssárga|figyelmeztetés
galben|galbenă|portocaliu|avertisment|avertizare
κίτρινο|πορτοκαλί|προειδοποίηση
жълт|жълто|предупреждение
žuto|žut|upozorenje|rumeno|opozorilo
sarı|turuncu|uyarı
黄|黄色|警告|注意
黃色|橙色
노랑|노란색|주황|경고|주의
vàng|cảnh báo`

const errorWords = `red|broken|not passed
rot|Fehler|problem|fehlgeschlagen|nicht bestanden|durchgefallen
rouge|erreur|problème|échec|échoué|échouée
rojo|roja|error|problema|fallo|fallido|fallida|falla|no superado
rosso|rossa|errore|fallito|fallita|non superato
vermelho|vermelha|erro|falha|falhou|reprovado
rood|fout|probleem|mislukt|gezakt|niet geslaagd
czerwony|czerwona|czerwone|błąd|niepowodzenie|niezaliczony|niezaliczone
красный|красная|красное|ошибка|проблема|сбой|не пройден|не пройдено|неудача
червоний|червона|червоне|помилка|збій|не пройдено
červený|červená|červené|chyba|problém|selhalo|neprošlo
zlyhalo|zlyhanie
röd|rött|fel|misslyckades|misslyckat|underkänd|underkänt
rød|rødt|fejl|feil|mislykkedes|mislyktes|ikke bestået|ikke bestått
punainen|virhe|ongelma|epäonnistui|hylätty
piros|vörös|hiba|hibás|probléma|sikertelen
roșu|roșie|eroare|problemă|eșuat|eșec
κόκκινο|σφάλμα|πρόβλημα|απέτυχε|αποτυχία
червен|червено|грешка|неуспех|неуспешен
crveno|crven|greška|pogreška|neuspješno|rdeče|napaka
kırmızı|hata|sorun|başarısız|kaldı
赤|エラー|失敗|不合格|異常|問題あり
红色|红|紅色|紅|错误|錯誤|失败|失敗|异常|異常|未通过|未通過|不合格|问题|問題
빨강|빨간색|오류|실패|문제|에러
đỏ|lỗi|thất bại|không đạt`
