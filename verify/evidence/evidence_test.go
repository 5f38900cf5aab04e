package evidence

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// A bundle survives being saved and loaded, times included.
func TestBundleRoundTrip(t *testing.T) {
	b := Bundle{Schema: Schema, StartedAt: time.Date(2026, 11, 23, 1, 2, 3, 456789000, time.UTC),
		Sessions: []Session{{Host: "h", Events: []Event{{Step: StepGreeting, Start: Seconds(41 * time.Millisecond),
			End: Seconds(16*time.Second + 68*time.Millisecond + 123456789*time.Nanosecond), Reply: &Reply{Code: 220,
				Lines: []Line{{Text: "220 caf\ufffd", Raw: []byte("220 caf\xe9")}}}}}}}}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var back Bundle
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(b, back) {
		t.Errorf("saved %+v, loaded %+v", b, back)
	}
}
