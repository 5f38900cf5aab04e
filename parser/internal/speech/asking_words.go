package speech

import "sync"

// The words by which people ask for a sentence, suppose it or speak of it in general, language by language. Nobody says by them that it
// was shown.

// What phrases around such a sentence say.
const (
	asks         meaning = iota + 1 // somebody asks whether it is shown; a question mark follows
	whether                         // the same in the words of another sentence, without that mark
	supposes                        // what follows holds if it is shown
	awaitsVerb                      // one of these, if its verb stands behind the sentence
	asksWithVerb                    // a question, if the same stands there
	verb                            // that verb
	supposed                        // behind the sentence it says as much as supposes in front
	general                         // behind the sentence: it is asked about for no server
	reasons                         // somebody asks for a reason: it was shown
	imagines                        // in front of a sentence in a question: nobody has seen it yet
	foresees                        // in front of a sentence in a question: it may be shown to somebody who has tested nothing yet
	foreseesVerb                    // the same, if its verb stands behind the sentence
	example                         // in front of a sentence: it is one of several (example.go)
	elsewise                        // looks like one of these, and is none
)

// What single words say there, beside what they say around a denial.
const (
	wonders role = relates << (iota + 1) // asks for a reason: the sentence was shown
	self                                 // somebody speaks of himself
	alike                                // what is asked of others was shown here too
	again                                // what may be shown was shown before
)

// asking are the tables of what is asked or supposed.
type asking struct {
	lexicon
	before, behind phrases
}

var ofAsking = sync.OnceValue(buildAsking)

func buildAsking() *asking {
	a := &asking{*newLexicon(), phrases{}, phrases{}}
	a.before.add(&a.lexicon, foresees, foreseenBefore) // first: it counts before a question of the same length
	a.before.add(&a.lexicon, foreseesVerb, foreseenWithVerb)
	for means, table := range []string{asks: asksBefore, whether: whetherBefore, supposes: supposesBefore, general: generalBefore, awaitsVerb: conditionsBefore,
		asksWithVerb: inversionsBefore, imagines: imaginedBefore, elsewise: elsewiseBefore, reasons: reasonPhrases} {
		a.before.add(&a.lexicon, meaning(means), table)
	}
	a.behind.add(&a.lexicon, verb, verbsBehind)
	a.behind.add(&a.lexicon, supposed, supposedBehind)
	a.behind.add(&a.lexicon, general, generalBehind)
	a.behind.add(&a.lexicon, reasons, reasonPhrases)
	for what, words := range map[role]string{adverb: adverbs, fills: fillers, noun: nouns, joins: joiners + " " + alternatives, wonders: wondering, self: selves, alike: likewise, again: repeatedly} {
		a.give(what, words)
	}
	return a
}

const asksBefore = `
do|does|did|can|could|will … see|sees|get|gets|say|says|show|shows|print|prints|report|reports|list|lists|display|find|receive|contain|mention|read / is|are|was|were there / which|which+one of these|them|the+following|those
sehen|bekommen|erhalten|haben|finden|lesen sie|du|ihr / siehst|bekommst|hast|findest|liest du / steht|stehen|erscheint|kommt|meldet|zeigt|sagt|taucht|lautet … / gibt es
est+ce+que|est+ce+qu … affiche|affichent|dit|voyez|vois|obtenez|avez|signale|indique|montre|apparaît|reçoit / voyez|obtenez|avez|recevez vous / affiche|dit|indique|signale|voit t il|elle|on / y+a t il
ve|ves|ven|aparece|aparecen|sale|salen|dice|muestra|pone|obtiene|recibe … / le|te|les|se ve|aparece|aparecen|sale|salen|dice|muestra …
vedi|vede|vedete|compare|compaiono|appare|dice|mostra|leggi|legge|risulta|esce … / le|ti|vi compare|appare|esce|dice|mostra …
vê|vês|veem|aparece|aparecem|diz|mostra|consta|recebe|exibe …
ziet|krijgt|leest|ontvangt u|je|jij|jullie / zie|krijg|lees je / staat|staan|verschijnt|meldt|zegt|toont|geeft …
czy … pokazuje|pokazują|widzi|widzisz|widać|widzicie|pisze|wyświetla|pojawia|jest|zgłasza
видите|видишь|показывает|пишет|появляется|выводит|стоит …
чи … бачите|показує|пише|є|видно|з'являється
vidíte|vidíš|píše|ukazuje|hlásí|zobrazuje|stojí|objevuje …
ser|får|läser du|ni / står|visar|säger|syns|kommer|finns det|den|där|testet|sidan / ser|får|læser du|i|dere|de / står|viser|siger|sier|kommer|findes der|det|den
näkyykö|lukeeko|sanooko|näyttääkö|näetkö|näettekö|saatko|saatteko|ilmoittaako …
látja|látod|írja|megjelenik|jelenik+meg … / apare|scrie|arată|vedeți|vezi … / βλέπετε|βλέπεις|εμφανίζεται|λέει|γράφει …
显示|提示|出现|看到|报|顯示|出現 的+是 / 有没有|有沒有|是否 显示|提示|出现|看到|收到|顯示|出現 / 看到|出现|显示 … / yoksa`

const whetherBefore = `
whether … says|say|see|sees|shows|show|reads|get|gets|prints|reports|lists|is|are / tell|let|inform us|me|them if|know+if … says|say|see|sees|shows|show|reads|get|gets / check|look|see if … says|shows|see|reads|lists
dites|dire|indiquez|vérifiez|regardez|savoir|préciser … si … affiche|voyez|voit|dit|apparaît|signale|obtenez / díganos|diga|dígame|indique|indíquenos|compruebe|mire|verifique si … sale|aparece|ve|dice|muestra
ci+dica|dica|dimmi|verifichi|verifica|controlli|controlla|guardi|guarda se … compare|vede|vedi|dice|mostra|appare / diga|verifique|informe|confirme|veja … se … aparece|diz|mostra|vê
proszę|napisz|sprawdź|sprawdzić|napisać … czy … jest|widać|pokazuje|pisze|pojawia / есть|пишет|показывает|видно|видите|выводится|появляется ли … / чи є|показує|пише|видно
jestli|zda|zdali … píše|ukazuje|stojí|je|zobrazuje|hlásí / undrar|kolla|se|skriv … om det|den|där|testet står|visar|säger / skriv|se|tjek|sjekk … om der|det står|viser / 是否 显示|提示|出现|看到|顯示|出現`

const supposesBefore = `
before you open|create|send|write|report … about|for|because+of / in case|the+event of / im falle|fall von|eines|einer / en cas de|d' / en caso de / in caso di / em caso de / in geval van / w razie|przypadku / в случае / у разі / v případě / i händelse av / i tilfælde|tilfelle af|av / en+cas|caso que / bei der meldung / à la vue de
if|when|whenever|once|should|unless|where … see|sees|get|gets|receive|receives|say|says|show|shows|print|prints|report|reports|display|displays|read|reads|list|lists|encounter|find|finds
si|quand|lorsque|lorsqu|dès+que … voyez|vois|voit|obtenez|recevez|reçoit|affiche|affichent|signale|indique|dit|apparaît|lisez
si|cuando|siempre+que … ve|ves|ven|aparece|sale|muestra|dice|obtiene|recibe|informa|lee
se|quando|qualora … vedi|vede|vedete|compare|appare|mostra|dice|segnala|riporta|ricevi|riceve|legge / se|quando|caso … vê|vir|ver|virem|aparecer|aparece|mostrar|mostra|disser|diz|receber|recebe|exibir|exibe
jeśli|jeżeli|gdy|kiedy … widzisz|widzi|zobaczysz|zobaczy|pojawi|pojawia|pokaże|pokazuje|otrzyma|otrzymasz|wyświetli|wyświetla
если|когда … видите|увидите|видит|увидит|пишет|напишет|показывает|покажет|выдаст|скажет|появляется|появится|выводит|выводится|получите|получили / якщо|коли … бачите|побачите|побачить|пише|показує|з'являється|з'явиться
pokud|když|až … vidíte|uvidíte|uvidí|píše|zobrazí|objeví|ukáže|ukazuje|hlásí / om|när … ser|får|visar|säger|står|rapporterar / hvis|når|dersom … ser|får|viser|siger|sier|står
jos|kun … näet|näette|näkyy|näyttää|ilmoittaa|lukee|saat|saatte / ha|amikor … látja|látod|megjelenik|kap / dacă|când … vedeți|vezi|apare|primiți / αν|όταν … δείτε|βλέπετε|εμφανίζεται|εμφανιστεί
如果|若|当|當|假如|一旦|每当 看到|显示|提示|出现|收到|遇到|顯示|出現 / 如果|若|当|當|假如|一旦 … 看到|显示|提示|出现|收到|遇到|顯示|出現`

// imaginedBefore begin questions of what would be if a sentence were shown.
const imaginedBefore = `
^ what if|happens+if|happens+when / ^ and|but|or|so if / ^ and|but|so what if / was|wie , wenn|falls / ^ was|wie wenn|falls / ^ und|aber|oder wenn|falls / ^ und was , wenn|falls
^ et|mais si / ^ et|mais s' / que se passe t il si / ^ y|pero si / qué pasa|pasaría si / ^ e|ma se / cosa|che succede se / ^ e|mas se / o que acontece se / ^ en|maar als|wanneer / wat als / ^ a|i|ale jeśli|jeżeli|gdyby|jak / co , jeśli|jeżeli|gdy / ^ co jeśli
^ а|и|но если|вдруг|что+если / что , если / ^ что если / ^ а что , если / ^ а|і|але якщо / ^ а що , як|якщо / що , якщо / ^ a|co|ale když|kdyby|pokud / ^ a co když|kdyby / ^ och|men om|ifall / tänk om / ^ vad händer om / ^ og|men hvis / ^ hvad|hva nu hvis / ^ hvad|hva hvis / ^ hvad|hva skjer|sker hvis
entä jos / ^ mutta|ja jos / mitä jos / ^ peki ya / ^ ya / ^ és|de ha / ^ mi van , ha / ^ și|dar dacă / ce se întâmplă dacă / ^ και|κι αν / もし / 万一 / 万が一 / 要是 / 万一 / 만약`

// foreseenBefore ask what somebody will be shown.
const foreseenBefore = `
will|would|shall|might i|we|it … see|get|find|have|show|say|report|print|complain / am|are i|we going to see|get|find|have / ll i|we see|get
bekomme|kriege|sehe ich|wir dann|danach|nachher|später
vais je|t+on|nous … voir|avoir|obtenir|recevoir / est+ce+que je verrai|aurai / est+ce+que je vais voir|avoir|obtenir / est+ce+que nous allons voir|avoir|obtenir / est+ce+que nous verrons|aurons / est+ce+que j' aurai / verrai|aurai|obtiendrai|recevrai je / je vais voir|avoir|obtenir / je verrai|verrais / va|vais t il|elle|on afficher|signaler|dire
voy|vamos a ver|tener|recibir|obtener / veré|veremos|tendré|recibiré / me|nos saldrá|aparecerá|mostrará|dirá / me|nos va a salir|aparecer|mostrar|decir / va a salir|aparecer|decir|mostrar / saldrá|aparecerá|mostrará|dirá
vedrò|vedremo|avrò|avremo|riceverò / comparirà|apparirà|uscirà|mostrerà|segnalerà|dirà / mi|ci comparirà|apparirà|uscirà
vou|vamos|irei|iremos ver|ter|receber / verei|veremos|terei|receberei / vai aparecer|mostrar|dizer|acusar / aparecerá|mostrará|dirá
krijg|zie ik|we dan|straks|daarna / zobaczę|zobaczymy|dostanę|dostaniemy / będę|będziemy widzieć|widział|widziała|mieć / pojawi+się|wyświetli+się|pokaże
увижу|увидим|получу|получим / увижу|увидим|получу|получим ли|я|мы / увижу|увидим|получу|получим ли я|мы / буду|будем видеть|получать / будет|появится … писать|показывать|выдавать / появится|покажет|напишет|выдаст / побачу|побачимо|отримаю|отримаємо / побачу|побачимо|отримаю|отримаємо я|ми / буду|будемо бачити / з'явиться|покаже|напише
uvidím|uvidíme|dostanu|dostaneme / objeví+se|ukáže+se|zobrazí+se / budu|budeme vidět|mít / bude … hlásit|psát|ukazovat / kommer|får|lär jag|vi … se|få / ska jag|vi … se|få / kommer det … stå|visas / vil|skal|kommer|får jeg|vi|der|det … se|få|stå|komme
näenkö|näemmekö|saanko|saammeko|tuleeko / görecek|alacak miyim|miyiz / fogom|fogjuk|fogok látni|kapni / látni fogom|fogjuk / kapok+majd|kapunk+majd / meg+fog+jelenni
o|am să|sa văd|vedem|am|primesc|apară / voi|vom vedea|primi|avea / va apărea|scrie|arăta / θα δω|δούμε|εμφανιστεί|εμφανίζεται|λάβω|γράψει
我会|我会不会|我们会|我們會|我會|会不会|會不會|是否会|是否會 看到|显示|出现|收到|顯示|出現 / 会|會 看到|显示|出现|收到|顯示|出現`

// foreseenWithVerb do the same where the verb ends the question.
const foreseenWithVerb = `werde|würde|werden|würden ich|wir / werde|würde|werden|würden ich|wir dann|dort|da|bei+ihnen|danach|später / wird|würde mir|uns|dann|dort|da / zal|zou|zullen|ga|gaan ik|we|wij / zal|zou|zullen|ga|gaan ik|we|wij dan|daar|straks / zal|zou er|het dan|daar`

const (
	conditionsBefore = `if|should|in+case|once / wenn|falls|sobald|sollte|sollten|ob|immer+wenn / als|wanneer|indien|zodra / 遇到`
	inversionsBefore = `is|are|was / ist|sind|wird`
)

// elsewiseBefore take back what shorter phrases say.
const elsewiseBefore = `
mi|me|nos compare|appare|esce|dice|sale|aparece|muestra|mostra / do|does|did|can|could … know|understand|explain|tell|help|think / as if|when / is|are it|that|this`

// verbsBehind stand behind a sentence of which the words in front are not whole.
const verbsBehind = `
in|on the|your|this list|report|result|results|page|table|mail / shown|listed|displayed|reported|mentioned|printed|included / still there|shown|listed / there .
sehen|siehst|seht|erhalten|erhält|erhältst|bekommen|bekommst|bekommt|anzeigen|anzeigt|melden|meldet|angezeigt|gemeldet|ausgeben|ausgibt|erscheint|erscheinen|auftritt|auftreten|auftaucht|auftauchen|steht|sagt|zeigt|sagen|lesen|liest|kommt|verursacht|enthält|behauptet|dabei|drin
ziet|zien|krijgt|krijgen|ontvangt|staat|verschijnt|wordt|meldt|toont|leest|aangeeft|geeft|zegt|krijg|zie
时|時`

// supposedBehind say behind a sentence all that is needed.
const supposedBehind = `
mu|mı|mi|mü yazıyor|görünüyor|çıkıyor|diyor|var / görürseniz|görürsen|çıkarsa|yazarsa|görünürse|alırsanız|yazıyorsa|görüyorsanız
라고|이라고|가|이 나오면|뜨면|표시되면|보이면|나타나면 / が|と 出れば|出たら
と|が|は|の 表示された+場合|表示されたら|表示されれば|表示される+場合|出たら|出た+場合|出れば|出る+場合|ある+場合 / の+どちら|どちら / と|が|は 表示されますか|出ますか|表示されていますか|出ていますか|ありますか|出ましたか|表示されましたか / が|と … かどうか
还是|還是 «» / の+場合+は / 的+时候|时 请`

// wondering are the words by which somebody asks about a sentence that was shown.
const wondering = `why what how reason mean means meaning wrong warum wieso weshalb was wie woran pourquoi comment quoi cómo perché cosa come porque
waarom wat hoe dlaczego czemu co jak почему что как чому що як proč jak varför vad hur hvorfor hvad hva miksi mitä miten neden nasıl miért mit γιατί τι`

// reasonPhrases do the same by several words, or in scripts without blanks.
const reasonPhrases = `por+que / pour+que / que es|significa|hago|hacer|hacemos|debo|debemos|puedo|faço|fazer|é|faire|dois|dit|quiere / che cosa|fare|significa|vuol / 何 / なぜ / どう / 为什么 / 怎么 / 如何 / 什么 / 為什麼 / 怎麼 / 什麼`

// generalBefore say what testers say of many servers.
const generalBefore = `
many|some|most|several of you ask|asked|write|wrote|wonder|wondered / many|some|most|several users|customers|readers ask|asked|write|wonder / viele|einige|manche|mehrere von ihnen|euch fragen|fragten|schreiben nach|wegen|zu / viele kunden|leser|nutzer fragen|fragten nach|wegen|zu
beaucoup|certains|plusieurs d' entre vous nous|s' demandent|interrogent|écrivent / beaucoup|certains|plusieurs d' entre vous demandent|écrivent / muchos|algunos|varios de ustedes|vosotros|clientes nos preguntan|preguntáis|escriben por|sobre / molti|alcuni|parecchi di voi|clienti ci chiedono|chiedete|scrivono di|a+proposito / muitos|alguns|vários de+vocês|clientes nos perguntam|escrevem sobre|por
velen|veel|sommigen van u|jullie|klanten vragen|schrijven naar|over / wielu|część z państwa|was pyta|pytało|pisze o / многие|некоторые из вас|клиентов спрашивают|пишут о|об|про / багато|дехто хто|з вас запитують|пишуть про / mnozí|mnoho|někteří z vás ptají|ptá|píše na|o / mnozí|mnoho|někteří z vás se ptají|ptá na
många|flera av er|kunderna frågar|undrar|skriver om / mange|flere af|av jer|dere spørger|spør|skriver om / monet|useat teistä kysyvät|kysyneet / sokan önök|közületek kérdezik|kérdezitek / mulți|unii dintre voi|dumneavoastră ne întreabă|întrebați despre
typical|common|frequent|usual|possible findings|messages|errors|warnings|results|rows … are|is|include / tickets|requests|mails about|on / wording|spelling|translation of / some|many|most|other|external|certain|several|all testers|tools|pages|scanners|checkers|sites|services|programs|tests|reports … print|report|say|show|display|return|list|warn
testers|tools|pages|scanners|checkers|sites|services|third+parties may|might|can|could|will|sometimes|often|always print|report|say|show|display|return|list|warn / tools|testers|pages|scanners|services like|such+as … print|report|say|show|display
einige|manche|viele|externe|andere|solche prüfer|tester|werkzeuge|prüfseiten|dienste|seiten|tools|prüfdienste melden|zeigen|sagen|schreiben / certains|plusieurs|quelques|des outils|testeurs|services|sites … affichent|signalent|disent|indiquent
algunas|algunos|muchas|ciertas|ciertos herramientas|probadores|servicios|páginas … muestran|dicen|indican|informan / alcuni|molti|certi strumenti|servizi|tester|siti … mostrano|segnalano|dicono / algumas|alguns|muitas|certas ferramentas|serviços|sites|testadores … mostram|dizem|relatam
sommige|veel|enkele tools|diensten|testers|sites … melden|tonen|zeggen / niektóre|wiele narzędzia|narzędzi|usługi|testy … pokazują|zgłaszają|piszą / некоторые|многие сервисы|инструменты|тестеры|сайты … показывают|пишут|сообщают / деякі|багато сервіси|інструменти … показують|пишуть
některé|mnohé nástroje|služby|testery … hlásí|píší|ukazují / vissa|många verktyg|tjänster|testare … visar|säger|rapporterar / nogle|noen|mange værktøjer|verktøy|tjenester … viser|siger|sier / jotkin|monet työkalut|palvelut … näyttävät|ilmoittavat / bazı araçlar|siteler|servisler / ツールによって|一部のツール / 有些|某些|一些 工具|网站|服务 …`

// generalBehind stand at the end of questions about no server.
const generalBehind = `in general|generally|principle / im allgemeinen / generell / grundsätzlich / en général|general / in generale|generalmente / em geral / in het algemeen / w ogóle / i allmänhet / generelt / yleensä / genel olarak / 一般`

// alternatives part the sentences of which one asks which it is.
const alternatives = `oppure bzw respektive czy чи eller nebo yoksa 还 是 還`

// selves are those by which somebody speaks of himself; some are verbs.
const selves = `i i'm my mine we our ours ich mein meine meinem meiner wir unser unsere je j' mon ma nous notre nos yo nosotros nuestro hago pruebo ejecuto
io mio mia noi nostro faccio provo eseguo eu meu minha nós nosso faço executo ik mijn wij ons onze ja mój moja my nasz robię testuję я мы мой мой наш наши проверяю делаю тестирую
мій наш já můj náš zkouším jag min vi vår testar mig jeg vi vores tester minä meidän ben biz 我 私 我们`

// likewise tells that what is asked of others is shown here.
const likewise = `too also as+well likewise auch ebenfalls aussi également también anche também ook też także тоже також také också även også myös 也`

// repeatedly tells that it was shown before.
const repeatedly = `again still anymore more longer wieder noch weiterhin immer erneut encore toujours nouveau plus otra nuevo todavía aún sigue seguiré seguirá siguiendo ancora nuovo sempre più
ainda novamente continuar continuarei continuará weer nog steeds opnieuw znowu znów nadal wciąż dalej jeszcze снова опять ещё дальше знову досі ще zase znovu pořád stále ještě igen fortfarande stadig fortsatt vielä taas edelleen
tekrar hala hâlâ yine megint újra továbbra még iar tot din+nou încă mereu ξανά πάλι ακόμα ακόμη πλέον 又 再 还 還 仍 継 続`
