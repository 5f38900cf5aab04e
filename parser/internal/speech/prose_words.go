package speech

import "sync"

// The words by which people deny, suppose or undo a warning, language by language. Only what leaves no doubt stands here, for what is
// Denied by mistake is lost.

// What phrases around a sentence say.
const (
	harmless meaning = iota + 1 // takes back what a shorter phrase says
	denies                      // the sentence was not said, or only supposed
	undoes                      // what it says is over
	awaits                      // in front of it: what is said behind it has not happened yet
)

// What words can do around a sentence.
const (
	adverb  role = 1 << iota // may stand within phrases and beside them
	fills                    // may stand between a denial and its sentence
	noun                     // a word for a warning; may stand on both sides of its sentence
	joins                    // joins sentences that share a denial
	relates                  // puts a name between a sentence and what is said of it: "for example.com"
)

// speech are the tables of what is said around a sentence.
type speech struct {
	lexicon
	before, behind phrases
}

var ofSpeech = sync.OnceValue(buildSpeech)

func buildSpeech() *speech {
	s := &speech{*newLexicon(), phrases{}, phrases{}}
	s.before.add(&s.lexicon, denies, denialsBefore)
	s.before.add(&s.lexicon, harmless, noDenials)
	s.before.add(&s.lexicon, awaits, awaitedBefore)
	s.behind.add(&s.lexicon, undoes, undoneBehind)
	s.behind.add(&s.lexicon, harmless, notUndone)
	s.give(adverb, adverbs)
	s.give(fills, fillers)
	s.give(noun, nouns)
	s.give(joins, joiners)
	s.give(relates, relations)
	return s
}

// denialsBefore stand in front of a sentence.
const denialsBefore = `
not|t|no+longer|never|cannot|cant|dont|doesnt|didnt|isnt|stopped|stops|used+to say|says|saying|show|shows|showed|shown|showing|report|reports
not|t|no+longer|never|cannot|cant|dont|doesnt|didnt|isnt|stopped|stops|used+to reported|listed|mentioned|raised|flagged|displayed|printed|said|complained|list|lists|mention|mentions|raise|find|contain|contains
not|t|no+longer|never|cannot|cant|dont|doesnt|didnt|isnt|stopped|stops|used+to display|displays|complain|complaining|print|have|had|receive|flag|flags|see|give|gives|warn|warning
no / no more|longer / no more tickets|questions|calls|mails|requests|complaints about|on|for|with / not on the list any+more|longer : / ^ off the list : / ^ no+longer listed|there|shown|reported : / without / instead of / rather than / neither / nothing like|about / not a single / no longer shown|listed|reported|there : / ^ nor
i|we|have|has|ve fixed|resolved|solved|cured|cleared
^ fixed|resolved|solved|gone|cleared : / ^ renamed / ^ renamed «» to|into / ^ new check|test|rule :
if|should … said|showed|reported|had+said|had+shown|ever+shown|ever+say|ever+show|ever+report / if there was|were|had+been / may|might report|say|show|complain

nicht+mehr|nie|niemals|nirgends / nicht angezeigt|gemeldet|gefunden : / kein|keine|keinen|keiner|keinerlei / ohne / statt|anstatt|anstelle / weder
nicht+mehr auf|in der+liste|dabei|drin : / ^ nicht+mehr dabei|drin|da|vorhanden : / ^ behoben|erledigt|gelöst|verschwunden : / wenn|falls|sollte da|dort|es|irgendwann einmal|mal|je|jemals
wenn|falls … gesagt|gemeldet|angezeigt hätte / wenn da|dort / falls dort|da

n'|ne affiche|affichent|dit|signale|montre|voit|vois|mentionne|indique|sort|donne|remonte|contient|trouve plus|pas / n' y a plus|pas / n' a|ai|avons|ont plus|pas / aucun|aucune / sans / ni / au lieu de|d' / plus aucun|aucune / plus de|d' / jamais de
si … affichait|disait|signalait|indiquait|voyait|montrait / ^ résolu|corrigé|réglé :

ya no dice|muestra|aparece|sale|salen|marca|informa|da|veo|vemos|hay / no hay|dice|muestra|aparece|sale|salen|marca|veo|vemos|tengo|tenemos / ya no / se solucionó|resolvió|corrigió|arregló / tampoco aparece|sale|dice|muestra|hay|veo
ningún|ninguno|ninguna / sin / ni / en vez|lugar de / si dijera|apareciera|mostrara|saliera / si … dijera|mostrara|marcara / ^ solucionado|resuelto|corregido :

non|né mostra|dice|segnala|riporta|compare|c'è|ci+sono|vedo|vediamo|ho|abbiamo più|piu / non mostra|segnala|riporta|compare|dice|vedo|vediamo / nessun|nessuna|nessuno / senza / né / invece di / nemmeno|neanche|neppure
se dicesse|mostrasse|comparisse|segnalasse / se … dicesse|mostrasse|segnalasse / ^ risolto|corretto :

não|nem mostra|diz|aparece|acusa|há|relata|exibe|vejo|vemos|tenho|temos / não mostra|diz|aparece|acusa|há|relata|exibe|vejo|vemos|tenho|temos mais / já não mostra|diz|aparece|acusa|há / nenhum|nenhuma / sem / nem / em vez de
se aparecesse|dissesse|mostrasse / se … dissesse|mostrasse|acusasse / ^ resolvido|corrigido :

geen|zonder / niet+meer / in plaats van / als er|daar … zou / ^ opgelost|verholpen :

nie+ma|brak / nie pokazuje|zgłasza|wyświetla|widzę|pisze / bez / ani / zamiast / gdyby … pokazało|pokazał|pisało|było|wyświetliło|zgłosiło / żadnego|żadnych / ^ naprawione|rozwiązane :
если+бы … было|показал|показало|писал|писало|появилось / больше+не|не показывает|пишет|выдаёт|сообщает|выводит|видно|вижу / нет|без / ни / вместо / никаких / ^ исправлено|решено :
якби … було|показав|показало|писало / більше+не|вже+не показує|пише|видає|повідомляє / немає|нема|без / ані|ні / замість / жодного|жодних / ^ виправлено|вирішено :
kdyby … bylo|psalo|hlásilo|ukázalo|ukázal / neukazuje|nehlásí|nezobrazuje|nevypisuje|nepíše|nevidím / není|nejsou / bez / ani / místo / žádný|žádná|žádné / ^ opraveno|vyřešeno :
inte visar|säger|rapporterar / ser|får inte / visar|säger|rapporterar|står inte / inte+längre / ingen|inget|inga / utan / varken / istället|i+stället för / om det+stod|det+stått / ^ löst|åtgärdat :
ikke+længere|ikke+lenger / viser|siger|sier|står|ser|får ikke / ingen|intet|ingenting / uden|uten / hverken|verken / i+stedet for / hvis det+stod|der+stod / ^ løst|rettet|fikset :
ei+enää|eikä / ei näytä|sano|ilmoita|näy|ole / ilman / jos siinä+lukisi / ^ korjattu|ratkaistu :
már+nem jelenik+meg|látszik|írja / sem / nincs|nincsenek / nu+mai|nu apare|scrie|arată|văd / niciun|nicio / nici / fără
δεν εμφανίζεται|λέει|γράφει|βλέπω / ούτε / κανένα|καμία / χωρίς / ne|ne+de
hiç / hiçbir / eğer … deseydi / ^ çözüldü|düzeltildi :
不再|不会再 显示|提示|出现|报告|報告|顯示|出現|报 / 不显示|不顯示|没有|沒有|没显示|无|無|没有提示|没有显示|没有出现 / 如果|假如|要是 显示|顯示|出现|出現|提示|报|看到 / 如果|假如 … 显示|顯示|出现|出現|提示 / 已解决|已修复 :
`

// noDenials only look like denials.
const noDenials = `
not|t only|just|merely|even+know / nothing but / no other than / can not|t find|see+why / cannot|cant find / not|n't … why|what|whether|how / never seen|saw|had
not fixed|resolved|solved : / have you fixed|resolved|solved|cleared / have|has|i|we not|t|never fixed|resolved|solved / how we|i|have fixed
no doubt|matter|wonder|idea
nicht nur / kein|keine wunder|ahnung|idee / nicht mehr als|weiter|wegen
n'|ne … plus|pas que|qu'|pourquoi|comment|seulement / n'|ne comprends|comprend|sais|sait pas|plus / n' y a pas de / sans doute|cesse|arrêt
no sólo|solo / ya no sé|entiendo|puedo / ni idea / sin embargo|duda|cambios / no entiendo|sé
non solo|so|capisco|capiamo / nessuna idea / senza dubbio
não só|sei|entendo|apenas / nem sei / sem dúvida
geen idee / niet alleen / nie tylko|wiem|rozumiem / bez zmian|przerwy / не только|знаю|понимаю / нет ли / без изменений|конца / не лише|знаю
inte bara / ikke bare|kun / ei vain
有没有|有沒有|没有解决|沒有解決
`

// awaitedBefore stand in front of a sentence of which something is said that has not happened.
const awaitedBefore = `
until|till|when|once|unless|whether|if|get|make|before|after / as soon as / wait for / bis|sobald|ob|damit / jusqu' à / quand|lorsque|dès / hasta que / cuando|para+que
finché|quando / até / totdat|zodra / aż|dopóki|kiedy|gdy / пока|когда|чтобы / доки|коли / dokud|až / tills|när / indtil|når / kunnes|kun / 直到
`

// undoneBehind stand behind a sentence.
const undoneBehind = `
is|are|was|were|has|have|had|got|gets|s gone|fixed|resolved|solved|cleared|cured|disappeared|vanished / is|are no more / is|are history
is|are|was|were|has|have|had|does|did|do not|no+longer|never raised|shown|reported|listed|there|displayed|mentioned|printed|seen|appear|come+up|show+up|any+more|anymore|in+the|on+the|among|present
isn't|aren't|wasn't|weren't|hasn't|haven't|hadn't|doesn't|didn't|don't|won't raised|shown|reported|listed|there|displayed|mentioned|printed|seen|appear|come+up|show+up|any+more|anymore|in+the|on+the|among
isnt|doesnt|didnt|wasnt raised|shown|reported|listed|there|seen|appear|come+up|show+up|any+more|anymore
is|was|has|isn|wasn|hasn t|not been raised|shown|reported|listed|displayed|seen / does|did|do|doesn|didn|don not|t show|come . / is|are|isn|aren not|t an|a problem|issue any+more|anymore
went away / goes away now / disappeared / vanished / no longer appears|shows|exists|applies|occurs|there|shown|listed|reported / not raised|shown|reported|listed . / any+more|anymore . / stopped appearing|showing
: gone|fixed|resolved|solved|done|cleared . / : no longer shown|listed|there|reported / : gone|fixed|resolved|solved since|yesterday|today

ist|sind|war|scheint nicht+mehr|weg|behoben|verschwunden|erledigt|gelöst|beseitigt|passé|vom+tisch / habe|haben ich|wir behoben|gelöst|beseitigt / wurde|wurden|worden behoben|gelöst|beseitigt|nicht+angezeigt|nicht+gemeldet|nicht+gefunden
wird|werden|taucht|erscheint|kommt|steht|stehen|tauchen|kommen|gibt nicht+mehr / kommt|taucht|wird|steht|erscheint|tauchen|erscheinen nicht|nirgends vor|auf|angezeigt|gemeldet|drin|dabei|mehr
nicht+mehr . / nicht+mehr angezeigt|gemeldet|vorhanden|da|drin|dabei|aufgeführt|aufgetaucht / taucht|tauchen|erscheint|erscheinen nicht|nirgends . / ist|sind nicht drin|dabei|vorhanden|aufgeführt|aufgetaucht / stünde|erschiene / stehen|erscheinen|auftauchen sollte|würde
: erledigt|behoben|gelöst|weg|verschwunden .

a|ont|est|sont|était disparu|disparue|résolu|résolue|résolus|corrigé|corrigée|corrigés|réparé|réparée|réglé|réglée|parti|partie
a|ont été résolu|résolue|corrigé|corrigée|réparé|réparée|réglé|réglée / n'|ne est|sont plus|nulle+part / n'|ne est|sont pas affiché|affichée|signalé|signalée|là|présent|présente / n'|ne apparaît|apparaissent|s'affiche|s'affichent|sort|figure|figurent plus|pas|nulle+part / ne s'affiche|s'affichent plus|pas
n' a|ont|est pas|plus été signalé|affiché|signalée|affichée / : résolu|corrigé|réglé|disparu|résolue|corrigée|réglée .

no aparece|aparecen|sale|salen|se+muestra|figura|existe / ya no aparece|aparecen|sale|salen|está|están|se+muestra|figura|existe / desapareció|desaparecieron / dejó|dejaron de aparecer|salir / ha|han desaparecido / se ha|han solucionado|resuelto|corregido|arreglado
está|esta|están|estan|quedó|fue|ha+sido|fueron resuelto|resuelta|resueltos|corregido|corregida|corregidos|solucionado|solucionada|arreglado|arreglada / : solucionado|resuelto|corregido|arreglado .

non compare|compaiono|appare|appaiono|c'è|esce|risulta|figura più|piu / non compare|compaiono|appare|appaiono|risulta|figura . / non si vede|vedono più|piu / è|e|sono sparito|sparita|spariti|scomparso|scomparsa|scomparsi|risolto|risolta|risolti|corretto|corretta
è|sono stato|stata|stati risolto|risolta|corretto|corretta|risolti / ha smesso / : risolto|risolta|corretto|sparito .

não|já+não aparece|aparecem|consta|existe|sai / não aparece|aparecem mais / sumiu|sumiram|desapareceu|desapareceram / foi|foram|está|estão|ficou resolvido|resolvida|resolvidos|corrigido|corrigida|corrigidos / : resolvido|corrigido|resolvida|corrigida .

heb|hebben ik|we|wij opgelost|verholpen / is|zijn|was weg|verdwenen|opgelost|verholpen|hersteld|verleden+tijd / staat|staan|wordt|worden|verschijnt|komt|is|zijn niet+meer / staat|staan er|daar niet+meer|niet+bij / niet+meer . / zou|zouden staan / : opgelost|verholpen|weg .

nie pojawia|pojawiają|wyświetla|występuje / nie ma . / zniknął|zniknęła|zniknęło|zniknęły / został|została|zostało naprawiony|naprawiona|rozwiązany|usunięty|usunięta|naprawione / : naprawione|rozwiązane|usunięte .
больше не появляется|показывается|выводится|видно|выскакивает|появляются|отображается|всплывает / больше нет / пропало|пропал|пропала|пропали|исчезло|исчез|исчезла|исчезли|устранено|устранена|исправлено|исправлена|исправлен . / пропало|пропал|пропала|исчезло|исчез|исчезла / исправили|починили|устранили|убрали . / не появляется|показывается|выводится . / : исправлено|решено|устранено .
більше|вже не з'являється|показується|видно|з'являються|відображається|виводиться|вискакує / більше|вже немає|нема / зник|зникло|зникла|зникли|пропав|пропало|пропала|пропали / виправлено|усунено|вирішено . / : виправлено|вирішено|усунено .
nezobrazuje|neobjevuje|neukazuje / nevidím|nevidíme|nevidno . / zmizel|zmizela|zmizelo|zmizely / je|byl|byla|bylo opraven|opravena|opraveno|vyřešen|vyřešena|vyřešeno|pryč / : opraveno|vyřešeno|pryč .
visas|syns|finns|står inte / dyker|dök inte upp / är|var borta|löst|löst|åtgärdat|åtgärdad|försvunnen / har försvunnit|åtgärdats|lösts / försvann / är inte kvar / : löst|åtgärdat|borta .
vises|står|er|optræder ikke længere|lenger|mere|mer / er|blev|ble væk|vekk|borte|løst|rettet|fikset|forsvundet / har forsvundet / forsvandt|forsvant / er|har forsvunnet / : løst|rettet|fikset|væk|borte .
ei enää näy / ei näy|esiinny . / ei näy enää / katosi|hävisi|poistui / on korjattu|ratkaistu|kadonnut|poissa / : korjattu|ratkaistu .
yok . / artık yok|görünmüyor|çıkmıyor|gösterilmiyor / göstermiyor|görünmüyor|çıkmıyor|demiyor|yazmıyor / kayboldu|çözüldü|düzeltildi|giderildi / : çözüldü|düzeltildi .
더+이상 나오지|뜨지|보이지|표시되지|나타나지 / 나오지|뜨지|보이지|표시되지|나타나지 않습니다|않아요|않네요|않음|않고|않는다 / 사라졌습니다|사라졌어요|사라졌네요|없어졌습니다|없어졌어요|해결됐습니다|해결되었습니다|없습니다 / 안 나옵니다|뜹니다|보입니다|나와요|떠요|보여요
eltűnt|megszűnt|megoldódott / már+nem jelenik+meg|látszik|látható / nem jelenik+meg|látszik|látható . / megoldva|javítva .
a|au dispărut / nu+mai apare|apar|este|există / nu apare|apar . / a+fost|este rezolvat|rezolvată|remediat|corectat / rezolvat .
δεν εμφανίζεται|εμφανίζονται|υπάρχει πια|πλέον / εξαφανίστηκε|εξαφανίστηκαν|διορθώθηκε|λύθηκε / δεν εμφανίζεται|εμφανίζονται .
表示されなくなり+まし|表示されなくな+った|表示されていません|表示されません|出なくなり+まし|出なくな+った|出ていません|出ません|出てい+ない|消えまし|消えた|なくなりまし|なくなった|解消しまし|解消され|解決しまし|解決済|直りまし|修正しまし|修正済|表示されたら|出たら|表示された場合|ありません
消失了|没有了|沒有了|不见了|不見了|没了|已解决|已解決|已经解决|已经修复|已修复|解决了|修复了|不再显示|不再出现|不再提示|不再顯示|不再出現 / : 已解决|已解決|已修复|已消失
`

// notUndone only look so.
const notUndone = `
is|are fixed|solved|resolved|cured|cleared by|if|when|once|with|only / was|were|did|wasn|weren|didn not|t there|shown|listed|reported|seen|show+up|appear|come+up|in+the yesterday|before|until|last|earlier|initially|report+before
wasn't|weren't|didn't|hadn't there|shown|listed|reported|seen|show+up|appear|come+up yesterday|before|until|last|earlier|initially
ist|sind|war|kommt|wird nicht weg / ist|sind nicht+mehr zu|normal|lustig|feierlich / n'|ne est|sont|s'affiche|apparaît plus|pas la+seule|le+seul|seul / disappeared and|but came / went away and|but came / is gone and|but came
`

const adverbs = `now already since finally meanwhile all long been also just ever even really actually currently any again completely apparently at last
since yesterday today seit gestern vorgestern sinds gisteren ayer ieri ontem wczoraj dzisiaj сегодня вчера včera igår jetzt nun inzwischen dort da ebenfalls auch mittlerweile endlich schon bereits somit damit heute seither wieder ja hier
maintenant enfin bien aussi déjà également désormais ya ahora también hoy más ora adesso anche già finalmente oggi agora também já nu ook inmiddels er al eindelijk
już teraz też się уже теперь тоже наконец вже тепер také už teď nyní se också redan numera också nå enää längre længere lenger nyt artık şimdi は が も を の に もう 已 经 了 也 现 在 都 全 部 均 どちら 이제 더는 도 모두 már acum πια πλέον
likewise ebenso gleichfalls egalement igualmente asimismo pure egualmente eveneens evenzo również także теж rovněž taktéž zároveň likaså ligeledes likeledes samoin szintén ugyancsak επίσης също також также takođe također tudi ayrıca 同 样 同 様 또한 역시`

const fillers = `the an a any anything this that says say saying like such as of about more further single sign trace named called listed either reporting me us
die der das den eine ein einen mehr wie namens solche solchen von vom typ art irgendeine
le la les un une comme de du d' cette ce l' type du el los las una como del tipo nada de il lo gli di un' come tale o os as uma um do da tipo
een het de van als soort takiego jak typu takie такого типа вроде як такої takový jako typu typ som den det en ett sådan slik sånn sellaista kuten`

const nouns = `warning warnings error errors problem problems message messages finding findings row rows line lines notice notices complaint complaints thing one ones alert entry
warnung warnungen fehler meldung meldungen hinweis hinweise eintrag fehlermeldung avertissement avertissements erreur erreurs message messages alerte l' d'
aviso avisos error errores advertencia advertencias mensaje mensajes errore errori avviso avvisi messaggio messaggi erro erros mensagem
fout fouten melding meldingen waarschuwing waarschuwingen foutmelding błąd błędu błędów komunikat komunikatu ostrzeżenie ostrzeżenia
ошибка ошибки ошибок предупреждение предупреждения предупреждений сообщение сообщения помилка помилки попередження повідомлення
chyba chyby hláška hlášky varování varning varningar varningen fel felet meddelande meddelandet advarsel advarsler fejl feil melding meldingen varoitus varoitusta virhe virhettä
uyarı uyarısı hata hatası と い う エ ラ ー 警 告 メ ッ セ ジ 的 错 误 提 示 錯 誤 问 题 問 題
경고 경고가 경고는 경고도 오류 오류가 오류는 메시지 메시지가 메시지는 문구 문구가 가 이 는 은 figyelmeztetés hiba üzenet avertismentul eroarea mesajul προειδοποίηση σφάλμα μήνυμα`

const joiners = `and or nor plus und oder noch sowie et ou ni y e o ed en of i oraz ani и или ни та або ні a nebo och eller og ja tai ve veya と や も 和 与 或 、 도 와 과 nici και ούτε`

const relations = `for at on against by für bei auf von zu pour sur chez para por per su bij voor dla przy для на у pro för på hos`

// speakers are the words by which people speak of themselves, without accents. "mon", "min" and the like, which stand in reports too, are left out.
var speakers = WordSet(`i we my our us ich wir mein meine meinem unser unsere unserem uns mir mich je j nous notre nos yo nosotros mi nuestro nuestra
io noi mio mia nostro nostra eu meu minha nosso nossa ik wij mijn ons onze nasz nasza naszego jestem mamy moj я мы мой моя наш наша нашего нас мне
ми мій моя наша muj nas nase jag vi var vart jeg vores meidan biz benim bizim`)
