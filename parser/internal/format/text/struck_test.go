package text_test

import "testing"

// What is struck out is over; what only looks so stays.
func TestStruck(t *testing.T) {
	try(t, []layout{
		{"tildes", "~~" + wet + "~~\n- ~~Zone State: Bad - " + cold + "~~ done", ""},
		{"one tilde", "~" + wet + "~ done", ""},
		{"a part of a line", "Frob State ~~Good - " + dry + "~~ Bad - " + wet, "1:smtp/wet:error"},
		{"tags", "[s]" + wet + "[/s] [STRIKE]" + cold + "[/STRIKE]\nx <del datetime=\"2026-01-01\">" + wet + "</del>", ""},
		{"over several lines", "[s]\n" + wet + "\n\n" + cold + "\n[/s] " + dry, "5:smtp/wet:ok"},
		{"two after each other", "<s>" + wet + "</s>" + cold + "<s>" + wet + "</s>", "1:dns/cold:error"},
		{"a tag without an end", "[s] " + wet + "\n[s] " + cold, "1:smtp/wet:warning 2:dns/cold:error"},
		{"tildes that mean about", "~20 seconds, ~3 tries\n~ " + wet + " ~", "2:smtp/wet:warning"},
		{"tildes without an end", "~~" + wet + "\n" + cold + "~~", "1:smtp/wet:warning 2:dns/cold:error"},
		{"a fence of tildes", "~~~\n" + wet + "\n~~~", "2:smtp/wet:warning"},
		{"ranges", "5~10 and 6~12: " + wet, "1:smtp/wet:warning"},
		{"other tags", "<strong>" + wet + "</strong>\n[size=2]" + cold + "[/size]", "1:smtp/wet:warning 2:dns/cold:error"},
	})
}
