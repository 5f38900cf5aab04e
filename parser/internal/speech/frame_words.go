package speech

import "sync"

// Frames in the words of every day: what people write above a list of faults, or of good results.

// What the words of a frame say.
const (
	faults    meaning = iota + 1 // faults, or tests that found some
	fault                        // one fault: it counts with its number
	following                    // that it is shown next
	good                         // good results
	says                         // that a tool says something
	unframed                     // that no list of what is there now follows: a denial, a question, an advice
	found                        // that they were found
	naming                       // that a name follows: "for example.com"
	fits                         // nothing; it may stand in a frame
)

// framing are the tables of frames.
type framing struct {
	lexicon
	phrases
}

var ofFrames = sync.OnceValue(buildFrames)

func buildFrames() *framing {
	f := &framing{*newLexicon(), phrases{}}
	for means, table := range []string{faults: faultWords, fault: faultWord, following: followingWords, good: goodWords, says: saysWords,
		unframed: unframedWords, found: foundWords, naming: namingWords, fits: fittingWords} {
		f.add(&f.lexicon, meaning(means), table)
	}
	return f
}

const faultWords = `hibák|hibái|hibákat|figyelmeztetések / lỗi|cảnh+báo / erori|avertismente|probleme / σφάλματα|προειδοποιήσεις|προβλήματα / грешки|предупреждения|проблеми / greške|upozorenja|napake|opozorila / 오류|경고 / errors|problems|warnings|failures|faults|defects|failed|failing / not passed
fehler|probleme|problemen|warnungen|fehlermeldungen|beanstandungen|mängel|fehlgeschlagen / nicht bestanden|ok|okay / schlagen|schlägt fehl
erreurs|problèmes|avertissements|alertes|échecs|échoués / non+réussis / errores|problemas|advertencias|fallos|avisos|alertas / errori|problemi|avvisi|avvertimenti|avvertenze
erros|falhas / fouten|foutmeldingen|problemen|waarschuwingen|mislukt / błędy|błędów|problemy|ostrzeżenia|ostrzeżeń / ошибки|ошибок|проблемы|проблем|предупреждения|предупреждений
помилки|помилок|проблеми|попередження|попереджень / chyby|chyb|problémy|problémů|varování / varningar|felen|fel / fejl|feil|problemer|advarsler / virheet|virhettä|ongelmat|ongelmia|varoitukset|varoitusta
hatalar|sorunlar|uyarılar / 警告 / エラー / 問題 / 問題点 / 错误 / 錯誤 / 问题 / 失敗 / 失败 / 未通过 / 未通過 / 不合格`

const faultWord = `error|problem|warning|failure|fault|alert|alerts|issue|issues|findings|finding / warnung|fehlermeldung|meldung|meldungen / erreur|problème|avertissement|alerte
errores|error|aviso|advertencia|problema|fallo / errore|avviso / erro|falha / fout|waarschuwing|foutmelding / błąd|ostrzeżenie|problem / ошибка|проблема|предупреждение
помилка|проблема / chyba|problém / varning / advarsel / virhe|ongelma|varoitus / hata|sorun|uyarı`

const followingWords = `következő|alábbi / sau / sau đây / următoarele / ακόλουθα|εξής / следните / sljedeće|sledeće / 다음 / following / these|those / folgende|folgenden|folgender|folgendes|diese / suivant|suivants|suivante|suivantes|ces / siguiente|siguientes|estos|estas / seguente|seguenti|questi|queste
seguinte|seguintes|estes / volgende|deze|dit / następujący|następujące|takie|te / следующие|следующая|такие / наступні|такі / následující|tyto / följande|dessa / følgende|disse / seuraavat|nämä / şunlar|aşağıdaki / 以下 / 下列 / 次`

const goodWords = `passed|passes|passing / good|fine|ok|okay : / all green|good|ok|fine|passed|clear
bestanden|grün|korrekt|erfolgreich / alles grün|gut|ok|bestens / in ordnung / réussi|réussis|réussies|correct|corrects / tout est vert|bon / tout|tous vert|verts|bon|ok
superados|superadas|superado|correcto|correctos|correctas / todo bien|verde|correcto / superati|superato|superate / tutto bene|verde|ok|a+posto
aprovado|aprovados|aprovadas / tudo certo|verde|ok|bem / geslaagd|groen / alles groen|goed / in orde / zaliczone|zaliczony|poprawne / wszystko ok|dobrze / пройдено|пройдены|успешно / всё хорошо|в+порядке
пройдено|пройдені / усе|все гаразд|добре / v pořádku / úspěšné / godkänd|godkända|godkänt / allt grönt|ok|bra / bestået|bestått|godkendt|godkjent / läpäisty|läpäistyt|kunnossa / başarılı|geçti|geçenler
合格 / 正常 / 成功 / 通过 / 通過`

const saysWords = `báo các / says|shows|reports|lists|flags|complains / complain|complains|complaining|warns about|of|that / say|show|report|list|flag the / gives|shows|tells me|us / i|we get|receive|see / i+am|i'm|we+are|we're getting|receiving|seeing / are|is red
meckert|meldet|zeigt|sagt|bemängelt|beanstandet|kritisiert|schreibt / meckert|beschwert sich|über / meckert über / beschwert sich über / sind|ist rot
affiche|signale|indique|dit|annonce|remonte / se plaint de / muestra|dice|señala|indica|informa|marca / se queja de / mostra|segnala|dice|riporta / si lamenta di / acusa|relata|aponta / reclama de
toont|meldt|zegt / klaagt over / pokazuje|zgłasza|pisze|wyświetla / показывает|пишет|выдаёт|сообщает|ругается / ругается на / показує|пише|видає / ukazuje|hlásí|píše / visar|säger|rapporterar / klagar på / viser|siger|sier / klager over / näyttää|sanoo|ilmoittaa / gösteriyor|diyor|veriyor
出ています / 表示され / 显示 / 顯示 / 提示 / 报告`

const fittingWords = `the|of|all|and|or|only|here|are|is|there|test|tests|check|checks|result|results|report|category|type|list|my|our|your|open|new|critical|total|it|shows|has|have|with
die|der|das|bei|es|gibt|und|ergebnis|ergebnisse|bericht|prüfungen|laut|alle|zwei|drei|hier|sind|nur|zu / voici|les|le|la|des|et|résultat|résultats|tous|rapport|nous|avons
el|los|las|y|hay|salen|sale|da|dan|estos|resultado|resultados|informe|pruebas|todos|aquí / ecco|i|gli|le|e|ci|sono|risultato|risultati|tutti / os|as|estes|há|o|a|testes|todos|resultado|resultados
de|het|er|zijn|en|resultaat|resultaten / są|wyniki|testy|i|oraz / вот|это|и|результаты|тесты|все / ось|це|та|результати / jsou|výsledky|testy|a / är|och|resultat|tester|det / er|og|resultater / ovat|ja|tulokset / var|ve|sonuçlar|testler
が / は / の / を / に / も / と / 件 / つ / 个 / 個 / 項目 / 项 / 項 / 結果 / 结果 / 有 / 共 / 个的 / テスト / 测试 / です / だ / 了 / 出 / てい / ます / した / る`

const foundWords = `found|detected|reported|shown / gefunden|gefundene|gemeldet|gemeldete|erkannt|festgestellt|aufgetreten / trouvé|trouvés|trouvées|détectés|détectées|signalés|relevés / encontrado|encontrados|encontradas|detectados|detectadas
trovati|trovato|rilevati|segnalati / encontrados|encontradas|detectados / gevonden|gemeld / znalezione|znaleziono|wykryte|wykryto / найдены|найденные|обнаружены|обнаруженные / знайдено|виявлено / nalezené|nalezeny|zjištěné / hittade|hittades|funna
fundet|funnet / löytyi|löydetyt / bulundu|bulunan / 検出 / 検出されまし / 発見 / 发现 / 發現 / 检测到 / 見つかりまし`

const namingWords = `cho / pentru / για / за / 에+대해 / for|at|on|by|in|from|with|as / für|bei|auf|von|vom|im / pour|chez|par|sur|dans / para|por|en|con|de|del / su|da|di|per|dal|nel / em|no|do|da / voor|op|bij|door|van / dla|na|od|przez|w / для|на|от|у|в / pro|od|na|v / för|på|från|av / for|fra|på|af|av / için`

const unframedWords = `no|not|t|without|none|never|neither|nothing|if|how|why|when|what|which|whether|who|fix|fixed|fixes|fixing|solve|solved|resolved|gone|ignore|ignored|possible|potential|known|common|typical|report+a|report+problems|report+errors|explained|avoid|cause|causes|caused|once|unless|until|former|old|instead / to+do / no longer / look|looking for / can|could|may|might|would|should / i|we say|show|report|list|test / do|does|did|don't you|we|i|it|they
kein|keine|keinen|keinerlei|nicht|ohne|weder|wenn|falls|wie|warum|wann|was|welche|welcher|ob|behoben|behobene|behobenen|beheben|gelöst|gelöste|weg|mögliche|möglichen|bekannte|bekannten|häufige|typische|ignorieren|mein|meine|dein|deine|kann|können|könnte
aucun|aucune|pas|sans|ni|si|comment|pourquoi|quand|quel|quels|quelle|quelles|corrigé|corrigés|corrigée|corrigées|corriger|résolu|résolus|résolues|possibles|connus|connues|fréquentes|plus|mon|ma
sin|no|ningún|ninguna|si|cómo|por+qué|cuándo|cuál|cuáles|corregido|corregidos|resuelto|resueltos|posibles|conocidos|frecuentes|tampoco|mi
senza|nessun|nessuna|non|né|se|come|perché|quando|quale|quali|risolti|risolto|corretti|possibili|noti|comuni|mio / sem|nenhum|nenhuma|não|nem|como|por+que|quando|qual|quais|resolvidos|corrigidos|possíveis|conhecidos|meu
geen|zonder|niet|als|hoe|waarom|welke|wat|opgelost|opgeloste|mogelijke|bekende|mijn / bez|brak|nie|żadnych|jeśli|jeżeli|jak|dlaczego|jakie|naprawione|rozwiązane|możliwe|znane|mój
без|нет|не|никаких|если|как|почему|какие|исправленные|исправлены|возможные|известные|мой / без|немає|нема|не|жодних|якщо|як|чому|які|виправлені|виправлено|можливі|відомі
bez|žádné|žádný|žádná|ne|není|nejsou|pokud|jak|proč|jaké|opravené|možné|známé / inga|inget|ingen|inte|utan|om|hur|varför|vilka|lösta|åtgärdade|möjliga|kända / ingen|ikke|uden|uten|hvis|hvordan|hvorfor|hvilke|løste|rettede|mulige|kendte|kjente
ei|ilman|jos|miten|miksi|mitkä|korjatut|mahdolliset|tunnetut / yok|değil|nasıl|neden|hangi|eğer|çözülen|olası|bilinen / あり|でし|ません / なし / ない / 没有 / 沒有 / 无 / 無 / 如何 / 怎么 / 如果 / もし / 解決 / 解决 / 修復 / 修复 / 修正`
