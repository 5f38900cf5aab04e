package rows

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Prose around sentences. People name a warning also to say that it is gone or was not raised. A few words directly
// before or behind a sentence say so; what they cannot decide counts as a finding. Rows of a table are never denied.

// denial are the words directly in front of a denied sentence: "it does not say", "there is no warning like".
var denial = regexp.MustCompile(`(?i)(?:` +
	`(?:\bnot|n['’]t|\bno longer|\bnever|\bcannot|\bstopped|\bused to)\s+(?:say|show|report|list|mention|get|see|raise|` +
	`find|contain|display|complain|print|have|receive|flag)(?:s|ed|ing)?` +
	`|\bno(?:\s+(?:more|longer))?|\bwithout|\binstead of` +
	`|\bif\s+(?:\S+\s+){1,4}(?:said|showed|reported|had said|had shown)` +
	`|\bnicht mehr|\bkeine?n?|\bohne|\bstatt` +
	`|\bn(?:e\s+|['’])\S+\s+(?:plus|pas)|\baucune?|\bsans` +
	`|\bya no(?:\s+(?:dice|muestra|aparece))?|\bning[uú]na?|\bsin)` +
	// then only such words may stand between
	`(?:\s+(?:the|an?|any|anything|this|that|it|says?|saying|like|such|as|about|of|more|further|single|` +
	`warnings?|errors?|problems?|messages?|findings?|rows?|lines?|notices?|sign|trace|complaints?|named|called|` +
	`die|der|das|den|eine?|mehr|wie|namens|warnung(?:en)?|fehler|meldung(?:en)?|hinweise?|` +
	`le|la|les|une?|comme|avertissements?|erreurs?|el|los|las|como|avisos?|errores|advertencias?))*` +
	`\s*["'„“”«‘’(\[]*\s*$`)

// undone are the words directly behind a sentence that is no longer true: "is gone", "was not raised".
var undone = regexp.MustCompile(`(?i)^[\s."'“”»‘’)\]]*` +
	`(?:(?:warning|error|problem|message|finding|row|line|notice|one|warnung|fehler|meldung|avertissement|erreur|` +
	`aviso|advertencia)\s+)?(?:` +
	`(?:is|are|was|were|has|have|had|got|gets|been)(?:\s+(?:now|already|since|finally|meanwhile|all|long|been|also))*\s+` +
	`(?:gone|fixed|resolved|solved|cleared|cured|disappeared|vanished)\b` +
	`|(?:is|are|was|were|has|have|had|does|did|do)(?:n['’]t|\s+not|\s+no longer|\s+never)(?:\s+been)?\s+` +
	`(?:raised|shown|reported|listed|there|in the|on the|among|displayed|mentioned|printed|seen|show|appear|come|` +
	`any\s?more)\b` +
	`|(?:went away|disappeared|vanished|no longer (?:appears?|shows?|exists?)|not (?:raised|shown|reported|listed))\b` +
	`|(?:ist|sind|wurde|wird|taucht|erscheint|kommt|steht)\s+(?:(?:jetzt|nun|inzwischen|dort|da)\s+)?(?:nicht mehr|weg|` +
	`behoben|verschwunden|erledigt|gelöst)` +
	`|(?:a|est)\s+(?:maintenant\s+)?(?:disparu|résolue?|corrigée?|réparée?)|n['’](?:est|apparaît|apparait)\s+plus` +
	`|(?:ya\s+)?(?:no aparece|desapareció|ha desaparecido|está (?:resuelto|corregido)|fue corregido))`)

// reach is how much of the words around a sentence is looked at.
const reach = 120

// denied tells whether the words around a sentence deny it. They must stand in its clause: a full stop, a semicolon
// or a closed quotation ends what they say.
// The words looked at are few because whoever denies a sentence does so beside it; farther off, another sentence may be meant. What is
// denied by mistake is lost, so that the lists hold only words that leave no doubt.
func denied(before, behind string) bool {
	if len(before) > reach {
		cut := len(before) - reach
		for !utf8.RuneStart(before[cut]) {
			cut++
		}
		before = before[cut:]
	}
	if end := strings.LastIndexAny(before, ".!?;"); end >= 0 {
		before = before[end+1:]
	}
	if len(behind) > reach {
		behind = strings.ToValidUTF8(behind[:reach], "")
	}
	return mayDeny(before) && denial.MatchString(before) || mayUndo(behind) && undone.MatchString(behind)
}

// denialWords holds one word of each way in which denial can begin, in lower case: "t" is the end of "doesn't". A
// search for words costs a fraction of the regular expression; a word added there must be added here.
var denialWords = wordSet("not t no never cannot stopped used without instead if nicht kein keine keinen keinn ohne " +
	"statt ne n aucun aucune sans ya ningun ninguna sin")

// undoneWords are those with which undone can begin, in lower case; "isn" begins "isn't".
var undoneWords = wordSet("warning error problem message finding row line notice one warnung fehler meldung " +
	"avertissement erreur aviso advertencia is are was were has have had got gets been does did do isn aren wasn weren " +
	"hasn haven hadn doesn didn don went disappeared vanished no not ist sind wurde wird taucht erscheint kommt steht " +
	"a est n ya ha fue")

// wordSet makes a set of words that are parted by blanks.
func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// mayDeny tells whether a text holds a word of denial, or one with other letters than those of ASCII.
func mayDeny(text string) bool {
	for text != "" {
		var word string
		var ascii bool
		word, text, ascii = cutWord(text)
		if !ascii || isIn(denialWords, word) {
			return true
		}
	}
	return false
}

// mayUndo tells whether a text begins with a word of undone, or with one with other letters than those of ASCII. Only
// blanks, quotation marks and brackets may stand in front of it.
func mayUndo(text string) bool {
	for text != "" && strings.IndexByte(" \t\n\f\r.\"')]", text[0]) >= 0 {
		text = text[1:]
	}
	word, _, ascii := cutWord(text)
	return !ascii || isIn(undoneWords, word)
}

// cutWord cuts a run of letters off, or one byte of anything else. All bytes beyond ASCII count as letters, and ascii
// tells that there is none.
func cutWord(text string) (word, rest string, ascii bool) {
	end := 0
	ascii = true
	for end < len(text) && (scan.IsLetter(text[end]) || text[end] >= utf8.RuneSelf) {
		ascii = ascii && text[end] < utf8.RuneSelf
		end++
	}
	return text[:end], text[min(len(text), max(end, 1)):], ascii
}

// isIn asks for a word in any case; longer words than the longest of the lists are not even folded.
func isIn(set map[string]bool, word string) bool {
	const longest = len("avertissement")
	return word != "" && len(word) <= longest && set[strings.ToLower(word)]
}

// spoken tells whether somebody says a sentence of himself: a reporter never prints such words.
func spoken(said string) bool {
	for word := range strings.FieldsSeq(said) {
		switch strings.Trim(strings.ToLower(word), ",.!?") {
		case "i", "i'm", "we", "we're", "my", "our", "us":
			return true
		}
	}
	return false
}

// frameWords is not there yet.
func frameWords(text string) (report.Status, bool) { return "", false }

// frameIn is not there yet.
func frameIn(text string) bool { return false }
