package main

import (
	"errors"
	"fmt"

	"storefront/bench/internal/report"
)

// memoryGoal is what the mobile BFF stays below, in bytes.
const memoryGoal = 64 << 20

func (m *memory) section() (*report.Section, error) {
	facts, err := m.rig.facts(m.rig.machine)
	if err != nil {
		return nil, err
	}

	section := &report.Section{
		Title: "Memory of the mobile BFF",
		About: fmt.Sprintf("A fresh bff-mobile with its default settings answers %d requests for %d different users, one after the other, over %d connections, "+
			"as fast as it can; then its memory is read. A column is a process of its own. Services answer at once and forbid to store.",
			*m.requests, *m.users, *m.connections),
		Facts: facts,
		Table: report.Table{Head: []string{"after the last request"}},
	}

	var failed error

	for _, f := range figures() {
		row := []string{f.name}

		for _, v := range m.variants {
			text, err := f.of(v)
			failed = errors.Join(failed, err)
			row = append(row, text)
		}

		section.Table.Rows = append(section.Table.Rows, row)
	}

	for _, v := range m.variants {
		section.Table.Head = append(section.Table.Head, v.name)

		if v.goal {
			section.Goals = append(section.Goals, report.Goal{
				Text: fmt.Sprintf("%s: resident memory under %s MiB: %s MiB", v.name, report.MiB(int64(memoryGoal)), report.MiB(v.memory.Resident)),
				Met:  v.memory.Resident < memoryGoal,
			})
		}
	}

	return section, failed
}

// figure is one row of the table.
type figure struct {
	name string
	of   func(v *variant) (string, error)
}

func figures() []figure {
	return []figure{
		{"resident, MiB (VmRSS)", func(v *variant) (string, error) { return report.MiB(v.memory.Resident), nil }},
		{"most ever resident, MiB (VmHWM)", func(v *variant) (string, error) { return report.MiB(v.memory.Peak), nil }},
		{"of it pages of the program's file, MiB (RssFile)", func(v *variant) (string, error) { return report.MiB(v.memory.File), nil }},
		{"resident as the process says, MiB (/metrics, a little later)", mebibytes("process_resident_memory_bytes")},
		{"Go heap: objects, garbage included, MiB", mebibytes("go_memstats_heap_alloc_bytes")},
		{"Go heap: spans in use, MiB", mebibytes("go_memstats_heap_inuse_bytes")},
		{"Go heap: idle, MiB", mebibytes("go_memstats_heap_idle_bytes")},
		{"Go heap: of it given back to the system, MiB", mebibytes("go_memstats_heap_released_bytes")},
		{"Go heap: size that starts the next collection, MiB", mebibytes("go_memstats_next_gc_bytes")},
		{"Go stacks, MiB", mebibytes("go_memstats_stack_inuse_bytes")},
		{"goroutines", whole("go_goroutines")},
		{"last good answers, MiB", mebibytes(`upstream_last_good_bytes{bff="mobile"}`)},
		{"last good answers, entries", whole(`upstream_last_good_entries{bff="mobile"}`)},
		{"CPU µs per request", func(v *variant) (string, error) { return report.Microseconds(v.cost.cpu), nil }},
		{"requests per second", func(v *variant) (string, error) {
			return report.Count(float64(len(v.result.Times)) / v.result.Took.Seconds()), nil
		}},
		{"upstream calls per request", func(v *variant) (string, error) { return report.Ratio(v.cost.calls), nil }},
	}
}

func mebibytes(series string) func(*variant) (string, error) {
	return func(v *variant) (string, error) {
		value, err := v.metrics.Get(series)

		return report.MiB(value), err
	}
}

func whole(series string) func(*variant) (string, error) {
	return func(v *variant) (string, error) {
		value, err := v.metrics.Get(series)

		return report.Count(value), err
	}
}
