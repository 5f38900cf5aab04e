package speech

import "testing"

func TestExamples(t *testing.T) {
	for before, want := range map[string]bool{
		`Rows of testers, for instance "`: true, `a yellow row, e.g. "`: true, `rows such as "`: true, `gelbe Zeilen, z. B. „`: true, `Zeilen, z.B. "`: true, `Zeilen wie etwa „`: true,
		`une ligne jaune, par exemple « `: true, `lignes, p. ex. « `: true, `filas, por ejemplo «`: true, `filas, p. ej. «`: true, `righe, ad esempio «`: true, `linhas, por exemplo “`: true, `regels, bijv. "`: true,
		`wiersze, np. „`: true, `wiersze, na przykład „`: true, `строки, напр. «`: true, `строки, например «`: true, `рядки, наприклад «`: true, `řádky, např. „`: true, `rader, t.ex. "`: true,
		`linjer, f.eks. "`: true, `rivit, esim. "`: true, `satırlar, örneğin "`: true, `sorok, például „`: true, `rânduri, de exemplu „`: true, `γραμμές, π.χ. «`: true, `行、例えば「`: true, `有些行，比如“`: true, `행, 예를 들어 "`: true,
		`rows, for example the message "`: true, `rows such as a warning "`: true,
		`For example: "`: false, `e.g. "`: false, `Zum Beispiel „`: false,
		"": false, `"`: false, `MXToolbox says "`: false, `it says "`: false, `Manp. "`: false, `the example "`: false, `for example we have `: false,
		// out of a report, and of faults that are there
		`The report lists, for example, "`: false, `Der Bericht nennt z. B. „`: false, `Le rapport contient par exemple « `: false, `w raporcie jest np. „`: false,
		`it shows errors such as "`: false, `es kommen Fehler, z. B. „`: false, `В отчёте есть, например, «`: false,
	} {
		if IsExample(before) != want {
			t.Errorf("IsExample(%q) = %t", before, !want)
		}
	}
}

func TestSearchTitles(t *testing.T) {
	for behind, want := range map[string]bool{
		` mean - web search`: true, `" - Google Search`: true, ` – Google-Suche`: true, ` - Recherche Google`: true, ` - Cerca con Google`: true,
		` — Поиск в Google`: true, ` - Google 検索`: true, ` | Bing`: true, ` at DuckDuckGo - DuckDuckGo`: true,
		"": false, `.`: false, ` I found nothing in a web search`: false, ` - what now?`: false, ` - search`: true, ` - web search did not help`: false,
	} {
		if IsSearchTitle(behind) != want {
			t.Errorf("IsSearchTitle(%q) = %t", behind, !want)
		}
	}
}

func TestPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"We get this every day": true, "Please help": true, "Bitte um Hilfe": true, "aidez-nous SVP": true, "Помогите": true, "お願いします": true,
		"Rows are yellow or red": false, "Testers print sentences": false, "Die Zeile ist gelb": false, "": false,
	} {
		if IsPersonal(text) != want {
			t.Errorf("IsPersonal(%q) = %t", text, !want)
		}
	}
}
