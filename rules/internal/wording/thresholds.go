package wording

import (
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
)

// thresholds reads, for each rule, its parameters with one source, or the words "not published".
// "Not published" is knowledge too: somebody looked.
func (l *loader) thresholds(raw *reporterFile) error {
	l.out.Thresholds, l.out.limitLines = map[string]map[string]Threshold{}, map[string]int{}
	var m strict.Mistakes
	for _, rule := range slices.Sorted(maps.Keys(raw.Thresholds)) {
		node := raw.Thresholds[rule]
		if !ruleShape.MatchString(rule) {
			m.Add(l.errorf(&node, "a threshold belongs to a rule, written area/name"))
			continue
		}
		l.out.limitLines[rule] = node.Line
		if node.Kind == yaml.ScalarNode && node.Value == "not published" {
			l.out.NotPublished = append(l.out.NotPublished, rule)
			continue
		}
		limits, err := l.limits(&node)
		m.Add(err)
		l.out.Thresholds[rule] = limits
	}
	return m.Err()
}

// limits reads the parameters of one rule, all from one source.
func (l *loader) limits(node *yaml.Node) (map[string]Threshold, error) {
	if node.Kind != yaml.MappingNode {
		return nil, l.errorf(node, `limits are parameters with source and seen, or "not published"`)
	}
	var params map[string]lined
	if err := strict.DecodeNode(l.file, node, &params); err != nil {
		return nil, err
	}
	var m strict.Mistakes
	source, seen := params["source"], params["seen"]
	m.Add(l.sourced(node, source, seen))
	limits := map[string]Threshold{}
	for param, value := range params {
		if param != "source" && param != "seen" {
			limits[param] = Threshold{value.text, source.text, seen.text, value.node.Line}
		}
	}
	if len(limits) == 0 {
		m.Add(l.errorf(node, `limits name at least one parameter, or say "not published"`))
	}
	return limits, m.Err()
}
