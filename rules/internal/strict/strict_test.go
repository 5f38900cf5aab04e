package strict

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
)

// All mistakes of a mapping are told, each once, and what is right is read all the same.
func TestDecodeTellsAll(t *testing.T) {
	var into struct {
		Name  string   `yaml:"name"`
		Count int      `yaml:"count"`
		List  []string `yaml:"list"`
		Inner struct {
			Word string `yaml:"word"`
		} `yaml:"inner"`
	}
	err := Decode("a.yaml", []byte("nmae: x\ncount: many\nlist: 5\ninner: {wrod: x, word: y}\nname: a\nname: b\n"), &into)
	var lines []int
	for _, e := range Each(err) {
		if e.File != "a.yaml" {
			t.Errorf("%v names no file", e)
		}
		lines = append(lines, e.Line)
	}
	slices.Sort(lines)
	if !slices.Equal(lines, []int{1, 2, 3, 4, 6}) || into.Inner.Word != "y" {
		t.Errorf("lines %v of %v, read %+v", lines, err, into)
	}
}

// What holds an alias is not even decoded: a few lines of them stand for gigabytes.
func TestAliasesAreNotDecoded(t *testing.T) {
	var into map[string][]string
	err := Decode("a.yaml", []byte("a: &a [x]\nb: *a\n"), &into)
	if len(Each(err)) != 2 || len(into) != 0 {
		t.Errorf("error %v, read %v", err, into)
	}
}

func TestFieldsTellAll(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte("a: [1]\nb: x\nc: 1\na: 2\nd: 3\n"), &doc); err != nil {
		t.Fatal(err)
	}
	var a, b, d *yaml.Node
	err := Fields("f.yaml", doc.Content[0], Field{Key: "a", Into: &a}, Field{Key: "b", Into: &b, List: true}, Field{Key: "d", Into: &d})
	if n := len(Each(err)); n != 3 || d == nil { // the list, the missing list, the unknown key
		t.Errorf("%d mistakes in %v", n, err)
	}
}

func TestMistakes(t *testing.T) {
	var m Mistakes
	if m.Add(nil) || m.Err() != nil || Each(nil) != nil {
		t.Error("nothing is a mistake")
	}
	one := Errorf("f.yaml", nil, "wrong")
	if !m.Add(one) || !m.Add(errors.Join(one, errors.New("elsewhere"))) {
		t.Error("a mistake is none")
	}
	if got := fmt.Sprint(Each(m.Err())); got != "[f.yaml:1: wrong f.yaml:1: wrong :0: elsewhere]" {
		t.Error(got)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"min", "max", "source", "seen"}
	for word, want := range map[string]string{"mni": "min", "minimun": "min", "maximum": "max", "sorce": "source", "limit": "", "": ""} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
