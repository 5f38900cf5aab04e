package speech

import (
	"strings"
	"testing"
)

// foreseen are questions of people who have tested nothing yet. Braces stand for a reporter's sentence.
var foreseen = []string{
	`If I run MXToolbox on one of your servers, will I see "{}"?`, `Would I get "{}" with your small plan?`, `Are we going to see "{}"?`,
	`Wenn ich bei Ihnen teste, werde ich „{}“ sehen?`, `Würde MXToolbox da „{}“ melden, oder werde ich „{}“ sehen?`,
	`est-ce que je vais voir « {} » ?`, `avec cette offre, verrai-je « {} » ?`, `¿Voy a ver «{}»?`, `Con ese plan, ¿me saldrá «{}»?`,
	`Con questo piano vedrò «{}»?`, `Vou ver “{}”?`, `Zal ik dan "{}" zien?`, `Czy zobaczę „{}”?`, `Увижу ли я «{}»?`, `Чи побачу я «{}»?`,
	`Uvidím „{}“?`, `Kommer jag att se "{}"?`, `Vil jeg se "{}"?`, `Näenkö "{}"?`, `Látni fogom a „{}” üzenetet?`,
	`dacă rulez MXToolbox pe un server de la dumneavoastră, o să văd „{}”?`, `Θα δω «{}»;?`, `我会看到“{}”吗？`,
}

// shownBefore are questions of people who were shown it.
var shownBefore = []string{
	`Will I see "{}" again after the move?`, `Will I still get "{}" tomorrow?`, `Why will I see "{}"?`, `How long will we see "{}"?`,
	`Werde ich „{}“ wieder sehen?`, `est-ce que je vais encore voir « {} » ?`, `¿Voy a seguir viendo «{}»? Sigue todavía`, `Vedrò ancora «{}»?`,
	`Czy nadal zobaczę „{}”?`, `Увижу ли я снова «{}»?`, `o să văd iar „{}”?`, `I will see "{}" on every test.`, `We see "{}", will you help?`,
	`Will I get blocked because of "{}"?`, `Werde ich wegen „{}“ gesperrt?`, `¿Me dirá alguien qué es «{}»?`, `Zal ik door "{}" geblokkeerd worden?`,
	`Vais-je être bloqué à cause de « {} » ?`, `Will we have to mend "{}"?`, `Verei isso amanhã, “{}”, podem ajudar?`,
	`Do I have to fix "{}"?`, `MXToolbox says "{}". Will we get blocked?`,
}

func TestForeseen(t *testing.T) {
	try := func(lines []string, want bool) {
		for _, line := range lines {
			at := strings.LastIndex(line, "{}")
			if got := Around(line[:at], line[at+2:]); (got != 0) != want {
				t.Errorf("Around(%q) = %d", line, got)
			}
		}
	}
	try(foreseen, true)
	try(shownBefore, false)
}
