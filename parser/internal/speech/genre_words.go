package speech

import "sync"

// The words by which kinds of text are known, language by language.

// What a phrase marks. A line may show several.
const (
	examMark meaning = iota + 1
	contractMark
	manualMark
	searchMark
	changelogMark
	sectionMark
	choiceMark
	wishMark
	lessonMark
	templateMark
	countMark
	styleMark
	marks
)

// genres are the tables.
type genres struct {
	lexicon
	phrases
}

var ofGenres = sync.OnceValue(buildGenres)

func buildGenres() *genres {
	g := &genres{*newLexicon(), phrases{}}
	for means, table := range []string{examMark: examWords, contractMark: contractWords, manualMark: manualWords, searchMark: searchWords,
		changelogMark: changelogWords, sectionMark: sectionWords, choiceMark: choiceWords, wishMark: wishWords, lessonMark: lessonWords, templateMark: templateWords,
		countMark: countWords, styleMark: styleWords} {
		g.add(&g.lexicon, meaning(means), table)
	}
	return g
}

// marksIn tells which marks stand in a text. Most hold none of their words, and need not be read.
func marksIn(text string) (has [marks]bool) {
	if !genreKeys().in(text) {
		return has
	}
	g := ofGenres()
	var room [96]token
	words := g.tokens(room[:0], text, false)
	for at := range words {
		_, means := g.match(&g.lexicon, words, at, 0)
		has[means] = means != 0
	}
	return has
}

const examWords = `: … point|points|punkt|punkte|punti|puntos|pontos|punten|pkt|баллов|балла|poäng|bodů
^ question|exercise|task … point|points|marks / which+of+the+following|these … is|are true|correct|right|false / choose|tick the correct|right / all|none of the above|these .
^ frage|aufgabe … punkt|punkte / welche … aussagen|aussage ist|sind|trifft|treffen / kreuzen sie / ^ question … points / quelle|quelles affirmation|affirmations / ^ pregunta … puntos / cuál de las siguientes / ^ domanda … punti / quale delle seguenti
^ pergunta|questão … pontos / qual das seguintes / ^ vraag … punten / welke van de volgende / ^ pytanie … pkt|punkty / które z poniższych / ^ вопрос … балла|баллов|балл / какое|какие из следующих / ^ fråga … poäng / ^ otázka … bodů|body / 次のうち / 正しいもの / 以下哪`

const contractWords = `the contractor|provider|supplier|customer|client shall|undertakes / shall … be deemed / service level / this agreement / is+given when / hereinafter
gilt nicht / gilt|gelten … wenn / als störung|mangel gilt / auftragnehmer|auftraggeber / le prestataire|titulaire / el proveedor|contratista / il fornitore / o fornecedor|prestador / de opdrachtnemer|leverancier / wykonawca|zamawiający / исполнитель|заказчик / leverantören / zhotovitel|dodavatel / 乙は|甲は / 乙方|甲方`

const manualWords = `explained / what … mean|means / meaning of / meanings / explanation|explanations of / glossary / faq / troubleshooting / knowledge base / error reference / list of messages / how to read|fix|interpret / errors|warnings|messages|alerts you can|should|may / runbook|playbook / run book / decision tree / cheat sheet / betriebshandbuch / entscheidungsbaum / mode opératoire / arbre de décision / регламент / 手順書
erklärt / erklärung|bedeutung der|von / was … bedeutet|bedeuten / bedeutungen / glossar / fehlersuche / häufige fragen / fragen+und+antworten / expliqués|expliquées / signification|explication des|de / glossaire / dépannage / questions fréquentes
significado|explicación de / explicados|explicadas / glosario / preguntas frecuentes / solución de problemas / significato|spiegazione dei|di|delle / spiegati / glossario / domande frequenti / explicadas|explicados / perguntas frequentes / betekenis|uitleg van / uitgelegd / veelgestelde vragen
znaczenie|objaśnienie / słownik / najczęstsze pytania / значение|объяснение|расшифровка / глоссарий / частые вопросы / значення|пояснення / význam|vysvětlení / slovník / betydelse|förklaring av / förklaringar / betydning af|av / merkitys|selitykset / anlamları|anlamı / の+意味 / 解説 / 用語集 / 含义 / 说明 / 常见问题`

const searchWords = `people also ask|searched / related questions|topics|articles|posts|searches . / similar questions|topics|threads . / ähnliche fragen|themen . / verwandte themen . / autres questions . / questions similaires . / preguntas|temas relacionadas|relacionados . / domande correlate . / gerelateerde vragen . / podobne tematy . / похожие вопросы|темы . / 関連する質問 / 相关问题
^ about … results / … results … seconds / search results for / ungefähr|etwa … ergebnisse / suchergebnisse / environ … résultats / résultats de recherche / aproximadamente|cerca+de … resultados / circa … risultati / ongeveer … resultaten / zoekresultaten / około … wyników / wyniki wyszukiwania
результатов: примерно / результаты поиска / ungefär … resultat / přibližně … výsledků / 約 … 件 / 找到 … 条+结果 / 约 … 条`

const changelogWords = `changelog / change log / changes / release+notes / what's+new / whats+new / news / änderungen / neuerungen / versionshinweise / notes de version / nouveautés / notas de la versión|versão / novedades / novidades / note di rilascio / novità / wijzigingen / zmiany / lista zmian / изменения / список изменений / зміни / změny / ändringar / muutokset / 変更履歴 / 更新履歴 / 更新日志 / リリースノート`

const sectionWords = `^ fixed|fixes|added|changed|removed|deprecated|security|improved|known+issues|known|bug+fixes|improvements|features|breaking .
^ behoben|neu|geändert|entfernt|bekannt|verbessert . / ^ corrigé|corrections|ajouté|modifié|connu . / ^ corregido|añadido|cambiado|conocido . / ^ corretto|corretti|aggiunto|modificato|noto . / ^ corrigido|adicionado|alterado|conhecido . / ^ opgelost|toegevoegd|gewijzigd|bekend . / ^ naprawiono|dodano|zmieniono|znane . / ^ исправлено|добавлено|изменено|известно . / ^ opraveno|přidáno|změněno . / ^ rättat|tillagt|ändrat|känt . / 修正 . / 追加 . / 修复 . / 新增 .`

const choiceWords = `choose|tick|check|mark|select|pick … applies|apply|applicable / tick|select one|all of / zutreffendes … ankreuzen|auswählen|wählen|markieren / ankreuzen|kreuzen … zutrifft / cochez … / marque|elija|seleccione … corresponda|proceda|aplique / barrare|spuntare|selezionare … / assinale|marque … / kies|vink|selecteer … toepassing|aan / zaznacz|zaznaczyć … / отметьте|выберите … / позначте|оберіть … / zaškrtněte|vyberte … / kryssa|välj … gäller|stämmer|i / sæt|sett kryds|kryss / rastita|valitse … / işaretleyin|seçin … / 該当する / 選んで / 勾选 / 请选择 / 請選擇
which|which+one|which+ones of these|those|the+following|them … do|does|did|can you|it|they / which … do you see|get|have
welche|welcher|welches davon|dieser|der+folgenden … sie|du / welche … sehen|bekommen|haben|erhalten sie|du / lequel|laquelle|lesquels|lesquelles … voyez|obtenez|avez vous / cuál|cuáles de estos|estas|los+siguientes|las+siguientes … ve|ves|aparece|sale|aparecen|salen
quale|quali di queste|questi … vede|vedi|compare|compaiono / qual|quais destas|destes|dessas|desses … vê|aparece|aparecem / welke van deze|de+volgende … ziet|krijgt u|je / które|który z tych|poniższych … widzi|widzisz|pojawia / какое|какие|что из этого|этих|следующего … видите|видишь
яке|які з цих … бачите / které|která z těchto|nich … vidíte / vilken|vilka av dessa|följande … ser|får / hvilken|hvilke af|av disse|følgende … ser|får / mikä|mitkä näistä … näet|näette / hangisini|hangilerini / どれが / 以下哪 / 哪一个|哪个|哪些`

// wishWords stand in titles of those who want something explained.
const wishWords = `please|need|needed|help|understand|understanding|wanted|request|question|my|our|i|we|bitte|hilfe|brauche|verstehe|verstehen|gesucht|frage|mein|meine|unser|unsere|ich|wir / svp|aide|besoin|comprends|comprendre|notre|nous|mon
ayuda|necesito|entiendo|nuestro|favor|mi / aiuto|capisco|nostro|mio / ajuda|preciso|nosso|meu / hulp|begrijp|onze|mijn / pomoc|proszę|nasz|mój / помощь|помогите|прошу|наш|мой / допоможіть|прошу|наш / pomoc|prosím|náš / hjälp|hjelp|hjælp|vår|vores|min / apua / yardım / 教えて / お願い / 请|請 / 求助`

// lessonWords stand in the titles of what is taught.
const lessonWords = `lesson|homework|exercise|exercises|quiz|workshop|seminar|interview|exam / answer key / pub quiz / job interview / bewerbungsgespräch|vorstellungsgespräch|prüfungsfragen|lösungsschlüssel / entretien d'embauche / barème / entrevista / colloquio / gabarito / sollicitatiegesprek|proefwerk|antwoordmodel / rozmowa kwalifikacyjna / sprawdzian|kartkówka|egzamin / собеседование|викторина|экзамен / співбесіда|вікторина|іспит / pohovor|kvíz / anställningsintervju|frågesport|tentamen / jobsamtale|jobbintervju|eksamen / työhaastattelu|tentti|visailu / mülakat|sınav / állásinterjú|kvíz|vizsga / interviu / συνέντευξη|κουίζ / 面接|クイズ|試験問題 / 面试|測驗|测验|考试 / learning goals|objectives|outcomes / course material|outline|slides / lektion|übung|übungen|hausaufgabe|hausaufgaben|lernziel|lernziele|unterrichtseinheit / leçon|exercice|exercices|devoirs / objectifs pédagogiques|d'apprentissage
lección|ejercicio|ejercicios|deberes / objetivos de aprendizaje / lezione|esercizio|esercizi|esercitazione / compiti / lição|aula|exercício|exercícios / huiswerk|oefening|oefeningen|lesdoelen / lekcja|ćwiczenie|ćwiczenia / zadanie|praca domowe|domowa / урок|занятие|упражнение|упражнения / домашнее задание / вправа|вправи / домашнє завдання / lekce|cvičení / domácí úkol
övning|övningar|läxa|lärandemål / øvelse|øvelser|lektie|lektier|hjemmelekse / oppitunti|harjoitus|kotitehtävä / ödev|alıştırma / 第 … 課|课|讲|回 / 練習問題 / 演習 / 宿題 / 练习 / 作业 / 课堂 / 연습 / 과제`

// templateWords stand in the titles of texts to fill in.
const templateWords = `template|boilerplate|macro / canned answer|reply|response / standard answer|reply / text block / vorlage|antwortvorlage|textbaustein|mustertext|musterantwort / modèle / réponse type / plantilla|respuesta+tipo / modello / risposta standard / modelo / resposta padrão / sjabloon|standaardantwoord / szablon / шаблон / šablona / mall|standardsvar|svarsmall / skabelon|svarmal / mallivastaus / şablon / テンプレート / 定型文 / 模板 / 템플릿`

// countWords stand in the titles of what is counted.
const countWords = `tickets|topics|statistics|survey / top five|ten|three|20|10|5 / most frequent|common / statistik|themen|anfragen|auswertung / statistiques|demandes|sujets / estadística|estadísticas|consultas|temas / statistiche|richieste / argomenti / estatística|estatísticas|chamados / statistieken|onderwerpen / statystyka|statystyki|zgłoszenia|zgłoszeń|tematy
статистика|заявки|заявок|обращения|обращений|темы / статистика|звернення / statistika|dotazy|témata / ärenden|ämnen / sager|emner / tilasto|tilastot|aiheet / istatistik|istatistikler|konular / 統計 / 集計 / 件数 / 统计 / 工单 / 통계`

// styleWords stand in the titles of rules for writers.
const styleWords = `house style / style guide|guides|sheet|book|manual / styleguide|stylebook / editorial guidelines|guide|style / writing|writers guide|guidelines / guide|guidelines|rules for writers|authors|editors / terminology guide|list
stilhandbuch|styleguide|stilfibel|redaktionshandbuch|redaktionsleitfaden|schreibregeln|hausschreibweise / leitfaden für redakteure|autoren|redaktion / guide de style|rédaction / charte éditoriale|rédactionnelle / règles de rédaction
libro|guía|manual de estilo|redacción / guida di|allo stile / norme redazionali / manuale di stile / guia|manual de estilo|redação / huisstijl|stijlgids|schrijfwijzer|stijlboek / poradnik stylu|redakcyjny / zasady redakcyjne|pisowni / przewodnik stylistyczny
руководство по стилю / редакционная политика / редполитика / стайлгайд / правила оформления / довідник зі стилю / редакційна політика / стайлґайд / stylová|redakční příručka / pravidla psaní / stilguide|skrivregler|språkriktlinjer / skriveregler|stilmanual|sproglinje|redaksjonshåndbok|redaktionshåndbog
tyyliopas|kirjoitusohje|kirjoitusohjeet / stil|yazım kılavuzu|rehberi / stílus|stilisztikai útmutató|kalauz / ghid de stil|redactare / οδηγός ύφους|στυλ / スタイルガイド|表記ルール|執筆要領 / 写作|寫作|文体|编辑 规范|指南|風格 / 스타일+가이드|표기+지침 / hướng+dẫn văn+phong`
