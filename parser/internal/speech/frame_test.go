package speech

import (
	"testing"

	"mxverdict/parser/report"
)

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
	"MXToolbox shows the following errors:", "The following checks failed:", "MXToolbox reports these issues:",
	"MX Toolbox found 3 problems:", "I have these warnings:", "Folgende Fehler werden gemeldet:",
	"Es wurden folgende Probleme gefunden:", "Les erreurs suivantes :", "MXToolbox donne les erreurs suivantes :",
	"Los siguientes errores:", "MXToolbox da estos errores:", "Sono stati trovati i seguenti errori:", "Os seguintes erros:",
	"De volgende fouten:", "MXToolbox geeft de volgende waarschuwingen:", "Następujące błędy:",
	"MXToolbox pokazuje takie błędy:", "Следующие ошибки:", "MXToolbox показывает следующие ошибки:", "Наступні помилки:",
	"Následující chyby:", "Följande fel:", "Følgende fejl:", "Følgende feil:", "Seuraavat virheet:", "Şu hatalar var:",
	"Failed checks (MXToolbox)", "### Failed checks (MXToolbox)", "Fehler (MXToolbox, gestern):", "Erreurs (MXToolbox) :", "Ошибки (MXToolbox)", "警告（MXToolbox）",
	"Avertissements relevés par MXToolbox pour mx.brouillard.example (3) :",
	"次のエラーが表示されます：", "以下错误：", "MXToolbox 显示以下错误：",
}

// passes are lines that say that good results follow.
var passes = []string{
	"Passed", "12 passed", "Passed (4)", "Passed:", "**Passed**", "passed tests", "All green:", "Good:",
	"alles grün", "Bestanden (3)", "in Ordnung:", "réussis :", "tout est vert :", "Superados", "correctos (3)",
	"superati", "aprovados", "geslaagd", "alles groen:", "zaliczone", "пройдено", "合格", "正常：", "通过（3）",
	"godkända", "v pořádku:", "başarılı",
	"these passed:", "Bestanden:", "Passed checks:", "The following tests passed:", "OK:",
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
	"Domain Health Report", "3 Problems solved yesterday", "Errors I do not understand", "Could these errors matter:",
	"SPF Record OK", "Good morning", "Good morning,", "Fine.", "ok", "OK", "Thanks, all good", "Problem solved", "Error",
	"DNS problem", "Mail server problem with Outlook", "3 mails were returned with errors", "Warning",
	"We had 3 errors last week", "Please fix the problems", "Passed the exam", "Report a problem", "Report problems here:",
	"Bug report", "Fehler gefunden?", "no problem", "Kein Problem:", "Problem gelöst",
	"Our alerts are at https://status.example/", "14 errors in the log of postfix",
	"postfix/smtpd: warning: hostname does not resolve", "Number of errors: 0",
}

func TestFrameWords(t *testing.T) {
	try := func(lines []string, status report.Status, want bool) {
		for _, line := range lines {
			if got, ok := Frame(line); ok != want || got != status {
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
		if !FrameIn(text) {
			t.Errorf("frameIn(%q) is wrong", text)
		}
	}
	for _, text := range []string{"passed", "5 passed", "all green", "bestanden", "合格"} {
		if FrameIn(text) {
			t.Errorf("frameIn(%q) is wrong", text)
		}
	}
	for _, text := range []string{"", "Subject", "no errors", "it does not say", "TODO", "we test", "how to fix errors", "Domain",
		"Our checks are", "new check", "0 errors", "I say", "MXToolbox no longer says"} {
		if FrameIn(text) {
			t.Errorf("frameIn(%q) is wrong", text)
		}
	}
}
