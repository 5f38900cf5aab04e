package rows

import (
	"strings"
	"testing"

	"mxverdict/parser/report"
)

// Braces stand for a reporter's sentence.

// gone are lines whose sentence is denied.
var gone = []string{
	// English
	`{} is gone.`,
	`"{}" no longer appears`,
	`the "{}" warning has disappeared since the restart, thx!!`,
	`{} - fixed`,
	`1) "{}": gone now`,
	`2) {} (resolved)`,
	`"{}." is not shown anymore`,
	`it doesn't say "{}" any more`,
	`MXToolbox no longer shows «{}»`,
	`We never had a warning like "{}"`,
	`There's no "{}" in the report`,
	`neither "A" nor "{}" is in the list`,
	`neither "{}" nor "A" is in the list`,
	`"{}" and "A" are gone`,
	`"A", "B" and "{}" went away`,
	`no longer shown: "A", "{}"`,
	`"{}" isn’t raised`,
	`The "{}" thing has disappeared. Karma for you :)`,
	`if it said "{}" you would have to act`,
	`If MXToolbox had ever shown "{}", I'd have called`,
	`should it ever say "{}", call me`,
	`some testers may report that "{}"`,
	`* The status page no longer says "{}" when the DNS is slow`,
	`* Fixed: "{}" was shown for exactly 10`,
	`* Renamed "{}" to "B"`,
	`* Renamed "A" to "{}"`,
	`* New check: {}`,
	`it used to say {}`,
	`{} for example.com is gone`,
	`{} has been resolved, you can close this`,
	`instead of "{}" all is green`,
	`"{}" does not show up`,
	`THE "{}" ERROR IS NOW FIXED THANKS`,
	`the report came back without "{}"`,
	// German
	`„{}“ wird nicht mehr angezeigt, danke`,
	`„A“ wird nicht mehr angezeigt, „{}“ ist ebenfalls verschwunden.`,
	`Auch „{}“ kommt nicht vor.`,
	`Es gibt keine Meldung „{}“, weder heute noch gestern`,
	`»{}« steht nicht mehr drin`,
	`"{}" ist weg!!`,
	`weder „A“ noch „{}“ taucht auf`,
	`MXToolbox meldet "{}" nicht mehr`,
	`die Meldung {} ist inzwischen behoben`,
	`wenn da „{}“ stünde, müssten Sie anrufen`,
	`Falls dort einmal „{}“ stehen sollte, bitte melden`,
	`{} -> erledigt`,
	`Behoben: {}`,
	`Mxtoolbox zeigt jetzt nicht mehr „{}“`,
	`{} wurde nicht angezeigt`,
	`statt „{}“ ist jetzt alles grün`,
	// French
	`« {} » n’apparaît plus depuis ce matin.`,
	`« A » n'apparait plus. « {} » a disparu aussi`,
	`« {} » n’est plus affiché,`,
	`« {} » n’est plus affiché non plus.`,
	`MXToolbox n'affiche plus "{}"`,
	`il n'y a plus de message « {} »`,
	`ni « A » ni « {} » dans le rapport`,
	`Si l’outil affichait « {} », il faudrait fermer le port`,
	`aucun avertissement « {} » chez nous`,
	`l'erreur {} est maintenant corrigée`,
	`{} : résolu`,
	`« {} » ne s'affiche pas`,
	// Spanish
	`Ya no sale «{}». Gracias`,
	`Tampoco aparece «{}».`,
	`Tampoco sale nada de «{}».`,
	`En el informe no hay ningún aviso del tipo «{}».`,
	`«{}» ya no aparece`,
	`el aviso "{}" ha desaparecido, mil gracias`,
	`"{}" desaparecio hoy`,
	`si dijera «{}» habría que cerrar el puerto`,
	`ni «A» ni «{}» salen en la lista`,
	`{}: solucionado`,
	`el error "{}" esta resuelto`,
	// Italian
	`Tutto risolto: “{}” non compare più, e nemmeno “A”`,
	`“A” non compare più, e nemmeno “{}”. Grazie mille!`,
	`"{}" e' sparito`,
	`MXToolbox non mostra piu' "{}"`,
	`l'avviso «{}» è scomparso`,
	`se dicesse «{}» dovresti chiamare`,
	`nessun avviso «{}» nel rapporto`,
	`«{}» non c'è più`,
	// Portuguese
	`Boa tarde, a mensagem “{}” já não aparece. Podem encerrar.`,
	`"{}" nao aparece mais`,
	`o aviso “{}” sumiu`,
	`O MXToolbox não mostra mais “{}”`,
	`se aparecesse “{}”, eu ligaria`,
	`não há nenhum aviso “{}”`,
	`{} - resolvido`,
	// Dutch
	`Top, ‘{}’ staat er niet meer bij. Mag dicht!`,
	`"{}" is weg, bedankt`,
	`de melding "{}" is verdwenen`,
	`"{}" wordt niet meer getoond`,
	`MXToolbox toont "{}" niet meer`,
	`geen melding "{}" te zien`,
	`als er "{}" zou staan moet je bellen`,
	`{}: opgelost`,
	// Polish
	`Dzień dobry, komunikat „{}” już się nie pojawia.`,
	`Gdyby narzędzie pokazało „{}”, proszę dzwonić`,
	`komunikat „{}” zniknął`,
	`nie ma już „{}”`,
	`MXToolbox nie pokazuje już „{}”`,
	`ani „A”, ani „{}”`,
	`{} - naprawione`,
	// Russian
	`Предупреждение «{}» больше не появляется. Вопрос закрыт.`,
	`«{}» пропало, спасибо`,
	`ошибка «{}» исчезла`,
	`MXToolbox больше не показывает «{}»`,
	`если бы там было «{}», я бы позвонил`,
	`предупреждения «{}» больше нет`,
	`нет ни «A», ни «{}»`,
	`{} — исправлено`,
	// Japanese
	`「{}」は表示されなくなりました。本件はクローズしてください。`,
	`「{}」が消えました`,
	`「{}」の警告は解消しました。ありがとうございます`,
	`「A」と「{}」は出なくなりました`,
	`もし「{}」と表示されたら電話してください`,
	`「{}」というエラーはもう出ていません`,
	// Chinese
	`不再显示“{}”了，谢谢`,
	`“{}”已经消失了`,
	`“{}”的警告没有了`,
	`如果显示“{}”，请打电话`,
	`報告裡沒有「{}」`,
	`{}：已解决`,
	// Swedish
	`"{}" visas inte längre`,
	`varningen "{}" är borta nu, tack`,
	`MXToolbox visar inte längre "{}"`,
	`ingen varning "{}" i rapporten`,
	`om det stod "{}" skulle jag ringa`,
	// Czech
	`„{}“ už se nezobrazuje`,
	`hláška „{}“ zmizela, díky`,
	`kdyby tam bylo „{}“, volejte`,
	`MXToolbox už neukazuje „{}“`,
	// Turkish
	`"{}" artık görünmüyor`,
	`"{}" uyarısı kayboldu, teşekkürler`,
	`"{}" uyarisi artik gorunmuyor`,
	`MXToolbox artık "{}" göstermiyor`,
}

// there are lines whose sentence is not denied, though words of a denial stand in them.
var there = []string{
	// English
	`"{}" is not fixed`,
	`"{}" is still not fixed!!`,
	`{} does not go away`,
	`{} won't disappear whatever I do`,
	`"{}" is not gone yet`,
	`{} hasn't gone away`,
	`it still says "{}"`,
	`I don't understand why it says "{}"`,
	`I do not know what "{}" means`,
	`no idea why it shows "{}"`,
	`not sure whether "{}" is serious`,
	`there is no MX, it says "{}"`,
	`No, it says "{}"`,
	`I don't get "{}"`,
	`I can't get rid of "{}"`,
	`i cant get "{}" to go away`,
	`I can't find anything about "{}"`,
	`I've never seen "{}" before`,
	`"{}" was not there yesterday`,
	`"{}" did not show up before the move`,
	`we wait until "{}" is gone`,
	`how do I get "{}" fixed?`,
	`I want "{}" gone`,
	`"A" is gone, but now it says "{}"`,
	`It no longer shows "A", but "{}"`,
	`It doesn't say "A", it says "{}"`,
	`instead of "A" it now says "{}"`,
	`"A" is fixed, "{}" is still there`,
	`it not only says "{}"`,
	`there is nothing but "{}"`,
	`how can it say "{}" when TLS works?`,
	`why would it say "{}"?`,
	`what does it mean if MXToolbox says "{}"?`,
	`"{}" does not mean what you think`,
	`"{}" is not serious, is it`,
	`my server is not an open relay and it says "{}"`,
	`"{}" is fixed by setting myhostname, but I am not allowed to`,
	`Not fixed: {}`,
	`still not resolved: {}`,
	`needs to be fixed: {}`,
	`{} - not fixed`,
	`{} (unresolved)`,
	`New warning: {}`,
	`no problem with TLS, but "{}"`,
	`the PTR is gone, MXToolbox says "{}"`,
	`We have no TLS at the moment. {}`,
	`Is there no way to silence "{}"`,
	`can you fix "{}" please`,
	`I cannot see why "{}" is shown`,
	`Nothing has changed and yet "{}"`,
	`{} has been there since Monday`,
	`they say "{}" is not our fault`,
	`Should it really say "{}"?`,
	`[x] {}`,
	// German
	`„{}“ ist immer noch da`,
	`„{}“ ist nicht weg`,
	`„{}“ geht nicht weg`,
	`"{}" verschwindet nicht`,
	`"{}" ist leider noch nicht behoben`,
	`ich weiß nicht, was „{}“ bedeutet`,
	`Ich verstehe nicht, warum da „{}“ steht`,
	`Keine Ahnung, warum „{}“ kommt`,
	`da steht noch „{}“`,
	`nicht nur „{}“, auch der Rest ist rot`,
	`„{}“ war gestern noch nicht da`,
	`„A“ ist weg, aber „{}“ bleibt`,
	`„{}“ wird seit gestern angezeigt`,
	`bis „{}“ weg ist, warten wir`,
	`so kann ich nicht arbeiten: „{}“`,
	`wir haben keinen MX, es steht „{}“ da`,
	`Wie bekomme ich „{}“ weg?`,
	`Nicht behoben: {}`,
	// French
	`« {} » est toujours là`,
	`je ne comprends pas « {} »`,
	`je ne sais pas pourquoi il affiche « {} »`,
	`MXToolbox n'affiche plus que « {} »`,
	`« {} » n'est pas résolu`,
	`« {} » n'a pas disparu`,
	`pas seulement « {} »`,
	`on n'avait jamais vu « {} » avant`,
	`il n'y a pas de MX, il dit « {} »`,
	`quand « {} » aura disparu je ferme`,
	`je n'arrive pas à corriger « {} »`,
	// Spanish
	`«{}» sigue apareciendo`,
	`todavía sale «{}»`,
	`no entiendo por qué dice «{}»`,
	`no sé qué significa «{}»`,
	`«{}» no desaparece`,
	`«{}» no está resuelto`,
	`ni idea de qué es «{}»`,
	`ya no sé qué hacer: «{}»`,
	`hasta que «{}» desaparezca no cierro`,
	`No, dice «{}»`,
	// Italian
	`«{}» compare ancora`,
	`non capisco perché dice «{}»`,
	`non so cosa significa «{}»`,
	`«{}» non è sparito`,
	`«{}» non sparisce`,
	`non solo «{}»`,
	// Portuguese
	`“{}” continua a aparecer`,
	`ainda aparece “{}”`,
	`não entendo por que diz “{}”`,
	`“{}” não desaparece`,
	`não sei o que é “{}”`,
	// Dutch
	`"{}" staat er nog steeds`,
	`"{}" is nog niet weg`,
	`ik snap niet waarom er "{}" staat`,
	`"{}" gaat niet weg`,
	`geen idee wat "{}" betekent`,
	// Polish
	`wciąż „{}”`,
	`„{}” nadal się pojawia`,
	`nie rozumiem, czemu jest „{}”`,
	`nie wiem, co znaczy „{}”`,
	`„{}” nie znika`,
	`„{}” nie zniknął`,
	// Russian
	`«{}» всё ещё там`,
	`«{}» не исчезает`,
	`не понимаю, почему пишет «{}»`,
	`не знаю, что значит «{}»`,
	`«{}» не исправлено`,
	`раньше «{}» не было`,
	// Japanese
	`「{}」がまだ出ます`,
	`「{}」が消えません`,
	`どうすれば「{}」が表示されなくなりますか`,
	`「{}」の意味が分かりません`,
	`「{}」を表示されないようにしたい`,
	`「{}」と表示されています`,
	// Chinese
	`仍然显示“{}”`,
	`“{}”还没有解决`,
	`“{}”没有消失`,
	`不知道为什么显示“{}”`,
	`你那里有没有“{}”`,
	`一直提示“{}”，怎么办`,
	// Swedish
	`"{}" är fortfarande kvar`,
	`"{}" försvinner inte`,
	`jag förstår inte varför det står "{}"`,
	`"{}" är inte löst`,
	// Czech
	`„{}“ je tam pořád`,
	`„{}“ nezmizelo`,
	`nechápu, proč píše „{}“`,
	// Turkish
	`"{}" hâlâ görünüyor`,
	`"{}" kaybolmuyor`,
	`neden "{}" diyor anlamadım`,
}

func TestDenied(t *testing.T) {
	right := 0
	try := func(lines []string, want bool) {
		for _, line := range lines {
			before, behind, ok := strings.Cut(line, "{}")
			if !ok {
				t.Fatalf("%q has no sentence", line)
			}
			if denied(before, behind) != want {
				t.Errorf("denied(%q) = %t", line, !want)
				continue
			}
			right++
		}
	}
	try(gone, true)
	try(there, false)
	t.Logf("%d of %d lines", right, len(gone)+len(there))
}

// faultFrames are lines that say that faults follow.
var faultFrames = []string{
	"Problems found", "2 failures", "2 failures:", "Warnings (3)", "Warnings: 3", "it shows these errors:",
	"errors:", "Errors", "ERRORS", "3 problems found", "Found 3 problems:", "Failed checks", "failed tests:",
	"2 warnings, 1 error", "0 errors, 3 warnings", "MXToolbox results: 2 failures",
	"mxtoolbox problems found for spf:coriander.example", "**Problems found** (MXToolbox):", "following error:",
	"I get the following warnings at mxtoolbox:", "it complains about:",
	"MXToolbox says:", "these two are red:", "Not passed:", "nicht bestanden",
	"Fehler:", "folgende Fehler", "Gefundene Probleme", "MXToolbox meckert über:", "3 Warnungen:", "schlagen fehl:",
	"Hallo, laut MXToolbox gibt es bei kuemmel.example folgende Fehler:",
	"Guten Tag, MXToolbox-Ergebnis für fichte.example, gefundene Probleme:", "es kommt folgende Fehlermeldung:",
	"erreurs :", "problèmes trouvés", "Voici les avertissements :", "MXToolbox signale :", "2 erreurs",
	"errores encontrados", "Errores:", "salen estos avisos:", "3 advertencias", "MXToolbox se queja de:",
	"Ecco i problemi trovati da MXToolbox su dns:frassino.example", "Avvisi (2)", "errori:", "MXToolbox segnala:",
	"avisos:", "problemas encontrados", "Erros (4)", "o MXToolbox mostra estes erros:",
	"fouten:", "2 waarschuwingen", "MXToolbox klaagt over:", "gevonden problemen",
	"błędy:", "MXToolbox, problemy dla dns:wrzos.example:", "znalezione problemy", "ostrzeżenia (2)",
	"ошибки:", "Найдены проблемы", "предупреждения (3)", "вот такие ошибки:",
	"警告", "エラー：", "問題：", "以下のエラーが出ています：", "错误：", "发现以下问题：", "警告（2）",
	"fel:", "Varningar (2)", "hittade problem:", "chyby:", "Nalezené problémy", "hatalar:", "Uyarılar (2)",
}

// passes are lines that say that good results follow.
var passes = []string{
	"Passed", "12 passed", "Passed (4)", "Passed:", "**Passed**", "passed tests", "All green:", "Good:",
	"alles grün", "Bestanden (3)", "in Ordnung:", "réussis :", "tout est vert :", "Superados", "correctos (3)",
	"superati", "aprovados", "geslaagd", "alles groen:", "zaliczone", "пройдено", "合格", "正常：", "通过（3）",
	"godkända", "v pořádku:", "başarılı",
}

// neither are lines of people that say neither.
var neither = []string{
	"", ":", "no problems found", "No errors:", "0 errors", "Errors (0)", "Warnings: 0", "0 errors, 0 warnings",
	"3 warnings, 5 passed", "without errors", "keine Fehler", "0 Fehler", "keine Probleme gefunden:", "aucune erreur",
	"pas d'erreurs", "sin errores", "nessun errore", "nenhum erro", "geen fouten", "brak błędów", "ошибок нет",
	"問題はありませんでした。", "没有错误", "inga fel", "žádné chyby", "hata yok", "no hay errores",
	"this is a problem", "We have problems with our mail server since Monday", "What is the problem?",
	"the problem is that our mails bounce:", "How to fix these errors:", "Fixed problems:", "behobene Fehler:",
	"erreurs corrigées :", "known problems:", "Possible warnings:", "Problem description:", "Problem:",
	"Error message:", "Fehlermeldung:", "ignore the warnings", "if there are errors:",
	"Which errors do you see?", "Steps to reproduce:", "Hello,", "SMTP TLS", "my boss has a problem with errors",
	"none passed", "the exam was passed by all:", "Errors and warnings are explained in the manual",
	"Is everything green?", "everything works:", "My question:", "Legend:",
}

func TestFrameWords(t *testing.T) {
	try := func(lines []string, status report.Status, want bool) {
		for _, line := range lines {
			if got, ok := frameWords(line); ok != want || got != status {
				t.Errorf("frameWords(%q) = %q, %t", line, got, ok)
			}
		}
	}
	try(faultFrames, "", true)
	try(passes, report.OK, true)
	try(neither, "", false)
}

func TestFrameIn(t *testing.T) {
	for _, text := range []string{
		"MXToolbox says", "MXToolbox-Fehler bei mx.liguster.example", "schlagen fehl",
		"14:05 call w/ customer. MXT warnings on mail.fennel.example", "folgende Fehler kommen", "it complains about",
		"errors", "2 failures", "MXToolbox zeigt", "MXToolbox affiche", "el informe dice", "avvisi", "fouten", "błędy", "ошибки",
		"警告", "failing", "failed",
	} {
		if !frameIn(text) {
			t.Errorf("frameIn(%q) is wrong", text)
		}
	}
	for _, text := range []string{"passed", "5 passed", "all green", "bestanden", "合格"} {
		if frameIn(text) {
			t.Errorf("frameIn(%q) is wrong", text)
		}
	}
	for _, text := range []string{"", "Subject", "no errors", "it does not say", "TODO", "we test", "how to fix errors", "Domain",
		"Our checks are", "new check", "0 errors", "I say", "MXToolbox no longer says"} {
		if frameIn(text) {
			t.Errorf("frameIn(%q) is wrong", text)
		}
	}
}

func TestSpoken(t *testing.T) {
	for _, said := range []string{"I cannot send mail", "we're stuck", "ich komme nicht weiter", "Unser Server ist es nicht",
		"je ne sais pas", "j’ai un souci", "no sé, nosotros no", "io non capisco", "nosso servidor", "ik weet het niet", "nasz serwer",
		"у нас не работает", "я не понимаю", "弊社のサーバー", "我们的服务器", "vår server", "náš server", "bizim sunucu"} {
		if !spoken(said) {
			t.Errorf("spoken(%q) = false", said)
		}
	}
	for _, said := range []string{"", "Reverse DNS does not match SMTP Banner", "5.1 min - too long", "Mon, 12 Oct 2026",
		"us-east-1 timed out", "Name server mi.example.com", "サーバーに接続できません", "服务器没有响应", "Serveur injoignable"} {
		if spoken(said) {
			t.Errorf("spoken(%q) = true", said)
		}
	}
}
