package speech

import (
	"mxverdict/parser/internal/scan"
	"slices"
	"strings"
)

// Titles: what stands above the columns of a manual, and in front of its paragraphs.

// MessageTitles, MeaningTitles and RemedyTitles are what the columns of such a table are called. Who mends a server lists remedies too.
var (
	MessageTitles = titleSet("row|message|messages|error message|error|warning|text|finding|alert|notice|you see|result text|what it says|meldung|fehlermeldung|" +
		"warnung|hinweis|fehler|message d'erreur|erreur|avertissement|mensaje|mensaje de error|aviso|advertencia|messaggio|messaggio di errore|avviso|" +
		"errore|mensagem|mensagem de erro|melding|foutmelding|waarschuwing|komunikat|komunikat błędu|ostrzeżenie|błąd|сообщение|ошибка|предупреждение|" +
		"повідомлення|помилка|попередження|hláška|zpráva|chyba|varování|meddelande|felmeddelande|varning|besked|fejlmeddelelse|meddelelse|" +
		"feilmelding|advarsel|viesti|virheilmoitus|ilmoitus|mesaj|hata mesajı|uyarı|メッセージ|エラーメッセージ|警告|表示|消息|提示|错误信息|訊息|" +
		"錯誤訊息|üzenet|hibaüzenet|mesajul|mesaj de eroare|μήνυμα")
	TermTitles = titleSet("term|terms|expression|phrase|begriff|begriffe|ausdruck|terme|expression|término|termine|termo|begrip|pojęcie|termin|термин|термін|pojem|" +
		"begrepp|begreb|begrep|termi|terim|用語|术语|術語|용어|kifejezés|όρος")
	languageTitles = titleSet("english|german|french|spanish|italian|dutch|polish|russian|japanese|deutsch|englisch|französisch|français|anglais|allemand|español|" +
		"inglés|italiano|inglese|português|nederlands|engels|polski|angielski|русский|английский|українська|čeština|svenska|dansk|norsk|suomi|türkçe|" +
		"日本語|英語|中文|英文|한국어|영어|en|de|fr|es|it|pt|nl|pl|ru|uk|cs|sv|da|nb|no|fi|tr|ja|zh|ko|hu|ro|el|sk|sl|hr|bg|" +
		"magyar|angol|német|ελληνικά|română|hrvatski|slovenčina|български")
	NumbersOfRows = titleSet("code|id|no|no.|nr|nr.|n°|#|number|nummer|numéro|número|numero|番号|编号|" +
		"key|keys|string|string id|stringid|msgid|message id|identifier|schlüssel|kennung|clé|clef|identifiant|clave|identificador|chiave|chave|sleutel|" +
		"klucz|ключ|идентификатор|ідентифікатор|klíč|nyckel|nøgle|nøkkel|avain|anahtar|kulcs|cheie|κλειδί|キー|键|鍵|키|khóa")
	MeaningTitles = titleSet("meaning|what it means|definition|définition|definición|definizione|definição|definitie|definicja|определение|визначення|definice|定義|定义|explanation|explained|description|means|background|bedeutung|erklärung|erläuterung|beschreibung|" +
		"signification|explication|significado|explicación|significato|spiegazione|explicação|betekenis|uitleg|znaczenie|wyjaśnienie|значение|" +
		"объяснение|описание|значення|пояснення|význam|vysvětlení|betydelse|förklaring|betydning|forklaring|merkitys|selitys|anlamı|anlam|açıklama|" +
		"意味|説明|含义|含義|說明|说明|jelentés|semnificație|σημασία")
	RemedyTitles = titleSet("resolution|workaround|symptom|applies to|cause|causes|reason|what to do|solution|remedy|how to fix|fix|" +
		"ursache|abhilfe|lösung|was tun|was tun?|maßnahme|que faire|remède|causa|qué hacer|solución|rimedio|cosa fare|soluzione|o que fazer|" +
		"solução|oorzaak|oplossing|wat te doen|przyczyna|co zrobić|rozwiązanie|причина|что делать|решение|що робити|рішення|příčina|co dělat|" +
		"řešení|orsak|åtgärd|lösning|årsag|årsak|løsning|syy|ratkaisu|çözüm|neden|原因|対処|対処法|対処方法|处理方法|解决方法|處理方式|megoldás|" +
		"soluție|λύση")
)

// Titles is a set of them. Case and accents count for nothing.
type Titles map[string]bool

// titleSet makes a set of titles that are parted by bars.
func titleSet(titles string) Titles {
	set := Titles{}
	for title := range strings.SplitSeq(titles, "|") {
		set[string(fold(nil, title))] = true
	}
	return set
}

// Has tells whether a cell is one of the titles.
func (s Titles) Has(cell string) bool {
	const longest = 64 // bytes of a title
	var room [2 * longest]byte
	title := strings.Trim(cell, " \t:*_")
	return len(title) <= longest && s[string(fold(room[:0], title))]
}

// AreLanguages tells whether the titles name nothing but languages: that of a sentence, and those into which it is translated.
func AreLanguages(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return !languageTitles.Has(cell) })
}

// isLabel tells whether a line begins with such a title.
func isLabel(t string) bool {
	label := strings.TrimSpace(t[:max(0, strings.IndexByte(t, ':'))])
	return label != "" && len(label) <= scan.MaxMark && (MeaningTitles.Has(label) || RemedyTitles.Has(label))
}

// questionLabels and answerLabels are what stands in front of questions and their answers.
var (
	questionLabels = titleSet("q|question|frage|f|pregunta|p|domanda|d|pergunta|vraag|v|pytanie|вопрос|в|питання|otázka|fråga|spørgsmål|spørsmål|kysymys|soru|問|質問|问|問題|질문")
	answerLabels   = titleSet("a|answer|antwort|réponse|r|respuesta|risposta|resposta|antwoord|odpowiedź|o|odp|ответ|о|відповідь|odpověď|svar|s|vastaus|cevap|答|回答|답변")
)

// numberedQuestions and numberedAnswers stand so in front of a number only: alone they may be anything.
var (
	numberedQuestions = titleSet("s|k|i|ot|ε|kérdés|întrebare|ερώτηση|câu|câu hỏi")
	numberedAnswers   = titleSet("c|r|l|v|απ|válasz|răspuns|απάντηση|đáp")
)

// IsQuestion tells whether a line is labelled as a question, or as an answer, and holds it.
func IsQuestion(t string) (asks, answers bool) {
	label, rest, ok := strings.Cut(t, ":")
	if !ok {
		label, rest, ok = strings.Cut(t, "：")
	}
	if label = strings.TrimSpace(label); !ok || label == "" || len(label) > scan.MaxMark || !scan.HasWord(rest) {
		return false, false
	}
	if name := strings.TrimRight(label, "0123456789"); name != label {
		return isNumbered(strings.TrimRight(name, " .#"), rest)
	}
	return questionLabels.Has(label), answerLabels.Has(label)
}

// isNumbered reads such a label in front of a number. A letter may be that of a question in one language and of an answer in another; then the
// mark at the end of the line tells.
func isNumbered(label, rest string) (asks, answers bool) {
	asks, answers = questionLabels.Has(label) || numberedQuestions.Has(label), answerLabels.Has(label) || numberedAnswers.Has(label)
	if asks && answers {
		asks = scan.EndsInAny(strings.TrimRight(rest, closingMarks), []string{"?", "？"})
		answers = !asks
	}
	return asks, answers
}
