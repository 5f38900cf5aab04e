package invented

import (
	"reflect"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// Hostile is the founding story with s in place of every foreign string, map keys and raw bytes included. Types in keep
// stay as they are.
func Hostile(s string, keep ...reflect.Type) result.Result {
	r := Founding()
	language := *r.Language // others speak it too
	r.Language = &language
	poison(reflect.ValueOf(&r).Elem(), s, keep)
	return r
}

func poison(v reflect.Value, s string, keep []reflect.Type) {
	for _, t := range keep {
		if v.Type() == t {
			return
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), s, keep)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]byte]() {
			v.SetBytes([]byte(s))
			return
		}
		if v.Len() == 0 && v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		for i := range v.Len() {
			poison(v.Index(i), s, keep)
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		v.SetMapIndex(reflect.ValueOf(s), reflect.ValueOf(report.Text(s)))
	case reflect.Struct:
		switch v.Addr().Interface().(type) {
		case *facts.Value:
			v.Set(reflect.ValueOf(facts.ListValue([]string{s, s})))
			return
		case *rules.Measured:
			v.FieldByName("AtLeast").SetBool(false)
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i), s, keep)
			}
		}
	}
}
