package blocklist

import "testing"

func TestShippedLists(t *testing.T) {
	lists, err := Load("lists.yaml", shipped)
	if err != nil {
		t.Fatal(err)
	}
	if len(lists) < 110 {
		t.Errorf("only %d lists", len(lists))
	}
}
